"""The page that asks for help, and its answers. Nothing typed is ever lost, and nothing typed is ever logged."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from caseintake import spam, surroundings
from caseintake.accept import Accepted, NotSaved, accept
from caseintake.doors import ConsentWords
from caseintake.form import PLAIN_TICKS, CaseReviewForm, holds_an_id_number
from caseintake.models import Need
from caseintake.pages import FLOODED, LARGEST_BODY, MOST_FIELDS, bare, unreadable
from caseintake.pages import page as page_of
from caseintake.zones import moment_in_words, stamp_in_words
from mesoinfo.danger import Danger, danger_in
from mesoinfo.provenance import Provenance, provenance
from mesoinfo.public_forms import TRAP, Unreadable, length_of, problems_of, read_post, show_as_typed

# A random UUID, as browsers write one.
REQUEST_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NOT_SAVED = "Something is wrong on our side. Please press Send again in a minute."

logger = logging.getLogger(__name__)


# No token: the same page is shown to everyone. Where a POST comes from is checked in `_receive`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def case_review(request: HttpRequest) -> HttpResponse:
    """Ask for a free case review: the form, and by POST the reference or what to put right."""
    if request.method == "POST":
        response = _receive(request)
        response.headers["Cache-Control"] = "no-store"
        return response
    need = request.GET.get("need", "")
    return _form_page(request, _form(initial={"need": need if need in Need.values else Need.CASE_REVIEW}))


@sensitive_variables()
def _receive(request: HttpRequest) -> HttpResponse:
    try:
        sent = read_post(request)
    except Unreadable as error:
        return unreadable(request, error)
    try:
        return _answer(request, sent)
    except (NotSaved, DatabaseError) as error:
        # Also when the database went away while the answer was made: sent again, the same words get their reference.
        reason = str(error) if isinstance(error, NotSaved) else type(error).__name__
        logger.error("A request for help could not be saved (%s). The person was asked to send it again.", reason)
        return _not_saved(sent)


@sensitive_variables()
def _answer(request: HttpRequest, sent: QueryDict) -> HttpResponse:
    if length_of(request) > LARGEST_BODY:
        text = "This is more than our form can hold. Please shorten your message."
        return _form_page(request, _form(sent), notice=text, status=413)
    if sum(len(values) for _, values in sent.lists()) > MOST_FIELDS:
        text = "We got more answers than our form asks for. Please check them, then press Send again."
        return _form_page(request, _form(sent), notice=text, status=400)

    source = provenance(request)
    if source is Provenance.FOREIGN:
        # The tick goes: another website must not be able to agree in somebody's name.
        sent.pop("consent_use", None)
        text = (
            "This came to us from another website, so we did not save it. "
            "Please check your answers, tick the box, and press Send again."
        )
        return _form_page(request, _form(sent), notice=text, status=403)

    arrivals = spam.arrivals_with(request)
    if arrivals.is_flood:
        refusal = _form_page(request, _form(sent), notice=FLOODED.format(button="Send"), status=429)
        refusal.headers["Retry-After"] = "60"
        return refusal

    form = _form(sent)
    if not form.around.published:
        # Nothing could prove later what was agreed to.
        raise NotSaved("no-consent-text")
    if not form.is_valid():
        return _form_page(request, form)
    suspicions = spam.suspicions(
        form.cleaned_data, hidden_field=sent.get(TRAP, ""), provenance=source, arrivals=arrivals
    )
    page, message = _page_sent_from(request), form.cleaned_data["message"]
    accepted = accept(
        form.cleaned_data, page=page, suspicions=suspicions, key=request_key_of(sent), sender=_sender(request)
    )
    spam.took_in(request)
    return _accepted_page(
        request,
        accepted,
        page=page,
        state=form.cleaned_data["state"],
        who=form.cleaned_data["who"],
        id_number=holds_an_id_number(message),
        danger=danger_in(message),
    )


def _sender(request: HttpRequest) -> str:
    """What a second click has in common with the first, and a stranger who guesses the same answers has not."""
    return f"{request.META.get('REMOTE_ADDR', '')} {request.headers.get('User-Agent', '')}"


def _page_sent_from(request: HttpRequest) -> str:
    """The path of our page that held the form. Its query is left out; a foreign referrer counts as none."""
    try:
        referrer = urlsplit(request.headers.get("Referer", "")[:1000])
    except ValueError:  # such as a half-written IPv6 address
        return ""
    return referrer.path[:200] if referrer.netloc == request.get_host() else ""


def _form_page(request: HttpRequest, form: CaseReviewForm, *, notice: str = "", status: int = 200) -> HttpResponse:
    if notice:
        show_as_typed(form)
    return page_of(request, "caseintake/case_review.html", form_context(form) | {"notice": notice}, status=status)


def _not_saved(sent: QueryDict) -> HttpResponse:
    """503 with every answer still there. Built without the database, which may be what is away."""
    form = _form(sent)
    show_as_typed(form)
    body = bare("caseintake/case_review.html", form_context(form) | {"notice": NOT_SAVED})
    return HttpResponse(body, status=503, headers={"Retry-After": "60"})


def _accepted_page(
    request: HttpRequest,
    accepted: Accepted,
    *,
    page: str,
    state: str,
    who: str,
    id_number: bool,
    danger: Danger | None,
) -> HttpResponse:
    now = timezone.now()
    when = moment_in_words(accepted.due_at, state=state, now=now) if accepted.due_at else ""
    # A path such as //evil.example is an address of another site.
    leads_back = page != request.path and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page_of(
        request,
        "caseintake/accepted.html",
        {
            "accepted": accepted,
            "when": when,
            "sent_at": stamp_in_words(now, state=state),
            # To be typed from a page that was printed.
            "my_request": f"{request.get_host()}/my-request/",
            "who": who,
            "id_number": id_number,
            "danger": danger,
            "sent_from": page if leads_back else "",
        },
    )


def _form(*args: Any, **kwargs: Any) -> CaseReviewForm:
    return CaseReviewForm(*args, around=surroundings.current(), **kwargs)


def request_key_of(sent: Mapping[str, Any]) -> str:
    """What a script drew for this visitor, so that the same sending is known again; empty when none did."""
    key = sent.get("request_key", "").lower()
    return key if REQUEST_KEY.fullmatch(key) else ""


def form_context(form: CaseReviewForm, *, need: str = "") -> dict[str, Any]:
    """What the template of the form needs. With `need` given the form does not ask for it."""
    around = form.around
    asked_for = need or form["need"].value()
    of_another_kind = asked_for in Need.values and asked_for != Need.CASE_REVIEW
    return {
        "form": form,
        "heading": "Ask us for help" if of_another_kind else "Ask for a free case review",
        "need": need,
        "trap": TRAP,
        "around": around,
        "problems": problems_of(form),
        "danger": danger_in(form["message"].value() or ""),
        # A tick beside older words is not a tick beside these.
        "consent_ticked": _ticked(form, "consent_use", around.use_to_reply),
        "auto_ticked": _ticked(form, "consent_auto", around.auto_call_text),
        "request_key": request_key_of(form.data) if form.is_bound else "",
    }


def _ticked(form: CaseReviewForm, name: str, words: ConsentWords | None) -> bool:
    sent = form.data.get(name, "") if name not in form.errors else ""
    return words is not None and (sent == words.sha256 or sent.lower() in PLAIN_TICKS)
