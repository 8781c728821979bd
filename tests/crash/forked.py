"""One load in a process of its own, to be killed: forked from a server that has imported everything."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb  # noqa: F401  imported before the fork, so that a start costs milliseconds
import numpy.ma  # noqa: F401
import psycopg  # noqa: F401
import pyarrow.compute  # noqa: F401

import loadstone.load.pipeline
import loadstone.targets.duckdb.target
import loadstone.targets.oracle.target
import loadstone.targets.postgresql.target
import loadstone.targets.sqlite.target
import loadstone.transactions.publishing  # noqa: F401
from loadstone.bootstrap import loads, transactions
from loadstone.cli.progress import watched
from loadstone.cli.show import show_error
from loadstone.errors import LoadstoneError
from loadstone.spec import LoadRequest, LoadSpec
from loadstone.spec.files import read_spec
from loadstone.spec.transactions import read_transactions
from loadstone.sqlldr.control import read_control
from loadstone.targets.oracle import testing
from loadstone.telemetry.points import VARIABLE

TYPES = "types.yaml"
"""Transaction spec in the folder of a load; its types are published then."""

ERRORS = "forked.err"
"""File in the folder of a load with what its last process wrote to standard error."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """
    One start of a load.

    Attributes:
        folder: Working directory, with load.ctl and tables.sql. options: further ones of the request.
        crash_at: Value of the crash variable. file_size_max: bytes that a file may have, as a disk that is full.
    """

    folder: Path
    target: str
    options: dict[str, Any]
    crash_at: str = ""
    file_size_max: int | None = None


def main(start: Start) -> None:
    """Load, and exit as the command line would."""
    os.chdir(start.folder)
    descriptor = os.open(ERRORS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 2)
    sys.stderr = os.fdopen(descriptor, "w", buffering=1)
    if start.target.startswith("oracle"):
        testing.install()
    if start.crash_at:
        os.environ[VARIABLE] = start.crash_at
    if start.file_size_max is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (start.file_size_max, resource.RLIM_INFINITY))
    sys.exit(_load(start))


# Private functions


def _spec() -> LoadSpec:
    """Of load.yaml where there is one, else of load.ctl."""
    return read_spec("load.yaml") if os.path.exists("load.yaml") else read_control("load.ctl")


def _load(start: Start) -> int:
    given = {"ddl": ("tables.sql",), "errors": -1, "discard": "load.dsc", **start.options}
    try:
        request = LoadRequest(
            spec=_spec(), spec_path="load.ctl", target=start.target, **given
        )
        with watched(quiet=True) as run:
            if os.path.exists(TYPES):
                request = transactions.by_types(read_transactions(TYPES), TYPES, request)
            return loads.load(request, run).exit_code
    except LoadstoneError as error:
        show_error(error, as_json=False)
        return error.exit_code
