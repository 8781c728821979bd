"""What this process has refused and committed: while that is little, its files need not ask the target for it."""

from __future__ import annotations

import threading
from operator import attrgetter

from loadstone.books import Contribution, Discard, Reject
from loadstone.load.batch import Batch
from loadstone.targets.model import RefusedRecords
from loadstone.targets.unrecorded import Memory

SIZE_MAX_BYTES = 4 << 20
"""Memory for what is remembered; where there is more, it is read back page by page."""

RECORD_SIZE_BYTES = 500
"""Of a reject or discard beside its own bytes."""


class Remembered:
    """Rejects and discards of the chunks that were committed here, each chunk added once, after its COMMIT."""

    def __init__(self) -> None:
        self._rejects: list[Reject] = []
        self._discards: list[Discard] = []
        self._size_bytes = 0
        self._lock = threading.Lock()

    def add(self, batch: Batch) -> None:
        """Keep what a chunk has committed; where that is too much, nothing of the load is kept any more."""
        rejects = list(batch.rejects.values())
        size = RECORD_SIZE_BYTES * (len(rejects) + len(batch.discards)) + sum(len(one.raw) for one in rejects)
        with self._lock:
            self._size_bytes += size
            if self._size_bytes > SIZE_MAX_BYTES or not all(map(_reads_back, rejects)):
                self._size_bytes = SIZE_MAX_BYTES + 1
                self._rejects, self._discards = [], []
                return
            self._rejects += rejects
            if len(batch.discards):
                self._discards += batch.discard_rows()

    def all_of(self, counts: Contribution) -> RefusedRecords | None:
        """
        The refused records of a load in record order; None where the target has others too.

        ``counts`` are sums of the target's checkpoints, each of which was committed together with its reject rows.
        """
        if (len(self._rejects), len(self._discards)) != (counts.rejected, counts.discarded):
            return None
        memory = Memory()
        # Chunks of a load in free order were committed in any.
        by_record = attrgetter("record_no")
        memory.add(None, sorted(self._rejects, key=by_record), sorted(self._discards, key=by_record))
        return memory


# Private functions


def _reads_back(one: Reject) -> bool:
    """Whether every target gives the texts as they are: some keep no NUL, and Oracle no empty text."""
    texts = (one.value, one.reason, one.origin)
    return all(text is None or (text != "" and "\0" not in text) for text in texts)
