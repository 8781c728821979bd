"""What becomes of findings: those that a person has waived are gone, some are noted, and some hold the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.arrivals.model import Arrival, Finding, Hold
from loadstone.sources.policies import Policy


def sorted_out(arrival: Arrival, found: Sequence[Finding], values: Mapping[str, Any]) -> dict[str, Any]:
    """
    The columns that a step changes, with what is only noted among the findings.

    Raises:
        Hold: Something is for a person to decide, and nobody has waived it.
    """
    open_ones = [one for one in found if one.kind not in arrival.waived]
    noted = [one.values() for one in open_ones if one.policy is Policy.WARN]
    kept = {**values, "findings": [*arrival.findings, *(one for one in noted if one not in arrival.findings)]}
    held = [one for one in open_ones if one.policy is Policy.HOLD]
    if held:
        raise Hold(*held, values=kept)
    return kept
