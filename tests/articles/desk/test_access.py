"""Every address of the desk answers those who may use it, and nobody else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth import middleware as auth_middleware
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from articles.admin.access import not_open
from articles.models import (
    Absence,
    Article,
    Disclosure,
    EarlyReview,
    EmergencyEdit,
    EmergencyNotice,
    Image,
    Offer,
    PublishedPage,
    Reaffirmation,
    Redirect,
    Revision,
    Schedule,
    Story,
    Synonym,
    Takedown,
    Waiver,
)
from articles.review import commenting, drafting, eligibility, suggesting
from citations.models import Source
from mesoinfo.models import AuditEntry, SiteSettings, User
from tests.articles.links import a_link, used
from tests.conftest import a_user, sign_all
from tests.desk_answers import told
from tests.size import SIZE, sized

WRITERS = {"writer", "editor"}
EDITORS = {"editor"}
REVIEWERS = {"medical reviewer", "medical lead"}
READERS = WRITERS | REVIEWERS | {"publisher", "safety officer"}
SIGNATURE_READERS = READERS | {"auditor"}
LEDGER_READERS = {"medical lead", "publisher", "safety officer", "auditor"}
ARRANGERS = {"editor", "medical lead"}
TAKERS = {"publisher", "medical reviewer", "medical lead", "safety officer"}
WITHDRAWERS = {"medical lead", "safety officer"}
LINK_WATCHERS = WRITERS | {"medical lead"}
ROOT = {"superuser"}  # counted in where the desk is configured or read, never where its work is done


@dataclass(frozen=True)
class Address:
    """One address, how it is asked, and whom it answers. Everybody else is refused, or asked to sign in."""

    path: str
    answers: set[str]
    method: str = "get"
    sent: dict[str, str] = field(default_factory=dict, hash=False)


def lists(app: str, model: str, readers: set[str], *, add: set[str], pk: object) -> list[Address]:
    """The admin's own addresses of a model: list, add, change, history, and a deletion nobody may do."""
    start = f"/admin/{app}/{model}/"
    return [
        Address(start, readers | ROOT),
        Address(f"{start}add/", add),
        Address(f"{start}{pk}/change/", readers | ROOT),
        Address(f"{start}{pk}/history/", readers | ROOT),
        Address(f"{start}{pk}/delete/", set()),
        Address(f"{start}{pk}/delete/", set(), "post", {"post": "yes"}),
    ]


