"""
Reads camt.052, camt.053 and camt.054: entries, their transactions, or balances.

An entry that cannot be read is one bad row; XML that is not well formed ends the reading. Memory holds one entry, and of its transactions at most
``TRANSACTIONS_HELD``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..ledger import Ledger
from ..model import Readable, Row
from .controls import Batch, Statement
from .document import Element, drop, elements_of, local, parent_of, texts_of
from .layout import (
    BALANCE_COLUMNS,
    BATCH,
    ENTRY,
    ENTRY_COLUMNS,
    STATEMENT,
    TRANSACTION,
    TRANSACTION_AMOUNT,
    TRANSACTION_COLUMNS,
)
from .values import Malformed, Texts, direction_of, first_of, moment_of, needed_amount, signed

TRANSACTIONS_HELD = 20_000
"""Transactions of an entry that wait for its end, where its further words stand; beyond it they go without these."""

RAW_CHARS_MAX = 65_536
_STATEMENTS = frozenset(("Stmt", "Rpt", "Ntfctn"))
_NAMES = ("GrpHdr", "Bal", "TxsSummry", "Btch", "TxDtls", "Ntry", "Stmt", "Rpt", "Ntfctn")
_NO_TRANSACTION = (None,) * len(TRANSACTION)
_NO_BATCH = (None,) * len(BATCH)
_STATEMENT_TEXTS, _ENTRY_TEXTS, _BATCH_TEXTS, _TRANSACTION_TEXTS = (
    Texts([one.paths for one in columns]) for columns in (STATEMENT, ENTRY, BATCH, TRANSACTION)
)

Values = tuple[str | None, ...]


class StatementReader:
    """
    The entries of statements, one row each; or their transactions, one row each and one for an entry that has none; or the balances.

    Raises:
        FixFile: LS-2050 no XML of this kind, or a document type in it; LS-2051 it ends early; LS-2052 it is not well formed.
    """

    def __init__(
        self, stream: Readable, *, name: str, rows: Literal["entries", "transactions", "balances"] = "entries"
    ) -> None:
        columns = {"entries": ENTRY_COLUMNS, "transactions": TRANSACTION_COLUMNS, "balances": BALANCE_COLUMNS}
        self.columns = tuple(column.name for column in columns[rows])
        self._stream, self._name, self._rows = stream, name, rows
        self._ledger = Ledger()
        self._message: Values = (None, None)
        self._statement: Statement | None = None
        self._head: Values = ()
        self._statements = 0
        self._entry: _Entry | None = None

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        for name, element in elements_of(self._stream, _NAMES, name=self._name):
            if name == "TxDtls":
                yield from self._transaction(element)
            elif name == "Ntry":
                yield from self._end_entry(element)
            elif name == "Bal":
                yield from self._balance(element)
            elif name == "Btch":
                self._batch(element)
            elif name == "TxsSummry":
                self._summary(element)
            elif name == "GrpHdr":
                texts = texts_of(element)
                self._message = (texts.get("MsgId") or None, texts.get("CreDtTm") or None)
            else:
                self._end_statement(element)
        if not self._statements:
            raise FixFile(
                "LS-2050",
                "it has no statement, report or notification of accounts (Stmt, Rpt, Ntfctn)",
                Place(file=self._name),
            )

    def controls(self) -> tuple[ControlTotal, ...]:
        """Of each statement: its summary of entries, its closing balance in each currency, and its batches."""
        return self._ledger.totals()

    # Private methods

    def _current(self, above: Element) -> Statement:
        """The statement that ``above`` is, begun if it is new; its head stands before all entries."""
        if self._statement is None:
            self._statements += 1
            self._statement = Statement(f"statement {self._statements}")
            texts = texts_of(above, skip=("Bal", "Ntry", "TxsSummry"))
            self._head = (*self._message, *_STATEMENT_TEXTS.of(texts))
        return self._statement

    def _end_statement(self, element: Element) -> None:
        if local(element) not in _STATEMENTS or not parent_of(element).startswith("BkToCstmr"):
            return
        self._current(element).settle(self._ledger)
        self._statement = None
        drop(element)

    def _balance(self, element: Element) -> Iterator[Row]:
        if parent_of(element) not in _STATEMENTS:
            return
        statement, texts = self._current(element.getparent()), texts_of(element)
        line, origin = _place(element)
        try:
            amount, currency = needed_amount(texts, "Amt")
            direction = direction_of(texts)
            if direction is None:
                raise Malformed("it has no CdtDbtInd")
            day, _ = moment_of(texts, "Dt")
        except Malformed as error:
            yield _bad(element, str(error))
            return
        kind = first_of(texts, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd", "Tp/Prtry")
        sub_kind = first_of(texts, "Tp/SubTp/Cd", "Tp/SubTp/Prtry")
        text = signed(amount, direction)
        statement.balance(kind or "", currency, text or "0", origin)
        if self._rows == "balances":
            yield Row(origin, (line, *self._head, kind, sub_kind, direction, amount, currency, text, day))

    def _summary(self, element: Element) -> None:
        if parent_of(element) in _STATEMENTS:
            self._current(element.getparent()).summary(texts_of(element), _place(element)[1])

    def _batch(self, element: Element) -> None:
        entry = self._entry_of(element)
        if entry is not None:
            entry.settle_batch(self._ledger)
            scope = f"{entry.scope}, batch {entry.batches + 1}"
            entry.batches += 1
            entry.batch = Batch(texts_of(element), scope, _place(element)[1])

    def _entry_of(self, inner: Element) -> _Entry | None:
        """The entry that an element stands in, begun if it is new."""
        above = inner.getparent()
        if above is not None and local(above) == "NtryDtls":
            above = above.getparent()
        if above is None or local(above) != "Ntry" or parent_of(above) not in _STATEMENTS:
            return None
        if self._entry is None:
            statement = self._current(above.getparent())
            statement.entries += 1
            self._entry = _Entry(statement.scope, statement.entries)
        return self._entry

    def _transaction(self, element: Element) -> Iterator[Row]:
        entry = self._entry_of(element)
        if entry is None:
            return
        texts = texts_of(element)
        found = next(((path, texts[path]) for path in TRANSACTION_AMOUNT if path in texts), None)
        amount = currency = direction = None
        try:
            direction = direction_of(texts)
            if found is not None:
                amount, currency = needed_amount(texts, found[0])
        except Malformed as error:
            entry.fault = entry.fault or f"transaction {entry.count + 1}: {error}"
        if entry.batch is not None:
            entry.batch.add(amount, currency)
        entry.count += 1
        number = str(entry.count)
        moved = (number, number, direction, amount, currency)
        held = (*moved, *_TRANSACTION_TEXTS.of(texts))
        if self._rows == "transactions" or entry.count == 1:
            entry.transactions.append((element.sourceline or 0, entry.batch_values(), held))
        above = element.getparent()
        if len(entry.transactions) >= TRANSACTIONS_HELD and entry.fault is None:
            ntry = above if local(above) == "Ntry" else above.getparent()
            yield from self._release(entry, ntry)
        drop(element)

    def _release(self, entry: _Entry, element: Element) -> Iterator[Row]:
        """Rows of transactions before their entry ends: the fields before them are complete."""
        values = self._entry_values(entry, element, skip=("AddtlNtryInf",))
        if values is None:
            return
        for line, batch, held in entry.transactions:
            yield self._row(line, values, batch, held)
        entry.transactions.clear()
        entry.released = True

    def _end_entry(self, element: Element) -> Iterator[Row]:
        if parent_of(element) not in _STATEMENTS:
            return
        statement, entry = self._current(element.getparent()), self._entry
        if entry is None:
            statement.entries += 1
            entry = _Entry(statement.scope, statement.entries)
        self._entry = None
        entry.settle_batch(self._ledger)
        values = self._entry_values(entry, element)
        if values is not None:
            _, direction, amount, currency = values[:4]
            status = values[len(values) - len(ENTRY) + 1]
            statement.add(amount or "0", currency or "", direction or "C", status or "")
        if self._rows != "balances":
            yield from self._entry_rows(entry, values, element)
        drop(element)

    def _entry_rows(self, entry: _Entry, values: Values | None, element: Element) -> Iterator[Row]:
        if values is None or entry.fault is not None:
            yield _bad(element, entry.fault or "", f", entry {entry.number}")
        elif self._rows == "transactions" and (entry.transactions or entry.released):
            for line, batch, held in entry.transactions:
                yield self._row(line, values, batch, held)
        else:
            held = (str(entry.count), None, values[1], values[2], values[3], *_NO_TRANSACTION)
            if self._rows == "entries" and entry.count == 1:
                held = ("1", *entry.transactions[0][2][1:])
            yield self._row(element.sourceline or 0, values, entry.batch_values(), held)

    def _row(self, line: int, values: Values, batch: Values, held: Values) -> Row:
        count, number, direction, amount, currency, *rest = held
        if number is not None and direction is None:
            direction = values[1]
        return Row(
            f"line {line}, entry {values[0]}",
            (str(line), *self._head, *values, *batch, count, number, direction, amount, currency, *rest),
        )

    def _entry_values(self, entry: _Entry, element: Element, skip: tuple[str, ...] = ()) -> Values | None:
        """The columns of ``layout.MOVED`` and ``layout.ENTRY``; None, and the entry's fault, where they cannot be read."""
        texts = texts_of(element, skip=("NtryDtls", "TxDtls", "Btch", *skip))
        try:
            amount, currency = needed_amount(texts, "Amt")
            direction = direction_of(texts)
            if direction is None:
                raise Malformed("it has no CdtDbtInd")
            booking, booked_at = moment_of(texts, "BookgDt")
            value, valued_at = moment_of(texts, "ValDt")
        except Malformed as error:
            entry.fault = entry.fault or str(error)
            return None
        reversal = {"true": "Y", "1": "Y", "false": "N", "0": "N"}.get(texts.get("RvslInd", ""))
        return (
            str(entry.number), direction, amount, currency, signed(amount, direction), reversal,
            booking, booked_at, value, valued_at, *_ENTRY_TEXTS.of(texts),
        )  # fmt: skip


# Private functions


class _Entry:
    """An entry that is being read: its transactions so far, its batch, and why it is malformed."""

    def __init__(self, scope: str, number: int) -> None:
        self.scope, self.number = f"entry {number} of {scope}", number
        self.batch: Batch | None = None
        self.batches = self.count = 0
        self.transactions: list[tuple[int, Values, Values]] = []
        self.released = False
        self.fault: str | None = None

    def batch_values(self) -> Values:
        """The columns of ``layout.BATCH``."""
        return _BATCH_TEXTS.of(self.batch.texts) if self.batch else _NO_BATCH

    def settle_batch(self, ledger: Ledger) -> None:
        """State the totals of the batch that ended, if any."""
        if self.batch is not None:
            self.batch.settle(ledger)


def _place(element: Element) -> tuple[str, str]:
    line = element.sourceline or 0
    return str(line), f"line {line}"


def _bad(element: Element, fault: str, which: str = "") -> Row:
    text = etree.tostring(element, encoding="unicode", with_tail=False)[:RAW_CHARS_MAX]
    return Row(f"line {element.sourceline or 0}{which}", (text,), fault)
