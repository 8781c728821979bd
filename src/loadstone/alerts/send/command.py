"""A command of the house that passes a message on: the message as JSON on standard input."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Literal

from pydantic import Field as Doc

from loadstone.alerts.model import Message
from loadstone.errors import FixSpec, Retry
from loadstone.spec.fields import Part


class CommandChannel(Part):
    """What a command channel says."""

    kind: Literal["command"] = Doc(description="command.")
    run: list[str] = Doc(min_length=1, description="Program and arguments; no shell reads them.")
    timeout_s: float = Doc(30.0, gt=0, le=120, description="Longest time it may take.")


def run_command(channel: CommandChannel, message: Message) -> None:
    """
    Run it; exit code 0 is success, 75 (EX_TEMPFAIL) asks for another try.

    Raises:
        Retry: LS-7505 it took too long, or asks for another try. FixSpec: LS-7506 it cannot start, or fails.
    """
    told = {**message.values, "subject": message.subject, "text": message.text}
    try:
        done = subprocess.run(
            channel.run,
            input=json.dumps(told, ensure_ascii=False, default=str).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=channel.timeout_s,
            env={**os.environ, "LOADSTONE_IDEMPOTENCY_KEY": message.key},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Retry(
            "LS-7505",
            f"{channel.run[0]} did not end within {channel.timeout_s:g} s",
            hints=["it is tried again."],
        ) from error
    except OSError as error:
        raise FixSpec(
            "LS-7506",
            f"{channel.run[0]} cannot be started: {error.strerror}",
            hints=["is it on the worker's PATH, and may its user run it?"],
        ) from error
    said = done.stderr[-500:].decode("utf-8", "replace").strip()
    if done.returncode == os.EX_TEMPFAIL:
        raise Retry("LS-7505", f"{channel.run[0]} asks for another try: {said}", hints=["it is tried again."])
    if done.returncode:
        raise FixSpec(
            "LS-7506",
            f"{channel.run[0]} ended with exit code {done.returncode}: {said}",
            hints=["run it by hand, as the worker's user."],
        )
