"""One account per role for trying the software, on the development database only."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from mesoinfo import roles
from mesoinfo.models import User

PASSWORDS = "sample-accounts.json"


def email_of(role: str) -> str:
    """The address of the sample account that holds this role."""
    return f"{role.replace(' ', '-')}@sample.example"


def ensure() -> dict[str, User]:
    """The sample account of each role, made where missing, by role.

    Passwords are generated once and kept in `var/`, readable by this user alone, so that a new database
    gets the same ones. Raises ImproperlyConfigured with production settings.
    """
    refuse_in_production("Sample accounts")
    existing = {user.email: user for user in User.objects.filter(email__in=map(email_of, roles.ROLES))}
    passwords = _passwords()
    return {role: existing.get(email_of(role)) or _create(role, passwords[role]) for role in roles.ROLES}


def refuse_in_production(what: str) -> None:
    """Raise ImproperlyConfigured unless these are development settings. `what` starts the sentence."""
    if not settings.DEVELOPMENT:
        raise ImproperlyConfigured(
            f"{what} are for trying the software, and these are production settings. "
            "Set MESOINFO_DEVELOPMENT=1 only on a machine that serves nobody."
        )


def listing() -> str:
    """The accounts as lines of email, role and password, for the person at the keyboard."""
    return "\n".join(
        f"  {email_of(role):<36} {password}" for role, password in _passwords().items() if role in roles.ROLES
    )


@transaction.atomic
def _create(role: str, password: str) -> User:
    user = User.objects.create_user(email_of(role), password, name=f"Sample {role}")
    roles.appoint(user, role, by=None, witnesses=("sample content",))
    return user


def _passwords() -> dict[str, str]:
    path: Path = settings.VAR_DIR / PASSWORDS
    kept = json.loads(path.read_text()) if path.is_file() else {}
    wanted = {role: kept.get(role) or secrets.token_urlsafe(15) for role in roles.ROLES}
    if wanted != kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(wanted, indent=2) + "\n")
    return wanted
