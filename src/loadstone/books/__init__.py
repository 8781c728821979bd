"""What was done: contributions, checkpoints, fences, rejects, and the receipt."""

from loadstone.books.model import (
    Checkpoint,
    Contribution,
    Discard,
    Fence,
    Lease,
    LoadReceipt,
    Reject,
    Run,
    TableCount,
    reject_values,
)
from loadstone.books.totals import ControlTotal, Reconciled, exact_sum

__all__ = [
    "Checkpoint",
    "Contribution",
    "ControlTotal",
    "Discard",
    "Fence",
    "Lease",
    "LoadReceipt",
    "Reconciled",
    "Reject",
    "Run",
    "TableCount",
    "exact_sum",
    "reject_values",
]
