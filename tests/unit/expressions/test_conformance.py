"""Oracle's documented answers: function, expression, input, expected value or ORA code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from loadstone.datatypes.model import Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Context, OraError

TABLE = Path(__file__).resolve().parents[2] / "golden" / "expressions.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:] if line]
CONTEXT = Context(nls=Nls(now=datetime(2024, 2, 29, 13, 5, 9)))


def answer(expression: str, value: str | None) -> str:
    """The text of an expression's result, NULL, or the code of its error."""
    compiled = compile_expression(expression, binds={"A": BindType.TEXT, "B": BindType.TEXT}, context=CONTEXT)
    inputs = [[value] for _ in compiled.binds] + [["42"] for _ in compiled.sequences]
    (found,) = Evaluator(compiled).evaluate(inputs, rows=1)
    if isinstance(found, OraError):
        return found.code
    return "NULL" if found is None else found


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[1]}|{row[2]}" for row in ROWS])
def test_an_expression_gives_oracles_answer(row: list[str]) -> None:
    """Each row of the table holds."""
    _, expression, value, expected = row
    assert answer(expression, value or None) == expected


def test_the_table_is_long_enough() -> None:
    """At least 250 rows, so that the table cannot shrink unseen."""
    assert len(ROWS) >= 250
