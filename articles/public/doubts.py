"""What readers are told of a page whose sources were retracted or put in doubt since it was frozen.

The signed words stay as they are. At each sentence that rests on such a source a few words are put in behind its
number, and its entry in the list says when and where that was announced: composed for each view, so it shows at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles.markup.citations_rule import anchor_part
from articles.models import PublishedPage
from citations.models import Notice, NoticeKind, Source
from citations.style import address_of_doi

_CLUSTER = re.compile(r'<sup class="cite">.*?</sup>', re.DOTALL)
_ENTRY = re.compile(r'<li id="(?P<anchor>ref-[^"]+)"><span class="reference-entry">.*?</span>', re.DOTALL)


@dataclass(frozen=True)
class Doubt:
    """A source of the page, its number there, and the notice that puts it in doubt."""

    key: str
    number: int
    notice: Notice

    @property
    def anchor(self) -> str:
        """The anchor of its entry in the reference list."""
        return f"ref-{anchor_part(self.key)}"

    @property
    def is_retraction(self) -> bool:
        """Whether the work was taken back, rather than put in doubt."""
        return self.notice.kind == NoticeKind.RETRACTED

    @property
    def words(self) -> str:
        """What stands behind the sentences that rest on it."""
        return f"source {self.number} was retracted" if self.is_retraction else f"source {self.number} is in doubt"

    @property
    def announced_at(self) -> str:
        """Where the notice can be read; empty when nobody said."""
        reference = self.notice.reference
        return address_of_doi(reference) if reference.startswith("10.") else reference


@dataclass(frozen=True)
class Doubts:
    """All doubts about the sources of a page."""

    about: Sequence[Doubt]

    @property
    def retracted(self) -> list[Doubt]:
        """Those whose work was taken back."""
        return [doubt for doubt in self.about if doubt.is_retraction]

    def mark(self, html: str) -> SafeString:
        """Words of the page, with a mark behind each number of a source in doubt."""
        if not self.about:
            return mark_safe(html)

        def marked(cluster: re.Match[str]) -> str:
            cited = [doubt for doubt in self.about if f'href="#{doubt.anchor}"' in cluster[0]]
            marks = (format_html('<a href="#{}">{}</a>', doubt.anchor, doubt.words) for doubt in cited)
            return f'{cluster[0]} <span class="doubt">[{", ".join(marks)}]</span>' if cited else cluster[0]

        return mark_safe(_CLUSTER.sub(marked, html))

    def mark_list(self, html: str) -> SafeString:
        """The reference list, with what was announced behind each entry in doubt."""
        by_anchor = {doubt.anchor: doubt for doubt in self.about}

        def marked(entry: re.Match[str]) -> str:
            doubt = by_anchor.get(entry["anchor"])
            return entry[0] if doubt is None else f"{entry[0]} {_announced(doubt)}"

        return mark_safe(_ENTRY.sub(marked, html) if by_anchor else html)


def doubts_about(page: PublishedPage) -> Doubts:
    """What was said of the sources of this page: one query, a few where there is something.

    Of one that was merged into another since, it is what is said of that one: nobody asks for the other any more.
    """
    numbers = {key: number for number, key in enumerate(page.source_keys, start=1)}
    sources = Source.objects.perhaps_in_doubt().filter(key__in=numbers).order_by("key") if numbers else []
    found = [Doubt(source.key, numbers[source.key], doubt) for source in sources if (doubt := source.survivor.doubt)]
    return Doubts(sorted(found, key=lambda doubt: doubt.number))


def _announced(doubt: Doubt) -> SafeString:
    said = "Retracted" if doubt.is_retraction else "A doubt about it was published"
    sentence = f"{said} on {doubt.notice.on:%B} {doubt.notice.on.day}, {doubt.notice.on.year}."
    address = doubt.announced_at
    if not address.startswith("https://"):
        return format_html('<strong class="doubt">{}</strong>', sentence)
    return format_html('<strong class="doubt">{}</strong> <a href="{}" rel="noopener">Read why</a>', sentence, address)
