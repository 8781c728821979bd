"""Errors of a protocol's library become those of a transport at each of its calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from loadstone.errors import LoadstoneError

_P = ParamSpec("_P")
_R = TypeVar("_R")


def translating(
    classes: tuple[type[Exception], ...], told: Callable[[Exception, str, str], LoadstoneError]
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """
    A decorator of a transport's methods whose first argument is a path.

    Args:
        classes: What the library raises. told: the error of ours, from it, ``self.shown`` and the path.
    """

    def decorate(call: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(call)
        def act(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                return call(*args, **kwargs)
            except classes as error:
                itself, *further = cast(tuple[Any, ...], args)
                path = str(further[0]) if further else ""
                raise told(error, itself.shown, path) from error

        return act

    return decorate
