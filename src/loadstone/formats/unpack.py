"""
Files in containers as streams: gz, bz2, xz, zst, zlib, zip and tar, one in another, with limits against bombs.

What a container holds is never written under a name of its own: there is nothing to write outside of a folder.
"""

from __future__ import annotations

import bz2
import fnmatch
import io
import lzma
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any, cast

from loadstone.errors import FixFile, Place
from loadstone.formats.signatures import HEAD_BYTES, OTHERS, container_of, office_of

DEPTH_MAX = 6
"""Containers in one another."""

MEMBERS_MAX = 10_000
"""Members of one archive."""

RATIO_MAX = 2000
"""Bytes out for a byte in beyond which a packed file is refused, once more than 1 MiB has come out."""

SIZE_MAX_BYTES = 1 << 40
"""The largest content."""

SPOOL_MAX_BYTES = 4 << 30
"""The largest content that is put on the disk, where its reader must go back and forth in it."""

_RATIO_FROM_BYTES = 1 << 20
_STEP_BYTES = 1 << 16
_STEPS_BYTES = {"zst": 1 << 11}
"""Packed bytes that are taken at once; of zst fewer, for its library gives all that they hold: 32,000 bytes for one at worst."""

_BUFFER_BYTES = 1 << 18
_DAMAGE = (EOFError, OSError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError)  # fmt: skip

Open = Callable[[], IO[bytes]]
"""Opens a stream at its first byte."""


@dataclass(frozen=True)
class Opened:
    """
    The content of a file.

    Attributes:
        open: Opens it. containers: what it is packed in, the outermost first. name: the file's, with the members on the way.
    """

    open: Open
    containers: tuple[str, ...]
    name: str


def opened(open_file: Open, name: str, size_bytes: int, member: str | None = None) -> Opened:
    """
    What a file of ``size_bytes`` holds behind all its containers.

    Args:
        member: Name or pattern of the member of an archive; of archives in one another, parted by ``//``.

    Raises:
        FixFile: LS-2003 damaged; LS-2022 too deep; LS-2025 too many members; LS-2026 a name or link that leads outside;
            LS-2027 no such member, or several; LS-2028 a container that is not unpacked, or is encrypted.
            When it is read: LS-2023 too many bytes for each one packed; LS-2024 too many bytes.
    """
    wanted = member.split("//") if member else []
    found = Opened(open_file, (), name)
    guard = _Guard(size_bytes, name)
    while (kind := _container(found)) is not None:
        if len(found.containers) == DEPTH_MAX:
            fault = f"packed more than {DEPTH_MAX} times over"
            raise _refusal("LS-2022", found.name, fault, "unpack it, and load what it holds.")
        containers = (*found.containers, kind)
        if kind in ("zip", "tar"):
            inner, chosen = _member(found, kind, wanted.pop(0) if wanted else None, guard)
            found = Opened(inner, containers, f"{found.name}//{chosen}")
        elif kind in OTHERS:
            raise _refusal(
                "LS-2028",
                found.name,
                f"{kind} content is not unpacked here",
                "send it as gz, zst, zip or plain.",
            )
        else:
            found = Opened(_decompressing(found, kind, guard), containers, found.name)
    if wanted:
        raise _refusal("LS-2027", found.name, f"it is no archive, so it has no member {wanted[0]}")
    return found


def spooled(stream: IO[bytes], name: str) -> IO[bytes]:
    """
    The rest of a stream as a file without a name, which goes with it.

    Raises:
        FixFile: LS-2024 it is larger than 4 GiB.
    """
    file = cast(IO[bytes], tempfile.TemporaryFile())
    copy_to(file, stream, name)
    file.seek(0)
    return file


def copy_to(file: IO[bytes], stream: IO[bytes], name: str) -> None:
    """Copy a stream to a file on the disk; ``FixFile`` LS-2024 beyond 4 GiB."""
    size = 0
    while data := stream.read(_BUFFER_BYTES):
        size += len(data)
        if size > SPOOL_MAX_BYTES:
            raise _refusal(
                "LS-2024",
                name,
                f"more than {SPOOL_MAX_BYTES >> 30} GiB would have to lie on the disk",
                "unpack it first.",
            )
        file.write(data)


def is_outside(name: str) -> bool:
    """Whether a member's name leads out of its folder."""
    plain = name.replace("\\", "/")
    return plain.startswith("/") or bool(re.match(r"[A-Za-z]:", plain)) or ".." in plain.split("/")


def is_side_file(name: str) -> bool:
    """Whether a member is what systems and people put beside data."""
    base = name.rsplit("/", 1)[-1].lower()
    return name.startswith("__MACOSX/") or base.startswith((".", "readme", "thumbs"))


# Private functions


