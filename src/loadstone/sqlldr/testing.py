"""Short ways to read pieces of control files, for tests of this room and of those above."""

from __future__ import annotations

from loadstone.spec import Field, LoadSpec, TableLoad
from loadstone.sqlldr.check import Report, check_control
from loadstone.sqlldr.control import parse_control

HEAD = "LOAD DATA\nINFILE 'a.dat'\nINTO TABLE t\nFIELDS TERMINATED BY ','\n"
OPEN = "LOAD DATA\nINFILE 'a.dat'\nINTO TABLE t\n"


def spec_of(text: str | bytes) -> LoadSpec:
    """The spec of a control file."""
    return parse_control(text if isinstance(text, bytes) else text.encode(), "x.ctl")


def table_of(text: str) -> TableLoad:
    """The first table of a control file."""
    return spec_of(text).tables[0]


def fields_of(fields: str) -> tuple[Field, ...]:
    """The fields of a list without its parentheses."""
    return table_of(f"{HEAD}({fields})").fields


def field_of(text: str) -> Field:
    """The one field that ``text`` describes."""
    return fields_of(text)[0]


def report_on(text: str | bytes) -> Report:
    """The report on a control file."""
    return check_control(text if isinstance(text, bytes) else text.encode(), "x.ctl")


def error_of(text: str | bytes) -> tuple[str, int | None, int | None]:
    """Code, line and column of the first error."""
    report = report_on(text)
    assert not report.ok, "the control file is valid"
    first = report.errors[0]
    return first.code, first.line, first.column
