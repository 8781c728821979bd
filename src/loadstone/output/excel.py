"""Sheets: numbers and dates as Excel's own, all else as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import Batch
from loadstone.output.job import Job
from loadstone.output.lines import Lines
from loadstone.output.model import Excel
from loadstone.output.values import MOMENT, Formatter

LINES_MAX = 1_048_576
DIGITS_MAX = 15
"""What a cell holds exactly; longer numbers are written as text."""
_FIRST_YEAR = "1900"
"""Of Excel's dates; earlier ones are written as text."""


def write_sheet(body: IO[bytes], job: Job, batches: Iterator[Batch]) -> int:
    """
    Write one sheet, in flat memory; the records written.

    Raises:
        FixFile: LS-8015 more lines than a sheet has. FixSpec: LS-8003 totals in the header.
    """
    import xlsxwriter

    if not job.early:
        raise FixSpec("LS-8003", "the header of a sheet cannot show totals: it is written before the records")
    layout = job.spec.layout
    assert isinstance(layout, Excel)
    with xlsxwriter.Workbook(body, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:  # fmt: skip
        sheet = book.add_worksheet(layout.sheet)
        forms = [_form(book, formatter) for formatter in job.records.formatters]
        line = _put_lines(sheet, job, job.header, 0)
        first = line
        for batch in batches:
            texts = _texts(job, batch)
            if line + len(batch) > LINES_MAX:
                raise FixFile("LS-8015", f"the rows do not fit into a sheet of {LINES_MAX:,} lines", hints=["write a delimited file, or fewer rows."])  # fmt: skip
            for values in zip(*texts, strict=True):
                for column, value in enumerate(values):
                    if value is not None:
                        _put(sheet, line, column, value, job.records.formatters[column], forms[column])
                line += 1
        _put_lines(sheet, job, job.footer, line)
    return line - first


# Private functions


def _put_lines(sheet: Any, job: Job, lines: Lines, line: int) -> int:
    for filled in lines.filled(job.records, job.variables, job.totals.values):
        for column, text in enumerate(filled):
            sheet.write_string(line, column, text)
        line += 1
    return line


def _texts(job: Job, batch: Batch) -> Sequence[Any]:
    """Values as the columns' forms have them; dates, once their form was found possible, as they came."""
    made = []
    for formatter, no in zip(job.records.formatters, job.records.places, strict=True):
        texts = formatter.texts(batch, no)
        made.append((batch.columns[no] if formatter.column.mask is not None else texts).to_pylist())
    return made


def _form(book: Any, formatter: Formatter) -> Any:
    """How the cells of a column look; masks of dates are those of Excel."""
    column, kind = formatter.column, formatter.source.kind
    if column.mask is not None or kind in ("date", "timestamp"):
        mask = column.mask or ("YYYY-MM-DD" if kind == "date" else "YYYY-MM-DD HH24:MI:SS")
        return book.add_format(
            {"num_format": mask.replace("HH24", "hh").replace("MI", "mm").replace("MON", "mmm").lower()}
        )
    if column.decimals is not None:
        return book.add_format({"num_format": "0" + ("." + "0" * column.decimals if column.decimals else "")})
    return None


def _put(sheet: Any, line: int, column: int, value: str, formatter: Formatter, form: Any) -> None:
    kind = formatter.source.kind
    dated = formatter.column.mask is not None or kind in ("date", "timestamp")
    if dated and value[:4] >= _FIRST_YEAR and re.match(MOMENT, value):  # a database knows infinity too
        sheet.write_datetime(line, column, datetime.fromisoformat(value), form)
    elif kind == "boolean":
        sheet.write_boolean(line, column, value == "true", form)
    elif (kind in ("integer", "decimal", "float") or formatter.column.is_number) and _fits(value):
        sheet.write_number(line, column, Decimal(value), form)
    else:
        sheet.write_string(line, column, value, form)


def _fits(value: str) -> bool:
    digits = value.lstrip("-").replace(".", "").lstrip("0")
    return digits.isdigit() and len(digits) <= DIGITS_MAX or digits == ""
