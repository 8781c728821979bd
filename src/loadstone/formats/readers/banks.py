"""The formats of banks that have a reader: their names, the rows they give, and how a stream of them is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from .model import Column, Readable, Reader


@dataclass(frozen=True)
class Bank:
    """
    A format.

    Attributes:
        title: What people call it.
        module: Where its ``Opener`` of the name ``opener`` stands, imported when it is used.
        rows: Kinds of rows that it gives, the first unless another is asked for, and the columns of each.
        own_charset: Whether a file says itself which character set it is in, so that nobody else does.
    """

    title: str
    module: str
    opener: str
    columns: dict[str, str]
    own_charset: bool = False

    @property
    def rows(self) -> tuple[str, ...]:
        """Kinds of rows, the usual one first."""
        return tuple(self.columns)

    def columns_of(self, rows: str) -> tuple[Column, ...]:
        """The columns of a kind of rows, with what they mean."""
        module, _, name = self.columns[rows].rpartition(":")
        return cast(tuple[Column, ...], getattr(import_module(module, __package__), name))


_STATEMENT = {"entries": ".mt940.layout:ENTRY_COLUMNS", "balances": ".mt940.layout:BALANCE_COLUMNS"}
_CAMT = {
    "entries": ".iso20022.layout:ENTRY_COLUMNS",
    "transactions": ".iso20022.layout:TRANSACTION_COLUMNS",
    "balances": ".iso20022.layout:BALANCE_COLUMNS",
}

BANKS = {
    "nacha": Bank(
        "NACHA ACH", ".nacha.reader", "NachaReader",
        {"entries": ".nacha.layout:ENTRY_COLUMNS", "batches": ".nacha.layout:BATCH_COLUMNS"},
    ),
    "bai2": Bank(
        "BAI2", ".bai2.reader", "Bai2Reader",
        {"transactions": ".bai2.layout:TRANSACTION_COLUMNS", "balances": ".bai2.layout:BALANCE_COLUMNS"},
    ),
    "mt940": Bank("SWIFT MT940", ".mt940.reader", "Mt940Reader", _STATEMENT),
    "mt942": Bank("SWIFT MT942", ".mt940.reader", "Mt940Reader", _STATEMENT),
    "mt950": Bank("SWIFT MT950", ".mt940.reader", "Mt940Reader", _STATEMENT),
    "camt.052": Bank("ISO 20022 camt.052", ".iso20022.statements", "StatementReader", _CAMT, own_charset=True),
    "camt.053": Bank("ISO 20022 camt.053", ".iso20022.statements", "StatementReader", _CAMT, own_charset=True),
    "camt.054": Bank("ISO 20022 camt.054", ".iso20022.statements", "StatementReader", _CAMT, own_charset=True),
    "pain.001": Bank(
        "ISO 20022 pain.001", ".iso20022.payments", "PaymentReader",
        {"transactions": ".iso20022.layout:PAYMENT_COLUMNS"}, own_charset=True,
    ),
    "ofx": Bank(
        "OFX", ".ofx.reader", "OfxReader",
        {"transactions": ".ofx.layout:TRANSACTION_COLUMNS", "balances": ".ofx.layout:BALANCE_COLUMNS"}, own_charset=True,
    ),
}  # fmt: skip
"""Formats by the name that ``loadstone detect`` gives them."""


def open_bank(
    kind: str, stream: Readable, *, name: str, rows: str | None = None, encoding: str | None = None
) -> Reader:
    """
    A reader of ``stream``, which is of the format ``kind``, a key of ``BANKS``; ``encoding`` is Python's name of its character set.

    Raises:
        FixFile: LS-205x, when it is read, what is wrong with the file.
    """
    bank = BANKS[kind]
    reader = cast(Callable[..., Reader], getattr(import_module(bank.module, __package__), bank.opener))
    options = {} if encoding is None or bank.own_charset else {"encoding": encoding}
    return reader(stream, name=name, rows=rows or bank.rows[0], **options)
