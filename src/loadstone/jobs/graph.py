"""The one graph algorithm: levels, cycles, and what a failure stops. Nodes are names; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Needs = Mapping[str, Iterable[str]]
"""For each node the nodes that come before it. A node that only others name is a node too."""


class Cycle(Exception):
    """
    The graph has a cycle.

    Attributes:
        path: The nodes of one cycle in order of running; the first is repeated at the end.
    """

    def __init__(self, path: Sequence[str]) -> None:
        super().__init__(" -> ".join(path))
        self.path = tuple(path)


def levels(needs: Needs) -> list[tuple[str, ...]]:
    """
    Nodes in levels: each node comes right after the last one it needs, so a level is as wide as can be.

    Names within a level are in alphabetical order; the same graph gives the same levels.

    Raises:
        Cycle: Some nodes need each other.
    """
    before = _full(needs)
    left = {node: len(above) for node, above in before.items()}
    after = _turned(before)
    level = sorted(node for node, count in left.items() if not count)
    found: list[tuple[str, ...]] = []
    placed = 0
    while level:
        found.append(tuple(level))
        placed += len(level)
        free = []
        for node in level:
            for below in after[node]:
                left[below] -= 1
                if not left[below]:
                    free.append(below)
        level = sorted(free)
    if placed < len(before):
        raise Cycle(_cycle(before, {node for node, count in left.items() if count}))
    return found


def order(needs: Needs) -> list[str]:
    """Nodes one after the other, each behind all that it needs; ``Cycle`` as ``levels``."""
    return [node for level in levels(needs) for node in level]


def dependents(needs: Needs, nodes: Iterable[str]) -> set[str]:
    """All nodes that need one of ``nodes``, directly or through others; ``nodes`` themselves are not among them."""
    after = _turned(_full(needs))
    start = set(nodes)
    found: set[str] = set()
    waiting = [below for node in start for below in after.get(node, ())]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += after[node]
    return found - start


def ready(needs: Needs, done: Iterable[str]) -> list[str]:
    """Nodes not in ``done`` whose needs all are, in alphabetical order."""
    finished = set(done)
    before = _full(needs)
    return sorted(node for node, above in before.items() if node not in finished and above <= finished)


# Private functions


def _full(needs: Needs) -> dict[str, set[str]]:
    full = {node: set(above) for node, above in needs.items()}
    for above in list(full.values()):
        for node in above:
            full.setdefault(node, set())
    return full


def _turned(before: Mapping[str, set[str]]) -> dict[str, list[str]]:
    after: dict[str, list[str]] = {node: [] for node in before}
    for node, above in before.items():
        for one in above:
            after[one].append(node)
    return after


def _cycle(before: Mapping[str, set[str]], caught: set[str]) -> list[str]:
    """Walk upwards among nodes that wait for each other until one comes again."""
    node = min(caught)
    seen: list[str] = []
    while node not in seen:
        seen.append(node)
        node = min(before[node] & caught)
    path = seen[seen.index(node) :][::-1]
    start = path.index(min(path))
    turned = path[start:] + path[:start]
    return [*turned, turned[0]]
