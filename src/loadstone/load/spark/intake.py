"""Parts in place of computing: a load reads the batch of each chunk from the part that holds its records."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loadstone.books import Reject
from loadstone.errors import FixFile
from loadstone.load.batch import Batch
from loadstone.load.plan.model import LoadPlan
from loadstone.load.prepare import batch_with, rows_for
from loadstone.load.reading import Read
from loadstone.load.rejects import Blame, reject
from loadstone.load.resume import changed
from loadstone.load.spark.model import Manifest, Part
from loadstone.load.spark.rows import taken, with_record
from loadstone.load.spark.store import RECORDS, REJECTS, read_file, spoilt, table_file
from loadstone.load.spark.sums import sums_of
from loadstone.targets.arrow import ArrowRows


class Intake:
    """The parts of a folder as the chunks of a load; one serves all workers."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest
        self._parts = manifest.parts
        self._starts = [(part.range.partition.input_no, part.range.partition.unit0) for part in self._parts]

    def ranges(self, input_no: int, units: tuple[int, int | None]) -> Iterator[tuple[int, int]]:
        """
        What lies between two bytes of an input, part by part; the second is None for the end of the input.

        Raises:
            FixFile: LS-4031 the manifest lists no part for some of it.
        """
        at, end = units
        for part in self._parts:
            place = part.range.partition
            if place.input_no == input_no and place.unit1 > at and (end is None or place.unit0 < end):
                if place.unit0 > at:
                    raise self._uncovered(input_no, at)
                stop = place.unit1 if end is None else min(end, place.unit1)
                yield at, stop
                at = stop
        if end is None and self._manifest.request["load"] is None:
            end = self._manifest.inputs[input_no][1]  # LOAD, where there is one, has ended the load before
        if end is not None and at < end:
            raise self._uncovered(input_no, at)

    def batch_of(self, plan: LoadPlan, read: Read) -> Batch:
        """
        The batch of a chunk, which is a part, or what is left of one.

        Raises:
            FixFile: LS-4031 the part is missing, changed or counted wrongly; LS-4002 the data file is not the one
                that it was computed from.
        """
        part = self._part_of(read)
        if read.digest_after.hexdigest() != part.range.prefix_sha256:
            one = plan.inputs[read.chunk.input_no]
            raise changed(
                one, f"is not the file whose bytes up to {read.chunk.unit1} the parts were computed from"
            )
        return self._whole(plan, part, read)

    # Private methods

    def _part_of(self, read: Read) -> Part:
        chunk = read.chunk
        number = bisect_right(self._starts, (chunk.input_no, chunk.unit0)) - 1
        part = self._parts[number] if number >= 0 else None
        if part is None or part.range.partition.input_no != chunk.input_no:
            raise self._uncovered(chunk.input_no, chunk.unit0)
        place = part.range.partition
        if chunk.unit1 != place.unit1 or chunk.record0 + len(chunk) != place.record0 + place.records:
            raise spoilt(self._folder / part.name, f"holds other records than the bytes up to {chunk.unit1}")
        return part

    def _uncovered(self, input_no: int, unit: int) -> FixFile:
        return spoilt(
            self._folder, f"has no part for the records of input {input_no + 1} from byte {unit} on"
        )

    def _whole(self, plan: LoadPlan, part: Part, read: Read) -> Batch:
        """What the part holds of the chunk's records; all of them, unless a limit stopped the load amid the part."""
        passed = part.range.partition.records - len(read.chunk)
        verdict = self._verdicts(plan, part)
        tables = []
        for number, table in enumerate(plan.tables):
            rows, typed = taken(table, self._table(part, table_file(number)), plan.target.form)
            self._check_rows(plan, part, number, typed)
            if passed:
                rows = rows.select(rows.record >= passed)
                rows.record = rows.record - passed
            rows = with_record(table, rows, read.chunk.record_nos(rows.record))
            tables.append(rows_for(table, rows))
        batch = batch_with(read, verdict[passed:], tables, self._rejects(plan, part, read, passed))
        if not passed:
            self._check_books(part, batch)
        return batch

    def _table(self, part: Part, name: str) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        data = read_file(self._folder, part, name)
        try:
            return pq.read_table(io.BytesIO(data))
        except pa.ArrowInvalid as error:
            raise spoilt(self._folder / part.name / name, f"is no Parquet file: {error}") from error

    def _verdicts(self, plan: LoadPlan, part: Part) -> NDArray[np.uint8]:
        table = self._table(part, RECORDS)
        if table.num_rows != part.range.partition.records or table.num_columns != len(plan.tables):
            raise spoilt(self._folder / part.name / RECORDS, "has not one line for each record")
        return np.column_stack([column.to_numpy() for column in table.columns])

    def _rejects(self, plan: LoadPlan, part: Part, read: Read, passed: int) -> dict[int, Reject]:
        found = {}
        for row in self._table(part, REJECTS).to_pylist():
            record = row.pop("record") - passed
            if record >= 0:
                blame = Blame(table=plan.tables[row.pop("table_no")], **row)
                found[record] = reject(read.chunk, record, blame)
        return found

    def _check_rows(self, plan: LoadPlan, part: Part, number: int, typed: ArrowRows) -> None:
        """Rows and sums of a table are those of the manifest."""
        columns = plan.tables[number].columns[: typed.batch.num_columns]
        sums = sums_of(typed.batch, [column.conversion for column in columns])
        if (len(typed), sums) != (part.rows[number], part.sums[number]):
            what = f"{len(typed)} rows and sums {sums}, and the manifest says {part.rows[number]} and {part.sums[number]}"
            raise spoilt(self._folder / part.name / table_file(number), f"has {what}")

    def _check_books(self, part: Part, batch: Batch) -> None:
        counts = batch.counts
        found = (counts.read, counts.loaded, counts.rejected, counts.discarded, counts.skipped)
        told = (part.read, part.loaded, part.rejected, part.discarded, part.skipped)
        if found != told:
            raise spoilt(self._folder / part.name, f"has books {found}, and the manifest says {told}")
