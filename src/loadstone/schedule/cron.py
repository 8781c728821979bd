"""
Due times of a cron expression in a time zone, over changes of daylight saving time.

A schedule at fixed hours fires once a day: a time that does not exist (the hour skipped in spring) fires when
the clock has jumped, a time that comes twice (autumn) fires the first time. A schedule of every hour
(``*`` or ``*/n`` in the hour field) follows elapsed time: it fires in both of the doubled hours, and does not
fire in the skipped one. So says Vixie cron, and so do operators expect it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loadstone.errors import FixSpec

_HOUR = 1
_LONGEST_GAP = timedelta(hours=24)


def check_cron(expression: str, timezone: str) -> None:
    """
    Raises:
        FixSpec: LS-7201 the expression is wrong or never comes true; LS-7202 the time zone is unknown.
    """
    from croniter import CroniterBadDateError, CroniterError, croniter

    zone_of(timezone)
    if len(expression.split()) != 5:
        raise _wrong(expression, "it has five fields: minute, hour, day of month, month, day of week")
    try:
        croniter(expression, datetime(2026, 1, 1)).get_next(datetime)
    except CroniterBadDateError as error:
        raise _wrong(expression, "no date ever fits it") from error
    except (CroniterError, ValueError, KeyError) as error:
        raise _wrong(expression, str(error)) from error


def zone_of(timezone: str) -> ZoneInfo:
    """The time zone of that IANA name; ``FixSpec`` LS-7202 when there is none."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, IsADirectoryError) as error:
        raise FixSpec(
            "LS-7202",
            f"there is no time zone {timezone!r}",
            hints=["names are such as Europe/Berlin or UTC."],
        ) from error


def due_times(expression: str, timezone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """The moments in ``(after, until]`` at which the expression fires, ascending, in UTC."""
    from croniter import CroniterBadDateError, croniter

    zone = zone_of(timezone)
    follows_elapsed = expression.split()[_HOUR].startswith("*")
    start = after.astimezone(zone).replace(tzinfo=None) - _margin(after, zone)
    end = until.astimezone(zone).replace(tzinfo=None) + _margin(until, zone)
    walls = croniter(expression, start)
    found: set[datetime] = set()
    while True:
        try:
            wall = walls.get_next(datetime)
        except CroniterBadDateError:
            break
        if wall > end:
            break
        found.update(_moments(wall, zone, follows_elapsed))
    yield from sorted(moment for moment in found if after < moment <= until)


# Private functions


def _margin(moment: datetime, zone: ZoneInfo) -> timedelta:
    """How far from ``moment`` wall times may map across it: not at all where the clocks stay as they are."""
    around = [moment - _LONGEST_GAP, moment, moment + _LONGEST_GAP]
    offsets = {one.astimezone(zone).utcoffset() for one in around}
    return timedelta(0) if len(offsets) == 1 else _LONGEST_GAP


def _moments(wall: datetime, zone: ZoneInfo, follows_elapsed: bool) -> list[datetime]:
    """The moments at which a wall clock of ``zone`` shows ``wall``, as a schedule counts them."""
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    exists = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    if not exists:
        return [] if follows_elapsed else [_after_gap(first, zone)]
    if follows_elapsed and first.utcoffset() != second.utcoffset():
        return [first.astimezone(UTC), second.astimezone(UTC)]
    return [first.astimezone(UTC)]


def _after_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the clock jumps over a wall time that does not exist: found by halving, to the second."""
    low, high = (wall.astimezone(UTC) - _LONGEST_GAP, wall.astimezone(UTC) + _LONGEST_GAP)
    before = low.astimezone(zone).utcoffset()
    naive = wall.replace(tzinfo=None)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if (
            middle.astimezone(zone).replace(tzinfo=None) < naive
            and middle.astimezone(zone).utcoffset() == before
        ):
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _wrong(expression: str, why: str) -> FixSpec:
    return FixSpec(
        "LS-7201",
        f"cron expression {expression!r}: {why}",
        hints=["for example 30 2 * * 1-5: at 02:30 from Monday to Friday."],
    )
