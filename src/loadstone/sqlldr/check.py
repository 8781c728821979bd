"""The judgement of the language alone on a control file."""

from __future__ import annotations

from collections.abc import Callable

from loadstone.errors import FixSpec
from loadstone.sqlldr.control import examine
from loadstone.sqlldr.encoding import PLAIN, Locale
from loadstone.sqlldr.findings import Finding, Findings, Report

__all__ = ["Finding", "Report", "check_control"]


ReadSql = Callable[[str], object]
"""Reads a SQL string; ``FixSpec`` with the place within the string where it is not understood."""


def check_control(data: bytes, path: str, read_sql: ReadSql | None = None, locale: Locale = PLAIN) -> Report:
    """
    What is wrong, refused or doubtful in the control file ``data``, named ``path`` in messages.

    A SQL string that ``read_sql`` does not understand is refused: Oracle knows more than we do. None = not read.
    """
    findings = examine(data, path, locale)[1]
    if read_sql is not None:
        _read_all(findings, read_sql)
    return Report.of(findings)


# Private functions


def _read_all(findings: Findings, read_sql: ReadSql) -> None:
    for one in findings.expressions:
        try:
            read_sql(one.sql)
        except FixSpec as error:
            findings.refused.append(one.fault(error))
