"""One load in a process of its own, to be killed: ``python -m tests.crash.child FOLDER TARGET CHUNK``."""

from __future__ import annotations

import os
import sys

from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from loadstone.targets.oracle import testing
from tests.runs import Undisturbed


def main() -> int:
    """Load in FOLDER; the exit code of the receipt."""
    folder, target, chunk = sys.argv[1:]
    os.chdir(folder)
    if target.startswith("oracle"):
        testing.install()
    request = LoadRequest(
        spec=read_control("load.ctl"),
        spec_path="load.ctl",
        target=target,
        ddl=("tables.sql",),
        errors=-1,
        discard="load.dsc",
        chunk_size_bytes=int(chunk),
    )
    return loads.load(request, Undisturbed()).exit_code


if __name__ == "__main__":
    sys.exit(main())
