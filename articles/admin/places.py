"""Where things stand on the desk: the screen of a page, and the revision that an address names."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles.models import Article, Revision


def article_page(article: Article) -> str:
    """The address of the page's own screen."""
    return reverse("admin:articles_article_change", args=[article.pk])


def find_revision(pk: int) -> Revision:
    """The revision, with its page and the people its screens name. Raises Http404."""
    return get_object_or_404(
        Revision.objects.select_related("article__topic", "article__live", "created_by", "saved_by", "submitted_by"),
        pk=pk,
    )
