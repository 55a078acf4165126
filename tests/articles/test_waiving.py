"""Waiving what a rule finds, and weighing the rules: who may, for how long, and that every screen and gate agrees."""

from __future__ import annotations

import datetime
import json
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.markup.library import for_text
from articles.models import (
    Article,
    PublishedPage,
    Revision,
    RevisionStatus,
    RuleWeight,
    RuleWeightEvent,
    Schedule,
    ScheduleOutcome,
    TransitionRefused,
    Waiver,
    WeightGiven,
)
from articles.models.lint import today
from articles.publishing import schedule as scheduling
from articles.publishing.gates import gates
from articles.publishing.publish import PublishingRefused, publish
from articles.review import drafting, waiving, weighing
from mesoinfo.models import AuditEntry, User
from tests.articles.waived import IN_A_MONTH, RULE, STATISTIC, TEXT, found_in, let_run_out, severities, waived, write
from tests.conftest import PAGE, a_user, member, sign_all, without_triggers
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("draft_once")


@pytest.fixture
def with_error(draft: Revision) -> Revision:
    """A draft with a statement that nothing is cited for: it cannot be submitted."""
    return write(draft)


def submit(draft: Revision) -> Revision:
    drafting.submit(draft, change_note="First version.", by=member("writer"))
    return draft


def findings_gate(revision: Revision) -> tuple[bool, str]:
    return next((gate.ok, gate.evidence) for gate in gates(revision) if gate.code == "findings")


def lint(address: str) -> list[tuple[str, str]]:
    out = StringIO()
    with suppress(SystemExit):
        call_command("lint_article", address, format="json", stdout=out)
    return [(each["rule"], each["severity"]) for each in json.loads(out.getvalue())]


# What agrees


def test_a_waived_error_stops_nobody_and_is_told_everywhere(
    client: Client, with_error: Revision, editor: User, writer: User, reviewer: User
) -> None:
    with pytest.raises(TransitionRefused, match="1 thing needs mending first"):
        submit(with_error)
    waived(with_error)
    until = f"Waived by The editor until {IN_A_MONTH:%-d %B %Y}: It is of our own patients."
    client.force_login(writer)
    preview = f"/admin/markdown/preview/?article={with_error.article_id}"
    for answer in (
        client.post(preview, {"content": TEXT}),
        client.get(f"/admin/articles/revision/{with_error.pk}/write/"),
        client.get(f"/admin/articles/revision/{with_error.pk}/read/"),
    ):
        assert "Nothing to mend, 1 waived" in told(answer)
        assert until in told(answer)
    assert (RULE, "waived") in lint("mesothelioma/stage-4")
    submit(with_error)
    client.force_login(reviewer)
    review = told(client.get(f"/admin/articles/revision/{with_error.pk}/review/"))
    assert "What the rules find: Nothing to mend, 1 waived" in review
    assert until in review
    nothing = "There is no error in the text. 1 finding is waived, until"
    assert findings_gate(with_error) == (True, f"{nothing} {IN_A_MONTH:%-d %B %Y} at least.")
    sign_all(with_error, reviewer)
    with_error.refresh_from_db()
    assert publish(with_error, by=member("publisher"))


def test_a_rule_that_is_off_is_looked_for_nowhere(
    client: Client, with_error: Revision, editor: User, writer: User, reviewer: User
) -> None:
    weighing.weigh(RULE, WeightGiven.OFF, reason="We have no sources for these yet.", by=editor)
    client.force_login(writer)
    preview = client.post(f"/admin/markdown/preview/?article={with_error.article_id}", {"content": TEXT})
    assert "Nothing to mend" in told(preview)
    assert "cites nothing" not in told(preview)
    assert RULE not in dict(lint("mesothelioma/stage-4"))
    submit(with_error)
    client.force_login(reviewer)
    assert "What the rules find" not in told(client.get(f"/admin/articles/revision/{with_error.pk}/review/"))
    assert findings_gate(with_error) == (True, "There is no error in the text.")


