"""The totals that a file states, kept in flat memory: every one that differs, the first of those that agree."""

from __future__ import annotations

from decimal import Decimal

from loadstone.books import ControlTotal

AGREEING_MAX = 1_000
DIFFERING_MAX = 10_000


class Ledger:
    """What a reader found of its file's own totals."""

    def __init__(self) -> None:
        self._kept: list[ControlTotal] = []
        self._agreeing = self._differing = 0
        self._agreeing_left = self._differing_left = 0

    def state(self, total: ControlTotal) -> None:
        """Keep a total; beyond the limits it is only counted, but for those of the file as a whole."""
        if total.scope == "file":
            self._kept.append(total)
        elif total.agrees:
            self._agreeing += 1
            if self._agreeing <= AGREEING_MAX:
                self._kept.append(total)
            else:
                self._agreeing_left += 1
        else:
            self._differing += 1
            if self._differing <= DIFFERING_MAX:
                self._kept.append(total)
            else:
                self._differing_left += 1

    def totals(self) -> tuple[ControlTotal, ...]:
        """All that were kept, in the file's order, then how many were not."""
        found = list(self._kept)
        if self._agreeing_left or self._differing_left:
            left = self._agreeing_left + self._differing_left
            found.append(
                ControlTotal(
                    name="further totals",
                    scope="file",
                    stated=Decimal(left),
                    counted=Decimal(self._agreeing_left),
                    origin=f"beyond the first {AGREEING_MAX:,}; counted are those that agree",
                )
            )
        return tuple(found)
