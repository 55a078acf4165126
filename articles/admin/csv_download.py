"""A table as a CSV file that opens in any spreadsheet and runs nothing there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

# A spreadsheet takes a cell that begins so for a formula, some after blanks; some read the wide forms too.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for something else


class _Echo:
    """A file that hands back what is written, so that rows go out one by one."""

    def write(self, line: str) -> str:
        return line


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """The rows as a file called `name`.csv, sent while they are read. Every cell is quoted, each formula made text."""
    answer = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield BYTE_ORDER_MARK + writer.writerow([harmless(column) for column in columns])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet runs: an apostrophe goes before what looks like a formula.

    One goes also before what has such an apostrophe already: so every cell can be read back as it was.
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \u00a0'").startswith(FORMULA) else text
