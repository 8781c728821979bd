"""Writes BAI2 files: groups of accounts with balances and transactions; control totals and record counts are computed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from loadstone.errors import FixSpec
from loadstone.formats.readers.figures import places_of
from loadstone.output.banks.model import BAI2_FILE, BAI2_GROUP, Bai2
from loadstone.output.banks.rows import Row, Rows, filled, short_date, short_time, units_of, wrong
from loadstone.output.batches import Batch, SourceColumn
from loadstone.output.model import OutputSpec, Value

USUAL_CURRENCY = "USD"
_DEFAULTS = {"file_date": "{now:YYMMDD}", "file_time": "{now:HH24MI}"}
_OF_GROUP = {"group_status": "1"}
_OF_ROWS = tuple(name for name in BAI2_GROUP if name != "currency")
_NEEDED = ("group_originator", "as_of_date")
_FUNDS = ("0", "1", "2", "Z", "V")
_NEXT_RECORD = re.compile(r"/\s*$|/[ \t]+\d\d,")
"""What in a text would end its record."""


@dataclass
class Part:
    """An account, group or the file: the sum of its amounts, of smallest units, its records so far, and its parts."""

    units: int = 0
    records: int = 0
    parts: int = 0

    def add(self, other: Part) -> None:
        """Count a part that has ended."""
        self.units += other.units
        self.records += other.records
        self.parts += 1


class Bai2Writer:
    """One file; ``add`` keeps the open group and account, and what their trailers will state."""

    def __init__(
        self, spec: OutputSpec, layout: Bai2, columns: Sequence[SourceColumn], variables: Mapping[str, Value]
    ) -> None:
        """``FixSpec`` LS-8003 to LS-8005 a template cannot be filled, or the rows lack a column."""
        self._end = spec.record_end
        self._rows = Rows(spec, columns)
        self._rows.needs(("account", "type_code", "amount", *layout.balances.values()))
        self._balances = layout.balances
        self._head = filled({**_DEFAULTS, **layout.file}, variables)
        self._fixed = filled({**_OF_GROUP, **layout.group}, variables)
        missing = [name for name in _NEEDED if name not in self._rows.places and name not in layout.group]
        if missing:
            raise FixSpec(
                "LS-8004",
                f"neither the rows nor `group` have {', '.join(missing)}",
                hints=["say it under group: of the layout, or give the rows such a column."],
            )
        self._group_key: list[str | None] | None = None
        self._account_key: list[str | None] | None = None
        self._file, self._group, self._account = Part(records=1), Part(), Part()

    def head(self) -> str:
        """Record 01."""
        head = self._head
        dated = {**head, "file_date": short_date(head["file_date"], 0, "file_date")}
        values = [_plain(dated.get(name), 0, name) for name in BAI2_FILE]
        return self._lines([f"01,{','.join(values)},,,2/"])

    def add(self, batch: Batch) -> str:
        """The records of the next rows, with the trailers of what ends and the headers of what begins."""
        records: list[str] = []
        for number, row in self._rows.of(batch):
            group = [row.get(name, self._fixed.get(name)) for name in _OF_ROWS]
            account = [row["account"], row.get("currency") or self._fixed.get("currency") or USUAL_CURRENCY]
            if group != self._group_key:
                records += [*self._end_account(), *self._end_group(), self._start_group(group, number)]
            if account != self._account_key:
                records += [*self._end_account(), self._start_account(account, row, number)]
            if row["type_code"] is not None:
                records += self._transaction(row, number)
        return self._lines(records)

    def foot(self) -> str:
        """The last trailers, and record 99."""
        records = [*self._end_account(), *self._end_group()]
        file = self._file
        return self._lines([*records, f"99,{file.units},{file.parts},{file.records + 1}/"])

    def stored(self) -> dict[str, Any]:
        """What is open, and all sums and counts."""
        parts = {"file": asdict(self._file), "group": asdict(self._group), "account": asdict(self._account)}
        return {"group_key": self._group_key, "account_key": self._account_key, **parts}

    def restored(self, values: Mapping[str, Any]) -> None:
        """Go on from what was stored."""
        self._group_key, self._account_key = values["group_key"], values["account_key"]
        self._file, self._group, self._account = (
            Part(**values[name]) for name in ("file", "group", "account")
        )

    # Private methods

    def _lines(self, records: list[str]) -> str:
        return "".join(record + self._end for record in records)

    def _start_group(self, key: list[str | None], number: int) -> str:
        self._group_key, self._group = key, Part(records=1)
        values = dict(zip(_OF_ROWS, key, strict=True))
        values["as_of_date"] = short_date(values["as_of_date"], number, "as_of_date")
        values["as_of_time"] = short_time(values["as_of_time"], number, "as_of_time")
        if values["as_of_date"] is None:
            raise wrong(number, "as_of_date", "the group has no date")
        values["currency"] = self._fixed.get("currency")
        return f"02,{','.join(_plain(values[name], number, name) for name in BAI2_GROUP)}/"

    def _end_group(self) -> list[str]:
        if self._group_key is None:
            return []
        self._group_key = None
        group = self._group
        group.records += 1
        trailer = f"98,{group.units},{group.parts},{group.records}/"
        self._file.add(group)
        return [trailer]

    def _start_account(self, key: list[str | None], row: Row, number: int) -> str:
        if key[0] is None:
            raise wrong(number, "account", "the account is NULL")
        self._account_key, self._account = key, Part(records=1)
        fields = [_plain(one, number, name) for one, name in zip(key, ("account", "currency"), strict=True)]
        for code, column in self._balances.items():
            units = self._units(row[column], number, column)
            if units is not None:
                self._account.units += units
                fields += [code, str(units), "", ""]
        return f"03,{','.join(fields)}/"

    def _end_account(self) -> list[str]:
        if self._account_key is None:
            return []
        self._account_key = None
        account = self._account
        account.records += 1
        trailer = f"49,{account.units},{account.records}/"
        self._group.add(account)
        return [trailer]

    def _transaction(self, row: Row, number: int) -> list[str]:
        code = row["type_code"] or ""
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise wrong(number, "type_code", "a type code has three digits")
        units = self._units(row["amount"], number, "amount")
        self._account.units += units or 0
        fields = [code, "" if units is None else str(units), *_funds(row, number)]
        fields += [_plain(row.get(name), number, name) for name in ("bank_reference", "customer_reference")]
        lines = [line.strip() for line in (row.get("text") or "").split("\n")]
        lines = [line for line in lines if line]
        for line in lines:
            if _NEXT_RECORD.search(line) or not line.isprintable():
                raise wrong(
                    number,
                    "text",
                    "the text holds what would end its record: a slash at an end, or a control character",
                )
        self._account.records += max(1, len(lines))
        first = f"16,{','.join(fields)}"
        if not lines:
            return [f"{first}/"]
        return [f"{first},{lines[0]}", *(f"88,{line}" for line in lines[1:])]

    def _units(self, text: str | None, number: int, column: str) -> int | None:
        assert self._account_key is not None
        return units_of(text, places_of(self._account_key[1] or USUAL_CURRENCY), number, column)


# Private functions


def _plain(text: str | None, number: int, column: str) -> str:
    """A field, which has no delimiter within."""
    value = text or ""
    if any(mark in value for mark in ",/") or not value.isprintable():
        raise wrong(number, column, "the value holds a comma, a slash or a control character")
    return value


def _funds(row: Row, number: int) -> list[str]:
    kind = row.get("funds_type")
    if kind is None:
        return [""]
    if kind not in _FUNDS:
        raise wrong(number, "funds_type", f"the funds type is one of {', '.join(_FUNDS)}")
    if kind != "V":
        return [kind]
    day = short_date(row.get("value_date"), number, "value_date")
    if day is None:
        raise wrong(number, "value_date", "funds of type V have a value date")
    return ["V", day, short_time(row.get("value_time"), number, "value_time") or ""]
