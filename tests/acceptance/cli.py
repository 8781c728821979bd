"""The command line called in this process: what it prints, and its exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loadstone.cli.main import main

CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp WHEN ename <> 'skip' FIELDS TERMINATED BY ',' TRAILING NULLCOLS
(empno INTEGER EXTERNAL, ename CHAR(20))
"""
DDL = "CREATE TABLE emp (empno NUMBER(6) PRIMARY KEY, ename VARCHAR2(10));"
DATA = "1,Ada\n2,skip\n3,Bob\nx,Secretary\n4,Cyd\n"


@dataclass(frozen=True)
class Said:
    """What a command printed."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)


def call(capsys: pytest.CaptureFixture[str], *words: str) -> Said:
    """``loadstone`` with these words."""
    capsys.readouterr()
    try:
        code = main(list(words))
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    out, err = capsys.readouterr()
    return Said(code, out, err)


def lay_out() -> None:
    """A control file, data of which one record is refused and one discarded, and DDL."""
    Path("emp.ctl").write_text(CONTROL)
    Path("in.dat").write_text(DATA)
    Path("emp.sql").write_text(DDL)
