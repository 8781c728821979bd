"""Oracle date masks compile to programs of integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.languages import DAYS, MERIDIANS, MONTHS, language_names
from loadstone.errors import FixSpec

YEAR4, YEAR3, YEAR2, YEAR1, RR, RRRR, SYEAR, YEAR_COMMA = 1, 2, 3, 4, 5, 6, 7, 8
MONTH, MON, MONTH_NAME, DAY, DAY_OF_YEAR, DAY_NAME, DY, DAY_OF_WEEK, JULIAN = (
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
)
HOUR24, HOUR12, MINUTE, SECOND, SECONDS_OF_DAY, FRACTION, RADIX = 20, 21, 22, 23, 24, 25, 26
MERIDIAN, ERA, ZONE_HOUR, ZONE_MINUTE, ZONE_NAME = 30, 31, 32, 33, 34
PUNCTUATION, TEXT, ROMAN = 40, 41, 42

FX_FLAG = 1 << 8
"""Added to an element's argument while FX is on."""

FM_FLAG = 1 << 9
"""Added while FM is on, too: FX then lets numbers go without leading zeros."""

_ELEMENTS = {
    "SYYYY": SYEAR,
    "YYYY": YEAR4,
    "YYY": YEAR3,
    "YY": YEAR2,
    "Y": YEAR1,
    "RRRR": RRRR,
    "RR": RR,
    "Y,YYY": YEAR_COMMA,
    "MONTH": MONTH_NAME,
    "MON": MON,
    "MM": MONTH,
    "RM": ROMAN,
    "DDD": DAY_OF_YEAR,
    "DD": DAY,
    "DAY": DAY_NAME,
    "DY": DY,
    "D": DAY_OF_WEEK,
    "J": JULIAN,
    "HH24": HOUR24,
    "HH12": HOUR12,
    "HH": HOUR12,
    "MI": MINUTE,
    "SSSSS": SECONDS_OF_DAY,
    "SS": SECOND,
    "X": RADIX,
    "AM": MERIDIAN,
    "PM": MERIDIAN,
    "A.M.": MERIDIAN,
    "P.M.": MERIDIAN,
    "AD": ERA,
    "BC": ERA,
    "A.D.": ERA,
    "B.C.": ERA,
    "TZH": ZONE_HOUR,
    "TZM": ZONE_MINUTE,
    "TZR": ZONE_NAME,
    "TZD": ZONE_NAME,
    "FF": FRACTION,
    **{f"FF{n}": FRACTION for n in range(1, 10)},
}
_ORDER = sorted(_ELEMENTS, key=len, reverse=True)
_EXPANSIONS = {"DS": "MM/DD/YYYY", "DL": "fmDay, Month DD, YYYY", "TS": "HH:MI:SS AM"}
_OUTPUT_ONLY = (
    "IYYY",
    "IYY",
    "IY",
    "IW",
    "WW",
    "W",
    "Q",
    "CC",
    "SCC",
    "EE",
    "E",
    "YEAR",
    "SYEAR",
    "SP",
    "TH",
    "SPTH",
    "I",
)
_DIGITS = {
    YEAR4: 4,
    YEAR3: 3,
    YEAR2: 2,
    YEAR1: 1,
    RR: 2,
    RRRR: 4,
    SYEAR: 4,
    YEAR_COMMA: 4,
    MONTH: 2,
    DAY: 2,
    DAY_OF_YEAR: 3,
    DAY_OF_WEEK: 1,
    JULIAN: 7,
    HOUR24: 2,
    HOUR12: 2,
    MINUTE: 2,
    SECOND: 2,
    SECONDS_OF_DAY: 5,
    ZONE_HOUR: 2,
    ZONE_MINUTE: 2,
    FRACTION: 9,
}
_GROUPS = (
    (range(YEAR4, YEAR_COMMA + 1), "the year may be given once only (ORA-01812)"),
    ((MONTH, MON, MONTH_NAME, ROMAN), "the month may be given once only (ORA-01816)"),
    ((DAY_NAME, DY, DAY_OF_WEEK), "the day of the week may be given once only (ORA-01817)"),
    ((HOUR24, HOUR12), "the hour may be given once only (ORA-01813)"),
    ((JULIAN, DAY_OF_YEAR), "J precludes DDD (ORA-01811)"),
    ((HOUR24, MERIDIAN), "HH24 precludes AM and PM (ORA-01818)"),
    ((SYEAR, ERA), "SYYYY precludes AD and BC (ORA-01819)"),
)
"""Elements that exclude each other."""


@dataclass(frozen=True, eq=False)
class MaskProgram:
    """
    A compiled mask.

    Attributes:
        steps: int64[elements, 3]: element, argument (flags of FX and FM; pool offset of a TEXT or the
            character of a PUNCTUATION), digits at most (bytes of a TEXT).
        pool: Upper-case quoted texts. names: upper-case names of months (12 + 12 short) and days (7 + 7
            short), then AM and PM, as int64[40, 2] offsets and lengths in ``name_pool``.
        quick: Whether the mask is digits at fixed places, with their places in ``quick_at``.
    """

    text: str
    steps: NDArray[np.int64]
    pool: bytes
    names: NDArray[np.int64]
    name_pool: bytes
    quick_at: NDArray[np.int64]