def test_advice_that_the_site_calls_an_error_stops_submission_and_publishing(
    draft: Revision, editor: User, reviewer: User
) -> None:
    submit(write(draft, f"{PAGE}\nIt is a miracle.\n"))
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    weighing.weigh("promise-wording", WeightGiven.ERROR, reason="We promise nothing.", by=editor)
    assert not findings_gate(draft)[0]
    with pytest.raises(PublishingRefused, match="This word promises too much"):
        publish(draft, by=member("publisher"))
    again = drafting.recall(draft, reason="To be mended.", by=member("writer"))
    with pytest.raises(TransitionRefused, match="1 thing needs mending first"):
        submit(again)


def test_what_is_waived_on_one_page_is_found_on_another(with_error: Revision, editor: User) -> None:
    waived(with_error)
    other = Article.objects.create(address="mesothelioma/other", topic=with_error.article.topic)
    assert for_text(TEXT, other).waived == for_text(TEXT).waived == frozenset()
    assert for_text(TEXT, with_error.article).waived == {(RULE, STATISTIC)}


def test_weights_and_waivers_cost_one_query_together(with_error: Revision) -> None:
    article = with_error.article
    with CaptureQueriesContext(connection) as queries:
        for_text("# Title\n\nLede.\n", article)
    assert len(queries) == 1
    waived(with_error)
    weighing.weigh("dated-wording", WeightGiven.OFF, reason="For now.", by=member("editor"))
    with CaptureQueriesContext(connection) as queries:
        library = for_text("# Title\n\nLede.\n", article)
    assert len(queries) == 1
    assert (dict(library.severities), library.waived) == ({"dated-wording": "off"}, {(RULE, STATISTIC)})


# How it ends


def test_words_that_change_are_found_again(with_error: Revision, editor: User) -> None:
    waived(with_error)
    write(with_error, TEXT.replace("Half of", "Two thirds of"))
    assert severities(with_error) == ["error"]


def test_words_that_change_behind_a_thousand_letters_are_found_again(draft: Revision, editor: User) -> None:
    long = f"Of those who came {'and came again ' * 100}half of the patients lived for 12 months"
    write(draft, f"{PAGE}\n{long} and more.\n")
    (finding,) = [found for found in found_in(draft) if found.rule == RULE]
    waiving.waive(draft, rule=RULE, words=finding.words, reason="Ours.", expires_on=IN_A_MONTH, by=editor)
    assert severities(draft) == ["waived"]
    write(draft, f"{PAGE}\n{long} and everybody was cured.\n")
    assert severities(draft) == ["error"]


def test_a_waived_pair_of_figures_is_found_again_when_either_changes(draft: Revision, editor: User) -> None:
    rule, first, second = "conflicting-figures", "Median survival is 12 months.", "Median survival is 21 months."
    write(draft, f"{PAGE}\n{first}\n\n{second}\n")
    (finding,) = [found for found in found_in(draft) if found.rule == rule]
    waiving.waive(draft, rule=rule, words=finding.words, reason="Ours.", expires_on=IN_A_MONTH, by=editor)
    assert severities(draft, rule) == ["waived"]
    write(draft, f"{PAGE}\n{first.replace('12', '13')}\n\n{second}\n")
    assert severities(draft, rule) == ["warning"]


def test_a_waiver_holds_until_its_day(with_error: Revision) -> None:
    waiver = waived(with_error, until=today() + datetime.timedelta(days=1))
    assert severities(with_error) == ["waived"]
    let_run_out(waiver)
    assert severities(with_error) == ["error"]
    with pytest.raises(TransitionRefused, match="has ended already"):
        waiving.end(waiver, by=member("editor"))


def test_a_waiver_that_was_ended_holds_no_longer(with_error: Revision, medical_lead: User) -> None:
    waiver = waived(with_error)
    waiving.end(waiver, by=medical_lead)
    waiver.refresh_from_db()
    assert (waiver.ended_by, waiver.is_running) == (medical_lead, False)
    assert severities(with_error) == ["error"]
    with pytest.raises(TransitionRefused, match="has ended already"):
        waiving.end(waiver, by=medical_lead)


