"""Pages for somebody who has a private code: adding to a request, and keeping control of it.

There is no session and no cookie: each POST carries the code, and nothing of it stands in an address or a log.
"""

from __future__ import annotations

import logging

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from caseintake import doors, person, spam, spool, surroundings
from caseintake.accept import CodeUnknown, NotSaved, amend
from caseintake.models import ConsentKind
from caseintake.more_form import MoreForm
from caseintake.pages import FLOODED, LARGEST_BODY, MOST_FIELDS, page, unreadable
from caseintake.private_code import CodeRefused, PrivateCode, read_code
from caseintake.urgency import words_of
from mesoinfo.context import origin
from mesoinfo.danger import danger_in
from mesoinfo.provenance import Provenance, provenance
from mesoinfo.public_forms import Unreadable, length_of, problems_of, read_post, show_as_typed

NOBODY_HAS_IT = "We found no request with this code. Did you delete it? Then all is done. If not, check each word."
FROM_ANOTHER_SITE = (
    "This came to us from another website, so we did nothing. Please check it, and press the button again."
)
AWAY = "We cannot look this up right now. Please try again in a few minutes."
ENOUGH_FOR_TODAY = "You have added 20 times today. Please try again tomorrow, or tell us when we call."

logger = logging.getLogger(__name__)


# No token: where a POST comes from is checked instead.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def more(request: HttpRequest) -> HttpResponse:
    """Add to a request: the form, and by POST what was added under the private code."""
    if request.method != "POST":
        return _more_page(request, MoreForm())
    return _never_kept(_more_answer(request))


@sensitive_variables()
def _more_answer(request: HttpRequest) -> HttpResponse:
    try:
        sent = read_post(request)
    except Unreadable as error:
        return unreadable(request, error)
    if "start" in sent:
        # From the page with the reference: the code is there already.
        return _more_page(request, MoreForm(initial={"code": sent.get("code", ""), "about": sent.get("about", "")}))
    form = MoreForm(sent)
    refusal = _refusal(request, sent)
    if refusal:
        notice, status = refusal
        return _more_page(request, form, notice=notice, status=status)
    if spam.arrivals_with(request).is_flood:
        waiting = _more_page(request, form, notice=FLOODED.format(button="Add"), status=429)
        waiting.headers["Retry-After"] = "60"
        return waiting
    if not form.is_valid():
        return _more_page(request, form)
    try:
        added = amend(form.answers, code=form.cleaned_data["code"])
    except doors.TooManyAdditions:
        return _more_page(request, form, notice=ENOUGH_FOR_TODAY, status=429)
    except CodeUnknown:
        form.add_error("code", NOBODY_HAS_IT)
        return _more_page(request, form)
    except NotSaved as error:
        logger.error("An addition to a request could not be saved (%s). The person was asked to send it again.", error)
        text = "We could not save this yet. Please press Add again in a few minutes."
        return _more_page(request, form, notice=text, status=503)
    spam.took_in(request)
    danger = danger_in(words_of(form.answers))
    context = {"added": added, "code": form.cleaned_data["code"], "danger": danger}
    return page(request, "caseintake/added.html", context)


def _more_page(request: HttpRequest, form: MoreForm, *, notice: str = "", status: int = 200) -> HttpResponse:
    if notice:
        show_as_typed(form)
    context = {
        "form": form,
        "code": _code_that_came_along(form),
        "notice": notice,
        "problems": problems_of(form) if form.is_bound else [],
        "danger": danger_in("\n".join(sent for name in form.fields if isinstance(sent := form[name].value(), str))),
    }
    return page(request, "caseintake/more.html", context, status=status)


@sensitive_variables()
def _code_that_came_along(form: MoreForm) -> PrivateCode | None:
    """The code, when nothing is wrong with it: then nobody has to look at it again."""
    try:
        return None if "code" in form.errors else read_code(form["code"].value() or "")
    except CodeRefused:
        return None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def my_request(request: HttpRequest) -> HttpResponse:
    """See, take back or delete a request, with its private code."""
    if request.method != "POST":
        return _asking(request)
    return _never_kept(_my_answer(request))


