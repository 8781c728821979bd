"""Date masks in plain Python: what text a moment gives, and what moment a text gives."""

from __future__ import annotations

import re
from datetime import datetime

MONTHS = {
    "AMERICAN": "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(),
    "GERMAN": "JAN FEB MRZ APR MAI JUN JUL AUG SEP OKT NOV DEZ".split(),
}
_PARTS = re.compile(r'YYYY|HH24|HH12|HH|RR|YY|MON|MM|DD|MI|SS|AM|XFF|"[^"]*"|.')
_DIGITS = {"YYYY": 4, "RR": 2, "YY": 2, "MM": 2, "DD": 2, "HH24": 2, "HH": 2, "MI": 2, "SS": 2}
_TIME = ("HH24", "HH", "MI", "SS", "AM")


def shown(moment: datetime, mask: str, language: str = "AMERICAN") -> str:
    """``moment`` as the mask writes it."""
    hour = moment.hour % 12 or 12
    texts = {
        "YYYY": f"{moment.year:04}",
        **dict.fromkeys(("RR", "YY"), f"{moment.year % 100:02}"),
        "MON": MONTHS[language][moment.month - 1],
        "MM": f"{moment.month:02}",
        "DD": f"{moment.day:02}",
        "HH24": f"{moment.hour:02}",
        "HH": f"{hour:02}",
        "MI": f"{moment.minute:02}",
        "SS": f"{moment.second:02}",
        "XFF": ".000000000",
        "AM": "AM" if moment.hour < 12 else "PM",
    }
    return "".join(texts.get(part, part.strip('"')) for part in _PARTS.findall(mask))


def moment_of(text: str, mask: str, language: str = "AMERICAN") -> datetime | None:
    """
    The moment of a text, or None: any punctuation for another, fewer digits where there is some, time may lack.

    Blanks in front of a part count for nothing, nor does punctuation where all digits are there; the last number
    may be short. A month may be named where its number is asked for. The century of RR is the nearer one, and of
    YY this one (read before 2050).
    """
    pattern, opened, kept, apart = "", 0, [], re.search(r"[\W_]", mask) is not None
    elements = _PARTS.findall(mask)
    for place, part in enumerate(elements, 1):
        if part in _TIME and not opened:
            pattern, opened = pattern + "(?:", 1
        if part in _DIGITS or part in ("MON", "AM"):
            form = {"MON": "|".join(map(re.escape, MONTHS[language])), "AM": "AM|PM"}.get(part, "")
            form = form or rf"\d{{{1 if apart or place == len(elements) else _DIGITS[part]},{_DIGITS[part]}}}"
            form += "|" + "|".join(map(re.escape, MONTHS[language])) if part == "MM" else ""
            pattern += f"({form})" if not opened else f"(?:({form})"
            opened += bool(opened)
            kept.append(part)
        elif part.startswith('"'):
            pattern += re.escape(part.strip('"'))
        else:
            pattern += r"[\W_]?\s*" if opened or part == " " else r"[\W_]\s*"
    pattern += ")?" * max(opened, 0)
    found = re.fullmatch(pattern, text.strip(" "), re.IGNORECASE)
    if found is None and apart and text.isdigit() and "MON" not in elements:
        return moment_of(text, "".join(part for part in elements if part in _DIGITS), language)
    if found is None:
        return None
    parts = dict(zip(kept, found.groups(), strict=True))
    year = int(parts.get("YYYY") or parts.get("RR") or parts.get("YY") or 0)
    if "RR" in parts:
        year += 2000 if year < 50 else 1900
    elif "YY" in parts:
        year += 2000
    month = parts.get("MM") or parts["MON"]
    number = int(month) if month.isdigit() else MONTHS[language].index(month.upper()) + 1
    hour = int(parts.get("HH24") or parts.get("HH") or 0)
    if parts.get("HH") and not 1 <= hour <= 12:
        return None
    if (parts.get("AM") or "").upper() == "PM":
        hour = hour % 12 + 12
    elif parts.get("HH"):
        hour %= 12
    try:
        return datetime(
            year, number, int(parts["DD"]), hour, int(parts.get("MI") or 0), int(parts.get("SS") or 0)
        )
    except ValueError:
        return None
