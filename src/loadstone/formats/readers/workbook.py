"""
Sheets of a workbook as rows; runs in the process of ``child``.

Values are those of the cells: numbers with the 15 digits that spreadsheets have, dates in ISO form (with a time in all rows of a
column where one has it), true and false, errors as they are written; of formulas what was computed last. Of merged cells the first
one has the value. Hidden rows and columns count, hidden sheets only by name or number.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import python_calamine

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, FixSpec, Place
from loadstone.formats.readers.model import Row
from loadstone.formats.readers.old_workbook import OLD_MARKS, OldWorkbook
from loadstone.spec.reading import ExcelReading

Cells = list[list[Any]]


_LOCKED = "EncryptedPackage".encode("utf-16-le")
_HEAD_BYTES = 1 << 20

DEFAULT_PASSWORD = "VelvetSweatshop"
"""What Excel itself tries on a workbook that only guards against changes."""


def reader_of(path: str, name: str, reading: ExcelReading) -> WorkbookReader:
    """The reader of a workbook's file."""
    try:
        return WorkbookReader(_opened(path, name), name, reading)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _no_workbook(name, error) from error


@dataclass(frozen=True)
class _Sheet:
    """
    A sheet's table.

    Attributes:
        first_row: Number in the sheet of the first of ``rows``, from 1. header: what names the columns; empty where nothing does.
    """

    name: str
    header: list[str]
    first_row: int
    rows: Cells


