"""Workbooks and Parquet files as rows, and the process that reads them."""

from __future__ import annotations

import datetime as dt
import os
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from loadstone.errors import FixFile, FixSpec
from loadstone.formats.content import Content
from loadstone.formats.readers import child, excel, parquet_rows, workbook
from loadstone.formats.readers.opening import open_reader
from loadstone.spec.reading import ExcelReading, JsonReading, ParquetReading, XmlReading
from tests.packed import PACKERS

Make = Callable[..., str]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a workbook of sheets, each a list of rows; a value that is a pair has a number format. Names that begin with _ are hidden."""

    def run(**sheets: list[list[Any]]) -> str:
        path = str(tmp_path / "day.xlsx")
        with xlsxwriter.Workbook(path) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    for place, value in enumerate(row):
                        if isinstance(value, tuple):
                            sheet.write(number, place, value[0], book.add_format({"num_format": value[1]}))
                        else:
                            sheet.write(number, place, value)
                if name.startswith("_"):
                    sheet.hide()
        return path

    return run


def rows_of(path: str, **reading: Any) -> list[tuple[str, tuple[str | None, ...]]]:
    """Origins and values."""
    found = workbook.reader_of(path, "day.xlsx", ExcelReading(**reading))
    return [(row.origin, row.values) for row in found]


DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def test_cells_have_their_exact_values(make: Make) -> None:
    """Decimals as they were typed, days and moments by ISO, truths, errors; text that is digits stays text."""
    path = make(
        Pay=[
            ["Amount", "Day", "At", "Text", "Ok"],
            [0.1 + 0.2, (dt.date(2026, 1, 2), DAY), (dt.datetime(2026, 1, 2, 3, 4, 5), MOMENT), "007", True],
            [],
            [123456789012.25, (dt.date(2026, 2, 3), DAY), (dt.datetime(2026, 2, 3), MOMENT), "8", False],
            [1e21, None, None, None, "=1/0"],
        ]
    )
    found = workbook.reader_of(path, "x", ExcelReading())
    assert ("Amount", "Day", "At", "Text", "Ok") == found.columns
    assert "Text" in found.texts and "Amount" not in found.texts
    first, second, third = rows_of(path)
    assert ("sheet Pay, row 2", ("0.3", "2026-01-02", "2026-01-02 03:04:05", "007", "true")) == first
    assert (
        "sheet Pay, row 4",
        ("123456789012.25", "2026-02-03", "2026-02-03 00:00:00", "8", "false"),
    ) == second
    assert "1" + "0" * 21 == third[1][0]


def test_sheets_ranges_and_headers_are_chosen(make: Make) -> None:
    """By name, number or star; hidden ones by name alone; a range counts its header from its first row."""
    path = make(
        One=[["a"], [1]], _Two=[["a"], [2]], Three=[["title"], [], ["x", "a", "a"], ["r", 3, 4], ["s", 5, 6]]
    )
    assert [("sheet One, row 2", ("1",))] == rows_of(path)
    assert [("sheet _Two, row 2", ("2",))] == rows_of(path, sheets=("_Two",)) == rows_of(path, sheets=(2,))
    assert [("sheet Three, row 4", ("3", "4")), ("sheet Three, row 5", ("5", "6"))] == rows_of(
        path, sheets=(3,), range="B3:C9"
    )
    found = workbook.reader_of(path, "x", ExcelReading(sheets=(3,), header_row=3))
    assert ("x", "a", "a_C") == found.columns
    assert [("1",), ("2",)] == [values for _, values in rows_of(path, sheets=("One", "_Two"))]
    assert ("A", "B", "C") == workbook.reader_of(path, "x", ExcelReading(sheets=(3,), header_row=0)).columns
    with pytest.raises(FixFile, match="differ in the columns"):
        rows_of(path, sheets=("*",))
    with pytest.raises(FixSpec) as caught:
        rows_of(path, sheets=("Four",))
    assert ("LS-1114", "its sheets are: One, _Two, Three.") == (caught.value.code, caught.value.hints[0])


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>
<office:spreadsheet><table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>n</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>d</text:p></table:table-cell></table:table-row><table:table-row>
<table:table-cell office:value-type="float" office:value="1.25"/><table:table-cell office:value-type="date" office:date-value="2026-01-02"/>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def test_sheets_of_open_document_are_read(tmp_path: Path) -> None:
    """As those of Excel."""
    path = str(tmp_path / "day.ods")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<m/>")
        archive.writestr("content.xml", ODS.replace("\n", " ").replace("> <", "><"))
    assert [("sheet S, row 2", ("1.25", "2026-01-02"))] == rows_of(path)


@pytest.mark.parametrize(
    "data",
    [b"a,b\n1,2\n", b"", b"PK\x03\x04" + bytes(60), b"\x09\x04\x06\x00" + b"\xff" * 50],
    ids=["text", "empty", "zip", "old"],
)
def test_what_is_no_workbook_is_refused(data: bytes, tmp_path: Path) -> None:
    """LS-2031, whatever it is named."""
    path = tmp_path / "day.xlsx"
    path.write_bytes(data)
    with pytest.raises(FixFile) as caught:
        rows_of(str(path))
    assert "LS-2031" == caught.value.code


def test_a_password_is_named(tmp_path: Path, make: Make) -> None:
    """A workbook that asks for one is refused; one that Excel itself opens without asking is read."""
    import msoffcrypto.format.ooxml as ooxml

    path = tmp_path / "locked.xlsx"
    for password in ("secret", workbook.DEFAULT_PASSWORD):
        with open(make(One=[["a"], [1]]), "rb") as plain, path.open("wb") as out:
            ooxml.OOXMLFile(plain).encrypt(password, out)
        if password == "secret":
            with pytest.raises(FixFile, match="protected by a password"):
                rows_of(str(path))
    assert [("sheet One, row 2", ("1",))] == rows_of(str(path))


def test_a_workbook_that_is_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    """By the sizes that its parts state."""
    path = tmp_path / "day.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
    with pytest.raises(FixFile) as caught:
        open_reader(Content.of(str(path)), ExcelReading())
    assert "LS-2023" == caught.value.code


TABLE = {
    "id": pa.array([1, 2, None], pa.int64()),
    "amount": pa.array([Decimal("12.50"), Decimal("-0.01"), None], pa.decimal128(20, 2)),
    "rate": pa.array([0.1, 1e300, None], pa.float64()),
    "day": pa.array([dt.date(2026, 1, 2), None, None]),
    "at": pa.array([dt.datetime(2026, 1, 2, 3, 4, 5, 678), None, None], pa.timestamp("us", "Europe/Paris")),
    "text": pa.array(["007", "Zoë", None]).dictionary_encode(),
    "list": pa.array([[1, 2], [], None]),
    "part": pa.array(
        [{"a": Decimal("1.10"), "b": b"\x01"}, None, None],
        pa.struct([("a", pa.decimal128(5, 2)), ("b", pa.binary())]),
    ),
}


def test_parquet_gives_exact_texts(tmp_path: Path) -> None:
    """Each type as its exact text, over several row groups; columns of text are told."""
    path = str(tmp_path / "day.parquet")
    pq.write_table(pa.table(TABLE), path, row_group_size=2)
    reader = parquet_rows.reader_of(path, "x", ParquetReading())
    first, second, third = reader
    assert tuple(TABLE) == reader.columns and {"text"} == reader.texts
    assert ("row 1", "1", "12.50", "0.1", "2026-01-02") == (first.origin, *first.values[:4])
    assert ("2026-01-02 03:04:05.000678+00:00", "007", "[1,2]", '{"a":1.10,"b":"01"}') == first.values[4:]
    assert ("row 2", "-0.01", 1e300, "[]") == (
        second.origin,
        second.values[1],
        float(second.values[2] or 0),
        second.values[6],
    )
    assert (None,) * 8 == third.values


def test_parquet_that_is_damaged_or_cut_off_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LS-2032; two columns of one name LS-2020; a row group beyond the limit LS-2024."""
    path = tmp_path / "day.parquet"
    pq.write_table(pa.table(TABLE), path)
    whole = path.read_bytes()
    for data, code in ((whole[: len(whole) // 2], "LS-2032"), (b"PAR1", "LS-2032"), (b"", "LS-2032")):
        path.write_bytes(data)
        with pytest.raises(FixFile) as caught:
            parquet_rows.reader_of(str(path), "x", ParquetReading())
        assert code == caught.value.code
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], ["a", "a"]), path)
    with pytest.raises(FixFile, match="LS-2020|twice"):
        parquet_rows.reader_of(str(path), "x", ParquetReading())
    monkeypatch.setattr(parquet_rows, "GROUP_SIZE_MAX_BYTES", 1)
    path.write_bytes(whole)
    with pytest.raises(FixFile) as caught:
        parquet_rows.reader_of(str(path), "x", ParquetReading())
    assert "LS-2024" == caught.value.code


