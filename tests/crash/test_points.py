"""Kill a load at each numbered place and start it again: all that it leaves is that of an undisturbed run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.targets.urls import kind_of
from tests.crash.cases import payments
from tests.crash.conftest import Tally
from tests.crash.processes import KILLED, clear, ended, errors_of, finish, start, state, undisturbed
from tests.crash.shares import EVERY_OR_SHARE, SLOW_OFF_SHARING, points_on
from tests.targets import KINDS

POINTS = (
    "claimed",
    "sessions_ended",
    "fence_raised",
    "prepared",
    "fence_checked:1",
    "fence_checked:2",
    "checkpoint_added:1",
    "checkpoint_added:3",
    "rows_written:2",
    "rejects_written:2",
    "isolated:1",
    "isolated:3",
    "checkpoint_updated:2",
    "before_commit:2",
    "before_commit:2:150",
    "before_commit:3:500",
    "after_commit:1",
    "after_commit:2",
    "all_loaded",
    "file_part:1",
    "file_part:2",
    "file_synced:1",
    "file_synced:3",
    "file_renamed:1",
    "file_renamed:2",
    "folder_synced:3",
    "files_written",
    "finishing",
    "finished",
)
"""In the order of a load; a third part is microseconds between the place and the kill."""

SERVER_ALONE = {"sessions_ended"}
"""Places that only a database server has."""

EVERYWHERE = {"fence_raised", "rows_written:2", "isolated:1", "before_commit:2", "after_commit:1", "finishing"}
"""Places around what a target does in its own way."""

CASE = payments(300)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the undisturbed run leaves."""
    return undisturbed(tmp_path_factory.mktemp("calm") / "load", CASE)


@EVERY_OR_SHARE
def test_a_kill_at_every_point_loses_and_doubles_nothing(
    target_url: str, calm: dict[str, Any], tmp_path: Path, tally: Tally, every: bool
) -> None:
    """SIGKILL at each numbered place of a load; the restart ends as the undisturbed run."""
    folder, kind = CASE.lay_out(tmp_path / "killed"), kind_of(target_url)
    for point in points_on(kind, POINTS, every=every, everywhere=EVERYWHERE, server=SERVER_ALONE):
        code = ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=2000))
        assert code == KILLED, f"{point} is not reached: {errors_of(folder)}"
        finish(folder, target_url, CASE, chunk_size_bytes=3000)
        tally.add(kind, kills=1, points=1)
        tally.same(kind, calm, state(folder, target_url, CASE), point)
        clear(target_url, CASE)
        for path in folder.glob("load.[bdl][aso]*"):
            if path.suffix != ".dat":
                path.unlink()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("every", [False, True])
def test_no_point_is_left_out(kind: str, every: bool) -> None:
    """The shares of the targets are all points together; the long suite hits each of them on each target."""
    shares = {
        one: set(points_on(one, POINTS, every=every, everywhere=EVERYWHERE, server=SERVER_ALONE)) for one in KINDS
    }
    assert set(POINTS) == set().union(*shares.values()) and EVERYWHERE <= shares[kind]
    assert not every or set(POINTS) - shares[kind] == (set() if kind == "postgresql" else SERVER_ALONE)


@SLOW_OFF_SHARING
def test_a_kill_at_every_point_of_a_restart(target_url: str, calm: dict[str, Any], tmp_path: Path) -> None:
    """A load that dies at each place in turn, a little later each time, ends as the undisturbed run."""
    folder = CASE.lay_out(tmp_path / "killed")
    for point in ("claimed", "fence_raised", "checkpoint_added:2", "before_commit:2", "after_commit:1"):
        code = ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=1500))
        assert code == KILLED, f"{point} is not reached: {errors_of(folder)}"
    for point in ("all_loaded", "file_renamed:1", "finishing"):
        code = ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=4000))
        assert code == KILLED, f"{point} is not reached: {errors_of(folder)}"
    finish(folder, target_url, CASE)
    assert state(folder, target_url, CASE) == calm
