"""Connections of the configuration, and which system a target is."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.connections.configured import connections_of, system_of
from loadstone.connections.kinds import Kind, Kinds
from loadstone.connections.model import BreakerRules
from loadstone.connections.reach import reach
from loadstone.errors import FixSpec

SECTIONS: dict[str, dict[str, Any]] = {
    "targets": {"Bank": {"url": "postgresql://ann:secret@db1:5433/bank", "breaker": {"failures_max": 2}}},
    "connections": {"core": {"url": "oracle://db2/CORE"}, "local": {"url": "sqlite:///x.db"}},
}


def test_targets_and_connections_are_connections() -> None:
    """Names in lower case; the rules of a breaker are those given, and else the usual ones."""
    found = connections_of(SECTIONS)
    assert ["bank", "core", "local"] == sorted(found)
    assert BreakerRules(failures_max=2) == found["bank"].rules
    assert "database" == found["core"].kind


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "database"}, "targets.x has no url"),
        ({"url": "a.db", "cooldown": 5}, "targets.x: unknown keys cooldown"),
        ({"url": "a.db", "breaker": 5}, "targets.x.breaker is no table"),
        ({"url": "a.db", "breaker": {"failures": 5}}, "targets.x.breaker: unknown key failures"),
        ({"url": "a.db", "breaker": {"cooldown_s": 0}}, "cooldown_s must be a number above 0"),
        ({"url": "a.db", "breaker": {"growth": 0.5}}, "growth must be 1 or more"),
    ],
)
def test_wrong_connections_are_refused(values: dict[str, Any], told: str) -> None:
    """Each fault with its place, all of them at once."""
    with pytest.raises(FixSpec, match="LS-7401") as caught:
        connections_of({"targets": {"x": values, "y": {}}})
    assert told in caught.value.message and "targets.y has no url" in caught.value.message


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("BANK", "bank"),
        ("postgresql://ann:secret@db1:5433/bank", "bank"),
        ("postgresql://bob:hidden@db9:5432/other", "db9:5432/other"),
        ("postgresql:///db?host=/run/pg", "/run/pg/db"),
        ("oracle://scott:tiger@h/S", "h/S"),
    ],
)
def test_a_server_is_a_system(wanted: str, name: str) -> None:
    """By its name, by the URL that a name stands for, else by its place; never with a password."""
    found = system_of(wanted, connections_of(SECTIONS))
    assert found is not None
    assert name == found.name


@pytest.mark.parametrize("wanted", ["bank.db", "duckdb:///x.duckdb", "local"])
def test_a_file_is_none(wanted: str) -> None:
    """What is on this machine needs no breaker."""
    assert system_of(wanted, connections_of(SECTIONS)) is None


def test_kinds_are_found_by_name() -> None:
    """An unknown one is refused with those that are known."""
    kinds = Kinds()
    kinds.add(Kind(name="database", tested=lambda connection: iter(())))
    found = connections_of({"connections": {"a": {"url": "x://y"}, "b": {"url": "x://y", "kind": "pigeon"}}})
    assert "database" == kinds.of(found["a"]).name
    with pytest.raises(FixSpec, match="LS-7402") as caught:
        kinds.of(found["b"])
    assert "there are database." in caught.value.hints


def test_an_unknown_host_is_a_fault_of_dns() -> None:
    """Nothing is tried behind it."""
    steps = list(reach("no-such-host.invalid", 5432))
    assert [("DNS", False)] == [(one.step, one.good) for one in steps]


def test_a_port_where_nobody_listens_is_a_fault_of_the_port() -> None:
    """The name is known all the same."""
    steps = list(reach("127.0.0.1", 1))
    assert [("DNS", True), ("port", False)] == [(one.step, one.good) for one in steps]
    assert "does not listen on port 1" in steps[-1].told and steps[-1].hint
