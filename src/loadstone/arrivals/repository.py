"""Every query of arrivals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.arrivals.model import Arrival, Content, State
from loadstone.arrivals.tables import ARRIVAL, CONTENT, EXPECTED
from loadstone.database.open import now
from loadstone.jobs.repository.executions import has_ended

LISTED_MAX = 10_000
"""Files of one list at most."""

PATHS_MAX = 500
"""Paths of one query."""


def add(connection: Connection, row: Mapping[str, Any]) -> Arrival | None:
    """A new file; None when another watcher has just put it in."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "totals": [],
        "findings": [],
        "waived": [],
        "told_incomplete": False,
        "fence": 0,
        **row,
    }
    found = connection.execute(
        dialect.insert(ARRIVAL).values(values).on_conflict_do_nothing().returning(ARRIVAL)
    ).first()
    return arrival_of(found) if found is not None else None


def at_place(connection: Connection, place: str, paths: Sequence[str]) -> list[Arrival]:
    """Files that came at a place: those with these paths, and all that are not whole yet."""
    found = {}
    own = ARRIVAL.c.place == place
    parts = [paths[at : at + PATHS_MAX] for at in range(0, len(paths), PATHS_MAX)]
    for where in (ARRIVAL.c.state == State.SEEN, *(ARRIVAL.c.path.in_(part) for part in parts)):
        for row in connection.execute(select(ARRIVAL).where(own, where).order_by(ARRIVAL.c.id)):
            found[row.id] = arrival_of(row)
    return list(found.values())


