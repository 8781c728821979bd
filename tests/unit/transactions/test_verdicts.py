"""Which types go, wait or are skipped, over random graphs and failures, against a brute-force check."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.books import Contribution, TableCount
from loadstone.load.resume import Progress
from loadstone.spec.transactions import Policy, TransactionSpec
from loadstone.sqlldr.control import parse_control
from loadstone.transactions.board import Board, Told
from loadstone.transactions.plan import TransactionPlan, plan_of
from loadstone.transactions.verdicts import GONE, State, Verdict, verdict

NAMES = "abcdef"
FATES = (State.PUBLISHED, State.PARTIAL, State.FAILED)


def plan(types: dict[str, dict[str, Any]], publish: str = "type") -> TransactionPlan:
    """A plan of types that each have one table of their own name."""
    clauses = "\n".join(f"INTO TABLE {name} WHEN (1) = '{name}' (x POSITION(2) CHAR)" for name in types)
    load = parse_control(f"LOAD DATA INFILE 'x' APPEND {clauses}".encode(), "x.ctl")
    full = {name: {"tables": [name], **options} for name, options in types.items()}
    return plan_of(
        TransactionSpec.model_validate({"load": "x.ctl", "types": full, "publish": publish}), "x", load
    )


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """Types whose edges go to earlier ones, in a shuffled order of names."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    types: dict[str, dict[str, Any]] = {}
    for number, name in enumerate(names):
        above = draw(st.lists(st.sampled_from(names[:number]), unique=True, max_size=3)) if number else []
        cut = draw(st.integers(0, len(above)))
        types[name] = {
            "requires": above[:cut],
            "after": above[cut:],
            "if_failed": draw(st.sampled_from(Policy)),
            "if_partial": draw(st.sampled_from(Policy)),
            "priority": draw(st.integers(0, 2)),
        }
    return types


def run(found: TransactionPlan, fates: dict[str, State]) -> tuple[list[str], dict[str, State]]:
    """Take turns as a single worker does; gives the order, and the states at the end."""
    board, order = Board(found, Progress()), []
    while (turn := board.take()) is not None:
        order += turn.group
        ends = {Verdict.STOP: State.WAITING, Verdict.SKIP: State.SKIPPED}
        board.end({name: Told(ends.get(turn.verdict, fates[name])) for name in turn.group})
    return order, board.states


def expected(types: dict[str, dict[str, Any]], fates: dict[str, State]) -> dict[str, State]:
    """The states by the words of the documentation, type by type until none changes."""
    states: dict[str, State] = {}
    while len(states) < len(types):
        for name, one in types.items():
            if name in states or any(other not in states for other in [*one["requires"], *one["after"]]):
                continue
            policies = {
                one["if_failed"] if states[other] in GONE else one["if_partial"]
                for other in one["requires"]
                if states[other] is not State.PUBLISHED
            }
            if Policy.STOP in policies:
                states[name] = State.WAITING
            elif Policy.SKIP in policies:
                states[name] = State.SKIPPED
            else:
                states[name] = fates[name]
    return states


@settings(max_examples=400)
@given(graphs(), st.lists(st.sampled_from(FATES), min_size=len(NAMES), max_size=len(NAMES)))
def test_each_type_ends_as_its_policies_say(types: dict[str, dict[str, Any]], drawn: list[State]) -> None:
    """Each type is taken once, behind all before it, and what does not go is exactly what failures stop."""
    fates = dict(zip(NAMES, drawn, strict=True))
    order, states = run(plan(types), fates)
    assert sorted(types) == sorted(order)
    for name, one in types.items():
        assert all(order.index(other) < order.index(name) for other in [*one["requires"], *one["after"]])
    assert expected(types, fates) == states


@settings(max_examples=200)
@given(graphs(), st.sampled_from(["component", "file"]))
def test_groups_are_taken_whole(types: dict[str, dict[str, Any]], publish: str) -> None:
    """Types of one group come together; with nothing failed, all are published."""
    found = plan(types, publish)
    order, states = run(found, dict.fromkeys(NAMES, State.PUBLISHED))
    assert sorted(types) == sorted(order) and set(states.values()) == {State.PUBLISHED}
    ends = [{order.index(name) for name in group} for group in found.groups]
    assert all(max(places) - min(places) == len(places) - 1 for places in ends)


@pytest.mark.parametrize(
    ("state", "policy"), list(itertools.product([State.FAILED, State.SKIPPED, State.WAITING], Policy))
)
def test_the_policy_for_what_has_not_come(state: State, policy: Policy) -> None:
    """Stop waits, skip is skipped, run goes; the cause is named."""
    one = plan({"a": {}, "b": {"requires": ["a"], "if_failed": policy}}).types["b"]
    wanted = {
        Policy.STOP: (Verdict.STOP, "a"),
        Policy.SKIP: (Verdict.SKIP, "a"),
        Policy.RUN: (Verdict.GO, None),
    }
    assert wanted[policy] == verdict(one, {"a": state, "b": State.STAGED})


def test_of_those_that_can_go_the_highest_priority_goes_first() -> None:
    """Priorities order only what is free."""
    order, _ = run(
        plan({"a": {}, "b": {"priority": 5}, "c": {"priority": 9, "requires": ["a"]}}),
        dict.fromkeys(NAMES, State.PUBLISHED),
    )
    assert ["b", "a", "c"] == order


def test_of_several_types_the_one_with_the_longest_way_behind_it_goes_first() -> None:
    """Rows that wait decide, over all types on the way; a higher priority goes before them all the same."""
    types: dict[str, dict[str, Any]] = {
        "a": {}, "b": {}, "c": {"requires": ["b"]}, "d": {"after": ["c"]}, "e": {}, "f": {"requires": ["a", "e"]},
    }  # fmt: skip
    rows = {"a": 40, "b": 1, "c": 2, "d": 60, "e": 45, "f": 10}

    def order(**priorities: int) -> list[str]:
        found = plan({name: {**one, "priority": priorities.get(name, 0)} for name, one in types.items()})
        tables = tuple(TableCount(loaded=rows[name]) for name in types)
        board, taken = Board(found, Progress(counts=Contribution(loaded=158, tables=tables))), []
        while (turn := board.take()) is not None:
            taken += turn.group
            board.end(dict.fromkeys(turn.group, Told(State.PUBLISHED)))
        return taken

    assert ["b", "c", "d", "e", "a", "f"] == order()
    assert ["a", "b", "c", "d", "e", "f"] == order(a=1)
