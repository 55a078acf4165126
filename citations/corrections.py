"""What citeproc-py 0.11 gets wrong, put right one by one.

Each correction names the fault and has a test of its own in `tests/citations/test_corrections.py`. When a release
mends a fault, take its correction out and the test still passes.

citeproc-py maps XML elements to the direct subclasses of `CitationStylesElement` by their names, the latest
definition winning; that is why each class here names it as a second base, and why importing this module is
enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from citeproc import model
from citeproc.source import LiteralDate, Reference, VariableError
from citeproc.string import MixedString, NoCase, String
from lxml import etree

_CSL = "http://purl.org/net/xbiblio/csl"


@lru_cache(maxsize=1_000)
def _compiled(expression: str, namespaces: tuple[tuple[str, str], ...]) -> etree.XPath:
    return etree.XPath(expression, namespaces=dict(namespaces))


def _search(element: model.CitationStylesElement, expression: str) -> Any:
    return _compiled(expression, tuple(element.nsmap.items()))(element)


# An entry asks for some sixty paths two hundred times; citeproc-py compiles the path each time, half of all its work.
model.CitationStylesElement.xpath_search = _search


def _macro(element: model.CitationStylesElement, name: str) -> Any:
    root = element.get_root()
    if "macros" not in vars(root):
        root.macros = {macro.get("name"): macro for macro in root.iterchildren(f"{{{_CSL}}}macro")}
    return root.macros[name]


# An entry calls some two hundred macros; citeproc-py goes through the whole style for each.
model.CitationStylesElement.get_macro = _macro


class Macro(model.Macro, model.CitationStylesElement):
    """Whether a macro prints variables does not change; citeproc-py finds out anew, through all macros it calls."""

    def calls_variable(self) -> bool:
        if "calls" not in vars(self):
            self.calls = super().calls_variable()
        return bool(self.calls)


class Record(Reference):
    """A reference as the engine reads it, without its warnings on fields CSL has and citeproc-py does not list.

    Each field is kept under both spellings, `container-author` and `container_author`: the engine looks people
    up as the style spells their role, and everything else with underscores. Whoever has pages has a first page,
    which citeproc-py prints and yet says it has not.
    """

    def __init__(self, key: str, kind: str, fields: dict[str, Any]) -> None:
        if "page" in fields:
            fields = {"page-first": fields["page"]} | fields
        underscored = {field.replace("-", "_"): value for field, value in fields.items()}
        dict.__init__(self, fields | underscored, key=key, type=kind)

    @contextmanager
    def without(self, variables: Iterable[str]) -> Iterator[None]:
        """Meanwhile the record has nothing under these names."""
        names = {spelling for name in variables for spelling in (name, name.replace("-", "_"))}
        hidden = {name: self.pop(name) for name in names if name in self}
        try:
            yield
        finally:
            self.update(hidden)


class CallsVariables(model.CitationStylesElement):
    """An element that prints variables of a record, and notes on the item which it asked for and which it showed."""

    def process(self, item: Any, *args: Any, **kwargs: Any) -> Any:
        asked = [name for name in (self.get("variable") or "").split() if name != "year-suffix"]
        item["asked"] = item.get("asked", 0) + len(asked)
        with item.reference.without(name for name in asked if name in item.get("stood in", [])):
            result = super().process(item, *args, **kwargs)
        text = result[0] if isinstance(result, tuple) else result
        if text:
            # A macro that says something counts as a variable, whatever it is made of.
            names = [self.get("macro"), *(name for name in asked if name in item.reference)]
            item.setdefault("printed", []).extend(filter(None, names))
        return result


class Names(CallsVariables, model.Names, model.CitationStylesElement):
    """People who stand in for others are written and labeled as those would be: (Chair). Within a choice too."""

    def process(self, item: Any, names_context: Any = None, *args: Any, **kwargs: Any) -> Any:
        if names_context is None and not len(self):
            names_context = next((names.getparent() for names in self.iterancestors(f"{{{_CSL}}}substitute")), None)
        return super().process(item, names_context, *args, **kwargs)


class Name(model.Name, model.CitationStylesElement):
    """Names a style wants in full (initialize="false") stay in full; citeproc-py shortens them all the same."""

    def get_option(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "initialize-with" and self.get("initialize") == "false":
            return None
        return super().get_option(name, *args, **kwargs)


class Number(CallsVariables, model.Number, model.CitationStylesElement):
    pass


class TermForms(model.CitationStylesElement):
    """CSL: where a term has no short verb, its verb stands in, and so on. citeproc-py prints nothing instead."""

    _STAND_INS = {"verb-short": "verb", "symbol": "short", "verb": None, "short": None}

    def get_term(self, name: str, form: str | None = None, *args: Any, **kwargs: Any) -> Any:
        term = super().get_term(name, form, *args, **kwargs)
        while term is None and form is not None:
            form = self._STAND_INS.get(form)
            term = super().get_term(name, form, *args, **kwargs)
        return term


class Text(CallsVariables, model.Text, TermForms, model.CitationStylesElement):
    def case(self, text: Any, language: str | None = None) -> Any:
        if self.get("text-case") == "title" and language == "en":
            return in_title_case(text)
        return super().case(text, language)


# Between numbers; the last one is how `citations.style` hands an ampersand over.
_SEPARATOR = r"\s*[-–,&\ue002]\s*"
_NUMERIC = re.compile(rf"[A-Za-z]*\d+[A-Za-z]*({_SEPARATOR}[A-Za-z]*\d+[A-Za-z]*)*")


class Label(model.Label, TermForms, model.CitationStylesElement):
    """Labels take the case the style asks for: (Eds.), where citeproc-py leaves (eds.)."""

    def case(self, text: Any, language: str | None = None) -> Any:
        # The engine refuses title case unless told that the words are English; a label is in the style's language.
        return super().case(text, language or "en")

    def _is_plural(self, item: Any) -> bool:
        """pp. iv–xii and 345 p; citeproc-py sees no range without digits, and stumbles over numbers of pages."""
        variable = self.get("variable")
        value = str(item.reference.get(variable.replace("-", "_"), ""))
        if variable.startswith("number-of-"):
            return value.isdecimal() and int(value) > 1
        return bool(re.search(rf"\w{_SEPARATOR}\w", value))


class AsksAboutNumbers(model.CitationStylesElement):
    """CSL: “1 & 2” and “2-3” are numeric; citeproc-py takes single numbers only, and so prints them without a label."""

    def _is_numeric(self, item: Any) -> list[bool]:
        asked = (item.reference.get(name.replace("-", "_"), "") for name in self.get("is-numeric").split())
        return [bool(_NUMERIC.fullmatch(str(value))) for value in asked]


class If(AsksAboutNumbers, model.If, model.CitationStylesElement):
    pass


class Else_If(AsksAboutNumbers, model.Else_If, model.CitationStylesElement):
    pass


class Substitute(model.Substitute, model.CitationStylesElement):
    """CSL: what stands in for a missing author is not printed again. citeproc-py prints editors and titles twice.

    What the style asks about them, such as whether there are editors, is answered as before.
    """

    def render(self, item: Any, *args: Any, **kwargs: Any) -> Any:
        before = len(item.get("printed", []))
        text = super().render(item, *args, **kwargs)
        item.setdefault("stood in", []).extend(item.get("printed", [])[before:])
        return text


class Group(model.Group, model.CitationStylesElement):
    """CSL: a group whose variables are all missing is left out, whatever else it says.

    citeproc-py keeps it when a branch of it printed a bare word: "On pleura (Publication)".
    """

    def process(self, item: Any, *args: Any, **kwargs: Any) -> Any:
        asked, printed = item.get("asked", 0), len(item.get("printed", []))
        text = super().process(item, *args, **kwargs)
        if item.get("asked", 0) > asked and len(item.get("printed", [])) == printed:
            raise VariableError
        return text


_DATE_PARTS = ["year", "month", "day"]


class Date(CallsVariables, TermForms, model.Date, model.CitationStylesElement):
    """Dates with the delimiter of the locale (2021 Jan 27), and ranges which say once what both ends share."""

    def render_single_date(self, date: Any, show_parts: list[str] | None = None, context: Any = None) -> Any:
        """citeproc-py joins the parts with the delimiter of the style's own date, which has none: 2021Jan27."""
        parts = self.parts(date, show_parts or _DATE_PARTS, context)
        return self.join(parts) if parts else None

    def render_date_range(self, date_range: Any, show_parts: list[str] | None = None, context: Any = None) -> Any:
        """(2019, May 3–July 8), May 3–8, 2019 and 2019 May 3–Jul 8: citeproc-py loses the year, or moves the month."""
        begin, end = date_range.begin, date_range.end
        names = [part.get("name") for part in self.iterchildren() if part.get("name") in (show_parts or _DATE_PARTS)]
        differing = [name for name in _DATE_PARTS if name in names and begin.get(name) != end.get(name)]
        if not differing:
            return self.render_single_date(begin, names, context)
        # The largest part that differs and all smaller ones: no language writes another one between them.
        within = [name for name in names if name in _DATE_PARTS[_DATE_PARTS.index(differing[0]) :]]
        first = names.index(within[0])
        both = [self.join(self.parts(date, within, context)) for date in (begin, end)]
        before = self.parts(end, names[:first], context)
        after = self.parts(end, names[first + len(within) :], context)
        return self.join([*before, f"{str(both[0]).rstrip(' ,')}–{str(both[1]).lstrip()}", *after])

    def process(self, item: Any, variable: str | None = None, *args: Any, **kwargs: Any) -> Any:
        """A date in words stands where its year would; APA asks for month and day apart and prints it twice."""
        parts = [part.get("name") for part in self.iterchildren()]
        words = isinstance(item.reference.get((variable or self.get("variable")).replace("-", "_")), LiteralDate)
        if words and parts and "year" not in parts:
            return None
        return super().process(item, variable, *args, **kwargs)


