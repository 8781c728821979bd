"""Expressions over the rows of a chunk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from loadstone.expressions.model import Compiled, Evaluation, Failure, OraError, Value
from loadstone.expressions.values import canonical

MEMO_SIZE_MAX = 200_000
"""Results kept for repeated inputs of one expression."""


class Evaluator:
    """
    Computes expressions row by row; a row that fails does not touch the others.

    Repeated inputs are computed once: codes, currencies and dates repeat within a file.
    """

    def __init__(self, compiled: Sequence[Compiled]) -> None:
        self._compiled = tuple(compiled)
        self._memo: list[dict[tuple[Value, ...], Any]] = [{} for _ in compiled]

    def evaluate(self, columns: Mapping[str, Any], *, rows: int, extra: Mapping[str, Any]) -> Evaluation:
        """
        Results of all expressions as text columns.

        Args:
            columns: Arrow text by bind name. extra: one integer a row for each sequence.
        """
        import pyarrow as pa

        binds: dict[str, list[Value]] = {
            name: [value or None for value in column.to_pylist()] for name, column in columns.items()
        }
        drawn: dict[str, list[Value]] = {
            f"{name}.NEXTVAL": [Decimal(n) for n in column.to_pylist()] for name, column in extra.items()
        }
        results: list[Any] = []
        failures: list[Failure] = []
        for number, one in enumerate(self._compiled):
            names = [*one.binds, *(f"{name}.NEXTVAL" for name in one.sequences)]
            inputs = [(binds if name in binds else drawn)[name] for name in names]
            texts = self._column(number, names, inputs, rows, failures)
            results.append(pa.array(texts, pa.string()))
        return Evaluation(columns=results, failures=failures)

    # Private methods

    def _column(
        self, number: int, names: list[str], inputs: list[list[Value]], rows: int, failures: list[Failure]
    ) -> list[str | None]:
        memo = self._memo[number]
        if len(memo) > MEMO_SIZE_MAX:
            memo.clear()
        texts: list[str | None] = []
        keys = zip(*inputs, strict=True) if inputs else (() for _ in range(rows))
        for row, key in enumerate(keys):
            found = memo.get(key, memo)
            if found is memo:
                found = memo[key] = self._compute(number, dict(zip(names, key, strict=True)))
            if isinstance(found, OraError):
                failures.append(
                    Failure(row=row, expression_no=number, ora_code=found.code, message=found.message)
                )
                found = None
            texts.append(found)
        return texts

    def _compute(self, number: int, row: Mapping[str, Value]) -> str | OraError | None:
        try:
            return canonical(self._compiled[number].compute(row))
        except OraError as error:
            return error
