"""Rules as data: those that come with the program, or those of the configuration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from loadstone.alerts.model import SEVERITIES, Level, NoticeRule
from loadstone.errors import FixSpec

_KEYS = {"name", "topics", "jobs", "severity", "tell", "escalate", "closed_by"}


@cache
def default_rules() -> tuple[NoticeRule, ...]:
    """The rules that come with the program."""
    text = resources.files(__package__).joinpath("rules.toml").read_text("utf-8")
    return rules_of(tomllib.loads(text)["rule"])


def rules_of(values: Iterable[Mapping[str, Any]]) -> tuple[NoticeRule, ...]:
    """
    Rules of plain values.

    Raises:
        FixSpec: LS-7501 names every fault of every rule, which count from 1.
    """
    rules, faults = [], []
    for number, value in enumerate(values, 1):
        wrong = _faults(value)
        faults += [f"notification rule {number}: {fault}" for fault in wrong]
        if not wrong:
            rules.append(_rule(value))
    names = [rule.name for rule in rules]
    faults += [f"two rules are named {name}" for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise FixSpec("LS-7501", "; ".join(faults), hints=["the settings page lists what a rule may say."])
    return tuple(rules)


# Private functions


def _rule(value: Mapping[str, Any]) -> NoticeRule:
    first = Level(tell=tuple(value["tell"]))
    more = [
        Level(tell=tuple(one["tell"]), after_s=float(one["after_s"])) for one in value.get("escalate", ())
    ]
    return NoticeRule(
        name=value["name"],
        topics=tuple(value["topics"]),
        jobs=tuple(value.get("jobs", ("*",))),
        severity=value.get("severity", "error"),
        levels=(first, *more),
        closed_by=tuple(value.get("closed_by", ())),
    )


def _faults(value: Mapping[str, Any]) -> list[str]:
    faults = [f"unknown key {name}" for name in sorted(set(value) - _KEYS)]
    if not isinstance(value.get("name"), str):
        faults.append("name must be a text")
    for name in ("topics", "tell"):
        if not _texts(value.get(name)) or not value[name]:
            faults.append(f"{name} must be a list of texts")
    for name in ("jobs", "closed_by"):
        if not _texts(value.get(name, [])):
            faults.append(f"{name} must be a list of texts")
    if value.get("severity", "error") not in SEVERITIES:
        faults.append(f"severity must be one of {', '.join(SEVERITIES)}")
    for one in value.get("escalate", ()):
        seconds = one.get("after_s") if isinstance(one, Mapping) else None
        if not isinstance(seconds, int | float) or seconds <= 0 or not _texts(one.get("tell")):
            faults.append("escalate needs after_s above 0, and tell")
    return faults


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) and one for one in value)
