"""The corpora that live beside the project; tests skip where they are absent."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("LOADSTONE_SHARED") or Path(__file__).resolve().parents[2] / "shared")
SQLLDR = ROOT / "corpora" / "sqlldr"


def rows_of(table: str) -> list[dict[str, str]]:
    """Rows of a manifest of the control-file corpus; none where it is absent."""
    path = SQLLDR / table
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


needs_corpus = pytest.mark.skipif(not SQLLDR.exists(), reason="the corpus of real control files is not here")
