"""The grammar of generic directives: ``::name argument`` on one line, ``:::name … :::`` around content.

Which line closes which container is settled in one pass over the lines (`lay_out`), so that a thousand
unclosed blocks cost no more than one. The block rule then only looks its line up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from .findings import Findings


class Callout(NamedTuple):
    """A kind of boxed aside: ``said`` is its name aloud, ``heading`` what stands when the writer gives none."""

    said: str
    heading: str


CALLOUTS: Mapping[str, Callout] = MappingProxyType(
    {
        "quick-fact": Callout("Quick fact", "Quick fact"),
        "did-you-know": Callout("Did you know?", "Did you know?"),
        "warning": Callout("Important", "Important"),
        "urgent": Callout("Urgent", "Call your care team today"),
        "emergency": Callout("Emergency", "Call 911 now"),
    }
)
# What each container may hold besides text, lists and tables.
CONTAINERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(CALLOUTS, frozenset({"image", "checklist", "terms"})),
        "quote": frozenset(),
        "story": frozenset({"image", "quote"}),
        "faq": frozenset({*CALLOUTS, "quote", "terms", "checklist", "trial", "image", "offer"}),
        "terms": frozenset(),
        "checklist": frozenset(),
        "trial": frozenset({"checklist"}),
    }
)
LEAVES = frozenset({"offer", "image"})

_LINE = re.compile(r"(?P<colons>:{2,})(?P<gap>[ \t]*)(?P<name>[A-Za-z][\w-]*)?(?P<rest>.*)", re.DOTALL)
_ANYWHERE = re.compile(r":{2,}[ \t]*(?P<name>[A-Za-z][\w-]*)(?P<rest>.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)", re.DOTALL)
_SECTION = re.compile(r" {0,3}#{1,2}(?:[ \t]|$)")


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive as written. ``argument_at`` is the 0-based column of the argument in its line."""

    name: str
    argument: str
    argument_at: int
    written: str


@dataclass(slots=True)
class Layout:
    """Which line is which part of a directive. ``ends`` gives the line after an opened container's content."""

    leaves: set[int] = field(default_factory=set)
    ends: dict[int, int] = field(default_factory=dict)
    unclosed: set[int] = field(default_factory=set)
    closing: set[int] = field(default_factory=set)


def read_line(text: str) -> Directive | None:
    """Read ``text`` (a line from its first colon on) as a directive; a bare closing line gives None."""
    found = _LINE.match(text)
    if found is None:
        return None
    name, rest = found["name"], found["rest"]
    if name is None and len(found["colons"]) > 2 and not rest.strip():
        return None
    argument = rest.strip()
    return Directive(
        name=(name or "").lower(),
        argument=argument,
        argument_at=found.start("rest") + len(rest) - len(rest.lstrip()),
        written=text,
    )


def arguments_named_in(text: str) -> Mapping[str, set[str]]:
    """The arguments of the directives in this text by their names, and perhaps more: what follows colons and a name."""
    arguments = defaultdict[str, set[str]](set)
    for found in _ANYWHERE.finditer(text):
        arguments[found["name"].lower()].add(found["rest"].strip())
    return arguments


def is_container_line(text: str) -> bool:
    """Whether a line from its first colon on opens or closes a container, rather than standing alone."""
    return text.startswith(":::")


def lay_out(lines: list[str]) -> Layout:
    """Pair the opening and closing lines of all containers.

    A closing line closes the innermost open container. A title or section heading (``#``, ``##``) ends
    all that is open: a forgotten ``:::`` then spoils its own section, not the rest of the page.
    """
    layout = Layout()
    stack: list[int] = []
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
            continue
        if mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence = mark[1]
            continue
        if stack and _SECTION.match(line):
            for opened in stack:
                layout.ends[opened] = number
            layout.unclosed.update(stack)
            stack.clear()
            continue
        text = line.lstrip(" ")
        if not text.startswith("::") or len(line) - len(text) > 3:
            continue
        directive = read_line(text)
        if directive is None:
            layout.closing.add(number)
            if stack:
                layout.ends[stack.pop()] = number
        elif directive.name and is_container_line(text) and not _stands_alone(directive, lines, number):
            stack.append(number)
        else:
            layout.leaves.add(number)
    for opened in stack:
        layout.ends[opened] = len(lines)
    layout.unclosed.update(stack)
    return layout


def _stands_alone(directive: Directive, lines: list[str], number: int) -> bool:
    """Whether three colons were written for a single line, as in ``:::offer case-review``."""
    if directive.name not in LEAVES:
        return False
    for line in lines[number + 1 :]:
        if line.strip():
            return not re.fullmatch(r" {0,3}:{3,}", line)
    return True


