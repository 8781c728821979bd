"""Chunks commit in file order: tickets let one in after the other."""

from __future__ import annotations

import threading
import time

import pytest

from loadstone.load.tickets import Closed, Tickets, Waiting

AT_MOST_S = 10.0


def waiting(tickets: Tickets, number: int, order: list[int], gave: list[bool]) -> threading.Thread:
    """A thread that notes its number when it is its turn, and lets the next one in."""

    def work() -> None:
        gave.append(tickets.wait(number, Waiting(give_way=lambda: order.append(-number), stay=lambda: None)))
        order.append(number)
        tickets.done(number)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("numbers", [[0], [1, 0], [3, 1, 2, 0], [0, 1, 2, 3, 4], list(range(19, -1, -1))])
def test_whatever_the_start_the_order_is_that_of_the_file(numbers: list[int]) -> None:
    """Threads that come in any order go in the order of their numbers."""
    tickets, order = Tickets(), []  # type: tuple[Tickets, list[int]]
    threads = [waiting(tickets, number, order, []) for number in numbers]
    for thread in threads:
        thread.join(AT_MOST_S)
    assert (sorted(numbers), len(numbers), False) == (order, tickets.turn, tickets.closed)


def test_the_first_needs_no_wait() -> None:
    """Number 0 is let in at once, and has given way to nobody."""
    tickets = Tickets()
    assert not tickets.wait(0)
    assert 0 == tickets.turn


def test_closing_sends_everybody_away() -> None:
    """Those that wait and those that come later are told that the load has ended."""
    tickets, seen = Tickets(), []  # type: tuple[Tickets, list[str]]

    def work() -> None:
        try:
            tickets.wait(5)
        except Closed:
            seen.append("closed")

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    tickets.close()
    thread.join(AT_MOST_S)
    assert ["closed"] == seen and tickets.closed
    with pytest.raises(Closed):
        tickets.wait(0)


def test_later_ones_give_way_once_when_they_are_asked() -> None:
    """The chunk whose turn it is waits for a lock of a later one: that rolls back, once, and goes in its turn."""
    tickets, order, gave = Tickets(), [], []  # type: tuple[Tickets, list[int], list[bool]]
    thread = waiting(tickets, 1, order, gave)
    tickets.ask_later_to_yield()
    began = time.monotonic()
    while -1 not in order and time.monotonic() - began < AT_MOST_S:
        time.sleep(0.001)
    tickets.ask_later_to_yield()
    tickets.wait(0)
    tickets.done(0)
    thread.join(AT_MOST_S)
    assert ([-1, 1], [True]) == (order, gave)


def test_the_one_whose_turn_it_is_gives_way_to_nobody() -> None:
    """Asking moves later numbers alone, and is forgotten with the next turn."""
    tickets, order, gave = Tickets(), [], []  # type: tuple[Tickets, list[int], list[bool]]
    tickets.ask_later_to_yield()
    assert not tickets.wait(0, Waiting(give_way=lambda: order.append(-9), stay=lambda: None))
    tickets.done(0)
    thread = waiting(tickets, 1, order, gave)
    thread.join(AT_MOST_S)
    assert ([1], [False]) == (order, gave)
