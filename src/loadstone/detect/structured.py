"""
A load spec for a file whose rows a reader gives: banks' formats, JSON, XML, workbooks, Parquet.

The reader that will load the file is asked for its columns and first rows; types are what these rows allow. The columns of banks' files are
always the same, so their names, and not the values of one day, say which are amounts and days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from loadstone.errors import FixFile, FixSpec, Place
from loadstone.formats.choose import identifier
from loadstone.formats.content import Content
from loadstone.formats.readers.banks import BANKS
from loadstone.formats.readers.model import Reader
from loadstone.formats.readers.opening import open_reader
from loadstone.spec import Reading
from loadstone.spec.model import InputFile, LoadSpec, Method, TableLoad, TableName
from loadstone.spec.reading import (
    BankReading,
    ExcelReading,
    JsonReading,
    NdjsonReading,
    ParquetReading,
    XmlReading,
)

from .columns import DECIMAL, INTEGER, STRING, Column, Judge
from .model import Detection
from .propose import field_of, identifiers, member_of, stem_of

SAMPLE_ROWS = 20_000
SAMPLE_CHARS = 32 << 20
"""How much is looked at for types: so many rows, or about so much text."""

LENGTH_MIN, BANK_LENGTH_MIN, LONG_LENGTH = 30, 127, 2000
"""Characters that text columns have room for twice over: at least; in files of banks; and where no row has a value, or several lines stand."""

_BATCH_ROWS = 1000
_HEAD_ROWS = 60
_AMOUNT = re.compile(r"(?:.*_)?amount|available_(?:immediately|in_one_day|later)|total_(?:debit|credit)")
_NUMBER = re.compile(r"line|(?:entry|transaction)_number|(?:transaction|item|addenda)_count|entries")
_DAY = re.compile(r"(?:.*_)?date|date_of_death")
_LONG = re.compile(r"a line each|words|joined|as they stand")


def is_structured(found: Detection) -> bool:
    """Whether a reader gives the rows of such a file."""
    return found.format in BANKS or found.format in _READINGS


def propose_rows(found: Detection, *, table: str | None = None, rows: str | None = None) -> LoadSpec:
    """
    The spec that loads a recognised file; ``found`` gets the columns, and the count of the records that were looked at.

    Args:
        rows: Which of the file's rows, where it has several kinds: ``entries`` or ``balances`` of a bank's file, a path in JSON, an
            element of XML, a sheet.

    Raises:
        FixSpec: LS-1113 it has no such rows. FixFile: LS-2xxx what its reader says of it; LS-2012 it has no column.
    """
    content = Content.of(found.path, member_of(found))
    reading = _bank(found, rows) if found.format in BANKS else _READINGS[found.format](content, rows)
    reader = open_reader(content, reading)
    if not reader.columns:
        raise _no_rows(found.path)
    columns = _columns(found, reader)
    if isinstance(reading, BankReading):
        columns = _bank_columns(reading, columns)
    found.columns = columns
    names = identifiers([column.name for column in columns])
    load = TableLoad(
        table=TableName(name=identifiers([table or stem_of(found)])[0]),
        fields=tuple(field_of(name, column) for name, column in zip(names, columns, strict=True)),
    )
    reading = reading.model_copy(update={"columns": _other_names(names, reader.columns)})
    loaded = InputFile(path=found.path, member=member_of(found), reading=reading)
    return LoadSpec(inputs=(loaded,), method=Method.APPEND, tables=(load,))


# Private functions


def _bank(found: Detection, rows: str | None) -> Reading:
    own = BANKS[found.format].own_charset or found.encoding in ("ascii", "utf-8", "utf-8-sig")
    kind = {"kind": found.format, "rows": rows, "encoding": None if own else found.encoding}
    return BankReading.model_validate(kind)


def _single(kind: Callable[[], Reading]) -> Choose:
    def choose(content: Content, rows: str | None) -> Reading:
        if rows is not None:
            raise FixSpec(
                "LS-1113",
                f"{content.name} has one kind of rows",
                Place(file=content.name),
                hints=["leave --rows out."],
            )
        return kind()

    return choose


def _json(content: Content, rows: str | None) -> Reading:
    from loadstone.formats.readers.json_array import array_of

    return JsonReading(path=array_of(content) if rows is None else rows)


def _xml(content: Content, rows: str | None) -> Reading:
    from loadstone.formats.readers.xml import element_of

    return XmlReading(row=element_of(content) if rows is None else rows)


def _excel(content: Content, rows: str | None) -> Reading:
    """The named sheet, else the first with a value; its header is the first row as wide as the rows, all of it words."""
    sheets: tuple[str | int, ...] = () if rows is None else (rows,)
    first = _first_rows(content, sheets)
    if not first and rows is None:
        first = _first_rows(content, ("*",))
        sheets = (first[0][0],) if first else ()
    cells = [(int(number), values) for sheet, number, values in first if sheet == first[0][0]]
    width = max((len(values) for _, values in cells), default=0)
    header = (number for number, values in cells if len(values) >= 0.7 * width and all(map(_is_word, values)))
    return ExcelReading(sheets=sheets, header_row=next(header, 0))


def _first_rows(content: Content, sheets: tuple[str | int, ...]) -> list[tuple[str, str, list[str]]]:
    """Sheet, number and values of the first rows that have any."""
    reader = open_reader(content, ExcelReading(sheets=sheets, header_row=0, missing="null"))
    rows = iter(reader)
    try:
        found = [(row.origin, [value for value in row.values if value]) for row in islice(rows, _HEAD_ROWS)]
    finally:
        _close(reader)
    places = [re.fullmatch("sheet (.*), row ([0-9]+)", origin, re.DOTALL) for origin, _ in found]
    return [(place[1], place[2], values) for place, (_, values) in zip(places, found, strict=True) if place]


def _is_word(value: str) -> bool:
    return not re.fullmatch(r"[-+]?[\d.,]+%?|\d{4}-\d\d-\d\d.*", value)


Choose = Callable[[Content, str | None], Reading]
_READINGS: dict[str, Choose] = {
    "ndjson": _single(NdjsonReading),
    "json": _json,
    "xml": _xml,
    "parquet": _single(ParquetReading),
    **dict.fromkeys(("xlsx", "xlsm", "xlsb", "xls", "ods"), _excel),
}
"""What reads a file of a format, by name, beside those of banks."""


def _columns(found: Detection, reader: Reader) -> list[Column]:
    """The columns by the first rows that can be read; a column that has no value in them is text."""
    judges = [Judge() for _ in reader.columns]
    found.records, found.records_exact, chars = 0, False, 0
    rows = (row for row in reader if row.fault is None)
    try:
        while chars < SAMPLE_CHARS and found.records < SAMPLE_ROWS:
            batch = [[value or "" for value in row.values] for row in islice(rows, _BATCH_ROWS)]
            if not batch:
                found.records_exact = True
                break
            found.records += len(batch)
            for judge, values in zip(judges, zip(*batch, strict=True), strict=True):
                judge.take(values)
                chars += sum(map(len, values))
    finally:
        rows.close()
        _close(reader)
    texts: frozenset[str] = getattr(reader, "texts", frozenset())
    return [
        _roomy(_kept(judge, name, is_text=name in texts), LENGTH_MIN if judge.seen else LONG_LENGTH)
        for judge, name in zip(judges, reader.columns, strict=True)
    ]


def _close(reader: Reader) -> None:
    close = getattr(reader, "close", None)
    if close is not None:
        close()


def _kept(judge: Judge, name: str, *, is_text: bool) -> Column:
    """What was judged; but digits that the file itself holds as text are no number, unless they have a fraction."""
    column = judge.column(name)
    is_whole = (
        column.type == INTEGER or column.type == DECIMAL and not any("." in one for one in judge.unique)
    )
    if is_text and is_whole:
        return replace(column, type=STRING, decimal=None, grouped=False, null_word="")
    return column


def _roomy(column: Column, length: int) -> Column:
    return replace(column, length=max(column.length, length)) if column.type == STRING else column


def _bank_columns(reading: BankReading, columns: Sequence[Column]) -> list[Column]:
    bank = BANKS[reading.kind]
    meanings = {one.name: one.meaning for one in bank.columns_of(reading.rows or bank.rows[0])}
    return [_bank_column(column, meanings.get(column.name, "")) for column in columns]


def _bank_column(column: Column, meaning: str) -> Column:
    plain = replace(
        column,
        type=STRING,
        mask=None,
        oracle_mask=None,
        decimal=None,
        ambiguous=(),
        grouped=False,
        null_word="",
    )
    if _AMOUNT.fullmatch(column.name):
        return replace(plain, type=DECIMAL, decimal=".")
    if _NUMBER.fullmatch(column.name):
        return replace(plain, type=INTEGER)
    is_day = column.type == "date" or not column.examples
    if _DAY.fullmatch(column.name) and "written" not in meaning and is_day:
        return replace(plain, type="date", mask="%Y-%m-%d", oracle_mask="YYYY-MM-DD")
    return _roomy(plain, LONG_LENGTH if _LONG.search(meaning) else BANK_LENGTH_MIN)


def _other_names(names: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """The column of each field that is not found by the field's own name."""
    alike = [identifier(column) for column in columns]
    return {
        name: column
        for name, column, plain in zip(names, columns, alike, strict=True)
        if name != column and (identifier(name) != plain or alike.count(plain) > 1)
    }


def _no_rows(path: str) -> FixFile:
    return FixFile("LS-2012", f"no load spec can be proposed for {path}: it has no rows", Place(file=path))
