"""A page as a reader sees it and as machines read it, taken apart to be compared."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
INLINE = {"a", "abbr", "b", "bdi", "cite", "code", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "u"}


@dataclass
class Element:
    """One element: its tag and attributes, and the text in it, a blank wherever a block begins or ends."""

    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element of this tag below, in order, that has these attributes; `class_` is one of its classes."""
        return [
            element
            for element in self.inside
            if element.tag == tag
            and all(
                value in element["class"].split() if name == "class_" else element[name.replace("_", "-")] == value
                for name, value in attributes.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for above in self.open:
            above.inside.append(element)
        self._block(tag)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for above in self.open:
            above.inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()
        self._block(tag)

    def handle_data(self, data: str) -> None:
        inner = self.open[-1]
        if inner.tag in ("script", "style"):
            inner.pieces.append(data)
            return
        for element in self.open:
            element.pieces.append(data)

    def _block(self, tag: str) -> None:
        if tag not in INLINE:
            for element in self.open:
                element.pieces.append(" ")


def seen(html: str) -> Element:
    """The page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def structured(page: Element) -> list[dict[str, Any]]:
    """What the page says for machines: the nodes of its one JSON-LD script, or none."""
    scripts = page.all("script", type="application/ld+json")
    assert len(scripts) <= 1
    if not scripts:
        return []
    data = json.loads("".join(scripts[0].pieces))
    assert data["@context"] == "https://schema.org"
    assert set(data) == {"@context", "@graph"}
    nodes: list[dict[str, Any]] = data["@graph"]
    return nodes


def meta(page: Element) -> dict[str, str]:
    """The page's meta elements by name or property; each stands once."""
    found = [
        (element["name"] or element["property"], element["content"])
        for element in page.all("meta")
        if (element["name"] or element["property"]) and not element["media"]
    ]
    assert len(found) == len(dict(found)), found
    return dict(found)
