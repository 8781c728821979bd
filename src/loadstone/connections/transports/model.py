"""What every place outside can do with files, whatever its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One file of a folder outside.

    Attributes:
        name: Without folders. size_bytes: None where the place does not tell.
        modified_at: UTC; None where the place does not tell.
        id: What changes when the bytes do (ETag; size, time and inode); None where the place has no such thing.
        digest: ``md5:`` or ``sha256:`` and hex digits of its bytes, where the place vouches for one.
    """

    name: str
    size_bytes: int | None = None
    modified_at: datetime | None = None
    id: str | None = None
    digest: str | None = None


class Transport(Protocol):
    """
    An open way to one place. Paths have ``/`` between folders and are relative to the folder of the connection's URL;
    none leads out of it. Not shared between threads.

    Every call may raise: ``Retry`` LS-7411 the place does not answer; ``FixSpec`` LS-7412 host key, certificate or
    address is not the one that it may be, LS-7413 the login is refused; ``Refused`` LS-7414 rights are missing, LS-7416
    the place cannot do that; ``FixFile`` LS-7415 there is no such file or folder, LS-7417 the file changed while it was read.
    """

    def list(self, folder: str = "") -> Sequence[Entry]:
        """The files of a folder, by name; folders in it and what is no plain file are left out."""
        ...

    def open(self, path: str, *, offset: int = 0) -> BinaryIO:
        """The bytes of a file from ``offset`` on, as a stream that the caller closes before the next call."""
        ...

    def move(self, path: str, to: str) -> None:
        """Give a file another path; folders of it are made. What stands there already is kept: ``Refused`` LS-7418."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file; one that is not there is no error, so that a repeated call goes well."""
        ...

    def put(self, path: str, stream: BinaryIO) -> int:
        """
        Write a file; folders of it are made, and what stood there is replaced.

        A reader sees nothing or all of it, where the protocol can do that (a temporary name, then a rename).

        Returns:
            Bytes written.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
