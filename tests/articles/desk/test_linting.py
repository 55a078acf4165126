"""The lint rules on the desk: waiving a finding, ending that, weighing the rules, by people who may."""

from __future__ import annotations

import datetime
import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Revision, RuleWeight, Waiver
from articles.models.lint import today
from articles.review import drafting, waiving
from mesoinfo.models import User
from tests.articles.waived import IN_A_MONTH, RULE, STATISTIC, TEXT, found_in, let_run_out, severities, waived, write
from tests.conftest import PAGE, a_user, member
from tests.desk_answers import told

pytestmark = pytest.mark.usefixtures("draft_once")
RULES_AT = "/admin/articles/ruleweight/"


@pytest.fixture
def with_error(draft: Revision) -> Revision:
    return write(draft)


@pytest.fixture
def as_editor(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def as_lead(client: Client, medical_lead: User) -> Client:
    client.force_login(medical_lead)
    return client


def at(revision: Revision, screen: str) -> str:
    return f"/admin/articles/revision/{revision.pk}/{screen}/"


def waive_links(page: str) -> list[str]:
    """Where the links lead that offer to waive a finding."""
    return [html.unescape(address) for address in re.findall(r'href="([^"]*/waive/[^"]*)"', page)]


def filled_in(form: str, **given: str) -> dict[str, str]:
    """What a browser sends of the form, with what somebody types into it."""
    fields = dict(re.findall(r'<input type="(?:hidden|date)" name="(\w+)" value="([^"]*)"', form))
    return {name: html.unescape(value) for name, value in fields.items()} | {"reason": "Of our own patients.", **given}


# Waiving


def test_a_finding_is_waived_from_the_preview_and_the_way_leads_back_to_the_draft(
    as_editor: Client, with_error: Revision
) -> None:
    (link,) = waive_links(as_editor.get(at(with_error, "write")).content.decode())
    form = as_editor.get(link)
    assert "uncited-statistic: This statement has a figure and cites nothing." in told(form)
    assert STATISTIC in told(form)
    assert f'value="{waiving.default_end().isoformat()}"' in form.content.decode()
    answer = as_editor.post(link, filled_in(form.content.decode()), follow=True)
    assert answer.redirect_chain == [(at(with_error, "write"), 302)]
    assert f"Waived until {waiving.default_end():%-d %B %Y}. It stays listed, with your reason." in told(answer)
    assert "Nothing to mend, 1 waived" in told(answer)
    assert waive_links(answer.content.decode()) == []
    made = Waiver.objects.get()
    assert (made.rule, made.words, made.reason) == (RULE, STATISTIC, "Of our own patients.")
    assert made.digest == with_error.blocks.get(canonical__contains=STATISTIC).digest


def test_the_preview_that_follows_the_keys_offers_the_same(as_editor: Client, with_error: Revision) -> None:
    shown = as_editor.post(f"/admin/markdown/preview/?article={with_error.article_id}", {"content": TEXT})
    assert waive_links(shown.content.decode()) == waive_links(as_editor.get(at(with_error, "write")).content.decode())
    shown = as_editor.post("/admin/markdown/preview/", {"content": TEXT})
    assert waive_links(shown.content.decode()) == []


def test_a_lead_who_does_not_write_waives_from_the_page_they_read(as_lead: Client, with_error: Revision) -> None:
    (link,) = waive_links(as_lead.get(at(with_error, "read")).content.decode())
    answer = as_lead.post(link, filled_in(as_lead.get(link).content.decode()))
    assert (answer.status_code, answer["Location"]) == (302, at(with_error, "read"))


def test_what_is_found_under_review_is_waived_from_the_review(as_lead: Client, draft: Revision) -> None:
    write(draft, f"{PAGE}\nIt is a miracle.\n")
    drafting.submit(draft, change_note="First.", by=member("writer"))
    page = as_lead.get(at(draft, "review"))
    assert "What the rules find: Nothing to mend, 1 to make easier" in told(page)
    (anchor,) = re.findall(r'<a href="#([^"]+)"\s+class="finding-place">', page.content.decode())
    _, _, block = page.content.decode().partition(f'id="{anchor}"')
    assert "It is a miracle." in block.partition('id="block-')[0]
    (link,) = waive_links(page.content.decode())
    answer = as_lead.post(link, filled_in(as_lead.get(link).content.decode()))
    assert (answer.status_code, answer["Location"]) == (302, at(draft, "review"))
    assert severities(draft, "promise-wording") == ["waived"]


def test_who_helped_write_is_told_that_somebody_else_decides(client: Client, with_error: Revision) -> None:
    editor = a_user("editor", email="another.editor@example.org")
    write(with_error, f"{TEXT}\nMore.\n", by=editor)
    client.force_login(editor)
    page = client.get(at(with_error, "write"))
    assert waive_links(page.content.decode()) == []
    assert "so somebody else decides whether this may stand." in told(page)
    answer = client.get(at(with_error, "waive"), {"rule": RULE, "line": "1", "column": "1"})
    assert answer.status_code == 409
    assert "Ask another editor or the medical lead." in told(answer)


def test_a_writer_is_offered_nothing(client: Client, with_error: Revision, writer: User) -> None:
    client.force_login(writer)
    page = client.get(at(with_error, "write"))
    assert waive_links(page.content.decode()) == []
    assert "somebody else decides" not in told(page)


def test_what_guards_how_a_page_is_built_is_not_offered(as_editor: Client, draft: Revision) -> None:
    write(draft, f"{PAGE}\nSee [@nosuch].\n")
    page = as_editor.get(at(draft, "write"))
    assert "1 to mend" in told(page)
    assert waive_links(page.content.decode()) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": " "}, "Say in a sentence why this may stand. Reviewers read it."),
        ({"reason": "x" * 2001}, "The reason is longer than 2,000 characters."),
        ({"expires_on": ""}, "Say until when this may stand."),
        ({"expires_on": "soon"}, "Write the day as 2027-05-31: year, month, day."),
        ({"expires_on": "2020-01-01"}, "Choose a day after today and at most 12 months ahead"),
        ({"expires_on": "2999-01-01"}, "Choose a day after today and at most 12 months ahead"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_nothing_typed_is_lost(
    as_editor: Client, with_error: Revision, given: dict[str, str], sentence: str
) -> None:
    (link,) = waive_links(as_editor.get(at(with_error, "write")).content.decode())
    sent = filled_in(as_editor.get(link).content.decode(), **given)
    answer = as_editor.post(link, sent)
    assert answer.status_code == 400
    assert sentence in told(answer)
    again = answer.content.decode()
    assert sent["reason"].strip() in again
    assert f'value="{sent["expires_on"]}"' in again or not sent["expires_on"]
    assert filled_in(again)["words"] == STATISTIC
    assert not Waiver.objects.exists()


def test_words_that_changed_meanwhile_are_not_waived_and_the_reason_comes_back(
    as_editor: Client, with_error: Revision
) -> None:
    (link,) = waive_links(as_editor.get(at(with_error, "write")).content.decode())
    sent = filled_in(as_editor.get(link).content.decode())
    write(with_error, TEXT.replace("Half of", "Two thirds of"))
    answer = as_editor.post(link, sent)
    assert answer.status_code == 409
    assert "This is not found there any more" in told(answer)
    assert "Of our own patients." in told(answer)
    assert not Waiver.objects.exists()


@pytest.mark.parametrize("query", ["", "?rule=uncited-statistic", "?rule=long-sentence&line=1&column=1", "?line=x"])
def test_a_link_that_names_nothing_is_told(as_editor: Client, with_error: Revision, query: str) -> None:
    answer = as_editor.get(at(with_error, "waive") + query)
    assert answer.status_code == 409
    assert "This is not found there any more" in told(answer)


def test_a_finding_waived_a_moment_ago_is_told(as_editor: Client, with_error: Revision) -> None:
    (link,) = waive_links(as_editor.get(at(with_error, "write")).content.decode())
    sent = filled_in(as_editor.get(link).content.decode())
    waived(with_error, by=member("medical lead"))
    answer = as_editor.post(link, sent)
    assert answer.status_code == 409
    assert "or it is waived" in told(answer)


# The page of an article


def test_the_page_of_an_article_lists_its_waivers_and_ends_them(as_editor: Client, with_error: Revision) -> None:
    waiver = waived(with_error)
    page_at = f"/admin/articles/article/{with_error.article_id}/change/"
    shown = told(as_editor.get(page_at))
    assert f"Waived findings {RULE}, {STATISTIC} Waived by The editor on" in shown
    assert f"It holds until {IN_A_MONTH:%-d %B %Y}. End it" in shown
    answer = as_editor.post(f"/admin/articles/waiver/{waiver.pk}/end/", follow=True)
    assert answer.redirect_chain == [(page_at, 302)]
    assert "Ended. From now on it is found again." in told(answer)
    assert f"The editor ended it on {timezone.now():%-d %B %Y}." in told(answer)
    again = as_editor.post(f"/admin/articles/waiver/{waiver.pk}/end/")
    assert again.status_code == 409
    assert "This waiver has ended already." in told(again)
    let_run_out(waived(with_error))
    shown = told(as_editor.get(page_at))
    assert "None holds now." in shown
    assert f"It ran out on {today():%-d %B %Y}." in shown


def test_who_may_not_waive_sees_the_waivers_and_no_button(client: Client, with_error: Revision, writer: User) -> None:
    waived(with_error)
    client.force_login(writer)
    shown = told(client.get(f"/admin/articles/article/{with_error.article_id}/change/"))
    assert "Waived findings" in shown
    assert "End it" not in shown


def test_a_page_without_waivers_says_nothing_of_them(as_editor: Client, draft: Revision) -> None:
    assert "Waived findings" not in told(as_editor.get(f"/admin/articles/article/{draft.article_id}/change/"))


# The rules


def test_every_rule_is_listed_with_what_it_looks_for_and_its_weight(client: Client, writer: User) -> None:
    client.force_login(writer)
    shown = told(client.get(RULES_AT))
    errors, advice, off = re.split("Errors: they stop a page|Advice: it stops nobody|Off: not looked for", shown)[1:]
    assert "uncited-statistic A sentence has a figure and no citation." in errors
    assert "long-sentence A sentence has more than 25 words." in advice
    assert "quote-missing No pinned quote of the sources cited has the figure." in off
    assert "Nothing is waived." in shown
    assert "Set weight" not in shown


def test_an_editor_weighs_a_rule_and_the_list_says_who_when_and_why(as_editor: Client, editor: User) -> None:
    weigh_at = f"{RULES_AT}long-sentence/weigh/"
    assert weigh_at in as_editor.get(RULES_AT).content.decode()
    form = as_editor.get(weigh_at)
    assert "As it comes, this is advice." in told(form)
    assert re.search(r'value="own"[^>]* checked', form.content.decode())
    answer = as_editor.post(weigh_at, {"weight": "off", "reason": "Our readers are doctors."}, follow=True)
    assert answer.redirect_chain == [(RULES_AT, 302)]
    assert "From now on, long-sentence is off." in told(answer)
    day = f"{timezone.now():%-d %B %Y}"
    off = told(answer).partition("Off: not looked for")[2]
    assert f"The editor set this weight on {day}: Our readers are doctors." in off.partition("quote-missing")[0]
    as_editor.post(weigh_at, {"weight": "own", "reason": "They are not."})
    shown = told(as_editor.get(RULES_AT))
    assert f"The editor gave it its own weight again on {day}: They are not." in shown.partition("Off:")[0]
    before = told(as_editor.get(weigh_at)).partition("How it was weighed")[2]
    assert before.index("They are not.") < before.index("Off: it is not looked for The editor")
    assert before.endswith("Our readers are doctors.")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"weight": "off", "reason": ""}, "Say why, in a sentence."),
        ({"weight": "", "reason": "Kept."}, "Choose how much the rule weighs."),
        ({"weight": "heavy", "reason": "Kept."}, "Choose how much the rule weighs from the list."),
        ({"weight": "own", "reason": "Kept."}, "The rule has this weight already."),
    ],
)
def test_a_weight_that_cannot_be_is_told_and_the_reason_stays(
    as_editor: Client, sent: dict[str, str], sentence: str
) -> None:
    answer = as_editor.post(f"{RULES_AT}long-sentence/weigh/", sent)
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert sent["reason"] in answer.content.decode()
    assert not RuleWeight.objects.exists()


