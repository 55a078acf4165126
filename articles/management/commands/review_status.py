"""`manage.py review_status PATH`: how far a page's review is, and every condition for publishing it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Article, Revision
from articles.publishing.gates import Candidate, gates
from articles.review.coverage import TAKEN_OUT


class Command(BaseCommand):
    help = "How far the review of a page is: which blocks need a signature, and every condition for publishing it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="the address of the page, such as mesothelioma/stage-4")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, path: str, format: str, **options: Any) -> None:
        """Print the state of the page's newest revision that was not given up. Raises CommandError without one."""
        address = path.strip().strip("/")
        article = Article.objects.filter(address=address).first()
        if article is None:
            raise CommandError(f"There is no page at /{address}/. Give its address, such as mesothelioma/stage-4.")
        revision = newest(article)
        if revision is None:
            raise CommandError(f"/{address}/ has no text yet.")
        told = status_of(revision)
        self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) if format == "json" else _as_text(told))


def newest(article: Article) -> Revision | None:
    """The revision somebody is at work on, or else the one that is live or was last."""
    open_ones = article.revisions.filter(status__in=["draft", "in_review", "approved"])
    kept = article.revisions.exclude(status="abandoned")
    found: Revision | None = None
    for revisions in (open_ones, kept):
        found = found or revisions.select_related("article__live", "article__topic").order_by("-number").first()
    return found


def status_of(revision: Revision) -> dict[str, Any]:
    """The answer of the command, as its JSON."""
    page = Candidate(revision)
    # A block that shows something changed in the library since is none of those that were signed.
    signed = {block.digest for block in page.stored} - {block.digest for block in page.unsigned}
    blocks = [block.key for block in page.compiled.blocks if block.digest not in signed]
    taken_out = [block.key for block in page.unsigned if block.key == TAKEN_OUT]
    return {
        "article": revision.article.address,
        "revision": revision.number,
        "status": revision.status,
        "blocks": len(page.compiled.blocks),
        "signed": len(page.compiled.blocks) - len(blocks),
        "needs_review": blocks + taken_out,
        "gates": [asdict(gate) for gate in gates(revision, page)],
    }


def _as_text(told: dict[str, Any]) -> str:
    lines = [
        f"/{told['article']}/, revision {told['revision']}: {told['status'].replace('_', ' ')}",
        f"{told['signed']} of {told['blocks']} blocks signed",
        *(f"  needs review: {key}" for key in told["needs_review"]),
        *(f"{'yes' if gate['ok'] else 'NO '}  {gate['code']}: {gate['evidence']}" for gate in told["gates"]),
    ]
    return "\n".join(lines)
