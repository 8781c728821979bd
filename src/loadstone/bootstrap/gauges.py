"""Metrics of how the repository stands: every worker that serves metrics reads them now and then."""

from __future__ import annotations

from sqlalchemy import func, select

from loadstone.alerts import repository as notices
from loadstone.alerts.model import SEVERITIES
from loadstone.arrivals.expected import overdue
from loadstone.bootstrap.breakers import StoredBreakers, show
from loadstone.database.open import Database
from loadstone.deadletters.model import LetterState
from loadstone.deadletters.tables import LETTER
from loadstone.jobs.repository import tasks
from loadstone.telemetry import metrics

GAUGES_S = 10.0
"""Seconds between two readings."""


def read_gauges(database: Database) -> None:
    """Set queue depth, breaker states, dead letters, open notices and files that did not come; nothing where nobody asked for metrics."""
    if not metrics.enabled():
        return
    with database.read() as connection:
        depth, wait_s = tasks.depth(connection)
        open_notices = notices.open_by_severity(connection)
        not_come = overdue(connection)
        counted = select(LETTER.c.state, func.count()).group_by(LETTER.c.state)
        letters = {row[0]: row[1] for row in connection.execute(counted)}
    for state, number in depth.items():
        metrics.set_to("loadstone_queue_depth", number, state=state)
    metrics.set_to("loadstone_queue_wait_seconds", wait_s)
    for one in LetterState:
        metrics.set_to("loadstone_dead_letters", letters.get(one.value, 0), state=one.value)
    for due, number in not_come.items():
        metrics.set_to("loadstone_files_overdue_open", number, state=due.value)
    for severity in SEVERITIES:
        metrics.set_to("loadstone_notices_open", open_notices.get(severity, 0), severity=severity)
    for breaker in StoredBreakers(database).listed():
        show(breaker)
