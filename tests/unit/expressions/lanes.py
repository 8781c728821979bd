"""One expression, one row: what the evaluator gives, and that DuckDB gives the same or leaves the row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from loadstone.datatypes.model import Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.duckdb.emit import emit
from loadstone.expressions.duckdb.engine import Engine
from loadstone.expressions.duckdb.model import Declined
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Compiled, Context, OraError

CONTEXT = Context(nls=Nls(now=datetime(2024, 2, 29, 13, 5, 9)))
BINDS = {"A": BindType.TEXT, "B": BindType.TEXT}
Rows = list[tuple[str | None, str | None]]

_ENGINE = Engine()


def answers(expression: str, rows: Iterable[tuple[str | None, ...]]) -> list[str | None]:
    """
    The evaluator's texts, or the codes of its errors, for rows of :A and :B (None is NULL).

    DuckDB computes them too, and agrees wherever it says that it knows.
    """
    compiled = compile_expression(expression, binds=BINDS, context=CONTEXT)
    table: Rows = [(row[0], row[1] if len(row) > 1 else None) for row in rows]
    columns = {"A": [a for a, _ in table], "B": [b for _, b in table]}
    found = Evaluator(compiled).evaluate([columns[name] for name in compiled.binds], len(table))
    for row, one, (value, sure) in zip(table, found, _by_duckdb(compiled, table), strict=True):
        assert not sure or one == value, (expression, row)
    return [one.code if isinstance(one, OraError) else one for one in found]


def answer(expression: str, a: str | None = None, b: str | None = None) -> str | None:
    """That of one row."""
    (found,) = answers(expression, [(a, b)])
    return found


# Private functions


def _by_duckdb(compiled: Compiled, rows: Rows) -> list[tuple[str | None, bool]]:
    try:
        emitted = emit(compiled)
    except Declined:
        return [(None, False)] * len(rows)
    chunk = pa.table({name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("AB")})
    return [(row["v0"], row["k0"]) for row in _ENGINE.run([emitted], chunk).to_pylist()]