@pytest.mark.parametrize("rule", ["unknown-key", "no-such-rule"])
def test_a_rule_whose_weight_is_fixed_has_no_form(as_editor: Client, rule: str) -> None:
    assert as_editor.get(f"{RULES_AT}{rule}/weigh/").status_code == 404


def test_what_is_waived_on_the_whole_site_stands_below_the_rules_soonest_to_run_out_first(
    as_editor: Client, with_error: Revision, editor: User
) -> None:
    write(with_error, f"{TEXT}\nIt is a miracle.\n")
    later = waived(with_error)
    finding = next(each for each in found_in(with_error) if each.rule == "promise-wording")
    until = IN_A_MONTH - datetime.timedelta(days=3)
    waiving.waive(
        with_error, rule=finding.rule, words=finding.words, reason="A quotation.", expires_on=until, by=editor
    )
    shown = told(as_editor.get(RULES_AT))
    assert "A sentence has a figure and no citation. 1 waived now." in shown
    first, second = shown.index("mesothelioma/stage-4 : promise-wording"), shown.index(f"stage-4 : {RULE}")
    assert first < second
    let_run_out(later)
    assert f"stage-4 : {RULE}" not in told(as_editor.get(RULES_AT))
    assert STATISTIC in told(as_editor.get("/admin/articles/waiver/"))


