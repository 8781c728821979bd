"""
Columns of fixed-width text: known layouts by their signature, else rivers of blanks that run through all lines.

Boundaries between fields that touch cannot be proven from the data; where the fill of positions jumps and the class of characters changes, one
is suggested, with less confidence. What looks like one value over a blank (a day and its time) is put together again.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from .cells import DATE, DECIMAL, INTEGER, TIME, class_of
from .dialect import trust_in

LINES_MAX = 2000
TRUST_LINES_MAX = 400


@dataclass(frozen=True)
class Fixed:
    """
    Spans ``[start, end)`` of columns, in characters, the length of a line, how sure, 0 to 1, and why.

    ``equal`` says that all lines have that length, ``blanks`` that most hold blanks between other characters; ``trust`` how much
    the cells look like values, 0 to 1.
    """

    spans: tuple[tuple[int, int], ...]
    length: int
    confidence: float
    evidence: str
    equal: bool = True
    blanks: bool = True
    trust: float = 1.0


def find_fixed(lines: list[str]) -> Fixed | None:
    """The columns of lines; None where they do not look like fixed-width text."""
    full = [line for line in lines[:LINES_MAX] if line.strip()]
    if len(full) < 2 or sum(line.count("\t") > 2 for line in full) > 0.5 * len(full):
        return None  # tabs part fields of any width
    full = [line.expandtabs(8) for line in full]
    sizes = Counter(len(line) for line in full)
    length, common = sizes.most_common(1)[0]
    share = common / len(full)
    longest = max(sizes)
    if length < 4 or longest > 20_000:
        return None
    body = [line for line in full if len(line) == length] if share >= 0.6 else full
    width = length if share >= 0.6 else longest
    known = known_layout(body)
    if known is not None:
        return known
    padded = [line.ljust(width) for line in body]
    spans = _merge(_spans(padded, width), padded)
    rivers = len(spans) - 1
    if share < 0.6 and (rivers < 2 or len(full) < 4):
        return None
    if rivers < 1 and share < 0.98:
        return None
    confidence = min(0.97, 0.35 + 0.35 * share + 0.05 * min(rivers, 6)) * (1 - 1 / (len(body) + 1))
    return Fixed(
        tuple(spans),
        width,
        confidence,
        f"{common:,} of {len(full):,} lines have {length} characters, and {rivers} rivers of blanks run through them",
        share >= 0.98 and len(full) >= 5,
        sum("  " in line.strip() for line in body) >= 0.5 * len(body),
        trust_in([[line[start:end].strip() for start, end in spans] for line in padded[:TRUST_LINES_MAX]]),
    )


def known_layout(lines: list[str]) -> Fixed | None:
    """A layout that we know by its content."""
    for length, pattern, name, starts in LAYOUTS:
        if len(lines[0]) == length and all(re.match(pattern, line) for line in lines[:200]):
            ends = (*starts[1:], length)
            return Fixed(
                tuple(zip(starts, ends, strict=True)),
                length,
                0.99,
                f"every line fits the layout of the {name}",
            )
    return None


LAYOUTS = (
    (101, r"\d{9}.{18}.{36}[A-Z ]{2}.{25}[YN ][S ][YN ][\d ]{8}", "Fedwire directory", (0, 9, 27, 63, 65, 90, 91, 92, 93)),
    (155, r"\d{9}[OB]\d{9}[0-2][\d ]{6}[\d ]{9}", "FedACH directory", (0, 9, 10, 19, 20, 26, 35, 71, 107, 127, 129, 134, 138, 141, 144, 148, 149, 150)),
    (94, r"101[ \d]\d{9}.{10}[\d ]{10}\w094", "NACHA file header", (0, 1, 3, 13, 23, 29, 33, 34, 37, 39, 40, 63, 86)),
    (94, r"5(?:200|220|225|280).{36}[A-Z]{3}", "NACHA batch header", (0, 1, 4, 20, 40, 50, 53, 63, 69, 75, 78, 79, 87)),
    (94, r"6\d{2}\d{9}.{17}\d{10}.{39}[01]\d{15}", "NACHA entry detail", (0, 1, 3, 11, 12, 29, 39, 54, 76, 78, 79)),
    (94, r"7\d{2}.{80}\d{4}\d{7}", "NACHA addenda", (0, 1, 3, 83, 87)),
    (94, r"8(?:200|220|225|280)\d{6}\d{10}\d{12}\d{12}", "NACHA batch control", (0, 1, 4, 10, 20, 32, 44, 54, 73, 79, 87)),
    (94, r"9\d{6}\d{6}\d{8}\d{10}\d{12}\d{12} {39}", "NACHA file control", (0, 1, 7, 13, 21, 31, 43, 55)),
)  # fmt: skip
"""Length of a line, what each line matches, its name, starts of its fields."""


# Private functions


def _spans(lines: list[str], width: int) -> list[tuple[int, int]]:
    """Stretches between rivers: positions that are blank in all lines."""
    blank = [True] * width
    for line in lines:
        for at, letter in enumerate(line[:width]):
            if letter != " ":
                blank[at] = False
    spans: list[tuple[int, int]] = []
    start = None
    for at in range(width):
        if not blank[at] and start is None:
            start = at
        elif blank[at] and start is not None:
            spans.append((start, at))
            start = None
    if start is not None:
        spans.append((start, width))
    starts = [0, *(begin for begin, _ in spans[1:])]
    return list(zip(starts, [*starts[1:], width], strict=True))


def _merge(spans: list[tuple[int, int]], lines: list[str]) -> list[tuple[int, int]]:
    """Neighbours that hold one value together: a day and its time, words of one text."""
    merged = list(spans)
    number = 0
    while number + 1 < len(merged):
        (start, middle), (_, end) = merged[number], merged[number + 1]
        left = [line[start:middle].strip() for line in lines[:300]]
        right = [line[middle:end].strip() for line in lines[:300]]
        whole = [line[start:end] for line in lines[:300]]
        if _one_value(left, right, whole):
            merged[number : number + 2] = [(start, end)]
        else:
            number += 1
    return merged


def _one_value(left: list[str], right: list[str], whole: list[str]) -> bool:
    rows = [(a, b, c) for a, b, c in zip(left, right, whole, strict=True) if a or b]
    both = [(a, b, c.strip()) for a, b, c in rows if a and b]
    if not both:
        return False
    if all(
        class_of(c) in (DATE, TIME) and not class_of(a) == class_of(b) == DATE for a, b, c in both
    ) and len(both) == len(rows):
        return not any("  " in c for _, _, c in both)
    # A word gap is one blank wide wherever there is a word behind it; a padded column leaves more.
    if any(not a or "  " in c.strip() for a, b, c in rows if b):
        return False
    spoken = all(_wordy(a) for a, _, _ in both) and not all(class_of(b) == DATE for _, b, _ in both)
    ongoing = all(_ends_in_a_sign(a) for a, _, _ in both)
    words = spoken or ongoing and not all(class_of(b) in (INTEGER, DECIMAL, DATE, TIME) for _, b, _ in both)
    symbols = all(not any(letter.isalnum() for letter in a) for a, _, _ in both) or all(
        not any(letter.isalnum() for letter in b) for _, b, _ in both
    )
    longer = (
        len(both) < 0.5 * len(rows)
        and len({len(a) for a, _, _ in rows}) > 2
        and not any(class_of(b) in (DECIMAL, DATE, TIME) for _, b, _ in both)
    )
    return words or symbols or longer


def _wordy(cell: str) -> bool:
    """Whether a cell is words of letters, not a code or an abbreviation."""
    return (
        len(cell) > 1
        and not any(letter.isdigit() for letter in cell)
        and any(letter.islower() for letter in cell)
    )


def _ends_in_a_sign(cell: str) -> bool:
    """Whether a cell ends in a sign that stands alone between words."""
    return cell.endswith((" -", " –", " —", " ·", " •", " /", " &", " +"))
