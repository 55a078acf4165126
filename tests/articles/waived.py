"""What tests of waivers share: a page with a statement that nothing is cited for, and how a waiver runs out."""

from __future__ import annotations

import datetime

from articles.markup import Finding, compile_page
from articles.markup.library import for_text
from articles.models import Revision, Waiver
from articles.models.lint import today
from articles.review import drafting, waiving
from mesoinfo.models import User
from tests.conftest import PAGE, member, without_triggers

RULE = "uncited-statistic"
STATISTIC = "Half of patients lived longer than a year."
TEXT = f"{PAGE}\n{STATISTIC}\n"
IN_A_MONTH = today() + datetime.timedelta(days=30)


def write(draft: Revision, text: str = TEXT, *, by: User | None = None) -> Revision:
    """Save the text in the draft, as its writer unless somebody else is named."""
    drafting.save_draft(draft, text=text, version=draft.version, by=by or member("writer"))
    return draft


def waived(revision: Revision, *, by: User | None = None, until: datetime.date = IN_A_MONTH) -> Waiver:
    """Somebody, an editor unless named, lets the statistic pass."""
    reason = "It is of our own patients."
    by = by or member("editor")
    return waiving.waive(revision, rule=RULE, words=STATISTIC, reason=reason, expires_on=until, by=by)


def let_run_out(waiver: Waiver) -> None:
    """Its day has come: waivers do not change, so their triggers sleep meanwhile."""
    with without_triggers("articles_waiver"):
        Waiver.objects.filter(pk=waiver.pk).update(expires_on=today())


def found_in(revision: Revision) -> list[Finding]:
    """What the rules find in the revision today."""
    return list(compile_page(revision.text, for_text(revision.text, revision.article)).findings)


def severities(revision: Revision, rule: str = RULE) -> list[str]:
    """How much each finding of the rule weighs there today."""
    return [finding.severity for finding in found_in(revision) if finding.rule == rule]
