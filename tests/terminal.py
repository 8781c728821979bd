"""The command line within this process, as a script or as a person at a terminal of 80 columns sees it."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import structlog

from loadstone.cli.main import main

COLUMNS = 80


class Screen(io.TextIOWrapper):
    """Standard output that says whether somebody looks."""

    def __init__(self, looked_at: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="backslashreplace", newline="")
        self._looked_at = looked_at

    def isatty(self) -> bool:
        return self._looked_at

    def text(self) -> str:
        """What was written."""
        self.flush()
        written = self.buffer
        assert isinstance(written, io.BytesIO)
        return written.getvalue().decode()


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    def values(self) -> list[dict[str, Any]]:
        """One object for each line of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


def loadstone(*words: str, data: bytes = b"", terminal: bool = False) -> Done:
    """Run one command; ``terminal``: a person looks at 80 columns."""
    out, err = Screen(terminal), Screen(False)
    before, columns, logging = sys.stdin, os.environ.get("COLUMNS"), structlog.get_config()
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    os.environ["COLUMNS"] = str(COLUMNS)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as ended:  # --help and --version
                code = int(ended.code or 0)
    finally:
        sys.stdin = before
        os.environ.pop("COLUMNS")
        if columns is not None:
            os.environ["COLUMNS"] = columns
        structlog.configure(**logging)
    return Done(code, out.text(), err.text())