@pytest.fixture
def addresses(
    published: PublishedPage,
    writer: User,
    reviewer: User,
    superuser: User,
    image: Image,
    article: Article,
    keys: Path,
) -> list[Address]:
    draft = drafting.start_draft(article, by=writer)
    drafting.save_draft(draft, text=draft.text + "\nMore.\n", version=draft.version, by=writer)
    other = Article.objects.create(address="mesothelioma/other", topic=article.topic)
    waiting = drafting.start_draft(other, by=writer)
    drafting.submit(waiting, change_note="First.", by=writer)
    approved = waiting
    sign_off = article.sign_offs.first()
    assert sign_off is not None
    source = Source.objects.get()
    story = Story.objects.create(key="a-story", kind="case_report", heading="One", typicality="Rare.", source=source)
    SiteSettings.objects.get_or_create(pk=1, defaults={"publisher_name": "The publisher", "about": "About."})
    person = reviewer.person
    unverified = person.credentials.create(title="Board certified", issuer="A board")
    sign_all(waiting, reviewer)
    schedule = Schedule.objects.create(
        revision=waiting, publish_at=timezone.now() + timedelta(days=1), zone="UTC", made_by=writer
    )
    block = waiting.blocks.get(key="title")
    thread = commenting.comment(waiting, block=block, text="Why?", by=writer)
    suggestion = suggesting.suggest(waiting, block=block, wording="# Other", reason="", by=reviewer)
    absence = Absence.objects.create(user=reviewer, first_day="2026-01-01", last_day="2026-01-02", stand_in=writer)
    at = f"/admin/articles/revision/{draft.pk}/"
    under_review = f"/admin/articles/revision/{approved.pk}/"
    page = f"/admin/articles/article/{article.pk}/"
    request = waiting.review_request
    early = EarlyReview.objects.create(article=article, trigger="dead_link", subject="https://journal.example/gone")
    found_right = Reaffirmation.objects.create(
        article=article, page=published, reviewer=reviewer, credential=sign_off.credential
    )
    standing = Takedown.objects.create(
        article=article, page=published, kind="withdrawn", by=writer, reason="Old.", reader_note="Old."
    )
    notice = EmergencyNotice.objects.create(text="Being checked.", written_by=writer)
    link = used(a_link(), published).link
    edit = EmergencyEdit.objects.create(page=published, by=writer, reason="Wrong.")
    redirect = Redirect.objects.create(address="mesothelioma/older", article=article)
    synonym = Synonym.objects.create(lay="belly", clinical="abdomen")
    offer, disclosure = Offer.objects.get(), Disclosure.objects.get()
    entry = AuditEntry.objects.latest("sequence")
    found = "Half of patients lived longer than a year."
    drafting.save_draft(draft, text=f"{draft.text}\n{found}\n", version=draft.version, by=writer)
    waiver = Waiver.objects.create(
        article=article,
        revision=draft,
        rule="uncited-statistic",
        words=found,
        reason="Known.",
        made_by=superuser,
        expires_on=timezone.now().date() + timedelta(days=30),
    )
    staff = READERS | {"advocate", "advocate lead", "privacy officer", "auditor", "superuser", "no role"}
    return [
        Address("/admin/", staff),
        *lists("articles", "article", READERS, add=WRITERS | ROOT, pk=article.pk),
        *lists("articles", "revision", READERS, add=set(), pk=draft.pk),
        *lists("articles", "topic", READERS, add=EDITORS | ROOT, pk=article.topic_id),
        *lists("articles", "person", READERS, add=EDITORS | ROOT, pk=person.pk),
        *lists("articles", "offer", READERS, add=EDITORS | ROOT, pk=offer.pk),
        *lists("articles", "disclosure", READERS, add=EDITORS | ROOT, pk=disclosure.pk),
        *lists("articles", "story", READERS, add=EDITORS | ROOT, pk=story.pk),
        *lists("articles", "image", READERS, add=WRITERS | ROOT, pk=image.pk),
        *lists("articles", "signoff", SIGNATURE_READERS, add=set(), pk=sign_off.pk),
        *lists("articles", "publishedpage", SIGNATURE_READERS, add=set(), pk=published.pk),
        *lists("articles", "reviewrequest", READERS, add=set(), pk=request.pk),
        Address("/admin/articles/feedback/", WRITERS | ROOT),
        Address(f"/admin/articles/feedback/{article.pk}/", WRITERS | ROOT),
        Address(f"/admin/articles/feedback/{article.pk}/messages/", EDITORS, "post"),
        Address("/admin/articles/link/", LINK_WATCHERS | ROOT),
        Address("/admin/articles/link/?format=csv", LINK_WATCHERS | ROOT),
        Address(f"/admin/articles/link/{link.pk}/ignore/", LINK_WATCHERS),
        Address(f"/admin/articles/link/{link.pk}/ignore/", LINK_WATCHERS, "post"),
        Address(f"/admin/articles/link/{link.pk}/watch/", LINK_WATCHERS, "post"),
        Address(f"/admin/articles/link/{link.pk}/ask/", LINK_WATCHERS, "post"),
        *lists("articles", "redirect", READERS, add=set(), pk=redirect.pk),
        *lists("articles", "waiver", READERS, add=set(), pk=waiver.pk),
        Address(f"/admin/articles/waiver/{waiver.pk}/end/", ARRANGERS, "post"),
        Address("/admin/articles/ruleweight/", READERS | ROOT),
        Address("/admin/articles/ruleweight/long-sentence/weigh/", ARRANGERS),
        Address("/admin/articles/ruleweight/long-sentence/weigh/", ARRANGERS, "post"),
        Address("/admin/articles/synonym/", READERS | ROOT),
        Address("/admin/articles/synonym/add/", EDITORS | ROOT),
        Address(f"/admin/articles/synonym/{synonym.pk}/change/", READERS | ROOT),
        Address(f"/admin/articles/synonym/{synonym.pk}/history/", READERS | ROOT),
        Address(f"/admin/articles/synonym/{synonym.pk}/delete/", EDITORS | ROOT),
        *lists("mesoinfo", "auditentry", LEDGER_READERS, add=set(), pk=entry.pk),
        *lists("mesoinfo", "user", set(), add=ROOT, pk=writer.pk),
        *lists("mesoinfo", "sitesettings", set(), add=set(), pk=1),
        Address(f"/admin/mesoinfo/user/{writer.pk}/password/", ROOT),
        Address(f"/admin/mesoinfo/user/{writer.pk}/appoint/", ROOT),
        Address(f"/admin/mesoinfo/user/{writer.pk}/dismiss/", ROOT),
        Address(f"{page}start/", WRITERS, "post"),
        Address(f"{page}move/", {"publisher"}),
        Address(f"{page}move/", {"publisher"}, "post"),
        Address(f"{page}signatures/", SIGNATURE_READERS | ROOT),
        Address(f"{page}take-down/", TAKERS),
        Address(f"{page}take-down/", TAKERS, "post"),
        Address(f"{page}withdraw/", {"publisher"}),
        Address(f"{page}withdraw/", {"publisher"}, "post"),
        Address(f"{page}hide/", WITHDRAWERS),
        Address(f"{page}hide/", WITHDRAWERS, "post"),
        Address("/admin/articles/article/due/", READERS | ROOT),
        Address(f"{page}read-again/", READERS | ROOT),
        Address(f"{page}still-right/", REVIEWERS, "post", {"token": "forged"}),
        *lists("articles", "earlyreview", READERS, add=set(), pk=early.pk),
        Address(f"/admin/articles/earlyreview/{early.pk}/dismiss/", {"medical lead"}),
        Address(f"/admin/articles/earlyreview/{early.pk}/dismiss/", {"medical lead"}, "post"),
        *lists("articles", "reaffirmation", READERS, add=set(), pk=found_right.pk),
        *lists("articles", "takedown", READERS, add=set(), pk=standing.pk),
        Address(f"/admin/articles/takedown/{standing.pk}/confirm/", TAKERS, "post"),
        Address(f"/admin/articles/takedown/{standing.pk}/lift/", {"publisher"}, "post"),
        *lists("articles", "emergencynotice", READERS, add=WITHDRAWERS | ROOT, pk=notice.pk),
        Address(f"/admin/articles/emergencynotice/{notice.pk}/sign/", REVIEWERS, "post"),
        *lists("articles", "emergencyedit", READERS, add=set(), pk=edit.pk),
        Address(f"/admin/articles/emergencyedit/{edit.pk}/review/", REVIEWERS),
        Address(f"/admin/articles/emergencyedit/{edit.pk}/review/", REVIEWERS, "post"),
        Address(f"{at}read/", READERS | ROOT),
        Address(f"{at}write/", WRITERS),
        Address(f"{at}write/", WRITERS, "post", {"text": "# Mine", "version": "1"}),
        Address(f"{at}autosave/", WRITERS, "post", {"text": "# Mine", "version": "1"}),
        Address(f"{at}waive/?rule=long-sentence&line=1&column=1", ARRANGERS),
        Address(f"{at}waive/", ARRANGERS, "post"),
        Address(f"{under_review}restore/", WRITERS, "post"),
        Address(f"{at}abandon/", WRITERS),
        Address(f"{at}abandon/", WRITERS, "post"),
        Address(f"{under_review}recall/", WRITERS),
        Address(f"{under_review}recall/", WRITERS, "post"),
        Address(f"{under_review}review/", READERS | ROOT),
        Address(f"{under_review}sign/", REVIEWERS, "post", {"token": "forged"}),
        Address(f"{under_review}request-changes/", REVIEWERS, "post"),
        Address(f"{under_review}compare/", READERS | ROOT),
        Address(f"{under_review}comment/", READERS | ROOT, "post", {"block": "none"}),
        Address(f"{under_review}suggest/", REVIEWERS, "post", {"block": "none"}),
        Address(f"{under_review}claim/", REVIEWERS, "post"),
        Address(f"{under_review}give-back/", REVIEWERS, "post"),
        Address(f"{under_review}decline/", REVIEWERS),
        Address(f"{under_review}decline/", REVIEWERS, "post"),
        Address(f"{under_review}hand-over/", REVIEWERS),
        Address(f"{under_review}hand-over/", REVIEWERS, "post"),
        Address(f"{under_review}arrange/", ARRANGERS),
        Address(f"{under_review}arrange/", ARRANGERS, "post"),
        Address(f"/admin/articles/revision/comment/{thread.pk}/{approved.pk}/", READERS | ROOT, "post"),
        Address(f"/admin/articles/revision/suggestion/{suggestion.pk}/accept/", WRITERS, "post"),
        Address(f"/admin/articles/revision/suggestion/{suggestion.pk}/decline/", READERS | ROOT, "post"),
        Address(f"{under_review}publish/", READERS | ROOT),
        Address(f"{under_review}publish/now/", {"publisher"}, "post"),
        Address(f"{under_review}publish/later/", {"publisher"}),
        Address(f"{under_review}publish/later/", {"publisher"}, "post"),
        Address(f"/admin/articles/revision/schedule/{schedule.pk}/take-back/", {"publisher"}),
        Address(f"/admin/articles/revision/schedule/{schedule.pk}/take-back/", {"publisher"}, "post"),
        Address("/admin/articles/revision/calendar/", READERS | ROOT),
        Address(f"/admin/articles/revision/signature/{sign_off.pk}/withdraw/", WITHDRAWERS),
        Address(f"/admin/articles/revision/signature/{sign_off.pk}/withdraw/", WITHDRAWERS, "post"),
        Address("/admin/articles/revision/for-review/", REVIEWERS),
        Address("/admin/articles/revision/away/", REVIEWERS),
        Address("/admin/articles/revision/away/", REVIEWERS, "post"),
        Address(f"/admin/articles/revision/away/{absence.pk}/back/", REVIEWERS, "post"),
        Address("/admin/articles/revision/reports/", READERS | ROOT),
        Address("/admin/articles/revision/reports/my-reviews/", READERS | ROOT),
        Address("/admin/articles/revision/reports/risk-and-freshness/?format=csv", READERS | ROOT),
        Address("/admin/articles/person/your-record/", READERS | ROOT),
        Address("/admin/articles/person/your-record/", READERS | ROOT, "post", {"nothing": "on"}),
        Address(f"/admin/articles/person/credential/{unverified.pk}/verify/", {"medical lead"}),
        Address(f"/admin/articles/person/credential/{unverified.pk}/revoke/", {"medical lead"}),
        Address(f"/admin/articles/person/credential/{unverified.pk}/revoke/", {"medical lead"}, "post"),
        Address("/admin/markdown/preview/", WRITERS, "post", {"content": "# Title"}),
        Address("/admin/markdown/upload/", WRITERS, "post"),
    ]


