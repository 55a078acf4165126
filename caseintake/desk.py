"""What advocates see and press. Lists, titles and addresses hold references only; what a person wrote is shown by
`open_case` alone, in the answer to a POST that is never stored. A refused step keeps the text that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caseintake import consent, finding, reading, spam, triage
from caseintake.answers import addition_in_words, request_in_words
from caseintake.form import STATES
from caseintake.models import (
    ActorKind,
    Channel,
    ConsentAction,
    ConsentEvent,
    ConsentKind,
    ConsentMethod,
    ContactResult,
    Outcome,
    PayloadKind,
    Purpose,
    ReadingResult,
    Reason,
    State,
    Submission,
    TransitionRefused,
)
from caseintake.news import unread_additions
from caseintake.references import read_reference
from caseintake.urgency import DESK_ZONE, OPENS, RULES
from caseintake.zones import clock_in_words, stamp_in_words
from mesoinfo import audit
from mesoinfo.desk import staff
from mesoinfo.models import SiteSettings, User
from mesoinfo.vault import VaultRefused

PER_PAGE = 50
LEVELS = {0: "At once", 1: "Very urgent", 2: "Urgent", 3: "This week", 4: "Any time"}
CHECKS = {"check_phone": "The phone number may hold a slip. Read it with care."}
HAND_OVER_REASONS = (
    Reason.END_OF_SHIFT,
    Reason.AWAY,
    Reason.BETTER_PLACED,
    Reason.KNOWN_TO_ME,
    Reason.PERSON_ASKED,
    Reason.MISTAKE,
)
REOPEN_REASONS = (Reason.NEW_MESSAGE, Reason.PERSON_ASKED, Reason.MISTAKE)
LEADS_PURPOSES = (Purpose.COVERING, Purpose.REVIEW, Purpose.QUARANTINE, Purpose.PERSON_ASKED)
TO_THE_QUEUE = "queue"
ADDED = "The person added to their request."
NO_REFERENCE = (
    "That is not a whole reference, or a letter of it is wrong. It has ten letters and numbers after CR, such as "
    "CR-7K2M9-X4T1F."
)
NO_OTHER = (
    "We know of no other request with their phone number or email address that somebody works on, or has answered "
    "since this one came. A new one is known after a minute or two."
)
# Why somebody is looked for; the codes stand in the ledger.
WHY_LOOK = {
    "they-turned-to-us": "They called or wrote to us",
    "their-rights": "They want to see, correct or delete what they sent",
    "written-before": "To know whether somebody wrote to us before",
}


# Lists


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Everyone who waits or is being helped, the most urgent first."""
    cases = Submission.objects.open().most_urgent_first()
    return _list(request, cases, tab="queue", title="The queue", empty="Nobody is waiting.")


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The cases this advocate has."""
    cases = Submission.objects.held_by(staff(request)).most_urgent_first()
    return _list(request, cases, tab="mine", title="My cases", empty="You have no case. Claim one from the queue.")


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """What may not come from a person, the most urgent first. Nothing leaves it but by a person's hand, or
    when its sender adds what speaks of danger.
    """
    cases = Submission.objects.quarantined().most_urgent_first()
    return _list(request, cases, tab="quarantine", title="Quarantine", empty="The quarantine is empty.")


@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """What is done, the latest first."""
    cases = Submission.objects.filter(state=State.CLOSED).order_by("-closed_at", "id")
    return _list(request, cases, tab="closed", title="Closed cases", empty="No case is closed yet.")


def _list(request: HttpRequest, cases: Any, *, tab: str, title: str, empty: str) -> HttpResponse:
    page = Paginator(cases.select_related("assignee"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"title": title, "tab": tab, "page": page, "rows": _facts(list(page.object_list)), "empty": empty}
    return _page(request, "caseintake/desk/queue.html", context)


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """To the case with this reference, as read in an email or heard on the phone."""
    typed = request.POST.get("reference", "")[:40]
    ref = read_reference(typed)
    if ref is not None and Submission.objects.filter(ref=ref).exists():
        return HttpResponseRedirect(address(ref))
    problem = f"There is no request {ref}." if ref else NO_REFERENCE
    context = {"title": "Not found", "tab": "", "problem": problem, "typed_reference": typed}
    return _page(request, "caseintake/desk/not_found.html", context, status=404)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
@never_cache
def find_person(request: HttpRequest) -> HttpResponse:
    """The requests of somebody who calls without a reference. What is typed stays out of addresses and records; that
    somebody was looked for, why and by what, and the references that were found, are on record first.
    """
    if not triage.may_find(staff(request)):
        raise PermissionDenied
    typed = {name: request.POST.get(name, "").strip()[:200] for name in ("phone", "email", "name", "state", "why")}
    context: dict[str, Any] = {
        "title": "Find a person",
        "typed": typed,
        "states": STATES,
        "reasons": WHY_LOOK.items(),
        "tab": "person",
    }
    status = 200
    if request.method == "POST":
        context["problem"] = _why_nobody_is_found(typed)
        try:
            if not context["problem"]:
                found = finding.find(typed)
                audit.record(
                    staff(request),
                    "requests.looked_for",
                    why=typed["why"],
                    by=", ".join(sorted(finding.normal(typed))),
                    found=" ".join(one.submission.ref for one in found),
                )
                context["found"] = _found(found)
                context["not_yet"] = finding.not_findable_yet()
        except VaultRefused as refusal:
            context["problem"] = f"Nobody can be looked for now. {refusal}"
            status = 503
    return _page(request, "caseintake/desk/find.html", context, status=status)


@sensitive_variables()
def _why_nobody_is_found(typed: Mapping[str, str]) -> str:
    """Empty when there is something to look for, and a reason to."""
    found_by = finding.normal(typed)
    if typed["phone"] and "phone" not in found_by:
        return f"A phone number has at least {finding.SHORTEST_PHONE} digits."
    if typed["name"] and "name_and_state" not in found_by:
        return "Choose the state too: a name is found only together with the state that was given."
    if not found_by:
        return "Type a phone number, an email address, or a name with a state."
    return "" if typed["why"] in WHY_LOOK else "Choose why you look for them."


# One case


@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """Where a case stands and what can be done with it; what the person wrote stays closed."""
    return _case_page(request, get_object_or_404(Submission, ref=ref))


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def open_case(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what the person wrote and the notes, this once; the reading is on record first. A GET shows the case."""
    submission = get_object_or_404(Submission, ref=ref)
    if request.method != "POST":
        return HttpResponseRedirect(address(ref))
    asked = request.POST.get("purpose", "")
    purpose = Purpose(asked) if asked in LEADS_PURPOSES else Purpose.WORKING
    try:
        words = reading.open_case(submission, by=staff(request), purpose=purpose)
    except reading.ReadingRefused as refusal:
        return _case_page(request, submission, problem=str(refusal), step="open", sent={"purpose": asked}, status=403)
    except reading.ReadingFailed as failure:
        return _case_page(request, submission, problem=f"Nothing could be opened. {failure}", status=503)
    except DatabaseError:
        problem = "This reading could not be put on record, so nothing was opened. Try again, or tell the operators."
        return _case_page(request, submission, problem=problem, status=503)
    return _case_page(request, submission, words=words)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("text")
