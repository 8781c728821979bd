"""Which points of a load are hit on which target: in `make crash` each on all of them, in `make test` on one at least."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from tests.targets import FILES, KINDS

SHARING = ("sqlite", "postgresql")
"""The kinds that take turns with points of which a target knows nothing: the quickest file, and a real server."""

EVERY_OR_SHARE = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["a share", "every point"]
)
"""For tests of points on each target: the long suite hits every point."""

SLOW_OFF_SHARING = pytest.mark.parametrize(
    "target_url",
    [kind if kind in SHARING else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS],
    indirect=True,
)
"""For tests whose way hardly depends on the target: the others are for the long suite."""


def points_on(
    kind: str, points: Sequence[str], *, every: bool, everywhere: Collection[str], server: Collection[str] = ()
) -> list[str]:
    """
    The points to hit on a target of ``kind``, in their order.

    ``everywhere`` are those around a commit, which each target does in its own way; ``server`` those that a file
    and the stand-in for Oracle do not have.
    """
    shared = [point for point in points if point not in (*everywhere, *server)]
    mine = {*everywhere, *(point for number, point in enumerate(shared) if SHARING[number % 2] == kind)}
    has = [point for point in points if point not in server or (kind not in FILES and kind != "oracle")]
    return [point for point in has if every or point in mine or point in server]
