"""Business-day calendars: weekends, public holidays, days of one's own; and how a date rolls to a business day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from pydantic import Field as Doc

from loadstone.errors import FixSpec
from loadstone.spec.fields import Part

SEARCH_DAYS_MAX = 60
"""Days within which a business day must be found; beyond it the calendar is surely wrong."""


class Roll(StrEnum):
    """What happens to a date that is no business day."""

    NONE = "none"
    SKIP = "skip"
    PRECEDING = "preceding"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified_following"


class Calendar(Part):
    """Which days are business days."""

    name: str = Doc(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$", description="Name of the calendar.")
    country: str | None = Doc(
        None, description="ISO code of the country whose public holidays count, such as DE."
    )
    subdivision: str | None = Doc(None, description="Its part, such as BY.")
    market: str | None = Doc(None, description="Market whose holidays count, such as ECB (TARGET2) or NYSE.")
    weekend: tuple[int, ...] = Doc((6, 7), description="ISO numbers of the days of a weekend; Monday is 1.")
    closed: tuple[date, ...] = Doc((), description="More days that are no business days.")
    open: tuple[date, ...] = Doc((), description="Days that are business days whatever else says.")

    def is_business_day(self, day: date) -> bool:
        """Whether business is done on ``day``."""
        if day in self.open:
            return True
        return (
            day.isoweekday() not in self.weekend
            and day not in self.closed
            and day not in _holidays(self, day.year)
        )

    def rolled(self, day: date, roll: Roll) -> date | None:
        """
        The date that ``day`` rolls to; None when it is skipped.

        ``MODIFIED_FOLLOWING`` is the next business day unless that is in the next month, then the one before.

        Raises:
            FixSpec: LS-7203 the calendar has no business day within 60 days.
        """
        if roll is Roll.NONE or self.is_business_day(day):
            return day
        if roll is Roll.SKIP:
            return None
        if roll is Roll.PRECEDING:
            return self._search(day, -1)
        following = self._search(day, 1)
        if roll is Roll.MODIFIED_FOLLOWING and following.month != day.month:
            return self._search(day, -1)
        return following

    def shifted(self, day: date, business_days: int) -> date:
        """The business day so many after ``day`` (before it, when negative); ``day`` itself for 0."""
        step = 1 if business_days > 0 else -1
        for _ in range(abs(business_days)):
            day = self._search(day, step)
        return day

    # Private methods

    def _search(self, day: date, step: int) -> date:
        for days in range(1, SEARCH_DAYS_MAX + 1):
            found = day + timedelta(days=step * days)
            if self.is_business_day(found):
                return found
        raise FixSpec(
            "LS-7203",
            f"calendar {self.name} has no business day within {SEARCH_DAYS_MAX} days of {day}",
            hints=["look at its weekend and its closed days."],
        )


EVERY_DAY = Calendar(name="every-day", weekend=())
"""The calendar of a schedule that names none."""


def check_calendar(calendar: Calendar) -> Calendar:
    """
    ``calendar`` itself when its country and market are known.

    Raises:
        FixSpec: LS-7204 names the one that is not.
    """
    try:
        _holidays(calendar, 2026)
    except (NotImplementedError, KeyError) as error:
        raise FixSpec(
            "LS-7204",
            f"calendar {calendar.name}: {error.args[0] if error.args else error}",
            hints=["country takes ISO codes such as DE, market codes such as ECB or NYSE."],
        ) from error
    return calendar


# Private functions


def _holidays(calendar: Calendar, year: int) -> frozenset[date]:
    return _known(calendar.country, calendar.subdivision, calendar.market, year)


@lru_cache(maxsize=256)
def _known(country: str | None, subdivision: str | None, market: str | None, year: int) -> frozenset[date]:
    import holidays

    found: set[date] = set()
    if country is not None:
        found.update(_dates(holidays.country_holidays(country, subdiv=subdivision, years=year)))
    if market is not None:
        found.update(_dates(holidays.financial_holidays(market, years=year)))
    return frozenset(found)


def _dates(days: Iterable[date]) -> Iterable[date]:
    return list(days)
