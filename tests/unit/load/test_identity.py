"""The newest of the loads of one key is found with few questions."""

from __future__ import annotations

from typing import cast

import pytest

from loadstone.load.identity import Identity, following, is_of, latest
from loadstone.targets.model import LoadRow, Target

KEY = "k"


class Loads:
    """A target that holds the first ``count`` loads of ``KEY``, and counts questions."""

    def __init__(self, count: int) -> None:
        self.asked = 0
        self.rows: dict[str, LoadRow] = {}
        for _ in range(count):
            self.add()

    def add(self) -> None:
        """One more load."""
        one = newest(self)
        new = one if one.row is None else following(KEY, one)
        self.rows[new.load_id] = LoadRow(
            load_id=new.load_id, fence=1, status="complete", frozen={}, receipt=None
        )

    def read_load(self, load_id: str) -> LoadRow | None:
        """The row of a load."""
        self.asked += 1
        return self.rows.get(load_id)


def newest(target: Loads, since: Identity | None = None) -> Identity:
    """The newest load of ``KEY``."""
    return latest(cast(Target, target), KEY, since)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 100, 1000])
def test_the_newest_load_is_found(count: int) -> None:
    """Whatever their number, and with about as many questions as it has binary digits, twice."""
    target = Loads(count)
    assert count == len(target.rows)
    target.asked = 0
    found = newest(target)
    assert (count - 1, list(target.rows)[-1]) == (found.generation, found.load_id)
    assert found.row is target.rows[found.load_id]
    assert target.asked <= 2 + 2 * count.bit_length()


def test_what_was_known_is_looked_at_again_with_two_questions() -> None:
    """Unless other loads were begun since."""
    target = Loads(1000)
    known = newest(target)
    target.asked = 0
    assert known == newest(target, known)
    assert 2 == target.asked
    target.add()
    target.add()
    assert 1001 == newest(target, known).generation


def test_a_first_load_has_no_row() -> None:
    """Its id is known before it begins, and another process may have begun it since."""
    target = Loads(0)
    known = newest(target)
    assert (0, None) == (known.generation, known.row)
    assert known == newest(target, known)
    target.add()
    assert known.load_id in target.rows
    assert newest(target, known).row is not None


def test_loads_that_were_removed_are_begun_again() -> None:
    """Who empties the control tables begins with the first."""
    target = Loads(5)
    known = newest(target)
    target.rows.clear()
    assert (0, None) == (newest(target, known).generation, newest(target, known).row)


def test_a_load_is_known_by_its_key() -> None:
    """Of any generation, and not by another key."""
    target = Loads(30)
    newest = list(target.rows)[-1]
    assert is_of(KEY, newest)
    assert not is_of("other", newest)
