"""The grammar of citations: pandoc's clusters, ``[@key, p. 3; see @other]``, as a markdown-it inline rule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_BRACKETS = re.compile(r"[\[\]]")
_MARKER = re.compile(r"(?:^|(?<=[\s(]))-?@(?=[A-Za-z0-9_{])")
# Keys are short names; DOIs and PubMed numbers pass too, so that an unknown one is named in full. As in pandoc, braces
# hold what would end a key, such as the semicolon of an old DOI.
_KEY = re.compile(r"\{(?P<braced>[^{}\s]+)\}|[A-Za-z0-9_](?:[\w:.#$%&+?<>~/()-]*[\w)])?")
_BRACED = re.compile(r"\{[^{}]*\}")
# What a register knows a work by, written where a key belongs.
_IDENTIFIER = re.compile(r"(?:doi|pmid):|10\.\d{4,9}/|https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_ANCHOR_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")
LONGEST_CLUSTER = 2000
_HOW = "A citation is written [@key], with the key of a source"

_LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("p", "pp", "page", "pages"), ("p.", "pp.")),
        **dict.fromkeys(("chap", "chapter", "chapters"), ("chap.", "chaps.")),
        **dict.fromkeys(("sec", "section", "sections"), ("sec.", "secs.")),
        **dict.fromkeys(("fig", "figure", "figures"), ("fig.", "figs.")),
        **dict.fromkeys(("tbl", "table", "tables"), ("table", "tables")),
        **dict.fromkeys(("para", "paragraph", "paragraphs"), ("para.", "paras.")),
        **dict.fromkeys(("app", "appendix"), ("app.", "apps.")),
        **dict.fromkeys(("t", "time"), ("at", "at")),
    }
)
_ONE = r"[\w.:]+(?:[ \t]*[-–][ \t]*[\w.:]+)?"
_LOCATOR = re.compile(rf"(?:(?P<label>[A-Za-z]+)\b\.?[ \t\n]*)?(?P<value>{_ONE}(?:,[ \t\n]*{_ONE})*)")


@dataclass(slots=True)
class Cited:
    """One source named in a cluster. Number, occurrence and anchor are given when the page is numbered."""

    key: str
    prefix: str
    locator: str
    at: int
    known: bool = False
    number: int = 0
    occurrence: int = 0
    anchor: str = ""


@dataclass(slots=True)
class Cluster:
    """A whole bracket: what it cites, and what in it could not be read (offset and sentence)."""

    items: list[Cited] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def keys_named_in(text: str) -> set[str]:
    """Every key that a citation in this text could name, and perhaps more: what follows an @."""
    return {_named(key) for at in re.finditer("@", text) if (key := _KEY.match(text, at.end()))}


def _named(key: re.Match[str]) -> str:
    return key["braced"] or key[0]


def is_identifier(key: str) -> bool:
    """Whether what stands where a key should is a DOI or a PMID."""
    return _IDENTIFIER.match(key) is not None


def anchor_part(key: str) -> str:
    """Return ``key`` with all that an anchor cannot hold spelt as its code point."""
    return _ANCHOR_UNSAFE.sub(lambda found: f"_{ord(found[0]):x}", key)


def read_cluster(source: str, start: int, end: int) -> Cluster | None:
    """Read the text between two brackets, from ``start`` to ``end``; None if it cites nothing."""
    text = source[start:end]
    if not _MARKER.search(text) and not text.lstrip("- \t\n").startswith("@"):
        return None
    cluster = Cluster()
    place = 0
    for piece in _BRACED.sub(lambda braced: "_" * len(braced[0]), text).split(";"):
        _read_item(cluster, text[place : place + len(piece)], start + place)
        place += len(piece) + 1
    return cluster


def _read_item(cluster: Cluster, piece: str, at: int) -> None:
    marker = _MARKER.search(piece)
    if marker is None:
        cluster.problems.append((at, _cut_short(cluster) or f"{_HOW} after the @."))
        return
    key = _KEY.match(piece, marker.end())
    if key is None:
        cluster.problems.append((at + marker.end(), f"{_HOW} between the braces."))
        return
    rest = piece[key.end() :].strip()
    locator = ""
    if rest:
        read = read_locator(rest[1:].strip()) if rest.startswith(",") else None
        if read is None:
            cluster.problems.append(
                (
                    at + key.end(),
                    "After the key comes a comma and a place, such as “, p. 12”, “, chap. 3” or “, fig. 2”; "
                    "a semicolon parts two sources.",
                )
            )
            return
        locator = read
    if "@" in piece[: marker.start()]:
        cluster.problems.append((at, "This citation has an @ too many."))
        return
    cluster.items.append(Cited(_named(key), " ".join(piece[: marker.start()].split()), locator, at + marker.start()))


def _cut_short(cluster: Cluster) -> str:
    """What to do where a semicolon parts what may be one DOI, as publishers made them until 2001; "" elsewhere."""
    before = cluster.items[-1].key if cluster.items else ""
    if not is_identifier(before):
        return ""
    return f"A semicolon parts two sources. If it belongs to the DOI, put braces around all of it: [@{{{before}…}}]."


def read_locator(text: str) -> str | None:
    """Return a place in a source in its one form, ``pp. 75–78`` for ``pages 75-78``; None if it is none."""
    found = _LOCATOR.fullmatch(text) if len(text) <= 100 else None
    if found is None:
        return None
    value = re.sub(r"\s*[-–]\s*", "–", found["value"])
    value = re.sub(r",\s*", ", ", value)
    many = "–" in value or "," in value
    if found["label"] is None:
        return f"{'pp.' if many else 'p.'} {value}" if value[0].isdigit() else None
    label = _LABELS.get(found["label"].lower())
    return None if label is None else f"{label[many]} {value}"


def _citation(state: StateInline, silent: bool, *, before_link: bool) -> bool:
    source, start = state.src, state.pos
    # Silent runs look for the end of a link's label. To them a citation must be plain brackets: taken for
    # a link inside a link, it would undo the outer one, and nobody would be told why.
    if silent or source[start] != "[":
        return False
    limit = min(state.posMax, start + LONGEST_CLUSTER)
    bracket = _BRACKETS.search(source, start + 1, limit)
    if bracket is None or bracket[0] == "[":
        return False
    end = bracket.start()
    if source.find("@", start + 1, end) < 0:
        return False
    if before_link and source.startswith("(", end + 1):
        return False  # "[@handle](/address/)" is a link if it can be one
    cluster = read_cluster(source, start + 1, end)
    if cluster is None:
        return False
    token = state.push("citation", "", 0)
    token.content = source[start : end + 1]
    token.meta.update(cluster=cluster, in_link=state.linkLevel > 0)
    state.pos = end + 1
    return True


def citation_rule(state: StateInline, silent: bool) -> bool:
    """markdown-it inline rule: a bracket that names sources."""
    return _citation(state, silent, before_link=True)


def citation_before_parenthesis_rule(state: StateInline, silent: bool) -> bool:
    """The same, for a bracket followed by a parenthesis that turned out to be no link."""
    return _citation(state, silent, before_link=False)


def citations_plugin(md: MarkdownIt) -> None:
    """Add the citation rules around the link rule."""
    md.inline.ruler.before("link", "citation", citation_rule)
    md.inline.ruler.after("link", "citation_before_parenthesis", citation_before_parenthesis_rule)