_SMALL_WORDS = frozenset([*model.TextCased._stop_words, "about", "de", "v", "van", "von", "vs"])
# A word and what hangs on it with a hyphen; an index, as in H<sub>n</sub>, is none.
_WORD = re.compile(r"<(su[bp])>.*?</\1>|(?<![^\s(\[“‘>])([^\W\d_][\w’]*)((?:-\w+)*)")


def in_title_case(title: Any) -> MixedString:
    """A title with capitals, as English has them: (Extrapleural Pneumonectomy), “The End”, To Be Tested On.

    citeproc-py capitalizes no word after a bracket, a quotation mark or a tag, nor a last word that is short, and
    forgets which words are to be left alone.
    """
    segments = title if isinstance(title, MixedString) else MixedString([title])
    last_word = len(str(title).rstrip(" .?!)”’"))
    begun, position = False, 0

    def capitalized(match: re.Match[str]) -> str:
        nonlocal begun
        _, word, rest = match.groups()
        if word is None:
            return match.group()
        opens = not begun or re.search(r"[:.?!]\W*$", segment[: match.start()])
        begun = True
        closes = position + match.end() == last_word
        if not word.islower() or word.startswith("µ") or (word in _SMALL_WORDS and not (opens or closes or rest)):
            return match.group()
        return word[0].upper() + word[1:] + rest

    cased = MixedString()
    for segment in segments:
        cased.append(segment if isinstance(segment, NoCase) else String(_WORD.sub(capitalized, segment)))
        begun, position = begun or isinstance(segment, NoCase), position + len(segment)
    return cased


