"""Kill an all-or-nothing load anywhere: the target is as before or as after, never between."""

from __future__ import annotations

from pathlib import Path

from loadstone.targets.urls import kind_of
from tests.crash.cases import payments
from tests.crash.conftest import Tally
from tests.crash.processes import KILLED, clear, ended, errors_of, finish, start, state, undisturbed
from tests.crash.shares import EVERY_OR_SHARE, points_on
from tests.runs import rows_of

POINTS = (
    "fence_raised",
    "prepared",
    "rows_written:2",
    "before_commit:3",
    "after_commit:3",
    "publish_begun:1",
    "publish_moved:1",
    "before_refuse:1",
    "after_refuse:1",
    "publish_begun:2",
    "before_publish:1",
    "after_publish:1",
    "all_loaded",
    "file_renamed:1",
    "files_written",
    "finished",
)


EVERYWHERE = {"before_commit:3", "publish_moved:1", "after_publish:1"}
"""Places around what a target does in its own way."""

CASE = payments(300)


@EVERY_OR_SHARE
def test_a_kill_at_every_point_leaves_all_or_nothing(
    target_url: str, tmp_path: Path, tally: Tally, every: bool
) -> None:
    """After the kill there are no rows or all of them; after the restart, all, with the same rejects and files."""
    calm, kind = undisturbed(tmp_path / "calm", CASE), kind_of(target_url)
    folder = CASE.lay_out(tmp_path / "killed")
    for point in points_on(kind, POINTS, every=every, everywhere=EVERYWHERE):
        code = ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=2000, atomic=True))
        assert KILLED == code, f"{point} is not reached: {errors_of(folder)}"
        assert len(rows_of(target_url, "SELECT 1 FROM payments")) in (0, len(calm["rows"][0])), point
        finish(folder, target_url, CASE, chunk_size_bytes=3000, atomic=True)
        tally.add(kind, kills=1, points=1)
        tally.same(kind, calm, state(folder, target_url, CASE), point)
        clear(target_url, CASE)
