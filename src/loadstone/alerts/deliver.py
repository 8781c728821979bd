"""Send what is due: at least once, each message with its idempotency key, and no job waits for it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from loadstone.alerts import repository
from loadstone.alerts.model import Delivery, Message, Notice
from loadstone.alerts.words import message_of
from loadstone.audit import trail
from loadstone.database import outbox
from loadstone.database.open import Database, now
from loadstone.errors import FixSpec, LoadstoneError, Retry
from loadstone.telemetry import metrics

Send = Callable[[Message], None]
"""Sends one message; ``Retry`` when it may go later, another ``LoadstoneError`` when it never will."""

LEASE = timedelta(minutes=5)
"""How long a sender has; longer than the time-outs of every channel together."""

ATTEMPTS_MAX = 12
"""Sendings of one message, over about three hours."""

PAUSE_S = 5.0
"""Pause behind the first failed sending; doubled each time."""

PAUSE_S_MAX = 1800.0

log = structlog.get_logger("loadstone.alerts")


def deliver(database: Database, channels: Mapping[str, Send], *, limit: int = 100) -> int:
    """Send up to ``limit`` messages that are due; how many went out."""
    sent = 0
    for _ in range(limit):
        with database.write() as connection:
            delivery = repository.claim_delivery(connection, LEASE)
            notice = repository.by_id(connection, delivery.notice_id) if delivery is not None else None
        if delivery is None or notice is None:
            break
        sent += _deliver(database, channels, notice, delivery)
    return sent


def acknowledge(database: Database, notice_id: int, *, actor: str) -> Notice:
    """
    Say that somebody looks after it: nobody is told more, and no level is escalated to. Audited.

    Raises:
        FixSpec: LS-7503 there is no such notice.
    """
    with database.write() as connection:
        notice = repository.by_id(connection, notice_id)
        if notice is None:
            raise FixSpec(
                "LS-7503",
                f"there is no notice {notice_id}",
                hints=["`loadstone notifications list --all` lists them."],
            )
        values = {"acknowledged_by": actor, "acknowledged_at": now(connection), "escalate_at": None}
        if notice.state == "open":
            values["state"] = "acknowledged"
        repository.change(connection, notice_id, **values)
        trail.record(connection, actor, "notice.acknowledge", f"notice:{notice_id}", {"about": notice.about})
        outbox.put(connection, "notice.acknowledged", str(notice_id), {"by": actor, "about": notice.about})
        found = repository.by_id(connection, notice_id)
        assert found is not None
        return found


# Private functions


def _deliver(database: Database, channels: Mapping[str, Send], notice: Notice, delivery: Delivery) -> bool:
    send = channels.get(delivery.channel)
    if send is None:
        return _give_up(database, delivery, f"the configuration has no channel {delivery.channel}")
    try:
        send(message_of(notice, delivery))
    except Retry as error:
        if delivery.attempt >= ATTEMPTS_MAX:
            return _give_up(database, delivery, str(error.message))
        return _later(database, delivery, error)
    except LoadstoneError as error:
        return _give_up(database, delivery, str(error.message))
    with database.write() as connection:
        moment = now(connection)
        repository.change_delivery(
            connection, delivery.id, state="sent", sent_at=moment, count=notice.count, error=None
        )
        repository.change(connection, notice.id, told_at=moment)
    metrics.count("loadstone_notifications_total", channel=delivery.channel, outcome="sent")
    log.info("notification.sent", notice=notice.id, channel=delivery.channel, key=delivery.key)
    return True


def _later(database: Database, delivery: Delivery, error: Retry) -> bool:
    pause_s = min(PAUSE_S_MAX, PAUSE_S * 2.0 ** (delivery.attempt - 1)) * (0.75 + 0.5 * random.random())
    with database.write() as connection:
        at = now(connection) + timedelta(seconds=pause_s)
        repository.change_delivery(connection, delivery.id, not_before=at, error=error.message)
    metrics.count("loadstone_notifications_total", channel=delivery.channel, outcome="retried")
    log.warning("notification.retried", channel=delivery.channel, key=delivery.key, error=error.message)
    return False


def _give_up(database: Database, delivery: Delivery, reason: str) -> bool:
    with database.write() as connection:
        repository.change_delivery(connection, delivery.id, state="given_up", error=reason)
        body = {"channel": delivery.channel, "reason": reason}
        outbox.put(connection, "notification.given_up", str(delivery.notice_id), body)
    metrics.count("loadstone_notifications_total", channel=delivery.channel, outcome="given_up")
    return False
