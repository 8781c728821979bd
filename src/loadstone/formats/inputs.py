"""Data sources as streams of decompressed bytes."""

from __future__ import annotations

import gzip
import io
from typing import IO, Any, cast

from loadstone.errors import FixFile, Place

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def open_input(source: str | bytes) -> IO[bytes]:
    """
    A stream over a file (by path) or bytes; gzip and zstd are recognised by their first bytes.

    Raises:
        FixFile: LS-2001 no such file; LS-2002 it cannot be read.
    """
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        file = open(source, "rb", buffering=0)
        head = file.read(4)
        file.seek(0)
    except FileNotFoundError as error:
        raise FixFile("LS-2001", f"data file not found: {source}", Place(file=source)) from error
    except OSError as error:
        raise FixFile("LS-2002", f"cannot read {source}: {error.strerror}", Place(file=source)) from error
    if head[:2] == GZIP:
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if head == ZSTD:
        import zstandard

        reader: Any = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True, closefd=True)
        return cast(IO[bytes], reader)
    return cast(IO[bytes], file)


def size_of(source: str | bytes) -> int | None:
    """
    Decompressed bytes of a source, for showing what is left; None where the data do not tell.

    gzip keeps the size modulo 4 GiB of its last member, so a size below that of the file is no answer.
    """
    if isinstance(source, bytes):
        return len(source)
    try:
        with open(source, "rb") as file:
            head = file.read(32)
            size = file.seek(0, io.SEEK_END)
            if head[:2] == GZIP:
                file.seek(-4, io.SEEK_END)
                told = int.from_bytes(file.read(4), "little")
                return told if told >= size else None
            if head[:4] == ZSTD:
                import zstandard

                told = zstandard.frame_content_size(head)
                return told if told >= size else None
            return size
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
    except (EOFError, OSError, ValueError, RuntimeError) as error:
        raise FixFile(
            "LS-2003",
            f"{name} cannot be decompressed: {error}",
            Place(file=name),
            hints=["was the transfer complete?", "ask the sender for the file again."],
        ) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise FixFile(
            "LS-2003",
            f"{name} cannot be decompressed: {error}",
            Place(file=name),
            hints=["was the transfer complete?", "ask the sender for the file again."],
        ) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)
