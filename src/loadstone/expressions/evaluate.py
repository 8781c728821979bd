"""Expressions over the rows of a chunk, row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from loadstone.expressions.model import Compiled, OraError, Value
from loadstone.expressions.values import canonical

MEMO_SIZE_MAX = 50_000
"""Results kept for repeated inputs of one expression."""


class Evaluator:
    """
    Computes one expression row by row; a row that fails does not touch the others.

    Repeated inputs are computed once: codes, currencies and dates repeat within a file.

    Attributes:
        inputs: Names of the texts that it takes: the binds, then the sequences' values.
    """

    def __init__(self, compiled: Compiled) -> None:
        self._compiled, self._memo = compiled, dict[tuple[str | None, ...], str | OraError | None]()
        self.inputs = [*compiled.binds, *(f"{name}.NEXTVAL" for name in compiled.sequences)]
        self._numbers = [name in compiled.numbers or name.endswith(".NEXTVAL") for name in self.inputs]

    def evaluate(self, inputs: Sequence[Sequence[str | None]], rows: int) -> list[str | OraError | None]:
        """
        Canonical texts of the results, or what failed.

        Args:
            inputs: A text a row for each of the expression's binds, then for each of its sequences.
        """
        if len(self._memo) > MEMO_SIZE_MAX:
            self._memo.clear()
        keys = zip(*inputs, strict=True) if inputs else (() for _ in range(rows))
        return [self._found(key) for key in keys]

    # Private methods

    def _found(self, key: tuple[str | None, ...]) -> str | OraError | None:
        if key not in self._memo:
            self._memo[key] = self._compute(key)
        return self._memo[key]

    def _compute(self, key: tuple[str | None, ...]) -> str | OraError | None:
        row: Mapping[str, Value] = {
            name: (Decimal(text) if number else text) if text else None
            for name, number, text in zip(self.inputs, self._numbers, key, strict=True)
        }
        try:
            return canonical(self._compiled.compute(row), self._compiled.nls)
        except OraError as error:
            # It is kept: a traceback, its own or that of a cause, would keep the callers' whole chunk with it.
            error.__cause__ = error.__context__ = None
            return error.with_traceback(None)
