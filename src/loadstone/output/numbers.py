"""
Numbers of outgoing files: the next one for each file id, in the repository.

A number belongs to the run that drew it until its file is there. A run that is started anew after a crash (the same spec, rows
and variables) gets the number that it had; another one gets the next. So no number is given twice, and one is left out
only where a run is never finished.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from loadstone.database.open import Database, now
from loadstone.errors import FixSpec, Refused
from loadstone.output.model import OutputSpec, Request, Sequence
from loadstone.output.tables import NUMBER

_ATTEMPTS_MAX = 100
"""So many others may draw at the same time and be first."""


def key_of(request: Request) -> str:
    """What tells one file from the next of the same id: its spec, rows and variables."""
    given = {name: str(value) for name, value in sorted(request.variables.items())}
    told = json.dumps([request.spec.model_dump(mode="json"), request.source, given, request.run])
    return hashlib.sha256(told.encode()).hexdigest()


def draw(database: Database, request: Request) -> int:
    """
    The number of a file.

    Raises:
        FixSpec: LS-8005 the numbers begin anew with each business date, and there is none.
        Refused: LS-8017 all numbers have been drawn.
    """
    wanted, period = _wanted(request.spec), period_of(request)
    for _ in range(_ATTEMPTS_MAX):
        try:
            return _drawn(database, wanted, period, key_of(request))
        except IntegrityError:
            continue  # another one was first
    raise Refused("LS-8017", f"too many draw numbers of {wanted.id} at the same time", hints=["try again."])


def settle(connection: Connection, request: Request, number: int) -> None:
    """The file of a number is there, and delivered where it is to be: the next run draws another one."""
    wanted = _wanted(request.spec)
    one = (
        NUMBER.c.file_id == wanted.id,
        NUMBER.c.period == period_of(request),
        NUMBER.c.number == number,
    )
    connection.execute(update(NUMBER).where(*one).values(settled_at=now(connection)))


def period_of(request: Request) -> str:
    """Within which its number is its own: empty, a year, a month or a day of business dates."""
    wanted = _wanted(request.spec)
    if wanted.restart == "never":
        return ""
    day = request.variables.get("business_date")
    if not isinstance(day, date):
        raise FixSpec(
            "LS-8005",
            f"numbers of {wanted.id} begin anew each {wanted.restart}, and there is no business date",
            hints=["give it: --business-date YYYY-MM-DD"],
        )
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[wanted.restart]]


# Private functions


def _wanted(spec: OutputSpec) -> Sequence:
    assert spec.sequence is not None, "only a spec with a sequence draws numbers"
    return spec.sequence


def _drawn(database: Database, wanted: Sequence, period: str, key: str) -> int:
    of_period = (NUMBER.c.file_id == wanted.id, NUMBER.c.period == period)
    with database.write() as connection:
        mine = select(NUMBER.c.number).where(
            *of_period, NUMBER.c.drawn_for == key, NUMBER.c.settled_at.is_(None)
        )
        found = connection.execute(mine.order_by(NUMBER.c.number)).scalars().first()
        if found is not None:
            return int(found)
        last = connection.execute(select(func.max(NUMBER.c.number)).where(*of_period)).scalar()
        number = wanted.first if last is None else max(int(last) + 1, wanted.first)
        if wanted.last is not None and number > wanted.last:
            raise Refused(
                "LS-8017",
                f"number {wanted.last:,} of {wanted.id} was the last one"
                + (f" of {period}" if period else ""),
                hints=["a larger `last`, or `restart`, gives more.", "--define sequence=N takes one again."],
            )
        connection.execute(
            insert(NUMBER).values(
                file_id=wanted.id, period=period, number=number, drawn_for=key, drawn_at=now(connection)
            )
        )
        return number
