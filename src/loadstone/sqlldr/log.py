"""
The log as SQL*Loader writes it, from its ``Control File:`` line on; the head names Loadstone.

Layout taken from genuine logs of releases 10.2 to 19.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge

from loadstone import __version__
from loadstone.books import Contribution, Discard, Reject, TableCount
from loadstone.spec import Condition, ContinueIf, LoadSpec, Method, Options, TableLoad
from loadstone.sqlldr.bind import BIND_SIZE_BYTES, bind_array
from loadstone.sqlldr.log_columns import column_lines, test_text
from loadstone.sqlldr.write import write_control

RELEASE = "19.0.0.0.0"
"""The release whose layout and defaults the log follows."""

READ_SIZE_BYTES = 1_048_576
STREAM_SIZE_BYTES = 256_000
COLUMN_ARRAY_ROWS = 5_000

_SILENCES = ("feedback", "errors", "discards")


@dataclass(frozen=True, kw_only=True)
class LogInput:
    """A data file as the log names it; no ``discard`` = none specified, no ``processing`` = lines."""

    name: str
    bad: str
    processing: str = ""
    discard: str | None = None
    discardmax: int | None = None


@dataclass(frozen=True, kw_only=True)
class LogRun:
    """
    What a log tells beside its counts.

    Attributes:
        load: None = ALL. errors: None = any number.
        indexes: Names of the indexes of each table, which a direct path lists.
        warnings: What Loadstone alone has to say; it stands above what SQL*Loader would write.
    """

    spec: LoadSpec
    spec_path: str
    inputs: Sequence[LogInput]
    began: datetime
    skip: int = 0
    load: int | None = None
    errors: int | None = 50
    rows: int | None = None
    express: bool = False
    indexes: Sequence[Sequence[str]] = ()
    warnings: Sequence[str] = ()

    @property
    def direct(self) -> bool:
        """Whether the spec asks for the direct path."""
        return bool(self.spec.options.direct)

    @property
    def external(self) -> bool:
        """Whether the spec asks for an external table."""
        return self.spec.options.external_table in ("execute", "generate_only")


def path_used(spec: LoadSpec) -> str:
    """The path that a log names."""
    if spec.options.external_table in ("execute", "generate_only"):
        return "External Table, DEGREE_OF_PARALLELISM=AUTO"
    if spec.options.direct and spec.options.parallel:
        return "Direct - with parallel option."
    return "Direct" if spec.options.direct else "Conventional"


def log_head(run: LogRun) -> str:
    """Everything before the first record message."""
    spec = run.spec
    lines = [
        *_release_lines(run.began),
        *(f"Loadstone: {warning}" for warning in run.warnings),
        *[""] * bool(run.warnings),
        f"Express Mode Load, Table: {spec.tables[0].table}"
        if run.express
        else f"Control File:   {run.spec_path}",
    ]
    if spec.charset:
        lines += [f"Character Set {spec.charset} specified for all input."]
        if spec.length_semantics == "char":
            lines += ["Using character length semantics."]
        lines += [""]
    if len(run.inputs) > 1:
        lines += [*([] if spec.charset else [""]), f"There are {len(run.inputs)} data files:"]
    for one in run.inputs:
        lines += _input_lines(one)
    lines += [
        "",
        f"Number to load: {'ALL' if run.load is None else run.load}",
        f"Number to skip: {run.skip}",
        f"Errors allowed: {'ALL' if run.errors is None else run.errors}",
    ]
    array = bind_array(spec, rows=run.rows)
    conventional = not run.direct and not run.external
    if conventional:
        bindsize = spec.options.bindsize or BIND_SIZE_BYTES
        lines += [f"Bind array:     {array.rows_asked} rows, maximum of {bindsize} bytes"]
    lines += [
        f"Continuation:    {_continuation(spec)}",
        f"Path used:      {path_used(spec)}",
    ]
    lines += _silent_lines(spec.options)
    if run.direct and spec.recoverable is False:
        lines += ["", "Load is UNRECOVERABLE; invalidation redo is produced."]
    for table in spec.tables:
        lines += ["", *_table_lines(spec, table)]
    lines += [""]
    if conventional and array.rows != array.rows_asked:
        lines += [f"value used for ROWS parameter changed from {array.rows_asked} to {array.rows}"]
    if run.express:
        lines += ["Generated control file for possible reuse:", write_control(spec).rstrip("\n")]
        lines += ["End of generated control file for possible reuse.", ""]
    return "\n".join(lines) + "\n"


def failed_log(began: datetime, messages: Sequence[str]) -> str:
    """The log of a load that could not begin."""
    return "\n".join([*_release_lines(began), *messages]) + "\n"


def record_messages(spec: LoadSpec, rejects: Iterable[Reject], discards: Iterable[Discard]) -> Iterator[str]:
    """A message for each reject and discard, in record order as both are given; SILENT leaves them out."""
    silent = set(spec.options.silent)
    refused = ((one.record_no, reject_message(one)) for one in rejects)
    discarded = ((one.record_no, discard_message(one)) for one in discards)
    told = [] if silent & {"errors", "all"} else [refused]
    told += [] if silent & {"discards", "all"} else [discarded]
    return (text for _, text in merge(*told, key=lambda message: message[0]))


def reject_message(reject: Reject) -> str:
    """The message of a reject; one with a code of Oracle's ends in an empty line."""
    column = (
        f", column {reject.field}"
        if reject.field and reject.rule not in ("unique", "foreign_key", "check")
        else ""
    )
    blank = "\n" if reject.code else ""
    place = f" ({reject.origin})" if reject.origin else ""
    return f"Record {reject.record_no}{place}: Rejected - Error on table {reject.table}{column}.\n{reject.reason}\n{blank}"


