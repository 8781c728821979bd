"""A dry run: the first rows as they would be loaded, and what would be refused; the target stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from loadstone.books import Reject
from loadstone.load.columnar import Columnar
from loadstone.load.inputs import resolve_inputs
from loadstone.load.lookups import fill_lookups, read_lookups
from loadstone.load.plan.compile import compile_plan, limits_of
from loadstone.load.prepare import Lanes, prepare
from loadstone.load.reading import ChunkSource
from loadstone.load.resume import Progress
from loadstone.load.sequences import sequence_bases
from loadstone.load.surroundings import Surroundings
from loadstone.spec import LoadRequest
from loadstone.targets.model import TableRows, Target

SAMPLE_RECORDS = 1000


@dataclass(frozen=True, kw_only=True)
class TablePreview:
    """First rows of one table; values as Python objects, None for NULL."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the first records of a load would become; at most ``SAMPLE_RECORDS`` are looked at."""

    records: int
    tables: tuple[TablePreview, ...]
    rejects: tuple[Reject, ...]
    warnings: tuple[str, ...]


def preview(request: LoadRequest, target: Target, surroundings: Surroundings, *, rows: int = 10) -> Preview:
    """The first ``rows`` rows of each table, from the first chunk of which a record is read."""
    inputs = resolve_inputs(request)
    environment = surroundings.environment()
    load = limits_of(request).load
    sample = SAMPLE_RECORDS if load is None else min(load, SAMPLE_RECORDS)
    plan = compile_plan(replace(request, load=sample, chunk_size_bytes=1 << 20), target, environment, inputs)
    fill_lookups(plan, read_lookups(plan))
    bases = {name: (first, step) for name, (first, step) in sequence_bases(plan).items()}
    columnar = Columnar(plan, bases, Path(request.spec_path).resolve().parent)
    source = ChunkSource(plan, Progress(), {}, lambda: plan.chunk_size_bytes)
    read = source.next()
    while read is not None and read.first == read.stop and not read.ended:
        read = source.next()
    if read is None:
        return Preview(records=0, tables=(), rejects=(), warnings=plan.warnings)
    batch = prepare(Lanes.of(plan, columnar), read, lambda own: (0,) * len(own), form="arrow")
    return Preview(
        records=batch.stop - batch.first,
        tables=tuple(
            _first_rows(str(table.spec.table), encoded, rows)
            for table, encoded in zip(plan.tables, batch.tables, strict=True)
        ),
        rejects=tuple(batch.rejects[record] for record in sorted(batch.rejects)),
        warnings=(*plan.warnings, *columnar.warnings),
    )


# Private functions


def _first_rows(name: str, encoded: TableRows, rows: int) -> TablePreview:
    batch: Any = encoded.rows.slice(0, min(rows, len(encoded.rows)))
    columns = [column.to_pylist() for column in batch.batch.columns]
    return TablePreview(table=name, columns=encoded.columns, rows=tuple(zip(*columns, strict=True)))
