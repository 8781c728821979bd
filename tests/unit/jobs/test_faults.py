"""Rules that classify faults, and the pauses before another run."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused, Retry, Stop
from loadstone.jobs.definition import RetryRule
from loadstone.jobs.faults import FaultKind, described, pause_s, rule_for, rules_of


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Retry("LS-3022", "the connection is lost"), FaultKind.TRANSIENT),
        (Stop("LS-3021", "the server cannot store more: disk full"), FaultKind.SYSTEM),
        (FixFile("LS-2003", "damaged"), FaultKind.DATA_QUALITY),
        (FixSpec("LS-3001", "no such table"), FaultKind.CONFIGURATION),
        (Refused("LS-3005", "table must be empty"), FaultKind.CONFIGURATION),
        (Refused("LS-3006", "being loaded by another process"), FaultKind.TRANSIENT),
        (RuntimeError("ORA-00060: deadlock detected while waiting"), FaultKind.TRANSIENT),
        (RuntimeError("ORA-01653: unable to extend table"), FaultKind.SYSTEM),
        (OSError(28, "No space left on device"), FaultKind.SYSTEM),
        (TimeoutError("timed out"), FaultKind.TRANSIENT),
        (ZeroDivisionError(), FaultKind.SYSTEM),
    ],
)
def test_each_error_has_a_kind(error: Exception, kind: FaultKind) -> None:
    """By class, code or message; what nobody knows is a fault of the system."""
    assert kind is rule_for(error).kind


def test_a_cause_tells_as_well() -> None:
    """The driver's message under ours decides."""
    try:
        raise Stop("LS-3023", "the database refuses") from RuntimeError("could not serialize access")
    except LoadstoneError as error:
        assert FaultKind.TRANSIENT is rule_for(error).kind


def test_rules_of_ones_own_come_first() -> None:
    """A house may say that one code is worth another try."""
    own = rules_of([{"kind": "transient", "code": "LS-20"}])
    assert FaultKind.TRANSIENT is rule_for(FixFile("LS-2001", "file not found"), own).kind
    assert FaultKind.DATA_QUALITY is rule_for(FixFile("LS-2101", "x"), own).kind


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"kind": "odd"}, "kind must be"),
        ({"kind": "system", "clas": "x"}, "clas"),
        ({"kind": "system", "pattern": "("}, "pattern"),
    ],
)
def test_a_wrong_rule_is_refused(rule: dict[str, str], told: str) -> None:
    """Its number and its fault are named."""
    with pytest.raises(FixSpec, match="LS-7108.*rule 2") as caught:
        rules_of([{"kind": "system"}, rule])
    assert told in caught.value.message


def test_pauses_double_up_to_a_bound_and_end_with_the_attempts() -> None:
    """Half of each pause is chance."""
    rule, chance = RetryRule(attempts=6, pause_s=1, pause_max_s=6), random.Random(1)
    pauses = [pause_s(rule, attempt, chance) for attempt in range(1, 7)]
    assert pauses[-1] is None
    full = [1, 2, 4, 6, 6]
    assert all(low / 2 <= (pause or 0) <= low for pause, low in zip(pauses, full, strict=False))
    many = [pause_s(rule, 1, random.Random(seed)) for seed in range(50)]
    assert any(a != b for a, b in pairwise(many))


def test_an_error_is_described_for_those_who_must_act() -> None:
    """Code, message, place and hints; an unknown one has a code too."""
    told = described(FixFile("LS-2003", "damaged", hints=["send it again."]), FaultKind.DATA_QUALITY)
    assert ("LS-2003", "damaged", ["send it again."]) == (told["code"], told["message"], told["hints"])
    assert ("LS-7199", "ZeroDivisionError: x") == tuple(
        described(ZeroDivisionError("x"), FaultKind.SYSTEM)[name] for name in ("code", "message")
    )
