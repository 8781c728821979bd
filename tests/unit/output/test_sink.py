"""The sink: pieces in order, hashed as written, errors told and not lost."""

from __future__ import annotations

import errno
import hashlib
import os
from io import BufferedRandom, BytesIO, FileIO
from pathlib import Path

import pytest

from loadstone.output import sink as sink_module
from loadstone.output.sink import WAITING_MAX, Sink


class FullDisk(BytesIO):
    """Takes so many pieces, and then no more."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def write(self, data: object, /) -> int:
        """Like a file on a disk that fills up."""
        if self.pieces == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.pieces -= 1
        return super().write(data)  # type: ignore[arg-type]


def test_pieces_stand_in_order_with_their_hash(tmp_path: Path) -> None:
    """What is settled is in the file, behind what was there, and in the hash."""
    pieces = [bytes([number]) * 5000 for number in range(40)]
    digest = hashlib.sha256(b"head")
    with BufferedRandom(FileIO(tmp_path / "body", "w+")) as body:
        body.write(b"head")
        with Sink(body, digest) as sink:
            for piece in pieces:
                sink.put(piece)
            sink.settle()
            half = digest.hexdigest()
            sink.put(memoryview(b"last"))
    whole = b"head" + b"".join(pieces)
    assert whole + b"last" == (tmp_path / "body").read_bytes()
    assert hashlib.sha256(whole).hexdigest() == half
    assert hashlib.sha256(whole + b"last").hexdigest() == digest.hexdigest()


def test_a_full_disk_is_told_by_a_later_piece() -> None:
    """The error of a write comes out of ``put`` once the pieces before are awaited."""
    with pytest.raises(OSError, match="No space left"), Sink(FullDisk(0), hashlib.sha256()) as sink:  # type: ignore[arg-type]
        for _ in range(WAITING_MAX + 1):
            sink.put(b"x")
        pytest.fail("the error was not told")


def test_a_full_disk_is_told_at_the_end() -> None:
    """A block that ends well is not left before its last piece is written: its error is told."""
    with pytest.raises(OSError, match="No space left"), Sink(FullDisk(1), hashlib.sha256()) as sink:  # type: ignore[arg-type]
        sink.put(b"x")
        sink.put(b"y")


class NoDisk(BytesIO):
    """Takes every piece, and has a file number that nothing can be synchronized through."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def fileno(self) -> int:
        """That of a pipe."""
        return self.number


@pytest.mark.parametrize("pieces", [1, 4, 40])
def test_an_error_of_the_disk_is_told_once_it_is_known(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a later piece or at the end: the sync that follows would not hear of it any more."""
    monkeypatch.setattr(sink_module, "FLUSH_BYTES", 4)
    reading, writing = os.pipe()
    try:
        with (
            pytest.raises(OSError, match="Invalid argument"),
            Sink(NoDisk(writing), hashlib.sha256()) as sink,
        ):  # type: ignore[arg-type]
            for _ in range(pieces):
                sink.put(b"four")
    finally:
        os.close(reading)
        os.close(writing)


def test_the_disk_is_set_to_work_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is flushed in between, the file has all pieces, and a sink that is settled goes on."""
    monkeypatch.setattr(sink_module, "FLUSH_BYTES", 7000)
    digest = hashlib.sha256()
    with BufferedRandom(FileIO(tmp_path / "body", "w+")) as body, Sink(body, digest) as sink:
        for number in range(30):
            sink.put(bytes([number]) * 5000)
            if number % 10 == 9:
                sink.settle()
    whole = b"".join(bytes([number]) * 5000 for number in range(30))
    assert (
        whole == (tmp_path / "body").read_bytes() and hashlib.sha256(whole).hexdigest() == digest.hexdigest()
    )


def test_an_error_of_the_block_is_not_hidden() -> None:
    """Where the block fails, its own error is told and not that of a write."""
    with pytest.raises(KeyError), Sink(FullDisk(0), hashlib.sha256()) as sink:  # type: ignore[arg-type]
        sink.put(b"x")
        raise KeyError("mine")
