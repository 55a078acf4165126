"""Publishing the words of consent. Forms show a published text only, so that what was shown can be proved."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import transaction
from django.utils import timezone

from caseintake.models import ConsentAction, ConsentEvent, ConsentKind, ConsentText, Submission
from mesoinfo.models import SiteSettings

WORDING = {
    ConsentKind.USE_TO_REPLY: (
        "I agree that {publisher} may keep and use what I send, including health details, to reply to me."
    ),
    # 47 CFR 64.1200(f)(9): who calls, how, and that help does not depend on it.
    ConsentKind.AUTO_CALL_TEXT: (
        "Optional. By ticking this box, I allow {publisher} to make marketing calls and texts to this number. "
        "They may use an automatic dialer or a recorded voice. I don’t have to agree to get help. "
        "Message rates may apply. Reply STOP to end."
    ),
}


def last_said(submission: Submission) -> list[ConsentEvent]:
    """What the person said last about each consent they were asked for, in the order of the kinds."""
    events = submission.consents.select_related("text", "actor").order_by("id")
    last = {event.kind: event for event in events}
    return [last[kind] for kind in ConsentKind.values if kind in last]


def agrees_to(submission: Submission, kind: ConsentKind) -> bool:
    """Whether what the person said last about this consent was yes."""
    return any(event.kind == kind and event.action == ConsentAction.GRANTED for event in last_said(submission))


def wording(kind: ConsentKind, publisher: str) -> str:
    """The words of consent as this publisher's name makes them."""
    return WORDING[kind].format(publisher=publisher)


@transaction.atomic
def publish_wording(publisher: str) -> None:
    """Put the present wording in force. Does nothing when it is; else retires the old version and adds the next."""
    for kind in WORDING:
        body = wording(kind, publisher)
        # One publisher of texts at a time, or two would both be the next version.
        versions = ConsentText.objects.select_for_update().filter(kind=kind)
        latest = versions.order_by("-version").first()
        if latest is not None and latest.retired_at is None and latest.body == body:
            continue
        versions.filter(retired_at__isnull=True).update(retired_at=timezone.now())
        number = (latest.version if latest else 0) + 1
        ConsentText.objects.create(kind=kind, version=number, body=body)


def site_settings_saved(sender: type[SiteSettings], instance: SiteSettings, **kwargs: Any) -> None:
    """A publisher with a new name asks for consent in that name."""
    publish_wording(instance.publisher_name)


def after_migrating(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """A new site has its words of consent before the first page it shows."""
    try:
        kwargs.get("apps", apps).get_model("caseintake", "ConsentText")
    except LookupError:  # migrated backwards: there is no table to publish in
        return
    publish_wording(SiteSettings.current().publisher_name)
