"""What arrivals are given by whoever puts them together: the registry, ways to places outside, our folder, the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from loadstone.arrivals.store import Store
from loadstone.clock import Clock, SystemClock
from loadstone.connections.transports.model import Entry, Transport
from loadstone.database.open import Database
from loadstone.schedule import repository as schedules
from loadstone.schedule.calendar import EVERY_DAY, Calendar, Roll
from loadstone.sources import registry, repository
from loadstone.sources.check import Known
from loadstone.sources.model import Feed, SourceSystem

LEASE = timedelta(minutes=1)
"""How long a file is a worker's without a sign of life."""

RENEW_S = LEASE.total_seconds() / 5
"""Seconds between two signs of life while a file is read."""

LOAD_JOB = "load-file"
"""The built-in job that loads a file; a feed may name another one."""


class Outside(Protocol):
    """Ways to places outside."""

    def open(self, connection: str) -> Transport:
        """The transport of a connection of the configuration."""
        ...

    def is_local(self, connection: str) -> bool:
        """Whether its times are those of this machine's clock."""
        ...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """
    Attributes:
        worker: Who claims files, for the audit trail. lease: how long a file is a worker's without a sign of life.
    """

    database: Database
    outside: Outside
    store: Store
    clock: Clock = field(default_factory=SystemClock)
    worker: str = "arrivals"
    lease: timedelta = LEASE
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    def now(self) -> datetime:
        """The clock's time in UTC."""
        return self.clock.now().astimezone(UTC)

    def registry(self) -> Known:
        """The registry as it is now; it is read anew when it has changed."""
        with self.database.read() as connection:
            stamp = repository.stamp(connection)
            if self._read.get("stamp") != stamp:
                self._read.update(stamp=stamp, known=registry.known(connection))
        known: Known = self._read["known"]
        return known

    def calendar(self, feed: Feed, source: SourceSystem | None) -> Calendar:
        """The business days of a feed; its own, its system's, or every day."""
        name = feed.calendar or (source.calendar if source is not None else None)
        with self.database.read() as connection:
            return schedules.calendar(connection, name) or EVERY_DAY

    def business_date(self, feed: Feed, source: SourceSystem | None) -> date:
        """The business date of a file whose name has none: the day it is there, or the business day before."""
        zone = ZoneInfo(timezone_of(feed, source))
        day = self.now().astimezone(zone).date()
        return self.calendar(feed, source).rolled(day, Roll.PRECEDING) or day


def timezone_of(feed: Feed, source: SourceSystem | None) -> str:
    """The time zone of a feed's times."""
    own = feed.sla.timezone if feed.sla is not None else None
    return own or (source.timezone if source is not None else "UTC")


def place_of(connection: str, folder: str) -> str:
    """A place as it is stored."""
    return f"{connection.lower()}:{'/'.join(part for part in folder.split('/') if part not in ('', '.'))}"


def parts_of_place(place: str) -> tuple[str, str]:
    """Connection and folder of a place."""
    connection, _, folder = place.partition(":")
    return connection, folder


def version_of(entry: Entry) -> str:
    """What changes when the bytes do, as far as the place tells."""
    if entry.id is not None:
        return entry.id
    moment = entry.modified_at.isoformat() if entry.modified_at is not None else ""
    return f"{entry.size_bytes}-{moment}"