class _Guard:
    """Counts what comes out of one file, over all its containers."""

    def __init__(self, packed_bytes: int, name: str) -> None:
        self._packed, self._name = max(packed_bytes, 1), name

    def check(self, size_bytes: int) -> None:
        """Refuse a content that has grown too large."""
        if size_bytes > _RATIO_FROM_BYTES and size_bytes > RATIO_MAX * self._packed:
            told = f"more than {RATIO_MAX:,} bytes come out for each byte: this may be a bomb"
            raise _refusal("LS-2023", self._name, told, "ask the sender what it is.")
        if size_bytes > SIZE_MAX_BYTES:
            raise _refusal("LS-2024", self._name, f"more than {SIZE_MAX_BYTES >> 40} TiB come out")


def _container(found: Opened) -> str | None:
    with found.open() as stream:
        head = _guarded(lambda: _head(stream), found.name)
        kind = container_of(head)
        if kind != "zip" or not stream.seekable():
            return kind
        # Names of an office file's parts may stand behind the first bytes.
        stream.seek(0)
        return None if office_of(stream) else kind


def _head(stream: IO[bytes]) -> bytes:
    parts = b""
    while len(parts) < HEAD_BYTES and (data := stream.read(HEAD_BYTES - len(parts))):
        parts += data
    return parts


def _decompressing(found: Opened, kind: str, guard: _Guard) -> Open:
    def open_content() -> IO[bytes]:
        return cast(IO[bytes], io.BufferedReader(Inflated(found, kind, guard), _BUFFER_BYTES))

    return open_content


class Inflated(io.RawIOBase):
    """The content of compressed streams, one behind the other; a file that is cut off is not taken for its end."""

    def __init__(self, found: Opened, kind: str, guard: _Guard) -> None:
        self._inner, self._kind, self._guard, self._name = found.open(), kind, guard, found.name
        self._machine: Any = None
        self._ready, self._at, self._given, self._rest = b"", 0, 0, b""
        self._first, self._full = True, False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """
        Fill ``target`` as far as one step of decompression does.

        Raises:
            FixFile: LS-2003 damaged or cut off; LS-2023 and LS-2024 a bomb.
        """
        if self._at == len(self._ready):
            self._ready, self._at = _guarded(self._step, self._name), 0
        size = min(len(target), len(self._ready) - self._at)
        target[:size] = self._ready[self._at : self._at + size]
        self._at += size
        self._given += size
        self._guard.check(self._given)
        return size

    def tell(self) -> int:
        """Bytes that were given: rejects are read again from a place in the content."""
        return self._given

    def close(self) -> None:
        """Close what it is in, too."""
        self._inner.close()
        super().close()

    # Private methods

    def _step(self) -> bytes:
        """What comes next; nothing at the end."""
        while True:
            if self._machine is None:
                packed = self._next_stream()
                if not packed:
                    return b""
                self._machine = _machine(self._kind)
            elif self._has_more():
                packed, self._rest = self._rest, b""
            else:
                packed = self._inner.read(_STEPS_BYTES.get(self._kind, _STEP_BYTES))
                if not packed:
                    raise EOFError(f"the data end within a {self._kind} stream")
            data = self._fed(packed)
            if self._machine.eof:
                self._rest, self._machine, self._full = self._machine.unused_data + self._rest, None, False
            if data:
                return data

    def _next_stream(self) -> bytes:
        """First bytes of the next stream; zeros may stand between two of them, and behind the last."""
        packed, self._rest = self._rest or self._inner.read(_STEP_BYTES), b""
        while packed and not self._first and not (packed := packed.lstrip(b"\0")):
            packed = self._inner.read(_STEP_BYTES)
        self._first = False
        return packed

    def _has_more(self) -> bool:
        """Whether the machine has something to give, or to take, before new bytes are read."""
        return bool(self._rest) or self._full

    def _fed(self, packed: bytes) -> bytes:
        if self._kind == "zst":
            step = _STEPS_BYTES["zst"]
            packed, self._rest = packed[:step], packed[step:]
            return cast(bytes, self._machine.decompress(packed))
        data: bytes = self._machine.decompress(packed, _BUFFER_BYTES)
        self._full = len(data) == _BUFFER_BYTES
        if self._kind in ("gz", "zlib"):
            # At the end of a stream the same bytes stand in ``unused_data``.
            self._rest = b"" if self._machine.eof else self._machine.unconsumed_tail
        return data


def _machine(kind: str) -> Any:
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(memlimit=1 << 30)
    if kind == "zst":
        import zstandard

        return zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    return zlib.decompressobj(31 if kind == "gz" else 15)


def _member(found: Opened, kind: str, wanted: str | None, guard: _Guard) -> tuple[Open, str]:
    """How the chosen member of an archive is opened, and its name."""
    names = _guarded(lambda: (_zip_names if kind == "zip" else _tar_names)(found), found.name)
    chosen = _choose(names, wanted, found.name)

    def open_member() -> IO[bytes]:
        make = _open_zip if kind == "zip" else _open_tar
        inner = _guarded(lambda: make(found, chosen), found.name)
        return cast(IO[bytes], io.BufferedReader(_Plain(inner, guard, found.name), _BUFFER_BYTES))

    return open_member, chosen


