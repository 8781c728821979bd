"""What a task does: one range of an input becomes one part, by the code of any other load."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from loadstone.books import Reject
from loadstone.errors import LoadstoneError, Place
from loadstone.load.batch import Batch
from loadstone.load.environment import thaw
from loadstone.load.frozen import columnar_of
from loadstone.load.inputs import LoadInput
from loadstone.load.lookups import fill_lookups
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.prepare import Lanes, prepare, steps_of
from loadstone.load.reading import Read, read_range
from loadstone.load.resume import changed
from loadstone.load.spark.catalogue import Catalogue
from loadstone.load.spark.model import Part, Range
from loadstone.load.spark.rows import ROW, stored
from loadstone.load.spark.store import RECORDS, REJECTS, facts_of, packed, table_file, write_part
from loadstone.load.spark.sums import sums_of
from loadstone.spec import LoadRequest
from loadstone.targets.arrow import ArrowRows
from loadstone.targets.model import Target

BLAME = ("table_no", "field", "value", "rule", "code", "reason")
"""What a part keeps of a reject; its place and its bytes are in the data file."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """
    All that a task needs besides its range; the same for all tasks of a run.

    Attributes:
        run: Key of the run. folder: where parts go, absolute, and the same on every machine.
        inputs: With absolute paths. frozen: as it is kept with a load.
    """

    run: str
    folder: str
    request: LoadRequest
    catalogue: Catalogue
    inputs: tuple[LoadInput, ...]
    frozen: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An error of class ``LoadstoneError`` on its way to the driver: doing the task again would not help."""

    kind: type[LoadstoneError]
    code: str
    message: str
    place: Place
    hints: tuple[str, ...]

    @classmethod
    def of(cls, error: LoadstoneError) -> Failure:
        """What is left of an error without its trace, which other processes cannot read."""
        return cls(
            kind=type(error), code=error.code, message=error.message, place=error.place, hints=error.hints
        )

    def error(self) -> LoadstoneError:
        """The error again."""
        return self.kind(self.code, self.message, self.place, hints=self.hints)


def compute_part(task: Task, one: Range) -> Part | Failure:
    """
    Compute one range and put its part into the folder; gives the part that is there.

    A task that runs twice, or twice at once, leaves one part: the first that was whole.
    """
    there = facts_of(Path(task.folder), one.partition.number)
    if there is not None and (there.run, there.range) == (task.run, one):
        return there
    try:
        lanes = _lanes_of(task)
        read = _read(lanes.plan, one)
        batch = prepare(lanes, read, lambda own: one.before)
        part, files = _part(task, lanes, one, batch)
        lanes.give_back(batch)
        return write_part(Path(task.folder), part, files)
    except LoadstoneError as error:
        return Failure.of(error)


def count_steps(task: Task, one: Range) -> tuple[int, ...] | Failure:
    """Records of each INTO TABLE in one range that step its SEQUENCE."""
    try:
        plan = _lanes_of(task).plan
        return steps_of(plan, _read(plan, one))
    except LoadstoneError as error:
        return Failure.of(error)


def plan_of(task: Task) -> LoadPlan:
    """The plan, compiled again where the task runs."""
    plan = compile_plan(
        task.request,
        cast(Target, task.catalogue),
        thaw(task.frozen["environment"]),
        task.inputs,
        charsets=task.frozen["charsets"],
    )
    fill_lookups(plan, task.frozen["lookups"])
    return plan


# Private functions

_kept: dict[str, Lanes] = {}
"""The plan of the run that this process computed for last; Spark keeps its Python workers."""


def _lanes_of(task: Task) -> Lanes:
    if task.run not in _kept:
        plan = plan_of(task)
        _kept.clear()
        _kept[task.run] = Lanes.of(plan, columnar_of(plan, task.frozen))
    return _kept[task.run]


def _read(plan: LoadPlan, one: Range) -> Read:
    """The range, when it is still what the driver has seen."""
    read = read_range(plan, one.partition)
    if read.digest_after.hexdigest() != one.sha256:
        where = f"its bytes {one.partition.unit0} to {one.partition.unit1}"
        raise changed(plan.inputs[one.partition.input_no], f"changed in {where} since the run began")
    return read


def _part(task: Task, lanes: Lanes, one: Range, batch: Batch) -> tuple[Part, dict[str, bytes]]:
    """The facts and the files of a part."""
    plan, counts = lanes.plan, batch.counts
    files: dict[str, bytes] = {}
    sums = []
    for number, (table, typed) in enumerate(zip(plan.tables, _typed(lanes, one, batch), strict=True)):
        kept = stored(table, batch.tables[number].rows, typed)
        conversions = [column.conversion for column in table.columns]
        sums.append(sums_of(kept.select(range(1, len(conversions) + 1)), conversions))
        files[table_file(number)] = packed(kept, plain=[ROW])
    files[RECORDS] = packed(_verdicts(batch))
    files[REJECTS] = packed(_rejects(batch.rejects))
    part = Part(
        run=task.run,
        range=one,
        read=counts.read,
        loaded=counts.loaded,
        rejected=counts.rejected,
        discarded=counts.discarded,
        skipped=counts.skipped,
        rows=tuple(len(table.rows) for table in batch.tables),
        sums=tuple(sums),
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    return part, files


def _typed(lanes: Lanes, one: Range, batch: Batch) -> list[ArrowRows]:
    """The rows by columns; where the target takes another form, they are made again, for readers of Parquet."""
    if lanes.plan.target.form != "arrow":
        read = _read(lanes.plan, one)
        batch = prepare(lanes, read, lambda own: one.before, form="arrow")
    return [cast(ArrowRows, table.rows) for table in batch.tables]


def _verdicts(batch: Batch) -> Any:
    import pyarrow as pa

    columns = [pa.array(np.ascontiguousarray(column)) for column in batch.verdict.T]
    return pa.table(columns, names=[f"table-{number + 1}" for number in range(len(columns))])


def _rejects(rejects: dict[int, Reject]) -> Any:
    import pyarrow as pa

    kinds = {"table_no": pa.int64()}
    schema = pa.schema([("record", pa.int64()), *((name, kinds.get(name, pa.string())) for name in BLAME)])
    rows = [
        {"record": record, **{name: getattr(rejects[record], name) for name in BLAME}}
        for record in sorted(rejects)
    ]
    return pa.Table.from_pylist(rows, schema)
