"""The body of a file that grows, and the hash over it: a thread of its own writes while the next records are made."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from io import BufferedRandom
from types import TracebackType
from typing import Self

WAITING_MAX = 2
"""Pieces that wait to be written; so much memory do they take."""

FLUSH_BYTES = 64 << 20
"""After so much the disk is set to work, which else would begin when the file is whole."""


class Sink:
    """
    Writes pieces in the order they come; whole when ``settle`` returns or the block ends.

    ``OSError`` of a write, or of the disk, is raised by ``put`` or ``settle`` after it. A block that ends with an error writes what it has.
    """

    def __init__(self, body: BufferedRandom, digest: hashlib._Hash) -> None:
        """``digest`` goes on from what it has; nobody else may use either before the pieces are settled."""
        self._body, self._digest = body, digest
        self._pool, self._disk = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()
        self._flushing: Future[None] | None = None
        self._unflushed_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        self._disk.shutdown()
        if error is None:
            self.settle()

    def put(self, data: bytes | memoryview) -> None:
        """Write ``data`` behind what was put before; waits while ``WAITING_MAX`` pieces wait."""
        self._waiting.append(self._pool.submit(self._write, data))
        while len(self._waiting) > WAITING_MAX:
            self._waiting.popleft().result()

    def settle(self) -> None:
        """Wait until all that was put is written (to the system, not to the disk)."""
        while self._waiting:
            self._waiting.popleft().result()
        if self._flushing is not None:
            # The system tells an error of the disk once: whoever syncs behind this would not hear of it.
            self._flushing.result()
            self._flushing = None

    # Private methods

    def _write(self, data: bytes | memoryview) -> None:
        self._body.write(data)
        self._digest.update(data)
        self._unflushed_bytes += len(data)
        if self._unflushed_bytes >= FLUSH_BYTES and (self._flushing is None or self._flushing.done()):
            if self._flushing is not None:
                self._flushing.result()
            self._flushing = self._disk.submit(os.fdatasync, self._body.fileno())
            self._unflushed_bytes = 0
