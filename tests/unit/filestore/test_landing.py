"""Pipes become files named by their content."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from pathlib import Path

import pytest

from loadstone.errors import Stop
from loadstone.filestore.landing import receive


class Trickle(io.RawIOBase):
    """A pipe that gives a few bytes at a time, and breaks where it is told to."""

    def __init__(self, data: bytes, *, breaks: bool = False) -> None:
        self.data, self.breaks = data, breaks

    def read(self, size: int = -1) -> bytes:
        if not self.data and self.breaks:
            raise OSError(5, "Input/output error")
        piece, self.data = self.data[:7], self.data[7:]
        return piece


@pytest.mark.parametrize("data", [b"", b"x", b"line\n" * 1000, bytes(range(256)) * 9000], ids=len)
def test_all_bytes_land_in_a_file_named_by_their_digest(tmp_path: Path, data: bytes) -> None:
    """Path, digest and size are those of the data, however the pipe cuts them."""
    stream = io.BytesIO(data) if len(data) > 10_000 else Trickle(data)
    landed = receive(stream, tmp_path / "a" / "b")  # type: ignore[arg-type]
    digest = hashlib.sha256(data).hexdigest()
    assert (digest, len(data), tmp_path / "a" / "b" / f"{digest}.dat") == (
        landed.sha256,
        landed.size_bytes,
        landed.path,
    )
    assert data == landed.path.read_bytes()
    assert [landed.path.name] == os.listdir(landed.path.parent)


def test_the_same_bytes_land_at_the_same_path(tmp_path: Path) -> None:
    """A pipe that is sent again is the same input, so its load can resume."""
    first, second = (receive(io.BytesIO(b"same"), tmp_path) for _ in range(2))
    assert first == second
    assert 1 == len(os.listdir(tmp_path))


def test_only_the_owner_sees_landed_data(tmp_path: Path) -> None:
    """The folder has mode 0700 and the file 0600."""
    landed = receive(io.BytesIO(b"x"), tmp_path / "landing")
    assert 0o700 == stat.S_IMODE((tmp_path / "landing").stat().st_mode)
    assert 0o600 == stat.S_IMODE(landed.path.stat().st_mode)


def test_a_broken_pipe_lands_nothing(tmp_path: Path) -> None:
    """An error of the stream is LS-4020, and no file has a digest's name."""
    with pytest.raises(Stop) as caught:
        receive(Trickle(b"half of it", breaks=True), tmp_path)  # type: ignore[arg-type]
    assert ("LS-4020", str(tmp_path)) == (caught.value.code, caught.value.place.file)
    assert [] == [name for name in os.listdir(tmp_path) if name.endswith(".dat")]
    assert [] == os.listdir(tmp_path)


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    """The hint names the variable that moves the folder."""
    (tmp_path / "landing").write_bytes(b"")
    with pytest.raises(Stop) as caught:
        receive(io.BytesIO(b"x"), tmp_path / "landing")
    assert "LOADSTONE_LANDING" in caught.value.hints[-1]
