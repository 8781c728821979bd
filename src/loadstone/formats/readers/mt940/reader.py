"""
Reads SWIFT statements: MT940, MT942 and MT950, several in a file, with or without their envelopes.

A field 61 that cannot be read is one bad row. A statement without its opening or closing balance ends the reading: whether entries are missing
could not be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..ledger import Ledger
from ..lines import decode, garbled, peek, read_lines, shown
from ..model import Readable, Row
from .fields import Balance, Entry, Malformed, balance_of, entry_of, sum_of
from .information import parts_of
from .layout import BALANCE_COLUMNS, BALANCES, ENTRY_COLUMNS, TYPES
from .messages import END, START, Field, envelope_parts, fields_of


class Mt940Reader:
    """
    The entries (field 61 with its 86) or the balances of SWIFT statements.

    Raises:
        FixFile: LS-2050 no field 20, or a message of another type; LS-2051 the last statement is cut off; LS-2052 a balance is missing or
            cannot be read.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        name: str,
        rows: Literal["entries", "balances"] = "entries",
        encoding: str = "utf-8",
    ) -> None:
        columns = ENTRY_COLUMNS if rows == "entries" else BALANCE_COLUMNS
        self.columns = tuple(column.name for column in columns)
        self._stream, self._name, self._encoding = stream, name, encoding
        self._balances = rows == "balances"
        self._ledger = Ledger()
        self._envelope: tuple[str | None, str | None] = (None, None)
        self._statement: _Statement | None = None
        self._entry: _Pending | None = None
        self._carried: dict[str | None, Decimal] = {}
        self._statements = 0

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        line = 1
        for field in fields_of(self._lines()):
            line = field.line
            yield from self._field(field)
        yield from self._end_entry()
        if not self._statements:
            raise self._error("LS-2050", 1, "there is no field :20: at the head of a statement")
        self._end_statement("LS-2051", line)

    def controls(self) -> tuple[ControlTotal, ...]:
        """Of each statement: the closing balance, what 90C and 90D state, and an intermediate opening balance that was carried on."""
        return self._ledger.totals()

    # Private methods

    def _lines(self) -> Iterator[tuple[int, str]]:
        _, stream = peek(self._stream, 3)
        for line, raw in read_lines(stream, name=self._name):
            yield line, decode(raw, self._encoding)

    def _field(self, field: Field) -> Iterator[Row]:
        tag = field.tag
        if tag == "86" and self._entry is not None:
            self._entry.information.append(field.text)
            return
        if tag == "NS" and self._entry is not None:
            self._entry.nonstandard.append(field.text)
            return
        yield from self._end_entry()
        if tag == "61":
            yield from self._start_entry(field)
        elif tag in BALANCES:
            yield from self._balance(field)
        elif tag in ("90C", "90D"):
            yield from self._sum(field)
        elif tag == "20":
            self._end_statement("LS-2052", field.line)
            self._statements += 1
            self._statement = _Statement(self._statements, self._envelope, field.text.strip())
        elif tag == START:
            self._end_statement("LS-2052", field.line)
            self._envelope = envelope_parts(field.text)
            if self._envelope[0] is not None and self._envelope[0] not in TYPES:
                raise self._error("LS-2050", field.line, f"a message MT{self._envelope[0]} is no statement")
        elif tag == END:
            self._end_statement("LS-2052", field.line)
            self._envelope = (None, None)
        elif self._statement is not None:
            self._statement.take(tag, field.text)

    def _start_entry(self, field: Field) -> Iterator[Row]:
        statement = self._statement
        if statement is None:
            yield _bad(field, "an entry outside of a statement")
            return
        if statement.opening is None and not statement.interim:
            raise self._error(
                "LS-2052", field.line, "expected an opening balance, field 60F or 60M, before an entry"
            )
        statement.entries += 1
        try:
            entry = entry_of(field.text)
        except Malformed as error:
            yield _bad(field, str(error))
            return
        statement.add(entry)
        self._entry = _Pending(field, statement.entries, entry)

    def _end_entry(self) -> Iterator[Row]:
        pending, statement = self._entry, self._statement
        if pending is None or statement is None:
            return
        self._entry = None
        if self._balances:
            return
        entry = pending.entry
        information = "\n".join(text for text in pending.information)
        raw = "\n".join([pending.field.text, information, *pending.nonstandard])
        fault = entry.fault or garbled(raw, self._encoding)
        if fault is not None:
            yield Row(f"line {pending.field.line}", (shown(f":61:{raw}"),), fault)
            return
        yield Row(
            f"line {pending.field.line}",
            (
                str(pending.field.line), *statement.head(), str(pending.number),
                entry.value_date, entry.entry_date, entry.mark, entry.direction, entry.text,
                f"-{entry.text}" if entry.signed < 0 else entry.text,
                entry.funds_code, entry.kind, entry.reference, entry.bank_reference, entry.details,
                information.strip() or None, *parts_of(information), "\n".join(pending.nonstandard) or None,
            ),
        )  # fmt: skip

    def _balance(self, field: Field) -> Iterator[Row]:
        statement = self._statement
        if statement is None:
            yield _bad(field, "a balance outside of a statement")
            return
        try:
            balance = balance_of(field.text.partition("\n")[0].rstrip())
        except Malformed as error:
            if field.tag[:2] in ("60", "62"):
                raise self._error("LS-2052", field.line, str(error)) from error
            yield _bad(field, str(error))
            return
        if field.tag[:2] == "60":
            self._open(statement, field, balance)
        elif field.tag[:2] == "62":
            self._close(statement, field, balance)
        if self._balances:
            signed = f"-{balance.text}" if balance.signed < 0 else balance.text
            yield Row(
                f"line {field.line}",
                (
                    str(field.line), *statement.head(balance.currency), field.tag, BALANCES[field.tag],
                    "Y" if field.tag.endswith("M") else "N", balance.day, balance.mark, balance.text, signed,
                ),
            )  # fmt: skip

    def _open(self, statement: _Statement, field: Field, balance: Balance) -> None:
        statement.opening = balance
        statement.currency = balance.currency
        carried = self._carried.pop(statement.account, None)
        if field.tag == "60M" and carried is not None:
            self._state(statement, "opening balance carried on", balance.signed, carried, field.line)

    def _close(self, statement: _Statement, field: Field, balance: Balance) -> None:
        statement.closed = True
        if statement.opening is None and statement.interim:
            return
        if statement.opening is None:
            raise self._error(
                "LS-2052", field.line, "expected an opening balance, field 60F or 60M, before the closing one"
            )
        counted = statement.opening.signed + statement.credits + statement.debits
        self._state(statement, "closing balance", balance.signed, counted, field.line)
        if field.tag == "62M":
            self._carried[statement.account] = balance.signed

    def _sum(self, field: Field) -> Iterator[Row]:
        statement = self._statement
        try:
            if statement is None:
                raise Malformed("a sum outside of a statement")
            number, amount = sum_of(field.text.partition("\n")[0].rstrip())
        except Malformed as error:
            yield _bad(field, str(error))
            return
        credit = field.tag == "90C"
        entries = statement.credit_entries if credit else statement.debit_entries
        moved = statement.credits if credit else -statement.debits
        which = "credit" if credit else "debit"
        self._state(statement, f"{which} entries", Decimal(number), Decimal(entries), field.line)
        self._state(statement, f"{which}s", amount, moved, field.line)

    def _state(self, statement: _Statement, name: str, stated: Decimal, counted: Decimal, line: int) -> None:
        self._ledger.state(
            ControlTotal(
                name=name, scope=statement.scope, stated=stated, counted=counted, origin=f"line {line}"
            )
        )

    def _end_statement(self, code: str, line: int) -> None:
        statement = self._statement
        self._statement = None
        if statement is not None and not statement.closed and not statement.interim:
            raise self._error(code, line, "the statement ends without its closing balance, field 62F or 62M")

    def _error(self, code: str, line: int, fact: str) -> FixFile:
        return FixFile(code, fact, Place(file=self._name, line=line))