@sensitive_variables()
def _my_answer(request: HttpRequest) -> HttpResponse:
    try:
        sent = read_post(request)
    except Unreadable as error:
        return unreadable(request, error)
    typed = sent.get("code", "")
    refusal = _refusal(request, sent)
    if refusal:
        notice, status = refusal
        return _asking(request, typed, notice=notice, status=status)
    try:
        code = read_code(typed)
    except CodeRefused as wrong:
        return _asking(request, typed, problem=str(wrong))
    try:
        return _do(request, sent, code)
    except (DatabaseError, OSError) as error:
        logger.error("A person could not be shown their request (%s).", type(error).__name__)
        return _asking(request, typed, notice=AWAY, status=503)


@sensitive_variables()
def _do(request: HttpRequest, sent: QueryDict, code: PrivateCode) -> HttpResponse:
    step = sent.get("do", "")
    if step == "erase" and sent.get("sure") == "yes" and _erase(code):
        return page(request, "caseintake/my_request_gone.html", {})
    kind = sent.get("kind", "")
    # It ends all we do for them, and a thumb slips easily.
    asks_first = step == "withdraw" and kind == ConsentKind.USE_TO_REPLY and sent.get("sure") != "yes"
    done = ""
    if step == "withdraw" and kind in ConsentKind.values and not asks_first and doors.withdraw(code.lookup, kind):
        done = "We have taken that back for you, as of now."
    own = person.open_own(code)
    if own is None and spool.holds_request_of(code):
        return _asking(request, str(code), notice=AWAY, status=503)
    if own is None:
        return _asking(request, str(code), problem=NOBODY_HAS_IT)
    if step == "download":
        return _download(request, own)
    if step == "erase":
        return page(request, "caseintake/my_request_sure.html", {"own": own, "code": code})
    if asks_first and own.may_be_answered:
        return page(request, "caseintake/my_request_take_back.html", {"own": own, "code": code})
    return page(request, "caseintake/my_request_open.html", {"own": own, "code": code, "done": done})


@sensitive_variables()
def _erase(code: PrivateCode) -> bool:
    """Destroy what this code opens, in the spool as well. Whether there was anything."""
    with spool.undisturbed():
        erased = doors.erase(code.lookup)
        codes = {code.lookup_hash} | (erased.lookup_hashes if erased else set())
        return spool.forget(codes) or erased is not None


def _asking(
    request: HttpRequest, typed: str = "", *, problem: str = "", notice: str = "", status: int = 200
) -> HttpResponse:
    """The page that asks for the code: a `problem` is one with what was typed, a `notice` tells why we cannot go on."""
    context = {"typed": typed, "problems": [("my-code", problem)] if problem else [], "notice": notice}
    return page(request, "caseintake/my_request.html", context, status=status)


@sensitive_variables()
def _download(request: HttpRequest, own: person.Own) -> HttpResponse:
    """A text file: it opens on every phone and computer, and can be printed."""
    context = {
        "own": own,
        "saved_at": timezone.now(),
        "around": surroundings.current(),
        "address": f"{origin(request)}/my-request/",
    }
    body = render_to_string("caseintake/my_request_copy.txt", context)
    headers = {"Content-Disposition": f'attachment; filename="my-request-{own.reference}.txt"'}
    return HttpResponse(body, content_type="text/plain; charset=utf-8", headers=headers)


def _refusal(request: HttpRequest, sent: QueryDict) -> tuple[str, int] | None:
    """Why this is not taken, whatever it says: a sentence and a status."""
    if length_of(request) > LARGEST_BODY or sum(len(values) for _, values in sent.lists()) > MOST_FIELDS:
        return "This is more than our form can hold. Please shorten it.", 413
    if provenance(request) is Provenance.FOREIGN:
        return FROM_ANOTHER_SITE, 403
    return None


def _never_kept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
