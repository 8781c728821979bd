"""The functions that expressions may call, each with Oracle's semantics; the empty string is NULL."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.datatypes.show import show_date
from loadstone.expressions.model import OraError, ResultType, Value
from loadstone.expressions.number_masks import format_number, parse_masked
from loadstone.expressions.values import micros_of, rounded, to_date, to_number, to_text

_T, _N, _D, _NULL = ResultType.TEXT, ResultType.NUMBER, ResultType.DATE, ResultType.NULL


@dataclass(frozen=True, kw_only=True)
class Function:
    """
    A function of the whitelist.

    Attributes:
        kinds: Type that each argument is converted to; the last one stands for all further ones;
            None = as it is. result: static type, None = that of the first argument with a type.
        same: Arguments become the result's type.
    """

    name: str
    signature: str
    doc: str
    call: Callable[..., Any]
    arguments: tuple[int, int]
    kinds: Sequence[ResultType | None] = ()
    result: ResultType | None = None
    same: bool = False

    def argument(self, number: int, result: ResultType) -> ResultType | None:
        """The type that argument ``number`` is converted to."""
        if self.same:
            return result
        return self.kinds[min(number, len(self.kinds) - 1)] if self.kinds else None


FUNCTIONS: dict[str, Function] = {}


def functions() -> list[Function]:
    """All functions, by name."""
    return [FUNCTIONS[name] for name in sorted(FUNCTIONS)]


# Private functions


def _add(
    names: str,
    signature: str,
    doc: str,
    arguments: tuple[int, int],
    kinds: Sequence[ResultType | None] = (),
    result: ResultType | None = None,
    same: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(call: Callable[..., Any]) -> Callable[..., Any]:
        for name in names.split():
            FUNCTIONS[name] = Function(
                name=name,
                signature=signature,
                doc=doc,
                call=call,
                arguments=arguments,
                kinds=kinds,
                result=result,
                same=same,
            )
        return call

    return add


def _strict(call: Callable[..., Any]) -> Callable[..., Any]:
    """NULL for any NULL argument."""

    def strict(nls: Nls, *values: Value) -> Any:
        return None if any(value is None for value in values) else call(*values)

    return strict


@_add(
    "TRIM",
    "[LEADING|TRAILING|BOTH] [char FROM] text",
    "Text without a character, blank by default, at its ends",
    (1, 2),
    (_T,),
    _T,
)
def _trim(nls: Nls, text: str | None, chars: str | None = " ") -> str | None:
    return text.strip(chars) if text is not None and chars is not None else None


@_add("LTRIM", "text [, set]", "Text without leading characters of a set", (1, 2), (_T,), _T)
def _ltrim(nls: Nls, text: str | None, chars: str | None = " ") -> str | None:
    return text.lstrip(chars) if text is not None and chars is not None else None


@_add("RTRIM", "text [, set]", "Text without trailing characters of a set", (1, 2), (_T,), _T)
def _rtrim(nls: Nls, text: str | None, chars: str | None = " ") -> str | None:
    return text.rstrip(chars) if text is not None and chars is not None else None


_add("UPPER NLS_UPPER", "text", "Upper case", (1, 1), (_T,), _T)(_strict(lambda text: text.upper()))
_add("LOWER NLS_LOWER", "text", "Lower case", (1, 1), (_T,), _T)(_strict(lambda text: text.lower()))
_add(
    "INITCAP", "text", "First letter of each word in upper case, the others in lower case", (1, 1), (_T,), _T
)(_strict(lambda text: re.sub(r"[^\W_]+", lambda m: m[0][0].upper() + m[0][1:].lower(), text)))
_add("LENGTH", "text", "Characters", (1, 1), (_T,), _N)(_strict(lambda text: Decimal(len(text))))
_add("LENGTHB", "text", "Bytes", (1, 1), (_T,), _N)(_strict(lambda text: Decimal(len(text.encode()))))
_add("CONCAT", "a, b", "Both texts, one after the other", (2, 2), (_T,), _T)(
    lambda nls, a, b: (a or "") + (b or "")
)
_add("REVERSE", "text", "The text backwards", (1, 1), (_T,), _T)(_strict(lambda text: text[::-1]))
_add("TO_CLOB TO_NCHAR TO_NCLOB TO_LOB TO_SINGLE_BYTE UNISTR", "text", "The text itself", (1, 1), (_T,), _T)(
    lambda nls, text: text
)
_add("EMPTY_CLOB EMPTY_BLOB", "", "NULL", (0, 0), (), _T)(lambda nls: None)
_add("ASCII", "text", "Code of the first character", (1, 1), (_T,), _N)(
    _strict(lambda text: Decimal(text.encode()[0] if ord(text[0]) < 128 else ord(text[0])))
)
_add("CHR", "code", "The character of a code", (1, 1), (_N,), _T)(_strict(lambda code: chr(int(code))))
_add("RAWTOHEX", "text", "Hexadecimal digits of the bytes", (1, 1), (_T,), _T)(
    _strict(lambda text: text.encode().hex().upper())
)
_add("HEXTORAW", "digits", "The digits, for a RAW column", (1, 1), (_T,), _T)(
    _strict(lambda text: text.upper())
)


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    first, size = int(start), None if length is None else int(length)
    if size is not None and size < 1:
        return ""
    if first < 0:
        if -first > len(text):
            return ""
        first = len(text) + first
    else:
        first = max(first - 1, 0)
    return text[first:] if size is None else text[first : first + size]


_add(
    "SUBSTR SUBSTRC",
    "text, start [, length]",
    "Part of a text; a negative start counts from the end, 0 is 1",
    (2, 3),
    (_T, _N, _N),
    _T,
)(_strict(_substring))


@_add("SUBSTRB", "text, start [, length]", "Part of a text, in bytes", (2, 3), (_T, _N, _N), _T)
@_strict
def _substrb(text: str, start: Decimal, length: Decimal | None = None) -> str:
    return (
        _substring(text.encode().decode("latin-1"), start, length).encode("latin-1").decode("utf-8", "ignore")
    )


@_add("REPLACE", "text, search [, replacement]", "Text with every occurrence replaced", (2, 3), (_T,), _T)
def _replace(nls: Nls, text: str | None, search: str | None, new: str | None = None) -> str | None:
    return text.replace(search, new or "") if text is not None and search else text


@_add(
    "TRANSLATE",
    "text, from, to",
    "Characters exchanged one for one; those without a partner are removed",
    (3, 3),
    (_T,),
    _T,
)
@_strict
def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for number, char in enumerate(old):
        table.setdefault(ord(char), new[number] if number < len(new) else None)
    return text.translate(table)


@_add(
    "INSTR INSTRB",
    "text, search [, start [, occurrence]]",
    "Position of an occurrence, 0 = none; a negative start searches backwards",
    (2, 4),
    (_T, _T, _N, _N),
    _N,
)
@_strict
def _instr(text: str, search: str, start: Decimal = Decimal(1), occurrence: Decimal = Decimal(1)) -> Decimal:
    left = int(occurrence)
    if start == 0 or left < 1:
        return Decimal(0)
    if start > 0:
        places = range(int(start) - 1, len(text))
    else:
        places = range(len(text) + int(start), -1, -1)
    for place in places:
        if text.startswith(search, place):
            left -= 1
            if not left:
                return Decimal(place + 1)
    return Decimal(0)


def _padded(text: str, size: Decimal, fill: str, *, left: bool) -> str:
    width = int(size)
    if width <= len(text):
        return text[: max(width, 0)]
    pad = (fill * width)[: width - len(text)]
    return pad + text if left else text + pad


_add(
    "LPAD",
    "text, length [, fill]",
    "Text filled, or cut, to a length, from the left",
    (2, 3),
    (_T, _N, _T),
    _T,
)(_strict(lambda text, size, fill=" ": _padded(text, size, fill, left=True)))
_add(
    "RPAD",
    "text, length [, fill]",
    "Text filled, or cut, to a length, from the right",
    (2, 3),
    (_T, _N, _T),
    _T,
)(_strict(lambda text, size, fill=" ": _padded(text, size, fill, left=False)))

_add("NVL", "value, other", "The other value when the first is NULL", (2, 2), same=True)(
    lambda nls, a, b: b if a is None else a
)
_add("COALESCE", "value, ...", "The first value that is not NULL", (1, 99), same=True)(
    lambda nls, *values: next((value for value in values if value is not None), None)
)
_add("NULLIF", "value, other", "NULL when both are equal", (2, 2), same=True)(
    lambda nls, a, b: None if a == b else a
)


def _nvl2(nls: Nls, value: Value, given: Value, missing: Value) -> Value:
    return given if value is not None else missing


FUNCTIONS["NVL2"] = Function(
    name="NVL2",
    signature="value, if_given, if_null",
    doc="One of two values, by whether the first is NULL",
    call=_nvl2,
    arguments=(3, 3),
    kinds=(None,),
    result=_T,
)
_add("GREATEST", "value, ...", "The greatest value, NULL if any is", (1, 99), same=True)(
    _strict(lambda *values: max(values))
)
_add("LEAST", "value, ...", "The least value, NULL if any is", (1, 99), same=True)(
    _strict(lambda *values: min(values))
)

_add("ABS", "n", "Absolute value", (1, 1), (_N,), _N)(_strict(lambda n: abs(n)))
_add("SIGN", "n", "-1, 0 or 1", (1, 1), (_N,), _N)(_strict(lambda n: Decimal((n > 0) - (n < 0))))
_add("CEIL", "n", "Least integer not below", (1, 1), (_N,), _N)(
    _strict(lambda n: n.to_integral_value(ROUND_CEILING))
)
_add("FLOOR", "n", "Greatest integer not above", (1, 1), (_N,), _N)(
    _strict(lambda n: n.to_integral_value(ROUND_FLOOR))
)
_add("SQRT", "n", "Square root", (1, 1), (_N,), _N)(
    _strict(lambda n: rounded(n.sqrt()) if n >= 0 else _fail(1428, "argument is out of range"))
)
_add("POWER", "n, exponent", "Power", (2, 2), (_N,), _N)(_strict(lambda n, e: rounded(n**e)))
_add("EXP", "n", "e to the power", (1, 1), (_N,), _N)(_strict(lambda n: rounded(n.exp())))
_add("LN", "n", "Natural logarithm", (1, 1), (_N,), _N)(
    _strict(lambda n: rounded(n.ln()) if n > 0 else _fail(1428, "argument is out of range"))
)
_add("MOD", "n, divisor", "Remainder with the sign of n; n itself for divisor 0", (2, 2), (_N,), _N)(
    _strict(lambda n, d: n if d == 0 else n % d)
)


def _fail(code: int, sentence: str) -> Any:
    raise OraError(code, sentence)


def _at_scale(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    return rounded(value.quantize(Decimal(1).scaleb(-int(scale)), rounding)) if value.is_finite() else value


_UNITS = {
    "YEAR": "Y",
    "YYYY": "Y",
    "YY": "Y",
    "Y": "Y",
    "SYYYY": "Y",
    "RRRR": "Y",
    "MONTH": "M",
    "MON": "M",
    "MM": "M",
    "RM": "M",
    "Q": "Q",
    "DD": "D",
    "DDD": "D",
    "J": "D",
    "HH": "H",
    "HH24": "H",
    "HH12": "H",
    "MI": "I",
    "DAY": "W",
    "DY": "W",
    "D": "W",
    "IW": "V",
}


def _date_floor(date: datetime, unit: str) -> datetime:
    kind = _UNITS.get(unit.upper())
    if kind is None:
        raise OraError(1821, "date format not recognized")
    day = date.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind in ("W", "V"):
        back = (day.weekday() + 1) % 7 if kind == "W" else day.weekday()
        return day - timedelta(days=back)
    return {
        "Y": lambda: day.replace(month=1, day=1),
        "M": lambda: day.replace(day=1),
        "D": lambda: day,
        "Q": lambda: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "H": lambda: day.replace(hour=date.hour),
        "I": lambda: day.replace(hour=date.hour, minute=date.minute),
    }[kind]()


@_add(
    "TRUNC",
    "number [, digits] | date [, unit]",
    "Cut to digits, or to the begin of a unit",
    (1, 2),
    (None, None),
)
def _trunc(nls: Nls, value: Value, by: Value = None) -> Value:
    if value is None:
        return None
    if isinstance(value, datetime):
        return _date_floor(value, str(by or "DD"))
    number = to_number(value, nls)
    return _at_scale(number, to_number(by, nls) or Decimal(0), ROUND_DOWN) if number is not None else None


@_add(
    "ROUND",
    "number [, digits] | date [, unit]",
    "Round half away from zero, or to the nearest unit",
    (1, 2),
    (None, None),
)
def _round(nls: Nls, value: Value, by: Value = None) -> Value:
    if value is None:
        return None
    if not isinstance(value, datetime):
        number = to_number(value, nls)
        return (
            _at_scale(number, to_number(by, nls) or Decimal(0), ROUND_HALF_UP) if number is not None else None
        )
    unit = str(by or "DD")
    kind = _UNITS.get(unit.upper(), "D")
    if kind == "Y":
        return _date_floor(value, unit).replace(year=value.year + (value.month >= 7))
    if kind == "M":
        return _date_floor(_add_months(nls, value, Decimal(1)) if value.day >= 16 else value, "MM")
    shift = {"H": timedelta(minutes=30), "I": timedelta(seconds=30)}.get(kind, timedelta(hours=12))
    return _date_floor(value + shift, unit)


@_add("TO_NUMBER", "text [, mask [, nls]]", "A number, by a mask or plain", (1, 3), (None, _T, _T), _N)
def _to_number(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> Decimal | None:
    if mask is None or not isinstance(value, str):
        return to_number(value, nls)
    return parse_masked(value, mask, _nls_of(nls, params))


@_add(
    "TO_CHAR TO_NCHAR_DATE",
    "value [, mask [, nls]]",
    "Text of a number or a date, by a mask",
    (1, 3),
    (None, _T, _T),
    _T,
)
def _to_char(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> str | None:
    if value is None or isinstance(value, str) and mask is None:
        return value if isinstance(value, str) else None
    if isinstance(value, datetime):
        return show_date(micros_of(value), mask or nls.date_format)
    number = to_number(value, nls)
    if mask is None or number is None:
        return to_text(number, nls)
    return format_number(number, mask, _nls_of(nls, params))


def _nls_of(nls: Nls, params: str | None) -> tuple[str, str]:
    """Decimal and group character, from NLS_NUMERIC_CHARACTERS='..' where given."""
    found = re.search(r"NLS_NUMERIC_CHARACTERS\s*=\s*'?(.)(.)", params or "", re.IGNORECASE)
    return (found[1], found[2]) if found else (nls.decimal, nls.group)


@_add(
    "TO_DATE TO_TIMESTAMP TO_TIMESTAMP_TZ",
    "text [, mask [, nls]]",
    "A date, by a mask with Oracle's leniency",
    (1, 3),
    (None, _T, _T),
    _D,
)
def _to_date(nls: Nls, value: Value, mask: str | None = None, params: str | None = None) -> datetime | None:
    return to_date(value, nls, mask)


@_add(
    "ADD_MONTHS",
    "date, months",
    "The same day some months later; the last day stays the last day",
    (2, 2),
    (_D, _N),
    _D,
)
def _add_months(nls: Nls, date: datetime | None, months: Decimal | None) -> datetime | None:
    if date is None or months is None:
        return None
    total = date.year * 12 + date.month - 1 + int(months)
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise OraError(1841, "(full) year must be between -4713 and +9999, and not be 0")
    last = monthrange(year, month + 1)[1]
    at_end = date.day == monthrange(date.year, date.month)[1]
    return date.replace(year=year, month=month + 1, day=last if at_end else min(date.day, last))


_add("LAST_DAY", "date", "Last day of the month", (1, 1), (_D,), _D)(
    _strict(lambda date: date.replace(day=monthrange(date.year, date.month)[1]))
)


@_add(
    "MONTHS_BETWEEN",
    "later, earlier",
    "Months, whole for the same day or two last days",
    (2, 2),
    (_D, _D),
    _N,
)
@_strict
def _months_between(later: datetime, earlier: datetime) -> Decimal:
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    ends = all(d.day == monthrange(d.year, d.month)[1] for d in (later, earlier))
    if later.day == earlier.day or ends:
        return Decimal(whole)
    seconds = (later.day - earlier.day) * 86400 + (later.hour - earlier.hour) * 3600
    seconds += (later.minute - earlier.minute) * 60 + later.second - earlier.second
    return rounded(whole + Decimal(seconds) / Decimal(31 * 86400))


@_add("NEXT_DAY", "date, weekday", "The first such weekday after the date", (2, 2), (_D, _T), _D)
@_strict
def _next_day(date: datetime, name: str) -> datetime:
    days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
    if name.upper()[:3] not in days:
        raise OraError(1846, "not a valid day of the week")
    return date + timedelta(days=(days.index(name.upper()[:3]) - date.weekday() - 1) % 7 + 1)


@_add("EXTRACT", "part FROM date", "Year, month, day, hour, minute or second of a date", (2, 2), (_T, _D), _N)
@_strict
def _extract(part: str, date: datetime) -> Decimal:
    if part == "SECOND":
        return Decimal(date.second) + Decimal(date.microsecond) / 1_000_000
    return Decimal(getattr(date, part.lower()))


@_add("CAST", "value AS type", "The value as NUMBER, VARCHAR2, DATE, ...", (2, 2), (None, _T), _T)
def _cast(nls: Nls, value: Value, kind: str | None) -> Value:
    if kind in ("NUMBER", "INTEGER", "INT", "FLOAT", "DECIMAL", "BINARY_DOUBLE", "NUMERIC", "SMALLINT"):
        number = to_number(value, nls)
        if number is not None and kind in ("INTEGER", "INT", "SMALLINT"):
            number = number.quantize(Decimal(1), ROUND_HALF_UP)
        return number
    if kind in ("DATE", "TIMESTAMP"):
        return to_date(value, nls)
    return to_text(value, nls)


def _pattern(pattern: str, flags: str | None) -> re.Pattern[str]:
    """A POSIX pattern of Oracle for Python: classes by name, and the match parameters i, c, n, m, x."""
    classes = {
        "alpha": r"^\W\d_",
        "digit": r"\d",
        "alnum": r"^\W_",
        "space": r"\s",
        "upper": "A-Z",
        "lower": "a-z",
        "punct": r"!-/:-@\[-`{-~",
        "blank": r" \t",
        "cntrl": r"\x00-\x1f\x7f",
        "xdigit": "0-9A-Fa-f",
    }
    text = re.sub(r"\[\[:(\w+):\]\]", lambda m: f"[{classes.get(m[1], m[1])}]", pattern)
    simple = {**classes, "alpha": "A-Za-z", "alnum": "A-Za-z0-9"}
    text = re.sub(r"\[:(\w+):\]", lambda m: simple.get(m[1], m[1]), text)
    options = 0
    for flag in flags or "":
        options |= {"i": re.IGNORECASE, "n": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}.get(flag, 0)
    try:
        return re.compile(text, options)
    except re.error as error:
        raise OraError(12726, f"invalid regular expression: {error}") from error


@_add(
    "REGEXP_REPLACE",
    "text, pattern [, replacement [, start [, occurrence [, flags]]]]",
    "Matches replaced; \\1 is a group",
    (2, 6),
    (_T, _T, _T, _N, _N, _T),
    _T,
)
def _regexp_replace(
    nls: Nls,
    text: str | None,
    pattern: str | None,
    new: str | None = None,
    start: Decimal | None = Decimal(1),
    occurrence: Decimal | None = Decimal(0),
    flags: str | None = None,
) -> str | None:
    if text is None or pattern is None:
        return text
    begin, wanted = int(start or 1) - 1, int(occurrence or 0)
    seen = 0

    def replacement(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        if wanted and seen != wanted:
            return match[0]
        return re.sub(
            r"\\(\d)", lambda g: (match[int(g[1])] or "") if int(g[1]) <= (match.re.groups) else "", new or ""
        )

    return text[:begin] + _pattern(pattern, flags).sub(replacement, text[begin:])


@_add(
    "REGEXP_SUBSTR",
    "text, pattern [, start [, occurrence [, flags [, group]]]]",
    "A match of a pattern",
    (2, 6),
    (_T, _T, _N, _N, _T, _N),
    _T,
)
def _regexp_substr(
    nls: Nls,
    text: str | None,
    pattern: str | None,
    start: Decimal | None = Decimal(1),
    occurrence: Decimal | None = Decimal(1),
    flags: str | None = None,
    group: Decimal | None = Decimal(0),
) -> str | None:
    if text is None or pattern is None:
        return None
    found = list(_pattern(pattern, flags).finditer(text, int(start or 1) - 1))
    number = int(occurrence or 1)
    return found[number - 1][int(group or 0)] if number <= len(found) else None


@_add(
    "REGEXP_INSTR",
    "text, pattern [, start [, occurrence]]",
    "Position of a match, 0 = none",
    (2, 4),
    (_T, _T, _N, _N),
    _N,
)
@_strict
def _regexp_instr(
    text: str, pattern: str, start: Decimal = Decimal(1), occurrence: Decimal = Decimal(1)
) -> Decimal:
    found = list(_pattern(pattern, None).finditer(text, int(start) - 1))
    return Decimal(found[int(occurrence) - 1].start() + 1 if int(occurrence) <= len(found) else 0)


_add("REGEXP_COUNT", "text, pattern", "Matches of a pattern", (2, 2), (_T,), _N)(
    _strict(lambda text, pattern: Decimal(sum(1 for _ in _pattern(pattern, None).finditer(text))))
)
_add("REGEXP_LIKE", "text, pattern [, flags]", "Whether a pattern matches somewhere", (2, 3), (_T,), _N)(
    _strict(
        lambda text, pattern, flags=None: Decimal(1) if _pattern(pattern, flags).search(text) else Decimal(0)
    )
)
_add("LOG", "base, n", "Logarithm", (2, 2), (_N,), _N)(
    _strict(lambda base, n: rounded(Decimal(math.log(n, base))))
)
