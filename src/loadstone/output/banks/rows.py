"""Rows for a bank's file: their columns by the names of our readers, and values that fit into its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from loadstone.errors import FixFile, FixSpec, Place
from loadstone.output.batches import Batch, SourceColumn, column_no
from loadstone.output.model import OutputSpec, Value
from loadstone.output.templates import parse

Row = dict[str, str | None]


class BankWriter(Protocol):
    """Writes records in their order, and keeps the sums that the records behind them state."""

    def head(self) -> str:
        """The records before all rows."""
        ...

    def add(self, batch: Batch) -> str:
        """The records of the next rows; ``FixFile`` LS-8021 a value cannot stand in such a file."""
        ...

    def foot(self) -> str:
        """The records behind all rows."""
        ...

    def stored(self) -> dict[str, Any]:
        """What is to be known to go on behind the rows so far, as JSON values."""
        ...

    def restored(self, values: Mapping[str, Any]) -> None:
        """Go on from what was stored."""
        ...


class Rows:
    """The columns of a source by the names that they have in the file."""

    def __init__(self, spec: OutputSpec, columns: Sequence[SourceColumn]) -> None:
        """``FixSpec`` LS-8004 for a column that the rows do not have; LS-8002 two of one name."""
        chosen = [(one.title or one.name, column_no(columns, one.name)) for one in spec.columns]
        chosen = chosen or [(one.name, no) for no, one in enumerate(columns)]
        self.places = {name.lower(): no for name, no in chosen}
        if len(self.places) < len(chosen):
            raise FixSpec("LS-8002", "two columns have one name in the file")

    def needs(self, names: Sequence[str]) -> None:
        """
        See that the rows have some columns.

        Raises:
            FixSpec: LS-8004.
        """
        missing = [name for name in names if name not in self.places]
        if missing:
            raise FixSpec(
                "LS-8004",
                f"the rows have no column {', '.join(missing)}, which the file needs",
                hints=["give a column that name: columns: [{name: its own, title: that one}]."],
            )

    def of(self, batch: Batch) -> Iterator[tuple[int, Row]]:
        """Each row with its 1-based number; empty texts are NULL."""
        columns = [batch.columns[no].to_pylist() for no in self.places.values()]
        names = list(self.places)
        for number, values in enumerate(zip(*columns, strict=True), batch.record0 + 1):
            yield number, {name: value or None for name, value in zip(names, values, strict=True)}


def filled(templates: Mapping[str, str], variables: Mapping[str, Value]) -> dict[str, str | None]:
    """
    Templates filled, by their names.

    Raises:
        FixSpec: LS-8003 one shows a total; LS-8005 a variable has no value.
    """
    found: dict[str, str | None] = {}
    for name, text in templates.items():
        template = parse(text)
        if any(template.totals()):
            raise FixSpec("LS-8003", f"{name} cannot show totals: the file's own records have them")
        found[name] = template.filled(variables, {})
    return found


def wrong(number: int, column: str, why: str) -> FixFile:
    """The error of one value, which is not shown."""
    return FixFile(
        "LS-8021",
        why,
        Place(record_no=number, field=column),
        hints=["nothing was put in the file's place."],
    )


def fitted(text: str | None, width: int, number: int, column: str) -> str:
    """A text at the left of its field, or ``FixFile``."""
    value = text or ""
    if len(value) > width:
        raise wrong(
            number, column, f"the value has {len(value)} characters, more than the {width} of its field"
        )
    if not value.isprintable():
        raise wrong(number, column, "the value holds an end of line or another control character")
    return value.ljust(width)


def digits(value: int, width: int, column: str, number: int = 0) -> str:
    """A figure filled up with zeros, or ``FixFile``: a cut total is a wrong one."""
    text = str(value)
    if len(text) > width or value < 0:
        raise wrong(number, column, f"{value} does not fit into {width} digits")
    return text.rjust(width, "0")


def units_of(text: str | None, places: int, number: int, column: str) -> int | None:
    """A decimal amount in its smallest units; None for NULL."""
    if text is None:
        return None
    try:
        scaled = Decimal(text).scaleb(places)
        if scaled != scaled.to_integral_value():
            raise wrong(number, column, f"the amount has more than {places} decimals")
        return int(scaled)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise wrong(number, column, "the amount is no decimal number") from error


def short_date(text: str | None, number: int, column: str) -> str | None:
    """``YYMMDD`` of an ISO date; six digits stay."""
    if text is None or (len(text) == 6 and text.isdigit()):
        return text
    plain = text[:10].replace("-", "")
    if len(plain) != 8 or not plain.isdigit() or len(text) not in (10, 19):
        raise wrong(number, column, "the value is no date")
    return plain[2:]


def short_time(text: str | None, number: int, column: str) -> str | None:
    """``HHMM`` of ``HH:MM``; four digits stay."""
    plain = None if text is None else text.replace(":", "")[:4]
    if plain is not None and not (len(plain) == 4 and plain.isdigit()):
        raise wrong(number, column, "the value is no time")
    return plain
