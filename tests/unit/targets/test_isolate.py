"""Finding refused records by halves: in record order, over all tables, each record once."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from loadstone.targets.arrow import ArrowRows
from loadstone.targets.isolate import isolate_by_halves, rows_between
from loadstone.targets.model import ConstraintRefusal, TableInfo, TableRows


def rows(records: list[int], table_no: int = 0) -> TableRows:
    """Rows whose only column is ten times the record's number."""
    batch = pa.RecordBatch.from_arrays([pa.array([10 * n for n in records], pa.int64())], names=["c0"])
    info = TableInfo(schema=None, name=f"t{table_no}", columns=())
    return TableRows(
        table_no=table_no, table=info, columns=("V",), rows=ArrowRows(batch, np.array(records, np.int64))
    )


class Memory:
    """A target in memory: takes rows in order, and refuses records for which ``fault`` gives a reason."""

    def __init__(self, fault: Callable[[int, list[tuple[int, int]]], str | None]) -> None:
        self.fault, self.written, self.attempts = fault, list[tuple[int, int]](), 0

    def attempt(self, tables: Sequence[TableRows]) -> None:
        """All rows or none."""
        self.attempts += 1
        before = list(self.written)
        for table in tables:
            for record in table.rows.record.tolist():
                reason = self.fault(record, self.written)
                if reason is not None:
                    self.written = before
                    raise ConstraintRefusal(
                        reason, code="ORA-1", rule="r", field="V", table_no=table.table_no
                    )
                self.written.append((table.table_no, record))


def test_good_rows_are_written_in_one_attempt() -> None:
    """Where nothing is refused, nothing is tried twice."""
    memory = Memory(lambda record, written: None)
    assert [] == isolate_by_halves([rows([0, 1, 5]), rows([1, 2], 1)], memory.attempt)
    assert (1, 5) == (memory.attempts, len(memory.written))


def test_nothing_to_write_is_nothing_refused() -> None:
    """No tables, or tables without rows."""
    memory = Memory(lambda record, written: "never")
    assert [] == isolate_by_halves([], memory.attempt)
    assert [] == isolate_by_halves([rows([])], memory.attempt)
    assert 0 == memory.attempts


def test_a_refused_record_is_told_with_all_that_is_known() -> None:
    """Number, table, field, rule, code, reason."""
    memory = Memory(lambda record, written: "bad" if record == 5 else None)
    [error] = isolate_by_halves([rows([0, 5]), rows([5, 7], 1)], memory.attempt)
    assert (5, 0, "V", "r", "ORA-1", "bad") == (
        error.record,
        error.table_no,
        error.field,
        error.rule,
        error.code,
        error.reason,
    )
    assert [(0, 0), (1, 7)] == sorted(memory.written)


def test_a_record_that_the_second_table_refuses_is_in_neither() -> None:
    """Its row in the first table goes too."""

    def fault(record: int, written: list[tuple[int, int]]) -> str | None:
        return "bad" if record == 3 and (0, 3) in written else None

    memory = Memory(fault)
    [error] = isolate_by_halves([rows([1, 3, 4]), rows([3, 4], 1)], memory.attempt)
    assert (3, 1) == (error.record, error.table_no)
    assert [(0, 1), (0, 4), (1, 4)] == sorted(memory.written)


@pytest.mark.parametrize("seed", range(20))
def test_any_set_of_duplicates_is_found_as_one_by_one(seed: int) -> None:
    """Keys that repeat: the first record that is not refused itself has the key."""
    rng = random.Random(seed)
    count = rng.randint(1, 60)
    key = [rng.randint(0, 20) for _ in range(count)]
    bad = {n for n in range(count) if rng.random() < 0.1}

    def fault(record: int, written: list[tuple[int, int]]) -> str | None:
        taken = {key[other] for _, other in written}
        return "bad" if record in bad or key[record] in taken else None

    memory, taken, expected = Memory(fault), set[int](), []
    for record in range(count):
        if record in bad or key[record] in taken:
            expected.append(record)
        else:
            taken.add(key[record])
    found = isolate_by_halves([rows(list(range(count)))], memory.attempt)
    assert expected == [error.record for error in found]


def test_few_refusals_cost_few_attempts() -> None:
    """One bad record of a thousand is found by halves, not one by one."""
    memory = Memory(lambda record, written: "bad" if record == 700 else None)
    isolate_by_halves([rows(list(range(1000)))], memory.attempt)
    assert memory.attempts <= 25


def test_rows_between_two_records_leave_empty_tables_out() -> None:
    """Both ends belong to the range; slices keep order and columns."""
    tables = [rows([0, 2, 4, 6]), rows([7], 1), replace(rows([4, 5], 2), key=("V",))]
    first, third = rows_between(tables, 2, 5)
    assert ([2, 4], [4, 5]) == (first.rows.record.tolist(), third.rows.record.tolist())
    assert ((2, ("V",)), [20, 40]) == ((third.table_no, third.key), first.rows.batch.column(0).to_pylist())  # type: ignore[attr-defined]