def directive_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """markdown-it block rule for directives; needs ``env["layout"]`` and ``env["findings"]``."""
    if state.is_code_block(start):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("::", begin):
        return False
    if silent:
        return True
    layout: Layout = state.env["layout"]
    findings: Findings = state.env["findings"]
    text = state.src[begin : state.eMarks[start]]
    directive = read_line(text)
    place = (start + 1, begin - _line_start(state.src, begin) + 1)
    # Inside lists and quotations a directive has no reliable end, so it stands in the open only.
    in_the_open = state.blkIndent == 0 and state.parentType in ("root", "directive")
    if directive is not None and in_the_open and start in layout.ends:
        _container(state, start, directive, place)
        return True
    state.line = start + 1
    if directive is not None and in_the_open and start in layout.leaves:
        problem = _leaf_problem(directive)
        if problem:
            findings.add("unknown-block", place, problem, text)
    elif directive is None:
        problem = "This closing line closes nothing."
        findings.add("unclosed-block", place, "This ::: closes no block. Remove it, or add the opening line.", text)
    else:
        problem = "A block cannot stand here."
        findings.add(
            "misplaced-block",
            place,
            "A block cannot stand inside a list or a quotation. Move it outside.",
            text,
        )
    token = state.push("problem" if problem else "directive", "", 0)
    token.content = text
    token.map = [start, start + 1]
    token.meta = {"directive": directive, "at": place}
    return True


def _line_start(source: str, offset: int) -> int:
    return source.rfind("\n", 0, offset) + 1


def _leaf_problem(directive: Directive) -> str:
    name = directive.name
    if not name:
        return "After the colons comes the name of the block, such as ::offer case-review."
    three = is_container_line(directive.written)
    if name in LEAVES and not three:
        return ""
    if name in LEAVES:
        return f"This block is one line with two colons: ::{name} and its key."
    if name in CONTAINERS:
        return f"This block takes three colons, and a closing line: :::{name} … :::"
    known = ", ".join(sorted([*LEAVES, *CONTAINERS]))
    return f"There is no block named “{name}”. There are: {known}."


def _container(state: StateBlock, start: int, directive: Directive, place: tuple[int, int]) -> None:
    layout: Layout = state.env["layout"]
    findings: Findings = state.env["findings"]
    # A container cut short from outside (which only a misplaced one is) ends with what surrounds it.
    content_end = min(layout.ends[start], state.lineMax)
    closed = start not in layout.unclosed and content_end == layout.ends[start]
    name = directive.name
    if not closed:
        findings.add(
            "unclosed-block",
            place,
            f"The block :::{name} is never closed. End it with a line of three colons.",
            directive.written,
        )
    if name in LEAVES:
        findings.add(
            "unknown-block",
            place,
            f"This block is one line with two colons: ::{name} and its key.",
            directive.written,
        )
    elif name not in CONTAINERS:
        findings.add("unknown-block", place, _leaf_problem(directive), directive.written)
    opening = state.push("directive_open", "", 1)
    opening.meta = {"directive": directive, "at": place, "content_end": content_end}
    opening.content = directive.written
    if name in CALLOUTS and directive.argument:
        _inline_heading(state, opening, directive.argument)
    outer_parent, outer_end = state.parentType, state.lineMax
    state.parentType, state.lineMax = "directive", content_end
    state.md.block.tokenize(state, start + 1, content_end)
    state.parentType, state.lineMax = outer_parent, outer_end
    state.line = min(content_end + 1 if closed else content_end, max(outer_end, start + 1))
    opening.map = [start, state.line]
    closing = state.push("directive_close", "", -1)
    closing.meta = opening.meta


def _inline_heading(state: StateBlock, opening: Token, words: str) -> None:
    """Push the heading of a callout as inline content, so that it may cite; it shares the opening's notes."""
    line = opening.meta["at"][0] - 1
    state.push("callout_heading_open", "p", 1).meta = opening.meta
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = words, [line, line + 1], []
    state.push("callout_heading_close", "p", -1).meta = opening.meta


def read_attributes(directive: Directive, known: tuple[str, ...]) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Read ``name="value"`` pairs of a directive's argument.

    Returns the attributes and the problems, each with its 0-based column in the argument.
    Curly quotation marks do as well: word processors put them in unasked.
    """
    text = directive.argument
    attributes: dict[str, str] = {}
    problems: list[tuple[int, str]] = []
    for match in _ATTRIBUTE.finditer(text):
        if match["name"] is None:
            problems.append((match.start(), f"“{match[0]}” is not understood here."))
        elif match["name"] not in known:
            problems.append((match.start(), f"There is no {match['name']}= here; there is {' and '.join(known)}."))
        elif match["name"] in attributes:
            problems.append((match.start(), f"{match['name']}= is given twice."))
        else:
            attributes[match["name"]] = next(v for v in match.group("a", "b", "c") if v is not None).strip()
    return attributes, problems


_ATTRIBUTE = re.compile(r"""(?P<name>[a-z]+)=(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|[“”](?P<c>[^“”]*)[“”])|[^ \t]+""")


def directives_plugin(md: MarkdownIt) -> None:
    """Add the directive rule; it interrupts paragraphs, lists and quotations."""
    md.block.ruler.before(
        "table", "directive", directive_rule, {"alt": ["paragraph", "blockquote", "list", "reference"]}
    )