class _Plain(io.RawIOBase):
    """A member of an archive, read forward."""

    def __init__(self, inner: IO[bytes], guard: _Guard, name: str) -> None:
        self._inner, self._guard, self._name, self._given = inner, guard, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill ``target``; ``FixFile`` as ``Inflated.readinto``."""
        data = _guarded(lambda: self._inner.read(len(target)), self._name)
        target[: len(data)] = data
        self._given += len(data)
        self._guard.check(self._given)
        return len(data)

    def tell(self) -> int:
        """Bytes that were given."""
        return self._given

    def close(self) -> None:
        """Close what it is in, too."""
        self._inner.close()
        super().close()


def _zip_names(found: Opened) -> list[str]:
    with _seekable(found) as file, zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        _check_count(len(infos), found.name)
        for info in infos:
            is_link = info.external_attr >> 28 == 0xA
            if is_outside(info.filename) or is_link:
                raise _outside(info.filename, found.name)
        return [info.filename for info in infos if not info.is_dir()]


def _tar_names(found: Opened) -> list[str]:
    names = []
    with found.open() as file, tarfile.open(fileobj=file, mode="r|") as archive:
        for number, entry in enumerate(archive):
            _check_count(number + 1, found.name)
            if is_outside(entry.name) or entry.issym() or entry.islnk():
                raise _outside(entry.name, found.name)
            if entry.isfile():
                names.append(entry.name)
    return names


def _choose(names: Sequence[str], wanted: str | None, file: str) -> str:
    if wanted is not None:
        fitting = [name for name in names if name == wanted]
        fitting = fitting or [name for name in names if fnmatch.fnmatchcase(name, wanted)]
    else:
        fitting = [name for name in names if not is_side_file(name)] or list(names)
    if len(fitting) == 1:
        return fitting[0]
    shown = ", ".join((fitting or names)[:20])
    fault = (
        f"{len(fitting)} members could be meant"
        if fitting
        else f"no member is named {wanted}"
        if wanted
        else "it holds no file"
    )
    raise _refusal(
        "LS-2027", file, f"{fault}: {shown}" if shown else fault, "say which with `member` of the input."
    )


def _open_zip(found: Opened, name: str) -> IO[bytes]:
    file = _seekable(found)
    archive = zipfile.ZipFile(file)
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise _refusal("LS-2028", found.name, f"member {name} is encrypted", "decrypt it first.")
    return cast(IO[bytes], _Closing(archive.open(info), (archive, file)))


def _open_tar(found: Opened, name: str) -> IO[bytes]:
    file = found.open()
    archive = tarfile.open(fileobj=file, mode="r|")
    for entry in archive:
        if entry.name == name and entry.isfile():
            member = archive.extractfile(entry)
            if member is not None:
                return cast(IO[bytes], _Closing(member, (archive, file)))
    raise EOFError(f"member {name} is gone")


class _Closing(io.RawIOBase):
    """A stream that closes more than itself."""

    def __init__(self, inner: IO[bytes], others: Sequence[Any]) -> None:
        self._inner, self._others = inner, others

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(size)

    def close(self) -> None:
        """Close all."""
        if not self.closed:
            self._inner.close()
            for other in self._others:
                other.close()
        super().close()


def _seekable(found: Opened) -> IO[bytes]:
    stream = found.open()
    if not found.containers and stream.seekable():
        return stream
    with stream:
        return spooled(stream, found.name)


def _check_count(count: int, name: str) -> None:
    if count > MEMBERS_MAX:
        raise _refusal("LS-2025", name, f"it has more than {MEMBERS_MAX:,} members")


def _outside(member: str, name: str) -> FixFile:
    return _refusal(
        "LS-2026",
        name,
        f"member {member!r} is a link, or its name leads outside",
        "an honest archive has none.",
    )


def _refusal(code: str, name: str, fact: str, *hints: str) -> FixFile:
    return FixFile(code, fact, Place(file=name), hints=hints)


def damaged(name: str, error: Exception) -> FixFile:
    """LS-2003 of a file that cannot be decompressed."""
    return FixFile(
        "LS-2003",
        f"damaged, or cut off: it cannot be decompressed: {error}",
        Place(file=name),
        hints=["was the transfer complete?", "ask the sender to send the file again."],
    )


def _guarded(do: Callable[[], Any], name: str) -> Any:
    """What ``do`` gives; what libraries say of damaged data is LS-2003."""
    try:
        return do()
    except _DAMAGE as error:
        raise damaged(name, error) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":
            raise
        raise damaged(name, error) from error
