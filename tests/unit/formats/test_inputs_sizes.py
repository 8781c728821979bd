"""What an input tells of its size before it is read, and how it is read."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
import zstandard

from loadstone.formats.inputs import open_input, read_fully, size_of

TEXT = b"one line of text\n" * 500


def packed(kind: str) -> bytes:
    """The text as a file of that kind."""
    return {
        "plain": TEXT,
        "gzip": gzip.compress(TEXT),
        "zstd": zstandard.ZstdCompressor().compress(TEXT),
        "two members": gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]),
    }[kind]


@pytest.mark.parametrize("kind", ["plain", "gzip", "zstd", "two members"])
@pytest.mark.parametrize("as_file", [True, False])
def test_every_form_gives_the_same_bytes(kind: str, as_file: bool, tmp_path: Path) -> None:
    """By its first bytes, not its name; from a file as from memory."""
    path = tmp_path / "in.dat"
    path.write_bytes(packed(kind))
    with open_input(str(path) if as_file else TEXT) as stream:
        assert TEXT == read_fully(stream, 1 << 20, name="in.dat")


@pytest.mark.parametrize("size", [0, 1, 16, 17, 8499, 8500, 8501, 1 << 20])
def test_reading_gives_what_there_is(size: int) -> None:
    """As many bytes as asked for, fewer at the end alone, also from a stream that gives a few at a time."""

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 7))

    assert (
        TEXT[:size] == read_fully(io.BytesIO(TEXT), size, name="x") == read_fully(Slow(TEXT), size, name="x")
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (packed("plain"), 8500), (b"", 0), (packed("gzip"), 8500), (packed("zstd"), 8500), (gzip.compress(TEXT) + gzip.compress(b"x"), None), (gzip.compress(b"x"), None), (b"\x1f\x8b", None),
        (zstandard.ZstdCompressor(write_content_size=False).compress(TEXT), None), (zstandard.ZstdCompressor().compress(b"x"), None),
    ],
    ids=["plain", "empty", "gzip", "zstd", "two members", "short", "cut", "unsaid", "one byte"],
)  # fmt: skip
def test_the_size_that_a_source_tells(data: bytes, expected: int | None, tmp_path: Path) -> None:
    """Of the content; None where a last member, a small file or a frame does not tell it."""
    path = tmp_path / "in.dat"
    path.write_bytes(data)
    assert expected == size_of(str(path))
    assert len(data) == size_of(data)


def test_a_file_that_is_not_there_tells_no_size(tmp_path: Path) -> None:
    """That it is missing is said by who opens it."""
    assert size_of(str(tmp_path / "gone.dat")) is None


def test_other_errors_are_not_called_damage() -> None:
    """What is no fault of the data goes through."""

    class Odd(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise KeyError("odd")

    with pytest.raises(KeyError, match="odd"):
        read_fully(Odd(), 5, name="x")