@sensitive_variables()
def take_step(request: HttpRequest, ref: str, step: str) -> HttpResponse:
    """Do one step of `STEPS`, and go back to the case; or say why not, with all that was typed and chosen. A GET, such
    as after signing in again, does nothing and shows the case.
    """
    if step not in STEPS:
        raise Http404
    submission = get_object_or_404(Submission, ref=ref)
    if request.method != "POST":
        return HttpResponseRedirect(address(ref))
    seen = triage.Screen.read(request.POST.get("seen", ""))

    def refused(problem: str, status: int, since: triage.Screen | None = None) -> HttpResponse:
        sent = {name: str(value) for name, value in request.POST.items()}
        return _case_page(request, submission, problem=problem, since=since, step=step, sent=sent, status=status)

    try:
        done = STEPS[step](submission, staff(request), request.POST, seen)
    except triage.StaleScreen as stale:
        return refused(str(stale), 409, stale.since)
    except triage.NotYours as refusal:
        return refused(str(refusal), 403)
    except TransitionRefused as refusal:
        return refused(str(refusal), 409)
    except VaultRefused as refusal:
        return refused(f"It was not saved. {refusal}", 503)
    messages.success(request, f"{submission.ref}: {done}")
    return HttpResponseRedirect(address(ref))


@sensitive_post_parameters("text")
@sensitive_variables()
@never_cache
def signed_out(request: HttpRequest) -> HttpResponse:
    """A note came from somebody whose session has ended: nothing is saved, and the note is shown to be copied."""
    context = {"title": "You were signed out", "text": request.POST.get("text", "")}
    return _page(request, "caseintake/desk/signed_out.html", context, status=403)


Step = Callable[[Submission, User, Mapping[str, str], triage.Screen], str]


