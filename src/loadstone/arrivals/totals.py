"""A file's own control totals beside what its records give: before the load from the file, after it from the receipt."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from loadstone.arrivals.model import Finding
from loadstone.books import ControlTotal
from loadstone.detect.model import Detection
from loadstone.errors import FixFile
from loadstone.formats.inputs import open_input
from loadstone.formats.readers.banks import BANKS, open_bank
from loadstone.sources.policies import ControlPolicy, Policy, Spot, StatedSum, Trailer

RECORDS, TRAILER = "records", "trailer"
"""Name and scope of the total whose figure the load is held against; what banks' files call records are not the rows of a load."""

RENEW_EVERY = 1 << 16
"""Records between two signs of life."""

TOLD_MAX = 5
"""Differences that are told of one file; all are kept with it."""

_HINTS = (
    "was the transfer complete? `loadstone files show` has all totals.",
    "ask the sender; `loadstone files reject` takes the file out.",
)


@dataclass
class Counted:
    """
    What the records of a file gave.

    Attributes:
        totals: Stated and counted, in the order of the file. amiss: why the file cannot be counted to its end, or a record not be read.
    """

    totals: list[ControlTotal] = field(default_factory=list)
    amiss: list[str] = field(default_factory=list)


def totals_of(path: Path, found: Detection, trailer: Trailer | None, renew: Callable[[], None]) -> Counted:
    """Count a file: by its declared trailer, else by its format where that has totals; nothing where neither is so."""
    if trailer is not None:
        return _of_trailer(path, found, trailer, renew)
    if found.format in BANKS:
        return _of_bank(path, found, renew)
    return Counted()


def before_load(counted: Counted, policy: ControlPolicy) -> list[Finding]:
    """What differs in the file itself; and that it states nothing, where that is not as agreed."""
    told = [*counted.amiss, *(_difference(one) for one in counted.totals if not _agrees(one, policy))]
    if told:
        return [_finding("totals", told, policy.mismatch)]
    if not counted.totals and policy.missing is not Policy.ACCEPT:
        return [_finding("totals_missing", ["the file states no totals"], policy.missing)]
    return []


def columns_of(policy: ControlPolicy) -> list[str]:
    """Columns of the target whose sums are held against what a file states."""
    sums = policy.trailer.sums if policy.trailer is not None else ()
    return list(dict.fromkeys(one.column for one in sums if one.column is not None))


