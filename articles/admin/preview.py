"""The live preview: the page exactly as readers would get it, with what is wrong with it above."""

from __future__ import annotations

from django.template.loader import render_to_string

from articles.markup.compile import compile_page
from articles.markup.library import for_text
from articles.markup.page import CompiledPage
from articles.markup.reading_grade import AIM
from articles.models import Article, Revision
from articles.review.waiving import Listed, listed
from mesoinfo.models import User

# About forty pages of print. Anything longer is a mistake, and would keep the server busy at each key press.
LONGEST_TEXT = 200_000


def preview_html(
    text: str, article: Article | None = None, draft: Revision | None = None, *, user: User | None = None
) -> str:
    """Sanitised HTML of the whole page, and its findings with line and column. Never raises on bad Markdown.

    With the `draft` that the text is typed into, `user` is led to where they waive a finding in it, if they may.
    """
    compiled = compile_page(text, for_text(text, article))
    return render_preview(compiled, listed(compiled, article, draft, user=user))


def render_preview(page: CompiledPage, findings: Listed) -> str:
    """The same for a page that has been compiled already."""
    return render_to_string("admin/articles/preview.html", {"page": page, "findings": findings, "aim": AIM})
