"""Random expressions and random texts for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from loadstone.expressions.values import date_text

ALPHABET = " aAbxX0é€ßÿ😀-_"
NUMBER_MASKS = (
    *(
        "FM0000",
        "9990.00",
        "000",
        "FM999.00",
        "99999",
        "9,999",
        "FM9G999G990D09",
        "S999.9",
        "9990S",
        "FM999.99",
    ),
    *("9999.99MI", "FM990MI", "999PR", "FM99,990PR", "$9,999.00", "FM$999", "0,000,000", ".99"),
)
SHOWN_MASKS = (
    *(
        "Month",
        "DD-mon-YY",
        "Q DDD",
        "WW IW W D",
        "IYYY-IW",
        "fmDD Month YYYY",
        "FMHH24:FMMI",
        "J",
        "CC RM YYY Y",
    ),
    *("SSSSS", "HH12:MI:SS P.M.", "HH am", "FMDay, DY", "SYYYY AD"),
)
MASKS = ("YYYYMMDD", "DD.MM.YYYY", "DD-MON-RR", "YYYY-MM-DD HH24:MI:SS", "DDMMYY", "MM/DD/YYYY HH24:MI")
SIGNS = ("=", "<>", "<", ">", "<=", ">=")

Rows = Sequence[tuple[str, str]]
"""Texts of the binds A and B."""


def words_of(chance: random.Random) -> Rows:
    """Words; one in five is empty."""

    def text() -> str:
        return "".join(chance.choices(ALPHABET, k=chance.choice((0, 1, 2, 5, 9))))

    return [(text(), text()) for _ in range(6)]


def values_of(chance: random.Random) -> Rows:
    """Words, numbers, and dates that fit a mask or do not."""

    def number() -> str:
        sign = chance.choice(("", "", "-", "+", " "))
        behind = chance.choice(("", "", ".5", ".25", ".050", ".", ".123456789012", "e2", " "))
        return f"{sign}{chance.randrange(10 ** chance.choice((1, 3, 9, 17, 30)))}{behind}"

    def date() -> str:
        year, month = chance.choice((1, 1949, 1999, 2024, 2050, 9999)), chance.randint(1, 12)
        moment = datetime(year, month, chance.randint(1, 28), chance.choice((0, 23)), chance.randint(0, 59))
        shown = date_text(moment, chance.choice(MASKS), "AMERICAN")
        return (
            shown if chance.random() < 0.8 else shown[: chance.randrange(len(shown))] + chance.choice("x.9 ")
        )

    def word() -> str:
        return "".join(chance.choices(ALPHABET, k=chance.choice((0, 1, 3, 8))))

    return [(chance.choice((word, number, date))(), chance.choice((word, number, date))()) for _ in range(8)]


def literal_of(chance: random.Random) -> str:
    """A literal, sometimes the empty one."""
    return "'" + "".join(chance.choices("aAx0 é-", k=chance.randint(0, 3))) + "'"


def spans_of(chance: random.Random, depth: int = 3) -> str:
    """An expression of texts that the direct lane takes."""
    if depth == 0 or chance.random() < 0.15:
        return chance.choice((":A", ":B", ":A", literal_of(chance)))
    a, b, c = (spans_of(chance, depth - 1) for _ in range(3))
    one, two, n, m = literal_of(chance), literal_of(chance), chance.randint(-6, 8), chance.randint(-2, 8)
    return chance.choice(
        (
            f"{chance.choice(('TRIM', 'LTRIM', 'RTRIM', 'UPPER', 'LOWER'))}({a})",
            f"{chance.choice(('LTRIM', 'RTRIM'))}({a}, 'x0 ')",
            f"SUBSTR({a}, {n})",
            f"SUBSTR({a}, {n}, {m})",
            f"NVL({a}, {b})",
            f"COALESCE({a}, {b}, {one})",
            f"NVL2({a}, {b}, {c})",
            f"{a} || {b}",
            f"{chance.choice(('LPAD', 'RPAD'))}({a}, {n}, 'aé')",
            f"RPAD({a}, {n})",
            f"REPLACE({a}, 'a', {one})",
            f"REPLACE({a}, 'ax')",
            f"DECODE({a}, {one}, {b}, {c}, {a}, {two})",
            f"CASE WHEN {span_condition_of(chance, depth - 1)} THEN {a} ELSE {b} END",
        )
    )


def span_condition_of(chance: random.Random, depth: int) -> str:
    """A condition over texts that the direct lane takes."""
    a, b, one = spans_of(chance, depth), spans_of(chance, depth), literal_of(chance)
    return chance.choice(
        (
            f"{a} = {b}",
            f"{a} <> {one}",
            f"{a} IN ({one}, {b})",
            f"{a} NOT IN ({one}, {b})",
            f"{a} IS NULL",
            f"NOT ({a} = {one} OR {b} IS NOT NULL)",
            f"{a} <> {one} AND {b} = {a}",
        )
    )


def number_of(chance: random.Random, depth: int = 3) -> str:
    """An expression of numbers."""
    if depth <= 0 or chance.random() < 0.1:
        return chance.choice((":A", ":B", "TO_NUMBER(:A)", "0", "7", "-2.5", "100", "1e3", "LENGTH(:B)"))
    a, b, digit = number_of(chance, depth - 1), number_of(chance, depth - 1), chance.randint(0, 3)
    text, date, condition = (
        text_of(chance, depth - 1),
        date_of(chance, depth - 1),
        condition_of(chance, depth - 1),
    )
    search, where = chance.choice((literal_of(chance), ":B")), chance.choice(("", ", 2", ", -1", ", 1, 2"))
    mask = chance.choice(("99999.99", "0000", "999999999"))
    return chance.choice(
        (
            f"({a} {chance.choice('+-*')} {b})",
            f"{a} / {chance.choice(('10', '4', '0.5', '100', '-8', '3'))}",
            f"-({a})",
            f"{chance.choice(('ABS', 'SIGN', 'CEIL', 'FLOOR', 'ROUND', 'TRUNC'))}({a})",
            f"{chance.choice(('ROUND', 'TRUNC'))}({a}, {digit})",
            f"MOD({a}, {chance.choice(('7', '-3', '0.3', '0', b))})",
            f"{chance.choice(('NVL', 'NULLIF', 'GREATEST', 'LEAST', 'COALESCE'))}({a}, {b})",
            f"NVL2({text}, {a}, {b})",
            f"DECODE({a}, 7, {b}, 0, 1.5, {a})",
            f"CASE WHEN {condition} THEN {a} ELSE {b} END",
            f"CAST({a} AS NUMBER(12,{digit}))",
            f"{chance.choice(('LENGTH', 'LENGTHB', 'ASCII'))}({text})",
            f"INSTR({text}, {search}{where})",
            f"TO_NUMBER({text}, '{mask}')",
            f"EXTRACT({chance.choice(('YEAR', 'MONTH', 'DAY'))} FROM {date})",
            f"({date} - {date_of(chance, 0)})",
            f"REGEXP_COUNT({text}, '[0-9]+')",
            f"MONTHS_BETWEEN({date}, {date_of(chance, 0)})",
        )
    )


def date_of(chance: random.Random, depth: int = 3) -> str:
    """An expression of dates."""
    if depth <= 0 or chance.random() < 0.1:
        read = f"TO_DATE({chance.choice((':A', ':B'))}, '{chance.choice(MASKS)}')"
        return chance.choice((read, read, read, "DATE '2024-01-31'", "SYSDATE"))
    date, number, text = date_of(chance, depth - 1), number_of(chance, depth - 2), text_of(chance, depth - 1)
    unit = chance.choice(("DD", "MM", "YYYY", "Q", "IW", "DAY", "HH24", "MI", "WW", "W", "IYYY", "CC"))
    weekday = chance.choice(("MONDAY", "SUN", "thursday"))
    return chance.choice(
        (
            f"ADD_MONTHS({date}, {chance.choice(('1', '-13', '0.9', number))})",
            f"LAST_DAY({date})",
            f"TRUNC({date}, '{unit}')",
            f"ROUND({date})",
            f"ROUND({date}, '{unit}')",
            f"NEXT_DAY({date}, '{weekday}')",
            f"({date} {chance.choice('+-')} {chance.choice(('1', '1/24', '0.5', number))})",
            f"({date} + INTERVAL '90' MINUTE)",
            f"NVL({date}, {date_of(chance, 0)})",
            f"DECODE({text}, 'x', {date}, {date_of(chance, 0)})",
            f"CASE WHEN {condition_of(chance, depth - 1)} THEN {date} END",
            f"GREATEST({date}, SYSDATE)",
        )
    )


def text_of(chance: random.Random, depth: int = 3) -> str:
    """An expression of texts with all kinds of values in it."""
    if depth <= 0:
        return chance.choice((":A", ":B", literal_of(chance)))
    kind, text = chance.randrange(4), text_of(chance, depth - 1)
    if kind == 0:
        number = number_of(chance, depth - 1)
        mask = chance.choice(NUMBER_MASKS)
        return chance.choice((f"TO_CHAR({number})", f"TO_CHAR({number}, '{mask}')", f"({number}) || {text}"))
    if kind == 1:
        mask = chance.choice((*MASKS, *SHOWN_MASKS))
        return f"TO_CHAR({date_of(chance, depth - 1)}, '{mask}')"
    if kind == 2:
        return spans_of(chance, depth)
    start, size = chance.choice(("2", "INSTR(:A, '.') + 1", ":B")), chance.choice(("", ", 3", ", LENGTH(:A)"))
    return chance.choice(
        (
            f"SUBSTR({text}, {start}{size})",
            f"SUBSTRB({text}, 2, 3)",
            f"TRANSLATE({text}, 'aAx0', 'b1')",
            f"REVERSE({text})",
            f"{chance.choice(('INITCAP', 'SOUNDEX', 'RAWTOHEX', 'STANDARD_HASH'))}({text})",
            f"RAWTOHEX(HEXTORAW({text}))",
            f"REGEXP_REPLACE({text}, '[a-c]+', '-', 1, 1)",
            f"REPLACE({text}, {literal_of(chance)}, :B)",
            f"REGEXP_REPLACE({text}, '([0-9])|a', '<\\1>')",
            f"REGEXP_SUBSTR({text}, '[[:alpha:]]+', 1, {chance.choice('12')})",
            f"CAST({text} AS VARCHAR2(3))",
        )
    )


def condition_of(chance: random.Random, depth: int) -> str:
    """A condition over values of all kinds."""
    a, b, text = number_of(chance, depth), number_of(chance, depth - 1), text_of(chance, depth)
    sign = chance.choice(SIGNS)
    return chance.choice(
        (
            f"{a} {sign} {b}",
            f"{text} {sign} :B",
            f"{date_of(chance, depth)} {sign} {date_of(chance, 0)}",
            f"{a} BETWEEN 1 AND {b}",
            f"NOT ({text} LIKE 'a%x_') OR {a} IS NULL",
            f"REGEXP_LIKE({text}, '^[0-9]+$') AND {b} > 5",
            f"{a} NOT IN (1, 2.5, {b})",
        )
    )
