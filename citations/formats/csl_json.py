"""CSL-JSON, in which we keep records ourselves: a list of objects, one object, or one object to a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from citations import csl
from citations.formats import fields
from citations.formats.fields import Record
from citations.formats.reading import Reading, clipped, readable, unreadable, with_plain_line_ends

_BETWEEN = re.compile(r"[\s,\[]*")
_END = re.compile(r"[\s\]]*")
# Where the next record begins after one that broke: an object whose first field no person and no date has.
_NEXT_RECORD = re.compile(r'[,\[\n]\s*(?=\{\s*"(?:id|type|title|DOI)"\s*:\s*")')
_MOST_BROKEN = 1_000
# CSL itself has four. What Python reads here with little on its stack it may not read again in the middle of a page.
_MOST_LEVELS = 50
_NESTED = "This JSON is nested too deeply to be a source. Leave the field out that nests."


class _Refused(ValueError):
    """A value of JavaScript that JSON does not have."""


def _refuse_constant(name: str) -> Any:
    raise _Refused(f"{name} is not a value JSON knows. Write a number, or leave the field out.")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def read(text: str) -> Iterator[Reading]:
    """Each record of a CSL-JSON file, as its place in the text is reached."""
    text = with_plain_line_ends(text)
    is_list = text.lstrip().startswith("[")
    line, counted, position, broken = 1, 0, 0, 0
    while (position := _after(_BETWEEN, text, position)) < len(text) and text[position] != "]":
        line += text.count("\n", counted, position)
        counted = position
        try:
            item, end = _decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            broken += 1
            # What nests a thousand deep has no next record, only deeper ones; nor has what breaks again and again.
            lost = isinstance(error, RecursionError) or broken > _MOST_BROKEN
            following = None if lost else _NEXT_RECORD.search(text, position + 1)
            end = following.end() if following else len(text)
            yield unreadable(line, text[position:end], _why(error))
        else:
            yield _reading(line, text[position:end], item)
        position = end
    if is_list and position == len(text):
        line += text.count("\n", counted)
        yield unreadable(
            line, "", f"The list is never closed: the file ends on line {line} without “]”. Bring the whole file."
        )
    elif (behind := _after(_END, text, position)) < len(text):
        line += text.count("\n", counted, behind)
        problem = "Something stands behind the end of the list. Take it out, or put it in the list."
        yield unreadable(line, text[behind:], problem)


def _after(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Where what the pattern takes ends; each takes nothing too."""
    found = pattern.match(text, position)
    return found.end() if found else position


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return (
            f"This is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}."
            " Mend it there, or bring the whole file if this one was cut off."
        )
    if isinstance(error, RecursionError):
        return _NESTED
    if isinstance(error, _Refused):
        return str(error)
    return "This JSON holds a number that is too long. Write it as text between quotation marks."


def _reading(line: int, raw: str, item: Any) -> Reading:
    if not isinstance(item, dict):
        return unreadable(line, raw, 'This is not a record: a source is a JSON object, which starts with "{".')
    if _is_deeper(item, _MOST_LEVELS):
        return unreadable(line, raw, _NESTED)
    record = csl.normalised(item)
    said: dict[str, Any] = {}
    custom = record.pop("custom", None)
    if isinstance(custom, dict):
        said |= custom
    elif custom is not None:
        said["custom"] = custom
    others = {name: record.pop(name) for name in list(record) if name not in csl.FIELDS}
    if others:
        said["other_fields"] = others
    if isinstance(record.get("id"), int) and not isinstance(record["id"], bool):
        record["id"] = str(record["id"])
    return readable(line, clipped(raw), record, said)


def _is_deeper(value: Any, levels: int) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(part, levels - 1) for part in parts)


def to_csl_json(records: Iterable[Record]) -> str:
    """The records as a CSL-JSON document, as they are kept."""
    return json.dumps([fields.public_record(record) for record in records], ensure_ascii=False, indent=1) + "\n"
