"""Rules and channels as data, and events in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from loadstone.alerts.channels import channels_of
from loadstone.alerts.model import Delivery, Notice, NoticeState
from loadstone.alerts.rules import default_rules, rules_of
from loadstone.alerts.words import key_of, message_of, words_of
from loadstone.database.outbox import Event
from loadstone.errors import FixSpec

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def event(topic: str, key: str = "17", **body: Any) -> Event:
    """An event at two in the night."""
    return Event(place=(0, 1), topic=topic, key=key, body=body, written_at=AT)


FULL = event(
    "fault.system",
    job="payments",
    step="load",
    code="LS-3021",
    message="the server cannot store more",
    hints=["free room on the server."],
    place=None,
)


@pytest.mark.parametrize(
    ("topic", "who", "escalated"),
    [
        ("fault.data_quality", ("stewards",), False),
        ("fault.configuration", ("engineers",), False),
        ("fault.system", ("operators",), True),
        ("fault.transient", ("operators",), True),
        ("task.quarantined", ("operators",), True),
        ("breaker.opened", ("operators",), True),
        ("schedule.missed", ("operators",), True),
        ("execution.late", ("operators",), True),
        ("file.quarantined", ("stewards",), False),
        ("file.incomplete", ("operators",), False),
        ("file.delayed", ("operators",), False),
        ("file.archived", None, False),
        ("fault.retried", None, False),
        ("execution.completed", None, False),
    ],
)
def test_who_is_told_of_what(topic: str, who: tuple[str, ...] | None, escalated: bool) -> None:
    """Data quality goes to the stewards, faults of the system go up; what mends itself is told to nobody."""
    rule = next((one for one in default_rules() if one.fits(topic, {"job": "x"})), None)
    assert who == (rule.levels[0].tell if rule else None)
    assert escalated == (rule is not None and len(rule.levels) > 1)


def test_rules_may_be_for_some_jobs() -> None:
    """By pattern."""
    rule = rules_of([{"name": "a", "topics": ["fault.*"], "jobs": ["pay*"], "tell": ["x"]}])[0]
    assert rule.fits("fault.system", {"job": "payments"})
    assert not rule.fits("fault.system", {"job": "report"})
    assert not rule.fits("execution.late", {"job": "payments"})


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"topics": ["x"], "tell": ["y"]}, "name must be"),
        ({"name": "a", "tell": ["y"]}, "topics must be"),
        ({"name": "a", "topics": ["x"], "tell": "y"}, "tell must be"),
        ({"name": "a", "topics": ["x"], "tell": ["y"], "severity": "dire"}, "severity must be one of info"),
        ({"name": "a", "topics": ["x"], "tell": ["y"], "escalate": [{"tell": ["z"]}]}, "after_s above 0"),
        ({"name": "a", "topics": ["x"], "tell": ["y"], "to": 1}, "unknown key to"),
        ({"name": "a", "topics": ["x"], "tell": ["y"], "jobs": "p"}, "jobs must be"),
        ({"name": "ok", "topics": ["x"], "tell": ["y"]}, "two rules are named ok"),
    ],
)
def test_a_wrong_rule_is_refused(rule: dict[str, Any], told: str) -> None:
    """Its number and its fault are named."""
    with pytest.raises(FixSpec, match="LS-7501") as caught:
        rules_of([{"name": "ok", "topics": ["x"], "tell": ["y"]}, rule])
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ({"kind": "pigeon"}, "kind must be one of smtp, webhook, command"),
        ({"kind": "smtp", "host": "h"}, "sender"),
        ({"kind": "webhook", "url": "https://x"}, "secret"),
        ({"kind": "command", "run": []}, "run"),
    ],
)
def test_a_wrong_channel_is_refused(channel: dict[str, Any], told: str) -> None:
    """Its name and its fault are named."""
    with pytest.raises(FixSpec, match="LS-7502.*channel night") as caught:
        channels_of({"night": channel})
    assert told in caught.value.message


@pytest.mark.parametrize(
    ("told", "fact", "place", "step"),
    [
        (
            FULL,
            "[LS-3021] the server cannot store more",
            "job payments, step load, execution 17",
            "free room",
        ),
        (
            event("breaker.opened", "bank", reason="refused"),
            "bank is away, and work on it waits: refused",
            "external system bank",
            "connections test bank",
        ),
        (
            event("schedule.missed", "nightly", due_at="02:00", reason="too late"),
            "schedule nightly did not start what was due at 02:00: too late",
            "schedule nightly",
            "schedules backfill nightly",
        ),
        (
            event("execution.late", job="payments", due_at="04:00"),
            "job payments has not ended by 04:00, its deadline",
            "execution 17 of job payments",
            "jobs run 17",
        ),
        (event("parcel.refused", "x.csv", why="unknown"), "parcel refused x.csv: why unknown", "x.csv", ""),
    ],
)
def test_an_event_says_the_fact_the_place_and_the_next_step(
    told: Event, fact: str, place: str, step: str
) -> None:
    """In sentences."""
    words = words_of(told)
    assert (fact, place) == (words.fact, words.place)
    assert step in " ".join(words.steps)


def test_equal_faults_have_equal_keys() -> None:
    """Another execution is the same matter; another step, code, job or rule is not."""
    same = event("fault.system", "18", **FULL.body)
    others = [event("fault.system", **{**FULL.body, name: "other"}) for name in ("step", "code", "job")]
    key = key_of("system", words_of(FULL))
    assert key == key_of("system", words_of(same))
    assert key not in {key_of("system", words_of(one)) for one in others}
    assert key != key_of("mine", words_of(FULL))


def test_a_message_has_one_line_as_its_subject_and_counts() -> None:
    """Line ends of a fault cannot become headers of a mail."""
    notice = Notice(
        id=5,
        key="k",
        rule="system",
        topic="fault.system",
        about="job:payments",
        severity="critical",
        fact="disk full\r\nBcc: all@example.com " + "x" * 300,
        place="job payments, step load",
        steps=["free room."],
        count=1200,
        first_at=AT,
        last_at=AT,
        state=NoticeState.OPEN,
        level=0,
        levels=[],
        escalate_at=None,
    )
    delivery = Delivery(id=1, notice_id=5, channel="ops", level=1, key="idem", attempt=1)
    message = message_of(notice, delivery)
    assert "\n" not in message.subject and len(message.subject) <= 200
    assert message.subject.startswith("[critical] escalated to level 2: disk full Bcc")
    for part in ("Where: job payments, step load", "1,200 times", "1. free room.", "acknowledge 5"):
        assert part in message.text
    assert ("idem", 1200) == (message.values["key"], message.values["count"])
