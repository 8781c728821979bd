"""Dates and timestamps as SQL; years below 1 and past 9999 are left to the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from loadstone.datatypes import masks
from loadstone.datatypes.languages import MONTHS, language_names
from loadstone.datatypes.model import Nls
from loadstone.errors import FixSpec
from loadstone.expressions.duckdb.model import Declined, Emitter, Sql, text_literal
from loadstone.expressions.duckdb.shown import shown
from loadstone.expressions.functions.moments import UNITS, weekday_of
from loadstone.expressions.model import OraError, ResultType, Term
from loadstone.expressions.values import session_mask

_TRUNCATED = {"year": "year", "quarter": "quarter", "month": "month", "day": "day", "iso week": "week"}
_TRUNCATED |= {"hour": "hour", "minute": "minute", "iso year": "isoyear"}
_BACK = {"week of year": "(dayofyear({0}) - 1) % 7", "week of month": "(day({0}) - 1) % 7"}
"""Days back to the begin of a unit."""

_HALF = {
    "day": "to_hours(12)",
    "hour": "to_minutes(30)",
    "minute": "to_seconds(30)",
    "iso week": "to_hours(84)",
}
_HALF |= {"year": "to_months(6)"}
"""Half of a unit: what is that far along goes on to the next one."""

_WIDTHS = {
    masks.YEAR4: 4,
    masks.RR: 2,
    masks.YEAR2: 2,
    masks.MONTH: 2,
    masks.MON: 3,
    masks.DAY: 2,
    masks.HOUR24: 2,
    masks.MINUTE: 2,
    masks.SECOND: 2,
    masks.FRACTION: 0,
}
_DIGITS = {
    masks.YEAR4: "%Y",
    masks.MONTH: "%m",
    masks.DAY: "%d",
    masks.HOUR24: "%H",
    masks.MINUTE: "%M",
    masks.SECOND: "%S",
}
_PARTS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE")


def canonical(value: str, *, whole: bool) -> str:
    """The text that a column's conversion reads back."""
    if whole:
        return f"CAST({value} AS VARCHAR)"
    seconds, fractions = (
        f"strftime({value}, '%Y-%m-%d %H:%M:%S')",
        f"strftime({value}, '%Y-%m-%d %H:%M:%S.%f')",
    )
    return f"CASE WHEN epoch_us({value}) % 1000000 = 0 THEN {seconds} ELSE {fractions} END"


def read(text: Sql, mask: str, nls: Nls) -> Sql:
    """A text by a mask whose elements have fixed places; texts of any other shape are not known."""
    try:
        steps = masks.compile_mask(mask, nls.date_language).steps.tolist()
    except FixSpec as error:
        raise Declined(f"a date by the mask {mask}") from error
    form = _strptime(steps, mask)
    if form is not None:
        return _round_trip(text, form)
    found: dict[int, str] = {}
    pattern, at = "", 1
    for kind, argument, size in steps:
        if kind == masks.PUNCTUATION:
            pattern += f"\\x{{{argument & 0xFF:x}}}"
            at += 1
            continue
        width = size if kind == masks.FRACTION else _WIDTHS.get(kind)
        if (
            width is None
            or kind in found
            or argument & masks.FX_FLAG
            or (kind == masks.FRACTION and width > 6)
        ):
            raise Declined(f"a date by the mask {mask}")
        found[kind] = f"substr({text.value}, {at}, {width})"
        pattern += _month_pattern(nls) if kind == masks.MON else f"[0-9]{{{width}}}"
        at += width
    year = _year(found, nls)
    if year is None or masks.DAY not in found or not {masks.MONTH, masks.MON} & found.keys():
        raise Declined(f"a date by the mask {mask}")
    shape = f"regexp_full_match({text.value}, {text_literal(pattern)})"
    value = f"TRY_CAST({_iso(found, year, nls)} AS TIMESTAMP)"
    good = f"{shape} AND {value} IS NOT NULL AND year({value}) BETWEEN 1 AND 9999"
    if masks.HOUR24 in found:
        good += f" AND {found[masks.HOUR24]} < '24'"
    return Sql(value, (*text.known, f"({text.value} IS NULL OR coalesce({good}, FALSE))"))


