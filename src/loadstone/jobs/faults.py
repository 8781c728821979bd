"""Classify what went wrong by rules that are data, and say when to try again."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from loadstone.errors import FixSpec, LoadstoneError
from loadstone.jobs.definition import RetryRule


class FaultKind(StrEnum):
    """What to do next: try again, tell the stewards, mend the spec, escalate."""

    TRANSIENT = "transient"
    DATA_QUALITY = "data_quality"
    CONFIGURATION = "configuration"
    SYSTEM = "system"


class Action(StrEnum):
    """
    What the engine does about a fault by itself.

    ``RETRY``: run again after a pause that grows, as the step's ``retry`` says. ``RECONNECT``: the same, and the
    fault counts as an outage of the step's external systems (their breakers). ``REQUEUE``: run again at once.
    ``WAIT``: look again about every second for as long as it takes; such runs are no attempts. ``RELEASE_LOCKS``:
    wait likewise, and in the end take the lock from a holder that hangs. ``FREE_STAGING``: clear what dead loads
    left, then run again. ``SMALLER_CHUNKS``: run again with half the chunk. ``QUARANTINE``: never run again by
    itself. ``FAIL``: the step fails; a launch restarts it when people have mended the cause.
    """

    RETRY = "retry"
    RECONNECT = "reconnect"
    REQUEUE = "requeue"
    WAIT = "wait"
    RELEASE_LOCKS = "release_locks"
    FREE_STAGING = "free_staging"
    SMALLER_CHUNKS = "smaller_chunks"
    QUARANTINE = "quarantine"
    FAIL = "fail"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    Fits an error whose class, code and message are as given; what is None fits any.

    Attributes:
        action: What is done about it.
    """

    kind: FaultKind
    class_name: str | None = None
    code: str | None = None
    pattern: str | None = None
    action: Action = Action.FAIL

    def fits(self, error: BaseException) -> bool:
        """Whether the rule is for this error; the text of its causes counts as its message."""
        if self.class_name is not None and self.class_name not in _class_names(error):
            return False
        if self.code is not None and not getattr(error, "code", "").startswith(self.code):
            return False
        return self.pattern is None or re.search(self.pattern, _told(error)) is not None


@cache
def default_rules() -> tuple[Rule, ...]:
    """The rules that come with the program, in order."""
    text = resources.files(__package__).joinpath("faults.toml").read_text("utf-8")
    return rules_of(tomllib.loads(text)["rule"])


def rules_of(values: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """
    Rules of plain values (``kind``, ``class``, ``code``, ``pattern``, ``action``), in order.

    Without an action a transient fault is retried, and any other one fails the step.

    Raises:
        FixSpec: LS-7108 names the rule that is wrong, 1-based.
    """
    return tuple(_rule(number, value) for number, value in enumerate(values, 1))


def rule_for(error: BaseException, rules: Sequence[Rule] = ()) -> Rule:
    """The first rule that fits; rules of one's own come before the default ones, whose last one fits any error."""
    return next(rule for rule in (*rules, *default_rules()) if rule.fits(error))


def pause_s(rule: RetryRule, attempt: int, chance: random.Random) -> float | None:
    """
    Seconds before the run after ``attempt`` (1-based): doubled each time, the upper half of it by chance.

    None when ``attempt`` was the last one allowed.
    """
    if attempt >= rule.attempts:
        return None
    full = min(rule.pause_max_s, rule.pause_s * 2.0 ** min(attempt - 1, 60))
    return full * (0.5 + 0.5 * chance.random())


def described(error: BaseException, kind: FaultKind) -> dict[str, Any]:
    """The error as JSON values, for the repository and for whoever must act."""
    if isinstance(error, LoadstoneError):
        place = str(error.place) or None
        return {
            "kind": kind,
            "code": error.code,
            "message": error.message,
            "place": place,
            "hints": list(error.hints),
        }
    message = f"{type(error).__name__}: {error}"
    return {"kind": kind, "code": "LS-7199", "message": message, "place": None, "hints": []}


# Private functions


def _rule(number: int, value: Mapping[str, Any]) -> Rule:
    fault = _fault(value)
    if fault is not None:
        raise FixSpec("LS-7108", f"fault rule {number}: {fault}")
    try:
        re.compile(value.get("pattern") or "")
    except re.error as error:
        raise FixSpec("LS-7108", f"fault rule {number}: the pattern is wrong: {error}") from error
    kind = FaultKind(value["kind"])
    usual = Action.RETRY if kind is FaultKind.TRANSIENT else Action.FAIL
    return Rule(
        kind=kind,
        class_name=value.get("class"),
        code=value.get("code"),
        pattern=value.get("pattern"),
        action=Action(value.get("action", usual)),
    )


def _fault(value: Mapping[str, Any]) -> str | None:
    unknown = set(value) - {"kind", "class", "code", "pattern", "action"}
    if unknown:
        return f"unknown keys {', '.join(sorted(unknown))}"
    kinds, actions = [kind.value for kind in FaultKind], [action.value for action in Action]
    if value.get("kind") not in kinds:
        return f"kind must be one of {', '.join(kinds)}"
    if value.get("action", "fail") not in actions:
        return f"action must be one of {', '.join(actions)}"
    return None


def _class_names(error: BaseException) -> set[str]:
    return {one.__name__ for one in type(error).__mro__}


def _told(error: BaseException) -> str:
    parts: list[str] = []
    at: BaseException | None = error
    while at is not None and len(parts) < 10:
        # Hints may name what does not apply: a time-out, a server.
        parts.append(at.message if isinstance(at, LoadstoneError) else str(at))
        at = at.__cause__
    return "\n".join(parts)
