"""Control totals: what a file says of itself, beside what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class ControlTotal:
    """
    One total that a file states, and what its records give.

    Attributes:
        name: What is counted, such as ``entries``, ``debits`` or ``hash of receiving banks``.
        scope: Of which part of the file it tells, such as ``file`` or ``batch 3``.
        stated: The file's own figure, exact. counted: the same figure from the records.
        origin: Where the file states it.
    """

    name: str
    scope: str
    stated: Decimal
    counted: Decimal
    origin: str

    @property
    def agrees(self) -> bool:
        """Whether both are equal."""
        return self.stated == self.counted
