"""A table as an Excel workbook, written as its rows come and kept nowhere.

A workbook is a zip of a few small files and one large one a sheet. The standard library writes a
zip to what cannot be sought in, and a sheet is a list of rows; libraries for workbooks collect it
first, in memory or in a file. Texts are inline strings, and there is no formula in it.
"""

import re
from collections.abc import Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from banker.books.export import Column, Row

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# The bounds of Excel: rows of a sheet with its head, characters of a cell in UTF-16. Beyond the
# bytes a sheet would need zip's 64-bit sizes, which Excel takes for damage where a zip is streamed.
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
MOST_BYTES = 1 << 30
# What a number of Excel's holds exactly.
MOST_DIGITS = 15

_STYLES = {"head": 1, "money": 2}
_WIDTHS = {"figure": 11, "money": 17, "text": 24, "word": 28}

_forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Excel reads `_x0041_` as the letter A.
_escape_like = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_STYLES_XML = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


class XlsxSheet:
    """One table, written from its head to its foot, on as many sheets as it needs."""

    def __init__(self, what: str, columns: Sequence[Column], most_rows: int = MOST_ROWS) -> None:
        self._what = what
        self._columns = columns
        self._most_rows = most_rows
        self._out = _Outlet()
        self._zip = _Zip(self._out, "w", ZIP_DEFLATED, compresslevel=4)
        self._sheets = 0
        self._row_count = 0
        self._byte_count = 0
        self._sheet: IO[bytes]

    def head(self) -> bytes:
        """The first sheet as far as the names of the columns."""
        self._begin_sheet()
        return self._out.taken()

    def rows(self, rows: Sequence[Row]) -> bytes:
        """Some rows more; nothing as long as they are still being pressed together."""
        while rows:
            if self._row_count >= self._most_rows or self._byte_count >= MOST_BYTES:
                self._end_sheet()
                self._begin_sheet()
            fitting = rows[: self._most_rows - self._row_count]
            self._write("".join([self._row(row) for row in fitting]))
            self._row_count += len(fitting)
            rows = rows[len(fitting) :]
        return self._out.taken()

    def foot(self) -> bytes:
        """The end of the last sheet, and the files that say what the others are."""
        self._end_sheet()
        for name, text in _parts(self._what, self._sheets):
            with self._zip.open(name, "w") as part:
                part.write(text.encode())
        self._zip.close()
        return self._out.taken()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._row_count = 1
        self._byte_count = 0
        self._sheet = self._zip.open(f"xl/worksheets/sheet{self._sheets}.xml", "w")
        names = "".join(_string(column.name, _STYLES["head"]) for column in self._columns)
        widths = "".join(
            f'<col min="{at}" max="{at}" width="{_WIDTHS[column.kind]}" customWidth="1"/>'
            for at, column in enumerate(self._columns, 1)
        )
        self._write(
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            f"</sheetView></sheetViews><cols>{widths}</cols><sheetData><row>{names}</row>"
        )

    def _end_sheet(self) -> None:
        self._write("</sheetData></worksheet>")
        self._sheet.close()

    def _write(self, text: str) -> None:
        content = text.encode()
        self._byte_count += len(content)
        self._sheet.write(content)

    def _row(self, row: Row) -> str:
        cells = [_cell(cell, column.kind) for cell, column in zip(row, self._columns, strict=True)]
        return f"<row>{''.join(cells)}</row>"


class _Zip(ZipFile):
    def __del__(self) -> None:
        """A zip whose export was broken off is not brought to its end by the garbage collector."""


class _Outlet:
    """A file that cannot be sought in: what is written to it waits to be taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is left open."""

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _cell(cell: str | None, kind: str) -> str:
    if not cell:
        return "<c/>"
    if kind == "money" and _is_exact(cell):
        return f'<c s="{_STYLES["money"]}"><v>{cell}</v></c>'
    if kind == "figure" and _is_exact(cell):
        return f"<c><v>{cell}</v></c>"
    return _string(cell)


def _is_exact(cell: str) -> bool:
    return len(cell.lstrip("-").replace(".", "").lstrip("0")) <= MOST_DIGITS


def _string(text: str, style: int = 0) -> str:
    shown = _escape_like.sub("_x005F_", _forbidden.sub("\ufffd", _cut(text)))
    # A bare carriage return would be read as a line end.
    content = escape(shown, {"\r": "&#13;"})
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{content}</t></is></c>'


def _cut(text: str) -> str:
    """The text as far as a cell holds it, and an ellipsis; CSV holds all of it."""
    if len(text) <= MOST_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"


def _parts(what: str, sheets: int) -> list[tuple[str, str]]:
    """The small files: what is in the zip, and what refers to what."""
    numbers = range(1, sheets + 1)
    named = "".join(
        f"<sheet name={quoteattr(what if at == 1 else f'{what} {at}')} "
        f'sheetId="{at}" r:id="rId{at}"/>'
        for at in numbers
    )
    related = "".join(
        _relationship(f"rId{at}", f"{_OFFICE}/worksheet", f"worksheets/sheet{at}.xml")
        for at in numbers
    )
    contained = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for at in numbers
    )
    return [
        ("xl/styles.xml", _STYLES_XML),
        (
            "xl/workbook.xml",
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
            f"<sheets>{named}</sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            _relationships(related + _relationship("styles", f"{_OFFICE}/styles", "styles.xml")),
        ),
        (
            "_rels/.rels",
            _relationships(_relationship("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml")),
        ),
        (
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
            f"{contained}</Types>",
        ),
    ]


def _relationships(content: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>'


def _relationship(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
