"""
What a file is packed in: gz, zip, tar, bz2, xz, zst, zlib, one in another, unpacked as far as detection needs it and no further.

Limits guard against bombs: how deep, how many members, how many bytes for each byte packed. A packed file that breaks one is not unpacked, and the
evidence says which.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import zstandard

from loadstone.formats.signatures import OTHERS, container_of
from loadstone.formats.unpack import DEPTH_MAX, MEMBERS_MAX, RATIO_MAX, is_outside, is_side_file

HEAD_BYTES = 16 * 1024 * 1024
"""How much of a packed file is unpacked at most."""


@dataclass
class Unpacked:
    """
    The inmost content.

    Attributes:
        data: Its first bytes, all of them if ``whole``.
        chain: Names of the containers, the outermost first.
        member: Name of the member that was looked into, of archives in one another parted by ``//``; empty when no archive holds it.
        single: Whether no archive on the way holds another file that could be meant.
        members: All members of the outermost archive.
        notes: What a reader should know, in words.
    """

    data: bytes
    whole: bool
    chain: list[str] = field(default_factory=list)
    member: str = ""
    single: bool = True
    members: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def unpack(data: bytes, *, whole: bool) -> Unpacked:
    """Open containers until the content is none; ``whole`` says that ``data`` is the whole file."""
    found = Unpacked(data, whole)
    while len(found.chain) < DEPTH_MAX:
        kind = container_of(found.data)
        if kind is None:
            return found
        try:
            if kind in ("zip", "tar"):
                if not _archive(found, kind):
                    return found
            elif not _stream(found, kind):
                return found
        except (
            OSError,
            EOFError,
            ValueError,
            RuntimeError,
            zlib.error,
            lzma.LZMAError,
            zipfile.BadZipFile,
            tarfile.TarError,
            zstandard.ZstdError,
            NotImplementedError,
        ) as error:
            if kind not in found.chain:
                found.chain.append(kind)
            found.notes.append(f"the {kind} content could not be unpacked: {error}")
            found.data = b""
            return found
    found.notes.append(f"packed more than {DEPTH_MAX} times over; not unpacked further")
    return found


# Private functions


def _stream(found: Unpacked, kind: str) -> bool:
    """Unpack one compressed stream; whether its content is to be looked at."""
    found.chain.append(kind)
    if kind in OTHERS:
        found.notes.append(f"{kind} content is not unpacked here")
        found.data = b""
        return False
    packed = found.data
    out = io.BytesIO()
    ended = False
    if kind == "zst":
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
            io.BytesIO(packed), read_across_frames=True
        )
        _drain(reader.read, out, len(packed))
        ended = out.tell() < HEAD_BYTES
    else:
        ended = _inflate(kind, packed, out)
    found.data, found.whole = out.getvalue(), found.whole and ended
    return True


def _inflate(kind: str, packed: bytes, out: io.BytesIO) -> bool:
    """Unpack member after member; whether the end was reached."""
    rest = packed
    while rest and out.tell() < HEAD_BYTES:
        machine = (
            bz2.BZ2Decompressor()
            if kind == "bz2"
            else lzma.LZMADecompressor()
            if kind == "xz"
            else zlib.decompressobj(31 if kind == "gz" else 15)
        )
        data = rest
        while data and out.tell() < HEAD_BYTES and not machine.eof:
            piece = machine.decompress(data, 1 << 20)
            out.write(piece)
            _guard(out.tell(), len(packed))
            data = machine.unconsumed_tail if isinstance(machine, type(zlib.decompressobj())) else b""
            if not data and not machine.eof and not isinstance(machine, type(zlib.decompressobj())):
                while not machine.eof and not machine.needs_input and out.tell() < HEAD_BYTES:
                    out.write(machine.decompress(b"", 1 << 20))
                    _guard(out.tell(), len(packed))
                break
        if not machine.eof:
            return False
        rest = machine.unused_data.lstrip(b"\0")
        if kind in ("zlib",) or rest[:2] not in (b"\x1f\x8b", b"BZ", b"\xfd7"):
            break
    return out.tell() < HEAD_BYTES


def _drain(read: Callable[[int], bytes], out: io.BytesIO, packed: int) -> None:
    while out.tell() < HEAD_BYTES:
        piece = read(1 << 20)
        if not piece:
            return
        out.write(piece)
        _guard(out.tell(), packed)


def _guard(size: int, packed: int) -> None:
    if size > 1 << 20 and size > RATIO_MAX * max(packed, 1):
        raise ValueError(f"more than {RATIO_MAX:,} bytes come out for each byte: this may be a bomb")


def _archive(found: Unpacked, kind: str) -> bool:
    """Look into the member of an archive that holds data; whether there is one."""
    found.chain.append(kind)
    source = io.BytesIO(found.data)
    names: list[tuple[str, int]] = []
    if kind == "zip":
        with zipfile.ZipFile(source) as archive:
            infos = [info for info in archive.infolist()[:MEMBERS_MAX] if not info.is_dir()]
            names = [(info.filename, info.file_size) for info in infos]
            chosen = _choose(names)
            if chosen is not None:
                info = infos[chosen]
                if info.file_size > RATIO_MAX * max(info.compress_size, 1) and info.file_size > 1 << 20:
                    raise ValueError(
                        f"member {info.filename!r} would grow {RATIO_MAX:,}-fold: this may be a bomb"
                    )
                if info.flag_bits & 1:
                    raise ValueError(f"member {info.filename!r} is encrypted")
                with archive.open(info) as member:
                    found.data = member.read(HEAD_BYTES)
                found.whole = info.file_size <= HEAD_BYTES
    else:
        with tarfile.open(fileobj=source, mode="r:") as archive:
            members = []
            for number, entry in enumerate(archive):
                if number >= MEMBERS_MAX:
                    break
                if entry.isfile():
                    members.append(entry)
            names = [(entry.name, entry.size) for entry in members]
            chosen = _choose(names)
            if chosen is not None:
                handle = archive.extractfile(members[chosen])
                found.data = handle.read(HEAD_BYTES) if handle else b""
                found.whole = members[chosen].size <= HEAD_BYTES
    if not found.members:
        found.members = [name for name, _ in names]
    for name, _ in names:
        if is_outside(name):
            found.notes.append(f"member {name!r} points out of its folder")
    if chosen is None:
        found.notes.append("the archive holds no file")
        found.data = b""
        return False
    name = names[chosen][0]
    found.member = f"{found.member}//{name}" if found.member else name
    found.single = found.single and len([one for one, _ in names if not is_side_file(one)] or names) == 1
    if len(names) > 1:
        found.notes.append(f"{len(names)} members; {name!r} was looked at")
    return True


def _choose(names: list[tuple[str, int]]) -> int | None:
    """The member that holds data: the largest, those of systems and readmes last."""
    if not names:
        return None

    def weight(item: tuple[int, tuple[str, int]]) -> tuple[bool, int]:
        _, (name, size) = item
        return not is_side_file(name), size

    return max(enumerate(names), key=weight)[0]
