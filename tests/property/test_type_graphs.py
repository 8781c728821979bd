"""Random graphs of transaction types, with cycles, policies and failures, against checks by trying everything."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from loadstone.errors import FixSpec
from loadstone.load.resume import Progress
from loadstone.spec.model import LoadSpec
from loadstone.spec.transactions import Policy, TransactionSpec
from loadstone.sqlldr.control import parse_control
from loadstone.transactions.board import Board, Told
from loadstone.transactions.plan import TransactionPlan, plan_of
from loadstone.transactions.verdicts import State, Verdict

NAMES = "abcdef"
FATES = (State.PUBLISHED, State.PARTIAL, State.FAILED)
Types = dict[str, dict[str, Any]]


@cache
def load_of(names: tuple[str, ...]) -> LoadSpec:
    """A load with a table for each type."""
    clauses = "\n".join(f"INTO TABLE {name} WHEN (1) = '{name}' (x POSITION(2) CHAR)" for name in names)
    return parse_control(f"LOAD DATA INFILE 'x' APPEND {clauses}".encode(), "x.ctl")


@st.composite
def graphs(draw: st.DrawFn) -> Types:
    """Up to six types; edges go to earlier ones of a shuffled order, and sometimes anywhere, so that circles come."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    anywhere = draw(st.booleans())
    types: Types = {}
    for number, name in enumerate(names):
        pool = names if anywhere else names[:number]
        above = draw(st.lists(st.sampled_from(pool), unique=True, max_size=3)) if pool else []
        cut = draw(st.integers(0, len(above)))
        types[name] = {
            "tables": [name],
            "requires": above[:cut],
            "after": above[cut:],
            "if_failed": draw(st.sampled_from(Policy)),
            "if_partial": draw(st.sampled_from(Policy)),
            "priority": draw(st.integers(0, 2)),
        }
    return types


def before(types: Types, name: str) -> set[str]:
    """All that come before a type."""
    return {*types[name]["requires"], *types[name]["after"]}


def has_order(types: Types) -> bool:
    """Whether one of all orders puts each type behind what comes before it."""
    return any(
        all(places.index(above) < places.index(name) for name in types for above in before(types, name))
        for places in itertools.permutations(types)
    )


def walks_up(types: Types, name: str) -> set[str]:
    """All types on some walk over ``requires`` upwards from one, by walking every walk."""
    return {above for one in types[name]["requires"] for above in ({one} | walks_up(types, one))}


def run(plan: TransactionPlan, fates: dict[str, State]) -> tuple[list[str], dict[str, State]]:
    """Take turns as a single worker does; gives the order, and the states at the end."""
    board, order = Board(plan, Progress()), []
    ends = {Verdict.STOP: State.WAITING, Verdict.SKIP: State.SKIPPED}
    while (turn := board.take()) is not None:
        order += turn.group
        board.end({name: Told(ends.get(turn.verdict, fates[name])) for name in turn.group})
    return order, board.states


def plan_or_cycle(types: Types) -> TransactionPlan | str:
    """The plan, or what LS-8304 says."""
    spec = TransactionSpec.model_validate({"load": "x.ctl", "types": types})
    try:
        return plan_of(spec, "x", load_of(tuple(sorted(types))))
    except FixSpec as error:
        assert "LS-8304" == error.code
        return error.message


def check(types: Types, drawn: list[State]) -> None:
    """
    Everything about one graph.

    An order is found if and only if there is one, and else a cycle that exists is named. Each type is taken once, behind all
    before it, and levels are as early as can be. With every policy at stop and one failure each in turn, what waits is exactly what
    reaches the failed type; with the policies drawn, no type goes that a policy keeps, and none is kept without one.
    """
    found = plan_or_cycle(types)
    if isinstance(found, str):
        assert not has_order(types)
        path = found.rpartition(": ")[2].split(" -> ")
        assert path[0] == path[-1] and len(set(path)) == len(path) - 1
        assert all(above in before(types, name) for above, name in itertools.pairwise(path))
        return
    assert has_order(types)
    level = {name: number for number, names in enumerate(found.levels) for name in names}
    assert level == {name: max((level[one] + 1 for one in before(types, name)), default=0) for name in types}
    fates = dict(zip(NAMES, drawn, strict=True))
    order, states = run(found, fates)
    assert sorted(types) == sorted(order)
    assert all(order.index(above) < order.index(name) for name in types for above in before(types, name))
    for name, one in types.items():
        kept = {
            one["if_partial"] if states[above] is State.PARTIAL else one["if_failed"]
            for above in one["requires"]
            if states[above] is not State.PUBLISHED
        }
        wanted = (
            State.WAITING if Policy.STOP in kept else State.SKIPPED if Policy.SKIP in kept else fates[name]
        )
        assert wanted is states[name]
    strict = {name: {**one, "if_failed": Policy.STOP} for name, one in types.items()}
    plan = plan_or_cycle(strict)
    assert isinstance(plan, TransactionPlan)
    for failed in types:
        _, states = run(plan, {**dict.fromkeys(NAMES, State.PUBLISHED), failed: State.FAILED})
        waiting = {name for name, state in states.items() if state is State.WAITING}
        assert {name for name in types if failed in walks_up(types, name)} == waiting
        assert {failed} == {name for name, state in states.items() if state is State.FAILED}


def checked(examples: int) -> Callable[[], None]:
    """``check`` over so many graphs."""

    @settings(
        max_examples=examples,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(graphs(), st.lists(st.sampled_from(FATES), min_size=len(NAMES), max_size=len(NAMES)))
    def each(types: Types, drawn: list[State]) -> None:
        check(types, drawn)

    return each


@pytest.mark.parametrize(
    "examples", [300, pytest.param(10_000, marks=pytest.mark.slow)], ids=["some", "ten thousand"]
)
def test_random_graphs_run_in_order_and_failures_stop_exactly_what_needs_them(examples: int) -> None:
    """``make graphs`` does the ten thousand."""
    checked(examples)()
