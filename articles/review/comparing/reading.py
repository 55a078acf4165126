"""The HTML of one block, read into what a reader sees: words, numbers of sources, pictures, in their lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from html import unescape

# What the sanitizer writes: attributes in double quotes, inside which “>” may stand.
_PIECE = re.compile(r'<(?P<close>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>[^<>"]*(?:"[^"]*"[^<>"]*)*)>|[^<]+')
_WORD = re.compile(r"(?P<blank>(?:\s|&nbsp;)+)|&(?:[a-zA-Z]+|#\d+);|\w+(?:['’.,]\w+)*|.", re.DOTALL)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_CITE_LINK = re.compile(r'<a href="#ref-([^"]*)"[^>]*>[^<]*</a>(?:<span class="cite-locator">\(([^<]*)\)</span>)?')
_IMG = re.compile(r'<img (?:[^<>"]|"[^"]*")*>')
_SIZE_AND_FORMAT = re.compile(r"(?:-\d{1,4})?\.\w+$")

# What stands on lines of its own. Lines of a table are rows: their cells belong together.
LINES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "tr", "summary", "figcaption", "pre"})
_EMPHASIS = {"strong": "bold", "em": "italic", "code": "code"}
# Read as one piece, up to the end of their element.
_WHOLE = {"sup": "cite", "picture": "", "span": "cell-head"}


@dataclass(slots=True, eq=False)
class Link:
    """A link that a writer made: where it leads and the words it stands on."""

    address: str
    words: str = ""


@dataclass(slots=True, eq=False)
class Atom:
    """The smallest piece that is compared: a word, a sign, the sources cited at one place, a picture.

    `same` is what it is compared by, None for blanks, which are not. `mark` is what the comparison finds:
    "del", "ins", "restyled", "moved". What is not `shown` is a tag between cells or lines, which nothing can mark.
    """

    html: str
    same: Hashable
    emphasis: frozenset[str] = frozenset()
    link: Link | None = None
    shown: bool = True
    mark: str = ""


@dataclass(slots=True, eq=False)
class Line:
    """What stands on a line of its own: a paragraph, an item of a list, a row of a table."""

    tag: str
    atoms: list[Atom] = field(default_factory=list)

    @property
    def same(self) -> tuple[Hashable, ...]:
        return tuple(atom.same for atom in self.atoms)

    @property
    def words(self) -> str:
        """Its words, as they are quoted to an editor."""
        return said(" ".join(atom.html for atom in self.atoms if isinstance(atom.same, str)))


@dataclass(slots=True)
class Reading:
    """A block read: its HTML in pieces, and its lines."""

    pieces: list[str | Atom] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    frame: list[str] = field(default_factory=list)  # its lists, tables and boxes, as tags with classes

    @property
    def atoms(self) -> list[Atom]:
        return [atom for line in self.lines for atom in line.atoms]


@dataclass(frozen=True, slots=True)
class Cites:
    """The sources cited at one place, by the parts of their anchors, each with its page."""

    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the name of its file without its size, and what it shows for those who cannot see it."""

    file: str
    alt: str


def said(html: str) -> str:
    """HTML text as an editor would read it out: entities resolved, no blank before a sign that closes."""
    return re.sub(r" (?=[,.;:!?)”’])|(?<=[(“‘]) ", "", " ".join(unescape(html).split()))


def read(html: str) -> Reading:
    """Read the HTML of a block, as the compiler writes it."""
    reading = Reading()
    open_lines: list[Line] = []
    emphasis: list[str] = []
    link: Link | None = None
    until = ""
    whole: list[str] = []

    def add(atom: Atom) -> None:
        reading.pieces.append(atom)
        if atom.same is None:
            return
        if not open_lines:
            open_lines.append(Line("p"))
            reading.lines.append(open_lines[-1])
        open_lines[-1].atoms.append(atom)

    for found in _PIECE.finditer(html):
        piece, name = found[0], found["name"]
        if until:
            whole.append(piece)
            if piece == until:
                _add_whole(until, "".join(whole), reading, add)
                until, whole = "", []
        elif name is None:
            for word in _WORD.finditer(piece):
                atom = Atom(word[0], None if word["blank"] else word[0], frozenset(emphasis), link)
                if link is not None:
                    link.words += word[0]
                add(atom)
        elif found["close"]:
            reading.pieces.append(piece)
            if name in LINES and open_lines:
                open_lines.pop()
            elif name in _EMPHASIS and _EMPHASIS[name] in emphasis:
                emphasis.remove(_EMPHASIS[name])
            elif name == "a":
                link = None
        elif _is_whole(name, piece):
            until, whole = f"</{name}>", [piece]
        elif name == "img":
            _add_whole("<img>", piece, reading, add)
        elif name in ("td", "th") or name == "br":
            add(Atom(piece, (name == "br",), shown=False))
        else:
            reading.pieces.append(piece)
            if name in LINES:
                open_lines.append(Line(name))
                reading.lines.append(open_lines[-1])
            elif name in _EMPHASIS:
                emphasis.append(_EMPHASIS[name])
            elif name == "a":
                link = _link(found["rest"])
                if link is not None:
                    reading.links.append(link)
            elif name not in ("div", "span", "sup"):
                reading.frame.append(f"{name} {_attributes(found['rest']).get('class', '')}".strip())
    return reading


def _is_whole(name: str, tag: str) -> bool:
    return name in _WHOLE and (not _WHOLE[name] or f'class="{_WHOLE[name]}"' in tag)


def _add_whole(end: str, html: str, reading: Reading, add: Callable[[Atom], None]) -> None:
    if end == "</span>":
        # The head of its column, said again in each cell of a narrow screen.
        reading.pieces.append(html)
    elif end == "</sup>":
        add(Atom(html, Cites(tuple((key, unescape(page or "")) for key, page in _CITE_LINK.findall(html)))))
    else:
        img = _IMG.search(html)
        attributes = _attributes(img[0] if img else html)
        file = _SIZE_AND_FORMAT.sub("", attributes.get("src", "").rpartition("/")[2])
        add(Atom(html, Picture(file, unescape(attributes.get("alt", "")))))


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))


def _link(rest: str) -> Link | None:
    attributes = _attributes(rest)
    # Whether a word of the glossary is marked here depends on what stands above; the block's embeds tell of it.
    return None if attributes.get("class") == "term" else Link(unescape(attributes.get("href", "")))


MARKS = {
    "del": ("<del>", "</del>"),
    "ins": ("<ins>", "</ins>"),
    "restyled": ('<mark class="restyled">', "</mark>"),
    "moved": ('<mark class="moved">', "</mark>"),
}


def marked(reading: Reading) -> str:
    """The block's HTML with what was found marked in it; without the marks it is the HTML that was read."""
    html: list[str] = []
    mark, blank = "", ""

    def go_on(with_mark: str) -> None:
        nonlocal mark, blank
        if with_mark == mark:
            html.append(blank)
        else:
            html.append((MARKS[mark][1] if mark else "") + blank + (MARKS[with_mark][0] if with_mark else ""))
        mark, blank = with_mark, ""

    for piece in reading.pieces:
        if isinstance(piece, str) or not piece.shown:
            go_on("")
            html.append(piece if isinstance(piece, str) else piece.html)
        elif piece.same is None:
            blank += piece.html
        else:
            go_on(piece.mark)
            html.append(piece.html)
    go_on("")
    return "".join(html)