@lru_cache(maxsize=256)
def compile_mask(mask: str, language: str = "AMERICAN") -> MaskProgram:
    """
    The program of ``mask``.

    Raises:
        FixSpec: LS-5101 an element that no input mask may hold, with its column in the mask.
    """
    steps: list[tuple[int, int, int]] = []
    pool = bytearray()
    exact, fill, at = 0, 0, 0
    text = mask
    while at < len(text):
        upper = text[at:].upper()
        if text[at] == '"':
            close = text.find('"', at + 1)
            if close < 0:
                raise _wrong(mask, at, "a quoted text without its end")
            quoted = text[at + 1 : close].upper().encode()
            steps.append((TEXT, len(pool) | (exact << 20), len(quoted)))
            pool += quoted
            at = close + 1
        elif upper.startswith("FX"):
            exact, at = FX_FLAG - exact, at + 2
        elif upper.startswith("FM"):
            fill, at = FM_FLAG - fill, at + 2
        elif (expansion := next((name for name in _EXPANSIONS if upper.startswith(name)), None)) is not None:
            text = text[:at] + _EXPANSIONS[expansion] + text[at + len(expansion) :]
        elif not text[at].isalnum():
            steps.append((PUNCTUATION, ord(text[at]) & 0xFF | exact, 1))
            at += 1
        else:
            name = _element(mask, upper, at)
            kind = _ELEMENTS[name]
            _demand_new(mask, at, kind, name, [step[0] for step in steps])
            digits = int(name[2]) if kind == FRACTION and len(name) == 3 else _DIGITS.get(kind, 0)
            steps.append((kind, exact | fill, digits))
            at += len(name)
    names, name_pool = _names(language)
    program = np.array(steps, np.int64).reshape(-1, 3)
    return MaskProgram(mask, program, bytes(pool) or b"\0", names, name_pool, _quick(steps))


# Private functions


def _element(mask: str, upper: str, at: int) -> str:
    name = next((name for name in _ORDER if upper.startswith(name)), None)
    output = next(
        (name for name in sorted(_OUTPUT_ONLY, key=len, reverse=True) if upper.startswith(name)), None
    )
    if output is not None and (name is None or len(output) > len(name)):
        raise _wrong(mask, at, f"{output} cannot be used to read dates (ORA-01820)")
    if name is None:
        raise _wrong(mask, at, "date format not recognized (ORA-01821)")
    return name


def _demand_new(mask: str, at: int, kind: int, name: str, before: list[int]) -> None:
    """Refuse an element that stands in the mask already, or that one of those before it excludes."""
    if kind in before and kind not in (RADIX, ZONE_NAME):
        raise _wrong(mask, at, f"{name} appears twice (ORA-01810)")
    for group, why in _GROUPS:
        if kind in group and not set(group).isdisjoint(before):
            raise _wrong(mask, at, why)


def _wrong(mask: str, at: int, why: str) -> FixSpec:
    return FixSpec(
        "LS-5101",
        f"date mask {mask!r}, column {at + 1}: {why}",
        hints=["elements: YYYY RR MM MON MONTH DD DDD HH24 HH12 MI SS FF AM TZH TZM and punctuation."],
    )


def _names(language: str) -> tuple[NDArray[np.int64], bytes]:
    months, days = language_names(language, MONTHS), language_names(language, DAYS)
    short_months = language_names(language, MONTHS, short=True)
    short_days = language_names(language, DAYS, short=True)
    words = [*months, *short_months, *days, *short_days, *MERIDIANS]
    pool, spans = bytearray(), []
    for word in words:
        encoded = word.encode()
        spans.append((len(pool), len(encoded)))
        pool += encoded
    return np.array(spans, np.int64), bytes(pool)


def _quick(steps: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    """
    Places of year, month, day, hour, minute, second in a mask of fixed digits, then the length and, for
    each punctuation, nothing: -1 where an element is missing; an empty array where the mask is not of that kind.
    """
    slots = {YEAR4: 0, MONTH: 1, DAY: 2, HOUR24: 3, MINUTE: 4, SECOND: 5}
    found, at = [-1] * 7, 0
    for kind, argument, digits in steps:
        if argument & FX_FLAG:
            return np.zeros(0, np.int64)
        if kind == PUNCTUATION:
            at += 1
        elif kind in slots and found[slots[kind]] < 0:
            found[slots[kind]] = at
            at += digits
        else:
            return np.zeros(0, np.int64)
    if min(found[:3]) < 0:
        return np.zeros(0, np.int64)
    found[6] = at
    return np.array(found, np.int64)