# Private functions


class _Pending:
    """An entry whose field 86 may still come."""

    __slots__ = ("entry", "field", "information", "nonstandard", "number")

    def __init__(self, field: Field, number: int, entry: Entry) -> None:
        self.field, self.number, self.entry = field, number, entry
        self.information: list[str] = []
        self.nonstandard: list[str] = []


class _Statement:
    """A statement that is being read."""

    def __init__(self, number: int, envelope: tuple[str | None, str | None], reference: str) -> None:
        self.number, self.reference = number, reference
        self.kind, self.sender = envelope
        self.interim = self.kind in ("942", "941", "972")
        self.related: str | None = None
        self.account: str | None = None
        self.page: tuple[str | None, str | None] = (None, None)
        self.currency: str | None = None
        self.opening: Balance | None = None
        self.closed = False
        self.entries = self.credit_entries = self.debit_entries = 0
        self.credits = self.debits = Decimal(0)

    @property
    def scope(self) -> str:
        """How its totals name it."""
        return f"statement {self.number}"

    def head(self, currency: str | None = None) -> tuple[str | None, ...]:
        """The columns of ``layout.HEAD``; ``currency`` where a field names its own."""
        kind = self.kind or ("942" if self.interim else "940")
        return (
            kind, self.sender, shown(self.reference), self.related, self.account, *self.page, currency or self.currency,
        )  # fmt: skip

    def take(self, tag: str, text: str) -> None:
        """A field of the head."""
        text = shown(text.strip())
        if tag in ("25", "25P"):
            self.account = text.replace("\n", " ") or None
        elif tag in ("28", "28C"):
            number, _, sequence = text.partition("/")
            self.page = (number.strip() or None, sequence.strip() or None)
        elif tag == "21":
            self.related = text or None
        elif tag in ("34F", "13D"):
            self.interim = self.interim or self.kind is None
            if tag == "34F" and self.currency is None:
                self.currency = text[:3] or None

    def add(self, entry: Entry) -> None:
        """Count an entry."""
        if entry.signed < 0 or entry.direction == "D":
            self.debit_entries += 1
            self.debits += entry.signed
        else:
            self.credit_entries += 1
            self.credits += entry.signed


def _bad(field: Field, fault: str) -> Row:
    return Row(f"line {field.line}", (shown(f":{field.tag}:{field.text}"),), fault)