# Private functions


def _by_mask(emitter: Emitter, term: Term) -> Sql:
    """TO_CHAR of a moment."""
    if len(term.parts) > 2:
        raise Declined("TO_CHAR with parameters")
    moment = emitter.sql(term.parts[0])
    if len(term.parts) == 1:
        return shown(moment, session_mask(term.parts[0].type, emitter.nls), emitter.nls)
    mask = term.parts[1]
    if mask.op != "literal" or mask.value is None:
        raise Declined("TO_CHAR by a mask that is no literal")
    return shown(moment, str(mask.value), emitter.nls)


def _cut(emitter: Emitter, term: Term) -> Sql:
    """TRUNC of a date, and ROUND to the nearest day."""
    date = emitter.sql(term.parts[0])
    mask = term.parts[1] if len(term.parts) > 1 else None
    if mask is not None and (mask.op != "literal" or mask.value is None):
        raise Declined(f"{term.name} of a date by what is no literal")
    unit = UNITS.get(str(mask.value).strip().upper()) if mask is not None else "day"
    if term.name == "ROUND":
        return _within(Sql(_rounded(date.value, unit), date.known))
    if unit == "week":
        return _within(Sql(f"date_trunc('week', {date.value} + to_days(1)) - to_days(1)", date.known))
    if unit in _BACK:
        back = _BACK[unit].format(date.value)
        return Sql(f"date_trunc('day', {date.value}) - to_days(CAST({back} AS INTEGER))", date.known)
    if unit not in _TRUNCATED:
        raise Declined("TRUNC of a date to such a unit")
    return Sql(f"date_trunc('{_TRUNCATED[unit]}', {date.value})", date.known)


def _rounded(date: str, unit: str | None) -> str:
    """ROUND: the nearest begin of a unit."""
    if unit in _HALF:
        return f"date_trunc('{_TRUNCATED[unit]}', {date} + {_HALF[unit]})"
    if unit == "week":
        return f"date_trunc('week', {date} + to_hours(108)) - to_days(1)"
    if unit == "month":
        return f"date_trunc('month', {date}) + to_months(CASE WHEN day({date}) >= 16 THEN 1 ELSE 0 END)"
    if unit == "quarter":
        low = f"date_trunc('quarter', {date})"
        return f"{low} + to_months(CASE WHEN {date} >= {low} + to_months(1) + to_days(15) THEN 3 ELSE 0 END)"
    raise Declined("ROUND of a date to such a unit")


def _within(moment: Sql) -> Sql:
    """A moment that may have left the years 1 to 9999; then it is not known."""
    return Sql(moment.value, (*moment.known, f"coalesce(year({moment.value}) BETWEEN 1 AND 9999, TRUE)"))


def _strptime(steps: list[list[int]], mask: str) -> str | None:
    """The mask as DuckDB's, where it is one of digits with a year of four, month and day, each once."""
    kinds = [kind for kind, argument, _ in steps if kind != masks.PUNCTUATION]
    exact = any(argument & masks.FX_FLAG for _, argument, _ in steps)
    plain = set(kinds) <= _DIGITS.keys() and len(set(kinds)) == len(kinds)
    if exact or not plain or not {masks.YEAR4, masks.MONTH, masks.DAY} <= set(kinds):
        return None
    signs = [chr(argument & 0xFF) for kind, argument, _ in steps if kind == masks.PUNCTUATION]
    if any(not sign.isascii() or sign == "%" for sign in signs):
        return None
    return "".join(_DIGITS.get(kind) or chr(argument & 0xFF) for kind, argument, _ in steps)


def _round_trip(text: Sql, form: str) -> Sql:
    """A text that its date is shown as again is of the very shape of the mask; others are not known."""
    literal = text_literal(form)
    value = f"try_strptime({text.value}, {literal})"
    good = f"strftime({value}, {literal}) = {text.value} AND year({value}) BETWEEN 1 AND 9999"
    return Sql(value, (*text.known, f"({text.value} IS NULL OR coalesce({good}, FALSE))"))


