"""What a copybook declares: items with their level, picture and usage; how many bytes each takes; IBM Enterprise COBOL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Usage(StrEnum):
    """How a number stands in its bytes."""

    DISPLAY = "display"
    BINARY = "binary"
    PACKED = "packed"
    PACKED_UNSIGNED = "packed unsigned"
    FLOAT = "float"
    DOUBLE = "double"
    NATIONAL = "national"


class Sign(StrEnum):
    """Where the sign of a number in characters stands: over its last or first digit, or in a byte of its own."""

    TRAILING = "trailing"
    LEADING = "leading"
    TRAILING_SEPARATE = "trailing separate"
    LEADING_SEPARATE = "leading separate"


@dataclass(frozen=True)
class Picture:
    """
    A PICTURE.

    Attributes:
        numeric: Whether it is a number that can be computed with; edited numbers are text.
        size: Characters it takes as text, without a separate sign. digits: digits it has. scale: those behind the point; below zero for zeros
            that are not stored. signed: whether it has a sign.
    """

    numeric: bool
    size: int
    digits: int = 0
    scale: int = 0
    signed: bool = False


@dataclass
class Item:
    """
    An item of a copybook.

    Attributes:
        name: As written; FILLER has none. line: where it stands. occurs: how often, at most. depends_on: name of the item that says how often.
        occurs_min: How often at least. redefines: name of the item whose bytes it shares.
        synchronized: Whether SYNC aligns it.
    """

    level: int
    name: str | None
    line: int
    picture: Picture | None = None
    usage: Usage | None = None
    sign: Sign | None = None
    occurs: int = 1
    occurs_min: int = 1
    is_array: bool = False
    depends_on: str | None = None
    redefines: str | None = None
    synchronized: bool = False
    children: list[Item] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        """Whether it is made of others."""
        return bool(self.children)

    @property
    def single_size(self) -> int:
        """Bytes of one occurrence, arrays within at their largest."""
        if self.is_group:
            total, begins = 0, dict[str | None, int]()
            for child in self.children:
                if child.redefines is not None and child.redefines in begins:
                    at = begins[child.redefines]
                else:
                    at = total
                begins[child.name] = at
                total = max(total, at + child.size)
            return total
        return elementary_size(self)

    @property
    def size(self) -> int:
        """Bytes of all occurrences, at their largest."""
        return self.single_size * self.occurs

    def walk(self) -> list[Item]:
        """It and all below it, in order."""
        return [self, *(inner for child in self.children for inner in child.walk())]


def elementary_size(item: Item) -> int:
    """Bytes of an item that is not made of others."""
    usage, picture = item.usage, item.picture
    if usage is Usage.FLOAT:
        return 4
    if usage is Usage.DOUBLE:
        return 8
    if picture is None:
        return 0
    if usage is Usage.PACKED:
        return picture.digits // 2 + 1
    if usage is Usage.PACKED_UNSIGNED:
        return (picture.digits + 1) // 2
    if usage is Usage.BINARY:
        return 2 if picture.digits <= 4 else 4 if picture.digits <= 9 else 8 if picture.digits <= 18 else 16
    if usage is Usage.NATIONAL:
        return 2 * picture.size
    separate = item.sign in (Sign.LEADING_SEPARATE, Sign.TRAILING_SEPARATE)
    return picture.size + (1 if separate and picture.numeric else 0)


_REPEATED = re.compile(r"(CR|DB|[A-Z$*+\-.,/0-9])(?:\((\d{1,5})\))?")
_TEXT = frozenset("XABN/0,.Z*+-$GE")


def picture_of(text: str) -> Picture | None:
    """A PICTURE by its characters, such as ``S9(7)V99``; None where it is none."""
    symbols: list[tuple[str, int]] = []
    at, upper = 0, text.upper()
    while at < len(upper):
        found = _REPEATED.match(upper, at)
        if found is None:
            return None
        symbols.append((found[1], int(found[2] or 1)))
        at = found.end()
    kinds = {symbol for symbol, _ in symbols}
    if not symbols or not kinds <= _TEXT | {"9", "S", "V", "P", "CR", "DB"}:
        return None
    if kinds <= {"9", "S", "V", "P"}:
        return _number(symbols)
    width = {"S": 0, "V": 0, "P": 0, "CR": 2, "DB": 2}
    return Picture(False, sum(width.get(symbol, 1) * count for symbol, count in symbols))


# Private functions


def _number(symbols: list[tuple[str, int]]) -> Picture | None:
    flat = "".join(symbol * count for symbol, count in symbols)
    plain = flat.removeprefix("S")
    if "S" in plain or plain.count("V") > 1 or "9" not in plain:
        return None
    digits = plain.count("9")
    if plain.startswith(("P", "VP")):
        scale = plain.count("P") + digits
    elif plain.endswith(("P", "PV")):
        scale = -plain.count("P")
    else:
        scale = plain.partition("V")[2].count("9")
    return Picture(True, digits, digits, scale, flat.startswith("S"))
