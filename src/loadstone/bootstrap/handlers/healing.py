"""Remedies of a load: what it does differently in a run after certain faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loadstone.jobs.faults import Action
from loadstone.jobs.healing import LOCK_WAITS_MAX
from loadstone.spec import LoadRequest

CHUNK_SIZE_BYTES = 8 << 20
"""What halving begins with where the request says no chunk size."""

CHUNK_SIZE_BYTES_MIN = 64 << 10
"""Chunks do not get smaller than this."""

STAGING_DAYS = 7
"""Staged sets and marks of loads that ended longer ago may go when the target is full."""


def healed(request: LoadRequest, remedies: Mapping[str, int]) -> LoadRequest:
    """The request with its remedies; what must be cleared in the target is cleared now."""
    halvings = remedies.get(Action.SMALLER_CHUNKS, 0)
    if halvings:
        size_bytes = (request.chunk_size_bytes or CHUNK_SIZE_BYTES) >> halvings
        request = replace(request, chunk_size_bytes=max(CHUNK_SIZE_BYTES_MIN, size_bytes), workers=1)
    if remedies.get(Action.RELEASE_LOCKS, 0) >= LOCK_WAITS_MAX:
        request = replace(request, take_over=True)
    if remedies.get(Action.FREE_STAGING, 0):
        from loadstone.bootstrap.targets import prune

        prune(request.target, request.control_schema, STAGING_DAYS, None)
    return request
