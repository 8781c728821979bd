"""Every query of alerts; private to this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.alerts.model import Delivery, Notice, NoticeState
from loadstone.alerts.tables import DELIVERY, NOTICE
from loadstone.database.open import now

LIVE = (NoticeState.OPEN, NoticeState.ACKNOWLEDGED)


def live(connection: Connection, key: str) -> Notice | None:
    """The notice of this key that is not closed."""
    where = (NOTICE.c.key == key, NOTICE.c.state.in_(LIVE))
    row = connection.execute(select(NOTICE).where(*where).with_for_update()).first()
    return _notice(row) if row else None


def by_id(connection: Connection, notice_id: int) -> Notice | None:
    """One notice."""
    row = connection.execute(select(NOTICE).where(NOTICE.c.id == notice_id)).first()
    return _notice(row) if row else None


def add(connection: Connection, **values: Any) -> Notice:
    """A new notice."""
    return _notice(connection.execute(insert(NOTICE).values(values).returning(NOTICE)).one())


def change(connection: Connection, notice_id: int, **values: Any) -> None:
    """Set columns of a notice."""
    connection.execute(update(NOTICE).where(NOTICE.c.id == notice_id).values(values))


def close(connection: Connection, rules: Sequence[str], about: str) -> int:
    """Close the live notices of these rules about something; how many there were."""
    where = (NOTICE.c.about == about, NOTICE.c.rule.in_(rules), NOTICE.c.state.in_(LIVE))
    closed = update(NOTICE).where(*where).values(state=NoticeState.CLOSED, escalate_at=None)
    return connection.execute(closed).rowcount


def listed(connection: Connection, *, every: bool = False, limit: int = 50) -> list[dict[str, Any]]:
    """Notices, the latest first, with the channels that took a message; those that are not closed, or all."""
    query = select(NOTICE).order_by(NOTICE.c.last_at.desc(), NOTICE.c.id.desc()).limit(limit)
    if not every:
        query = query.where(NOTICE.c.state.in_(LIVE))
    notices = [_notice(row) for row in connection.execute(query)]
    sent = select(DELIVERY).where(DELIVERY.c.notice_id.in_([one.id for one in notices]))
    told: dict[int, list[str]] = {}
    for row in connection.execute(sent.order_by(DELIVERY.c.id)):
        mark = {"sent": "", "due": " (due)", "given_up": " (given up)"}[row.state]
        told.setdefault(row.notice_id, []).append(row.channel + mark)
    return [
        {
            "notice": one.id,
            "state": str(one.state),
            "severity": one.severity,
            "about": one.about,
            "count": one.count,
            "last_at": one.last_at,
            "told": ", ".join(dict.fromkeys(told.get(one.id, []))) or None,
            "acknowledged_by": one.acknowledged_by,
            "fact": one.fact,
        }
        for one in notices
    ]


def open_by_severity(connection: Connection) -> dict[str, int]:
    """How many notices nobody has acknowledged."""
    query = select(NOTICE.c.severity, func.count()).where(NOTICE.c.state == NoticeState.OPEN)
    return {row[0]: row[1] for row in connection.execute(query.group_by(NOTICE.c.severity))}


def unanswered(connection: Connection, limit: int = 100) -> list[Notice]:
    """Open notices whose next level is due to be told; locked."""
    where = (NOTICE.c.state == NoticeState.OPEN, NOTICE.c.escalate_at <= now(connection))
    query = select(NOTICE).where(*where).order_by(NOTICE.c.id).limit(limit)
    return [_notice(row) for row in connection.execute(query.with_for_update(skip_locked=True))]


def put_deliveries(connection: Connection, rows: Sequence[dict[str, Any]], not_before: datetime) -> None:
    """Messages that are due; one whose key is there already is not made again."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    for row in rows:
        values = {**row, "state": "due", "attempt": 0, "not_before": not_before}
        connection.execute(
            dialect.insert(DELIVERY).values(values).on_conflict_do_nothing(index_elements=["key"])
        )


def has_due(connection: Connection, notice_id: int) -> bool:
    """Whether a message of the notice is still on its way."""
    where = (DELIVERY.c.notice_id == notice_id, DELIVERY.c.state == "due")
    return connection.execute(select(DELIVERY.c.id).where(*where).limit(1)).first() is not None


def channels_told(connection: Connection, notice_id: int) -> list[tuple[str, int]]:
    """Channels of a notice, each with the highest level at which it was told."""
    query = select(DELIVERY.c.channel, func.max(DELIVERY.c.level)).where(DELIVERY.c.notice_id == notice_id)
    return [(row[0], row[1]) for row in connection.execute(query.group_by(DELIVERY.c.channel))]


def claim_delivery(connection: Connection, lease: timedelta) -> Delivery | None:
    """Take the next message that is due; if its sender dies, another one takes it when the lease is over."""
    moment = now(connection)
    where = (DELIVERY.c.state == "due", DELIVERY.c.not_before <= moment)
    query = select(DELIVERY).where(*where).order_by(DELIVERY.c.not_before, DELIVERY.c.id).limit(1)
    row = connection.execute(query.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    attempt = row.attempt + 1
    connection.execute(
        update(DELIVERY).where(DELIVERY.c.id == row.id).values(attempt=attempt, not_before=moment + lease)
    )
    return Delivery(
        id=row.id,
        notice_id=row.notice_id,
        channel=row.channel,
        level=row.level,
        key=row.key,
        attempt=attempt,
    )


def change_delivery(connection: Connection, delivery_id: int, **values: Any) -> None:
    """Set columns of a message."""
    connection.execute(update(DELIVERY).where(DELIVERY.c.id == delivery_id).values(values))


# Private functions


def _notice(row: Row[Any]) -> Notice:
    values = dict(row._mapping)
    return Notice(**{**values, "state": NoticeState(values["state"])})
