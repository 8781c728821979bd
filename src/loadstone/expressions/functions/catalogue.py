"""The whitelist: every function with its signature, its types, and how one row is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.expressions.model import ResultType

T, N, D, RAW, NULL = (
    ResultType.TEXT,
    ResultType.NUMBER,
    ResultType.DATE,
    ResultType.RAW,
    ResultType.NULL,
)

Kinds = Sequence[ResultType | None]
"""What arguments are converted to; None = as they are."""

Typing = Callable[[Sequence[ResultType]], tuple[Kinds, ResultType]]
"""Gives, for the types of the arguments, what they are converted to and the type of the result."""


@dataclass(frozen=True, kw_only=True)
class Function:
    """
    A function of the whitelist.

    Attributes:
        call: Takes the session's ``Nls`` and the values. strict: NULL for any NULL; ``call`` sees none then.
        arguments: Least and most.
    """

    name: str
    signature: str
    doc: str
    call: Callable[..., Any]
    arguments: tuple[int, int]
    typing: Typing
    strict: bool


FUNCTIONS: dict[str, Function] = {}


def function(
    names: str,
    signature: str,
    doc: str,
    typing: Typing,
    arguments: tuple[int, int] = (1, 1),
    *,
    strict: bool = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put a function on the whitelist under all of ``names``."""

    def add(call: Callable[..., Any]) -> Callable[..., Any]:
        for name in names.split():
            FUNCTIONS[name] = Function(
                name=name,
                signature=signature,
                doc=doc,
                call=call,
                arguments=arguments,
                typing=typing,
                strict=strict,
            )
        return call

    return add


def fixed(result: ResultType, *kinds: ResultType | None) -> Typing:
    """Arguments of these types, the last one for all further ones."""

    def typing(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
        return [kinds[min(number, len(kinds) - 1)] for number in range(len(types))], result

    return typing


def alike(types: Sequence[ResultType]) -> tuple[Kinds, ResultType]:
    """All of the type of the first that has one."""
    kind = first_of(types)
    return [kind] * len(types), kind


def first_of(types: Sequence[ResultType]) -> ResultType:
    """The first type that is not that of NULL."""
    return next((kind for kind in types if kind is not NULL), NULL)