def after_load(
    totals: Sequence[Mapping[str, Any]], receipt: Mapping[str, Any], policy: ControlPolicy
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """
    The totals with what the load did beside them: whether it took or rejected every data record that was counted, and
    whether the columns that the feed names have the sums that the file states.

    What records that were rejected would have added is not known, so where there are any a sum that differs is noted only.
    """
    stated = {one["name"]: Decimal(one["stated"]) for one in totals if one["scope"] == TRAILER}
    counted = {one["name"]: Decimal(one["counted"]) for one in totals if one["scope"] == TRAILER}
    rejected, origin = int(receipt["rows_rejected"]), str(receipt["load_id"])
    records = _Loaded(origin, policy, policy.after_load)
    if RECORDS in counted:
        records.add("loaded and rejected", counted[RECORDS], Decimal(int(receipt["rows_loaded"]) + rejected))
    weaker = Policy.WARN if rejected and policy.after_load is Policy.HOLD else policy.after_load
    sums = _Loaded(origin, policy, weaker, f"; {rejected:,} records were rejected" if rejected else "")
    loaded = receipt.get("sums") or {}
    for rule in policy.trailer.sums if policy.trailer is not None else ():
        if rule.column is None or rule.name not in stated:
            continue
        if rule.column not in loaded:
            sums.told.append(f"the load tells no sum of column {rule.column}")
            continue
        total = _last_digits(Decimal(loaded[rule.column]), rule.digits)
        sums.add(f"{rule.name} in column {rule.column}", stated[rule.name], total)
    kept = [dict(one) for one in totals]
    return [*kept, *records.totals, *sums.totals], [*records.findings(), *sums.findings()]


def values_of(total: ControlTotal) -> dict[str, Any]:
    """As JSON; figures are text, for they are exact."""
    return {
        "name": total.name,
        "scope": total.scope,
        "stated": format(total.stated, "f"),
        "counted": format(total.counted, "f"),
        "agrees": total.agrees,
        "origin": total.origin,
    }


# Private functions


@dataclass
class _Loaded:
    """What a load came to, beside what was stated or counted before it."""

    origin: str
    policy: ControlPolicy
    leads_to: Policy
    more: str = ""
    totals: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def add(self, name: str, before: Decimal, loaded: Decimal) -> None:
        """A total."""
        total = ControlTotal(name=name, scope="load", stated=before, counted=loaded, origin=self.origin)
        self.totals.append(values_of(total))
        if not _agrees(total, self.policy):
            self.told.append(_difference(total) + self.more)

    def findings(self) -> list[Finding]:
        """One of all that differs."""
        return [_finding("totals_after", self.told, self.leads_to)] if self.told else []


def _agrees(total: ControlTotal, policy: ControlPolicy) -> bool:
    return abs(total.stated - total.counted) <= policy.tolerance


def _difference(total: ControlTotal) -> str:
    who = "the file" if total.scope == "load" else total.scope
    return (
        f"{who} says {total.stated:,f} {total.name}, and it is {total.counted:,f}"
        f" ({total.counted - total.stated:+,f}; {total.origin})"
    )


def _finding(kind: str, told: Sequence[str], policy: Policy) -> Finding:
    more = [f"and {len(told) - TOLD_MAX} more"] if len(told) > TOLD_MAX else []
    return Finding(kind=kind, told="; ".join([*told[:TOLD_MAX], *more]), policy=policy, hints=_HINTS)


def _of_bank(path: Path, found: Detection, renew: Callable[[], None]) -> Counted:
    counted, rows = Counted(), 0
    with open_input(str(path)) as stream:
        reader = open_bank(found.format, stream, name=path.name, encoding=found.encoding)
        try:
            for row in reader:
                rows += 1
                if rows % RENEW_EVERY == 0:
                    renew()
                if row.fault is not None and len(counted.amiss) < TOLD_MAX:
                    counted.amiss.append(f"{row.origin}: {row.fault}")
        except FixFile as error:
            counted.amiss.append(error.message)
        counted.totals = list(reader.controls())
    return counted


def _of_trailer(path: Path, found: Detection, trailer: Trailer, renew: Callable[[], None]) -> Counted:
    counted, sums, records, stated = Counted(), [Decimal(0)] * len(trailer.sums), 0, None
    for number, line in enumerate(_lines(path, found.encoding or "latin-1"), 1):
        if number % RENEW_EVERY == 0:
            renew()
        if number <= trailer.skip or not line:
            continue
        if line.startswith(trailer.starts_with):
            stated = (number, _fields(line, trailer))
            continue
        records += 1
        fields = _fields(line, trailer)
        for at, one in enumerate(trailer.sums):
            value = _value(fields, one.of, one)
            if value is not None:
                sums[at] += value
            elif len(counted.amiss) < TOLD_MAX:
                counted.amiss.append(f"line {number} has no number for {one.name}")
    if stated is None:
        counted.amiss.append(f"no record begins with {trailer.starts_with!r}: its trailer is missing")
        return counted
    figures: list[tuple[str, Spot, StatedSum | None, Decimal]] = [
        (one.name, one.stated, one, _last_digits(total, one.digits))
        for one, total in zip(trailer.sums, sums, strict=True)
    ]
    if trailer.count is not None:
        figures.insert(0, (RECORDS, trailer.count, None, Decimal(records)))
    line_no, fields = stated
    for name, spot, rule, total in figures:
        value = _value(fields, spot, rule)
        if value is None:
            counted.amiss.append(f"the trailer, line {line_no}, states no number for {name}")
            continue
        counted.totals.append(
            ControlTotal(name=name, scope=TRAILER, stated=value, counted=total, origin=f"line {line_no}")
        )
    return counted


@dataclass(frozen=True)
class _Cut:
    line: str
    fields: Sequence[str]


def _lines(path: Path, encoding: str) -> Iterator[str]:
    with open_input(str(path)) as stream:
        for line in io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n"):
            yield line.rstrip("\r\n").removeprefix("\ufeff")


def _fields(line: str, trailer: Trailer) -> _Cut:
    if trailer.delimiter is None:
        return _Cut(line, ())
    if '"' not in line:
        return _Cut(line, line.split(trailer.delimiter))
    return _Cut(line, next(csv.reader([line], delimiter=trailer.delimiter), []))


def _value(cut: _Cut, spot: Spot, rule: StatedSum | None) -> Decimal | None:
    """The number at a spot; None where there is none."""
    if spot.field is not None:
        text = cut.fields[spot.field - 1] if spot.field <= len(cut.fields) else ""
    else:
        text = cut.line[(spot.start or 1) - 1 : spot.end]
    text = text.strip().replace(" ", "")
    if rule is not None and rule.point == ",":
        text = text.replace(".", "").replace(",", ".")
    elif rule is not None:
        text = text.replace(",", "")
    if text.endswith("-"):
        text = "-" + text[:-1]
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    implied = rule.decimals if rule is not None and "." not in text else 0
    return number.scaleb(-implied)


def _last_digits(total: Decimal, digits: int | None) -> Decimal:
    return total if digits is None else total % (Decimal(10) ** digits)
