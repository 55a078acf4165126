"""manage.py consent_proof: what a person agreed to or took back, word for word."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caseintake import proving, reading
from caseintake.models import State, Submission
from caseintake.references import read_reference
from mesoinfo.models import User

SEALED = "sealed with the request. To open it: --open-page --by EMAIL, which is put on record as a reading."


class Command(BaseCommand):
    help = (
        "Show every consent of one request: the words that were shown, whether they still have the hash kept with the "
        "answer, when and how it came, and who wrote it down. Exits with 1 when a hash differs. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ref", metavar="REF", help="The reference, such as CR-7K2M9-X4T1F.")
        parser.add_argument("--open-page", action="store_true", help="Open the page it was sent from, on record.")
        parser.add_argument("--by", metavar="EMAIL", help="Who opens it: an advocate lead or the privacy officer.")

    def handle(self, *args: Any, ref: str, open_page: bool, by: str | None, **options: Any) -> None:
        submission = _find(ref)
        if open_page != bool(by):
            raise CommandError("Give --open-page and --by EMAIL together: a reading is put on record with a name.")
        proofs = proving.proofs(submission)
        self.stdout.write(f"{submission.ref}, received {submission.received_at:%-d %B %Y, %H:%M} UTC")
        self.stdout.write(f"Sent from the page: {_page(submission, by)}")
        for proof in proofs:
            self.stdout.write("\n" + "\n".join(proof.lines()))
        broken = sum(not proof.holds for proof in proofs)
        if broken:
            raise CommandError(
                f"{broken} of {len(proofs)} do not hold: the words kept are not those that were shown. Somebody with "
                "the rights of the tables' owner changed them. Run audit_verify, and compare with a backup."
            )


def _find(ref: str) -> Submission:
    whole = read_reference(ref)
    if whole is None:
        raise CommandError(f"{ref!r} is not a whole reference. One looks like CR-7K2M9-X4T1F.")
    submission = Submission.objects.filter(ref=whole).first()
    if submission is None:
        raise CommandError(f"There is no request {whole}.")
    return submission


def _page(submission: Submission, by: str | None) -> str:
    """The page, if somebody opens it; else where it is."""
    if submission.state == State.DISPOSED:
        return f"went with the request. {reading.erased(submission)}"
    if by is None:
        return SEALED
    user = User.objects.filter(email__iexact=by).first()
    if user is None:
        raise CommandError(f"Nobody has an account with {by}.")
    try:
        return reading.open_page(submission, by=user) or "not known"
    except (reading.ReadingRefused, reading.ReadingFailed) as refusal:
        raise CommandError(f"The page was not opened. {refusal}") from None
