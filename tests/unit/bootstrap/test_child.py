"""A load in a process of its own: what goes over the pipe, in both directions and at its ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from loadstone import errors
from loadstone.books import Contribution, LoadReceipt
from loadstone.bootstrap.handlers import child
from loadstone.errors import FixFile, LoadstoneError, Place
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control

CONTROL = b"LOAD DATA INFILE 't.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL)\n"


@pytest.fixture
def request_of(here: Path) -> LoadRequest:
    """A load of two rows into SQLite."""
    Path("t.dat").write_text("1\n2\n")
    Path("t.sql").write_text("CREATE TABLE t (a NUMBER(9));\n")
    return LoadRequest(spec=parse_control(CONTROL, "t.ctl"), spec_path="t.ctl", target="t.db", ddl=("t.sql",))


@pytest.fixture
def pipe() -> Iterator[tuple[Connection, Connection]]:
    """The worker's end and the child's."""
    here, there = Pipe()
    yield here, there
    here.close()
    there.close()


def serve(pipe: tuple[Connection, Connection], *messages: Any) -> list[tuple[str, Any]]:
    """
    What a child answers to a worker that sends ``messages``, waits for an end after each load, and goes.

    The child is this thread, for only the main one may set what signals do.
    """
    here, there = pipe
    answers: list[tuple[str, Any]] = []

    def work() -> None:
        for message in messages:
            here.send(message)
            while isinstance(message, tuple):
                answers.append(here.recv())
                if answers[-1][0] == "end":
                    break
        here.close()

    worker = threading.Thread(target=work)
    worker.start()
    child._serve(there)
    worker.join()
    return answers


def test_a_child_serves_one_load_after_the_other(
    request_of: LoadRequest, pipe: tuple[Connection, Connection]
) -> None:
    """Its receipts come back, with the counts before them; the end of the pipe is its own end."""
    answers = serve(pipe, (request_of, None), (request_of, None))
    first, second = (content for kind, content in answers if kind == "end")
    assert isinstance(first, LoadReceipt) and isinstance(second, LoadReceipt)
    assert (2, False, True) == (first.counts.loaded, first.repeated, second.repeated)
    counts = [content[0].loaded for kind, content in answers if kind == "report"]
    assert 2 in counts


def test_a_stop_between_loads_ends_no_later_one(
    request_of: LoadRequest, pipe: tuple[Connection, Connection]
) -> None:
    """A stop that comes when its load is over already was not meant for the next."""
    answers = serve(pipe, "stop", (request_of, None))
    assert (2, "complete") == (answers[-1][1].counts.loaded, answers[-1][1].outcome)


def test_an_error_of_the_child_is_that_of_the_worker(
    request_of: LoadRequest, pipe: tuple[Connection, Connection]
) -> None:
    """Class, code, message, place and hints; an error raised in one process means the same in the other."""
    Path("t.dat").unlink()
    ((kind, content),) = serve(pipe, (request_of, None))
    made = child._error_of(content)
    assert ("end", FixFile) == (kind, type(made))
    assert isinstance(made, FixFile)
    assert ("LS-2001", "data file not found: t.dat", "t.dat") == (made.code, made.message, made.place.file)
    assert made.hints


def test_an_error_that_nobody_expected_is_told_with_its_class(pipe: tuple[Connection, Connection]) -> None:
    """It is a defect of ours, and no error of the catalogue."""
    ((kind, content),) = serve(pipe, (None, None))
    made = child._error_of(content)
    assert ("end", RuntimeError) == (kind, type(made))
    assert str(made).startswith("AttributeError: ")


@pytest.mark.parametrize("name", sorted(set(errors.__all__) - {"LoadstoneError", "Place"}))
def test_each_class_of_errors_goes_over_the_pipe(name: str) -> None:
    """What a caller does next depends on the class."""
    place = Place(file="f", line=3)
    made = child._error_of((name, "LS-2001", "told", place, ("a hint",)))
    assert isinstance(made, LoadstoneError)
    assert (name, "LS-2001", "told", place, ["a hint"]) == (
        type(made).__name__,
        made.code,
        made.message,
        made.place,
        list(made.hints),
    )


def test_reports_come_twice_a_second_at_most(pipe: tuple[Connection, Connection]) -> None:
    """A load of many small chunks does not fill the pipe."""
    here, there = pipe
    run = child._ChildRun(there)
    for number in range(1000):
        run.report(Contribution(), number, None)
    sent = 0
    while here.poll():
        here.recv()
        sent += 1
    assert 1 <= sent <= 5
    assert not run.stop_requested()
    run.stop.set()
    assert run.stop_requested()


def test_a_child_whose_worker_died_ends_in_silence(
    request_of: LoadRequest, pipe: tuple[Connection, Connection]
) -> None:
    """What it loaded stays, and nobody is there to be told."""
    here, there = pipe
    here.close()
    Path("t.dat").unlink()
    child._load(request_of, child._ChildRun(there))
