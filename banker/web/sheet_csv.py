"""A table as CSV (RFC 4180): commas, CRLF, and a byte order mark by which Excel knows UTF-8.

A cell that a spreadsheet would take for a formula gets an apostrophe in front. Where lists are
parted by semicolons, a spreadsheet looks for cells in the middle of a text too, so those are seen
to as well. Whoever undoes it loses nothing: an apostrophe in front of such a beginning is the
house's own.
"""

import csv
import io
import re
from collections.abc import Sequence

from banker.books.export import Column, Row

MEDIA_TYPE = "text/csv"

# What spreadsheets pass over before a formula: spaces, quotes, and what cannot be seen.
_SEEN = "\"'`´“”„‘’‚«»＂＇"
_UNSEEN = (
    "\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff"
)
# Full and small widths are the same to some of them.
_FORMULA = f"[{_SEEN}{_UNSEEN}]*[=+\\-@＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌−]"
_risky = re.compile(
    rf"^(?={_FORMULA}|['\"]*[\t\r\n])"
    rf"|(?<=[;\t\r\n])(?={_FORMULA})"
)


class CsvSheet:
    """One table, written from its head to its foot."""

    def __init__(self, what: str, columns: Sequence[Column]) -> None:
        self._names = [column.name for column in columns]
        self._texts = [at for at, column in enumerate(columns) if column.kind == "text"]

    def head(self) -> bytes:
        """The mark, and the names of the columns."""
        return b"\xef\xbb\xbf" + _lines([self._names])

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Some rows more."""
        return _lines([self._guarded(row) for row in rows])

    def foot(self) -> bytes:
        """Nothing: the table ends with its last row."""
        return b""

    def _guarded(self, row: Row) -> list[str | None]:
        cells = list(row)
        for at in self._texts:
            text = cells[at]
            if text:
                cells[at] = guarded(text)
        return cells


def guarded(text: str) -> str:
    """What people wrote, as a cell that no spreadsheet takes for a formula."""
    return _risky.sub("'", text)


def _lines(rows: Sequence[Row]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
