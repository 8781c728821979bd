"""Writes NACHA ACH files: records of 94 characters in blocks of ten; counts, sums and the entry hash are computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from loadstone.errors import FixSpec
from loadstone.formats.readers.nacha.books import HASH_LIMIT, Counts
from loadstone.formats.readers.nacha.layout import (
    BATCH,
    ENTRY,
    FILE,
    RECORD,
    amount_slice,
    batch_slices,
    entry_slices,
    file_slices,
)
from loadstone.output.banks.model import ACH_BATCH, Nacha
from loadstone.output.banks.rows import Row, Rows, digits, filled, fitted, short_date, wrong
from loadstone.output.banks.rows import units_of as cents_of
from loadstone.output.batches import Batch, SourceColumn
from loadstone.output.model import OutputSpec, Value

BLOCKING = 10
NOTE_SIZE = 80
"""Characters of payment information in an addenda record 05."""

_DEFAULTS = {
    "file_created_date": "{now:YYMMDD}",
    "file_created_time": "{now:HH24MI}",
    "file_id_modifier": "A",
}
_OF_BATCH = {"service_class": "200", "originator_status": "1"}
_NEEDED = ("company_name", "company_id", "sec_code", "entry_description", "odfi")
_COUNTED = ("CTX", "ATX", "ENR", "TRX")
"""Classes whose entries say how many addenda they have; the others have one at most."""

_SERVICE = {"200": "CD", "220": "C", "225": "D"}
"""Directions that a service class allows."""


class NachaWriter:
    """One file; ``add`` keeps the open batch, its counts and those of the file."""

    def __init__(
        self, spec: OutputSpec, layout: Nacha, columns: Sequence[SourceColumn], variables: Mapping[str, Value]
    ) -> None:
        """``FixSpec`` LS-8003 to LS-8005 a template cannot be filled, or the rows lack a column."""
        self._end = spec.record_end
        self._rows = Rows(spec, columns)
        self._rows.needs(("transaction_code", "receiving_bank", "account_number", "amount"))
        self._file = filled({**_DEFAULTS, **layout.file}, variables)
        self._fixed = filled({**_OF_BATCH, **layout.batch}, variables)
        missing = [n for n in _NEEDED if n not in self._rows.places and n not in layout.batch]
        if missing:
            raise FixSpec(
                "LS-8004",
                f"neither the rows nor `batch` have {', '.join(missing)}",
                hints=["say it under batch: of the layout, or give the rows such a column."],
            )
        self._batch: dict[str, str | None] | None = None
        self._counts, self._all = Counts(), Counts()
        self._batches = self._written = 0

    def head(self) -> str:
        """The file header."""
        values = [self._file.get(place.column.name) for place in FILE]
        record = _placed("1", file_slices(), [p.column.name for p in FILE], values, 0)
        for name, first in (("file_destination", 3), ("file_origin", 13)):
            if (text := self._file[name] or "").isdigit():
                record = record[:first] + text.rjust(10) + record[first + 10 :]
        return self._lines([f"101{record[3:34]}094101{record[40:]}"])

    def add(self, batch: Batch) -> str:
        """The records of the next rows, with the controls of batches that end and the headers of those that begin."""
        records: list[str] = []
        for number, row in self._rows.of(batch):
            wanted = {name: row.get(name, self._fixed.get(name)) for name in ACH_BATCH}
            if wanted != self._batch:
                records += self._end_batch()
                records.append(self._start_batch(wanted, number))
            records += self._entry(row, number)
        return self._lines(records)

    def foot(self) -> str:
        """The last batch control, the file control, and nines up to a whole block."""
        records = self._end_batch()
        written = self._written + len(records) + 1
        blocks = -(-written // BLOCKING)
        all_ = self._all
        control = (
            f"9{digits(self._batches, 6, 'batches')}{digits(blocks, 6, 'blocks')}"
            f"{digits(all_.records, 8, 'entries and addenda')}{all_.hash % HASH_LIMIT:010}"
            f"{digits(all_.debit_cents, 12, 'debits')}{digits(all_.credit_cents, 12, 'credits')}"
        )
        nines = ["9" * RECORD] * (blocks * BLOCKING - written)
        return self._lines([*records, control.ljust(RECORD), *nines])

    def stored(self) -> dict[str, Any]:
        """The open batch and all counts."""
        counts = {"batch": asdict(self._counts), "file": asdict(self._all)}
        return {"open": self._batch, "batches": self._batches, "written": self._written, **counts}

    def restored(self, values: Mapping[str, Any]) -> None:
        """Go on from what was stored."""
        self._batch, self._batches, self._written = values["open"], values["batches"], values["written"]
        self._counts, self._all = Counts(**values["batch"]), Counts(**values["file"])

    # Private methods

    def _lines(self, records: list[str]) -> str:
        self._written += len(records)
        return "".join(record + self._end for record in records)

    def _start_batch(self, values: dict[str, str | None], number: int) -> str:
        sec_code, service = values["sec_code"] or "", values["service_class"] or ""
        if sec_code in ("IAT", "ADV") or not (len(sec_code) == 3 and sec_code.isupper()):
            raise wrong(number, "sec_code", "the class is one of three letters, and not IAT or ADV")
        if service not in _SERVICE:
            raise wrong(number, "service_class", f"the service class is one of {', '.join(_SERVICE)}")
        if not _is_number(values["odfi"], 8):
            raise wrong(number, "odfi", "the originating bank has eight digits")
        self._batch, self._counts = values, Counts()
        self._batches += 1
        dated = {**values, "effective_date": short_date(values["effective_date"], number, "effective_date")}
        dated["batch_number"] = digits(self._batches, 7, "batch_number", number)
        names = [place.column.name for place in BATCH]
        return _placed("5", batch_slices(False), names, [dated.get(name) for name in names], number)

    def _end_batch(self) -> list[str]:
        batch, counts = self._batch, self._counts
        if batch is None:
            return []
        self._batch = None
        self._all.add(counts)
        company = fitted(batch["company_id"], 10, 0, "company_id")
        return [
            f"8{batch['service_class']}{digits(counts.records, 6, 'entries and addenda')}{counts.hash % HASH_LIMIT:010}"
            f"{digits(counts.debit_cents, 12, 'debits')}{digits(counts.credit_cents, 12, 'credits')}{company}"
            f"{'':25}{batch['odfi']}{digits(self._batches, 7, 'batch_number')}"
        ]

    def _entry(self, row: Row, number: int) -> Iterator[str]:
        batch, counts = self._batch, self._counts
        assert batch is not None
        code, bank = row["transaction_code"], row["receiving_bank"]
        direction = _direction(code)
        if direction is None or direction not in _SERVICE[str(batch["service_class"])]:
            raise wrong(
                number,
                "transaction_code",
                "the transaction code is none, or not of the batch's service class",
            )
        if not _is_number(bank, 9) or _check_digit(str(bank)) != str(bank)[8]:
            raise wrong(
                number,
                "receiving_bank",
                "the routing number has nine digits, of which the last checks the others",
            )
        cents = cents_of(row["amount"], 2, number, "amount")
        if cents is None:
            raise wrong(number, "amount", "the amount is NULL")
        sec_code = str(batch["sec_code"])
        notes = _notes(row, number)
        if len(notes) > 1 and sec_code not in _COUNTED:
            raise wrong(
                number, "payment_information", f"an entry of class {sec_code} has one addenda record at most"
            )
        counts.entries += 1
        serial = digits(self._all.entries + counts.entries, 7, "trace_number", number)
        trace = row.get("trace_number") or f"{batch['odfi']}{serial}"
        if not trace.isdigit() or len(trace) > 15:
            raise wrong(number, "trace_number", "the trace number has up to fifteen digits")
        values = {**row, "trace_number": trace.rjust(15, "0"), "addenda_stated": f"{len(notes):04}"}
        names = [place.column.name for place in ENTRY]
        text = _placed("6", entry_slices(sec_code), names, [values.get(name) for name in names], number)
        place = amount_slice(sec_code)
        text = (
            text[: place.start]
            + digits(cents, place.stop - place.start, "amount", number)
            + text[place.stop :]
        )
        yield f"{text[:78]}{min(len(notes), 1)}{text[79:]}"
        for at, note in enumerate(notes, 1):
            yield note if len(note) == RECORD else f"705{note:<{NOTE_SIZE}}{at:04}{trace.rjust(15, '0')[8:]}"
        counts.records += 1 + len(notes)
        counts.hash += int(str(bank)[:8])
        if direction == "C":
            counts.credit_cents += cents
        else:
            counts.debit_cents += cents


# Private functions


def _placed(
    kind: str, places: Sequence[slice], names: Sequence[str], values: Sequence[str | None], number: int
) -> str:
    """A record with each value at the left of its field; what a class has no field for is refused."""
    record = [" "] * RECORD
    record[0] = kind
    for place, name, value in zip(places, names, values, strict=True):
        width = place.stop - place.start
        if not width and value and name not in ("addenda_stated",):
            raise wrong(number, name, "entries of this class have no such field")
        if width:
            record[place] = fitted(value, width, number, name)
    return "".join(record)


def _notes(row: Row, number: int) -> list[str]:
    """The addenda: as they stand where the rows have them, else one of type 05 for each line of payment information."""
    if row.get("addenda"):
        records = str(row["addenda"]).split("\n")
        if any(len(one) != RECORD or one[0] != "7" or not one.isprintable() for one in records):
            raise wrong(number, "addenda", f"an addenda record begins with 7 and has {RECORD} characters")
        return records
    lines = (row.get("payment_information") or "").split("\n")
    return [fitted(line, NOTE_SIZE, number, "payment_information") for line in lines if line.strip()]


def _direction(code: str | None) -> str | None:
    if not _is_number(code, 2):
        return None
    return "C" if str(code)[1] in "1234" else "D" if str(code)[1] in "56789" else None


def _is_number(text: str | None, size: int) -> bool:
    return text is not None and len(text) == size and text.isascii() and text.isdigit()


def _check_digit(bank: str) -> str:
    """What makes the sum of digits, weighed 3, 7, 1 in turn, a multiple of ten."""
    weighed = sum(
        int(digit) * weight for digit, weight in zip(bank[:8], (3, 7, 1, 3, 7, 1, 3, 7), strict=True)
    )
    return str(-weighed % 10)
