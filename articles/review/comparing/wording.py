"""Differences told in sentences, in the words of an editor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set

from articles.markup.citations_rule import anchor_part
from articles.markup.directives import CALLOUTS
from articles.review.comparing.lines import Differences, cited
from articles.review.comparing.reading import Link, Picture, Reading

# What an editor calls each kind of block.
NAMES: Mapping[str, str] = {
    "title": "title",
    "lede": "lede",
    "heading": "heading",
    "paragraph": "paragraph",
    "list": "list",
    "table": "table",
    "definitions": "list of definitions",
    "blockquote": "quotation",
    "code": "text as typed",
    "rule": "dividing line",
    "question": "question and answer",
    "offer": "offer",
    "image": "picture",
    "quote": "quotation",
    "story": "story",
    "terms": "list of terms",
    "checklist": "checklist",
    "trial": "box on clinical trials",
    **{name: f"box “{callout.said}”" for name, callout in CALLOUTS.items()},
}
_LINES = {"li": "item", "tr": "row", "dt": "term", "dd": "explanation"}
_FRAMES = {"ul": "The list has dots now, no numbers.", "ol": "The list is numbered now."}
LONGEST_QUOTED = 60

# When neither words nor anything above tell of the change.
REDRAWN = "It is set in another way. Its words are the same."
UNSEEN = "Readers see no difference: only how it is written down was changed."


def quoted(words: str) -> str:
    """Words in quotation marks, cut to what is needed to find them."""
    if len(words) > LONGEST_QUOTED:
        words = words[:LONGEST_QUOTED].rpartition(" ")[0] or words[:LONGEST_QUOTED]
        words += "…"
    return f"“{words}”"


def on_kind(before: str, after: str) -> Iterator[str]:
    """What to say of a block that became one of another kind."""
    if before != after:
        yield f"It was a {NAMES.get(before, before)} and is a {NAMES.get(after, after)} now."


def on_headings(before: Sequence[str], after: Sequence[str], *, moved: bool) -> Iterator[str]:
    """What to say of a block that stands under other headings: the same words can mean something else there."""
    if tuple(before) == tuple(after):
        if moved:
            yield "It was moved. It stands under the same heading."
    elif not moved and len(before) == len(after):
        renamed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        for old, new in renamed:
            yield f"The heading above it reads {quoted(new)} now; it read {quoted(old)}."
    else:
        yield f"It stands under {_under(after)} now; it stood under {_under(before)}."


def _under(path: Sequence[str]) -> str:
    return " › ".join(quoted(heading) for heading in path) or "the opening of the page"


def on_differences(found: Differences, before: Reading, after: Reading) -> Iterator[str]:
    """What to say of order, emphasis, links and pictures."""
    for moved in found.moved:
        name = _LINES.get(moved.line.tag, "line")
        # The head of a table is no row to an editor.
        place_now, place_before = (place - (moved.line.tag == "tr") for place in (moved.after, moved.before))
        yield f"The order changed: {quoted(moved.line.words)} is {name} {place_now} now; it was {name} {place_before}."
    for words in found.restyled:
        now, no_longer = sorted(words.after - words.before), sorted(words.before - words.after)
        changes = [*(f"set in {name} now" for name in now), *(f"no longer {name}" for name in no_longer)]
        yield f"{quoted(words.words)} is {' and '.join(changes)}."
    for old_link, new_link in found.links:
        yield _on_link(old_link, new_link)
    for old_picture, new_picture in found.pictures:
        yield _on_picture(old_picture, new_picture)
    lists = [[tag.split()[0] for tag in reading.frame if tag.split()[0] in _FRAMES] for reading in (before, after)]
    if len(lists[0]) == len(lists[1]):
        for one, other in zip(*lists, strict=True):
            if one != other:
                yield _FRAMES[other]


def _on_link(before: Link | None, after: Link | None) -> str:
    old, new = (quoted(" ".join(link.words.split())) if link else "" for link in (before, after))
    if before is None:
        assert after is not None
        return f"{new} is a link now. It leads to {after.address}"
    if after is None:
        return f"{old} is no longer a link. It led to {before.address}"
    return f"The link on {new} leads to {after.address} now. It led to {before.address}"


def _on_picture(before: Picture | None, after: Picture | None) -> str:
    if before is None or after is None:
        return "A picture was added." if before is None else "A picture was taken out."
    if before.file != after.file:
        return "It is another picture now."
    return (
        "The description of the picture, for people who cannot see it, reads "
        f"{quoted(after.alt)} now; it read {quoted(before.alt)}."
    )


def on_citations(
    before: Reading,
    after: Reading,
    elsewhere: Set[str],
    embeds: Sequence[Mapping[tuple[str, str], str]],
    titles: Mapping[str, str],
) -> Iterator[str]:
    """What to say of sources that are cited, no longer cited, cited elsewhere, or with another page."""
    names = {anchor_part(key): _source(key, titles) for each in embeds for kind, key in each if kind == "source"}
    old, new = cited(before), cited(after)
    counts = Counter(key for key, _ in new), Counter(key for key, _ in old)
    for key in counts[0] - counts[1]:
        yield f"It cites {names.get(key, key)} {'once more' if counts[1][key] else 'now'}."
    for key in counts[1] - counts[0]:
        name = names.get(key, key)
        yield f"It cites {name} less often now." if counts[0][key] else f"It no longer cites {name}."
    for key in sorted(counts[0]):
        if counts[0][key] != counts[1][key]:
            continue
        pages = [sorted(page for used, page in uses if used == key) for uses in (old, new)]
        if pages[0] != pages[1]:
            yield f"It cites {names.get(key, key)} with {_pages(pages[1])} now, not with {_pages(pages[0])}."
        elif key in elsewhere:
            yield f"The citation of {names.get(key, key)} stands at another place."


def _source(key: str, titles: Mapping[str, str]) -> str:
    return f"{quoted(titles[key])} [@{key}]" if key in titles else f"[@{key}]"


def _pages(pages: Sequence[str]) -> str:
    return ", ".join(quoted(page) if page else "no page" for page in pages)


_EMBEDDED = {
    "source": "The record of the source {} was changed: its title, year, kind, design, size, quotes or notices.",
    "offer": "The offer {} was changed in the library.",
    "image": "The picture {} was changed in the library: its file, description, caption, credit or license.",
    "story": "The story {} was changed in the library.",
    "quoted": "The record of {}, who is quoted, was changed: name, qualification or the day they agreed.",
    "term": "The definition of {}, a word of the glossary, was changed.",
    "abbreviation": "The abbreviation {} stands for other words now.",
}
_ADDED = {
    "term": "It leads to {} in the glossary now.",
    "abbreviation": "{} is explained as an abbreviation now.",
}
_TAKEN_OUT = {
    "term": "It no longer leads to {} in the glossary.",
    "abbreviation": "{} is no longer explained as an abbreviation.",
}


def on_embeds(before: Mapping[tuple[str, str], str], after: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """What to say of library records that changed behind the same words, and of words marked for the glossary."""
    for (kind, key), digest in after.items():
        if (kind, key) not in before:
            if kind in _ADDED:
                yield _ADDED[kind].format(quoted(key))
        elif before[kind, key] != digest and kind in _EMBEDDED:
            yield _EMBEDDED[kind].format(quoted(key))
    for kind, key in before:
        if (kind, key) not in after and kind in _TAKEN_OUT:
            yield _TAKEN_OUT[kind].format(quoted(key))