@pytest.mark.parametrize("how", ["ended", "run out"])
def test_another_can_be_made_once_it_has_ended(with_error: Revision, how: str) -> None:
    waiver = waived(with_error)
    with pytest.raises(TransitionRefused, match="is waived already"):
        waived(with_error)
    if how == "ended":
        waiving.end(waiver, by=member("editor"))
    else:
        let_run_out(waiver)
    waived(with_error)
    assert severities(with_error) == ["waived"]


def approved_with_waiver(draft: Revision, reviewer: User) -> Waiver:
    waiver = waived(draft)
    submit(draft)
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    assert draft.status == RevisionStatus.APPROVED
    return waiver


def test_what_was_scheduled_is_stopped_when_the_waiver_has_run_out_meanwhile(
    with_error: Revision, reviewer: User, publisher: User
) -> None:
    waiver = approved_with_waiver(with_error, reviewer)
    at = timezone.now() + datetime.timedelta(minutes=5)
    made = scheduling.schedule(with_error, publish_at=at, zone="UTC", by=publisher)
    let_run_out(waiver)
    with without_triggers("articles_schedule"):
        past = timezone.now() - datetime.timedelta(seconds=1)
        Schedule.objects.filter(pk=made.pk).update(made_at=past - datetime.timedelta(minutes=5), publish_at=past)
    assert scheduling.publish_due() == 0
    made.refresh_from_db()
    assert made.outcome == ScheduleOutcome.STOPPED
    assert "1 error in the text: line" in made.evidence
    waived(with_error)
    assert publish(with_error, by=publisher)


def test_a_page_that_readers_have_stays_when_its_waiver_ends(with_error: Revision, reviewer: User) -> None:
    waiver = approved_with_waiver(with_error, reviewer)
    page: PublishedPage = publish(with_error, by=member("publisher"))
    waiving.end(waiver, by=member("editor"))
    page.article.refresh_from_db()
    assert page.article.live == page
    draft = drafting.start_draft(page.article, by=member("writer"))
    assert severities(draft) == ["error"]


# Who may


def test_whoever_helped_write_a_page_waives_nothing_on_it(with_error: Revision, editor: User) -> None:
    write(with_error, f"{TEXT}\nMore.\n", by=editor)
    with pytest.raises(TransitionRefused, match="You helped write this page since it was last published"):
        waived(with_error)
    other = a_user("editor", email="another.editor@example.org")
    assert waived(with_error, by=other).made_by == other


def test_whoever_a_byline_names_waives_nothing_on_the_page(with_error: Revision, editor: User) -> None:
    person = with_error.article.bylines.get().person
    person.user = editor
    person.save()
    with pytest.raises(TransitionRefused, match="or are named on it"):
        waived(with_error)


def test_who_wrote_the_words_for_an_earlier_revision_waives_nothing_in_them(
    draft: Revision, editor: User, reviewer: User
) -> None:
    """They may not have been found wrong then."""
    claim = "Surgery improves survival."
    submit(write(draft, f"{PAGE}\n{claim}\n", by=editor))
    sign_all(draft, reviewer)
    draft.refresh_from_db()
    publish(draft, by=member("publisher"))
    later = drafting.start_draft(draft.article, by=member("writer"))
    assert waiving.why_not(editor, later) == ""
    given: dict[str, Any] = {
        "rule": "efficacy-without-source",
        "words": claim,
        "reason": "Known.",
        "expires_on": IN_A_MONTH,
    }
    with pytest.raises(TransitionRefused, match="You wrote or suggested these words once"):
        waiving.waive(later, **given, by=editor)
    assert waiving.waive(later, **given, by=member("medical lead"))


@pytest.mark.parametrize("role", ["writer", "medical reviewer", "publisher", "safety officer"])
def test_other_roles_waive_and_weigh_nothing(with_error: Revision, role: str) -> None:
    user = a_user(role, email="somebody.else@example.org")
    waiver = waived(with_error)
    for step in (
        lambda: waived(with_error, by=user),
        lambda: waiving.end(waiver, by=user),
        lambda: weighing.weigh(RULE, WeightGiven.OFF, reason="So.", by=user),
    ):
        with pytest.raises(TransitionRefused, match="needs the role of editor or medical lead"):
            step()


# What is asked


