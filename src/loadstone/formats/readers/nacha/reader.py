"""
Reads ACH files: records of 94 characters, with or without ends of lines, blocked by ten or not, several files in one.

A record that is short by blanks at its end (as mailers and editors cut them) is taken where its fields end before. An entry that cannot be
read is one bad row; batches and files out of order end the reading, for nothing behind could be told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, Place

from ..figures import iso_date, iso_time, pointed
from ..ledger import Ledger
from ..lines import decode, garbled, peek, read_lines, shown
from ..model import Readable, Row
from .addenda import addenda_values
from .books import Counts, settle_batch, settle_count, settle_file
from .layout import (
    BATCH,
    BATCH_COLUMNS,
    ENTRY_COLUMNS,
    FILE,
    RECORD,
    amount_slice,
    batch_slices,
    entry_slices,
    file_slices,
)

BLOCKING = 10
_SHORT = "1589"
"""Records that may lack blanks at their end."""

_CREATED_DATE, _CREATED_TIME = (
    [place.column.name for place in FILE].index(name) for name in ("file_created_date", "file_created_time")
)
_EFFECTIVE_DATE = [place.column.name for place in BATCH].index("effective_date")

Values = tuple[str | None, ...]


class NachaReader:
    """
    The entries of an ACH file with their batch, file and addenda, or its batches with their totals.

    Amounts are dollars with two decimals. ``encoding`` is that of the file: ASCII in the rules, EBCDIC at some banks.

    Raises:
        FixFile: LS-2050 no file header at the start; LS-2051 the file control is missing; LS-2052 records out of order.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        name: str,
        rows: Literal["entries", "batches"] = "entries",
        encoding: str = "utf-8",
    ) -> None:
        self.columns = tuple(
            column.name for column in (ENTRY_COLUMNS if rows == "entries" else BATCH_COLUMNS)
        )
        self._stream, self._name, self._rows, self._encoding = stream, name, rows, encoding
        self._ledger = Ledger()
        self._file: _File | None = None
        self._batch: _Batch | None = None
        self._entry: _Entry | None = None
        self._files = 0

    def __iter__(self) -> Iterator[Row]:
        """The rows, in the file's order."""
        line = 0
        for line, raw in _records(self._stream, name=self._name, encoding=self._encoding):
            if not raw.strip():
                continue
            text, fault = self._text(raw)
            kind = text[:1]
            if self._file is None and kind != "1":
                if text.strip("9") == "" and self._files:
                    continue
                raise self._error(
                    "LS-2050" if not self._files else "LS-2052", line, "a file header, record 1"
                )
            if kind == "7" and self._entry is not None:
                self._entry.addenda.append(text)
                self._entry.fault = self._entry.fault or fault
                continue
            yield from self._end_entry()
            yield from self._record(kind, text, fault, line)
        yield from self._end_entry()
        if self._file is not None:
            raise self._error("LS-2051", line, "the file control, record 9")
        if not self._files:
            raise self._error("LS-2050", 1, "a file header, record 1")

    def controls(self) -> tuple[ControlTotal, ...]:
        """Counts, hash, debits and credits of each batch and the file; counts of batches and blocks of the file."""
        return self._ledger.totals()

    # Private methods

    def _record(self, kind: str, text: str, fault: str | None, line: int) -> Iterator[Row]:
        if self._file is not None:
            self._file.records += 1
        if kind == "6":
            yield from self._start_entry(text, fault, line)
        elif kind == "5":
            self._start_batch(text, line)
        elif kind == "8":
            yield from self._end_batch(text, line)
        elif kind == "1":
            self._start_file(text, line)
        elif kind == "9":
            self._end_file(text, line)
        else:
            if kind == "7" and self._batch is not None:
                self._batch.counts.records += 1
            yield _bad(line, (fault if kind == "7" else None) or _stray(kind), text)

    def _text(self, raw: bytes) -> tuple[str, str | None]:
        """A record padded to its length, and why it cannot be right."""
        text = decode(raw, self._encoding)
        if fault := garbled(text, self._encoding):
            return text, fault
        if len(text) == RECORD:
            return text, None
        if len(text) > RECORD:
            if not text[RECORD:].strip():
                return text[:RECORD], None
            return text[:RECORD], f"the record has {len(text)} characters, and {RECORD} is their number"
        padded = text.ljust(RECORD)
        if text[0] in _SHORT:
            return padded, None
        return padded, f"the record has {len(text)} characters of {RECORD}"

    def _start_file(self, text: str, line: int) -> None:
        if self._file is not None:
            raise self._error("LS-2052", line, "the file control, record 9, before another file header")
        if text[34:39] not in ("09410", "     "):
            raise self._error("LS-2050", line, "record size 094 and blocking factor 10 at positions 35 to 39")
        self._files += 1
        values = [text[place].strip() or None for place in file_slices()]
        faults: list[str] = []
        values[_CREATED_DATE] = _date(values[_CREATED_DATE], "the file's creation date", faults)
        values[_CREATED_TIME] = iso_time(values[_CREATED_TIME] or "")
        scope = "file" if self._files == 1 else f"file {self._files}"
        self._file = _File(scope, tuple(values), faults)

    def _start_batch(self, text: str, line: int) -> None:
        if self._batch is not None:
            raise self._error("LS-2052", line, "the batch control, record 8, before another batch header")
        assert self._file is not None
        sec_code = text[50:53]
        values = [text[place].strip() or None for place in batch_slices(sec_code == "IAT")]
        faults = list(self._file.faults)
        values[_EFFECTIVE_DATE] = _date(values[_EFFECTIVE_DATE], "the batch's effective date", faults)
        number = text[87:94].strip()
        self._file.batches += 1
        of_file = "" if self._file.scope == "file" else f" of {self._file.scope}"
        scope = f"batch {number.lstrip('0') or self._file.batches}{of_file}"
        self._batch = _Batch(scope, sec_code, tuple(values), faults)

    def _start_entry(self, text: str, fault: str | None, line: int) -> Iterator[Row]:
        batch = self._batch
        if batch is None:
            yield _bad(line, "an entry outside of a batch", text)
            return
        amount, bank = text[amount_slice(batch.sec_code)], text[3:11]
        counts = batch.counts
        counts.records += 1
        counts.entries += 1
        if not (amount.isascii() and amount.isdigit()):
            fault = fault or f"the amount {amount!r} is no digits"
            cents = None
        else:
            cents = int(amount)
        if bank.isascii() and bank.isdigit():
            counts.hash += int(bank)
        else:
            fault = fault or f"the receiving bank {bank!r} is no digits"
        direction = _direction(text[1:3], batch.sec_code)
        if direction is None:
            fault = fault or f"the transaction code {text[1:3]!r} is none"
        elif cents is not None:
            if direction == "C":
                counts.credit_cents += cents
            else:
                counts.debit_cents += cents
        moved = (direction, None if cents is None else pointed(cents, 2))
        values = tuple(text[place].strip() or None for place in entry_slices(batch.sec_code))
        fault = fault or (batch.faults[0] if batch.faults else None)
        self._entry = _Entry(line, text, moved, values, fault)

    def _end_entry(self) -> Iterator[Row]:
        entry, batch, file = self._entry, self._batch, self._file
        if entry is None or batch is None or file is None:
            return
        self._entry = None
        batch.counts.records += len(entry.addenda)
        file.records += len(entry.addenda)
        if self._rows != "entries":
            return
        if entry.fault is not None:
            yield _bad(entry.line, entry.fault, "\n".join([entry.text, *entry.addenda]))
        else:
            values = (
                str(entry.line), *file.values, *batch.values, *entry.moved, *entry.values,
                *addenda_values(entry.addenda),
            )  # fmt: skip
            yield Row(f"line {entry.line}", values)

    def _end_batch(self, text: str, line: int) -> Iterator[Row]:
        batch, file = self._batch, self._file
        if batch is None or file is None:
            raise self._error("LS-2052", line, "a batch header, record 5, before a batch control")
        advice = batch.sec_code == "ADV"
        origin = f"line {line}"
        figures = settle_batch(
            self._ledger, text, batch.counts, advice=advice, scope=batch.scope, origin=origin
        )
        file.counts.add(batch.counts)
        file.advices += advice
        self._batch = None
        fault = None if figures else "the figures of the batch control are no digits"
        if self._rows == "batches":
            yield self._batch_row(batch, text, fault or (batch.faults[0] if batch.faults else None), line)
        elif fault:
            yield _bad(line, fault, text)

    def _batch_row(self, batch: _Batch, text: str, fault: str | None, line: int) -> Row:
        debit, credit = (text[20:40], text[40:60]) if batch.sec_code == "ADV" else (text[20:32], text[32:44])
        assert self._file is not None
        if fault is not None:
            return _bad(line, fault, text)
        dollars = (pointed(int(debit), 2), pointed(int(credit), 2))
        totals = (text[4:10], text[10:20], *dollars, str(batch.counts.entries))
        return Row(f"line {line}", (str(line), *self._file.values, *batch.values, *totals))

    def _end_file(self, text: str, line: int) -> None:
        file = self._file
        assert file is not None
        if self._batch is not None:
            raise self._error("LS-2052", line, "the batch control, record 8, before the file control")
        origin, blocks = f"line {line}", -(-file.records // BLOCKING)
        state = {"scope": file.scope, "origin": origin}
        good = (
            settle_count(self._ledger, "batches", text[1:7], file.batches, **state),
            settle_count(self._ledger, "blocks of ten", text[7:13], blocks, **state),
            settle_file(self._ledger, text, file.counts, advice=file.advices > 0, **state),
        )
        if not all(good):
            raise self._error("LS-2052", line, "digits in the counts and totals of the file control")
        self._file = None

    def _error(self, code: str, line: int, wanted: str) -> FixFile:
        place = Place(file=self._name, line=line)
        if code == "LS-2051":
            return FixFile(code, f"the file ends without {wanted}", place)
        return FixFile(code, f"expected {wanted}", place)


# Private functions


class _File:
    """A file that is being read: its values, what is wrong with them, and its counts."""

    def __init__(self, scope: str, values: Values, faults: list[str]) -> None:
        self.scope, self.values, self.faults = scope, values, faults
        self.counts = Counts()
        self.records, self.batches, self.advices = 1, 0, 0


class _Batch:
    """A batch that is being read."""

    def __init__(self, scope: str, sec_code: str, values: Values, faults: list[str]) -> None:
        self.scope, self.sec_code, self.values, self.faults = scope, sec_code, values, faults
        self.counts = Counts()


class _Entry:
    """An entry whose addenda may still come."""

    __slots__ = ("addenda", "fault", "line", "moved", "text", "values")

    def __init__(self, line: int, text: str, moved: Values, values: Values, fault: str | None) -> None:
        self.line, self.text, self.moved, self.values, self.fault = line, text, moved, values, fault
        self.addenda: list[str] = []


def _bad(line: int, fault: str, text: str) -> Row:
    return Row(f"line {line}", (shown(text),), fault)


def _records(stream: Readable, *, name: str, encoding: str) -> Iterator[tuple[int, bytes]]:
    """Each record with its number: lines, or pieces of 94 bytes where the file has no lines."""
    head, stream = peek(stream, 2 * RECORD)
    if len(head) < 2 * RECORD or set(head) & set(b"\r\n"):
        yield from read_lines(stream, name=name)
        return
    number, rest = 0, b""
    while block := stream.read(RECORD * 4096):
        rest += block
        whole = len(rest) - len(rest) % RECORD
        for at in range(0, whole, RECORD):
            number += 1
            yield number, rest[at : at + RECORD]
        rest = rest[whole:]
    if rest.strip(b"\r\n\x1a"):
        yield number + 1, rest.rstrip(b"\r\n\x1a")


def _direction(code: str, sec_code: str) -> str | None:
    """C or D by the transaction code; advices alternate, the others have credits first."""
    if not (code.isascii() and code.isdigit()):
        return None
    if sec_code == "ADV" or code[0] == "8":
        return "C" if int(code[1]) % 2 else "D"
    return "C" if code[1] in "1234" else "D" if code[1] in "56789" else None


def _date(text: str | None, what: str, faults: list[str]) -> str | None:
    if text is None or not text.strip("0"):
        return None
    found = iso_date(text)
    if found is None:
        faults.append(f"{what} {text!r} is no date")
    return found


def _stray(kind: str) -> str:
    if kind == "7":
        return "an addenda record without an entry before it"
    return f"record type {kind!r} is none of 1, 5, 6, 7, 8, 9"
