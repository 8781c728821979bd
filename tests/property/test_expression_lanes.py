"""Every way of computing an expression gives what the row by row evaluator gives."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest

from loadstone.datatypes.model import ColumnType, Kind, Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Compiled, Context, OraError
from loadstone.expressions.spans import SpanRun, span_plan

CONTEXT = Context(nls=Nls(now=datetime(2024, 2, 29, 13, 5, 9)))
BINDS = {"A": BindType.TEXT, "B": BindType.TEXT}
TEXT = ColumnType(kind=Kind.TEXT)
ALPHABET = " aAbxX0é€ßÿ😀-_"
SEEDS = range(400)

Rows = Sequence[tuple[str, str]]


def rows_of(chance: random.Random) -> Rows:
    """Texts for both binds; one in five is empty."""

    def text() -> str:
        return "".join(chance.choices(ALPHABET, k=chance.choice((0, 1, 2, 5, 9))))

    return [(text(), text()) for _ in range(6)]


def text_of(chance: random.Random, depth: int = 3) -> str:
    """An expression of texts that the direct lane takes."""
    if depth == 0 or chance.random() < 0.15:
        return chance.choice((":A", ":B", ":A", literal_of(chance)))
    a, b, c = (text_of(chance, depth - 1) for _ in range(3))
    one, two, n, m = literal_of(chance), literal_of(chance), chance.randint(-6, 8), chance.randint(-2, 8)
    return chance.choice(
        (
            f"{chance.choice(('TRIM', 'LTRIM', 'RTRIM', 'UPPER', 'LOWER'))}({a})",
            f"{chance.choice(('LTRIM', 'RTRIM'))}({a}, 'x0 ')",
            f"SUBSTR({a}, {n})",
            f"SUBSTR({a}, {n}, {m})",
            f"NVL({a}, {b})",
            f"COALESCE({a}, {b}, {one})",
            f"NVL2({a}, {b}, {c})",
            f"{a} || {b}",
            f"{chance.choice(('LPAD', 'RPAD'))}({a}, {n}, 'aé')",
            f"RPAD({a}, {n})",
            f"REPLACE({a}, 'a', {one})",
            f"REPLACE({a}, 'ax')",
            f"DECODE({a}, {one}, {b}, {c}, {a}, {two})",
            f"CASE WHEN {condition_of(chance, depth - 1)} THEN {a} ELSE {b} END",
        )
    )


def condition_of(chance: random.Random, depth: int) -> str:
    """A condition over texts."""
    a, b, one = text_of(chance, depth), text_of(chance, depth), literal_of(chance)
    return chance.choice(
        (
            f"{a} = {b}",
            f"{a} <> {one}",
            f"{a} IN ({one}, {b})",
            f"{a} NOT IN ({one}, {b})",
            f"{a} IS NULL",
            f"NOT ({a} = {one} OR {b} IS NOT NULL)",
            f"{a} <> {one} AND {b} = {a}",
        )
    )


def literal_of(chance: random.Random) -> str:
    """A literal, sometimes the empty one."""
    return "'" + "".join(chance.choices("aAx0 é-", k=chance.randint(0, 3))) + "'"


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
        text, rows = text_of(chance), rows_of(chance)
        compiled = compile_expression(text, binds=BINDS, context=CONTEXT)
        assert by_spans(compiled, rows, fast=fast) == by_rows(compiled, rows), (seed, text)
