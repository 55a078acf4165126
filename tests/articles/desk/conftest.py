"""What the desk's tests share: a place for pictures of their own, pictures, and somebody in each role."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pillow
from pytest_django import Settings

from articles.models import Image
from articles.publishing.images import store_image
from mesoinfo import roles
from mesoinfo.models import User
from tests.conftest import a_user


@pytest.fixture(autouse=True)
def pictures_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def a_picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), colour: str = "teal", **options: object) -> bytes:
    """The bytes of a small picture."""
    file = BytesIO()
    Pillow.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def image(db: None) -> Image:
    return store_image(a_picture(), key="lungs", alt="The two lungs.", licence="own work", credit="The publisher")


@pytest.fixture
def superuser(db: None) -> User:
    return User.objects.create_superuser("root@example.org", "a long enough password", name="The superuser")


@pytest.fixture
def everyone(superuser: User) -> dict[str, User | None]:
    """Somebody in each role, a superuser without any, somebody without any, and nobody at all."""
    people: dict[str, User | None] = {
        role: a_user(role, email=f"{role.replace(' ', '-')}@desk.example") for role in roles.ROLES
    }
    return people | {"superuser": superuser, "no role": a_user(email="none@desk.example"), "anonymous": None}
