"""Names in a spec against names in a catalogue: any case unless quoted."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.errors import FixSpec


def match_name(name: str, candidates: Sequence[str], *, quoted: bool, what: str) -> str | None:
    """
    The candidate that ``name`` means, or None.

    Raises:
        FixSpec: Several candidates differ in case only and none equals ``name``.
    """
    if name in candidates:
        return name
    if quoted and name != name.upper():
        return None
    found = [c for c in candidates if c.upper() == name.upper()]
    if len(found) > 1:
        raise FixSpec(
            "LS-3002",
            f"{what} {name} is ambiguous: {', '.join(sorted(found))}",
            hints=["quote the name as the target writes it."],
        )
    return found[0] if found else None
