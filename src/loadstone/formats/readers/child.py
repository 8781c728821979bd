"""
Readers whose library can crash, in a process of their own with limits of memory and time.

The process is given a path and a reading; it answers with the names of the columns, is told which are wanted, and sends framed records.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import IO, Any

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Place, Stop
from loadstone.formats.content import Content
from loadstone.formats.framing import framed, unframed_rows
from loadstone.formats.readers.model import Reader, Row

MEMORY_MAX_BYTES = 4 << 30
"""Address space of the process."""

SILENT_MAX_S = 300.0
"""How long it may think before it sends something."""

COLUMNS, BLOCK, END, ERROR = b"C", b"B", b"E", b"X"
_HEAD = struct.Struct(">cI")


class ChildReader:
    """
    The rows of a module's ``reader_of(path, name, reading)``, which runs in a process of its own.

    Raises:
        FixFile: What the reader says; LS-2030 the process died, by a crash or at a limit.
    """

    def __init__(self, module: str, content: Content, reading: Any) -> None:
        self._name = content.name
        self._held = contextlib.ExitStack()
        try:
            path = self._held.enter_context(content.local())
            self._process = self._held.enter_context(_started())
            ask = {
                "module": module,
                "path": path,
                "name": content.name,
                "reading": reading.model_dump(mode="json"),
            }
            self._say({**ask, "kind": type(reading).__name__, "memory": MEMORY_MAX_BYTES})
            kind, data = self._hear()
            columns, texts = json.loads(data)
            self.columns, self.texts = tuple(columns), frozenset(texts)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        return unframed_rows(self.framed(range(len(self.columns))))

    def framed(self, chosen: Sequence[int | None]) -> Iterator[bytes]:
        """Blocks of framed records, as ``framing.framed`` makes them."""
        self._say(list(chosen))
        try:
            while (answer := self._hear())[0] == BLOCK:
                yield answer[1]
        finally:
            self.close()

    def controls(self) -> tuple[ControlTotal, ...]:
        """These files state no totals."""
        return ()

    def close(self) -> None:
        """End the process, and forget the file."""
        self._held.close()

    # Private methods

    def _say(self, what: Any) -> None:
        stream = self._process.stdin
        assert stream is not None
        try:
            stream.write(json.dumps(what).encode() + b"\n")
            stream.flush()
        except BrokenPipeError as error:
            raise self._died() from error

    def _hear(self) -> tuple[bytes, bytes]:
        kind, size = _HEAD.unpack(self._bytes(_HEAD.size))
        data = self._bytes(size)
        if kind == ERROR:
            raise _error(json.loads(data))
        return kind, data

    def _bytes(self, size: int) -> bytes:
        stream = self._process.stdout
        assert stream is not None
        parts = []
        while size > 0:
            if not select.select([stream], [], [], SILENT_MAX_S)[0]:
                raise self._stopped(f"its reader gave nothing for {SILENT_MAX_S:g} s")
            data = os.read(stream.fileno(), min(size, 1 << 20))
            if not data:
                raise self._died()
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def _died(self) -> FixFile:
        code = self._process.wait()
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return self._stopped(
            f"its reader {how}: the file is damaged, or needs more than {MEMORY_MAX_BYTES >> 30} GiB of memory"
        )

    def _stopped(self, fact: str) -> FixFile:
        return _failed(self._name, fact)


def main() -> None:
    """The process: one file, then its end."""
    from importlib import import_module

    from loadstone.spec import reading as readings

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    name = ""
    try:
        ask = json.loads(sys.stdin.readline())
        name = ask["name"]
        _limit(ask["memory"])
        given = getattr(readings, ask["kind"]).model_validate(ask["reading"])
        module = import_module(f"loadstone.formats.readers.{ask['module']}")
        reader: Reader = module.reader_of(ask["path"], name, given)
        texts = sorted(getattr(reader, "texts", ()))
        _send(out, COLUMNS, json.dumps([reader.columns, texts]).encode())
        chosen = json.loads(sys.stdin.readline())
        quick = getattr(reader, "framed", None)
        for block in quick(chosen) if quick is not None else framed(reader, chosen):
            _send(out, BLOCK, block)
        _send(out, END, b"")
    except LoadstoneError as error:
        _send(out, ERROR, json.dumps(_told(error)).encode())
    except MemoryError:
        os._exit(12)
    except BaseException as error:
        # Damaged files lead libraries to errors of every class; a panic of Rust is no Exception.
        told = _failed(name, f"its reader failed: {type(error).__name__}: {error}")
        _send(out, ERROR, json.dumps(_told(told)).encode())


# Private functions

_SHEETS = [
    "open it with the program that made it, save it as .xlsx, and load that.",
    "or save the sheet as CSV and load it as a delimited file: that needs no memory for the whole.",
]
_HINTS = {
    ".xlsb": _SHEETS,
    ".xls": _SHEETS,
    ".xlsx": ["open it with the program that made it and save it anew, with one sheet.", _SHEETS[1]],
    ".parquet": ["have it written anew, in smaller row groups.", "or have it sent as CSV."],
    "": ["open the file with the program that made it and save it anew.", "or have it sent as CSV."],
}


def _failed(name: str, fact: str) -> FixFile:
    suffix = PurePath(name).suffix.lower()
    return FixFile("LS-2030", fact, Place(file=name), hints=_HINTS.get(suffix, _HINTS[""]))


@contextlib.contextmanager
def _started() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _limit(memory_bytes: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # others do not keep it
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _send(out: IO[bytes], kind: bytes, data: bytes) -> None:
    out.write(_HEAD.pack(kind, len(data)))
    out.write(data)
    out.flush()


def _told(error: LoadstoneError) -> dict[str, Any]:
    place = {name: getattr(error.place, name) for name in Place.__dataclass_fields__}
    return {
        "class": type(error).__name__,
        "code": error.code,
        "message": error.message,
        "place": place,
        "hints": error.hints,
    }


def _error(told: dict[str, Any]) -> LoadstoneError:
    classes: dict[str, type[LoadstoneError]] = {one.__name__: one for one in (FixFile, FixSpec, Stop)}
    return classes[told["class"]](told["code"], told["message"], Place(**told["place"]), hints=told["hints"])


if __name__ == "__main__":
    main()
