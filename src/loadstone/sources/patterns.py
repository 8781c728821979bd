"""Patterns of names: compiled, and the groups they find in a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import regex

from loadstone.errors import FixSpec
from loadstone.sources.model import NamePattern

NAME_SIZE_MAX = 255
"""Characters of a name; no file system takes a longer one."""

TIMEOUT_S = 0.25
"""How long one pattern may search in one name: nested repeats can take for ever."""


@dataclass(frozen=True)
class Found:
    """What a pattern found in a name, or why it does not fit."""

    groups: Mapping[str, str]
    business_date: date | None
    why_not: str = ""

    @property
    def sequence(self) -> int | None:
        """The group ``sequence`` as a number."""
        text = self.groups.get("sequence", "")
        return int(text) if text.isdigit() else None


def find(pattern: NamePattern, name: str) -> Found:
    """
    The groups of a whole name; a date that its mask cannot read does not fit.

    Raises:
        FixSpec: LS-7601 the pattern cannot be compiled.
    """
    if len(name) > NAME_SIZE_MAX:
        return Found({}, None, f"the name is longer than {NAME_SIZE_MAX} characters")
    try:
        match = _compiled(pattern).fullmatch(name, timeout=TIMEOUT_S)
    except TimeoutError:
        return Found({}, None, f"{pattern.text} takes longer than {TIMEOUT_S} s on this name")
    if match is None:
        return Found({}, None, f"{pattern.text} does not fit")
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    written = groups.get("business_date")
    if written is None:
        return Found(groups, None)
    day = _date(written, pattern.date_mask)
    if day is None:
        return Found(groups, None, f"{written} is no date in {pattern.date_mask}")
    return Found(groups, day)


def literal_size(pattern: NamePattern) -> int:
    """How many characters of a name the pattern itself says; the more, the more specific it is."""
    if pattern.glob is not None:
        return len(_GROUP.sub("", _CLASS.sub("", pattern.glob)).replace("*", "").replace("?", ""))
    return len(re.sub(r"\\.|\[[^\]]*\]|\{[^}]*\}|\(\?P?<\w+>|[(){}\[\].*+?|^$]", "", pattern.regex or ""))


def check(pattern: NamePattern) -> None:
    """``FixSpec`` LS-7601 when it cannot be compiled, or its mask cannot be read."""
    _compiled(pattern)
    _format(pattern.date_mask)


# Private functions

_GROUP = re.compile(r"\{(\w*)\}")
_CLASS = re.compile(r"\[!?\]?[^\]]*\]")
_ELEMENTS = {
    "YYYY": ("%Y", r"\d{4}"),
    "YY": ("%y", r"\d{2}"),
    "MON": ("%b", r"[A-Za-z]{3}"),
    "MM": ("%m", r"\d{2}"),
    "DDD": ("%j", r"\d{3}"),
    "DD": ("%d", r"\d{2}"),
    "HH24": ("%H", r"\d{2}"),
    "MI": ("%M", r"\d{2}"),
    "SS": ("%S", r"\d{2}"),
}
_ELEMENT = re.compile(
    "|".join(sorted(_ELEMENTS, key=len, reverse=True)) + "|[A-Za-z]+|[^A-Za-z]", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def _compiled(pattern: NamePattern) -> regex.Pattern[str]:
    text = pattern.regex if pattern.regex is not None else _of_glob(str(pattern.glob), pattern.date_mask)
    try:
        return regex.compile(text, regex.IGNORECASE if pattern.ignore_case else 0)
    except regex.error as error:
        raise FixSpec(
            "LS-7601",
            f"pattern {pattern.text!r} cannot be used: {error}",
            hints=["named groups are written (?P<name>...).", "glob: takes shell patterns."],
        ) from error


def _of_glob(glob: str, mask: str) -> str:
    """A shell pattern as a regular expression."""
    found, at = [], 0
    while at < len(glob):
        group, klass = _GROUP.match(glob, at), _CLASS.match(glob, at)
        if group:
            found.append(f"(?P<{group[1]}>{_inner(group[1], mask)})")
            at = group.end()
        elif klass:
            inside = klass[0][1:-1].replace("\\", "\\\\")
            found.append(f"[^{inside[1:]}]" if inside.startswith("!") else f"[{inside}]")
            at = klass.end()
        else:
            found.append({"*": ".*", "?": "."}.get(glob[at], regex.escape(glob[at])))
            at += 1
    return "".join(found)


def _inner(group: str, mask: str) -> str:
    """What a group of a glob stands for, by its name."""
    if group == "business_date":
        return _format(mask)[1]
    return r"\d+" if group == "sequence" else ".+?"


@lru_cache(maxsize=256)
def _format(mask: str) -> tuple[str, str]:
    """A mask as a format of ``strptime`` and as a regular expression."""
    formats, texts = [], []
    for part in _ELEMENT.findall(mask):
        known = _ELEMENTS.get(part.upper())
        if known is None and part.isalpha():
            raise FixSpec(
                "LS-7601",
                f"mask {mask!r} of names knows no {part}",
                hints=[f"it knows {', '.join(_ELEMENTS)}, and what is no letter."],
            )
        formats.append(known[0] if known else part.replace("%", "%%"))
        texts.append(known[1] if known else regex.escape(part))
    return "".join(formats), "".join(texts)


def _date(text: str, mask: str) -> date | None:
    try:
        return datetime.strptime(text, _format(mask)[0]).date()
    except ValueError:
        return None
