"""Where the original is installed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from loadstone.errors import FixSpec


def find_binary(given: str | None, variables: Mapping[str, str]) -> str:
    """
    The path of SQL*Loader: as given, else in ORACLE_HOME/bin, else along the PATH.

    A link of Loadstone's that is named ``sqlldr`` is passed over.

    Raises:
        FixSpec: LS-3030 there is none.
    """
    home = variables.get("ORACLE_HOME")
    folders = [str(Path(home) / "bin")] if home else []
    folders += variables.get("PATH", "").split(os.pathsep)
    candidates = [given] if given else [os.path.join(folder or ".", "sqlldr") for folder in folders]
    for path in candidates:
        if os.path.isfile(path) and os.access(path, os.X_OK) and not _is_ours(path):
            return path
    raise FixSpec(
        "LS-3030",
        f"{given} is not SQL*Loader" if given else "SQL*Loader is not installed: no sqlldr on the PATH",
        hints=[
            "name it with --binary, or set ORACLE_HOME.",
            "`loadstone load` runs control files without it.",
        ],
    )


# Private functions


def _is_ours(path: str) -> bool:
    return Path(path).resolve().name.startswith("loadstone")
