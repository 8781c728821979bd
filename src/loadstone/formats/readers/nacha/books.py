"""What an ACH file's control records state, beside what its records give."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from loadstone.books import ControlTotal

from ..ledger import Ledger
from .layout import BATCH_CONTROL, BATCH_CONTROL_ADVICE, FILE_CONTROL, FILE_CONTROL_ADVICE, Totals

HASH_LIMIT = 10_000_000_000
"""An entry hash has ten digits; what does not fit is cut off on the left."""


@dataclass
class Counts:
    """Entries and addenda so far; amounts in cents; the hash uncut."""

    records: int = 0
    entries: int = 0
    hash: int = 0
    debit_cents: int = 0
    credit_cents: int = 0

    def add(self, other: Counts) -> None:
        """Count what another has counted too."""
        self.records += other.records
        self.entries += other.entries
        self.hash += other.hash
        self.debit_cents += other.debit_cents
        self.credit_cents += other.credit_cents


def settle_batch(ledger: Ledger, text: str, counts: Counts, *, advice: bool, scope: str, origin: str) -> bool:
    """State the totals of a batch control record; False where its figures are no digits."""
    return _settle(
        ledger, text, counts, BATCH_CONTROL_ADVICE if advice else BATCH_CONTROL, scope=scope, origin=origin
    )


def settle_file(ledger: Ledger, text: str, counts: Counts, *, advice: bool, scope: str, origin: str) -> bool:
    """State the totals of a file control record, but for its counts of batches and blocks; False where they are no digits."""
    return _settle(
        ledger, text, counts, FILE_CONTROL_ADVICE if advice else FILE_CONTROL, scope=scope, origin=origin
    )


def settle_count(ledger: Ledger, name: str, digits: str, counted: int, *, scope: str, origin: str) -> bool:
    """State one count; False where it is no digits."""
    if not _is_figure(digits):
        return False
    ledger.state(
        ControlTotal(name=name, scope=scope, stated=Decimal(digits), counted=Decimal(counted), origin=origin)
    )
    return True


# Private functions


def _settle(ledger: Ledger, text: str, counts: Counts, places: Totals, *, scope: str, origin: str) -> bool:
    figures = [text[place] for place in places]
    if not all(_is_figure(figure) for figure in figures):
        return False
    count, hashed, debit, credit = (Decimal(figure) for figure in figures)
    for name, stated, counted in (
        ("entries and addenda", count, Decimal(counts.records)),
        ("entry hash", hashed, Decimal(counts.hash % HASH_LIMIT)),
        ("debits", debit.scaleb(-2), Decimal(counts.debit_cents).scaleb(-2)),
        ("credits", credit.scaleb(-2), Decimal(counts.credit_cents).scaleb(-2)),
    ):
        ledger.state(ControlTotal(name=name, scope=scope, stated=stated, counted=counted, origin=origin))
    return True


def _is_figure(text: str) -> bool:
    return text.isascii() and text.isdigit()
