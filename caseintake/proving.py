"""Proving a consent: which words the person saw, that they are still those words, and how their answer came to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caseintake.models import ConsentAction, ConsentEvent, ConsentMethod, Submission
from caseintake.models.consent import hash_of


@dataclass(frozen=True)
class Proof:
    """One answer to one consent, and whether its words still have the hash that was kept with the answer."""

    event: ConsentEvent
    hash_of_words: str

    @property
    def holds(self) -> bool:
        return self.hash_of_words == self.event.shown_sha256

    def lines(self) -> Iterator[str]:
        """It in plain words."""
        event, text = self.event, self.event.text
        yield f"{event.get_action_display()}: {event.get_kind_display()} ({event.kind})"
        yield f"  When: {event.at:%-d %B %Y, %H:%M:%S} UTC"
        yield f"  How: {self._how()}"
        yield f"  Wording: version {text.version}, published {text.published_at:%-d %B %Y, %H:%M} UTC"
        yield f"  Words shown: “{text.body}”"
        yield f"  SHA-256 kept with the answer: {event.shown_sha256}"
        if self.holds:
            yield "  SHA-256 of these words now:   the same"
        else:
            yield f"  SHA-256 of these words now:   {self.hash_of_words}. NOT THE SAME: these are not the words shown."

    def _how(self) -> str:
        event = self.event
        if event.method == ConsentMethod.STAFF:
            return f"{event.get_told_by_display()}, written down by {event.actor}"
        how = event.get_method_display()
        if event.action == ConsentAction.GRANTED:
            how += "; the box was " + ("empty" if event.unticked_when_shown else "ticked") + " when it was shown"
        return how


def proofs(submission: Submission) -> list[Proof]:
    """One for each answer of the person to a consent, the oldest first; the hashes are computed now."""
    events = submission.consents.select_related("text", "actor").order_by("id")
    return [Proof(event, hash_of(event.text.body)) for event in events]
