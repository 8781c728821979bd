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

DEPTH_MAX = 6
MEMBERS_MAX = 10_000
HEAD_BYTES = 16 * 1024 * 1024
"""How much of a packed file is unpacked at most."""

RATIO_MAX = 2000
"""Bytes out for a byte in beyond which a packed file is refused, once more than 1 MiB has come out."""

_OFFICE = ("[Content_Types].xml", "mimetype")


@dataclass
class Unpacked:
    """
    The inmost content.

    Attributes:
        data: Its first bytes, all of them if ``whole``.
        chain: Names of the containers, the outermost first.
        member: Name of the member that was looked into; empty when no archive holds it.
        members: All members of the outermost archive.
        notes: What a reader should know, in words.
    """

    data: bytes
    whole: bool
    chain: list[str] = field(default_factory=list)
    member: str = ""
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


def container_of(data: bytes) -> str | None:
    """The container that bytes begin with; office files are none."""
    if data[:2] == b"\x1f\x8b":
        return "gz"
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08") or data[:8] == b"PK00PK\x03\x04":
        return None if office_of(data) else "zip"
    if data[:3] == b"BZh" and data[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    if data[:6] == b"\xfd7zXZ\x00":
        return "xz"
    if data[:4] == b"\x28\xb5\x2f\xfd" or data[1:4] == b"\x2a\x4d\x18" and 0x50 <= data[0] <= 0x5F:
        return "zst"
    if data[:4] == b"\x04\x22\x4d\x18":
        return "lz4"
    if data[:10] == b"\xff\x06\x00\x00sNaPpY":
        return "snappy"
    if data[:6] in (b"Rar!\x1a\x07",):
        return "rar"
    if data[:6] == b"7z\xbc\xaf\x27\x1c":
        return "7z"
    if _is_tar(data):
        return "tar"
    if (
        len(data) > 6
        and data[0] == 0x78
        and data[1] in (0x01, 0x5E, 0x9C, 0xDA)
        and int.from_bytes(data[:2], "big") % 31 == 0
        and _inflates(data)
    ):
        return "zlib"
    if (
        len(data) > 13
        and data[0] == 0x5D
        and data[1:5] in (b"\x00\x00\x80\x00", b"\x00\x00\x00\x01", b"\x00\x00\x10\x00", b"\x00\x00\x40\x00")
    ):
        return "lzma"
    return None


def office_of(data: bytes) -> str | None:
    """The office format of a zip file by its members; None for any other zip."""
    names: set[str] = set()
    mimetype = b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist()[:MEMBERS_MAX])
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        head = data[:65536]
        names = {
            name
            for name in ("xl/workbook.xml", "xl/workbook.bin", "word/document.xml")
            if name.encode() in head
        }
        if b"mimetypeapplication/" in head[:200]:
            mimetype = head[38:120]
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        return {b"spre": "ods", b"text": "odt", b"pres": "odp"}.get(mimetype[35:39], "odf")
    for name, kind in (
        ("xl/workbook.bin", "xlsb"),
        ("word/document.xml", "docx"),
        ("ppt/presentation.xml", "pptx"),
    ):
        if name in names:
            return kind
    if (
        "xl/workbook.xml" in names
        or "[Content_Types].xml" in names
        and any(name.startswith("xl/") for name in names)
    ):
        return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"
    if "META-INF/MANIFEST.MF" in names:
        return "jar"
    return None


# Private functions


def _is_tar(data: bytes) -> bool:
    if len(data) < 512:
        return False
    if data[257:262] == b"ustar":
        return True
    field = data[148:156].strip(b" \0")
    if not field or not all(byte in b"01234567" for byte in field) or not data[0]:
        return False
    total = sum(data[:148]) + 8 * 0x20 + sum(data[156:512])
    return total == int(field, 8)


def _inflates(data: bytes) -> bool:
    try:
        return len(zlib.decompressobj().decompress(data[:4096], 64)) > 0
    except zlib.error:
        return False


def _stream(found: Unpacked, kind: str) -> bool:
    """Unpack one compressed stream; whether its content is to be looked at."""
    found.chain.append(kind)
    if kind in ("lz4", "snappy", "rar", "7z", "lzma"):
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
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            found.notes.append(f"member {name!r} points out of its folder")
    if chosen is None:
        found.notes.append("the archive holds no file")
        found.data = b""
        return False
    found.member = names[chosen][0]
    if len(names) > 1:
        found.notes.append(f"{len(names)} members; {found.member!r} was looked at")
    return True


def _choose(names: list[tuple[str, int]]) -> int | None:
    """The member that holds data: the largest, those of systems and readmes last."""
    if not names:
        return None

    def weight(item: tuple[int, tuple[str, int]]) -> tuple[bool, int]:
        _, (name, size) = item
        base = name.rsplit("/", 1)[-1].lower()
        return not (name.startswith("__MACOSX/") or base.startswith((".", "readme", "thumbs"))), size

    return max(enumerate(names), key=weight)[0]
