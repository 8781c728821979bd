"""Oracle's documented answers: function, expression, input, expected value or ORA code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from loadstone.datatypes.model import Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.duckdb.emit import emit
from loadstone.expressions.duckdb.engine import Engine
from loadstone.expressions.duckdb.model import Declined
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Compiled, Context, OraError

TABLE = Path(__file__).resolve().parents[2] / "golden" / "expressions.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:] if line]
ENGINE = Engine()
CONTEXT = Context(nls=Nls(now=datetime(2024, 2, 29, 13, 5, 9)))


def compiled_of(expression: str) -> Compiled:
    """The expression over two texts."""
    return compile_expression(expression, binds={"A": BindType.TEXT, "B": BindType.TEXT}, context=CONTEXT)


def by_rows(compiled: Compiled, value: str | None) -> str:
    """The text of the evaluator's result, NULL, or the code of its error."""
    inputs = [[value] for _ in compiled.binds] + [["42"] for _ in compiled.sequences]
    (found,) = Evaluator(compiled).evaluate(inputs, rows=1)
    if isinstance(found, OraError):
        return found.code
    return "NULL" if found is None else found


def by_duckdb(compiled: Compiled, value: str | None) -> str | None:
    """The text of DuckDB's result or NULL; None where it has no SQL or does not know the answer."""
    try:
        emitted = emit(compiled)
    except Declined:
        return None
    columns = {name: pa.array([value], pa.string()) for name in ("A", "B")}
    columns |= {f"{name}.NEXTVAL": pa.array([42], pa.int64()) for name in compiled.sequences}
    (row,) = ENGINE.run([emitted], pa.table(columns)).to_pylist()
    if not row["k0"]:
        return None
    return "NULL" if row["v0"] is None else str(row["v0"])


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[1]}|{row[2]}" for row in ROWS])
def test_an_expression_gives_oracles_answer(row: list[str]) -> None:
    """Each row of the table holds, by the evaluator, and by DuckDB with the evaluator for what it leaves."""
    _, expression, value, expected = row
    compiled = compiled_of(expression)
    assert expected == by_rows(compiled, value or None)
    assert expected == (by_duckdb(compiled, value or None) or by_rows(compiled, value or None))


def test_duckdb_knows_most_answers() -> None:
    """DuckDB itself gives seven answers of ten; errors are always left to the evaluator."""
    asked = [row for row in ROWS if not row[3].startswith("ORA-")]
    found = [row for row in asked if by_duckdb(compiled_of(row[1]), row[2] or None) is not None]
    assert len(found) > len(asked) * 0.7


def test_the_table_is_long_enough() -> None:
    """At least 1,000 rows, so that the table cannot shrink unseen."""
    assert len(ROWS) >= 1000
