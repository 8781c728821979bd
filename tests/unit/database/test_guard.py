"""Where a SQLite repository may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.database import guard
from loadstone.database.files import refuse_same_file
from loadstone.database.guard import NETWORK_FILE_SYSTEMS, refuse_network_file_system, this_host
from loadstone.errors import Refused

MOUNTS = """/dev/sda1 / ext4 rw 0 0
server:/export /mnt/share {} rw 0 0
/dev/sdb1 /mnt/share/local ext4 rw 0 0
server:/other /mnt/with\\040blank nfs4 rw 0 0
a line
"""


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_network_file_systems_are_refused(kind: str) -> None:
    """With the name of the file system, and what serves several machines."""
    with pytest.raises(Refused, match="LS-7005") as caught:
        refuse_network_file_system("/mnt/share/r.db", MOUNTS.format(kind))
    assert f"({kind})" in caught.value.message and "PostgreSQL" in caught.value.hints[-1]


@pytest.mark.parametrize(
    "path", ["/r.db", "/mnt/r.db", "/mnt/shared/r.db", "/mnt/share/local/r.db", "/home/x/r.db"]
)
def test_other_places_are_not(path: str) -> None:
    """The longest mount point that holds the path counts, by whole names."""
    refuse_network_file_system(path, MOUNTS.format("nfs"))


def test_mount_points_may_hold_blanks() -> None:
    """The kernel writes them as octal numbers."""
    with pytest.raises(Refused, match="nfs4"):
        refuse_network_file_system("/mnt/with blank/r.db", MOUNTS.format("ext4"))


def test_a_system_without_a_list_of_mounts_passes(tmp_path: Path) -> None:
    """Nothing is known, so nothing is refused; this machine's own list is read when none is given."""
    refuse_network_file_system(str(tmp_path / "r.db"), "")
    refuse_network_file_system(str(tmp_path / "r.db"))


def test_one_file_cannot_be_both(tmp_path: Path) -> None:
    """Also by another name of the same file; files that are not there yet are no matter."""
    repository, link, other = tmp_path / "r.db", tmp_path / "l.db", tmp_path / "o.db"
    refuse_same_file(str(repository), str(other))
    refuse_same_file(None, str(other))
    refuse_same_file(str(repository), None)
    repository.write_bytes(b"")
    other.write_bytes(b"")
    refuse_same_file(str(repository), str(other))
    link.symlink_to(repository)
    with pytest.raises(Refused, match="LS-7007"):
        refuse_same_file(str(repository), str(link))


def test_a_machine_is_told_by_its_boot(tmp_path: Path) -> None:
    """The same within a boot, with a name for people; a file that is not there counts as empty."""
    assert this_host() == this_host() and this_host().id and this_host().name
    assert "" == guard._text(tmp_path / "missing")
