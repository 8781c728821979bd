"""Workbooks of Excel 2 to 4, in the shape that ``workbook`` reads."""

from __future__ import annotations

from typing import Any

from python_calamine import SheetTypeEnum, SheetVisibleEnum

OLD_MARKS = (b"\x09\x00", b"\x09\x02", b"\x09\x04")
"""First bytes of such a file, which is one stream of records."""


class _Named:
    """What is known of a sheet: all of them are tables, and shown."""

    typ, visible = SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible

    def __init__(self, name: str) -> None:
        self.name = name


class OldWorkbook:
    """
    A workbook read by xlrd.

    Raises:
        ValueError: It is none.
    """

    def __init__(self, path: str) -> None:
        import xlrd

        try:
            self._book = xlrd.open_workbook(path)
        except Exception as error:
            # Damaged records surface as whatever they led to.
            raise ValueError(str(error)) from error
        self.sheets_metadata = [_Named(name) for name in self._book.sheet_names()]

    def get_sheet_by_name(self, name: str) -> OldSheet:
        """One sheet."""
        return OldSheet(self._book, self._book.sheet_by_name(name))


class OldSheet:
    """A sheet, whose cells have the types that calamine gives."""

    def __init__(self, book: Any, sheet: Any) -> None:
        self._book, self._sheet = book, sheet

    def to_python(self, *, skip_empty_area: bool) -> list[list[Any]]:
        """All rows from the first one on."""
        return [[self._value(cell) for cell in row] for row in self._sheet.get_rows()]

    # Private methods

    def _value(self, cell: Any) -> Any:
        import xlrd

        if cell.ctype == xlrd.XL_CELL_DATE:
            moment = xlrd.xldate_as_datetime(cell.value, self._book.datemode)
            return moment.date() if cell.value == int(cell.value) else moment
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code.get(cell.value, "#ERR")
        return cell.value
