"""The live preview: the page exactly as readers would get it, with what is wrong with it above."""

from __future__ import annotations

from django.template.loader import render_to_string

from articles.markup.compile import compile_page
from articles.markup.library import for_text
from articles.markup.page import CompiledPage
from articles.markup.reading_grade import AIM
from articles.models import Article

# About forty pages of print. Anything longer is a mistake, and would keep the server busy at each key press.
LONGEST_TEXT = 200_000


def preview_html(text: str, article: Article | None = None) -> str:
    """Sanitised HTML of the whole page, and its findings with line and column. Never raises on bad Markdown."""
    return render_preview(compile_page(text, for_text(text, article)))


def render_preview(page: CompiledPage) -> str:
    """The same for a page that has been compiled already."""
    errors = sum(finding.severity == "error" for finding in page.findings)
    advice = sum(finding.severity == "warning" for finding in page.findings)
    summary = f"{errors or 'Nothing'} to mend" + f", {advice} to make easier" * (advice > 0)
    context = {"page": page, "summary": summary, "aim": AIM}
    return render_to_string("admin/articles/preview.html", context)
