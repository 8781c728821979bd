"""A SQLite repository is no target; apart from ``guard``, for a load asks this without needing SQLAlchemy."""

from __future__ import annotations

import os
from pathlib import Path

from loadstone.errors import Refused


def refuse_same_file(repository_path: str | None, target_path: str | None) -> None:
    """
    Refuse one SQLite file as repository and as target: their locks would block each other.

    Raises:
        Refused: LS-7007.
    """
    if repository_path is None or target_path is None:
        return
    here, there = Path(repository_path), Path(target_path)
    if here.exists() and there.exists() and os.path.samefile(here, there):
        raise Refused(
            "LS-7007",
            f"{target_path} is the repository; it cannot be a load's target as well",
            hints=["use two files."],
        )
