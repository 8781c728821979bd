"""The judgement of the language alone on a control file."""

from __future__ import annotations

from loadstone.sqlldr.control import examine
from loadstone.sqlldr.findings import Finding, Report

__all__ = ["Finding", "Report", "check_control"]


def check_control(data: bytes, path: str) -> Report:
    """What is wrong, refused or doubtful in the control file ``data``, named ``path`` in messages."""
    return Report.of(examine(data, path)[1])