def _month_pattern(nls: Nls) -> str:
    names = language_names(nls.date_language, MONTHS, short=True)
    if any(len(name) != 3 or not name.isascii() for name in names):
        raise Declined(f"names of months in {nls.date_language}")
    return f"(?i:{'|'.join(names)})"


def _year(found: dict[int, str], nls: Nls) -> str | None:
    if masks.YEAR4 in found:
        return found[masks.YEAR4]
    century, half = divmod(nls.now.year, 100)
    if masks.YEAR2 in found:
        return f"concat('{century:02}', {found[masks.YEAR2]})"
    if masks.RR not in found:
        return None
    low, high = (century + (half >= 50), century) if half >= 50 else (century, century - 1)
    return (
        f"concat(CASE WHEN {found[masks.RR]} < '50' THEN '{low:02}' ELSE '{high:02}' END, {found[masks.RR]})"
    )


def _iso(found: dict[int, str], year: str, nls: Nls) -> str:
    month = found.get(masks.MONTH)
    if month is None:
        names = "".join(language_names(nls.date_language, MONTHS, short=True))
        number = f"(strpos('{names}', upper({found[masks.MON]})) + 2) // 3"
        month = f"lpad(CAST({number} AS VARCHAR), 2, '0')"
    clock = [found.get(kind, "'00'") for kind in (masks.HOUR24, masks.MINUTE, masks.SECOND)]
    hour, minute, second = clock
    parts = [year, "'-'", month, "'-'", found[masks.DAY], "' '", hour, "':'", minute, "':'", second]
    if masks.FRACTION in found:
        parts += ["'.'", found[masks.FRACTION]]
    return f"concat({', '.join(parts)})"


def _to_moment(emitter: Emitter, term: Term) -> Sql:
    """TO_DATE and TO_TIMESTAMP."""
    own = term.parts[0].type
    if len(term.parts) > 2:
        raise Declined(f"{term.name} with parameters")
    part = emitter.sql(term.parts[0])
    if own in (ResultType.DATE, ResultType.TIMESTAMP):
        return Sql(f"date_trunc('second', {part.value})", part.known) if term.name == "TO_DATE" else part
    nls = emitter.nls
    mask = nls.date_format if term.name == "TO_DATE" else nls.timestamp_format
    if len(term.parts) == 2:
        if term.parts[1].op != "literal" or term.parts[1].value is None:
            raise Declined(f"{term.name} by a mask that is no literal")
        mask = str(term.parts[1].value)
    found = read(part, mask, nls)
    return Sql(f"date_trunc('second', {found.value})", found.known) if term.name == "TO_DATE" else found


def _months_added(emitter: Emitter, term: Term) -> Sql:
    date, months = emitter.parts(term)
    few = f"coalesce(abs({months.value}) < 100000, TRUE)"
    moved = f"({date.value} + to_months(CASE WHEN {few} THEN CAST(trunc({months.value}) AS INTEGER) END))"
    at_end = f"last_day({date.value}) = CAST({date.value} AS DATE)"
    end = f"CAST(last_day({moved}) AS TIMESTAMP) + ({date.value} - date_trunc('day', {date.value}))"
    value = f"CASE WHEN {at_end} THEN {end} ELSE {moved} END"
    return _within(Sql(value, (*date.known, *months.known, few)))


def _last_day(emitter: Emitter, term: Term) -> Sql:
    (date,) = emitter.parts(term)
    clock = f"({date.value} - date_trunc('day', {date.value}))"
    return Sql(f"CAST(last_day({date.value}) AS TIMESTAMP) + {clock}", date.known)


