"""
Reads BAI2 files: groups of accounts with their balances and transactions.

The file's control totals are sums of amounts as written, without the sign of a type code. A record that cannot be read is one bad row; records
out of order end the reading, for whose account or group they are could not be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..figures import places_of, pointed
from ..ledger import Ledger
from ..lines import decode, garbled, peek, read_lines, shown
from ..model import Readable, Row
from .layout import BALANCE_COLUMNS, TRANSACTION_COLUMNS, direction_of
from .records import JOINT, Malformed, Record, amount_of, day_of, funds_of, records_of, time_of

USUAL_CURRENCY = "USD"

Values = tuple[str | None, ...]


class Bai2Reader:
    """
    The transactions (records 16) of a BAI2 file, or the balances and summaries of its accounts (records 03).

    Amounts have the decimals of their currency by ISO 4217, for the file writes none.

    Raises:
        FixFile: LS-2050 no record 01 at the start; LS-2051 no record 99 at the end; LS-2052 records out of order.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        name: str,
        rows: Literal["transactions", "balances"] = "transactions",
        encoding: str = "utf-8",
    ) -> None:
        columns = TRANSACTION_COLUMNS if rows == "transactions" else BALANCE_COLUMNS
        self.columns = tuple(column.name for column in columns)
        self._stream, self._name, self._encoding = stream, name, encoding
        self._balances = rows == "balances"
        self._ledger = Ledger()
        self._file: _Part | None = None
        self._group: _Part | None = None
        self._account: _Part | None = None
        self._head: Values = ()
        self._files = 0

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        line = 1
        for record in records_of(self._lines()):
            line = record.line
            for part in (self._file, self._group, self._account):
                if part is not None:
                    part.records += record.physical
            if self._file is None and record.code != "01":
                code = "LS-2052" if self._files else "LS-2050"
                raise self._error(code, line, "expected a file header, record 01")
            yield from self._record(record)
        if self._file is not None or not self._files:
            code = "LS-2051" if self._files else "LS-2050"
            wanted = "trailer, record 99" if self._files else "header, record 01"
            raise self._error(code, line, f"the file ends without its {wanted}")

    def controls(self) -> tuple[ControlTotal, ...]:
        """Control totals and record counts of each account, group and the file, with the numbers of accounts and groups."""
        return self._ledger.totals()

    # Private methods

    def _lines(self) -> Iterator[tuple[int, str]]:
        _, stream = peek(self._stream, 3)
        for line, raw in read_lines(stream, name=self._name):
            yield line, decode(raw, self._encoding)

    def _record(self, record: Record) -> Iterator[Row]:
        if record.code == "16":
            yield from self._transaction(record)
        elif record.code == "03":
            yield from self._start_account(record)
        elif record.code == "49":
            yield from self._end_account(record)
        elif record.code == "02":
            self._start_group(record)
        elif record.code == "98":
            self._end_group(record)
        elif record.code == "01":
            self._start_file(record)
        elif record.code == "99":
            self._end_file(record)
        else:
            yield _bad(record, "it begins with no code of a record: 01, 02, 03, 16, 49, 88, 98, 99")

    def _start_file(self, record: Record) -> None:
        self._expect(record, self._file is None, "expected the file trailer, record 99, before another file")
        self._files += 1
        fields = _padded(record.fields(), 8)
        if fields[7] not in ("", "2", "3"):
            raise self._error("LS-2050", record.line, f"version {fields[7]!r} of BAI is not 2 or 3")
        day = self._day(record, fields[2], "the file's date")
        scope = "file" if self._files == 1 else f"file {self._files}"
        head = (fields[0] or None, fields[1] or None, day, time_of(fields[3]), fields[4] or None)
        self._file = _Part(scope, head, USUAL_CURRENCY)

    def _start_group(self, record: Record) -> None:
        self._expect(
            record, self._group is None, "expected the group trailer, record 98, before another group"
        )
        assert self._file is not None
        self._file.parts += 1
        fields = _padded(record.fields(), 7)
        day = self._day(record, fields[3], "the group's date")
        head = (
            fields[0] or None, fields[1] or None, fields[2] or None, day, time_of(fields[4]), fields[6] or None,
        )  # fmt: skip
        scope = f"group {self._file.parts}" + ("" if self._files == 1 else f" of {self._file.scope}")
        self._group = _Part(scope, head, fields[5] or USUAL_CURRENCY, record.physical)

    def _start_account(self, record: Record) -> Iterator[Row]:
        group = self._group
        self._expect(record, group is not None, "expected a group header, record 02, before an account")
        self._expect(
            record, self._account is None, "expected the account trailer, record 49, before another account"
        )
        assert group is not None and self._file is not None
        group.parts += 1
        fields = record.fields()
        currency = (fields[1] if len(fields) > 1 else "") or group.currency
        scope = f"account {group.parts} of {group.scope}"
        self._account = account = _Part(scope, (), currency, record.physical)
        self._head = (*self._file.head, *group.head, fields[0] or None, currency)
        at = 2
        try:
            while at < len(fields):
                if not any(fields[at:]):
                    break
                funds = funds_of(fields, at + 3, account.places)
                row = self._balance(record, fields, at, funds.values)
                if self._balances and row is not None:
                    yield row
                at += 3 + funds.size
        except Malformed as error:
            yield _bad(record, str(error))

    def _balance(self, record: Record, fields: list[str], at: int, funds: Values) -> Row | None:
        code, amount, count = _padded(fields[at : at + 3], 3)
        account = self._account
        assert account is not None
        units = amount_of(amount)
        if not code and not amount and not count:
            return None
        _check_code(code)
        account.units += units or 0
        text = None if units is None else pointed(units, account.places)
        values = (str(record.line), *self._head, code, text, count or None, *funds)
        return Row(f"line {record.line}", values)

    def _transaction(self, record: Record) -> Iterator[Row]:
        account = self._account
        if account is None:
            yield _bad(record, "a transaction outside of an account")
            return
        fields = record.fields()
        try:
            code, amount = _padded(fields[:2], 2)
            units = amount_of(amount)
            account.units += units or 0
            if fault := garbled(record.body, self._encoding):
                raise Malformed(fault)
            _check_code(code)
            funds = funds_of(fields, 2, account.places)
        except Malformed as error:
            yield _bad(record, str(error))
            return
        if self._balances:
            return
        direction, text, signed = direction_of(code), None, None
        if units is not None:
            text = pointed(units, account.places)
            signed = text if direction == "C" else pointed(-units, account.places) if direction else None
        at = 2 + funds.size
        bank, customer = _padded(fields[at : at + 2], 2)
        yield Row(
            f"line {record.line}",
            (
                str(record.line), *self._head, code, direction, text, signed, *funds.values,
                bank or None, customer or None, record.rest(at + 2),
            ),
        )  # fmt: skip

    def _end_account(self, record: Record) -> Iterator[Row]:
        account, group = self._account, self._group
        if account is None or group is None:
            raise self._error("LS-2052", record.line, "expected an account, record 03, before its trailer")
        self._account = None
        if not self._state(record, account, (("control total", None), ("records", account.records))):
            yield _bad(record, "the figures of the account trailer are no digits")
        group.units += account.units

    def _end_group(self, record: Record) -> None:
        group, file = self._group, self._file
        if group is None or self._account is not None:
            wanted = "an account trailer, record 49," if group is not None else "a group header, record 02,"
            raise self._error("LS-2052", record.line, f"expected {wanted} before a group trailer")
        assert file is not None
        self._group = None
        wanted_counts = (("control total", None), ("accounts", group.parts), ("records", group.records))
        if not self._state(record, group, wanted_counts):
            raise self._error("LS-2052", record.line, "expected digits in the figures of the group trailer")
        file.units += group.units
        file.currency = group.currency

    def _end_file(self, record: Record) -> None:
        file = self._file
        self._expect(
            record, self._group is None, "expected the group trailer, record 98, before the file trailer"
        )
        assert file is not None
        self._file = None
        wanted_counts = (("control total", None), ("groups", file.parts), ("records", file.records))
        if not self._state(record, file, wanted_counts):
            raise self._error("LS-2052", record.line, "expected digits in the figures of the file trailer")

    def _state(self, record: Record, part: _Part, counts: tuple[tuple[str, int | None], ...]) -> bool:
        """Keep the totals of a trailer; False where they are no figures."""
        fields = _padded(record.fields(), len(counts))
        try:
            stated = [amount_of(field) for field in fields]
        except Malformed:
            return False
        for (name, counted), figure in zip(counts, stated):
            scale = 0 if name != "control total" else -part.places
            if figure is None:
                continue
            found = part.units if counted is None else counted
            self._ledger.state(
                ControlTotal(
                    name=name,
                    scope=part.scope,
                    stated=Decimal(figure).scaleb(scale),
                    counted=Decimal(found).scaleb(scale),
                    origin=f"line {record.line}",
                )
            )
        return True

    def _day(self, record: Record, text: str, what: str) -> str | None:
        try:
            return day_of(text, what)
        except Malformed as error:
            raise self._error("LS-2052", record.line, str(error)) from error

    def _expect(self, record: Record, good: bool, wanted: str) -> None:
        if not good:
            raise self._error("LS-2052", record.line, wanted)

    def _error(self, code: str, line: int, fact: str) -> FixFile:
        return FixFile(code, fact, Place(file=self._name, line=line))


# Private functions


class _Part:
    """A file, group or account that is being read: its values, and what its trailer should state."""

    def __init__(self, scope: str, head: Values, currency: str, records: int = 1) -> None:
        self.scope, self.head, self.currency = scope, head, currency
        self.records, self.parts, self.units = records, 0, 0

    @property
    def places(self) -> int:
        """Decimals of its currency."""
        return places_of(self.currency)


def _bad(record: Record, fault: str) -> Row:
    text = f"{record.code},{record.body}" if record.code else record.body
    return Row(f"line {record.line}", (shown(text.replace(JOINT, "\n")),), fault)


def _padded(fields: list[str], size: int) -> list[str]:
    return fields[:size] + [""] * (size - len(fields))


def _check_code(code: str) -> None:
    if not (len(code) == 3 and code.isascii() and code.isdigit()):
        raise Malformed(f"the type code {code!r} is no three digits")
