"""
How large the next chunk of a load is: adapted between chunks to how fast those before were committed.

A chunk's size is free: checkpoints are ranges of bytes, and a resume goes on behind the last one with whatever
size suits then. Sizes are steps of two. Each is measured at most once in a load, the start first, then those
above it while they are better by ``GAIN``, or else those below; larger ones, which take more memory, only where what a chunk
takes whatever its size leaves so much to gain; then the best one stays. So there are at most as
many changes as steps plus two, whatever is measured, and no swinging between two sizes.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.telemetry.machine import Machine, memory_peak_bytes

SIZE_MIN_BYTES = 1 << 20
"""No smaller chunks: what each costs besides its rows begins to show."""

SIZE_MAX_BYTES = 32 << 20
"""No larger chunks: what a stop or a death leaves to be done again."""

GAIN = 1.10
"""How much faster another size must be to be taken; less is the noise of a busy machine."""

CHUNKS_A_WINDOW = 6
"""Chunks of one measurement, at least; and the time that it lasts:"""
WINDOW_S = 1.5

WINDOWS_LEFT = 4
"""How many windows the rest of the input must have for a trial: else a better size would come too late to pay."""

CHUNK_S_MAX = 10.0
"""Two chunks in a row that take longer each are halved: a stop waits for a chunk, and so does who takes over."""

COPIES = 8
"""Memory of a thread's chunks from bytes to rows, in sizes of one: 3 were measured in the direct lane, others take more."""

