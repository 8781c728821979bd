"""REGEXP functions. Patterns are translated first, since Oracle's differ from those of every library."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import N, T, fixed, function
from loadstone.expressions.functions.texts import sized
from loadstone.expressions.model import OraError, ResultType, out_of_range
from loadstone.expressions.patterns import translate

MATCH_S_MAX = 2.0
"""Seconds that one match may take; patterns that backtrack without end are refused for that row."""

_ONE = Decimal(1)


def replacement_parts(text: str) -> list[str | int]:
    r"""A replacement as texts and group numbers: ``\1`` to ``\9`` are groups, ``\\`` is a backslash."""
    parts: list[str | int] = [""]
    at = 0
    while at < len(text):
        following = text[at + 1 : at + 2]
        if text[at] == "\\" and following.isdigit() and following != "0":
            parts += [int(following), ""]
            at += 2
            continue
        if text[at] == "\\" and following == "\\":
            at += 1
        parts[-1] = f"{parts[-1]}{text[at]}"
        at += 1
    return [part for part in parts if part != ""]


@function(
    "REGEXP_REPLACE",
    "text, pattern [, replacement [, start [, occurrence [, flags]]]]",
    "Matches replaced; \\1 is a group",
    fixed(T, T, T, T, N, N, T),
    (2, 6),
    strict=False,
)
def _regexp_replace(
    nls: Nls,
    text: str | None,
    pattern: str | None,
    new: str | None = None,
    start: Decimal | None = _ONE,
    occurrence: Decimal | None = Decimal(0),
    flags: str | None = None,
) -> str | None:
    if text is None or pattern is None or start is None or occurrence is None:
        return text if start is not None and occurrence is not None else None
    parts = replacement_parts(new or "")
    done, at = [text[: _begin(start)]], _begin(start)
    for number, match in enumerate(_matches(pattern, flags, text, start), 1):
        if occurrence and number != occurrence:
            continue
        done += [text[at : match.start()], *(_shown(match, part) for part in parts)]
        at = match.end()
        if number == occurrence:
            break
    return sized("".join([*done, text[at:]]))


@function(
    "REGEXP_SUBSTR",
    "text, pattern [, start [, occurrence [, flags [, group]]]]",
    "A match of a pattern",
    fixed(T, T, T, N, N, T, N),
    (2, 6),
    strict=False,
)
def _regexp_substr(
    nls: Nls,
    text: str | None,
    pattern: str | None,
    start: Decimal | None = _ONE,
    occurrence: Decimal | None = _ONE,
    flags: str | None = None,
    group: Decimal | None = Decimal(0),
) -> str | None:
    if text is None or pattern is None or start is None or occurrence is None or group is None:
        return None
    match = _match(pattern, flags, text, (start, occurrence))
    if match is None or group > match.re.groups:
        return None
    return match[int(group)]  # type: ignore[no-any-return]


@function(
    "REGEXP_INSTR",
    "text, pattern [, start [, occurrence [, return [, flags [, group]]]]]",
    "Position of a match, or with return 1 of what follows it; 0 = none",
    fixed(N, T, T, N, N, N, T, N),
    (2, 7),
    strict=False,
)
def _regexp_instr(
    nls: Nls,
    text: str | None,
    pattern: str | None,
    start: Decimal | None = _ONE,
    occurrence: Decimal | None = _ONE,
    behind: Decimal | None = Decimal(0),
    flags: str | None = None,
    group: Decimal | None = Decimal(0),
) -> Decimal | None:
    if text is None or pattern is None or start is None or occurrence is None or group is None:
        return None
    match = _match(pattern, flags, text, (start, occurrence))
    if match is None or group > match.re.groups or match.start(int(group)) < 0:
        return Decimal(0)
    return Decimal((match.end if behind else match.start)(int(group)) + 1)


@function(
    "REGEXP_COUNT",
    "text, pattern [, start [, flags]]",
    "Matches of a pattern",
    fixed(N, T, T, N, T),
    (2, 4),
    strict=False,
)
def _regexp_count(
    nls: Nls, text: str | None, pattern: str | None, start: Decimal | None = _ONE, flags: str | None = None
) -> Decimal | None:
    if text is None or pattern is None or start is None:
        return None
    return Decimal(sum(1 for _ in _matches(pattern, flags, text, start)))


@function(
    "REGEXP_LIKE",
    "text, pattern [, flags]",
    "Whether a pattern matches somewhere",
    fixed(ResultType.BOOLEAN, T),
    (2, 3),
    strict=False,
)
def _regexp_like(nls: Nls, text: str | None, pattern: str | None, flags: str | None = None) -> bool | None:
    if text is None or pattern is None:
        return None
    return next(_matches(pattern, flags, text, _ONE), None) is not None


# Private functions


def _begin(start: Decimal) -> int:
    if start < 1:
        raise out_of_range(start)
    return int(start) - 1


def _match(pattern: str, flags: str | None, text: str, which: tuple[Decimal, Decimal]) -> Any:
    start, occurrence = which
    if occurrence < 1:
        raise out_of_range(occurrence)
    matches = enumerate(_matches(pattern, flags, text, start), 1)
    return next((match for number, match in matches if number == int(occurrence)), None)


def _matches(pattern: str, flags: str | None, text: str, start: Decimal) -> Iterator[Any]:
    import regex

    try:
        program = regex.compile(translate(pattern, flags or "", end=r"\Z"))
        yield from program.finditer(text, _begin(start), timeout=MATCH_S_MAX)
    except regex.error as error:
        raise OraError(
            12726, f"unmatched bracket or wrong operator in regular expression: {error}"
        ) from error
    except TimeoutError as error:
        raise OraError(12739, "unable to match the regular expression in time") from error


def _shown(match: Any, part: str | int) -> str:
    if isinstance(part, str):
        return part
    return (match[part] or "") if part <= match.re.groups else ""
