"""The content of a data file as readers see it: unpacked, and open as often as they like."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

from loadstone.formats.inputs import open_input, unpacked
from loadstone.formats.unpack import copy_to


@dataclass(frozen=True)
class Content:
    """
    A file, or bytes that stand for one.

    Attributes:
        source: Its path, or its bytes. name: what messages call it. member: which one of an archive, as ``unpack.opened``.
    """

    source: str | bytes
    name: str
    member: str | None = None

    @classmethod
    def of(cls, source: str | bytes, member: str | None = None) -> Content:
        """The content of a file by path, or of inline data."""
        return cls(source, source if isinstance(source, str) else "inline data", member)

    def open(self) -> IO[bytes]:
        """
        Its bytes from the start, decompressed.

        Raises:
            FixFile: LS-2001 no such file; LS-2002 it cannot be read.
        """
        stream = open_input(self.source, self.member)
        # A raw file gives lines byte by byte.
        return (
            cast(IO[bytes], io.BufferedReader(stream, 1 << 18)) if isinstance(stream, io.FileIO) else stream
        )

    @contextmanager
    def local(self) -> Iterator[str]:
        """
        A path to it, for libraries that go back and forth: its own where nothing is around it, else of a copy while this lasts.

        Raises:
            FixFile: As ``open``; LS-2024 a copy beyond 4 GiB.
        """
        if isinstance(self.source, str) and not unpacked(self.source, self.member).containers:
            yield self.source
            return
        with tempfile.NamedTemporaryFile() as file, self.open() as stream:
            copy_to(file, stream, self.name)
            file.flush()
            yield file.name
