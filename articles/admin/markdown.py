"""The two addresses the Markdown editor talks to: the live preview, and the upload of a picture.

django-markdownx brings views of its own for both, which answer anybody, return raw HTML and keep whatever they are
sent. They are never installed; these stand where its script looks (settings.MARKDOWNX_URLS_PATH and
MARKDOWNX_UPLOAD_URLS_PATH).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from articles.admin.access import WRITE, refused
from articles.admin.preview import LONGEST_TEXT, preview_html
from articles.models import Article
from articles.publishing.images import ImageRefused, store_image
from mesoinfo import audit, roles
from mesoinfo.desk import staff

# How long the words with a picture may be: as long as their columns.
LONGEST = {"alt": 400, "caption": 300, "credit": 160, "licence": 80}
Answer = Callable[..., HttpResponse]


def refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def for_writers(view: Answer) -> Answer:
    """POST by staff whose role lets them write, answered in JSON: a script is asking, a redirect would mislead it."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: int) -> HttpResponse:
        if not roles.holds(request.user, WRITE):
            return refusal("Sign in as a writer or an editor. Keep this page open, so that your text is safe.", 403)
        if request.method != "POST":
            answer = refusal("Send the text or the picture by POST.", 405)
            answer.headers["Allow"] = "POST"
            return answer
        answered = csrf_protect(view)(request, **named)
        if answered.status_code == 403 and not isinstance(answered, JsonResponse):
            return refusal("This page is older than your sign-in. Save a copy of your text, then open it again.", 403)
        return answered

    # The token is asked for above, once we know who is asking, so that a refusal is in JSON too.
    return csrf_exempt(never_cache(guarded))


@for_writers
def preview(request: HttpRequest) -> HttpResponse:
    """The HTML of `content` as readers of `?article=` would get it, with its findings."""
    content = request.POST.get("content")
    if content is None:
        return refusal("There is no text to show: send it as content.", 400)
    if len(content) > LONGEST_TEXT:
        return refusal(f"The text is longer than {LONGEST_TEXT:,} characters. Split the page.", 400)
    asked = request.GET.get("article", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 10
    article = Article.objects.filter(pk=int(asked)).first() if known else None
    draft = article.revisions.drafts().first() if article else None
    return HttpResponse(preview_html(content, article, draft, user=staff(request)))


@for_writers
def upload(request: HttpRequest) -> HttpResponse:
    """Keep the `image` that was sent with its `alt`, `credit` and `licence`, and say how a text names it."""
    picture = request.FILES.get("image")
    if picture is None:
        return told(request, "Choose a picture first: a JPEG, PNG or WebP file.")
    words = {name: request.POST.get(name, "").strip() for name in LONGEST}
    if not words["alt"]:
        return told(
            request, "Describe what the picture shows, for people who cannot see it. Then add it with the button."
        )
    if not words["credit"] or not words["licence"]:
        return told(request, "Say who made the picture and under which licence we may use it.")
    for name, value in words.items():
        called = "description" if name == "alt" else name
        longest = LONGEST[name]
        if len(value) > longest:
            return told(request, f"The {called} is longer than {longest} characters. Make it shorter.")
        if "\x00" in value:
            return told(request, f"The {called} holds a character that a text cannot hold. Type it anew.")
    try:
        with transaction.atomic():
            image = store_image(
                picture,
                key=new_key(words["alt"]),
                alt=words["alt"],
                caption=words["caption"],
                credit=words["credit"],
                licence=words["licence"],
            )
            audit.record(staff(request), "image.added", image)
    except ImageRefused as sentence:
        return told(request, str(sentence))
    except (OSError, DatabaseError):
        return told(request, "The picture could not be kept just now. Try again in a minute.", 503)
    if asked_by_script(request):
        return JsonResponse({"image_code": f"::image {image.key}", "key": image.key})
    messages.success(request, f"The picture is in the library. Name it in the text with: ::image {image.key}")
    return redirect("admin:articles_image_change", image.pk)


def new_key(words: str) -> str:
    """A key that says what the picture shows, and that no other picture has."""
    return f"{slugify(words)[:40].strip('-') or 'picture'}-{secrets.token_hex(3)}"


def asked_by_script(request: HttpRequest) -> bool:
    """markdownx's script and ours name themselves; a plain form, sent without JavaScript, does not."""
    return "text/html" not in request.headers.get("Accept", "")


def told(request: HttpRequest, sentence: str, status: int = 400) -> HttpResponse:
    if asked_by_script(request):
        return refusal(sentence, status)
    return refused(request, sentence, status=status)
