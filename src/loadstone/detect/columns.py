"""
The type of each column, told by all its values: integer, decimal, boolean, date, time, timestamp or string, with mask and decimal sign.

A type stands only if every value that is not empty has it; what remains ambiguous after all rows (day or month first) is said, not guessed away.
Digits with leading zeros are an identifier, so a string.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from .masks import MASKS, Mask
from .personal import masked, personal_kind

INTEGER, DECIMAL, BOOLEAN, STRING = "integer", "decimal", "boolean", "string"

EXAMPLES = 3
SKETCH_MAX = 64
"""Different values up to which a column is a list of codes, by which it is known again under another name."""

_UNIQUE_MAX = 3000
_NULLS = frozenset({"", "null", "NULL", "\\N", "N/A", "n/a", "NA", "#N/A", "None", "NaN", "nan", "-"})
_PLAIN = {
    BOOLEAN: r"(?:true|false|yes|no|y|n|t|f|ja|nein|oui|non|j)",
    INTEGER: r"[-+]?(?:0|[1-9]\d{0,37})|(?:0|[1-9]\d{0,37})-",
}
_DECIMALS = {
    ".": r"[-+]?(?:[1-9]\d{0,2}(?:[, '’\xa0\u202f]\d{3})+|\d+)?\.\d+-?|[-+]?\d+-?|[-+]?[1-9]\d{0,2}(?:[, '’\xa0\u202f]\d{3})+|\([\d,]+(?:\.\d+)?\)|[-+]?\d+(?:\.\d+)?[eE][-+]?\d+",
    ",": r"[-+]?(?:[1-9]\d{0,2}(?:[. '’\xa0\u202f]\d{3})+|\d+)?,\d+-?|[-+]?\d+-?|[-+]?[1-9]\d{0,2}(?:[. '’\xa0\u202f]\d{3})+",
}


@dataclass(frozen=True)
class Column:
    """
    One column of a file.

    Attributes:
        name: Its name in the header, else ``column_1`` and so on, 1-based.
        type: ``string``, ``integer``, ``decimal``, ``boolean``, ``date``, ``time`` or ``timestamp``.
        mask: Of dates and times, in terms of ``strftime``; None for others.
        oracle_mask: The same in Oracle's terms.
        decimal: Decimal sign of a decimal column.
        ambiguous: Other masks that fit all values just as well.
        nullable: Whether some values are empty.
        null_word: A word that stands for no value, where one does.
        personal: Kind of personal data that it holds (``iban``, ``email``, ``name``, ``national_id:pl``, ...); None for none.
        examples: Its first different values, those of personal data masked.
        length: Characters of its longest value.
        shortest: Characters of its shortest value that is not empty; 0 where all are.
        nulls: Values that are empty or stand for none.
        sketch: Checksums of its different values, sorted; empty where there are more than ``SKETCH_MAX`` or they are personal.
        grouped: Whether a decimal column's values have signs between thousands.
        start: First character of a fixed-width column, 0-based; None in delimited text.
        end: Behind its last character.
    """

    name: str
    type: str = STRING
    mask: str | None = None
    oracle_mask: str | None = None
    decimal: str | None = None
    ambiguous: tuple[str, ...] = ()
    nullable: bool = False
    personal: str | None = None
    examples: tuple[str, ...] = ()
    null_word: str = ""
    length: int = 0
    shortest: int = 0
    nulls: int = 0
    sketch: tuple[int, ...] = ()
    grouped: bool = False
    start: int | None = None
    end: int | None = None


@dataclass
class Judge:
    """Narrows the types of one column while its values pass by."""

    plain: dict[str, re.Pattern[str]] = field(default_factory=dict)
    decimals: dict[str, re.Pattern[str]] = field(default_factory=dict)
    masks: list[Mask] = field(default_factory=list)
    unique: set[str] = field(default_factory=set)
    nullable: bool = False
    zeros: bool = False
    seen: bool = False
    length: int = 0
    shortest: int = 0
    nulls: int = 0
    null_word: str = ""
    examples: dict[str, None] = field(default_factory=dict)

    def take(self, values: Iterable[str]) -> None:
        """Values of some rows; blanks around them do not count."""
        values = tuple(values)
        raw = dict.fromkeys(values)
        if len(self.examples) < EXAMPLES:
            self._keep(map(str.strip, raw))
        distinct = set(map(str.strip, raw))
        blank = distinct & _NULLS
        if blank:
            self.nullable = True
            self.nulls += sum(values.count(value) for value in raw if value.strip() in blank)
            self.null_word = self.null_word or max(blank)
            distinct -= blank
        if not distinct:
            return
        if not self.seen:
            self._begin(distinct)
        self.length = max(self.length, max(map(len, distinct)))
        least = min(map(len, distinct))
        self.shortest = min(self.shortest, least) if self.shortest else least
        joined = "\n".join(distinct)
        self.plain = {name: one for name, one in self.plain.items() if one.fullmatch(joined)}
        self.decimals = {sign: one for sign, one in self.decimals.items() if one.fullmatch(joined)}
        self.masks = [mask for mask in self.masks if _all(mask.pattern).fullmatch(joined)]
        if not self.zeros and (INTEGER in self.plain or self.decimals):
            self.zeros = bool(re.search(r"(?m)^[-+]?0\d", joined))
        if len(self.unique) < _UNIQUE_MAX:
            self.unique |= distinct

    def column(self, name: str) -> Column:
        """What the values were."""
        found = self._typed(name)
        grouped = found.decimal is not None and any(
            _is_grouped(value, found.decimal) for value in self.unique
        )
        word = self.null_word if found.type != STRING else ""
        kind = personal_kind(name, found.type, self.unique)
        shown = tuple(masked(value, kind) if kind else value for value in self.examples)
        return replace(
            found,
            length=self.length,
            shortest=self.shortest,
            nulls=self.nulls,
            sketch=() if kind else _sketch(self.unique),
            grouped=grouped,
            null_word=word,
            personal=kind,
            examples=shown,
        )

    def _keep(self, values: Iterable[str]) -> None:
        """Remember the first different values, cut to a length that a line holds."""
        for value in values:
            if value not in _NULLS:
                self.examples[value[:40]] = None
                if len(self.examples) >= EXAMPLES:
                    return

    def _typed(self, name: str) -> Column:
        if not self.seen:
            return Column(name, STRING, nullable=self.nullable)
        masks = [mask for mask in self.masks if mask.valid(self.unique)]
        numeric = INTEGER in self.plain or bool(self.decimals)
        if masks and numeric and not self._date_like(masks):
            masks = []
        if masks:
            best = min(masks, key=lambda mask: (mask.span_days(self.unique) // 366 // 8, masks.index(mask)))
            others = tuple(
                mask.text
                for mask in masks
                if mask is not best and mask.kind == best.kind and not _same(mask, best, self.unique)
            )
            return Column(name, best.kind, best.text, best.oracle, ambiguous=others, nullable=self.nullable)
        if BOOLEAN in self.plain:
            return Column(name, BOOLEAN, nullable=self.nullable)
        if INTEGER in self.plain and not self.zeros:
            return Column(name, INTEGER, nullable=self.nullable)
        if self.decimals and not self._identifier():
            signs = sorted(
                self.decimals, key=lambda sign: (-sum(sign in value for value in self.unique), sign != ".")
            )
            other = tuple(f"decimal sign {sign}" for sign in signs[1:])
            return Column(
                name,
                DECIMAL,
                decimal=signs[0],
                ambiguous=other if any("," in v or "." in v for v in self.unique) else (),
                nullable=self.nullable,
            )
        return Column(name, STRING, nullable=self.nullable)

    def _begin(self, distinct: set[str]) -> None:
        self.seen = True
        self.plain = {name: _all(pattern) for name, pattern in _PLAIN.items()}
        self.decimals = {sign: _all(pattern) for sign, pattern in _DECIMALS.items()}
        probe = next(iter(distinct))
        self.masks = [mask for mask in MASKS if re.fullmatch(mask.pattern, probe, re.IGNORECASE)]

    def _identifier(self) -> bool:
        """Whether digits with leading zeros stand for a name: no fraction, or not a zero before the sign."""
        return any(re.match(r"[-+]?0\d", value) for value in self.unique)

    def _date_like(self, masks: Sequence[Mask]) -> bool:
        """Whether plain digits are dates: several of them, in a span that dates of a file have."""
        years = min(mask.span_days(self.unique) for mask in masks) / 366
        digits = len(next(iter(self.unique)))
        distinct = len(self.unique)
        if digits >= 8:
            return years <= 130
        return distinct >= 4 and years <= 40 or distinct >= 1 and years <= 3 and digits == 7


def name_columns(header: Sequence[str] | None, width: int) -> list[str]:
    """Names from a header; unnamed columns are ``column_N``, a name that comes again gets its number."""
    names: dict[str, None] = {}
    for number in range(width):
        name = header[number].strip() if header and number < len(header) else ""
        name = name or f"column_{number + 1}"
        while name in names:
            name = f"{name}_{number + 1}"
        names[name] = None
    return list(names)


# Private functions

_COMPILED: dict[str, re.Pattern[str]] = {}


def _all(pattern: str) -> re.Pattern[str]:
    """A pattern of values parted by line feeds, each of which fits."""
    found = _COMPILED.get(pattern)
    if found is None:
        found = _COMPILED[pattern] = re.compile(rf"(?:(?:{pattern})(?:\n|\Z))++", re.IGNORECASE)
    return found


def _sketch(values: set[str]) -> tuple[int, ...]:
    return tuple(sorted(zlib.crc32(value.encode()) for value in values)) if len(values) <= SKETCH_MAX else ()


def _same(one: Mask, other: Mask, values: Iterable[str]) -> bool:
    """Whether two masks give the same day for every value."""
    return all(one.day_of(value) == other.day_of(value) for value in values)


def _is_grouped(value: str, decimal: str) -> bool:
    """Whether signs stand between the thousands of a number."""
    whole = value.rpartition(decimal)[0] if decimal in value else value
    return bool(re.search(r"\d[^\d]\d", whole))
