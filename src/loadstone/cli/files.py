"""``loadstone files``."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from loadstone.cli.sources import print_document
from loadstone.cli.tables import json_text, print_table
from loadstone.config import current_user, resolve_repository

if TYPE_CHECKING:
    from loadstone.bootstrap.arrivals import Files, Polled

QUIET_S = 1.0
"""Seconds between two rounds of ``files watch``; a place is looked at when its own time has come."""

SHOWN = ("file", "name", "state", "reason", "feed", "business_date", "loaded", "rejected")
"""Columns of a list on a terminal; JSON has all."""

SHOWN_DUE = ("feed", "business_date", "state", "files", "files_min", "late_at", "closes_at")
"""Columns of a list of what is due."""


def run_list(arguments: argparse.Namespace) -> int:
    """Files."""
    with opened(arguments) as files:
        rows = files.listed(
            state=arguments.state, feed=arguments.feed, source=arguments.source, limit=arguments.limit
        )
    print_files(rows, as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Each with its history."""
    with opened(arguments) as files:
        for number in arguments.files:
            values = files.show(number)
            print(json_text(values)) if arguments.json else print_document(_plain(values), as_json=False)
    return 0


def run_release(arguments: argparse.Namespace) -> int:
    """Let them go on."""
    with opened(arguments) as files:
        print_files(
            [files.release(one, arguments.because) for one in arguments.files], as_json=arguments.json
        )
    return 0


def run_reject(arguments: argparse.Namespace) -> int:
    """Take them out."""
    with opened(arguments) as files:
        print_files([files.reject(one, arguments.because) for one in arguments.files], as_json=arguments.json)
    return 0


def run_expected(arguments: argparse.Namespace) -> int:
    """What is due; 1 while anything is late or missing."""
    with opened(arguments) as files:
        rows = files.expected(feed=arguments.feed, overdue=arguments.overdue)
    print_table(
        rows if arguments.json else [{name: row[name] for name in SHOWN_DUE} for row in rows],
        as_json=arguments.json,
    )
    return 1 if any(row["state"] in ("late", "missing") for row in rows) else 0


def run_excuse(arguments: argparse.Namespace) -> int:
    """Nothing will come."""
    with opened(arguments) as files:
        row = files.excuse(arguments.feed, date.fromisoformat(arguments.date), arguments.because)
    print_table([row if arguments.json else {name: row[name] for name in SHOWN_DUE}], as_json=arguments.json)
    return 0


def run_poll(arguments: argparse.Namespace) -> int:
    """One round; 1 when a place could not be looked at."""
    with opened(arguments) as files:
        polled = files.poll(run_loads=not arguments.no_load)
    _tell(polled, as_json=arguments.json)
    return 1 if any(look.trouble for look in polled.looks) else 0


def run_watch(arguments: argparse.Namespace) -> int:
    """Round after round, until Ctrl-C or SIGTERM; a round that has begun is ended."""
    import signal

    stop = threading.Event()
    before = [
        (number, signal.signal(number, lambda *_: stop.set())) for number in (signal.SIGINT, signal.SIGTERM)
    ]
    try:
        with opened(arguments) as files:
            while not stop.is_set():
                polled = files.poll(all_places=False, run_loads=not arguments.no_load)
                if polled.files or any(look.trouble for look in polled.looks):
                    _tell(polled, as_json=arguments.json)
                stop.wait(QUIET_S)
    finally:
        for number, handler in before:
            signal.signal(number, handler)
    return 0


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Files]:
    """The files of the repository that the command names."""
    from loadstone.bootstrap.arrivals import open_files

    url = resolve_repository(arguments.repository)
    files = open_files(url, actor=arguments.actor or current_user())
    try:
        yield files
    finally:
        files.close()


def print_files(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """A list."""
    print_table(rows if as_json else [{name: row[name] for name in SHOWN} for row in rows], as_json=as_json)


# Private functions


def _tell(polled: Polled, *, as_json: bool) -> None:
    from loadstone.bootstrap.arrivals import row
    from loadstone.cli.show import show_error

    print_files([row(one) for one in polled.files], as_json=as_json)
    for look in polled.looks:
        if look.trouble is not None:
            show_error(look.trouble, as_json=False)
        for name, why in look.waiting.items():
            print(f"waiting: {look.place} {name}: {why}", file=sys.stderr)
    sys.stdout.flush()


def _plain(values: Any) -> Any:
    """Moments and dates as text, for YAML."""
    import json

    return json.loads(json_text(values))
