"""
Reads OFX: statements of bank and card accounts, and the cash movements of investment accounts.

A transaction that cannot be read is one bad row; a file without its last end tag was cut off. OFX states no control totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..figures import iso_date
from ..lines import garbled, shown
from ..model import Readable, Row
from .layout import (
    ACCOUNT,
    ACCOUNTS,
    BALANCE_COLUMNS,
    STATEMENTS,
    TRANSACTION,
    TRANSACTION_COLUMNS,
    WITHIN,
)
from .tags import Tag, tags_of

FIELD_CHARS_MAX = 65_536

_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,30}(?:[.,][0-9]{0,15})?|[.,][0-9]{1,15})")
_BALANCES = {"LEDGERBAL": "ledger", "AVAILBAL": "available"}


class OfxReader:
    """
    The transactions of an OFX file, or the balances of its accounts.

    ``encoding`` is what the file's head says unless it is given.

    Raises:
        FixFile: LS-2050 it is no OFX; LS-2051 it ends before its end tag; LS-2053 a tag without end.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        name: str,
        rows: Literal["transactions", "balances"] = "transactions",
        encoding: str | None = None,
    ) -> None:
        columns = TRANSACTION_COLUMNS if rows == "transactions" else BALANCE_COLUMNS
        self.columns = tuple(column.name for column in columns)
        self._stream, self._name, self._encoding = stream, name, encoding
        self._balances = rows == "balances"
        self._kind: str | None = None
        self._currency: str | None = None
        self._account: dict[str, str] = {}
        self._held: dict[str, str] | None = None
        self._began, self._prefix, self._holder = 0, "", ""

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        charset, tags = tags_of(self._stream, name=self._name, encoding=self._encoding)
        self._charset = charset
        last: Tag | None = None
        for tag in tags:
            last = tag
            if tag.ends:
                yield from self._end(tag)
            else:
                yield from self._start(tag)
        if last is None or last.name != "OFX" or not last.ends:
            line = last.line if last else 1
            raise FixFile(
                "LS-2051", "the file ends before its end tag </OFX>", Place(file=self._name, line=line)
            )

    def controls(self) -> tuple[ControlTotal, ...]:
        """OFX states no totals."""
        return ()

    # Private methods

    def _start(self, tag: Tag) -> Iterator[Row]:
        name = tag.name
        if name in STATEMENTS:
            self._kind, self._currency, self._account = STATEMENTS[name], None, {}
        elif name == "STMTTRN" or name in _BALANCES or name in ACCOUNTS or name == "INVBANKTRAN":
            if not (name == "STMTTRN" and self._holder == "INVBANKTRAN"):
                self._held, self._holder, self._began, self._prefix = {}, name, tag.line, ""
        elif name == "CURDEF":
            self._currency = tag.text or None
        elif name == "AVAILCASH" and self._balances:
            yield from self._balance("cash", {"BALAMT": tag.text}, tag.line)
        elif self._held is not None:
            if not tag.text and name in WITHIN:
                self._prefix = f"{WITHIN[name]}/"
            elif tag.text:
                self._held.setdefault(self._prefix + name, tag.text[:FIELD_CHARS_MAX])

    def _end(self, tag: Tag) -> Iterator[Row]:
        if tag.name in WITHIN:
            self._prefix = ""
        if tag.name != self._holder or self._held is None:
            return
        held, self._held, self._holder = self._held, None, ""
        if tag.name in ACCOUNTS:
            self._account = held
        elif tag.name in _BALANCES:
            if self._balances:
                yield from self._balance(_BALANCES[tag.name], held, self._began)
        elif not self._balances:
            yield self._transaction(held)

    def _head(self) -> tuple[str | None, ...]:
        account = (self._account.get(leaf.path) for leaf in ACCOUNT)
        return (self._kind, self._currency, *account)

    def _transaction(self, held: dict[str, str]) -> Row:
        origin = f"line {self._began}"
        text = "\n".join(f"{name}: {value}" for name, value in held.items())
        fault = garbled(text, self._charset)
        if fault is None:
            amount, fault = _amount(held.get("TRNAMT"), "TRNAMT")
        days: dict[str, str | None] = {}
        for name in ("DTPOSTED", "DTUSER", "DTAVAIL"):
            days[name], wrong = _day(held.get(name), name)
            fault = fault or wrong
        if fault is None and days["DTPOSTED"] is None:
            fault = "it has no DTPOSTED"
        if fault is not None:
            return Row(origin, (shown(text),), fault)
        return Row(
            origin,
            (
                str(self._began), *self._head(), days["DTPOSTED"], held.get("DTPOSTED"), days["DTUSER"], days["DTAVAIL"],
                amount, *(held.get(leaf.path) for leaf in TRANSACTION),
            ),
        )  # fmt: skip

    def _balance(self, kind: str, held: dict[str, str], line: int) -> Iterator[Row]:
        amount, fault = _amount(held.get("BALAMT"), "BALAMT")
        day, wrong = _day(held.get("DTASOF"), "DTASOF")
        if fault or wrong:
            yield Row(f"line {line}", (shown(str(held)),), fault or wrong)
            return
        yield Row(f"line {line}", (str(line), *self._head(), kind, amount, day, held.get("DTASOF")))


# Private functions


def _amount(text: str | None, name: str) -> tuple[str | None, str | None]:
    """An amount with a point, and what is wrong with it."""
    if text is None:
        return None, f"it has no {name}"
    if not _AMOUNT.fullmatch(text):
        return None, f"{name} {text!r} is no amount"
    plain = text.replace(",", ".").removeprefix("+").removesuffix(".")
    return plain.replace("-.", "-0.") if not plain.startswith(".") else f"0{plain}", None


def _day(text: str | None, name: str) -> tuple[str | None, str | None]:
    """The day of ``YYYYMMDD`` with or without a time and zone, and what is wrong with it; 0 is none."""
    if text is None or not text.strip("0"):
        return None, None
    found = iso_date(text[:8])
    return found, None if found else f"{name} {text!r} is no date"
