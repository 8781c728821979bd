"""The channels of the configuration, by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError

from loadstone.alerts.deliver import Send
from loadstone.alerts.send.command import CommandChannel, run_command
from loadstone.alerts.send.mail import MailChannel, send_mail
from loadstone.alerts.send.webhook import WebhookChannel, post_webhook
from loadstone.errors import FixSpec

KINDS: Mapping[str, tuple[Any, Any]] = {
    "smtp": (MailChannel, send_mail),
    "webhook": (WebhookChannel, post_webhook),
    "command": (CommandChannel, run_command),
}
"""Kinds of channels: what each says, and what sends by it."""


def channels_of(values: Mapping[str, Any]) -> dict[str, Send]:
    """
    Channels of plain values, by name.

    Raises:
        FixSpec: LS-7502 names every fault.
    """
    found: dict[str, Send] = {}
    faults: list[str] = []
    for name, value in values.items():
        kind = value.get("kind") if isinstance(value, Mapping) else None
        if not isinstance(kind, str) or kind not in KINDS:
            faults.append(f"channel {name}: kind must be one of {', '.join(KINDS)}")
            continue
        model, send = KINDS[kind]
        try:
            found[name] = partial(send, model.model_validate(dict(value)))
        except ValidationError as error:
            faults += [f"channel {name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    if faults:
        raise FixSpec("LS-7502", "; ".join(faults), hints=["the settings page lists what a channel may say."])
    return found
