"""The size of the next chunk: bounded, never swinging, and near the best one where sizes differ."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.load import pace
from loadstone.load.pace import Pace, Sizes, pinned, sizes_of
from loadstone.telemetry.machine import Machine

MIB = 1 << 20
WIDE = Sizes(start=8 * MIB, least=MIB, most=64 * MIB, why="test")
Rate = Callable[[int, int], float]
"""Bytes a second by the size of a chunk and its number."""


class Loading:
    """Chunks that are committed one by one at rates that a test sets."""

    def __init__(self, sizes: Sizes, rate: Rate, *, threads: int = 2, apart: float = math.inf) -> None:
        """``apart``: the part of a chunk's time that its size hardly changes."""
        self.at, self._rate, self._apart = 0.0, rate, apart
        self.pace = Pace(sizes, threads, clock=lambda: self.at)
        self.sizes: list[int] = []

    def run(self, chunks: int, left_bytes: int | None = None) -> Loading:
        """Commit so many chunks."""
        for _ in range(chunks):
            size = self.pace.size_bytes
            self.sizes.append(size)
            took_s = size / self._rate(size, len(self.sizes))
            self.at += took_s
            self.pace.committed(size, left_bytes, took_s * self.pace.threads * self._apart)
        return self

    @property
    def changes(self) -> int:
        """How often the size was another one than before."""
        return sum(a != b for a, b in zip(self.sizes, self.sizes[1:], strict=False))


@given(st.lists(st.floats(1e3, 1e10), min_size=1, max_size=400), st.integers(0, 6), st.integers(1, 8))
def test_whatever_is_measured_the_sizes_are_bounded_and_come_to_rest(
    rates: list[float], start: int, threads: int
) -> None:
    """Each size is taken up at most twice, once to try it and once to stay; and at the end nothing moves any more."""
    sizes = Sizes(start=MIB << start, least=MIB, most=64 * MIB, why="test")
    loading = Loading(sizes, lambda size, number: rates[number % len(rates)], threads=threads).run(600)
    assert min(loading.sizes) >= MIB
    assert max(loading.sizes) <= 64 * MIB
    tried = [size for n, size in enumerate(loading.sizes) if n == 0 or loading.sizes[n - 1] != size]
    assert max(tried.count(size) for size in tried) <= 2
    assert loading.changes <= 2 * 7 + 2


@given(st.integers(0, 6), st.lists(st.floats(0.97, 1.03), min_size=50, max_size=50))
def test_it_ends_near_the_best_size(best: int, noise: list[float]) -> None:
    """Where each step towards it gains a fifth, whatever small noise there is."""
    peak = MIB << best

    def rate(size: int, number: int) -> float:
        steps = abs((size // peak or 1).bit_length() - (peak // size or 1).bit_length())
        return 30e6 * 0.8**steps * noise[number % len(noise)]

    loading = Loading(WIDE, rate).run(600)
    assert loading.pace.settled
    assert peak == loading.pace.size_bytes


@given(st.lists(st.floats(0.96, 1.04), min_size=50, max_size=50))
def test_where_sizes_make_no_difference_the_first_one_stays(noise: list[float]) -> None:
    """One trial above, one below, and back."""
    loading = Loading(WIDE, lambda size, number: 30e6 * noise[number % len(noise)]).run(600)
    assert (WIDE.start, True) == (loading.pace.size_bytes, loading.pace.settled)
    assert loading.changes <= 3


@pytest.mark.parametrize(
    ("apart", "largest"),
    [(0.0, 8), (0.15, 8), (0.2, 64), (math.inf, 64)],
    ids=["none", "little", "much", "unknown"],
)
def test_larger_chunks_are_tried_only_where_they_can_gain(apart: float, largest: int) -> None:
    """They take more memory, and gain at most half of what a chunk takes whatever its size."""
    loading = Loading(WIDE, lambda size, number: 30e6 * 1.2 ** (size // (8 * MIB)), apart=apart).run(200)
    assert largest * MIB == max(loading.sizes) == loading.pace.size_bytes


def test_a_larger_size_stays_where_a_still_larger_one_cannot_gain() -> None:
    """What is apart is a quarter with the first size, and little with the second one."""
    loading = Loading(WIDE, lambda size, number: 30e6 if size == 8 * MIB else 45e6, apart=0.25).run(20)
    loading._apart = 0.05
    assert {8 * MIB, 16 * MIB} == set(loading.run(200).sizes)
    assert 16 * MIB == loading.pace.size_bytes


def test_a_pinned_size_and_a_short_load_stay_as_they_are() -> None:
    """Nothing is tried where the rest is too short to gain by it, nor where a person said the size."""
    assert [8 * MIB] * 100 == Loading(WIDE, lambda size, number: 30e6).run(100, left_bytes=200 * MIB).sizes
    slow = Loading(pinned(8 * MIB, "pinned"), lambda size, number: 1e5).run(20)
    assert ([8 * MIB] * 20, []) == (slow.sizes, slow.pace.changes)


def test_chunks_that_take_too_long_are_halved_for_good() -> None:
    """Down to what takes less than ten seconds with both threads; a single slow one changes nothing."""
    loading = Loading(WIDE, lambda size, number: 0.6e6).run(100)
    assert 2 * MIB == loading.pace.size_bytes
    assert sorted(loading.sizes, reverse=True) == loading.sizes
    hiccup = Loading(WIDE, lambda size, number: 1e4 if number == 3 else 30e6).run(10)
    assert [8 * MIB] * 10 == hiccup.sizes


@pytest.mark.parametrize(
    ("memory_mib", "threads", "expected"),
    [
        (16_384, 2, (8, 1, 32)),
        (512, 2, (8, 1, 16)),
        (64, 2, (2, 1, 2)),
        (8, 4, (1, 1, 1)),
        (1024, 8, (8, 1, 8)),
    ],
)
def test_memory_bounds_the_sizes(memory_mib: int, threads: int, expected: tuple[int, int, int]) -> None:
    """Half of it for all threads' chunks, and the first size comes down where it does not fit."""
    machine = Machine(cores=2, memory_bytes=memory_mib * MIB, cores_by="machine", memory_by="machine")
    found = sizes_of(8 * MIB, threads, machine)
    assert expected == (found.start // MIB, found.least // MIB, found.most // MIB)


def test_what_it_tells_names_each_size_and_change() -> None:
    """Bytes a second by size, in JSON values; parts of a load are told as one."""
    told = Loading(WIDE, lambda size, number: 30e6 if size < 16 * MIB else 60e6).run(100).pace.told()
    assert {"8388608": 30_000_000, "16777216": 60_000_000}.items() <= told["rates"].items()
    assert {"from": 8 * MIB, "to": 16 * MIB, "why": "trial"}.items() <= told["changes"][0].items()
    both = pace.joined([told, {**told, "chunk_size_bytes": MIB}])
    assert (200, MIB) == (both["chunks"], both["chunk_size_bytes"])
    assert {} == pace.joined([])
