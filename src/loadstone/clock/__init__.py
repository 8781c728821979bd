"""The one source of the current time, so that tests can set it."""

from loadstone.clock.model import Clock, FixedClock, SystemClock

__all__ = ["Clock", "FixedClock", "SystemClock"]