def test_a_long_list_of_waivers_comes_in_pages(as_editor: Client, with_error: Revision, editor: User) -> None:
    def another(number: int) -> Waiver:
        return Waiver(
            article=with_error.article,
            revision=with_error,
            rule=RULE,
            words=f"Statement {number:02}.",
            reason="Known.",
            made_by=editor,
            expires_on=IN_A_MONTH + datetime.timedelta(days=number),
        )

    Waiver.objects.bulk_create(another(number) for number in range(51))
    first, second = (told(as_editor.get(RULES_AT, {"page": page})) for page in ("1", "2"))
    assert "Statement 49." in first
    assert "Statement 50." not in first
    assert "Page 1 of 2 Later" in first
    assert "Statement 50." in second
    assert "Sooner Page 2 of 2" in second


# The front page


def test_waivers_that_run_out_within_two_weeks_are_told_to_those_who_may_waive(
    client: Client, with_error: Revision, editor: User, writer: User
) -> None:
    def shown_to(user: User) -> str:
        client.force_login(user)
        return told(client.get("/admin/"))

    far = waived(with_error)
    assert "Waivers that run out" not in shown_to(editor)
    waiving.end(far, by=editor)
    soon = today() + datetime.timedelta(days=13)
    waived(with_error, until=soon)
    assert f"Waivers that run out 1 mesothelioma/stage-4 {RULE}, on {soon:%-d %B}" in shown_to(editor)
    assert "Waivers that run out" not in shown_to(writer)
