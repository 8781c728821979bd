"""The conformance table: function x input x what Oracle documents."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

from loadstone.datatypes.model import Nls
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Context

TABLE = Path(__file__).parents[2] / "golden" / "expressions.tsv"
NOW = datetime(2024, 2, 29, 13, 5, 9)


def rows() -> list[tuple[str, str, str, str]]:
    """Function, expression, text of :A (empty is NULL) and expected text, ``NULL`` or ``ORA-nnnnn``."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(line[0], line[1], line[2], line[3]) for line in lines[1:]]


def evaluated(expression: str, text: str) -> str:
    """What the expression gives for :A = ``text`` and :B = NULL, as the table writes it."""
    compiled = compile_expression(
        expression, binds={"A": BindType.TEXT, "B": BindType.TEXT}, context=Context(nls=Nls(now=NOW))
    )
    columns = {"A": pa.array([text or None], pa.string()), "B": pa.array([None], pa.string())}
    result = Evaluator([compiled]).evaluate(columns, rows=1, extra={})
    if result.failures:
        code = result.failures[0].ora_code
        return code if isinstance(code, str) else f"ORA-{code:05}"
    value = result.columns[0][0].as_py()
    return "NULL" if value is None else value


@pytest.mark.parametrize(("function", "expression", "text", "expected"), rows())
def test_gives_what_oracle_documents(function: str, expression: str, text: str, expected: str) -> None:
    """Each row of the table holds."""
    assert expected == evaluated(expression, text)


def test_the_table_is_large_enough() -> None:
    """A table that lost rows would prove little."""
    assert len(rows()) >= 250
