"""Connections of the configuration: what is named, with its kind, and with rules for its breaker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlsplit

from loadstone.connections.model import BreakerRules, Connection
from loadstone.connections.options import faults_of as options_faults
from loadstone.connections.options import kind_of as kind_of_place
from loadstone.errors import FixSpec

DATABASE = "database"
"""The kind of every target, and of a connection that says none and whose URL is none of ``options.SCHEMES``."""


def connections_of(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, Connection]:
    """
    Connections by name of the sections ``connections`` and ``targets``, in this order.

    Raises:
        FixSpec: LS-7401 names every fault.
    """
    found: dict[str, Connection] = {}
    faults: list[str] = []
    for section in ("targets", "connections"):
        for name, values in sections.get(section, {}).items():
            told = f"{section}.{name}"
            if not isinstance(values, Mapping) or not isinstance(values.get("url"), str):
                faults.append(f"{told} has no url")
                continue
            url, options = values["url"], {key: values[key] for key in values if key not in _COMMON}
            kind = str(values.get("kind", _kind(section, url)))
            rules, wrong = _rules(values.get("breaker", {}), told)
            faults += [*options_faults(kind, url, options, told), *wrong]
            found[name.lower()] = Connection(
                name=name.lower(), kind=kind, url=url, rules=rules, options=options
            )
    if faults:
        raise FixSpec(
            "LS-7401", "; ".join(faults), hints=["the settings page of the reference lists what may be said."]
        )
    return found


def system_of(wanted: str, named: Mapping[str, Connection]) -> Connection | None:
    """
    The system that a target (a name, or a URL) is; None for a file, which needs no breaker.

    A URL that a name stands for is that name; another one is its host, port and database.
    """
    connection = named.get(wanted.lower()) or next((one for one in named.values() if one.url == wanted), None)
    url = connection.url if connection is not None else wanted
    parts = urlsplit(url)
    if not parts.hostname and "host=" not in parts.query:
        return None
    if connection is not None:
        return connection
    return Connection(name=_place(url), kind=DATABASE, url=url)


# Private functions

_COMMON = ("url", "kind", "breaker")


def _kind(section: str, url: str) -> str:
    return (kind_of_place(url) if section == "connections" else None) or DATABASE


def _place(url: str) -> str:
    """``host:port/database`` of a URL, without user and password."""
    parts = urlsplit(url)
    host = parts.hostname or parts.query.partition("host=")[2].partition("&")[0]
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{parts.path}"


def _rules(values: Any, told: str) -> tuple[BreakerRules, list[str]]:
    rules = BreakerRules()
    if not isinstance(values, Mapping):
        return rules, [f"{told}.breaker is no table of values"]
    known = {one.name for one in fields(BreakerRules)}
    faults = [f"{told}.breaker: unknown key {name}" for name in sorted(set(values) - known)]
    for name in sorted(set(values) & known):
        value = values[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            faults.append(f"{told}.breaker.{name} must be a number above 0")
            continue
        typed: dict[str, Any] = {name: int(value) if name == "failures_max" else float(value)}
        rules = replace(rules, **typed)
    if rules.growth < 1:
        faults.append(f"{told}.breaker.growth must be 1 or more")
    return rules, faults
