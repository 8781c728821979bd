"""Every way of computing an expression gives what the row by row evaluator gives."""

from __future__ import annotations

import random
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from loadstone.datatypes.model import ColumnType, Kind, Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.duckdb.emit import emit
from loadstone.expressions.duckdb.engine import Engine
from loadstone.expressions.duckdb.model import Declined
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Compiled, Context, OraError
from loadstone.expressions.spans import SpanRun, span_plan
from tests.reference.expressions import (
    Rows,
    date_of,
    number_of,
    spans_of,
    text_of,
    values_of,
    words_of,
)

CONTEXT = Context(nls=Nls(now=datetime(2024, 2, 29, 13, 5, 9)))
BINDS = {"A": BindType.TEXT, "B": BindType.TEXT}
TEXT = ColumnType(kind=Kind.TEXT)
SEEDS = range(400)


def by_duckdb(compiled: Compiled, rows: Rows, engine: Engine) -> list[tuple[str | None, bool]]:
    """What DuckDB gives for each row, and whether it knows."""
    emitted = emit(compiled)
    chunk = pa.table(
        {name: pa.array([row[n] or None for row in rows], pa.string()) for n, name in enumerate("AB")}
    )
    return [(row["v0"], row["k0"]) for row in engine.run([emitted], chunk).to_pylist()]


def by_spans(compiled: Compiled, rows: Rows, *, fast: bool) -> list[str | None]:
    """The results of the direct lane; None where it gives NULL."""
    plan = span_plan(compiled, TEXT)
    assert plan is not None
    names, data, spans = {"A": 0, "B": 1}, bytearray(b"."), np.zeros((2, 2, len(rows)), np.int64)
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            spans[column, 0, number] = len(data)
            data += text.encode()
            spans[column, 1, number] = len(data)

    def fields(name: str) -> tuple[np.ndarray, np.ndarray]:
        return spans[names[name], 0], spans[names[name], 1]

    pool = len(data)
    data += plan.literals
    at = len(data)
    data += bytes(plan.space(fields, len(rows)))
    buffer = np.frombuffer(data, np.uint8)
    start, end = SpanRun(plan, fields, buffer, (pool, at), compiled=fast).result(len(rows))
    return [bytes(buffer[s:e]).decode() or None for s, e in zip(start.tolist(), end.tolist(), strict=True)]


def by_rows(compiled: Compiled, rows: Rows) -> list[str | OraError | None]:
    """The results of the evaluator."""
    columns = {"A": [a for a, _ in rows], "B": [b for _, b in rows]}
    return Evaluator(compiled).evaluate([columns[name] for name in compiled.binds], len(rows))


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "compiled"])
def test_spans_give_what_rows_give(fast: bool) -> None:
    """Programs of spans, plain and compiled, over random texts."""
    for seed in SEEDS:
        chance = random.Random(seed)
        text, rows = spans_of(chance), words_of(chance)
        compiled = compile_expression(text, binds=BINDS, context=CONTEXT)
        assert by_spans(compiled, rows, fast=fast) == by_rows(compiled, rows), (seed, text)


@pytest.mark.parametrize("kind", ["text", "number", "date"])
def test_duckdb_gives_what_rows_give(kind: str) -> None:
    """Where DuckDB knows an answer it is the evaluator's, and it knows those of most rows."""
    engine, told, known, declined = Engine(), 0, 0, 0
    maker = {"text": text_of, "number": number_of, "date": date_of}[kind]
    for seed in range(200):
        chance = random.Random(f"{kind} {seed}")
        text, rows = maker(chance), values_of(chance)
        try:
            compiled = compile_expression(text, binds=BINDS, context=CONTEXT)
            found = by_duckdb(compiled, rows, engine)
        except Declined:
            declined += 1
            continue
        for (value, sure), expected in zip(found, by_rows(compiled, rows), strict=True):
            told += not isinstance(expected, OraError)
            known += sure
            assert not sure or value == expected, (seed, text, rows)
    assert declined < 40
    assert known > told * 0.85


def test_defaults_for_errors_are_the_same() -> None:
    """DEFAULT ... ON CONVERSION ERROR and VALIDATE_CONVERSION over texts of which most are wrong."""
    engine, answers = Engine(), 0
    shapes = (
        "TO_NUMBER({0} DEFAULT -1 ON CONVERSION ERROR)",
        "TO_DATE({0} DEFAULT '20240229' ON CONVERSION ERROR, 'YYYYMMDD')",
        "CAST({0} AS NUMBER DEFAULT NULL ON CONVERSION ERROR) + 1",
        "VALIDATE_CONVERSION({0} AS DATE, 'YYYY-MM-DD')",
    )
    for seed in range(80):
        chance = random.Random(seed)
        text, rows = shapes[seed % 4].format(text_of(chance, 1)), values_of(chance)
        compiled = compile_expression(text, binds=BINDS, context=CONTEXT)
        expected = by_rows(compiled, rows)
        answers += sum(not isinstance(one, OraError) for one in expected)
        try:
            found = by_duckdb(compiled, rows, engine)
        except Declined:
            continue
        for (value, sure), one in zip(found, expected, strict=True):
            assert not sure or value == one, (seed, text, rows)
    assert answers > 80 * 2