def by_id(connection: Connection, arrival_id: int, *, lock: bool = False) -> Arrival | None:
    """One file."""
    query = select(ARRIVAL).where(ARRIVAL.c.id == arrival_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return arrival_of(row) if row is not None else None


def unsettled() -> Any:
    """Of files that wait for what their execution came to, or for a person, the column that names it."""
    waits = ARRIVAL.c.state.in_([State.LAUNCHED, State.QUARANTINED])
    return select(ARRIVAL.c.execution_id).where(waits).subquery("unsettled").c.execution_id


def claim(connection: Connection, worker: str, states: Sequence[State], lease: timedelta) -> Arrival | None:
    """
    The next file in one of ``states``, with which something is to be done: it is this worker's until the lease ends, by the database's clock.

    A file whose job runs is nobody's until the job has ended.
    """
    moment = now(connection)
    query = (
        select(ARRIVAL.c.id)
        .where(
            ARRIVAL.c.state.in_(states),
            or_(ARRIVAL.c.claimed_until.is_(None), ARRIVAL.c.claimed_until < moment),
            or_(ARRIVAL.c.not_before.is_(None), ARRIVAL.c.not_before <= moment),
            or_(ARRIVAL.c.state != State.LAUNCHED, has_ended(ARRIVAL.c.execution_id)),
        )
        .order_by(ARRIVAL.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(query).scalar()
    if found is None:
        return None
    values = {"claimed_by": worker, "claimed_until": moment + lease, "fence": ARRIVAL.c.fence + 1}
    changed = update(ARRIVAL).where(ARRIVAL.c.id == found).values(values).returning(ARRIVAL)
    return arrival_of(connection.execute(changed).one())


def renew(connection: Connection, arrival: Arrival, lease: timedelta) -> bool:
    """Hold a file on; False when another worker has it."""
    changed = update(ARRIVAL).where(ARRIVAL.c.id == arrival.id, ARRIVAL.c.fence == arrival.fence)
    return bool(connection.execute(changed.values(claimed_until=now(connection) + lease)).rowcount)


def let_go(connection: Connection, arrival: Arrival, pause: timedelta | None = None) -> None:
    """Let others claim a file, after a pause."""
    moment = now(connection)
    values = {
        "claimed_by": None,
        "claimed_until": None,
        "not_before": moment + pause if pause is not None else None,
    }
    where = (ARRIVAL.c.id == arrival.id, ARRIVAL.c.fence == arrival.fence)
    connection.execute(update(ARRIVAL).where(*where).values(values))


def change(
    connection: Connection, arrival: Arrival, values: Mapping[str, Any], *, fenced: bool = True
) -> Arrival | None:
    """Set columns of a file that still stands as ``arrival`` says; None when it does not."""
    where = [ARRIVAL.c.id == arrival.id, ARRIVAL.c.state == arrival.state]
    if fenced:
        where.append(ARRIVAL.c.fence == arrival.fence)
    row = connection.execute(update(ARRIVAL).where(and_(*where)).values(values).returning(ARRIVAL)).first()
    return arrival_of(row) if row is not None else None


def own_content(
    connection: Connection, arrival: Arrival, content: Content, *, since: datetime, at: datetime
) -> Arrival | None:
    """
    Make a file the first of its feed with this content; else the file that was before it.

    Of two files at the same moment one waits for the other here. A file that was rejected, or came before ``since``,
    counts for nothing.
    """
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {
        "feed": content.feed,
        "kind": content.kind,
        "digest": content.digest,
        "arrival_id": arrival.id,
        "first_at": at,
    }
    connection.execute(dialect.insert(CONTENT).values(row).on_conflict_do_nothing())
    where = (
        CONTENT.c.feed == content.feed,
        CONTENT.c.kind == content.kind,
        CONTENT.c.digest == content.digest,
    )
    found = connection.execute(select(CONTENT).where(*where).with_for_update()).one()
    if found.arrival_id == arrival.id:
        return None
    first = by_id(connection, found.arrival_id)
    if first is not None and first.state is not State.REJECTED and found.first_at >= since:
        return first
    connection.execute(update(CONTENT).where(*where).values(arrival_id=arrival.id, first_at=at))
    return None


def accepted_shapes(connection: Connection, feed: str, limit: int) -> list[Mapping[str, Any]]:
    """What the newest files of a feed that were loaded look like, the newest first."""
    loaded = (State.LOADED, State.ARCHIVED, State.EXPIRED)
    query = select(ARRIVAL.c.shape).where(ARRIVAL.c.feed == feed, ARRIVAL.c.state.in_(loaded))
    found = connection.execute(query.order_by(ARRIVAL.c.id.desc()).limit(limit)).scalars()
    return [shape for shape in found if shape is not None]


def newest(
    connection: Connection,
    *,
    state: State | None = None,
    feed: str | None = None,
    source: str | None = None,
    limit: int = LISTED_MAX,
) -> list[Arrival]:
    """The newest files, by id."""
    query = select(ARRIVAL).order_by(ARRIVAL.c.id.desc()).limit(limit)
    for column, value in ((ARRIVAL.c.state, state), (ARRIVAL.c.feed, feed), (ARRIVAL.c.source, source)):
        if value is not None:
            query = query.where(column == value)
    return [arrival_of(row) for row in reversed(connection.execute(query).all())]


def changed_since(connection: Connection, moment: datetime) -> list[Arrival]:
    """Files that went on since a moment, by id; those that are only seen left out."""
    query = select(ARRIVAL).where(ARRIVAL.c.changed_at >= moment, ARRIVAL.c.state != State.SEEN)
    return [arrival_of(row) for row in connection.execute(query.order_by(ARRIVAL.c.id).limit(LISTED_MAX))]


def loading(connection: Connection) -> int:
    """How many files wait for a job that has not ended."""
    query = select(func.count()).select_from(ARRIVAL)
    where = (ARRIVAL.c.state == State.LAUNCHED, ~has_ended(ARRIVAL.c.execution_id))
    return int(connection.execute(query.where(*where)).scalar_one())


def outlived(connection: Connection, moment: datetime, limit: int = 1000) -> list[Arrival]:
    """Files whose copies need not be kept any longer."""
    query = select(ARRIVAL).where(
        ARRIVAL.c.keep_until < moment, ARRIVAL.c.state.in_((State.ARCHIVED, State.REJECTED))
    )
    return [arrival_of(row) for row in connection.execute(query.order_by(ARRIVAL.c.id).limit(limit))]


def files_that_came(connection: Connection, since: date) -> dict[tuple[str, date], int]:
    """How many files came of each feed and business date since one; those that were rejected, or went away, do not count."""
    query = (
        select(ARRIVAL.c.feed, ARRIVAL.c.business_date, func.count())
        .where(
            ARRIVAL.c.feed.is_not(None),
            ARRIVAL.c.business_date >= since,
            ARRIVAL.c.state.not_in((State.REJECTED, State.GONE)),
        )
        .group_by(ARRIVAL.c.feed, ARRIVAL.c.business_date)
    )
    return {(feed, day): int(count) for feed, day, count in connection.execute(query)}


def others_of_its_day(connection: Connection, arrival: Arrival) -> int:
    """
    How many files of the same feed and business date go before one: those that came earlier, and those that were checked already.

    What was rejected, or went away, does not count.
    """
    before = or_(ARRIVAL.c.id < arrival.id, ARRIVAL.c.state.in_(_PAST_CHECK))
    query = select(func.count()).where(
        ARRIVAL.c.feed == arrival.feed,
        ARRIVAL.c.business_date == arrival.business_date,
        ARRIVAL.c.id != arrival.id,
        ARRIVAL.c.state.not_in((State.REJECTED, State.GONE)),
        before,
    )
    return int(connection.execute(query).scalar_one())


def kept_expectations(
    connection: Connection, since: date, open_states: Sequence[str]
) -> Sequence[RowMapping]:
    """What is kept of feeds and business dates: since one, and all in ``open_states``."""
    kept = or_(EXPECTED.c.state.in_(open_states), EXPECTED.c.business_date >= since)
    query = select(EXPECTED).where(kept).order_by(EXPECTED.c.feed, EXPECTED.c.business_date)
    return connection.execute(query).mappings().all()


def kept_expectation(connection: Connection, feed: str, day: date) -> RowMapping | None:
    """What is kept of one feed and business date."""
    where = (EXPECTED.c.feed == feed, EXPECTED.c.business_date == day)
    return connection.execute(select(EXPECTED).where(*where)).mappings().first()


def keep_expectation(connection: Connection, row: Mapping[str, Any], *, before: str) -> bool:
    """Keep the new state of a feed and business date; False where it is not, or no longer, as it was ``before``."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(EXPECTED).values(row).on_conflict_do_nothing().returning(EXPECTED.c.feed)
    if before == "expected" and connection.execute(added).first() is not None:
        return True
    where = (
        EXPECTED.c.feed == row["feed"],
        EXPECTED.c.business_date == row["business_date"],
        EXPECTED.c.state == before,
    )
    return connection.execute(update(EXPECTED).where(*where).values(row)).rowcount == 1


def expectations_by_state(connection: Connection) -> dict[str, int]:
    """How many feeds and business dates are in each state."""
    query = select(EXPECTED.c.state, func.count()).group_by(EXPECTED.c.state)
    return {state: int(count) for state, count in connection.execute(query)}


def arrival_of(row: Row[Any]) -> Arrival:
    """A row as its noun."""
    values = {name: row._mapping[name] for name in _NAMES}
    values["state"] = State(values["state"])
    values["held_from"] = State(values["held_from"]) if values["held_from"] else None
    return Arrival(**values)


# Private functions

_PAST_CHECK = (State.CHECKED, State.LAUNCHED, State.LOADED, State.ARCHIVED, State.EXPIRED)

_NAMES = [one.name for one in fields(Arrival)]