@pytest.mark.proof
def test_each_role_reaches_exactly_its_own_screens(
    addresses: list[Address], everyone: dict[str, User | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not SIZE:  # drawing their screens takes longer than all the rest
        monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    wrong = []
    for number, (role, user) in enumerate(everyone.items()):
        client = Client()
        # To look up session, user and permissions again for each of so many requests takes longer than most answers.
        monkeypatch.setattr(auth_middleware, "get_user", lambda request, user=user: user or AnonymousUser())
        for address in sized(addresses, addresses[number % 3 :: 3]):
            answer = getattr(client, address.method)(address.path, address.sent)
            refused = answer.status_code == 403 or (
                answer.status_code == 302 and answer["Location"].startswith("/admin/login/")
            )
            if answer.status_code >= 500 or refused == (role in address.answers):
                wrong.append(f"{role}: {address.method} {address.path} answered {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_no_screen_of_the_desk_is_missing_from_that_walk(addresses: list[Address]) -> None:
    """A new screen has to say whom it answers."""
    ours = {"articles", "mesoinfo"}
    names = {
        pattern.name
        for pattern in _patterns(get_resolver("mesoinfo.urls").url_patterns)
        if pattern.name
        and (pattern.name.split("_")[0] in ours or pattern.name.startswith("markdown_"))
        and "autocomplete" not in pattern.name
    }
    walked = set()
    for address in addresses:
        match = get_resolver("mesoinfo.urls").resolve(address.path.partition("?")[0])
        walked.add(match.url_name)
    assert names <= walked, f"not walked: {sorted(names - walked)}"


def _patterns(found: list[URLPattern | URLResolver]) -> list[URLPattern]:
    flat: list[URLPattern] = []
    for item in found:
        if isinstance(item, URLResolver):
            # Public pages are no part of the desk.
            if item.namespace != "public":
                flat += _patterns(item.url_patterns)
        else:
            flat.append(item)
    return flat


def test_jobs_and_groups_cannot_be_typed_on_the_desk() -> None:
    """A role is given by appointment, a job by the code: both would otherwise open what superusers must not."""
    registered = {model._meta.label for model in admin.site._registry}
    assert not registered & {"auth.Group", "django_q.Schedule", "django_q.OrmQ", "django_q.Success", "django_q.Failure"}


def test_a_refusal_is_told_on_the_desk_and_reads_nothing_of_the_public_site(
    client: Client, draft: Revision, reviewer: User
) -> None:
    client.force_login(reviewer)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/admin/articles/revision/{draft.pk}/delete/")
    assert answer.status_code == 403
    assert "This is not open to you." in told(answer)
    assert "mesoinfo desk" in answer.content.decode()
    assert not [query for query in queries if re.search("articles_topic|mesoinfo_sitesettings", query["sql"])]


def test_a_refusal_away_from_the_desk_is_told_as_a_page_of_the_public_site(db: None, rf: RequestFactory) -> None:
    answer = not_open(rf.get("/about/"), PermissionDenied())
    assert answer.status_code == 403
    assert "This page is not open to you" in answer.content.decode()


def test_somebody_who_left_is_asked_to_sign_in(client: Client, draft: Revision, writer: User) -> None:
    client.force_login(writer)
    User.objects.filter(pk=writer.pk).update(is_active=False)
    answer = client.get(f"/admin/articles/revision/{draft.pk}/write/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_what_was_typed_comes_back_when_the_session_has_ended(client: Client, draft: Revision) -> None:
    answer = client.post(
        f"/admin/articles/revision/{draft.pk}/write/",
        {"text": "# An hour of work", "version": "2", "change_note": "Why"},
    )
    assert answer.status_code == 403
    assert "# An hour of work" in answer.content.decode()
    assert "Sign in" in answer.content.decode()


def test_what_was_typed_comes_back_when_the_page_is_older_than_the_sign_in(draft: Revision, writer: User) -> None:
    """Somebody who was signed out signs in again beside the open page, then saves there."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(writer)
    answer = client.post(f"/admin/articles/revision/{draft.pk}/write/", {"text": "# An hour of work", "version": "2"})
    assert answer.status_code == 403
    assert "Nothing was saved: this page is older than your sign-in." in told(answer)
    assert "# An hour of work" in told(answer)


def test_somebody_who_is_signed_out_is_told_so_when_the_form_is_old_as_well(draft: Revision) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/admin/articles/revision/{draft.pk}/write/", {"text": "# An hour of work", "version": "2"})
    assert answer.status_code == 403
    assert "You are signed out" in told(answer)
    assert "# An hour of work" in told(answer)


def test_a_superuser_without_a_role_sees_no_button_that_does_the_desks_work(
    client: Client, in_review: Revision, superuser: User
) -> None:
    client.force_login(superuser)
    page = client.get(f"/admin/articles/article/{in_review.article_id}/change/").content.decode()
    assert "See the review" in page
    assert "Recall" not in page
    assert 'name="token"' not in client.get(f"/admin/articles/revision/{in_review.pk}/review/").content.decode()
    assert eligibility.why_not(superuser, in_review) == "Signing needs the medical reviewer role."


def test_only_the_medical_lead_changes_how_many_must_sign(client: Client, article: Article) -> None:
    """The risk class decides it, so whoever wants a page out does not lower it."""
    page = f"/admin/articles/article/{article.pk}/change/"
    inlines = {"bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0"}
    whole = {"address": article.address, "kind": article.kind, "topic": article.topic_id, **inlines}
    client.force_login(a_user("editor"))
    client.post(page, {**whole, "risk_class": "low"})
    article.refresh_from_db()
    assert article.risk_class == "medium"
    client.force_login(a_user("medical lead"))
    client.post(page, {**whole, "risk_class": "high", "address": "mesothelioma/elsewhere"})
    article.refresh_from_db()
    assert (article.risk_class, article.address) == ("high", "mesothelioma/stage-4")