def _next_day(emitter: Emitter, term: Term) -> Sql:
    """NEXT_DAY by the name of a weekday."""
    date, name = emitter.sql(term.parts[0]), term.parts[1]
    if name.op != "literal" or name.value is None:
        raise Declined("NEXT_DAY by what is no literal")
    try:
        wanted = weekday_of(str(name.value), emitter.nls)
    except OraError as error:
        raise Declined("NEXT_DAY of no weekday") from error
    days = f"CAST(({wanted} - dayofweek({date.value}) + 6) % 7 + 1 AS INTEGER)"
    return _within(Sql(f"({date.value} + to_days({days}))", date.known))


def _months_between(emitter: Emitter, term: Term) -> Sql:
    """Whole months; a fraction has more digits than a DECIMAL."""
    later, earlier = emitter.parts(term)
    months = (
        f"(year({later.value}) - year({earlier.value})) * 12 + month({later.value}) - month({earlier.value})"
    )
    ends = " AND ".join(f"last_day({one.value}) = CAST({one.value} AS DATE)" for one in (later, earlier))
    whole = f"coalesce(day({later.value}) = day({earlier.value}) OR ({ends}), TRUE)"
    return Sql(f"CAST({months} AS DECIMAL(6,0))", (*later.known, *earlier.known, whole), (6, 0))


def _days_added(emitter: Emitter, term: Term) -> Sql:
    """A date and a number of days: a literal of any kind, others where they are few enough."""
    date, sign = emitter.sql(term.parts[0]), "+" if term.name == "date + days" else "-"
    days = term.parts[1]
    if days.op == "literal" and isinstance(days.value, Decimal):
        if abs(days.value) > 3_000_000:
            raise Declined("so many days")
        seconds = int((days.value * 86400).to_integral_value("ROUND_HALF_UP"))
        return _within(Sql(f"({date.value} {sign} to_seconds({seconds}))", date.known))
    number = emitter.sql(days)
    few = f"coalesce(abs({number.value}) < 3000000 AND {number.value} = trunc({number.value}), TRUE)"
    whole = f"CASE WHEN {few} THEN CAST(trunc({number.value}) AS INTEGER) END"
    return _within(Sql(f"({date.value} {sign} to_days({whole}))", (*date.known, *number.known, few)))


def _days_between(emitter: Emitter, term: Term) -> Sql:
    """Whole days; a fraction of a day has more digits than a DECIMAL."""
    left, right = emitter.parts(term)
    apart = f"(epoch_us({left.value}) - epoch_us({right.value}))"
    whole = f"coalesce({apart} % 86400000000 = 0, TRUE)"
    return Sql(f"CAST({apart} // 86400000000 AS DECIMAL(8,0))", (*left.known, *right.known, whole), (8, 0))


def _moved(emitter: Emitter, term: Term) -> Sql:
    moment, interval = emitter.sql(term.parts[0]), term.parts[1].value
    if not isinstance(interval, timedelta):
        raise Declined("an interval that is no literal of days to seconds")
    sign = "+" if term.name == "moment + interval" else "-"
    micros = interval // timedelta(microseconds=1)
    return _within(Sql(f"({moment.value} {sign} to_microseconds({micros}))", moment.known))


def _extracted(emitter: Emitter, term: Term) -> Sql:
    part = str(term.parts[0].value)
    if part not in _PARTS or term.parts[1].type not in (ResultType.DATE, ResultType.TIMESTAMP):
        raise Declined(f"EXTRACT({part})")
    moment = emitter.sql(term.parts[1])
    return Sql(f"CAST({part.lower()}({moment.value}) AS DECIMAL(4,0))", moment.known, (4, 0))


EMITTERS: dict[str, Callable[[Emitter, Term], Sql]] = {
    "TO_DATE": _to_moment,
    "TO_TIMESTAMP": _to_moment,
    "ADD_MONTHS": _months_added,
    "LAST_DAY": _last_day,
    "NEXT_DAY": _next_day,
    "MONTHS_BETWEEN": _months_between,
    "date + days": _days_added,
    "date - days": _days_added,
    "date - date": _days_between,
    "moment + interval": _moved,
    "moment - interval": _moved,
    "EXTRACT": _extracted,
    "TO_CHAR": _by_mask,
    "TRUNC": _cut,
    "ROUND": _cut,
}
