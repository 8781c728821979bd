"""A short soak; `make soak MINUTES=10` is a longer one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.soak import expected, soak_on

MINUTES = 0.3


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_short_soak_violates_no_invariant(kind: str, here: Path) -> None:
    """Random disturbances for some seconds; then all comes to its end, whole and once."""
    with soak_on(kind, here, seed=1) as soak:
        soak.run(MINUTES)
        assert [] == soak.wrong
        assert soak.files > 3 and soak.checks >= 2 and soak.done


def test_what_a_soak_expects_of_a_file() -> None:
    """Two bad numbers, two bad amounts, a key that comes twice and three discards are no rows."""
    assert 60 - 4 - 1 - 3 == len(expected(3))
    assert (300_000, 0, "note 0", 1) in expected(3)