MEMORY_SHARE = 0.5
"""Part of the memory of the process that chunks may take."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """
    The bounds of a load's chunks in bytes.

    Attributes:
        start: The first size. least, most: what adapting keeps to; all three are equal where the size is pinned.
        why: What set them, for people.
    """

    start: int
    least: int
    most: int
    why: str


def pinned(size_bytes: int, why: str) -> Sizes:
    """One size for all chunks."""
    return Sizes(start=size_bytes, least=size_bytes, most=size_bytes, why=why)


def sizes_of(suits_bytes: int, threads: int, machine: Machine) -> Sizes:
    """Around what suits the target, as far as memory allows for chunks of so many threads."""
    room = int(machine.memory_bytes * MEMORY_SHARE / (COPIES * max(1, threads)))
    most = max(SIZE_MIN_BYTES, min(SIZE_MAX_BYTES, room))
    if most < suits_bytes:
        told = f"{machine.memory_bytes >> 20} MiB of memory ({machine.memory_by}) for {threads} threads"
        return Sizes(start=most, least=min(SIZE_MIN_BYTES, most), most=most, why=told)
    return Sizes(start=suits_bytes, least=min(SIZE_MIN_BYTES, suits_bytes), most=most, why="suits the target")


class Pace:
    """Sets the size of the next chunk; one for a load in this process, used by all of its threads."""

    def __init__(self, sizes: Sizes, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.sizes, self.threads = sizes, threads
        self.changes: list[dict[str, Any]] = []
        self.chunks = 0
        self._clock, self._lock = clock, threading.Lock()
        self._size = self._best = sizes.start
        self._most = sizes.most
        self._rates: dict[int, float] = {}
        self._up, self._settled = True, sizes.least == sizes.most
        self._slow = 0
        self._begun: float | None = None
        self._last = clock()
        self._skip = threads + CHUNKS_A_WINDOW  # the first ones meet cold caches
        self._window, self._apart_s = (self._last, 0, 0), 0.0

    @property
    def size_bytes(self) -> int:
        """The size of the next chunk."""
        return self._size

    @property
    def settled(self) -> bool:
        """Whether this size stays, unless chunks become too slow."""
        return self._settled

    def committed(self, size_bytes: int, left_bytes: int | None, apart_s: float = math.inf) -> None:
        """
        A chunk of that size is committed.

        Args:
            left_bytes: Not read yet; None where nobody knows. apart_s: Seconds of it that its size hardly changes.
        """
        with self._lock:
            at = self._clock()
            took_s, self._last = (at - self._last) * self.threads, at
            self.chunks += 1
            if self._too_slow(took_s, size_bytes) or self._settled:
                return
            if self._skip:
                # Chunks of another size are still on their way.
                self._skip -= 1
                self._window, self._apart_s = (at, 0, 0), 0.0
                return
            since, done, number = self._window
            self._window = (since, done + size_bytes, number + 1)
            self._apart_s += apart_s
            if number + 1 >= CHUNKS_A_WINDOW and at - since >= WINDOW_S:
                spent_s = max(at - since, 1e-9)
                # A chunk of twice the size has half of it for each byte.
                gain = 1 / max(1 - self._apart_s / (spent_s * self.threads) / 2, 1e-9)
                self._judge(done + size_bytes, (done + size_bytes) / spent_s, left_bytes, gain)

    def told(self) -> dict[str, Any]:
        """What was measured and done, as JSON values: bytes, and bytes a second by size."""
        return {
            "chunks": self.chunks,
            "threads": self.threads,
            "chunk_size_bytes": self._size,
            "start_bytes": self.sizes.start,
            "why": self.sizes.why,
            "rates": {str(size): round(rate) for size, rate in sorted(self._rates.items())},
            "changes": list(self.changes),
            "memory_peak_bytes": memory_peak_bytes(),
        }

    # Private methods

    def _too_slow(self, took_s: float, size_bytes: int) -> bool:
        """Halve the size where chunks of this size take too long, one after the other; it never grows again."""
        self._slow = self._slow + 1 if took_s > CHUNK_S_MAX and size_bytes >= self._size // 2 else 0
        smaller = self._size // 2
        if self._slow < 2 or smaller < self.sizes.least:
            return False
        self._slow = 0
        self._most, self._best, self._settled = smaller, smaller, True
        self._change(smaller, f"two chunks took {took_s:.0f} s each, {CHUNK_S_MAX:.0f} are allowed")
        return True

    def _judge(self, done_bytes: int, rate: float, left_bytes: int | None, gain: float) -> None:
        """
        A size is measured: keep it or the best one, and go on to the next one that is worth a trial.

        ``gain``: How much faster twice the size can be at most.
        """
        self._rates[self._size] = rate
        best = self._rates.get(self._best, 0.0)
        if self._size != self._best:
            if rate >= best * GAIN:
                self._best = self._size
            elif self._up and self._best == self.sizes.start:
                self._up = False
            else:
                self._settle(f"{_mib(self._size)} is not {GAIN - 1:.0%} faster")
                return
        candidate = self._best * 2 if self._up else self._best // 2
        beyond = candidate > self._most or gain < GAIN
        if self._up and beyond and self._best == self.sizes.start:
            self._up, candidate = False, self._best // 2
        out = self._up and beyond or not self.sizes.least <= candidate <= self._most
        window_bytes = max(done_bytes, CHUNKS_A_WINDOW * candidate)
        if out or (left_bytes is not None and left_bytes < WINDOWS_LEFT * window_bytes):
            self._settle("no further size is worth a trial")
            return
        self._change(candidate, "trial")

    def _settle(self, why: str) -> None:
        self._settled = True
        if self._size != self._best:
            self._change(self._best, why)

    def _change(self, size_bytes: int, why: str) -> None:
        self.changes.append({"from": self._size, "to": size_bytes, "after_chunks": self.chunks, "why": why})
        self._size = size_bytes
        self._skip = self.threads + 1
        self._window, self._apart_s = (self._last, 0, 0), 0.0


def joined(told: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What several parts of a load measured, as one: the rates of the part that measured a size last."""
    found: dict[str, Any] = dict(told[-1]) if told else {}
    if found:
        found["chunks"] = sum(one["chunks"] for one in told)
        found["rates"] = {size: rate for one in told for size, rate in one["rates"].items()}
        found["changes"] = [change for one in told for change in one["changes"]]
    return found


# Private functions


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):g} MiB"
