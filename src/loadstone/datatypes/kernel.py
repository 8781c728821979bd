"""
One source, two ways to run it: kernels are compiled by numba, or run as plain Python.

A kernel is a function over byte buffers and integer arrays, in the subset of Python that
numba compiles without the GIL. It allocates nothing: without numba's runtime no reference is
counted, and calls between kernels cost a fifth. ``pick(compiled)`` gives the callable; kernels that it calls
are compiled with it. Plain runs serve small files, machines without numba, and coverage.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

Buffer = Any
"""uint8 array, bytes or memoryview, indexed by byte."""

Ints = Any
"""Integer array of one or two dimensions."""


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
        return self._compile() if compiled and available() else self.function

    def _compile(self) -> Callable[..., Any]:
        if self._compiled is None:
            names = self.function.__globals__
            called = {
                name: names[name]._compile()
                for name in self.function.__code__.co_names
                if isinstance(names.get(name), Kernel)
            }
            twin = FunctionType(
                self.function.__code__,
                {**names, **called},
                self.function.__name__,
                self.function.__defaults__,
                self.function.__closure__,
            )
            twin.__module__ = self.function.__module__
            twin.__qualname__ = self.function.__qualname__
            self._compiled = _jit(twin)
        return self._compiled


def kernel(function: Any) -> Kernel:
    """Mark ``function`` as a kernel."""
    return Kernel(function)


@cache
def available() -> bool:
    """Whether numba is installed and not switched off (NUMBA_DISABLE_JIT=1)."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    return importlib.util.find_spec("numba") is not None


# Private functions


@cache
def _cache_dir() -> str | None:
    """
    A writable folder keyed by the text of all of this package's kernel files, or None.

    numba's own key covers one file only; a kernel that calls one of another file would go stale.
    """
    digest = hashlib.sha256(sys.version.encode())
    package = Path(__file__).resolve().parent.parent
    for path in sorted(package.rglob("*.py")):
        text = path.read_bytes()
        if b"@kernel" in text:
            digest.update(text)
    for base in (os.environ.get("XDG_CACHE_HOME"), "~/.cache", tempfile.gettempdir()):
        if not base:
            continue
        folder = Path(base).expanduser() / f"loadstone-{os.getuid()}" / digest.hexdigest()[:16]
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK) and folder.stat().st_uid == os.getuid():
            return str(folder)
    return None


@cache
def _numba() -> Any:
    folder = _cache_dir()
    if folder is not None:
        os.environ["NUMBA_CACHE_DIR"] = folder
    import numba

    if folder is not None:
        numba.config.CACHE_DIR = folder
    return numba


def _jit(function: Callable[..., Any]) -> Callable[..., Any]:
    cached = _cache_dir() is not None
    compiled: Callable[..., Any] = _numba().njit(nogil=True, cache=cached, _nrt=False)(function)
    return compiled
