"""Data sources as streams of decompressed bytes."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO, Any, cast

from loadstone.errors import FixFile, Place

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
PACKED_SIZE_BYTES, BUFFER_SIZE_BYTES = 1 << 14, 1 << 18
"""How much is decompressed at once, and kept for small reads."""


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
        return io.BufferedReader(_Frames(file), BUFFER_SIZE_BYTES)
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
    except (EOFError, OSError, ValueError, RuntimeError, zlib.error) as error:
        raise _damaged(name, error) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise _damaged(name, error) from error
    return parts[0] if len(parts) == 1 else b"".join(parts)


# Private functions


def _damaged(name: str, error: Exception) -> FixFile:
    return FixFile(
        "LS-2003",
        f"{name} is damaged, or cut off: it cannot be decompressed: {error}",
        Place(file=name),
        hints=["was the transfer complete?", "ask the sender to send the file again."],
    )


class _Frames(io.RawIOBase):
    """The content of zstd frames; unlike the library's own reader it does not take a file cut off for its end."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._frame: Any = None
        self._ready, self._at = b"", 0
        self._rest = b""
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """
        Fill ``target`` as far as one step of decompression does.

        Raises:
            EOFError: The file ends within a frame.
        """
        while self._at == len(self._ready):
            packed = self._rest or self._file.read(PACKED_SIZE_BYTES)
            if not packed:
                if self._frame is not None:
                    raise EOFError("the data end within a zstd frame")
                return 0
            self._ready, self._at = self._decompressed(packed), 0
        size = min(len(target), len(self._ready) - self._at)
        target[:size] = self._ready[self._at : self._at + size]
        self._at += size
        self._given += size
        return size

    def tell(self) -> int:
        """Bytes that were given: rejects are read again from a place in the content."""
        return self._given

    def close(self) -> None:
        self._file.close()
        super().close()

    # Private methods

    def _decompressed(self, packed: bytes) -> bytes:
        if self._frame is None:
            import zstandard

            self._frame = zstandard.ZstdDecompressor().decompressobj()
        found: bytes = self._frame.decompress(packed)
        # What stands behind the end of a frame begins the next one.
        self._rest = b""
        if self._frame.eof:
            self._rest, self._frame = self._frame.unused_data, None
        return found
