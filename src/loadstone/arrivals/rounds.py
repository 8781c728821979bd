"""Make the round of all places: each as often as its feeds say, and one that does not answer keeps no other waiting."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from loadstone.arrivals.surroundings import Surroundings, place_of
from loadstone.arrivals.watch import Look, look, places
from loadstone.errors import LoadstoneError
from loadstone.sources.check import Known
from loadstone.sources.model import Feed

log = structlog.get_logger("loadstone.arrivals")


class Rounds:
    """Knows when each place was looked at; of one process."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._due_s: dict[tuple[str, str], float] = {}

    def make(self, *, all_places: bool = False) -> list[Look]:
        """Look at the places whose time has come, or at all."""
        known, now_s = self._around.registry(), self._around.clock.monotonic()
        found = []
        for place, feeds in places(known).items():
            if all_places or now_s >= self._due_s.get(place, now_s):
                self._due_s[place] = now_s + min(feed.pickup.every_s for feed in feeds)
                found.append(self._look(known, place, feeds))
        return found

    # Private methods

    def _look(self, known: Known, place: tuple[str, str], feeds: Sequence[Feed]) -> Look:
        try:
            return look(self._around, known, *place, feeds)
        except LoadstoneError as error:
            log.warning("place.failed", place=place_of(*place), code=error.code, message=error.message)
            return Look(place_of(*place), trouble=error)
