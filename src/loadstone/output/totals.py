"""Totals over the records as they are written: counts, sums, hash totals, least and greatest, also of one type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loadstone.output.batches import NUMBERS, Batch, SourceColumn, column_no, refused
from loadstone.output.model import Value
from loadstone.output.templates import Total
from loadstone.output.values import first_refused

DIGITS, DECIMALS = 76, 30
"""Of a value that is added up or compared, and those of them behind the decimal mark; a hash total has no such mark."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Totals:
    """
    Running totals.

    A hash total adds the digits of each value read as one number (account 12-345 counts 12345); it is exact here, and a
    template keeps as many of its last digits as it has room for.
    """

    def __init__(
        self, wanted: Iterable[Total], columns: Sequence[SourceColumn], type_column: str | None
    ) -> None:
        """``FixSpec`` LS-8004 for a column that the rows do not have, or a type without a type column."""
        self._places = {
            total: column_no(columns, total.column) if total.column is not None else -1
            for total in sorted(set(wanted), key=str)
        }
        needed = any(total.of_type is not None for total in self._places)
        self._type_no = column_no(columns, type_column or "") if needed else -1
        self._columns = columns
        self.values: dict[Total, Value] = {
            total: None if total.function in ("min", "max") else Decimal(0) for total in self._places
        }

    def add(self, batch: Batch) -> None:
        """
        Count the records of a batch.

        Raises:
            FixFile: LS-8011 a value to be summed is no number.
        """
        import pyarrow.compute as pc

        for total, no in self._places.items():
            here = self._here(batch, total)
            if total.function == "count":
                count = len(batch) if here is None else _trues(here)
                self.values[total] = _plus(self.values[total], Decimal(count))
                continue
            values = batch.columns[no] if here is None else pc.if_else(here, batch.columns[no], None)
            if total.function in ("min", "max"):
                self._extend(batch, total, no, values)
            else:
                self.values[total] = _plus(self.values[total], self._sum(batch, total, no, values))

    def restored(self, stored: Mapping[str, str | None]) -> None:
        """Go on from totals that were stored by their names."""
        for total in self._places:
            text = stored[str(total)]
            textual = (
                total.function in ("min", "max") and self._columns[self._places[total]].kind not in NUMBERS
            )
            self.values[total] = text if text is None or textual else Decimal(text)

    def stored(self) -> dict[str, str | None]:
        """All totals by their names, as text."""
        return {
            str(total): None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
            for total, value in self.values.items()
        }

    def figures(self) -> dict[str, Decimal]:
        """Those that are numbers, by their names."""
        return {str(total): value for total, value in self.values.items() if isinstance(value, Decimal)}

    # Private methods

    def _here(self, batch: Batch, total: Total) -> Any:
        import pyarrow.compute as pc

        if total.of_type is None:
            return None
        return pc.fill_null(pc.equal(batch.columns[self._type_no], total.of_type), False)

    def _sum(self, batch: Batch, total: Total, no: int, values: Any) -> Decimal:
        import pyarrow.compute as pc

        if total.function == "hash":
            digits = pc.replace_substring_regex(values, "[^0-9]+", "")
            values = pc.if_else(pc.equal(digits, ""), None, digits)
        decimals = 0 if total.function == "hash" else DECIMALS
        found = pc.sum(self._numbers(batch, total, no, values, decimals)).as_py()
        return Decimal(0) if found is None else _plain(found)

    def _numbers(self, batch: Batch, total: Total, no: int, values: Any, decimals: int) -> Any:
        """
        Texts of the batch's records as decimals.

        Raises:
            FixFile: LS-8011 one is no number, or is too long.
        """
        import pyarrow as pa

        wanted = pa.decimal256(DIGITS, decimals)
        try:
            return values.cast(wanted)
        except pa.ArrowInvalid:
            row = first_refused(values, lambda part: part.cast(wanted))
            why = f"the value is no number, and {total} needs one"
            if _NUMBER.fullmatch(values[row].as_py()):
                why = f"{total} adds up at most {DIGITS - decimals} digits before the decimal mark and {decimals} behind it"
            raise refused("LS-8011", why, batch, row, self._columns[no].name) from None

    def _extend(self, batch: Batch, total: Total, no: int, values: Any) -> None:
        import pyarrow.compute as pc

        numeric = self._columns[no].kind in NUMBERS
        typed = self._numbers(batch, total, no, values, DECIMALS) if numeric else values
        found = pc.min_max(typed)["min" if total.function == "min" else "max"].as_py()
        if found is None:
            return
        value: Any = _plain(found) if numeric else found
        known: Any = self.values[total]
        better = min if total.function == "min" else max
        self.values[total] = value if known is None else better(known, value)


# Private functions


def _plus(one: Value, other: Decimal) -> Decimal:
    from decimal import Context

    return _plain(Context(prec=76).add(one, other)) if isinstance(one, Decimal) else other


def _plain(value: Decimal) -> Decimal:
    """Without the zeros behind the point that the type put there, but never in exponents."""
    text = f"{value:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _trues(flags: Any) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(flags).as_py() or 0)
