"""Every query of dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from loadstone.database.open import now
from loadstone.deadletters.model import FoundRecord, Letter, LetterState, Origin, Replay
from loadstone.deadletters.tables import LETTER, ORIGIN, REPLAY

ADD_MAX = 500
"""Letters of one statement: their bytes are in memory meanwhile."""


def add_origin(connection: Connection, origin: Origin) -> int:
    """The origin's id, made where it is missing."""
    row = {
        "load_id": origin.load_id,
        "target": origin.target,
        "request": dict(origin.request),
        "execution_id": origin.execution_id,
        "collected_at": now(connection),
    }
    connection.execute(_insert(connection, ORIGIN, row))
    where = (ORIGIN.c.load_id == origin.load_id, ORIGIN.c.target == origin.target)
    return int(connection.execute(select(ORIGIN.c.id).where(*where)).scalar_one())


def add(connection: Connection, origin_id: int, found: Sequence[FoundRecord]) -> int:
    """New letters; those that are there already stay as they are. How many are new."""
    made, moment = 0, now(connection)
    for record in found:
        row = {
            **vars(record),
            "origin_id": origin_id,
            "state": LetterState.OPEN,
            "attempts": 0,
            "changed_at": moment,
        }
        made += len(connection.execute(_insert(connection, LETTER, row).returning(LETTER.c.id)).all())
    return made


def origin(connection: Connection, origin_id: int) -> Origin:
    """The origin with this id, which exists."""
    row = connection.execute(select(ORIGIN).where(ORIGIN.c.id == origin_id)).one()
    return Origin(load_id=row.load_id, target=row.target, request=row.request, execution_id=row.execution_id)


def listed(
    connection: Connection,
    *,
    state: LetterState | None = None,
    load: str | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Letter]:
    """Letters by id, at most ``limit``; of one state, of loads whose id begins with ``load``."""
    query = _select().where(LETTER.c.id > after).order_by(LETTER.c.id).limit(limit)
    if state is not None:
        query = query.where(LETTER.c.state == state)
    if load is not None:
        query = query.where(ORIGIN.c.load_id.startswith(load, autoescape=True))
    return [_letter(row) for row in connection.execute(query)]


def by_ids(connection: Connection, ids: Sequence[int], *, lock: bool = False) -> list[Letter]:
    """The letters with these ids that exist, by id; with ``lock`` nobody changes them until the transaction ends."""
    query = _select().where(LETTER.c.id.in_(ids)).order_by(LETTER.c.id)
    rows = connection.execute(query.with_for_update(of=LETTER) if lock else query)
    return [_letter(row) for row in rows]


def of_replay(connection: Connection, replay_id: int) -> list[Letter]:
    """The letters of a replay, in its order."""
    query = _select().where(LETTER.c.replay_id == replay_id).order_by(LETTER.c.replay_no)
    return [_letter(row) for row in connection.execute(query)]


def change(connection: Connection, letter_id: int, **values: Any) -> None:
    """Set columns of a letter."""
    values = {**values, "changed_at": now(connection)}
    connection.execute(update(LETTER).where(LETTER.c.id == letter_id).values(values))


def add_replay(connection: Connection, origin_id: int, path: str, actor: str) -> int:
    """A new replay's id."""
    row = {
        "origin_id": origin_id,
        "state": "running",
        "path": path,
        "begun_at": now(connection),
        "begun_by": actor,
    }
    return int(connection.execute(insert(REPLAY).values(row).returning(REPLAY.c.id)).scalar_one())


def replay(connection: Connection, replay_id: int, *, lock: bool = False) -> Replay | None:
    """A replay."""
    query = select(REPLAY).where(REPLAY.c.id == replay_id)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return _replay(row) if row else None


def running_replays(connection: Connection) -> list[Replay]:
    """Replays whose process died or is still at work."""
    return [_replay(row) for row in connection.execute(select(REPLAY).where(REPLAY.c.state == "running"))]


def end_replay(connection: Connection, replay_id: int, load_id: str, loaded: int) -> None:
    """Store what the load of a replay did."""
    values = {"state": "ended", "load_id": load_id, "loaded": loaded, "ended_at": now(connection)}
    connection.execute(update(REPLAY).where(REPLAY.c.id == replay_id).values(values))


# Private functions


def _insert(connection: Connection, table: Any, row: dict[str, Any]) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).values(row).on_conflict_do_nothing()


def _select() -> Any:
    return select(LETTER, ORIGIN.c.load_id, ORIGIN.c.target).join_from(LETTER, ORIGIN)


def _letter(row: Row[Any]) -> Letter:
    return Letter(**{**dict(row._mapping), "state": LetterState(row.state)})


def _replay(row: Row[Any]) -> Replay:
    return Replay(
        id=row.id,
        origin_id=row.origin_id,
        state=row.state,
        path=row.path,
        load_id=row.load_id,
        loaded=row.loaded,
    )