def test_a_waiver_is_of_what_is_found_today(with_error: Revision, editor: User) -> None:
    given: dict[str, Any] = {"reason": "Known.", "expires_on": IN_A_MONTH, "by": editor}
    with pytest.raises(TransitionRefused, match="no longer found on the page"):
        waiving.waive(with_error, rule=RULE, words="Words that are not there.", **given)
    write(with_error, f"{PAGE}\nSee [@nosuch].\n")
    with pytest.raises(TransitionRefused, match="no longer found on the page"):
        waiving.waive(with_error, rule="unknown-key", words="[@nosuch]", **given)


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_waiver_has_an_end_within_a_year(with_error: Revision, days: int) -> None:
    with pytest.raises(TransitionRefused, match="Choose a day after today and at most 12 months ahead"):
        waived(with_error, until=today() + datetime.timedelta(days=days))


def test_a_waiver_and_a_weight_have_a_reason(with_error: Revision, editor: User) -> None:
    with pytest.raises(TransitionRefused, match="Say in a sentence why this may stand"):
        waiving.waive(with_error, rule=RULE, words=STATISTIC, reason=" \n", expires_on=IN_A_MONTH, by=editor)
    with pytest.raises(TransitionRefused, match="Say why, in a sentence"):
        weighing.weigh(RULE, WeightGiven.OFF, reason=" \n", by=editor)


def test_nothing_is_waived_in_a_revision_that_is_done_with(published: PublishedPage, editor: User) -> None:
    assert waiving.why_not(editor, published.revision).endswith("Start a draft.")


def test_a_finding_that_comes_up_under_review_is_waived_there(
    with_error: Revision, editor: User, reviewer: User
) -> None:
    weighing.weigh(RULE, WeightGiven.OFF, reason="For now.", by=editor)
    submit(with_error)
    weighing.weigh(RULE, WeightGiven.OWN, reason="No more.", by=editor)
    assert not findings_gate(with_error)[0]
    waived(with_error)
    assert findings_gate(with_error)[0]


# What is kept


def test_waiving_and_ending_are_on_record(with_error: Revision, editor: User) -> None:
    waiver = waived(with_error)
    waiving.end(waiver, by=editor)
    made, ended = AuditEntry.objects.filter(target_type="articles.waiver").order_by("sequence")
    assert (made.action, made.actor, made.target_id) == ("finding.waived", editor, str(waiver.pk))
    assert made.facts == {"revision": with_error.pk, "rule": RULE, "expires_on": IN_A_MONTH.isoformat()}
    assert (ended.action, ended.facts) == ("waiver.ended", {"rule": RULE})


def test_the_weight_of_a_rule_is_one_row_with_its_history(editor: User, medical_lead: User) -> None:
    weighing.weigh("long-sentence", WeightGiven.OFF, reason="Too many.", by=editor)
    weighing.weigh("long-sentence", WeightGiven.ERROR, reason="We mean it.", by=medical_lead)
    weighing.weigh("long-sentence", WeightGiven.OWN, reason="As others do.", by=editor)
    given = RuleWeight.objects.get()
    assert (given.weight, given.reason, given.set_by) == ("own", "As others do.", editor)
    history = [(event.weight, event.reason) for event in RuleWeightEvent.objects.order_by("pgh_id")]
    assert history == [("off", "Too many."), ("error", "We mean it."), ("own", "As others do.")]
    facts = AuditEntry.objects.filter(action="rule.weighed").order_by("sequence").values_list("facts", flat=True)
    assert [(fact["was"], fact["weight"]) for fact in facts] == [("own", "off"), ("off", "error"), ("error", "own")]
    assert for_text("# Title\n").severities == {}


def test_a_weight_that_the_rule_has_already_is_told(editor: User) -> None:
    with pytest.raises(TransitionRefused, match="has this weight already"):
        weighing.weigh("long-sentence", WeightGiven.OWN, reason="So.", by=editor)


def test_what_guards_how_a_page_is_built_keeps_its_weight(editor: User) -> None:
    with pytest.raises(TransitionRefused, match="The weight of this rule is fixed"):
        weighing.weigh("unknown-key", WeightGiven.OFF, reason="So.", by=editor)
