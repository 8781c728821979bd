"""A load outlasts lost connections: it waits, raises the fence again, and goes on, but not for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from loadstone.books import Fence
from loadstone.errors import Refused, Retry
from loadstone.load.lasting import RETRY_MAX, Lasting
from loadstone.targets.model import Claimant, Target

LOAD = "a" * 32


class Fences:
    """A target of which only the fence is asked; ``lost``: errors of the next raises."""

    def __init__(self) -> None:
        self.number = 0
        self.lost: list[Exception] = []
        self.again: list[bool] = []

    def raise_fence(self, load_id: str, claimant: Claimant, *, again: bool = False) -> Fence:
        """The next number."""
        self.again.append(again)
        if self.lost:
            raise self.lost.pop(0)
        self.number += 1
        return Fence(load_id=load_id, partition=0, number=self.number)


class Slept:
    """A load that notes how long it slept."""

    def __init__(self) -> None:
        self.target, self.pauses = Fences(), list[float]()
        self.lasting = Lasting(cast(Target, self.target), LOAD, Claimant.here(), self.pauses.append)


def failing(times: int) -> Callable[[], str]:
    """An action that loses its connection so many times."""
    left = [Retry("LS-3022", f"lost {n}") for n in range(times)]

    def act() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return act


def test_the_first_fence_is_raised_as_a_new_start() -> None:
    """Later ones are its own, which only its own claims may precede."""
    load = Slept()
    assert (1, [False], []) == (load.lasting.fence.number, load.target.again, load.pauses)
    assert "done" == load.lasting.call(failing(1))
    assert (2, [False, True]) == (load.lasting.fence.number, load.target.again)


def test_pauses_double_up_to_ten_seconds() -> None:
    """A server that restarts is not asked hundreds of times."""
    load = Slept()
    assert "done" == load.lasting.call(failing(RETRY_MAX))
    assert [0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0, 10.0, 10.0] == pytest.approx(load.pauses)


def test_a_load_without_progress_ends() -> None:
    """With the error that it met last."""
    load = Slept()
    with pytest.raises(Retry, match=f"lost {RETRY_MAX}"):
        load.lasting.call(failing(RETRY_MAX + 1))


def test_progress_counts_failures_from_there() -> None:
    """A day of losses is no reason to end a load that goes on."""
    load = Slept()
    for _ in range(3):
        load.lasting.call(failing(RETRY_MAX))
        load.lasting.progressed()
    assert 1 + 3 * RETRY_MAX == load.target.number
    with pytest.raises(Retry):
        load.lasting.call(failing(RETRY_MAX + 1))


def test_raising_the_fence_may_fail_too() -> None:
    """That is another failure of the same kind, and its error is the one that is told."""
    load = Slept()
    load.target.lost = [Retry("LS-3022", "raise")] * 2
    assert "done" == load.lasting.call(failing(1))
    assert (2, 3) == (load.lasting.fence.number, len(load.pauses))
    load.target.lost = [Retry("LS-3022", "raise")] * 20
    with pytest.raises(Retry, match="raise"):
        load.lasting.call(failing(1))


def test_a_load_that_was_taken_over_is_left() -> None:
    """No further attempt: another process has it."""
    load = Slept()
    load.target.lost = [Refused("LS-4003", "taken over")]
    with pytest.raises(Refused, match="LS-4003"):
        load.lasting.call(failing(1))
    assert 1 == len(load.pauses)
