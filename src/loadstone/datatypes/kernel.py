"""
One source, two ways to run it: kernels are compiled to machine code, or run as plain Python.

A kernel is a function over byte buffers and integer arrays, in the small part of Python that
``compiler`` knows; it allocates nothing and runs without the interpreter's lock. ``pick(compiled)``
gives the callable; kernels that it calls are compiled with it. Plain runs serve small files,
machines without LLVM, and coverage.

What differs between the two: compiled, whole numbers have 64 bits and wrap, an index is never
negative and never checked, and ``and``/``or`` give truths only.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

Buffer = Any
"""uint8 array or bytes, indexed by byte."""

Ints = Any
"""Integer array of one or two dimensions."""

PLAIN = "LOADSTONE_PLAIN_KERNELS"
"""With 1 in this environment variable nothing is compiled."""


class Kernel:
    """A function that runs plain when called, and compiled through ``pick(True)``."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Run as plain Python."""
        return self.function(*arguments)

    def pick(self, compiled: bool) -> Callable[..., Any]:
        """The compiled function where asked for and possible, else the plain one."""
        if not compiled or not available():
            return self.function
        if self._compiled is None:
            from loadstone.compiler.objects import Compiled

            self._compiled = Compiled(self.function)
        return self._compiled


def kernel(function: Any) -> Kernel:
    """Mark ``function`` as a kernel."""
    return Kernel(function)


@cache
def available() -> bool:
    """Whether LLVM is installed and compiling not switched off."""
    return os.environ.get(PLAIN, "0") in ("", "0") and importlib.util.find_spec("llvmlite") is not None
