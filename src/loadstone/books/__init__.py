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

__all__ = [
    "Checkpoint",
    "Contribution",
    "Discard",
    "Fence",
    "Lease",
    "LoadReceipt",
    "Reject",
    "Run",
    "TableCount",
    "reject_values",
]
