"""Containers and office files by their first bytes and their members."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib

import pytest
import zstandard

from loadstone.formats.signatures import NAMES_MAX, container_of, office_of

TYPES = '<Types><Override PartName="/x" ContentType="application/vnd.{}+xml"/></Types>'


def zipped(*names: str, types: str = "", compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file with members of these names, and a list of content types where one is given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
        if types:
            archive.writestr("[Content_Types].xml", types)
    return out.getvalue()


def tarred() -> bytes:
    """A tar file of one member."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"1;2\n"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(b"a"), "gz"), (bz2.compress(b"a"), "bz2"), (bz2.compress(b""), "bz2"), (lzma.compress(b"a"), "xz"), (zstandard.compress(b"a"), "zst"),
        (b"\x50\x2a\x4d\x18\0\0\0\0", "zst"), (zlib.compress(b"abcdefgh"), "zlib"), (zlib.compress(b"abcdefgh", 9), "zlib"), (zipped("a.csv"), "zip"), (tarred(), "tar"),
        (lzma.compress(b"abc" * 10, format=lzma.FORMAT_ALONE), "lzma"), (b"\x04\x22\x4d\x18rest", "lz4"), (b"\xff\x06\x00\x00sNaPpY", "snappy"), (b"Rar!\x1a\x07\x00", "rar"),
        (b"7z\xbc\xaf\x27\x1c", "7z"), (b"PK00" + zipped("a.csv"), "zip"),
    ],
    ids=["gz", "bz2", "bz2 of nothing", "xz", "zst", "zst frame to skip", "zlib", "zlib best", "zip", "tar", "lzma", "lz4", "snappy", "rar", "7z", "zip in pieces"],
)  # fmt: skip
def test_containers(data: bytes, kind: str) -> None:
    """Each is told by its first bytes."""
    assert kind == container_of(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"P", b"BZh is a name\n", b"BZh91;2;3", b"x,y\n1,2\n", b"x\x9cnot packed", b"x\x01" + b"\xff" * 9, b"]\0\0\0\x01 no", b"ustar", bytes(600), b"name" + b" " * 600],
    ids=["nothing", "P", "a name", "a digit", "a table", "no stream", "a wrong sum", "a bracket", "a word", "zeros", "blanks"],
)  # fmt: skip
def test_what_is_no_container(data: bytes) -> None:
    """Text that begins alike is text."""
    assert container_of(data) is None


def test_a_tar_of_old_is_told_by_its_sum() -> None:
    """Before POSIX a header had no magic word, only the sum of its bytes."""
    data = bytearray(tarred())
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = f"{sum(data[:512]):06o}\0 ".encode()
    assert "tar" == container_of(bytes(data))
    data[0] += 1
    assert container_of(bytes(data)) is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (zipped("xl/workbook.xml", types="<x/>"), "xlsx"), (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "xlsm"), (zipped("xl/workbook.bin"), "xlsb"),
        (zipped("word/document.xml"), "docx"), (zipped("ppt/presentation.xml"), "pptx"), (zipped("META-INF/MANIFEST.MF"), "jar"),
        (zipped("docProps\\app.xml", "xl\\workbook.xml"), "xlsx"), (zipped("xl/sheet.xml", types="<x/>"), "xlsx"),
        (zipped("workbook.xml", "sheet1.xml", types=TYPES.format("openxmlformats-officedocument.spreadsheetml.sheet.main")), "xlsx"),
        (zipped("book.xml", types=TYPES.format("ms-excel.sheet.macroEnabled.main")), "xlsm"), (zipped("book.bin", types=TYPES.format("ms-excel.sheet.binary.macroEnabled.main")), "xlsb"),
        (zipped("d.xml", types=TYPES.format("openxmlformats-officedocument.wordprocessingml.document.main")), "docx"),
        (zipped("p.xml", types=TYPES.format("openxmlformats-officedocument.presentationml.presentation.main")), "pptx"),
        (zipped("a.csv"), None), (zipped("xl/notes.txt"), None), (zipped("a.xml", types=TYPES.format("other")), None), (zipped(), None), (b"PK\x03\x04 no zip", None),
    ],
    ids=["xlsx", "xlsm", "xlsb", "docx", "pptx", "jar", "backslashes", "sheets only", "at the top", "macros at the top", "binary at the top", "words at the top", "slides at the top",
         "a table", "a folder xl", "other types", "nothing", "no zip"],
)  # fmt: skip
def test_office_files(data: bytes, kind: str | None) -> None:
    """The members tell, or the list of content types, wherever a writer put the main part."""
    assert kind == office_of(data)
    assert kind == office_of(io.BytesIO(data))


@pytest.mark.parametrize(("name", "kind"), [("spreadsheet", "ods"), ("text", "odt"), ("presentation", "odp"), ("graphics", "odf")])
def test_open_documents(name: str, kind: str) -> None:
    """The first member says what it is, also where the rest of the file is lost."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{name}")
        archive.writestr("content.xml", "<x/>")
    assert kind == office_of(out.getvalue())
    assert kind == office_of(out.getvalue()[:150])


def test_half_a_workbook_is_told_by_its_first_members() -> None:
    """The list of members stands at the end; without it names in front are looked for."""
    data = zipped("xl/workbook.xml", "xl/worksheets/sheet1.xml")
    assert "xlsx" == office_of(data[: len(data) // 2])
    assert container_of(data[: len(data) // 2]) is None


def test_members_beyond_a_limit_are_not_looked_at() -> None:
    """A zip of very many members is no office file for what its last one is called."""
    assert office_of(zipped(*(f"{number}" for number in range(NAMES_MAX)), "xl/workbook.xml", compression=zipfile.ZIP_STORED)) is None
