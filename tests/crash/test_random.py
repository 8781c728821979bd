"""Kill loads at random times."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from loadstone.targets.urls import kind_of
from tests.crash.cases import payments
from tests.crash.conftest import Tally
from tests.crash.processes import clear, ended, errors_of, finish, start, state, undisturbed

CASE = payments(3000)
"""Enough for a load of about a second."""


def test_random_kills_lose_and_double_nothing(
    target_url: str, tmp_path: Path, tally: Tally, pytestconfig: pytest.Config
) -> None:
    """SIGKILL at random times, again and again, with other chunks and workers each time."""
    calm = undisturbed(tmp_path / "calm", CASE)
    folder = CASE.lay_out(tmp_path / "killed")
    began = time.monotonic()
    finish(folder, target_url, CASE)
    lasts = time.monotonic() - began
    clear(target_url, CASE)
    rng, wanted, kills = random.Random(7), pytestconfig.getoption("--kills"), 0
    for _ in range(20 * wanted):
        process = start(
            folder, target_url, CASE, chunk_size_bytes=rng.randint(4000, 30000), workers=rng.randint(1, 3)
        )
        process.join(rng.uniform(0.05, 0.9) * lasts)
        if process.exitcode is None:
            process.kill()
            kills += ended(process) < 0
        else:
            assert ended(process) == 2, errors_of(folder)
            tally.same(kind_of(target_url), calm, state(folder, target_url, CASE))
            clear(target_url, CASE)
        if kills == wanted:
            break
    finish(folder, target_url, CASE)
    tally.add(kind_of(target_url), kills=kills)
    tally.same(kind_of(target_url), calm, state(folder, target_url, CASE))
    assert kills == wanted
