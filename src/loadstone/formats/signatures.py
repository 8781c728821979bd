"""Containers and office files by their first bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import IO

HEAD_BYTES = 65536
"""So many first bytes tell what a file is; fewer do where it is shorter."""

NAMES_MAX = 10_000
"""Members of an office file whose names are looked at."""

OTHERS = ("lz4", "snappy", "rar", "7z", "lzma")
"""Containers that are recognised and not unpacked."""


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


def office_of(source: bytes | IO[bytes]) -> str | None:
    """The office format of a zip file by its members; None for any other zip."""
    names: set[str] = set()
    mimetype = b""
    told: str | None = None
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            names = {name.replace("\\", "/") for name in archive.namelist()[:NAMES_MAX]}  # some writers part by backslashes
            told = _kind_by_types(archive)
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype")
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        head = source[:HEAD_BYTES] if isinstance(source, bytes) else b""
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
    return told


# Private functions


_TYPES = (
    (b"ms-excel.sheet.binary", "xlsb"), (b"ms-excel.sheet.macroEnabled.main", "xlsm"), (b"spreadsheetml.sheet.main", "xlsx"),
    (b"wordprocessingml.document.main", "docx"), (b"presentationml.presentation.main", "pptx"),
)  # fmt: skip
"""What an office file says of its main part, wherever that stands."""


def _kind_by_types(archive: zipfile.ZipFile) -> str | None:
    """The office format that a list of content types tells; None where there is none."""
    try:
        with archive.open("[Content_Types].xml") as listed:
            types = listed.read(HEAD_BYTES)
    except KeyError:
        return None
    return next((kind for mark, kind in _TYPES if mark in types), None)


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
