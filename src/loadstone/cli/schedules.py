"""``loadstone schedules``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from loadstone.cli.tables import print_table
from loadstone.cli.texts import read_text
from loadstone.config import current_user, resolve_repository
from loadstone.errors import FixSpec

if TYPE_CHECKING:
    from loadstone.bootstrap.schedules import Schedules


def run_store(arguments: argparse.Namespace) -> int:
    """Keep schedules and calendars."""
    with _schedules(arguments) as schedules:
        names = schedules.store(read_text(arguments.file), arguments.file)
    print_table([{"stored": name} for name in names], as_json=arguments.json)
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """All schedules."""
    with _schedules(arguments) as schedules:
        print_table(schedules.listed(), as_json=arguments.json)
    return 0


def run_calendars(arguments: argparse.Namespace) -> int:
    """All calendars."""
    with _schedules(arguments) as schedules:
        print_table(schedules.calendars(), as_json=arguments.json)
    return 0


def run_ticks(arguments: argparse.Namespace) -> int:
    """The ticks of a schedule."""
    with _schedules(arguments) as schedules:
        print_table(schedules.ticks(arguments.schedule, arguments.limit), as_json=arguments.json)
    return 0


def run_enable(arguments: argparse.Namespace) -> int:
    """Let it fire."""
    return _enable(arguments, True)


def run_disable(arguments: argparse.Namespace) -> int:
    """Let it not fire."""
    return _enable(arguments, False)


def run_backfill(arguments: argparse.Namespace) -> int:
    """Launch, or show, what never had a tick."""
    start, end = _moment(arguments.start), _moment(arguments.end)
    if end < start:
        raise FixSpec("LS-7209", "--to is before --from", hints=["give the earlier moment as --from."])
    with _schedules(arguments) as schedules:
        due = schedules.backfill(arguments.schedule, start, end, preview=arguments.preview)
    print_table([{"due_at": at} for at in due], as_json=arguments.json)
    return 0


# Private functions


@contextmanager
def _schedules(arguments: argparse.Namespace) -> Iterator[Schedules]:
    from loadstone.bootstrap.schedules import open_schedules

    schedules = open_schedules(
        resolve_repository(arguments.repository), actor=arguments.actor or current_user()
    )
    try:
        yield schedules
    finally:
        schedules.close()


def _enable(arguments: argparse.Namespace, enabled: bool) -> int:
    with _schedules(arguments) as schedules:
        schedules.enable(arguments.schedule, enabled)
    print_table([{"schedule": arguments.schedule, "enabled": enabled}], as_json=arguments.json)
    return 0


def _moment(text: str) -> datetime:
    """A moment; without an offset it is local time."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise FixSpec(
            "LS-7209", f"{text!r} is no moment", hints=["for example 2026-11-01T00:00+01:00."]
        ) from error