def test_the_process_gives_what_the_reader_does(tmp_path: Path) -> None:
    """Rows and texts of a file in a container, and its errors with their class and place."""
    path = tmp_path / "day.gz"
    plain = tmp_path / "plain"
    pq.write_table(pa.table(TABLE), plain)
    path.write_bytes(PACKERS["gz"](plain.read_bytes()))
    reader = open_reader(Content.of(str(path)), ParquetReading())
    assert [row.values[0] for row in reader] == ["1", "2", None]
    assert {"text"} == reader.texts  # type: ignore[attr-defined]
    path.write_bytes(b"PAR1 half")
    with pytest.raises(FixFile) as caught:
        open_reader(Content.of(str(path)), ParquetReading())
    assert ("LS-2032", str(path)) == (caught.value.code, caught.value.place.file)


def test_a_process_that_dies_or_says_nothing_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-2030: at its limit of memory, by a signal, by silence; nothing waits for ever."""
    content = Content.of(make(One=[["a"], [1]]))
    monkeypatch.setattr(child, "MEMORY_MAX_BYTES", 40 << 20)
    with pytest.raises(FixFile) as caught:
        excel.reader_of(content, ExcelReading())
    assert "LS-2030" == caught.value.code
    monkeypatch.undo()
    reader = excel.reader_of(content, ExcelReading())
    os.kill(reader._process.pid, 11)
    with pytest.raises(FixFile, match="SIGSEGV"):
        list(reader)
    reader = excel.reader_of(content, ExcelReading())
    os.kill(reader._process.pid, 19)
    monkeypatch.setattr(child, "SILENT_MAX_S", 0.05)
    with pytest.raises(FixFile, match="gave nothing"):
        list(reader)
    assert reader._process.poll() is not None


@pytest.mark.parametrize(
    ("suffix", "told"),
    [(".xlsb", "as .xlsx"), (".xls", "as .xlsx"), (".parquet", "row groups"), ("", "anew")],
    ids=str,
)
def test_a_reader_that_died_says_what_to_do(suffix: str, told: str) -> None:
    """LS-2030 by the kind of file; CSV is always a way out."""
    error = child._failed(f"book{suffix}", "its reader ended with code 1")
    assert told in error.hints[0]
    assert "CSV" in error.hints[-1]


@pytest.mark.parametrize(
    ("name", "reading", "code"),
    [
        ("a.xlsx", ExcelReading(), "LS-2031"),
        ("a.parquet", ParquetReading(), "LS-2032"),
        ("a.json", JsonReading(), "LS-2032"),
        ("a.xml", XmlReading(row="r"), "LS-2032"),
        ("a.csv.gz", None, "LS-2003"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_message_names_the_file_once(tmp_path: Path, name: str, reading: Any, code: str) -> None:
    """The place of an error says which file; its fact does not say it again."""
    path = tmp_path / name
    path.write_bytes(b"\x1f\x8b\x08\x00broken" if name.endswith(".gz") else b"no such thing")
    with pytest.raises(FixFile) as caught:
        if reading is None:
            Content.of(str(path)).open().read()
        else:
            list(open_reader(Content.of(str(path)), reading))
    assert (code, 1) == (caught.value.code, str(caught.value).count(str(path)))