def discard_message(discard: Discard) -> str:
    """The message of a discard."""
    why = "failed all WHEN clauses" if discard.reason == "when" else "all columns null"
    return f"Record {discard.record_no}: Discarded - {why}.\n"


LOB_MESSAGE = "SQL*Loader-462:"
"""How the messages on a LOB begin."""


def lob_message(table: TableLoad, column: str, record_no: int, reason: str) -> str:
    """The messages on a LOB that was left empty, because its file cannot be read for this ``reason``."""
    place = f"column {column}, row {record_no}, table {table_name(table)}"
    return (
        f"{LOB_MESSAGE} error inserting LOB into {place}\n"
        f"SQL*Loader-646: lob set to EMPTY in {place}\n"
        f"the file of the LOB cannot be read: {reason}"
    )


def log_tail(
    run: LogRun, counts: Contribution, outcome: str, ended: datetime, times: tuple[float, float]
) -> str:
    """Statistics, totals and times; ``times`` are elapsed and CPU seconds."""
    lines = []
    if outcome == "errors":
        lines += ["", "MAXIMUM ERROR COUNT EXCEEDED - Above statistics reflect partial run."]
    lines += _index_lines(run, counts)
    for table, count in zip(run.spec.tables, counts.tables, strict=True):
        lines += ["", *_statistics(table, count, counts.read)]
    array = bind_array(run.spec, rows=run.rows)
    readsize = run.spec.options.readsize or READ_SIZE_BYTES
    if run.external:
        lines += [""]
    elif run.direct:
        lines += [
            "",
            "Bind array size not used in direct path.",
            f"Column array  rows : {_column_array_rows(run):>7}",
            f"Stream buffer bytes:{run.spec.options.streamsize or STREAM_SIZE_BYTES:>8}",
            f"Read   buffer bytes:{readsize:>8}",
        ]
    else:
        lines += [
            "",
            "",
            f"Space allocated for bind array:{array.size_bytes:>23} bytes({array.rows} rows)",
            f"Read   buffer bytes:{readsize:>8}",
        ]
    totals = (
        ("skipped", counts.skipped),
        ("read", counts.read),
        ("rejected", counts.rejected),
        ("discarded", counts.discarded),
    )
    lines += [""]
    for word, number in totals:
        label = f"Total logical records {word}:"
        lines.append(f"{label}{number:>{41 - len(label)}}")
    if run.direct:
        lines += _stream_lines(run, counts)
    lines += [
        "",
        f"Run began on {stamp(run.began)}",
        f"Run ended on {stamp(ended)}",
        "",
        f"Elapsed time was:     {_clock(times[0])}",
        f"CPU time was:         {_clock(times[1])}",
    ]
    return "\n".join(lines) + "\n"


def stamp(at: datetime) -> str:
    """``Tue Feb 11 18:38:47 2025``."""
    return at.strftime("%a %b %d %H:%M:%S %Y")


# Private functions


def _release_lines(began: datetime) -> list[str]:
    return [
        "",
        f"SQL*Loader: Release {RELEASE} - Production on {stamp(began)}",
        f"Version {RELEASE} compatible; written by Loadstone {__version__}",
        "",
    ]


def _input_lines(one: LogInput) -> list[str]:
    limit = "Allow all discards" if one.discardmax is None else f"Allow {one.discardmax} discards"
    lines = [f"Data File:      {one.name}"]
    if one.processing:
        lines.append(f'  File processing option string: "{one.processing}"')
    lines.append(f"  Bad File:     {one.bad}")
    if one.discard is None:
        return [*lines, "  Discard File:  none specified", " ", f" ({limit})"]
    return [*lines, f"  Discard File: {one.discard} ", f" ({limit})"]


