"""Why a page was found: its sentence that says most of what was asked for, whole, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.markup.sentences import sentences
from articles.models import Kind, PublishedPage
from articles.search.asked import Asked

SHORT = 80  # characters: a shorter sentence is shown with the one behind it
LONG = 320  # a longer one is cut
BEFORE = 120  # characters left before the first word found, where a sentence is cut
SEE_ALSO = "See also"  # begins a line of links, which says nothing by itself
FRAGMENT = 0.6  # what a list item or table cell that is no sentence counts for

# Private-use characters mark the words found, so that the excerpt can be escaped before it is marked up.
START, STOP = "\ue000", "\ue001"
MARKED = re.compile(f"{START}(.*?){STOP}", re.DOTALL)

BEST = """
    SELECT DISTINCT ON (page) page, place
    FROM unnest(%(pages)s::bigint[], %(said)s::text[], %(worth)s::float4[])
         WITH ORDINALITY AS passage (page, said, worth, place)
    CROSS JOIN LATERAL articles_vector(said) AS vector
    WHERE vector @@ %(any_word)s::tsquery
    ORDER BY page, vector @@ %(any_part)s::tsquery DESC,
             worth * ts_rank('{1,1,1,1}', vector, %(any_word)s::tsquery) DESC, place
"""
MARK = f"""
    SELECT page, ts_headline('public.articles_english', said, %s::tsquery,
                             'HighlightAll=true, StartSel={START}, StopSel={STOP}')
    FROM unnest(%s::bigint[], %s::text[]) AS passage (page, said)
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a page, or a line that is none, such as a list item; and the section it stands in."""

    page: int
    said: str
    section: str
    anchor: str
    following: str = ""  # what is said behind it

    @property
    def is_sentence(self) -> bool:
        return self.said[-1:] in ".!?…”"

    @property
    def shown(self) -> str:
        """With what is said behind it, where it is too short to say much by itself."""
        if len(self.said) >= SHORT or not self.following:
            return self.said
        return f"{self.said}{' ' if self.is_sentence else ' · '}{self.following}"


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a page that was found; `section` and its `anchor` are empty at the start of a page."""

    text: SafeString
    section: str = ""
    anchor: str = ""


def excerpts_of(pages: Sequence[PublishedPage], asked: Asked) -> dict[int, Excerpt]:
    """An excerpt for each page, by its id. Two queries.

    The lede is taken where no sentence has any of the words; and of a term of the glossary, since it is the definition.
    """
    passages = [passage for page in pages if not is_term(page) for passage in passages_of(page)]
    with connection.cursor() as cursor:
        cursor.execute(
            BEST,
            {
                "pages": [passage.page for passage in passages],
                "said": [passage.said for passage in passages],
                "worth": [1.0 if passage.is_sentence else FRAGMENT for passage in passages],
                "any_part": asked.any_part(),
                "any_word": asked.any_word(),
            },
        )
        best = {page: passages[place - 1] for page, place in cursor.fetchall()}
        said = {page.pk: best[page.pk].shown if page.pk in best else page.lede for page in pages}
        plain = [text.replace(START, "").replace(STOP, "") for text in said.values()]
        cursor.execute(MARK, [asked.any_word(), list(said), plain])
        marked = dict(cursor.fetchall())
    return {
        page.pk: Excerpt(
            highlighted(cut(marked[page.pk])),
            best[page.pk].section if page.pk in best else "",
            best[page.pk].anchor if page.pk in best else "",
        )
        for page in pages
    }


def is_term(page: PublishedPage) -> bool:
    return page.article.kind == Kind.GLOSSARY_TERM


def passages_of(page: PublishedPage) -> list[Passage]:
    """What a page says, sentence by sentence, without its title and headings."""
    headings = page.headings_text.split("\n")[::-1]
    anchors: dict[str, list[str]] = {}
    for heading, anchor in [
        *((entry["text"], entry["anchor"]) for entry in page.contents[::-1]),
        *((entry["question"], entry["anchor"]) for entry in page.questions[::-1]),
    ]:
        anchors.setdefault(heading, []).append(anchor)
    said: list[tuple[str, str, str]] = []
    section = at = ""
    for line in page.plain_text.split("\n"):
        if headings and line == headings[-1]:
            section = headings.pop()
            at = anchors[section].pop() if anchors.get(section) else ""
            continue
        if line.startswith(SEE_ALSO):
            continue
        said += ((line[start:end], section, at) for start, end in sentences(line))
    return [
        Passage(page.pk, sentence, section, anchor, behind[0] if behind and behind[1:] == (section, anchor) else "")
        for (sentence, section, anchor), behind in zip(said, [*said[1:], None], strict=True)
    ]


def cut(marked: str) -> str:
    """A marked sentence no longer than LONG, with an ellipsis where something was cut away."""
    if len(marked) <= LONG:
        return marked
    first = max(0, marked.find(START))
    start = 0
    if first > LONG // 2:
        start = marked.find(" ", first - BEFORE) + 1
    end = len(marked)
    if end - start > LONG:
        end = marked.rfind(" ", start, start + LONG)
        end = end if end > start else start + LONG
    return f"{'… ' if start else ''}{marked[start:end]}{' …' if end < len(marked) else ''}"


def highlighted(marked: str) -> SafeString:
    """The excerpt as HTML, with the words found in <mark>. Everything else in it is escaped."""
    html = MARKED.sub(r"<mark>\1</mark>", escape(marked))
    return mark_safe(html.replace(START, "").replace(STOP, ""))  # escaped just above
