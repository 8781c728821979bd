"""Counts and facts of a load, committed with its rows or derived from what was."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from loadstone.books.totals import Reconciled, exact_sum


@dataclass(frozen=True, kw_only=True)
class TableCount:
    """
    Rows of one INTO TABLE clause.

    Attributes:
        loaded: Rows in the table. rejected: records refused with an error of this table.
        when_failed: Records its WHEN refused. all_null: records whose fields were all NULL.
        sums: Of the columns that a transaction type reconciles, over the rows loaded, exact; empty for others.
    """

    loaded: int = 0
    rejected: int = 0
    when_failed: int = 0
    all_null: int = 0
    sums: tuple[Decimal, ...] = ()

    def __add__(self, other: TableCount) -> TableCount:
        """Sum, part by part."""
        return TableCount(
            loaded=self.loaded + other.loaded,
            rejected=self.rejected + other.rejected,
            when_failed=self.when_failed + other.when_failed,
            all_null=self.all_null + other.all_null,
            sums=(
                tuple(exact_sum(pair) for pair in zip(self.sums, other.sums, strict=True))
                if self.sums and other.sums
                else self.sums or other.sums
            ),
        )

    @classmethod
    def of(cls, values: dict[str, Any]) -> TableCount:
        """The count that ``asdict`` and JSON kept."""
        return cls(**{**values, "sums": tuple(Decimal(one) for one in values.get("sums", ()))})


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """
    What a chunk adds to the books, in logical records: read = loaded + rejected + discarded + staged.

    Attributes:
        staged: Records of an all-or-nothing load whose rows wait to be published; 0 in every other load.
        tables: One count for each INTO TABLE clause, in order.
        skipped: Records that were passed over and not read.
    """

    read: int = 0
    loaded: int = 0
    rejected: int = 0
    discarded: int = 0
    skipped: int = 0
    staged: int = 0
    tables: tuple[TableCount, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether read = loaded + rejected + discarded + staged."""
        return self.read == self.loaded + self.rejected + self.discarded + self.staged

    def __add__(self, other: Contribution) -> Contribution:
        """Sum, part by part; an empty side adds nothing."""
        if self.tables and other.tables:
            tables = tuple(a + b for a, b in zip(self.tables, other.tables, strict=True))
        else:
            tables = self.tables or other.tables
        return Contribution(
            read=self.read + other.read,
            loaded=self.loaded + other.loaded,
            rejected=self.rejected + other.rejected,
            discarded=self.discarded + other.discarded,
            skipped=self.skipped + other.skipped,
            staged=self.staged + other.staged,
            tables=tables,
        )


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """
    One committed chunk.

    Attributes:
        input_no: 0-based index of the input; -1 for a mark of an all-or-nothing load (``stopped`` says
            which: ``refused`` corrects the books, ``published`` says that all rows before it are in their
            tables, ``published 0,2`` that those of these clauses are, from ``records`` records, ``skipped 0,2``
            that nothing of them is to be published; ``unit0`` counts the marks). unit0, unit1: half-open range of bytes of the
            decompressed stream. record0: logical records (skipped ones too) of the whole load
            before this chunk. physical0: unused bytes aside, physical records before it in this input.
        sha256: Hex digest of the bytes of the range.
        counts: What the chunk added.
        sequences: Records of each INTO TABLE that step its SEQUENCE (loaded or rejected).
        stamp: Size and time of the input's last change when it was opened; empty for inline data.
        reconciled: Of a mark that publishes transaction types: their figures in the file, in staging and in the target.
    """

    input_no: int
    unit0: int
    unit1: int
    record0: int
    records: int
    sha256: str
    counts: Contribution
    sequences: tuple[int, ...] = ()
    stopped: str | None = None
    stamp: str = ""
    reconciled: tuple[Reconciled, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fence:
    """The right to write a load: only the holder of the highest number may commit."""

    load_id: str
    partition: int
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """
    One record the load refused, with enough to find it again.

    Attributes:
        input_no: 0-based index of the input.
        record_no: Logical record in the load, 1-based, skipped ones counted.
        byte_offset: Where that record begins, in bytes of the decompressed input.
        length_bytes: Its length, terminator included.
        table: Table as the log names it. table_no: 0-based INTO TABLE clause.
        field: Field or column, where one is to blame.
        value: The value refused, decoded for display, at most 200 characters.
        rule: Short name of the rule broken: ``number``, ``date``, ``length``, ``not_null``, ``unique``, ...
        code: ORA-like code (``ORA-01722``), or None for SQL*Loader's own messages.
        reason: The sentence for the log.
        raw: The first 64 KiB of the record as received, undecoded.
        origin: Where the record stands in a structured file, such as ``sheet Payments, row 7``; None elsewhere.
    """

    input_no: int
    record_no: int
    byte_offset: int
    length_bytes: int
    table: str
    table_no: int
    field: str | None
    value: str | None
    rule: str
    code: str | None
    reason: str
    raw: bytes = b""
    origin: str | None = None


def reject_values(reject: Reject, load_id: str, data_file: str | None) -> dict[str, Any]:
    """A reject as the JSON values that reports show; without its bytes, which the bad file has."""
    return {
        "load_id": load_id,
        "input": reject.input_no,
        "data_file": data_file,
        "record": reject.record_no,
        "origin": reject.origin,
        "byte_offset": reject.byte_offset,
        "length_bytes": reject.length_bytes,
        "table": reject.table,
        "field": reject.field,
        "value": reject.value,
        "rule": reject.rule,
        "code": reject.code,
        "reason": reject.reason,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Discard:
    """One record the spec filters out; ``reason`` is ``when`` or ``all_null``."""

    input_no: int
    record_no: int
    byte_offset: int
    length_bytes: int
    reason: str


class Lease(Protocol):
    """The lease of a job's task as its repository counts it; ``number`` rises with each worker that takes it."""

    @property
    def repository_id(self) -> str:
        """Which repository counts."""
        ...

    @property
    def number(self) -> int:
        """The highest one is the holder."""
        ...


class Run(Protocol):
    """What a load needs from whoever runs it."""

    @property
    def lease(self) -> Lease | None:
        """The lease under which it runs; None for a load that no job started."""
        ...

    def stop_requested(self) -> bool:
        """Whether to finish the chunk and stop."""
        ...

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        """Take the sums so far."""
        ...


@dataclass(frozen=True, kw_only=True)
class LoadReceipt:
    """
    The result of a load.

    Attributes:
        outcome: ``complete``, ``stopped`` (by signal), ``errors`` (ERRORS passed),
            ``limit`` (LOAD reached), ``waiting`` (transaction types wait for what they need).
        exit_code: 0 all loaded, 2 any reject, discard or stop, 1 or 3 fatal.
        tables: Rows by table name, in the order of the clauses.
        inputs: Bytes and SHA-256 of what was read of each input, decompressed.
        pace: Sizes of the chunks of this run, and how fast each was, as JSON values.
        types: What became of each transaction type, as JSON values; empty for a load without types.
        sums: Exact sums, as text, of the columns that were asked for, over the rows loaded.
    """

    load_id: str
    spec_path: str
    target: str
    outcome: str
    exit_code: int
    counts: Contribution
    tables: dict[str, int]
    bad_files: tuple[str, ...] = ()
    discard_files: tuple[str, ...] = ()
    log_file: str | None = None
    started_at: datetime | None = None
    duration_s: float = 0.0
    resumed: bool = False
    repeated: bool = False
    warnings: tuple[str, ...] = ()
    inputs: tuple[tuple[int, str], ...] = ()
    pace: dict[str, Any] = field(default_factory=dict)
    types: dict[str, Any] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
