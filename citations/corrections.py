"""What citeproc-py 0.11 gets wrong, put right one by one.

Each correction names the fault and has a test of its own in `tests/citations/test_corrections.py`. When a release
mends a fault, take its correction out and the test still passes.

citeproc-py maps XML elements to the direct subclasses of `CitationStylesElement` by their names, the latest
definition winning; that is why each class here names it as a second base, and why importing this module is
enough.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from citeproc import model
from citeproc.source import Reference, VariableError
from lxml import etree


@lru_cache(maxsize=1_000)
def _compiled(expression: str, namespaces: tuple[tuple[str, str], ...]) -> etree.XPath:
    return etree.XPath(expression, namespaces=dict(namespaces))


def _search(element: model.CitationStylesElement, expression: str) -> Any:
    return _compiled(expression, tuple(element.nsmap.items()))(element)


# An entry asks for some sixty paths two hundred times; citeproc-py compiles the path each time, half of all its work.
model.CitationStylesElement.xpath_search = _search


class Record(Reference):
    """A reference as the engine reads it, without its warnings on fields CSL has and citeproc-py does not list.

    Each field is kept under both spellings, `container-author` and `container_author`: the engine looks people
    up as the style spells their role, and everything else with underscores.
    """

    def __init__(self, key: str, kind: str, fields: dict[str, Any]) -> None:
        underscored = {field.replace("-", "_"): value for field, value in fields.items()}
        dict.__init__(self, fields | underscored, key=key, type=kind)

    def forget(self, variable: str) -> None:
        """From here on in this entry the record has nothing under this name."""
        self.pop(variable, None)
        self.pop(variable.replace("-", "_"), None)


class CallsVariables(model.CitationStylesElement):
    """An element that prints variables of a record, and notes on the item which it asked for and which it showed."""

    def process(self, item: Any, *args: Any, **kwargs: Any) -> Any:
        asked = [name for name in (self.get("variable") or "").split() if name != "year-suffix"]
        item["asked"] = item.get("asked", 0) + len(asked)
        result = super().process(item, *args, **kwargs)
        text = result[0] if isinstance(result, tuple) else result
        if text:
            item["printed"] = [*item.get("printed", []), *(name for name in asked if name in item.reference)]
        return result


class Names(CallsVariables, model.Names, model.CitationStylesElement):
    pass


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
    pass


class Label(model.Label, TermForms, model.CitationStylesElement):
    """Labels take the case the style asks for: (Eds.), where citeproc-py leaves (eds.)."""

    def case(self, text: Any, language: str | None = None) -> Any:
        # The engine refuses title case unless told that the words are English; a label is in the style's language.
        return super().case(text, language or "en")


class Substitute(model.Substitute, model.CitationStylesElement):
    """CSL: what stands in for a missing author is not printed again. citeproc-py prints editors and titles twice."""

    def render(self, item: Any, *args: Any, **kwargs: Any) -> Any:
        before = len(item.get("printed", []))
        text = super().render(item, *args, **kwargs)
        for variable in item.get("printed", [])[before:]:
            item.reference.forget(variable)
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


class Date(CallsVariables, model.Date, model.CitationStylesElement):
    """A range within one year keeps its year: (2019, May 3–July 8), where citeproc-py drops the 2019."""

    def render_date_range(self, date_range: Any, show_parts: list[str] | None = None, context: Any = None) -> Any:
        shown = list(show_parts or ["year", "month", "day"])
        if all(date_range.begin.get(part) == date_range.end.get(part) for part in shown):
            return self.render_single_date(date_range.begin, shown, context)
        return super().render_date_range(date_range, shown, context)


def without_double_stop(html: str) -> str:
    """“How is it staged?” ends its sentence; citeproc-py adds a full stop."""
    return re.sub(r"([?!])((?:</(?:i|b|sub|sup)>)*)\.(?!\.)", r"\1\2", html)


def typographic(text: str) -> str:
    """Straight quotation marks and apostrophes made typographic (Dell’Amore); citeproc-py prints what was typed."""
    text = re.sub(r"(^|[\s(\[{/\u2013\u2014])\"", r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(\[{/\u2013\u2014“])'", r"\1‘", text).replace("'", "’")


def whole_page_range(pages: str) -> str:
    """“321-30” in full, 321-330, as styles that ask for expanded ranges print it; citeproc-py prints what was typed."""

    def in_full(match: re.Match[str]) -> str:
        first, last = match.groups()
        return f"{first}-{first[: len(first) - len(last)]}{last}" if len(last) < len(first) else match.group()

    return re.sub(r"\b([0-9]+)\s?[-–]\s?([0-9]+)\b", in_full, pages)
