"""The sources that the page editor offers while somebody writes a citation."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from citations.models import Source

VIEW = "citations.view_source"
MOST = 6
LONGEST = 80  # characters


@require_safe
def completions(request: HttpRequest) -> JsonResponse:
    """The sources that `?q=` may mean, found as the list of sources finds them: those whose key begins so come first.

    Each as `{"key", "title", "year", "retracted"}`; at most six.
    """
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    words = request.GET.get("q", "").strip()[:LONGEST]
    if not words:
        return JsonResponse({"sources": []})
    in_use = Source.objects.in_use().prefetch_related("notices")
    found, _ = admin.site.get_model_admin(Source).get_search_results(request, in_use, words)
    by_key = Case(When(key__istartswith=words, then=Value(0)), default=Value(1), output_field=IntegerField())
    sources = [
        {"key": source.key, "title": source.title, "year": source.year, "retracted": source.is_retracted}
        for source in found.order_by(by_key, "key")[:MOST]
    ]
    return JsonResponse({"sources": sources})
