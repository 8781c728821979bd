"""Files are written whole or not at all, in the order that survives a crash."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loadstone.errors import Stop
from loadstone.filestore.atomic import sync_folder, write_whole

WRITE = "import sys; from loadstone.filestore.atomic import write_whole; write_whole(sys.argv[1], [b'new ', b'text'])"


def test_a_file_holds_all_parts_and_its_size_is_told(tmp_path: Path) -> None:
    """Parts are written one behind the other; nothing is left beside the file."""
    path = tmp_path / "x.bad"
    assert 7 == write_whole(path, [b"abc", b"", b"defg"])
    assert b"abcdefg" == path.read_bytes()
    assert ["x.bad"] == os.listdir(tmp_path)


def test_no_parts_make_an_empty_file(tmp_path: Path) -> None:
    """An empty file is a file."""
    assert 0 == write_whole(str(tmp_path / "x"), [])
    assert b"" == (tmp_path / "x").read_bytes()


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o000])
def test_only_the_owner_may_read(tmp_path: Path, mask: int) -> None:
    """Mode 0600 whatever the umask, for rejected records are data of customers."""
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "x", [b"a"])
    finally:
        os.umask(before)
    assert 0o600 == stat.S_IMODE((tmp_path / "x").stat().st_mode)


def test_an_old_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    """A longer old file leaves nothing of itself, neither bytes nor rights."""
    path = tmp_path / "x"
    path.write_bytes(b"old and longer")
    path.chmod(0o644)
    write_whole(path, [b"new"])
    assert (b"new", 0o600) == (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))


def test_a_part_of_a_crash_is_overwritten(tmp_path: Path) -> None:
    """What a dead run left in the .part file does not show in the next one's."""
    (tmp_path / "x.part").write_bytes(b"rubbish of a dead run, longer than the text")
    write_whole(tmp_path / "x", [b"text"])
    assert (b"text", ["x"]) == ((tmp_path / "x").read_bytes(), os.listdir(tmp_path))


def test_the_old_file_survives_an_error_in_the_parts(tmp_path: Path) -> None:
    """The file is replaced after the last part, not before."""

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("no more")

    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(ValueError):
        write_whole(tmp_path / "x", parts())
    assert b"old" == (tmp_path / "x").read_bytes()


@pytest.mark.parametrize(
    ("point", "expected", "beside"),
    [
        ("file_part:1", b"old", True),
        ("file_part:2", b"old", True),
        ("file_synced", b"old", True),
        ("file_renamed", b"new text", False),
    ],
)
def test_a_crash_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, point: str, expected: bytes, beside: bool
) -> None:
    """Killed at any step, a reader sees one of the two, and the next write mends the rest."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    environment = {**os.environ, "LOADSTONE_CRASH_AT": point}
    died = subprocess.run([sys.executable, "-c", WRITE, str(path)], env=environment)
    assert -signal.SIGKILL == died.returncode
    assert (expected, beside) == (path.read_bytes(), (tmp_path / "x.part").exists())
    write_whole(path, [b"again"])
    assert (b"again", ["x"]) == (path.read_bytes(), os.listdir(tmp_path))


def test_data_are_synced_before_the_name_and_the_name_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync of the file, rename, fsync of the folder: in this order, or a crash of the machine could lose it."""
    calls: list[str] = []
    sync, replace = os.fsync, os.replace

    def watched_sync(descriptor: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def watched_replace(source: Path, target: Path) -> None:
        calls.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", watched_sync)
    monkeypatch.setattr(os, "replace", watched_replace)
    write_whole(tmp_path / "x", [b"a"])
    assert ["file", "rename", "folder"] == calls


@pytest.mark.parametrize("path", ["missing/x", "file/x"])
def test_a_folder_that_cannot_be_written_is_an_error_with_a_place(tmp_path: Path, path: str) -> None:
    """LS-4020 names the file and what the system said."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Stop) as caught:
        write_whole(tmp_path / path, [b"a"])
    assert ("LS-4020", str(tmp_path / path), 3) == (
        caught.value.code,
        caught.value.place.file,
        caught.value.exit_code,
    )
    assert "directory" in caught.value.message


def test_a_full_disk_is_an_error_and_leaves_the_old_file(tmp_path: Path) -> None:
    """A device without room: the message names it, and nothing is half written."""
    target = tmp_path / "x"
    target.write_bytes(b"old")
    (tmp_path / "x.part").symlink_to("/dev/full")
    with pytest.raises(Stop) as caught:
        write_whole(target, [b"a" * 100_000])
    assert "No space left" in caught.value.message
    assert b"old" == target.read_bytes()


def test_syncing_closes_the_folder(tmp_path: Path) -> None:
    """No descriptor is left open, also when the sync fails."""
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        sync_folder(tmp_path)
    assert before == len(os.listdir("/proc/self/fd"))


def test_two_writers_of_one_file_do_not_take_each_others_part(tmp_path: Path) -> None:
    """Each file that stands there is whole, whoever came last."""
    path = tmp_path / "x"

    def write(letter: bytes) -> None:
        for _ in range(40):
            write_whole(path, [letter * 1000] * 5)
            assert path.read_bytes() in {other * 5000 for other in (b"a", b"b", b"c")}

    with ThreadPoolExecutor(3) as crew:
        for done in [crew.submit(write, letter) for letter in (b"a", b"b", b"c")]:
            done.result()
    assert not (tmp_path / "x.part").exists()


@pytest.mark.parametrize("path", ["", ".", "/", "folder"])
def test_a_folder_is_no_file_to_write(path: str, here: Path) -> None:
    """Nor is nothing at all, which is the working directory; a code, and no part is left."""
    Path("folder").mkdir()
    with pytest.raises(Stop, match="LS-4020.*Is a directory"):
        write_whole(path, [b"x"])
    assert ["folder"] == [one.name for one in here.iterdir()]