def _continuation(spec: LoadSpec) -> str:
    rule = spec.assemble
    if rule is None:
        return "none specified"
    if not isinstance(rule, ContinueIf):
        return f"{rule.count} records concatenated"
    if rule.where == "last":
        return test_text(rule.test, "last nonblank character")
    return f"{test_text(rule.test)}, in {'current' if rule.where == 'this' else 'next'} physical record"


def _silent_lines(options: Options) -> list[str]:
    """What is left out, as a list with "and"; the header is left out of the terminal alone."""
    silent = set(options.silent)
    words = [word for word in _SILENCES if word in silent or "all" in silent]
    if not words:
        return []
    listed = " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
    return [f"Silent options: {listed.upper()}".replace(" AND ", " and ")]


def _column_array_rows(run: LogRun) -> int:
    return run.spec.options.columnarrayrows or COLUMN_ARRAY_ROWS


def _index_lines(run: LogRun, counts: Contribution) -> list[str]:
    """The indexes that a direct path has filled, with the keys of this load; a parallel load leaves them alone."""
    options = run.spec.options
    if not run.direct or options.parallel or options.skip_index_maintenance:
        return []
    lines: list[str] = []
    for table, count, names in zip(run.spec.tables, counts.tables, run.indexes, strict=False):
        if names and count.loaded:
            lines += [
                *[""] * bool(lines),
                f"The following index(es) on table {table_name(table)} were processed:",
            ]
            lines += [f"index {name} loaded successfully with {count.loaded} keys" for name in names]
    return lines


def _stream_lines(run: LogRun, counts: Contribution) -> list[str]:
    """A stream buffer for each column array, as one thread would have filled them."""
    buffers = -(-max(counts.loaded, 0) // _column_array_rows(run))
    return [
        f"Total stream buffers loaded by SQL*Loader main thread: {buffers:>8}",
        f"Total stream buffers loaded by SQL*Loader load thread: {0:>8}",
    ]


def table_name(table: TableLoad) -> str:
    """The table's name, with quotes where it was quoted."""
    parts = []
    if table.table.schema_name:
        parts.append(f'"{table.table.schema_name}"' if table.table.schema_quoted else table.table.schema_name)
    parts.append(f'"{table.table.name}"' if table.table.name_quoted else table.table.name)
    return ".".join(parts)


def _loaded_name(table: TableLoad) -> str:
    """The table's name, with the partition that the load is limited to."""
    name = table_name(table)
    if table.table.partition is not None:
        return f"{name}, partition {table.table.partition}"
    if table.table.subpartition is not None:
        return f"{name}, subpartition {table.table.subpartition}"
    return name


def _table_lines(spec: LoadSpec, table: TableLoad) -> list[str]:
    lines = [f"Table {_loaded_name(table)}, {_when(table.when)}"]
    method = table.method or spec.method or Method.INSERT
    unit = "table" if table.table.partition is None and table.table.subpartition is None else "partition"
    lines.append(f"Insert option in effect for this {unit}: {method.value.upper()}")
    if table.trailing_nullcols:
        lines.append("TRAILING NULLCOLS option in effect")
    lines += [
        "",
        "   Column Name                  Position   Len  Term Encl Datatype",
        "------------------------------ ---------- ----- ---- ---- ---------------------",
    ]
    first = True
    for one in table.fields:
        lines += column_lines(table, one, first=first)
        first = first and one.source is not None
    return lines


def _when(when: Condition | None) -> str:
    if when is None:
        return "loaded from every logical record."
    return "loaded when " + "\n     and ".join(test_text(test) for test in when.tests)


def _statistics(table: TableLoad, count: TableCount, read: int) -> list[str]:
    """
    Where the records went, as this table sees it: the four numbers make up all records read.

    A record that another table refused is an error for each table that would have taken it.
    """
    refused = max(read - count.loaded - count.when_failed - count.all_null, count.rejected)

    def line(number: int, text: str) -> str:
        return f"  {number} {'Row' if number == 1 else 'Rows'} {text}"

    return [
        f"Table {_loaded_name(table)}:",
        line(count.loaded, "successfully loaded."),
        line(refused, "not loaded due to data errors."),
        line(count.when_failed, "not loaded because all WHEN clauses were failed."),
        line(count.all_null, "not loaded because all fields were null."),
    ]


def _clock(seconds: float) -> str:
    hundredths = round(seconds * 100)
    return f"{hundredths // 360000:02}:{hundredths // 6000 % 60:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"