def without_double_stop(html: str) -> str:
    """“How is it staged?” ends its sentence, and so does <i>Notes.</i>; citeproc-py adds a full stop, or a colon."""
    return re.sub(r"([?!](?=[<.:])|\.(?=<))((?:</(?:i|b|sub|sup)>)*)(?:\.(?!\.)|:(?=[ <]))", r"\1\2", html)


def stop_within_quotation(html: str) -> str:
    """They call it “quiet.” Where the locale wants it so, as en-US does; citeproc-py writes “quiet”."""
    return re.sub(r"([.?!]?)”\.(?=\s|$)", lambda end: f"{end[1] or '.'}”", html)


def typographic(text: str) -> str:
    """Straight quotation marks and apostrophes made typographic (Dell’Amore); citeproc-py prints what was typed."""
    text = re.sub(r"(^|[\s(\[{/\u2013\u2014])\"", r"\1“", text).replace('"', "”")
    text = re.sub(r"'(?=\d0s\b)", "’", text)
    return re.sub(r"(^|[\s(\[{/\u2013\u2014“])'", r"\1‘", text).replace("'", "’")


def whole_page_range(pages: str) -> str:
    """“321-30” in full, 321-330, as styles that ask for expanded ranges print it; citeproc-py prints what was typed."""

    def in_full(match: re.Match[str]) -> str:
        first, last = match.groups()
        return f"{first}-{first[: len(first) - len(last)]}{last}" if len(last) < len(first) else match.group()

    return re.sub(r"\b([0-9]+)\s?[-–]\s?([0-9]+)\b", in_full, pages)
