"""What only a folder of this machine has: links, other file systems, and the errors of its kernel."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import pytest

from loadstone.connections.transports import directory
from loadstone.connections.transports.directory import DirectoryTransport
from loadstone.errors import FixFile, LoadstoneError, Refused, Retry


def test_links_are_no_files(tmp_path: Path) -> None:
    """A link in a folder could lead anywhere: it is not listed, and not opened."""
    (tmp_path / "secret").write_text("x")
    base = tmp_path / "in"
    base.mkdir()
    (base / "a.csv").symlink_to(tmp_path / "secret")
    place = DirectoryTransport(base)
    assert [] == place.list()
    with pytest.raises(FixFile, match="a.csv"):
        place.open("a.csv")


def test_a_folder_may_not_lead_out_by_a_link(tmp_path: Path) -> None:
    """Neither to list it nor to read what is in it."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a").write_text("x")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "out").symlink_to(tmp_path / "other")
    place = DirectoryTransport(tmp_path / "in")
    for act in (lambda: place.list("out"), lambda: place.open("out/a"), lambda: place.delete("out/a")):
        with pytest.raises(Refused) as caught:
            act()
        assert "LS-7414" == caught.value.code
    assert (tmp_path / "other" / "a").exists()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe is no file, and opening it comes back at once."""
    os.mkfifo(tmp_path / "p")
    with pytest.raises(FixFile):
        DirectoryTransport(tmp_path).open("p")


def test_a_move_to_another_file_system_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no second name is to be had, the bytes are copied, and what stands there is kept all the same."""

    def refused(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EXDEV, "cross-device link")

    monkeypatch.setattr(os, "link", refused)
    (tmp_path / "a").write_text("new")
    place = DirectoryTransport(tmp_path)
    place.move("a", "done/a")
    assert ("new", False) == ((tmp_path / "done" / "a").read_text(), (tmp_path / "a").exists())
    (tmp_path / "a").write_text("second")
    with pytest.raises(Refused, match="there already"):
        place.move("a", "done/a")


def test_a_put_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Neither the file nor a part of it."""

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(errno.EIO, "gone")

    with pytest.raises(Retry):
        DirectoryTransport(tmp_path).put("a", Broken())  # type: ignore[arg-type]
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOENT, FixFile, "LS-7415"),
        (errno.EACCES, Refused, "LS-7414"),
        (errno.ENAMETOOLONG, Refused, "LS-7414"),
        (errno.ENOSPC, Retry, "LS-7411"),
    ],
    ids=["gone", "rights", "name", "disk"],
)
def test_errors_of_the_kernel_say_what_to_do(number: int, kind: type[LoadstoneError], code: str) -> None:
    """By their number, never by their words."""
    found = directory._error_of(OSError(number, os.strerror(number), "/in"))
    assert (kind, code) == (type(found), found.code)
