"""A chunk becomes a batch: tokenize, route, convert, check, encode. No Python loop over good rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from loadstone.books import Reject
from loadstone.compiler.objects import release_pages
from loadstone.datatypes.columns import encode_arrow
from loadstone.datatypes.model import Faults, Values
from loadstone.formats.model import Chunk, Tokens
from loadstone.formats.origins import unreadable
from loadstone.formats.tokenize import tokenize
from loadstone.load.batch import ALL_NULL, REJECT, TAKE, WHEN_FAILED, Batch, join_batches, stepping
from loadstone.load.columnar import Columnar
from loadstone.load.direct import Direct, Encoded
from loadstone.load.plan.model import LoadPlan, TablePlan
from loadstone.load.reading import Read
from loadstone.load.rejects import refused, unconverted, unevaluated, unset_fields
from loadstone.load.values import Failure, Numbers, field_values, mixed_values
from loadstone.spec import Method
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.model import ConstraintError, Rows, TableRows

PIECE_SIZE_BYTES = 1 << 20
"""Text of a chunk that is made into rows at once."""

Steps = Callable[[tuple[int, ...]], tuple[int, ...]]
"""Takes what a chunk steps each table's sequences; gives what all chunks before it stepped."""


@dataclass(frozen=True)
class Lanes:
    """
    The ways of a plan's records into rows; one serves all workers.

    Attributes:
        direct: One pass from bytes to rows, where the plan and its target allow that.
    """

    plan: LoadPlan
    columnar: Columnar
    direct: Direct | None

    @classmethod
    def of(cls, plan: LoadPlan, columnar: Columnar) -> Lanes:
        """The lanes of ``plan``."""
        return cls(plan, columnar, Direct.of(plan) if plan.parts is None else None)

    def give_back(self, batch: Batch) -> None:
        """The batch is committed: its buffers serve a later one."""
        if self.direct is not None:
            self.direct.give_back(batch.tables[0].rows)


def prepare(lanes: Lanes, read: Read, steps: Steps, *, form: str | None = None) -> Batch:
    """
    Make ``read`` ready to commit. ``steps`` may wait for the chunks before it.

    ``form`` is that of the encoded rows; the target's when None.
    """
    if lanes.plan.parts is not None:
        return lanes.plan.parts.batch_of(lanes.plan, read)
    if lanes.direct is None or form is not None:
        return _general(lanes, read, steps, form or lanes.plan.target.form)
    encoded = lanes.direct.encode(read)
    if encoded is None:
        return _general(lanes, read, steps, lanes.plan.target.form)
    return _completed(lanes, read, encoded)


def steps_of(plan: LoadPlan, read: Read) -> tuple[int, ...]:
    """How many records of ``read`` step each table's sequences; nothing is converted for that."""
    layout = plan.layouts[plan.charsets[read.chunk.input_no]]
    total = np.zeros(len(plan.tables), np.int64)
    for _, piece in read.pieces(PIECE_SIZE_BYTES):
        verdict = tokenize(layout, piece.chunk, compiled=plan.compiled).verdict
        verdict[unreadable(piece.chunk)] = REJECT
        total += stepping(verdict[piece.first : piece.stop]).sum(axis=0)
    return tuple(total.tolist())


def batch_with(
    read: Read, verdict: NDArray[np.uint8], tables: Sequence[TableRows], rejects: dict[int, Reject]
) -> Batch:
    """The batch of a chunk; its discards are the records that no table took and none refused."""
    # By columns: there are few of them, and a reduction along them takes a step for each record.
    nowhere = np.ones(len(verdict), np.bool_)
    for column in verdict.T:
        nowhere &= (column == WHEN_FAILED) | (column == ALL_NULL)
    nowhere[: read.first] = nowhere[read.stop :] = False
    return Batch(
        chunk=read.chunk,
        first=read.first,
        stop=read.stop,
        verdict=verdict,
        tables=tuple(tables),
        rejects=rejects,
        discards=np.flatnonzero(nowhere),
    )


def rows_for(table: TablePlan, rows: Rows) -> TableRows:
    """Rows with where they go: the table, or where they wait for it."""
    return TableRows(
        table_no=table.table_no,
        table=table.staged or table.info,
        columns=tuple(column.column.name for column in table.columns),
        rows=rows,
        method=Method.APPEND if table.staged else table.method,
        key=table.spec.key,
        totals=table.totals,
    )


# Private functions


def _general(lanes: Lanes, read: Read, steps: Steps, form: str) -> Batch:
    """Any records: piece by piece, since fields and values take many times the room of their records."""
    # Where records step a sequence, the chunks behind wait for the sum of this one: that takes all its records.
    sequenced = any(column.source == "sequence" for table in lanes.plan.tables for column in table.columns)
    pieces = [(0, read)] if sequenced else read.pieces(PIECE_SIZE_BYTES)
    batches = []
    for start, one in pieces:
        # A piece has a copy of its text, which ends with it.
        batches.append((start, replace(_piece(lanes, one, steps, form), chunk=read.chunk)))
        release_pages()  # the first one links the kernels
    return join_batches(read, batches)


