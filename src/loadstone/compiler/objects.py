"""Object code of kernels: compiled once on a machine, kept in a folder, loaded in a moment."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import stat
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

from loadstone.compiler import pages
from loadstone.compiler.types import Array, Scalar, Type, type_of, words_of

KEPT_MAX = 200
"""Objects kept; older ones are of kernels that have changed since."""

_C_TYPES = {Scalar.WHOLE: ctypes.c_int64, Scalar.TRUTH: ctypes.c_bool, Scalar.REAL: ctypes.c_double}
_lock = threading.Lock()
_libraries: list[Any] = []
_linked = threading.Event()


class Compiled:
    """A kernel as machine code; each combination of argument types is compiled when it first comes."""

    def __init__(self, function: FunctionType) -> None:
        self.function = function
        self._ready: dict[tuple[Type, ...], Callable[..., Any]] = {}

    def __call__(self, *arguments: Any) -> Any:
        """Run without the interpreter's lock."""
        types = tuple(map(type_of, arguments))
        run = self._ready.get(types)
        if run is None:
            with _lock:
                run = self._ready.get(types) or _prepare(self.function, types)
                self._ready[types] = run
        words: list[Any] = []
        for argument in arguments:
            words += words_of(argument)
        return run(*words)


def fingerprint(function: FunctionType, types: Sequence[Type]) -> str:
    """
    A digest of all that machine code depends on: the kernel, those it calls, the constants they
    name, argument types, this compiler, LLVM, and the processor.
    """
    digest = hashlib.sha256(repr((types, _surroundings())).encode())
    todo, seen = [function], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        code = one.__code__
        digest.update(repr((one.__module__, code.co_name, one.__annotations__)).encode())
        digest.update(repr((code.co_names, code.co_varnames, code.co_consts)).encode() + code.co_code)
        for name in code.co_names:
            value = one.__globals__.get(name)
            called = getattr(value, "function", None)
            if called is not None:
                todo.append(called)
            elif isinstance(value, np.ndarray):
                digest.update(value.tobytes())
            elif isinstance(value, int | float):
                digest.update(repr((name, value)).encode())
    return digest.hexdigest()


@cache
def folder() -> Path | None:
    """Where objects are kept: a folder that only this user may write; None where there is none."""
    for base in (os.environ.get("XDG_CACHE_HOME"), "~/.cache", tempfile.gettempdir()):
        if not base:
            continue
        path = Path(base).expanduser() / f"loadstone-{os.getuid()}"
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = path.lstat()
        except OSError:
            continue
        private = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
        if private and os.access(path, os.W_OK):
            return path
    return None


def release_pages() -> None:
    """Where kernels were linked since the last time, let go of 40 MB that LLVM has read and needs no more."""
    if _linked.is_set():
        _linked.clear()
        pages.release("libllvmlite")


# Private functions


@cache
def _surroundings() -> tuple[Any, ...]:
    import llvmlite
    import llvmlite.binding as llvm

    own = [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))]
    features = llvm.get_host_cpu_features().flatten()
    return (
        hashlib.sha256(b"".join(own)).hexdigest(),
        llvmlite.__version__,
        platform.machine(),
        llvm.get_host_cpu_name(),
        features,
    )


def _prepare(function: FunctionType, types: tuple[Type, ...]) -> Callable[..., Any]:
    """The machine code as a function of C."""
    from loadstone.compiler import machine

    name = fingerprint(function, types)
    code = _read(name)
    if code is None:
        code = machine.compile_object(function, types)
        _keep(name, code)
    address, library = machine.load_object(code)
    _libraries.append(library)
    _linked.set()
    takes: list[Any] = []
    for one in types:
        takes += [ctypes.c_int64] * one.words if isinstance(one, Array) else [_C_TYPES[one]]
    text = function.__annotations__["return"]
    gives = {"None": None, "int": ctypes.c_int64, "bool": ctypes.c_bool, "float": ctypes.c_double}[text]
    made: Callable[..., Any] = ctypes.CFUNCTYPE(gives, *takes)(address)
    return made


def _read(name: str) -> bytes | None:
    """The object of that name if it is whole."""
    where = folder()
    if where is None:
        return None
    try:
        data = (where / f"{name}.o").read_bytes()
    except OSError:
        return None
    code = data[32:]
    return code if hashlib.sha256(code).digest() == data[:32] else None


def _keep(name: str, code: bytes) -> None:
    """Store an object; a crash here leaves a part that nobody reads."""
    where = folder()
    if where is None:
        return
    try:
        handle, part = tempfile.mkstemp(dir=where, suffix=".part")
        with open(handle, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        os.replace(part, where / f"{name}.o")
        old = sorted(where.glob("*.o"), key=lambda path: path.stat().st_mtime)[:-KEPT_MAX]
        for path in old:
            path.unlink(missing_ok=True)
    except OSError:
        return
