"""Notifications, put together: rules and channels of the configuration over the outbox of the repository."""

from __future__ import annotations

import uuid
from typing import Any

from loadstone.alerts import collect, repository
from loadstone.alerts.channels import channels_of
from loadstone.alerts.collect import Pace
from loadstone.alerts.deliver import Send, acknowledge, deliver
from loadstone.alerts.model import Message, Notice, NoticeRule
from loadstone.alerts.rules import default_rules, rules_of
from loadstone.bootstrap.repository import open_repository
from loadstone.config import section
from loadstone.database.open import Database
from loadstone.errors import FixSpec


class Notifications:
    """The notices of a repository, as one person (``actor``) sees and answers them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor

    def listed(self, *, every: bool, limit: int) -> list[dict[str, Any]]:
        """Notices, the latest first."""
        with self._database.read() as connection:
            return repository.listed(connection, every=every, limit=limit)

    def acknowledge(self, notice_id: int) -> Notice:
        """Say that ``actor`` looks after it."""
        return acknowledge(self._database, notice_id, actor=self._actor)

    def close(self) -> None:
        """Close the repository."""
        self._database.close()


class Herald:
    """What a worker does about notifications: collect, escalate, deliver."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rules, self._channels, self._pace = rules(), channels(), pace()

    def tell(self) -> None:
        """One round; a worker calls it from a thread of its own, so that no job waits for a mail server."""
        collect.collect(self._database, self._rules, self._pace)
        collect.escalate(self._database)
        deliver(self._database, self._channels)


def rules() -> tuple[NoticeRule, ...]:
    """The rules of the configuration; where it has none, those that come with the program."""
    own = section("notifications").get("rules")
    return default_rules() if own is None else rules_of(own)


def channels() -> dict[str, Send]:
    """The channels of the configuration."""
    return channels_of(section("notifications").get("channels", {}))


def pace() -> Pace:
    """How often people are told. ``FixSpec`` LS-7501 for what is no number of seconds."""
    values = {name: section("notifications").get(name) for name in ("group_s", "repeat_s")}
    for name, value in values.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise FixSpec("LS-7501", f"notifications.{name} must be a number of seconds, 0 or more")
    return Pace(**{name: float(value) for name, value in values.items() if value is not None})


def test(channel: str) -> str:
    """
    Send a message that says it is a test; its idempotency key.

    Raises:
        FixSpec: LS-7504 there is no such channel. Others: as the channel.
    """
    known = channels()
    if channel not in known:
        raise FixSpec(
            "LS-7504",
            f"there is no channel {channel}",
            hints=[f"notifications.channels has these: {', '.join(sorted(known)) or 'none'}."],
        )
    key = f"test-{uuid.uuid4().hex}"
    fact = "this is a test of Loadstone's notifications; nothing has happened"
    message = Message(
        key=key,
        subject=f"[info] {fact}",
        text=f"{fact}.\n\nWhere: channel {channel}\n\nNext:\n1. nothing is to be done.\n",
        values={"severity": "info", "fact": fact, "place": f"channel {channel}", "test": True, "key": key},
    )
    known[channel](message)
    return key


def open_notifications(url: str, *, actor: str) -> Notifications:
    """The notices of the repository at ``url``."""
    return Notifications(open_repository(url), actor)
