"""A load spec with everything that one run of it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from loadstone.spec.model import LoadSpec
from loadstone.spec.transactions import TransactionSpec


class OrderPolicy(StrEnum):
    """Whether chunks commit in file order, or as they are ready."""

    FILE = "file"
    FREE = "free"


@dataclass(frozen=True, kw_only=True)
class LoadRequest:
    """
    One run of a spec; options given here beat those of the spec.

    Attributes:
        spec: The spec.
        spec_path: Where it was read from; bad, discard, log and data names derive from it.
        target: URL of the target, with its password resolved by ``secrets`` later.
        data: Data files that replace the spec's first INFILE (and follow it); ``-`` is standard input.
        bad, discard, log: Output paths of the first input; None = SQL*Loader's defaults.
        rejects_jsonl: Where to write each reject as a line of JSON.
        skip, load, errors, discardmax, rows: As in ``Options``; None = the spec's.
        run_id: Distinguishes loads of the same files, as a business date does (ISO date).
        again: Load once more what is loaded already. resume_unfinished: with ``again``, go on with a load
            that died instead.
        take_over: End a process that has this very load in hand, and go on.
        resume: Whether control tables are kept in the target.
        atomic: All or nothing. types: what the rows are published by, each type as a whole, in place of all at once;
            types_path: where it was read from. selects: an SQL condition for each clause, besides its WHEN; empty
            where no type has one. reconciled: columns of each clause that are added up on their way, and
            whether by a hash total; empty where no type says so.
        parts: Folder of the rows that Spark has computed for this very load; None = compute them here.
        summed: Columns, or TABLE.COLUMN, whose sums over the rows loaded the receipt tells.
        ddl: Oracle DDL files for missing tables. create_tables: make them from the spec.
        schema_map: Pairs of old and new schema names.
        control_schema: Schema of the control tables; the target's default when None.
        workers: Parallel sessions; None = by the machine. order: commit order.
        express: Whether the spec was made from the table's columns, without a control file; for the log.
        chunk_size_bytes: Bytes of a chunk; what suits the target, and adapts to it, when None. adapt: whether it may.
        show_values: Do not mask rejected values.
    """

    spec: LoadSpec
    spec_path: str
    target: str
    data: tuple[str, ...] = ()
    bad: str | None = None
    discard: str | None = None
    log: str | None = None
    rejects_jsonl: str | None = None
    skip: int | None = None
    load: int | None = None
    errors: int | None = None
    discardmax: int | None = None
    rows: int | None = None
    run_id: str | None = None
    business_date: str | None = None
    again: bool = False
    resume_unfinished: bool = False
    take_over: bool = False
    resume: bool = True
    atomic: bool = False
    types: TransactionSpec | None = None
    types_path: str = ""
    selects: tuple[str | None, ...] = ()
    reconciled: tuple[tuple[tuple[str, bool], ...], ...] = ()
    parts: str | None = None
    summed: tuple[str, ...] = ()
    ddl: tuple[str, ...] = ()
    create_tables: bool = False
    schema_map: dict[str, str] = field(default_factory=dict)
    control_schema: str | None = None
    workers: int | None = None
    order: OrderPolicy = OrderPolicy.FILE
    chunk_size_bytes: int | None = None
    adapt: bool = True
    show_values: bool = False
    express: bool = False


@dataclass(frozen=True, kw_only=True)
class Partition:
    """
    A range of one input that is loaded under a fence of its own.

    Attributes:
        number: 1-based within the load; 0 is the fence of the load as a whole. input_no: 0-based.
        unit0, unit1: half-open range of bytes; it begins and ends where a record does.
        record0: logical records of the whole load before it. records: logical records in it.
    """

    number: int
    input_no: int
    unit0: int
    unit1: int
    record0: int
    records: int

    def has(self, input_no: int, unit: int) -> bool:
        """Whether a byte of an input is in it."""
        return input_no == self.input_no and self.unit0 <= unit < self.unit1
