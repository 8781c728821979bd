"""The board that publishing threads share: what the checkpoints tell, who takes what, and how all end."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from loadstone.books import Checkpoint, Contribution, TableCount
from loadstone.load.resume import Progress
from loadstone.transactions.board import Board, Told, ending
from loadstone.transactions.verdicts import State, Verdict
from tests.unit.transactions.test_verdicts import plan

TYPES: dict[str, dict[str, Any]] = {"a": {}, "b": {"requires": ["a"]}, "c": {}}
COUNTS = Contribution(
    loaded=60,
    tables=(TableCount(loaded=10, rejected=2), TableCount(loaded=20), TableCount(loaded=30, rejected=1)),
)
FAR = Progress(counts=COUNTS, marks=7)


def mark(number: int, what: str, records: int = 0) -> Checkpoint:
    """A mark that stands for no range of an input."""
    counts = Contribution(tables=(TableCount(),) * 3)
    return Checkpoint(
        input_no=-1, unit0=number, unit1=number, record0=0, records=records, sha256="", counts=counts, stopped=what
    )  # fmt: skip


def test_rows_and_rejects_are_those_of_the_books() -> None:
    """Of a type's own clauses; before anything is read there are none."""
    board = Board(plan(TYPES), FAR)
    assert [12, 20, 31] == [board.read(name) for name in "abc"]
    assert [2, 0, 1] == [board.rejected(name) for name in "abc"]
    assert [10, 20, 30] == [board.staged(clause) for clause in range(3)]
    empty = Board(plan(TYPES), Progress())
    assert [0, 0, 0] == [empty.read(name) + empty.rejected(name) + empty.staged(0) for name in "abc"]
    assert {} == empty.file([])


@pytest.mark.parametrize(
    ("marks", "states"),
    [
        pytest.param([], "staged staged staged", id="nothing"),
        pytest.param(["published 0"], "partial staged staged", id="with rejects"),
        pytest.param(["published 1"], "staged published staged", id="without"),
        pytest.param(["skipped 1"], "staged skipped staged", id="skipped"),
        pytest.param(["published 0", "skipped 1", "published 2"], "partial skipped partial", id="all"),
    ],
)
def test_a_restart_knows_what_was_published(marks: list[str], states: str) -> None:
    """By the marks alone; what is published does not wait, and is not taken again."""
    progress = FAR
    for number, what in enumerate(marks, 7):
        progress = progress.after(mark(number, what))
    board = Board(plan(TYPES), progress)
    assert states.split() == [board.states[name].value for name in "abc"]
    for number, state in enumerate(states.split()):
        assert (0 if state != "staged" else COUNTS.tables[number].loaded) == board.staged(number)
    taken = []
    while (turn := board.take()) is not None:
        taken += turn.group
        board.end(dict.fromkeys(turn.group, Told(State.PUBLISHED)))
    assert {name for name, state in zip("abc", states.split(), strict=True) if state == "staged"} == set(
        taken
    )


def test_no_two_marks_have_one_number() -> None:
    """Behind those of earlier starts, whatever thread asks, and whether or not they are committed meanwhile."""
    board, numbers = Board(plan(TYPES), FAR), []
    threads = [
        threading.Thread(target=lambda: numbers.extend(board.numbered().marks for _ in range(50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    board.committed(mark(7, "published 2", 30))
    for thread in threads:
        thread.join()
    assert list(range(7, 207)) == sorted(numbers)
    assert frozenset({2}) == board.progress.published_tables and COUNTS == board.progress.counts


def test_a_type_is_waited_for_and_then_taken() -> None:
    """A worker that has nothing to do now takes what another one's end makes ready."""
    board, taken = Board(plan({"a": {}, "b": {"requires": ["a"]}}), Progress()), []
    first = board.take()
    assert first is not None and ("a",) == first.group
    waiting = threading.Thread(target=lambda: taken.append(board.take()))
    waiting.start()
    board.end({"a": Told(State.FAILED, "why")})
    waiting.join()
    assert [(("b",), Verdict.STOP, "b", "a")] == [
        (one.group, one.verdict, one.type, one.why) for one in taken
    ]
    board.end({"b": Told(State.WAITING)})
    assert board.take() is None


def test_a_stop_lets_nobody_begin() -> None:
    """Types stay as they are, and whoever waits is sent home."""
    board, taken = Board(plan({"a": {}, "b": {"requires": ["a"]}}), Progress()), []
    assert board.take() is not None
    waiting = threading.Thread(target=lambda: taken.append(board.take()))
    waiting.start()
    board.stop()
    waiting.join()
    assert [None] == taken and board.take() is None and board.error is None
    assert {"a": State.STAGED, "b": State.STAGED} == board.states


def test_the_first_error_ends_all() -> None:
    """The one that is raised in the end; later ones are of its making."""
    board = Board(plan(TYPES), FAR)
    for error in (ValueError("first"), KeyError("second")):
        with ending(board):
            raise error
    assert isinstance(board.error, ValueError) and board.take() is None
    with ending(Board(plan(TYPES), FAR)) as nothing:
        assert nothing is None
