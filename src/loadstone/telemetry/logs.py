"""Events as log lines on standard error: for people, or one JSON object a line."""

from __future__ import annotations

import logging
import sys
from typing import Any

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
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