class WorkbookReader:
    """
    The rows of the chosen sheets; rows without a value are passed over.

    Raises:
        FixFile: LS-2031 a sheet cannot be read; LS-2020 another sheet has other columns.
        FixSpec: LS-1114 there is no such sheet.
    """

    def __init__(self, book: Any, name: str, reading: ExcelReading) -> None:
        self._name, self._reading = name, reading
        self._sheets = [self._sheet(book, one) for one in self._chosen(book)]
        self.columns = self._columns()
        self.texts = frozenset(
            name
            for sheet in self._sheets
            for place, name in enumerate(sheet.header)
            if any(place < len(row) and isinstance(row[place], str) and row[place] for row in sheet.rows)
        )

    def __iter__(self) -> Iterator[Row]:
        """The rows, sheet by sheet."""
        for sheet in self._sheets:
            places = [self.columns.index(name) for name in sheet.header]
            timed = [_has_times(sheet.rows, place) for place in range(len(places))]
            for number, cells in enumerate(sheet.rows, sheet.first_row):
                values: list[str | None] = [None] * len(self.columns)
                for place, cell, with_time in zip(places, cells, timed, strict=False):
                    values[place] = cell_text(cell, timed=with_time)
                if any(value is not None for value in values):
                    yield Row(f"sheet {sheet.name}, row {number}", tuple(values))

    def controls(self) -> tuple[ControlTotal, ...]:
        """A workbook states no totals."""
        return ()

    # Private methods

    def _chosen(self, book: Any) -> list[str]:
        sheets = [one for one in book.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        tables = [one.name for one in sheets]
        shown = [one.name for one in sheets if one.visible == python_calamine.SheetVisibleEnum.Visible]
        if self._reading.sheets == ("*",):
            return shown
        chosen = []
        for wanted in self._reading.sheets or shown[:1] or (1,):
            if isinstance(wanted, int) and 1 <= wanted <= len(tables):
                chosen.append(tables[wanted - 1])
            elif wanted in tables:
                chosen.append(str(wanted))
            else:
                raise FixSpec(
                    "LS-1114",
                    f"there is no sheet {wanted}",
                    Place(file=self._name),
                    hints=[
                        f"its sheets are: {', '.join(tables)}." if tables else "it has no sheet with cells."
                    ],
                )
        return chosen

    def _sheet(self, book: Any, name: str) -> _Sheet:
        try:
            cells: Cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            raise _no_workbook(f"sheet {name} of {self._name}", error) from error
        column0, row0, cells = _within(cells, self._reading.range)
        above = self._reading.header_row
        width = max(
            (
                place + 1
                for row in cells[above - 1 if above else 0 :]
                for place, cell in enumerate(row)
                if cell != ""
            ),
            default=0,
        )
        named = cells[above - 1][:width] if 0 < above <= len(cells) else []
        rows = [row[:width] for row in cells[above:]]
        return _Sheet(name, _names(named, width, column0), row0 + above + 1, rows)

    def _columns(self) -> tuple[str, ...]:
        first, *others = self._sheets or [_Sheet("", [], 1, [])]
        for one in others:
            lacking = sorted({*first.header} ^ {*one.header})
            if lacking and self._reading.missing == "refuse":
                raise FixFile(
                    "LS-2020",
                    f"sheets {first.name} and {one.name} of {self._name} differ in the columns {', '.join(lacking)}",
                    Place(file=self._name),
                    hints=["load them one by one.", "`missing: null` takes what a sheet lacks as NULL."],
                )
        return tuple(dict.fromkeys(name for one in self._sheets for name in one.header))


def cell_text(cell: Any, *, timed: bool = False) -> str | None:
    """A cell's value as text; None for an empty one. ``timed``: dates have a time."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00" if timed else cell.isoformat()
    if isinstance(cell, time):
        return _moment(datetime.combine(date.min, cell))[11:]
    if isinstance(cell, timedelta):
        return _duration(cell)
    return None if cell is None else str(cell)


# Private functions


def _opened(path: str, name: str) -> Any:
    """The workbook; one of Excel 2 to 4, which is no compound file, by the library that knows them."""
    try:
        return python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError:
        return _unlocked(path, name)
    except python_calamine.CalamineError:
        with open(path, "rb") as file:
            head = file.read(_HEAD_BYTES)
        if _LOCKED in head:
            return _unlocked(path, name)
        if head[:2] not in OLD_MARKS:
            raise
        return OldWorkbook(path)


def _unlocked(path: str, name: str) -> Any:
    import msoffcrypto

    plain = io.BytesIO()
    try:
        with open(path, "rb") as file:
            locked = msoffcrypto.OfficeFile(file)
            locked.load_key(password=DEFAULT_PASSWORD, verify_password=True)
            locked.decrypt(plain)
    except Exception as error:
        # The library has no class for all that a wrong key or a damaged file makes of it.
        raise FixFile(
            "LS-2031",
            "it is protected by a password",
            Place(file=name),
            hints=["ask the sender for a copy without one."],
        ) from error
    plain.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(plain)


def _number(value: float) -> str:
    """Plain digits: the double nearest to what was typed shows it in 15 of them."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = format(Decimal(f"{value:.15g}"), "f")
    return text if text != "-0" else "0"


def _moment(value: datetime) -> str:
    """To the millisecond, which is what a spreadsheet's day of 86,400 s in a double holds."""
    near = value + timedelta(microseconds=500)
    text = near.replace(microsecond=0).isoformat(" ")
    milliseconds = near.microsecond // 1000
    return f"{text}.{milliseconds:03}" if milliseconds else text


def _duration(value: timedelta) -> str:
    """Hours, also beyond a day, to the millisecond; with a sign below zero."""
    milliseconds = (abs(value) + timedelta(microseconds=500)) // timedelta(milliseconds=1)
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{rest:03}" if rest else "")
    return f"-{text}" if value < timedelta(0) and milliseconds else text


def _has_times(rows: Cells, place: int) -> bool:
    return any(place < len(row) and isinstance(row[place], datetime) for row in rows)


def _within(cells: Cells, wanted: str | None) -> tuple[int, int, Cells]:
    """The cells of a range, and the 0-based column and row where it begins."""
    if wanted is None:
        return 0, 0, cells
    first, _, last = wanted.upper().partition(":")
    column0, row0 = _place(first)
    column1, row1 = _place(last) if last else (None, None)
    rows = cells[row0 or 0 : None if row1 is None else row1 + 1]
    start = column0 or 0
    return start, row0 or 0, [row[start : None if column1 is None else column1 + 1] for row in rows]


def _place(reference: str) -> tuple[int, int | None]:
    """Column and row of a cell such as B3, 0-based; a column alone has no row."""
    found = re.fullmatch(r"([A-Z]+)(\d*)", reference)
    assert found is not None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return column - 1, int(found[2]) - 1 if found[2] else None


def _names(header: Sequence[Any], width: int, column0: int) -> list[str]:
    """Names of columns; one without a name has its letter, and a name that comes again its letter behind it."""
    names: list[str] = []
    for place in range(width):
        text = (cell_text(header[place]) or "").strip() if place < len(header) else ""
        letter = _letter(column0 + place)
        name = " ".join(text.split()) or letter
        names.append(name if name not in names else f"{name}_{letter}")
    return names


def _letter(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _no_workbook(name: str, error: Exception) -> FixFile:
    return FixFile(
        "LS-2031",
        f"cannot be read as a workbook: {error}",
        Place(file=name),
        hints=[
            "`loadstone detect FILE` says what it is.",
            "open it with the program that made it and save it anew.",
        ],
    )
