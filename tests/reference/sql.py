"""The SQL strings of generated loads, each with what it means for texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Text = str | None
MENU: dict[str, Callable[[Text, Text], Text]] = {
    "UPPER(:{a})": lambda a, b: a and a.upper(),
    "LOWER(:{a})": lambda a, b: a and a.lower(),
    "TRIM(:{a})": lambda a, b: a and a.strip(" "),
    "LTRIM(:{a}, 'A')": lambda a, b: a and a.lstrip("A"),
    "SUBSTR(:{a}, 2, 3)": lambda a, b: a and a[1:4],
    "SUBSTR(:{a}, -2)": lambda a, b: a[-2:] if a and len(a) >= 2 else None,
    ":{a} || '-' || :{b}": lambda a, b: f"{a or ''}-{b or ''}",
    "NVL(:{a}, 'n')": lambda a, b: a or "n",
    "NVL2(:{a}, :{b}, 'none')": lambda a, b: b if a else "none",
    "DECODE(:{a}, 'A', 'x', :{b})": lambda a, b: "x" if a == "A" else b,
    "REPLACE(:{a}, 'a', 'bb')": lambda a, b: a and a.replace("a", "bb"),
    "LPAD(:{a}, 4, '*')": lambda a, b: a and a.rjust(4, "*")[:4] if len(a or "") < 4 else a[:4],  # type: ignore[index]
    "LENGTH(:{a})": lambda a, b: str(len(a)) if a else None,
    "CASE WHEN :{a} = 'A' THEN :{b} ELSE 'z' END": lambda a, b: b if a == "A" else "z",
}
"""By template: ``{a}`` and ``{b}`` stand for fields. The empty text is NULL, before and behind."""

_READERS = [
    (re.compile(re.escape(one).replace(r"\{a\}", r"(?P<a>\w+)").replace(r"\{b\}", r"(?P<b>\w+)")), found)
    for one, found in MENU.items()
]


def value_of(sql: str, values: Mapping[str, Text]) -> Text:
    """What an SQL string of the menu gives for the texts of the fields."""
    for pattern, found in _READERS:
        match = pattern.fullmatch(sql)
        if match is not None:
            names = match.groupdict()
            return found(values[names["a"]], values[names["b"]] if "b" in names else None) or None
    raise AssertionError(f"no SQL string of the menu: {sql}")
