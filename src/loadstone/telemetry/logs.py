"""Events as log lines on standard error: for people, or one JSON object a line."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog


def log_to_stderr(*, as_json: bool, level: int = logging.INFO) -> None:
    """Every ``structlog`` event from ``level`` on, with its time in UTC."""
    last: Any = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Undisturbed())),
        cache_logger_on_first_use=False,
    )


# Private functions


class _Undisturbed:
    """Standard error, where lines get lost that cannot be written: no work stops because its log has no room."""

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
