"""Metrics are bounded, documented, counted by events, and served over HTTP."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from loadstone.errors import FixSpec
from loadstone.telemetry import metrics
from loadstone.telemetry.events import tell
from loadstone.telemetry.serve import serve

UNITS = ("_total", "_seconds", "_running", "_state", "_depth", "_letters", "_threads", "_bytes", "_open")


@pytest.fixture(autouse=True)
def counting() -> Iterator[None]:
    """Counting begins at nought."""
    metrics.disable()
    metrics.enable()
    yield
    metrics.disable()


def test_names_say_what_they_are() -> None:
    """Counters end in _total, durations in _seconds; labels are few, and each metric is there once."""
    names = [metric.name for metric in metrics.METRICS]
    assert sorted(set(names)) == sorted(names)
    for metric in metrics.METRICS:
        assert metric.name.startswith("loadstone_") and metric.name.endswith(UNITS), metric.name
        assert (metric.kind == "counter") == metric.name.endswith("_total")
        assert len(metric.labels) <= 2


def test_every_metric_is_counted_somewhere() -> None:
    """A metric that no line of the program sets is a promise."""
    root = Path(metrics.__file__).parents[1]
    source = "\n".join(path.read_text() for path in root.rglob("*.py") if path.name != "metrics.py")
    assert [] == [metric.name for metric in metrics.METRICS if f'"{metric.name}"' not in source]


def test_labels_are_bounded() -> None:
    """What comes beyond the bound is one more value, ``other``."""
    for number in range(metrics.LABEL_VALUES_MAX + 50):
        metrics.count("loadstone_events_total", topic=f"t{number}")
    metrics.count("loadstone_events_total", topic="t0")
    told = [line for line in metrics.exposed().splitlines() if line.startswith("loadstone_events_total{")]
    assert metrics.LABEL_VALUES_MAX + 1 == len(told)
    assert 'loadstone_events_total{topic="other"} 50.0' in told
    assert 'loadstone_events_total{topic="t0"} 2.0' in told


@pytest.mark.parametrize(
    ("topic", "body", "line"),
    [
        ("execution.failed", {}, 'loadstone_executions_total{status="failed"} 1.0'),
        ("breaker.opened", {}, 'loadstone_breaker_transitions_total{system="k",to="opened"} 1.0'),
        ("task.taken_over", {}, "loadstone_take_overs_total 1.0"),
        ("task.healed", {"action": "smaller_chunks"}, 'loadstone_heals_total{action="smaller_chunks"} 1.0'),
        ("letters.replayed", {}, 'loadstone_events_total{topic="letters.replayed"} 1.0'),
    ],
)
def test_events_are_counted(topic: str, body: dict[str, str], line: str) -> None:
    """By what they tell."""
    tell(topic, "k", body)
    assert line in metrics.exposed().splitlines()


def test_a_process_that_nobody_asked_counts_nothing() -> None:
    """And says so."""
    metrics.disable()
    metrics.count("loadstone_events_total", topic="x")
    metrics.set_to("loadstone_tasks_running", 3)
    metrics.observe("loadstone_task_claim_seconds", 0.1)
    assert not metrics.enabled()
    assert 'topic="x"' not in metrics.exposed()


def test_they_are_served_at_metrics() -> None:
    """In Prometheus' format; other paths are not found; closed, the port is free again."""
    where, close = serve("127.0.0.1:0")
    metrics.count("loadstone_events_total", topic="a.b")
    with urllib.request.urlopen(f"http://{where}/metrics") as answer:
        assert "text/plain" in answer.headers["Content-Type"]
        assert 'loadstone_events_total{topic="a.b"} 1.0' in answer.read().decode()
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(f"http://{where}/other")
    with pytest.raises(FixSpec, match="LS-6030.*cannot listen"):
        serve(where)
    close()
    serve(where)[1]()


@pytest.mark.parametrize("address", ["9464", "host:", "host:99999", "host:http"])
def test_a_wrong_address_is_refused(address: str) -> None:
    """With an example."""
    with pytest.raises(FixSpec, match="LS-6030"):
        serve(address)
