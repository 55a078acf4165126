"""Rotating the desk's key: all stays readable, whatever is killed, and in the end nothing needs the old key."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from caseintake import spool
from caseintake.accept import accept
from caseintake.models import DataKey, Purpose, SealedPayload, Submission
from caseintake.reading import open_case
from mesoinfo import rotation, vault
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.models import AuditEntry, User
from tests.browser.served import address_of
from tests.conftest import Tell
from tests.size import SIZE

from .conftest import answers, new_request

pytestmark = pytest.mark.django_db


def rotated() -> str:
    """What the command says."""
    told = io.StringIO()
    call_command("rotate_keys", stdout=told)
    return told.getvalue()


@pytest.fixture
def retired(keys: Path, db: None) -> Path:
    """The old key, once three requests were sealed with it and another took its place."""
    for number in range(3):
        new_request(message=f"Request {number}")
    call_command("seal_keygen", "--anew", stdout=io.StringIO())
    [old] = keys.glob("desk.private.*")
    return old


def test_meanwhile_old_and_new_requests_open(retired: Path, lead: User) -> None:
    new_request(message="Request 3")
    opened = [open_case(one, by=lead, purpose=Purpose.REVIEW)[0] for one in Submission.objects.order_by("received_at")]
    assert [words.answers["message"] for words in opened] == [f"Request {number}" for number in range(4)]


def test_afterwards_no_request_needs_the_old_key(retired: Path, lead: User) -> None:
    before = list(SealedPayload.objects.order_by("pk").values_list("pk", "ciphertext"))
    said = rotated()
    assert "3 keys were wrapped for the key in use, 0 are left under another." in said
    assert "destroy the retired key when the last of them is gone" in said
    assert {key.desk_key_id for key in DataKey.objects.all()} == {vault.read_public_key(settings.DESK_PUBLIC_KEY).id}
    retired.unlink()
    for number, one in enumerate(Submission.objects.order_by("received_at")):
        assert open_case(one, by=lead, purpose=Purpose.REVIEW)[0].answers["message"] == f"Request {number}"
    assert list(SealedPayload.objects.order_by("pk").values_list("pk", "ciphertext")) == before


def test_it_is_on_record_and_a_second_run_changes_nothing(retired: Path) -> None:
    rotated()
    entry = AuditEntry.objects.latest("sequence")
    new = vault.read_public_key(settings.DESK_PUBLIC_KEY).id
    assert (entry.action, entry.actor, entry.facts) == ("keys.rotated", None, {"to": new, "wrapped": 3})
    kept = list(DataKey.objects.order_by("pk").values())
    assert "0 keys were wrapped for the key in use, 0 are left" in rotated()
    assert list(DataKey.objects.order_by("pk").values()) == kept
    assert AuditEntry.objects.latest("sequence") == entry


def test_interrupted_it_goes_on_where_it_was(retired: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 1)

    def interrupt(wrapped: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(settings.DESK_PRIVATE_KEY, progress=interrupt)
    assert rotation.left(settings.DESK_PRIVATE_KEY) == 2
    assert "2 keys were wrapped" in rotated()


def test_what_opens_with_no_key_that_is_there_is_told_and_the_rest_is_done(retired: Path, keys: Path) -> None:
    aside = retired.rename(keys / "aside")
    call_command("seal_keygen", "--anew", stdout=io.StringIO())
    new_request(message="Request 3")
    with pytest.raises(CommandError, match=r"Some open with no key that is here: wrong-key \(3\). Put their key back"):
        rotated()
    assert rotation.left(settings.DESK_PRIVATE_KEY) == 3
    aside.rename(retired)
    assert "3 keys were wrapped for the key in use, 0 are left" in rotated()


def test_what_a_site_with_the_old_public_key_still_sends_is_told(
    retired: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotate = rotation.rotate
    old = vault.read_private_key(retired).public

    def meanwhile(path: Path, *, progress: Callable[[int], None]) -> rotation.Rotated:
        done = rotate(path, progress=progress)
        settings.DESK_PUBLIC_KEY.write_text(vault.key_text(old))
        new_request(message="Request 3")
        return done

    with (
        monkeypatch.context() as patch,
        pytest.raises(CommandError, match="They came in meanwhile, sealed for the old"),
    ):
        patch.setattr(rotation, "rotate", meanwhile)
        rotated()
    assert "1 keys were wrapped for the key in use, 0 are left" in rotated()


def test_without_a_key_nothing_is_done(keys: Path, db: None) -> None:
    settings.DESK_PRIVATE_KEY.unlink()
    with pytest.raises(CommandError, match="There is no private desk key at"):
        rotated()


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_at_load_and_killed_again_and_again_no_reading_and_no_request_fails(
    keys: Path, site: object, tell: Tell
) -> None:
    requests, kills = (1_500, 10) if SIZE else (60, 1)
    for number in range(requests):
        new_request(message=f"Request {number}")
    old = vault.read_public_key(settings.DESK_PUBLIC_KEY).id
    call_command("seal_keygen", "--anew", stdout=io.StringIO())
    load = [Load(_read_one), Load(_read_one), Load(_accept_one)]
    for one in load:
        one.start()
    killed = 0
    while _rotate_in_a_process(keys, kill=killed < kills):
        killed += 1
    for one in load:
        one.stop()
    assert killed == kills
    assert not [problem for one in load for problem in one.problems]
    assert all(one.done for one in load)
    assert spool.drain().left == 0
    assert Submission.objects.count() == requests + load[2].done
    assert not DataKey.objects.filter(desk_key_id=old).exists()
    tell(f"{requests} requests, {killed} kills; meanwhile {load[0].done + load[1].done} readings, {load[2].done} new.")


class Load(threading.Thread):
    """Does one thing again and again until it is stopped, and keeps what went wrong."""

    def __init__(self, what: Callable[[int], None]) -> None:
        super().__init__(daemon=True)
        self.what = what
        self.problems: list[Exception] = []
        self.done = 0
        self._ended = threading.Event()

    def run(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    self.what(self.done)
                except Exception as problem:
                    self.problems.append(problem)
                self.done += 1
        finally:
            connection.close()

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _read_one(number: int) -> None:
    payloads = SealedPayload.objects.select_related("data_key").order_by("pk")
    payload = payloads[number % payloads.count()]
    key = vault.read_private_key_for(payload.sealed, settings.DESK_PRIVATE_KEY)
    assert b"Request" in vault.open_sealed(payload.sealed, place=payload.place, key=key)


def _accept_one(number: int) -> None:
    # Not looked up at once: while the machine is slow, the spool has it first.
    accept(answers(message=f"Request that came meanwhile, {number}"))


def _rotate_in_a_process(keys: Path, *, kill: bool) -> bool:
    """Run the command in a process of its own, and kill it after its first batch if asked to. Whether it was killed."""
    surroundings = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": address_of(connection.settings_dict),
        "DESK_PUBLIC_KEY": str(keys / "desk.public"),
        "DESK_PRIVATE_KEY": str(keys / "desk.private"),
    }
    command = [sys.executable, "manage.py", "rotate_keys"]
    with subprocess.Popen(command, cwd=BASE_DIR, env=surroundings, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if kill and "wrapped anew" in line:
                running.kill()
                return True
    assert running.returncode == 0
    return False
