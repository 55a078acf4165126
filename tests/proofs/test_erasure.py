"""What people erased stays erased, also when a backup from before is restored.

A fifth of those who wrote to us erase it with their private code. Then the database is lost, and a backup that was made
before they did takes its place.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from caseintake import erasing, person, reading
from caseintake.accept import accept
from caseintake.models import DataKey, Erasure, PersonCopy, Purpose, State, Submission
from caseintake.private_code import PrivateCode, new_code
from mesoinfo.dev_environment import BASE_DIR
from mesoinfo.models import User
from tests.backups import back_up, make_empty, restore
from tests.browser.served import address_of
from tests.caseintake.conftest import answers
from tests.conftest import member, working_in
from tests.databases import drop
from tests.in_its_role import in_the_role_that_answers
from tests.size import sized

PEOPLE, ERASING = sized((200, 20), (12, 3))


def message(number: int) -> str:
    return f"Person {number} has something to ask."


def is_shown_as_a_wrong_code(code: PrivateCode) -> bool:
    """Whether the site answers as to a code that nobody was ever given."""

    def shown(code: PrivateCode) -> tuple[int, str]:
        answer = Client().post(reverse("my_request"), {"code": str(code)})
        return answer.status_code, answer.content.decode().replace(str(code), "CODE")

    return shown(code) == shown(new_code())


def is_refused(ref: str, lead: User) -> bool:
    try:
        reading.open_case(Submission.objects.get(ref=ref), by=lead, purpose=Purpose.REVIEW)
    except reading.ReadingRefused:
        return True
    return False


def has_a_key(ref: str) -> bool:
    keys = DataKey.objects.filter(payload__submission__ref=ref).exists()
    copies = PersonCopy.objects.filter(submission__ref=ref).exists()
    return keys or copies


def start_and_kill_a_replay(ledger: Path) -> None:
    """The command as operators start it, killed once it has erased something."""
    replaying = subprocess.Popen(
        [sys.executable, "manage.py", "replay_erasures", "--yes"],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mesoinfo.settings",
            "DATABASE_URL": address_of(connection.settings_dict),
            "AUDIT_CHECKPOINT_DIR": str(ledger),
        },
        stdout=subprocess.DEVNULL,
    )
    while replaying.poll() is None and not Erasure.objects.exists():
        time.sleep(0.005)
    replaying.kill()
    replaying.wait()
    assert Erasure.objects.exists(), "It did nothing."


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_what_people_erased_stays_erased_in_a_backup_that_is_restored(keys, settings, tmp_path, capsys, tell):
    settings.AUDIT_CHECKPOINT_DIR = tmp_path / "outside"
    lead = member("advocate lead")
    sent = {}
    for number in range(PEOPLE):
        accepted = accept(answers(message=message(number)))
        sent[accepted.reference] = (number, accepted.code)
    assert len(sent) == PEOPLE
    backup = tmp_path / "backup"
    back_up(backup)

    chosen = set(random.Random(11).sample(sorted(sent), ERASING))
    for ref in chosen:
        answer = Client().post(reverse("my_request"), {"code": str(sent[ref][1]), "do": "erase", "sure": "yes"})
        assert answer.status_code == 200
        # At once.
        assert not has_a_key(ref)
        assert is_refused(ref, lead)
        assert is_shown_as_a_wrong_code(sent[ref][1])
    assert Submission.objects.filter(state=State.DISPOSED).count() == ERASING
    with in_the_role_that_answers("/admin/"):
        assert erasing.write() == ERASING

    restored = f"{connection.settings_dict['NAME']}_restored"
    make_empty(restored)
    try:
        with working_in(restored, tmp_path):
            restore(backup)
            # Now they could be opened again, were it not for the ledger.
            assert all(has_a_key(ref) for ref in chosen)
            assert {str(one) for one in erasing.outstanding()} == {
                str(one) for one in Submission.objects.filter(ref__in=chosen).values_list("pk", flat=True)
            }
            assert all(is_refused(ref, lead) for ref in chosen)
            start_and_kill_a_replay(settings.AUDIT_CHECKPOINT_DIR)
            with in_the_role_that_answers("/admin/"):
                call_command("replay_erasures", yes=True)
            assert "0 are not in this database" in capsys.readouterr().out
            assert erasing.outstanding() == []
            for ref, (number, code) in sent.items():
                if ref in chosen:
                    assert not has_a_key(ref)
                    assert is_refused(ref, lead)
                    assert is_shown_as_a_wrong_code(code)
                    continue
                [words] = reading.open_case(Submission.objects.get(ref=ref), by=lead, purpose=Purpose.REVIEW)
                assert words.answers["message"] == message(number)
                own = person.open_own(code)
                assert own is not None and own.sent[0].message == message(number)
    finally:
        drop(restored)
    tell(
        f"{ERASING} of {PEOPLE} people erased: at once 0 readable, and 0 in a restored backup, before the ledger was "
        f"replayed (killed once) and after. The other {PEOPLE - ERASING} read as before."
    )
