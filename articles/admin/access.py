"""Who may open which screen of the desk, and how a refusal is told: in a sentence, with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.csrf import csrf_failure
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.defaults import bad_request, permission_denied

from mesoinfo import roles

View = Callable[..., HttpResponseBase]

READ = "articles.view_revision"
WRITE = "articles.write_revision"
SIGN = "articles.sign_block"
PUBLISH = "articles.publish_revision"
ARRANGE = "articles.manage_reviews"

# What people type on the desk, by field name, and what it is called when we hand it back.
TYPED = {
    "text": "Your text",
    "change_note": "Your change note",
    "reason": "Your reason",
    "wording": "Your wording",
}


def may_read(user: Any, permission: str = READ) -> bool:
    """Whether this person may look: by a role, or as the superuser who configures the desk."""
    return bool(user.is_active and user.is_staff and user.has_perm(permission))


def desk_view(*, reading: str = "", acting: str = "") -> Callable[[View], View]:
    """A screen for signed-in staff who may `reading` or whose role allows `acting`.

    Reading counts a superuser in; acting asks for the role itself, whoever it is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not admin.site.has_permission(request):
                if request.method == "POST":
                    return signed_out(request)
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            if not (may_read(request.user, reading) if reading else roles.holds(request.user, acting)):
                return refused(request, role_needed(reading or acting), status=403)
            return view(request, *args, **kwargs)

        return never_cache(csrf_protect(guarded))

    return decorate


def role_needed(permission: str) -> str:
    """Which roles have the permission, as a sentence for somebody who has not."""
    names = [name for name, permissions in roles.ROLES.items() if permission in permissions]
    if not names:
        return "None of the roles on this desk may do that."
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"This needs the role of {listed}."


def refused(
    request: HttpRequest,
    sentence: str,
    *,
    status: int = 409,
    back: str = "",
    back_label: str = "Back",
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A page that says why a step was not taken, hands back what was typed, and shows the way on."""
    context = {
        **admin.site.each_context(request),
        "title": "Not allowed" if status == 403 else "This step was not taken",
        "sentence": sentence,
        "back": back or reverse("admin:index"),
        "back_label": back_label if back else "Your work",
        "typed": _typed(request) if typed is None else typed,
    }
    return TemplateResponse(request, "admin/articles/refused.html", context, status=status)


def signed_out(request: HttpRequest) -> HttpResponse:
    """For somebody whose session ended while they wrote: nothing was done, and nothing typed is lost."""
    context = {
        **admin.site.each_context(request),
        "title": "You are signed out",
        "sentence": "Nothing was saved. Sign in, open the page again, and put in what you had written.",
        "back": reverse("admin:login"),
        "back_label": "Sign in",
        "typed": _typed(request),
    }
    return TemplateResponse(request, "admin/articles/refused.html", context, status=403)


def not_open(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For a screen of the desk that this person's roles do not open, and says so itself by PermissionDenied.

    The addresses name it as handler403. Away from the desk the page of the public site answers, which asks the
    database for its navigation.
    """
    if not request.path.startswith("/admin/"):
        return permission_denied(request, exception)
    sentence = (
        "This is not open to you. If you think it should be, ask whoever manages accounts. Nothing has been changed."
    )
    return refused(request, sentence, status=403)


def too_much(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For what is longer than a request may be: nothing of it was read, so it is with the browser alone.

    The addresses name it as handler400. Away from the desk, and for all else that is wrong, Django's own page answers.
    """
    if not (request.path.startswith("/admin/") and isinstance(exception, RequestDataTooBig)):
        return bad_request(request, exception)
    sentence = (
        "Nothing was saved: this is longer than can be sent at once, which is 2 MB. Go back in your browser, which "
        "still holds what you typed, and send it in parts. Bring a long list of sources as a file."
    )
    return refused(request, sentence, status=413, typed={})


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For a form that is older than the sign-in, or that another site sent: nothing was done, the words come back.

    Django's settings name it as CSRF_FAILURE_VIEW. Away from the desk, Django's own page answers.
    """
    if not request.path.startswith("/admin/"):
        return csrf_failure(request, reason)
    if not request.user.is_authenticated and request.path != reverse("admin:login"):
        return signed_out(request)
    return refused(
        request,
        "Nothing was saved: this page is older than your sign-in. Open it again, and put in what you had written.",
        status=403,
    )


def _typed(request: HttpRequest) -> dict[str, str]:
    typed = {label: request.POST[name] for name, label in TYPED.items() if request.POST.get(name)}
    answers = [words for name, words in request.POST.items() if name.startswith("answer-") and words]
    return typed | ({"Your answer": "\n\n".join(map(str, answers))} if answers else {})
