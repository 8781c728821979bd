"""Data sources as streams of decompressed bytes."""

from __future__ import annotations

import io
import os
import zlib
from typing import IO, cast

from loadstone.errors import FixFile, Place
from loadstone.formats.signatures import HEAD_BYTES, container_of
from loadstone.formats.unpack import Opened, damaged, opened

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def open_input(source: str | bytes, member: str | None = None) -> IO[bytes]:
    """
    A stream over a file (by path) or bytes; containers are recognised by the first bytes of files, whatever their names.

    Raises:
        FixFile: LS-2001 no such file; LS-2002 it cannot be read; LS-2022 to LS-2028 as ``unpack.opened`` says.
    """
    return io.BytesIO(source) if isinstance(source, bytes) else unpacked(source, member).open()


def unpacked(path: str, member: str | None = None) -> Opened:
    """The content of a file; ``FixFile`` as ``open_input``."""
    return opened(lambda: _open_file(path), path, _size_bytes(path), member)


def size_of(source: str | bytes) -> int | None:
    """
    Decompressed bytes of a source, for showing what is left; None where the data do not tell.

    gzip keeps the size modulo 4 GiB of its last member, so a size below that of the file is no answer.
    """
    if isinstance(source, bytes):
        return len(source)
    try:
        with open(source, "rb") as file:
            head = file.read(HEAD_BYTES)
            size = file.seek(0, io.SEEK_END)
            if head[:2] == GZIP:
                file.seek(-4, io.SEEK_END)
                told = int.from_bytes(file.read(4), "little")
                return told if told >= size else None
            if head[:4] == ZSTD:
                import zstandard

                told = zstandard.frame_content_size(head)
                return told if told >= size else None
            return size if container_of(head) is None else None
    except (OSError, ValueError):
        return None


def read_fully(stream: IO[bytes], size: int, *, name: str) -> bytes:
    """
    ``size`` bytes, fewer only at the end.

    Raises:
        FixFile: LS-2003 the compressed data are damaged or cut off.
    """
    parts, left = [], size
    try:
        while left > 0 and (data := stream.read(left)):
            parts.append(data)
            left -= len(data)
    except (EOFError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise damaged(name, error) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise damaged(name, error) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


# Private functions


def _open_file(path: str) -> IO[bytes]:
    try:
        return cast(IO[bytes], open(path, "rb", buffering=0))
    except FileNotFoundError as error:
        raise FixFile("LS-2001", f"data file not found: {path}", Place(file=path)) from error
    except OSError as error:
        raise FixFile("LS-2002", f"cannot read {path}: {error.strerror}", Place(file=path)) from error


def _size_bytes(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
