"""What the environment says about the characters of control files."""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.sqlldr.encoding import Locale


def control_locale(variables: Mapping[str, str]) -> Locale:
    """The set of NLS_LANG among the environment's ``variables``, and a guess by the bytes where it names none."""
    return Locale(charset=variables.get("NLS_LANG", "").partition(".")[2].strip() or None, likely=_likely)


# Private functions


def _likely(sample: bytes) -> str | None:
    # The guess takes half a second to import, and few files need it.
    from loadstone.detect.likely import likely_charset

    return likely_charset(sample)
