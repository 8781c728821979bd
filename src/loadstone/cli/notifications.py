"""``loadstone notifications``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from loadstone.cli.tables import print_table
from loadstone.config import current_user, resolve_repository

if TYPE_CHECKING:
    from loadstone.bootstrap.notifications import Notifications


def run_list(arguments: argparse.Namespace) -> int:
    """Notices."""
    with _notifications(arguments) as notifications:
        rows = notifications.listed(every=arguments.all, limit=arguments.limit)
    print_table(rows, as_json=arguments.json)
    return 0


def run_rules(arguments: argparse.Namespace) -> int:
    """The rules that hold, and whether their recipients have channels."""
    from loadstone.bootstrap.notifications import channels, rules

    known = channels()
    rows = [
        {
            "rule": rule.name,
            "topics": ", ".join(rule.topics),
            "severity": rule.severity,
            "after_s": level.after_s,
            "tell": ", ".join(one if one in known else f"{one} (no channel)" for one in level.tell),
        }
        for rule in rules()
        for level in rule.levels
    ]
    print_table(rows, as_json=arguments.json)
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """Send a message that says it is a test."""
    from loadstone.bootstrap.notifications import test

    key = test(arguments.channel)
    print_table([{"channel": arguments.channel, "sent": key}], as_json=arguments.json)
    return 0


def run_acknowledge(arguments: argparse.Namespace) -> int:
    """Say that one looks after it."""
    with _notifications(arguments) as notifications:
        notice = notifications.acknowledge(arguments.notice)
    print_table(
        [{"notice": notice.id, "state": str(notice.state), "acknowledged_by": notice.acknowledged_by}],
        as_json=arguments.json,
    )
    return 0


# Private functions


@contextmanager
def _notifications(arguments: argparse.Namespace) -> Iterator[Notifications]:
    from loadstone.bootstrap.notifications import open_notifications

    url = resolve_repository(arguments.repository)
    notifications = open_notifications(url, actor=arguments.actor or current_user())
    try:
        yield notifications
    finally:
        notifications.close()
