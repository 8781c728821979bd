"""Delimited files of random dialects: preambles, trailers, quoted line ends, ragged records, any character set."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import ebcdic  # noqa: F401 - registers code pages of mainframes

from tests.generated.words import HEADS, LANGUAGES

DELIMITERS = (
    ",",
    ";",
    "\t",
    "|",
    ",",
    ";",
    "\t",
    "|",
    "~",
    "^",
    "\x01",
    "\x1f",
    "¦",
    "#",
    "||",
    "|~|",
    "~~",
    "::",
    "^|^",
    "§",
)
MASKS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%Y/%m/%d", "%d%m%Y")


@dataclass(frozen=True)
class Made:
    """
    A file and what is true of it.

    Attributes:
        text: Its characters; ``data`` their bytes in ``encoding``.
        rows: The records, without header, preamble and footer.
        tags: What is peculiar about it, for telling what fails.
    """

    data: bytes
    text: str
    encoding: str
    delimiter: str
    quotechar: str
    has_header: bool
    preamble_lines: int
    rows: list[list[str]]
    header: list[str]
    tags: frozenset[str]


def make(seed: int, *, encoding: str | None = None) -> Made:
    """The file of a seed; the same each time."""
    dice = random.Random(seed)
    language = dice.choice(list(LANGUAGES)) if dice.random() < 0.6 else "en"
    sets, _ = LANGUAGES[language]
    encoding = encoding or dice.choice((*sets, *sets[:2]))
    kinds = _kinds(dice)
    single = len(kinds) == 1
    delimiter = "," if single else dice.choice(DELIMITERS)
    if not _can(encoding, delimiter):
        delimiter = ";"
    rows = _rows(dice, kinds, language, delimiter)
    has_header = dice.random() < 0.7 or not rows
    header = _header(dice, kinds) if has_header else []
    tags = {f"rows {'1' if len(rows) == 1 else '2-5' if len(rows) < 6 else 'many' if rows else '0'}"}
    quotes = _quoting(dice, rows, delimiter, single=single)
    tags.add(f"quotes {quotes}")
    end = dice.choice(("\n", "\r\n", "\n", "\r\n", "\r"))
    lines = [_line(dice, row, delimiter, quotes) for row in ([header] if header else []) + rows]
    lines, preamble = _around(dice, lines, len(rows), delimiter, single=single, tags=tags)
    if dice.random() < 0.1 and not single and quotes == "none":
        lines = [line.replace(delimiter, f"{delimiter} ") for line in lines]
        tags.add("blanks behind delimiters")
    text = end.join(lines) + (end if dice.random() < 0.9 else "")
    text = text.encode(encoding, "replace").decode(encoding)
    used = '"' if quotes in ("all", "some") else "'" if quotes == "single" else ""
    tags |= {f"language {language}", f"delimiter {delimiter!r}"}
    return Made(
        text.encode(encoding),
        text,
        encoding,
        delimiter,
        used,
        has_header,
        preamble,
        rows,
        header,
        frozenset(tags),
    )


# Private functions


def _can(encoding: str, text: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text
    except UnicodeEncodeError:
        return False


def _kinds(dice: random.Random) -> list[str]:
    if dice.random() < 0.04:
        return [dice.choice(("account", "iban", "amount", "name", "day"))]
    some = list(HEADS)
    width = dice.choice((2, 3, 4, 5, 6, 8, 10, 12, 16, 24))
    kinds = [dice.choice(some) for _ in range(width)]
    if all(kind in ("empty", "text", "name", "flag") for kind in kinds):
        kinds[0] = "amount"
    return kinds


def _header(dice: random.Random, kinds: list[str]) -> list[str]:
    style = dice.randrange(8)
    names: list[str] = []
    for kind in kinds:
        choices = HEADS[kind]
        name = choices[style % len(choices)] if dice.random() < 0.8 else dice.choice(choices)
        while name in names:
            name = f"{name}{'_' if style % 2 else ' '}{dice.randrange(2, 99)}"
        names.append(name)
    return names


def _values(dice: random.Random, kind: str, language: str) -> Callable[[int], str]:
    """What gives the values of one column."""
    phrases = LANGUAGES[language][1].split("|")
    comma = language in ("de", "fr", "es", "pl", "cs", "ru", "pt", "sv")
    grouped = dice.random() < 0.2
    mask = dice.choice(MASKS)
    size = dice.choice((6, 8, 10, 12))
    words = dice.choice((("Y", "N"), ("0", "1"), ("true", "false"), ("C", "D"), ("J", "N")))
    gaps = dice.choice((0.0, 0.0, 0.1, 0.5))
    long = dice.random() < 0.3
    codes = [
        f"{dice.choice('ABCDEFGHKMNPRSTXZ')}{dice.choice('ABCDEFGHKMNPRSTXZ')}{dice.randrange(100)}"
        for _ in range(6)
    ]

    def amount() -> str:
        found = f"{dice.uniform(-9e5, 9e6):,.2f}" if grouped else f"{dice.uniform(-9e3, 9e4):.2f}"
        return found.translate(str.maketrans(",.", ".,")) if comma else found

    def text() -> str:
        found = " ".join(dice.choice(phrases) for _ in range(dice.randint(2, 6) if long else 1))
        return f"{found}, {dice.randrange(1000)}" if dice.random() < 0.25 else found

    makers: dict[str, Callable[[int], str]] = {
        "number": lambda number: str(number + 1),
        "account": lambda number: f"{dice.randrange(10**size):0{size}d}",
        "amount": lambda number: amount(),
        "day": lambda number: (date(2024, 1, 1) + timedelta(dice.randrange(900))).strftime(mask),
        "currency": lambda number: dice.choice(("EUR", "USD", "GBP", "PLN", "JPY")),
        "code": lambda number: dice.choice(codes),
        "text": lambda number: text(),
        "name": lambda number: dice.choice(phrases),
        "flag": lambda number: dice.choice(words),
        "rate": lambda number: f"{dice.uniform(0, 5):.{4}f}".replace(".", "," if comma else "."),
        "iban": lambda number: f"DE{dice.randrange(10, 99)}{dice.randrange(10**17, 10**18)}",
        "empty": lambda number: "",
    }
    make_value = makers[kind]
    return lambda number: (
        "" if kind not in ("number", "empty") and dice.random() < gaps else make_value(number)
    )


def _rows(dice: random.Random, kinds: list[str], language: str, delimiter: str) -> list[list[str]]:
    count = (
        dice.choice((0, 1, 2, 3, 5, 10, 20, 20, 50, 50, 120, 300)) if len(kinds) > 1 else dice.randint(3, 60)
    )
    columns = [_values(dice, kind, language) for kind in kinds]
    return [[column(number) for column in columns] for number in range(count)]


def _quoting(dice: random.Random, rows: list[list[str]], delimiter: str, *, single: bool) -> str:
    cells = [cell for row in rows for cell in row]
    needed = any(delimiter in cell or '"' in cell for cell in cells) and not single
    if needed:
        style = dice.choice(("all", "some", "some"))
    else:
        style = dice.choice(("none", "none", "some", "all", "none" if single else "single"))
    if style in ("all", "some") and dice.random() < 0.25:
        for row in rows:
            for at, cell in enumerate(row):
                if " " in cell and dice.random() < 0.3:
                    row[at] = cell.replace(" ", "\n", 1) if dice.random() < 0.5 else f'"{cell}" {delimiter}'
    if style == "single" and any("'" in cell for cell in cells):
        style = "none"
    return style


def _line(dice: random.Random, row: list[str], delimiter: str, quotes: str) -> str:
    made = []
    for cell in row:
        must = delimiter in cell or "\n" in cell or '"' in cell
        if quotes == "single":
            made.append(f"'{cell}'")
        elif quotes == "all" or quotes == "some" and (must or " " in cell):
            made.append('"' + cell.replace('"', '""') + '"')
        else:
            made.append(cell)
    return delimiter.join(made)


def _around(
    dice: random.Random, lines: list[str], count: int, delimiter: str, *, single: bool, tags: set[str]
) -> tuple[list[str], int]:
    """Lines above and below, and records that are too short; the number of lines above."""
    above: list[str] = []
    if not single and count >= 5 and dice.random() < 0.2:
        tags.add("preamble")
        above = dice.choice(
            (
                ["Daily statement"],
                ["Account report", f"Created: 2026-03-0{dice.randint(1, 9)} 06:15", ""],
                ["First Example Bank plc", "Branch 0417", "Currency: EUR", "Period: 01.01.2026 - 31.01.2026"],
                [f"HDR{delimiter}20260301{delimiter}GLFEED"] if delimiter in ",;|\t" else ["HDR 20260301"],
                ["# exported by core system 4.2", "# all rights reserved"],
            )
        )
    if not single and count >= 5 and dice.random() < 0.2:
        tags.add("trailer")
        lines = [
            *lines,
            dice.choice(
                (f"TRL{delimiter}{count}", f"Total records: {count}", "End of file", f"T{count:09d}")
            ),
        ]
    if not single and count >= 20 and dice.random() < 0.08 and lines[-2].count(delimiter) > 1:
        tags.add("ragged")
        at = dice.randrange(5, count - 2)
        lines[at] = lines[at].rpartition(delimiter)[0]
    if dice.random() < 0.05:
        tags.add("blank lines")
        lines = [*lines, "", ""]
    return above + lines, len(above)