def _claim(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    triage.claim(submission, by=by, seen=seen)
    return "it is yours now. Open it, then try to reach the person."


def _release(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    triage.release(submission, by=by, seen=seen)
    return "released into the queue."


def _not_a_person(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    triage.not_a_person(submission, by=by, seen=seen)
    return "closed as not from a person."


def _withdrawal(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    kind, told_by = form.get("kind", ""), form.get("told_by", "")
    if kind not in ConsentKind.values or told_by not in Channel.values:
        raise triage.StepRefused("Choose what they took back, and how they told you.")
    if form.get("sure") != "yes":
        raise triage.StepRefused("Tick that the person told us so. It is in force at once and cannot be undone here.")
    triage.record_withdrawal(submission, ConsentKind(kind), told_by=Channel(told_by), by=by, seen=seen)
    return "it is on record that they took that back."


def _note(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    triage.add_note(submission, form.get("text", ""), by=by, seen=seen)
    return "your note is sealed and saved."


def _contact(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    channel, result = form.get("channel", ""), form.get("result", "")
    if channel not in Channel.values or result not in ContactResult.values:
        raise triage.StepRefused("Choose how you tried to reach them, and what came of it.")
    triage.log_contact(
        submission,
        by=by,
        channel=Channel(channel),
        result=ContactResult(result),
        automated=form.get("automated") == "on",
        words=form.get("text", ""),
        seen=seen,
    )
    return "the contact is recorded."


def _wait(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    try:
        day = date.fromisoformat(form.get("until", ""))
    except ValueError:
        raise triage.StepRefused("Choose the day on which the case needs you again, such as 2030-01-31.") from None
    triage.wait(submission, by=by, until=datetime.combine(day, OPENS, DESK_ZONE), seen=seen)
    return "it waits."


def _hand_over(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    to, reason = form.get("to", ""), form.get("reason", "")
    if reason not in HAND_OVER_REASONS:
        raise triage.StepRefused("Choose why you hand it over.")
    colleague = None
    if to != TO_THE_QUEUE:
        colleague = User.objects.filter(pk=int(to)).first() if to.isascii() and to.isdigit() and len(to) < 10 else None
        if colleague is None:
            raise triage.StepRefused("Choose who gets the case.")
    triage.hand_over(submission, by=by, to=colleague, reason=Reason(reason), seen=seen)
    return f"{colleague} has it now." if colleague else "it is back in the queue."


def _close(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    outcome = form.get("outcome", "")
    if outcome not in Outcome.values:
        raise triage.StepRefused("Choose how it ended.")
    with transaction.atomic():
        if outcome == Outcome.DUPLICATE and not finding.is_handled_with_another(submission):
            raise triage.StepRefused(NO_OTHER)
        triage.close(submission, by=by, outcome=Outcome(outcome), unreached=form.get("unreached") == "yes", seen=seen)
    return "closed."


def _reopen(submission: Submission, by: User, form: Mapping[str, str], seen: triage.Screen) -> str:
    reason = form.get("reason", "")
    if reason not in REOPEN_REASONS:
        raise triage.StepRefused("Choose why it is opened again.")
    triage.reopen(submission, by=by, reason=Reason(reason), seen=seen)
    return "it is in the queue again."


STEPS: dict[str, Step] = {
    "claim": _claim,
    "release": _release,
    "not-a-person": _not_a_person,
    "withdrawal": _withdrawal,
    "note": _note,
    "contact": _contact,
    "wait": _wait,
    "hand-over": _hand_over,
    "close": _close,
    "reopen": _reopen,
}


# What the templates show


@sensitive_variables("words", "sent", "text", "context")
def _case_page(
    request: HttpRequest,
    submission: Submission,
    *,
    words: list[reading.Words] | None = None,
    problem: str = "",
    since: triage.Screen | None = None,
    step: str = "",
    sent: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of one case: with `words` if opened, and `since` what a stale screen knew.

    `step` is the one that was refused, and `sent` what its form held: it is found there again, and that form open.
    """
    submission.refresh_from_db()
    now = timezone.now()
    consents = consent.last_said(submission)
    agreed = [event for event in consents if event.action == ConsentAction.GRANTED]
    may = _may(staff(request), submission, agreed)
    text = sent.get("text", "") if sent else ""
    # A text that was refused stands in the form it was typed in, where that form is there.
    text_of_contact = step == "contact" and may["may_contact"]
    context = {
        "title": submission.ref,
        "tab": "",
        "case": _facts([submission])[0],
        "seen": triage.Screen.of(submission),
        "record": _record(submission),
        "attempts": submission.contact_attempts.select_related("actor").order_by("-at"),
        "readings": submission.readings.filter(actor_kind=ActorKind.STAFF, result=ReadingResult.OPENED).count(),
        "sealed_notes": submission.payloads.filter(kind=PayloadKind.NOTE).count(),
        "consents": [_agreement(event) for event in consents],
        "also": _found(finding.from_the_same(submission)) if may["may_see_others"] else [],
        "words": [_shown(piece, now) for piece in words] if words is not None else None,
        "erased": reading.erased(submission) if submission.state == State.DISPOSED else "",
        "problem": problem,
        "happened": _happened(submission, since) if since else [],
        "text": text,
        "refused_step": step,
        "again": {step.replace("-", "_"): sent},
        "contact_text": text if text_of_contact else "",
        "note_text": "" if text_of_contact else text,
        **may,
        **_choices(submission, now),
    }
    return _page(request, "caseintake/desk/case.html", context, status=status)


def _may(user: User, submission: Submission, agreed: list[ConsentEvent]) -> dict[str, Any]:
    """What this person may see and press. `triage` and `reading` check again."""
    works, leads = triage.may_work(user), triage.may_lead(user)
    holds_it = works and submission.assignee_id == user.pk
    handles = triage.may_handle(user, submission)
    erased = submission.state == State.DISPOSED
    withdraws = triage.may_record_withdrawal(user, submission) and not erased
    may_be_answered = any(event.kind == ConsentKind.USE_TO_REPLY for event in agreed)
    purposes = LEADS_PURPOSES if may_be_answered else (Purpose.PERSON_ASKED,)
    return {
        "may_claim": works and submission.state == State.QUEUED,
        "may_release": works and submission.state == State.QUARANTINED,
        "may_open": (holds_it or leads) and not erased,
        "may_see_others": (holds_it or leads or withdraws) and not erased,
        "says_why": leads and not holds_it,
        "may_contact": holds_it,
        "may_handle": handles,
        "may_wait": handles and submission.state in (State.CONTACTING, State.TALKING, State.WAITING),
        "may_withdraw": [(event.kind, event.get_kind_display()) for event in agreed] if withdraws else [],
        "may_reopen": leads and submission.state == State.CLOSED and may_be_answered,
        "may_be_answered": may_be_answered,
        "purposes": [(purpose.value, purpose.label) for purpose in purposes],
        "colleagues": _colleagues(submission) if handles else [],
    }


def _choices(submission: Submission, now: datetime) -> dict[str, Any]:
    """What the forms of a case offer."""
    # A day begins when the desk opens.
    tomorrow = (now + timedelta(days=1)).astimezone(DESK_ZONE).date()
    latest = (now + triage.LONGEST_WAIT).astimezone(DESK_ZONE)
    last_day = latest.date() - timedelta(days=latest.time() < OPENS)
    return {
        "channels": Channel.choices,
        "results": ContactResult.choices,
        # A consent that is taken back is recorded as one, with how they told us.
        "outcomes": [choice for choice in Outcome.choices if choice[0] != Outcome.WITHDRAWN],
        "hand_over_reasons": [(reason.value, reason.label) for reason in HAND_OVER_REASONS],
        "reopen_reasons": [(reason.value, reason.label) for reason in REOPEN_REASONS],
        "asks_whether_automatic": SiteSettings.current().makes_automatic_calls,
        "asks_whether_unreached": not triage.was_reached(submission),
        "tomorrow": tomorrow.isoformat(),
        "last_day": last_day.isoformat(),
    }


def _facts(submissions: Sequence[Submission]) -> list[dict[str, Any]]:
    """Each case in plain words, for a list or the head of its page: nothing about the person."""
    now = timezone.now()
    unread = unread_additions(submissions)
    return [_fact(submission, now) | {"unread": unread.get(submission.pk, 0)} for submission in submissions]


def _fact(submission: Submission, now: datetime) -> dict[str, Any]:
    due_at = submission.due_at
    return {
        "ref": submission.ref,
        "need": submission.get_need_display(),
        "state": submission.get_state_display(),
        "level": submission.priority,
        "urgency": LEVELS[submission.priority],
        "why": [RULES[code].in_words for code in submission.priority_reasons if code in RULES],
        "doubts": spam.in_words(submission.suspicions),
        "received_at": submission.received_at,
        "waited": timesince(submission.received_at, now, depth=1),
        "due_at": due_at,
        "late": timesince(due_at, now, depth=1) if due_at and due_at < now else "",
        "is_long_late": due_at is not None and due_at < now - timedelta(minutes=1),
        "due_in": timesince(now, due_at, depth=1) if due_at and due_at >= now else "",
        "holder": str(submission.assignee or ""),
        "holder_left": submission.assignee is not None and not submission.assignee.is_active,
        "next_action_at": submission.next_action_at,
        "next_is_due": submission.next_action_at is not None and submission.next_action_at <= now,
        "outcome": submission.get_outcome_display() if submission.outcome else "",
        "closed_at": submission.closed_at,
    }


def _found(found: Sequence[finding.Found]) -> list[dict[str, Any]]:
    """The same of what was found, with what it was found by."""
    facts = _facts([one.submission for one in found])
    return [fact | {"by": one.by} for fact, one in zip(facts, found, strict=True)]


def _record(submission: Submission) -> list[tuple[datetime, str]]:
    """What happened to the case, the latest first."""
    happened = [(event.at, event.sentence) for event in submission.events.select_related("actor", "holder")]
    happened += [(text.at, ADDED) for text in submission.payloads.filter(kind=PayloadKind.AMENDMENT)]
    taken_back = submission.consents.filter(action=ConsentAction.WITHDRAWN)
    happened += [(event.at, f"Taken back: {event.get_kind_display()}.") for event in taken_back]
    return sorted(happened, reverse=True)


def _happened(submission: Submission, since: triage.Screen) -> list[str]:
    """What a stale screen did not know, the oldest first."""
    events = submission.events.select_related("actor", "holder").filter(version__gt=since.version)
    texts = submission.payloads.select_related("author").order_by("sequence")[since.payloads :]
    tries = submission.contact_attempts.select_related("actor").order_by("at", "id")[since.attempts :]
    happened = [(event.at, event.sentence) for event in events]
    happened += [(text.at, f"{text.author} added a note." if text.author else ADDED) for text in texts]
    happened += [(a.at, f"{a.actor} tried to reach them. {a.get_result_display()}.") for a in tries]
    return [f"{stamp_in_words(at)}: {sentence}" for at, sentence in sorted(happened)]


@sensitive_variables()
def _shown(words: reading.Words, now: datetime) -> dict[str, Any]:
    """Opened words with the labels of the form, or why they do not open."""
    answers = words.answers
    lines = []
    if words.kind == PayloadKind.ORIGINAL and not words.problem:
        clock = clock_in_words(answers.get("state", ""), now)
        lines = [*request_in_words(answers, clock=clock), ("Sent from the page", words.page or "Not known")]
    elif words.kind == PayloadKind.AMENDMENT:
        lines = addition_in_words(answers)
    return {
        "kind": words.kind.label,
        "is_note": words.kind == PayloadKind.NOTE,
        "at": words.at,
        "author": words.author,
        "lines": lines,
        "text": words.note or answers.get("message", ""),
        "checks": [CHECKS.get(code, code) for code in words.check],
        "problem": words.problem,
    }


def _agreement(event: ConsentEvent) -> dict[str, Any]:
    """What the person said last about one consent."""
    how = event.get_method_display()
    if event.method == ConsentMethod.STAFF:
        how = f"{event.get_told_by_display()}, written down by {event.actor}"
    return {
        "kind": event.get_kind_display(),
        "holds": event.action == ConsentAction.GRANTED,
        "at": event.at,
        "how": how,
    }


def _colleagues(submission: Submission) -> list[User]:
    """Who else could have this case."""
    advocates = User.objects.filter(
        is_active=True,
        groups__permissions__content_type__app_label="caseintake",
        groups__permissions__codename="work_cases",
    )
    return [user for user in advocates.distinct().order_by("name") if user.pk != submission.assignee_id]


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    whole = {
        **admin.site.each_context(request),
        "opts": Submission._meta,
        "desk_zone": DESK_ZONE,
        **(_lists(request) if "tab" in context else {}),
        **context,
    }
    return TemplateResponse(request, template, whole, status=status)


def _lists(request: HttpRequest) -> dict[str, Any]:
    """What the links to the lists say."""
    return {
        "waiting": Submission.objects.queued().count(),
        "in_quarantine": Submission.objects.quarantined().count(),
        "may_find": triage.may_find(staff(request)),
    }


def in_short(submissions: Sequence[Submission]) -> list[tuple[str, str]]:
    """Each reference with a few words: how urgent it is, since when it waits, and what is not done yet."""
    lines = []
    for fact in _facts(submissions):
        words = [fact["urgency"], fact["state"], f"{fact['waited']} old"]
        words += ["a try is late"] * bool(fact["late"]) + ["now due"] * fact["next_is_due"]
        words += ["added to, not read yet"] * bool(fact["unread"])
        lines.append((fact["ref"], ", ".join(words)))
    return lines


def address(ref: str) -> str:
    """Where a case is worked on."""
    return reverse("admin:caseintake_submission_change", args=[ref])
