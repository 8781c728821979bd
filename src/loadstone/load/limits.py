"""Where SKIP, LOAD, ERRORS and DISCARDMAX cut a load, to the very record."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.load.batch import Batch


@dataclass(frozen=True)
class Cut:
    """Records from ``record`` (index in the chunk) on are not read; ``reason`` is ``errors`` or ``discardmax``."""

    record: int
    reason: str


def find_cut(
    batch: Batch, *, rejected: int, errors: int | None, discarded: int, discardmax: int | None
) -> Cut | None:
    """
    The first place where a limit stops this batch, or None.

    Args:
        rejected: Rejects committed before. errors: rejects allowed; the next one stops the load.
        discarded: Discards of this input committed before. discardmax: discards allowed in it.
    """
    cuts = []
    if errors is not None and rejected + len(batch.rejects) > errors:
        cuts.append(Cut(sorted(batch.rejects)[max(errors - rejected, 0)] + 1, "errors"))
    if discardmax is not None and discarded + len(batch.discards) > discardmax:
        cuts.append(Cut(int(batch.discards[max(discardmax - discarded, 0)]) + 1, "discardmax"))
    return min(cuts, key=lambda cut: cut.record, default=None)
