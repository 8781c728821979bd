"""Levels, cycles and dependents against a brute-force check."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.jobs.graph import Cycle, dependents, levels, order, ready

NODES = "abcdefg"
graphs = st.dictionaries(
    st.sampled_from(NODES), st.lists(st.sampled_from(NODES), max_size=3, unique=True), max_size=len(NODES)
)


def nodes_of(needs: dict[str, list[str]]) -> set[str]:
    """All nodes that a graph names."""
    return set(needs) | {node for above in needs.values() for node in above}


def has_order(needs: dict[str, list[str]]) -> bool:
    """Whether some order of all nodes puts each behind what it needs: tried one by one."""
    return any(
        all(
            places.index(above) < places.index(node)
            for node, all_above in needs.items()
            for above in all_above
        )
        for places in itertools.permutations(sorted(nodes_of(needs)))
    )


@settings(max_examples=300)
@given(graphs)
def test_an_order_is_found_if_and_only_if_there_is_one(needs: dict[str, list[str]]) -> None:
    """Levels place each node once and behind its needs; a graph without an order names a cycle that exists."""
    try:
        found = order(needs)
    except Cycle as cycle:
        assert not has_order(needs)
        assert cycle.path[0] == cycle.path[-1]
        assert all(above in needs[node] for above, node in itertools.pairwise(cycle.path))
        return
    assert sorted(nodes_of(needs)) == sorted(found)
    assert all(found.index(above) < found.index(node) for node in needs for above in needs[node])


@settings(max_examples=200)
@given(graphs, st.sets(st.sampled_from(NODES), max_size=3))
def test_dependents_are_all_that_can_be_reached(needs: dict[str, list[str]], failed: set[str]) -> None:
    """A node depends on a failed one if a walk upwards from it meets one."""

    def reaches(node: str, seen: frozenset[str]) -> bool:
        return any(
            above in failed or (above not in seen and reaches(above, seen | {above}))
            for above in needs.get(node, ())
        )

    expected = {node for node in nodes_of(needs) - failed if reaches(node, frozenset({node}))}
    assert expected == dependents(needs, failed)


def test_levels_are_as_wide_as_can_be() -> None:
    """A node comes right after the last one it needs."""
    needs = {"d": ["b", "c"], "b": ["a"], "c": ["a"], "e": [], "f": ["d"]}
    assert levels(needs) == [("a", "e"), ("b", "c"), ("d",), ("f",)]


def test_the_cycle_named_is_in_order_of_running() -> None:
    """The smallest name comes first and last."""
    with pytest.raises(Cycle, match="a -> b -> c -> a"):
        levels({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["a"]})


def test_a_node_that_needs_itself_is_a_cycle() -> None:
    """The shortest cycle."""
    with pytest.raises(Cycle, match="a -> a"):
        levels({"a": ["a"]})


def test_ready_are_those_whose_needs_are_done() -> None:
    """Nodes that are done are not ready again."""
    assert ready({"d": ["b", "c"], "b": ["a"], "c": ["a"]}, ["a"]) == ["b", "c"]
