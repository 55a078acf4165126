"""Was this page helpful? Nothing typed is lost, nothing typed is logged, and nothing is kept of who sent it."""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from articles.feedback.taking import NotSaved, Taken, take
from articles.models import PublishedPage
from articles.models.article import PageState
from mesoinfo.context import current_site
from mesoinfo.danger import danger_in
from mesoinfo.provenance import Provenance, provenance
from mesoinfo.public_forms import TRAP, Choice, PlainText, Unreadable, problems_of, read_post, show_as_typed

LONGEST = 2000  # characters
HELPFUL = [("yes", "Yes"), ("no", "No")]

FOREIGN = "This came to us from another website, so we did not save it. Please check your answer, and press Send again."
UNKNOWN = (
    "Your browser did not say which page this came from, so we did not save it. Very old browsers do that. "
    "Please try another browser."
)
TRAPPED = (
    "Something filled in a field that people cannot see, maybe your browser. We have emptied it. "
    "Please check your answer, and press Send again."
)
NOT_SAVED = "Something is wrong on our side. Please press Send again in a minute."
GONE = "We do not have that page any more, so we did not save this. You can copy your words from below."
TOO_MUCH = "It was more than our form can take in. Go back in your browser, shorten your words, and press Send again."
BROKEN = "Part of it got lost on the way. Go back in your browser, and press Send again."

logger = logging.getLogger(__name__)


class FeedbackForm(forms.Form):
    """Yes or no, and words if the reader wants to. `page` is the id of the page as it was read."""

    trap = TRAP

    page = PlainText()
    helpful = Choice(HELPFUL, widget=forms.RadioSelect)
    words = PlainText(lines=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "feedback-%s"  # other forms may stand on the same page

    def clean_helpful(self) -> str:
        helpful: str = self.cleaned_data["helpful"]
        if not helpful:
            raise forms.ValidationError("Choose yes or no.")
        return helpful

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        over = len(words) - LONGEST
        if over > 0:
            letters = "1 letter" if over == 1 else f"{over:,} letters"
            raise forms.ValidationError(f"Your words are {letters} too long. Please shorten them.")
        return words


# No token: the same page is shown to everyone. Where a POST comes from is checked in `_answer`.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def feedback(request: HttpRequest) -> HttpResponse:
    """Take in what a reader says about a page; by GET, say where the question stands."""
    response = _receive(request) if request.method == "POST" else _page(request, "articles/feedback.html", {})
    response.headers["Cache-Control"] = "no-store"
    return response


@require_safe
@never_cache
def thank_you(request: HttpRequest) -> HttpResponse:
    """What happens with it now. `?page=` is the id of the page it was about, to go back to."""
    try:
        page = _page_read(request.GET.get("page", ""))
    except DatabaseError:
        page = None
    return _page(request, "articles/feedback_thanks.html", {"page": page})


@sensitive_variables()
def _receive(request: HttpRequest) -> HttpResponse:
    try:
        sent = read_post(request)
    except Unreadable as error:
        notice = TOO_MUCH if error.too_big else BROKEN
        return _page(request, "articles/feedback.html", {"notice": notice}, status=error.status)
    try:
        return _answer(request, sent)
    except (NotSaved, DatabaseError) as error:
        reason = str(error) if isinstance(error, NotSaved) else type(error).__name__
        logger.error("An answer about a page could not be saved (%s). The reader was asked to send it again.", reason)
        return _not_saved(sent)


@sensitive_variables()
def _answer(request: HttpRequest, sent: QueryDict) -> HttpResponse:
    form = FeedbackForm(sent)
    page = _page_read(sent.get("page", ""))
    if page is None:
        return _again(request, form, None, notice=GONE, status=404)
    source = provenance(request)
    if source is Provenance.FOREIGN:
        return _again(request, form, page, notice=FOREIGN, status=403)
    if source is Provenance.UNKNOWN:
        return _again(request, form, page, notice=UNKNOWN, status=403)
    if sent.get(TRAP):
        return _again(request, form, page, notice=TRAPPED, status=400)
    if not form.is_valid():
        return _again(request, form, page)
    words = form.cleaned_data["words"]
    taken = take(page, helpful=form.cleaned_data["helpful"] == "yes", words=words)
    danger = danger_in(words)
    not_kept = words if taken in (Taken.WITHOUT_WORDS, Taken.BEYOND_COUNTING) else ""
    if not_kept or danger:
        context = {"page": page, "danger": danger, "not_kept": not_kept}
        return _page(request, "articles/feedback_thanks.html", context)
    # Elsewhere, so that loading the answer again sends nothing again.
    return HttpResponseRedirect(f"/feedback/thank-you/?page={page.pk}")


def _page_read(page_id: str) -> PublishedPage | None:
    """The page with this id, if its article can be read now. It may have been replaced while somebody read it."""
    if not (page_id.isascii() and page_id.isdigit() and len(page_id) <= 18):
        return None
    return (
        PublishedPage.objects.filter(pk=int(page_id), article__page_state=PageState.LIVE)
        .select_related("article__live")
        .only("article__address", "article__live__title")
        .first()
    )


def empty_form(page: PublishedPage) -> FeedbackForm:
    """The form as it stands at the end of this page."""
    return FeedbackForm(initial={"page": page.pk})


def _again(
    request: HttpRequest, form: FeedbackForm, page: PublishedPage | None, *, notice: str = "", status: int = 200
) -> HttpResponse:
    if notice:
        show_as_typed(form)
    context = _sent_back(form) | {"page": page, "notice": notice}
    return _page(request, "articles/feedback.html", context, status=status)


def _sent_back(form: FeedbackForm) -> dict[str, Any]:
    """The form to be sent again: with what is wrong, in the order of the page, and a hand to who needs one now."""
    return {
        "form": form,
        "problems": problems_of(form),
        "danger": danger_in(form["words"].value() or ""),
    }


def _not_saved(sent: QueryDict) -> HttpResponse:
    """503 with everything still there. Built without the database, which may be what is away."""
    form = FeedbackForm(sent)
    show_as_typed(form)
    context = _sent_back(form) | {"layout": "bare.html", "site": current_site(), "not_saved": True, "notice": NOT_SAVED}
    body = render_to_string("articles/feedback.html", context)
    return HttpResponse(body, status=503, headers={"Retry-After": "60"})


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"layout": "base.html", **context}, request), status=status)
