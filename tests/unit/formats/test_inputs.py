"""Files and bytes as streams, compressed or not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import zstandard

from loadstone.errors import FixFile
from loadstone.formats.inputs import open_input, read_fully
from tests.tokens import chunks_of, records_of

DATA = b"a,b\nc,d\n" * 50
CLAUSES = "INFILE 'x' INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"
PACKERS = {
    "plain": lambda data: data,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "two gzip members": lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
    "two zstd frames": lambda data: zstandard.compress(data[:100]) + zstandard.compress(data[100:]),
}


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_compressed_files_read_as_what_they_hold(tmp_path: Path, packer: str) -> None:
    """Known by their first bytes, whatever their name; several members are one stream."""
    path = tmp_path / "x.dat"
    path.write_bytes(PACKERS[packer](DATA))
    with open_input(str(path)) as stream:
        assert DATA == read_fully(stream, 1 << 20, name="x")
    assert [["a", "b"], ["c", "d"]] * 50 == records_of(CLAUSES, str(path), chunk=33)


@pytest.mark.parametrize("packer", sorted(PACKERS))
def test_reading_goes_on_from_a_byte_of_the_content(tmp_path: Path, packer: str) -> None:
    """A resume counts in decompressed bytes and in records of the whole load."""
    path = tmp_path / "x.dat"
    path.write_bytes(PACKERS[packer](DATA))
    rest = chunks_of(CLAUSES, str(path), unit0=200, record0=50, chunk=64)
    assert 50 == sum(len(chunk) for chunk, _ in rest)
    assert (200, 50) == (rest[0][0].unit0, rest[0][0].record0)
    assert len(DATA) == rest[-1][0].unit1
    for (one, _), (after, _) in zip(rest, rest[1:]):
        assert (one.unit1, one.record0 + len(one)) == (after.unit0, after.record0)


@pytest.mark.parametrize("packer", ["gzip", "zstd"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_damaged_files_are_refused(tmp_path: Path, packer: str, damage: str) -> None:
    """LS-2003: a transfer that was cut off is no shorter file."""
    packed = bytearray(PACKERS[packer](bytes(range(256)) * 400))
    if damage == "cut":
        packed = packed[: len(packed) // 2]
    else:
        packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "x.dat"
    path.write_bytes(bytes(packed))
    with pytest.raises(FixFile) as caught:
        records_of("INFILE 'x' \"fix 64\" INTO TABLE t (a RAW(64))", str(path))
    assert ("LS-2003", str(path)) == (
        caught.value.code,
        caught.value.place.file,
    ) or "LS-2003" == caught.value.code


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    """LS-2001 and LS-2002 with the path."""
    with pytest.raises(FixFile) as missing:
        open_input(str(tmp_path / "x.dat"))
    with pytest.raises(FixFile) as folder:
        open_input(str(tmp_path))
    assert ("LS-2001", "LS-2002") == (missing.value.code, folder.value.code)
    assert str(tmp_path / "x.dat") == missing.value.place.file


@pytest.mark.parametrize(
    "data", [b"", b"\x1f", b"\x1f\x8b"[:1] + b"a\n", b"(\xb5/"], ids=["empty", "one", "near", "short"]
)
def test_short_and_similar_files_are_plain(tmp_path: Path, data: bytes) -> None:
    """The marks of compressed files count whole."""
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    with open_input(str(path)) as stream:
        assert data == read_fully(stream, 100, name="x")


def test_bytes_are_a_stream_too() -> None:
    """Inline data; fewer bytes come only at the end."""
    stream = open_input(b"abcdef")
    assert (b"abcd", b"ef", b"") == tuple(read_fully(stream, 4, name="x") for _ in range(3))