def _piece(lanes: Lanes, read: Read, steps: Steps, form: str) -> Batch:
    """Fields as spans, then values, then rows."""
    plan, chunk = lanes.plan, read.chunk
    layout = plan.layouts[plan.charsets[chunk.input_no]]
    tokens = tokenize(layout, chunk, compiled=plan.compiled)
    verdict = tokens.verdict
    active = np.zeros(len(chunk), np.bool_)
    active[read.first : read.stop] = True
    failed = _select(lanes, chunk, tokens, active)
    verdict[unreadable(chunk)] = REJECT
    unset = active & (verdict == REJECT).any(axis=1)
    rejects = unset_fields(plan.tables, layout.names, chunk, tokens, np.flatnonzero(unset).tolist())
    rejects |= failed
    unset[list(failed)] = True
    stepped = stepping(verdict) & active[:, None]
    before = steps(tuple(int(n) for n in stepped.sum(axis=0)))
    tables = []
    for number, table in enumerate(plan.tables):
        record = np.flatnonzero(active & ~unset & (verdict[:, number] == TAKE))
        ordinals = np.cumsum(stepped[:, number]) - 1 + before[number]
        numbers = Numbers(
            record_no=chunk.record_nos(record), step=ordinals[record], bases=lanes.columnar.bases(table)
        )
        values, failures = _values(table, lanes.columnar, tokens, (record, numbers))
        encode = partial(_encode, plan, table, form=form)
        good = _without(values, failures)
        rows, faults = encode(good)
        found = {
            **_failed(table, chunk, values, failures, encode),
            **unconverted(table, chunk, good, faults),
        }
        for index, reject in found.items():
            rejects.setdefault(index, reject)
        tables.append(rows_for(table, rows))
    batch = batch_with(read, verdict, tables, rejects)
    return batch.without(rejects) if rejects and len(tables) > 1 else batch


def _select(lanes: Lanes, chunk: Chunk, tokens: Tokens, active: NDArray[np.bool_]) -> dict[int, Reject]:
    """Take records out of clauses whose transaction type they are not of; gives those of which that cannot be told."""
    failed: list[ConstraintError] = []
    for number, table in enumerate(lanes.plan.tables):
        if table.select is None:
            continue
        verdict = tokens.verdict[:, number]
        record = np.flatnonzero(active & ((verdict == TAKE) | (verdict == REJECT)))
        holds, failures = lanes.columnar.select(table, tokens, record, chunk.record_nos(record))
        holds[[failure.row for failure in failures]] = True
        tokens.verdict[record[~holds], number] = WHEN_FAILED
        failed += [
            ConstraintError(
                record=int(record[one.row]),
                table_no=number,
                field=None,
                rule="when",
                code=one.code,
                reason=one.message,
            )
            for one in failures
        ]
    return refused(lanes.plan.tables, chunk, reversed(failed))


def _completed(lanes: Lanes, read: Read, encoded: Encoded) -> Batch:
    """A batch of plain records, with what the general way makes of the others."""
    rows = encoded.rows
    rejects: dict[int, Reject] = {}
    assert lanes.direct is not None
    if len(encoded.rest):
        others = _general(lanes, encoded.others(read), _no_steps, "pgcopy")
        encoded.verdict[encoded.rest] = others.verdict
        rejects = {int(encoded.rest[index]): one for index, one in others.rejects.items()}
        rows = lanes.direct.merge(encoded, others.tables[0].rows)
    return batch_with(read, encoded.verdict, [rows_for(lanes.plan.tables[0], rows)], rejects)


def _no_steps(own: tuple[int, ...]) -> tuple[int, ...]:
    """Tables of the direct lane have no sequences."""
    return (0,) * len(own)


Encode = Callable[[Values], tuple[Rows, Faults]]


def _values(
    table: TablePlan, columnar: Columnar, tokens: Tokens, chosen: tuple[NDArray[np.int64], Numbers]
) -> tuple[Values, list[Failure]]:
    """The values of a table's rows, by its lane, and what failed in expressions."""
    record, numbers = chosen
    if table.lane == "direct":
        return field_values(table, tokens, record), []
    return mixed_values(table, tokens, record, numbers, columnar)


def _failed(
    table: TablePlan, chunk: Chunk, values: Values, failures: list[Failure], encode: Encode
) -> dict[int, Reject]:
    """
    Rejects of rows whose expressions failed or whose values break a check, unless a conversion is to blame.

    That of a column before is, and of the column itself where it is checked: checks come after the type.
    """
    if not failures:
        return {}
    rows = np.unique(np.array([failure.row for failure in failures], np.int64))
    first: dict[int, int] = {}
    for failure in failures:
        own = failure.column + (failure.rule != "expression")
        first[failure.row] = min(own, first.get(failure.row, own))
    picked = _picked(values, rows)
    _, faults = encode(picked)
    before = faults.column < np.array([first[int(row)] for row in rows[faults.row]], np.int64)
    earlier = Faults(
        row=faults.row[before],
        column=faults.column[before],
        code=faults.code[before],
        detail=faults.detail[before],
    )
    return {**unevaluated(table, chunk, values, failures), **unconverted(table, chunk, picked, earlier)}


def _encode(plan: LoadPlan, table: TablePlan, values: Values, form: str) -> tuple[Rows, Faults]:
    conversions = [column.conversion for column in table.columns]
    nls = plan.environment.nls
    if form == "pgcopy":
        from loadstone.targets.postgresql.encode import encode_pgcopy

        return encode_pgcopy(values, conversions, nls, compiled=plan.compiled)
    import pyarrow as pa

    batch, kept, faults = encode_arrow(values, conversions, nls, compiled=plan.compiled)
    return ArrowRows(pa.Table.from_batches([batch]), kept), faults


def _without(values: Values, failures: list[Failure]) -> Values:
    """The values without the rows that failed."""
    if not failures:
        return values
    keep = np.ones(len(values.record), np.bool_)
    keep[[failure.row for failure in failures]] = False
    return _picked(values, np.flatnonzero(keep))


def _picked(values: Values, rows: NDArray[np.int64]) -> Values:
    return Values(
        buffer=values.buffer,
        start=values.start[rows],
        end=values.end[rows],
        null=values.null[rows],
        record=values.record[rows],
    )
