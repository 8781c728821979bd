"""
Templates of names and lines: text with places in braces.

    {business_date:YYYYMMDD}  {sequence:03}  {count}  {sum(amount):015.2v}  {hash(account):010}  {count(PAY)}

A place is a variable or a total, and how it is shown: a date mask; for numbers ``[0][width][.decimals][v]``, where v
leaves the decimal point out; for text ``<width`` or ``>width``. Braces of the text itself are doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal

from loadstone.errors import FixSpec
from loadstone.output.masks import MaskFault, compile_mask
from loadstone.output.model import Value

_PLACE = re.compile(r"(\w+)(?:\(\s*([^(),{}]*?)\s*(?:,\s*([^(),{}]*?)\s*)?\))?(?::([^{}]*))?$")
_NUMBER = re.compile(r"(0?)(\d*)(?:\.(\d+))?(v?)$")
_WHOLE = re.compile(r"-?[0-9]+$")
_TEXT = re.compile(r"([<>])(\d+)$")
_EXACT = Context(prec=1000)
"""More digits than any total has; Python's own context would round at 28."""

FUNCTIONS = ("count", "sum", "hash", "min", "max")


@dataclass(frozen=True)
class Total:
    """
    A total over the records.

    Attributes:
        function: One of ``FUNCTIONS``. column: None for a count. of_type: only records of this type; None for all.
    """

    function: str
    column: str | None = None
    of_type: str | None = None

    def __str__(self) -> str:
        """As a template writes it."""
        inside = ", ".join(part for part in (self.column, self.of_type) if part is not None)
        return f"{self.function}({inside})" if inside else self.function


@dataclass(frozen=True)
class Spot:
    """A place: what stands there, and how it is shown."""

    name: str | Total
    form: str


@dataclass(frozen=True)
class Template:
    """A parsed template: literal texts and places in turn."""

    parts: tuple[str | Spot, ...]

    def totals(self) -> Iterator[Total]:
        """The totals that it shows."""
        for part in self.parts:
            if isinstance(part, Spot) and isinstance(part.name, Total):
                yield part.name

    def filled(self, variables: Mapping[str, Value], totals: Mapping[Total, Value]) -> str:
        """
        The text.

        Raises:
            FixSpec: LS-8005 a variable has no value; LS-8003 its form is none for such a value, or too narrow.
        """
        return "".join(
            part if isinstance(part, str) else _shown(part, _value(part, variables, totals))
            for part in self.parts
        )


def parse(text: str) -> Template:
    """
    The template of ``text``.

    Raises:
        FixSpec: LS-8003 with the place in it.
    """
    parts: list[str | Spot] = []
    literal, at = "", 0
    while at < len(text):
        char = text[at]
        if text[at : at + 2] in ("{{", "}}"):
            literal, at = literal + char, at + 2
        elif char == "{":
            stop = text.find("}", at)
            if stop < 0:
                raise _fault(text, at, "this brace is not closed")
            if literal:
                parts.append(literal)
            parts.append(_spot(text, at, text[at + 1 : stop]))
            literal, at = "", stop + 1
        elif char == "}":
            raise _fault(text, at, "this brace closes nothing; double it where it is text")
        else:
            literal, at = literal + char, at + 1
    return Template((*parts, literal) if literal else tuple(parts))


# Private functions


def _fault(text: str, at: int, why: str) -> FixSpec:
    return FixSpec(
        "LS-8003",
        f"template {text!r}, character {at + 1}: {why}",
        hints=["such as {business_date:YYYYMMDD}, {count:010}, {sum(amount):015.2}; {{ and }} are braces."],
    )


def _spot(text: str, at: int, inside: str) -> Spot:
    found = _PLACE.match(inside.strip())
    if found is None:
        raise _fault(text, at, f"{{{inside}}} is no variable and no total")
    name, column, of_type, form = found[1], found[2], found[3], found[4] or ""
    if column is None:
        return Spot(Total("count") if name == "count" else name, form)
    if name not in FUNCTIONS:
        raise _fault(text, at, f"there is no {name}(); there are {', '.join(FUNCTIONS)}")
    if name == "count":
        if of_type is not None:
            raise _fault(text, at, "count takes a type only")
        return Spot(Total("count", None, column or None), form)
    if not column:
        raise _fault(text, at, f"{name} needs a column")
    return Spot(Total(name, column, of_type), form)


def _value(spot: Spot, variables: Mapping[str, Value], totals: Mapping[Total, Value]) -> Value:
    if isinstance(spot.name, Total):
        return totals[spot.name]
    if spot.name not in variables:
        raise FixSpec(
            "LS-8005",
            f"variable {spot.name} of a template has no value",
            hints=[f"give it: --define {spot.name}=...", f"known are {', '.join(sorted(variables))}."],
        )
    return variables[spot.name]


def _shown(spot: Spot, value: Value) -> str:
    if value is None:
        return _blank(spot.form)
    if isinstance(value, date):
        return _dated(spot, value)
    if isinstance(value, str) and not (_NUMBER.match(spot.form) and spot.form and _WHOLE.match(value)):
        return _aligned(spot, value)
    return _numbered(spot, Decimal(value))


def _blank(form: str) -> str:
    """Nothing, as wide as a number or text would be: the least of no records, a variable without a value."""
    number, text = _NUMBER.match(form), _TEXT.match(form)
    width = text[2] if text else number[2] if number else ""
    return " " * int(width or 0)


def _dated(spot: Spot, value: date) -> str:
    if not spot.form:
        return value.isoformat()
    try:
        return compile_mask(spot.form).text(value)
    except MaskFault as fault:
        raise FixSpec("LS-8003", f"{{{spot.name}}}: {fault}") from fault


def _aligned(spot: Spot, value: str) -> str:
    found = _TEXT.match(spot.form)
    if found is None:
        if spot.form:
            raise FixSpec(
                "LS-8003",
                f"{{{spot.name}:{spot.form}}}: text is shown with <width or >width, and its value is text",
            )
        return value
    width = int(found[2])
    if len(value) > width:
        raise FixSpec(
            "LS-8003",
            f"{{{spot.name}:{spot.form}}}: the value has {len(value)} characters, more than {width}",
        )
    return value.ljust(width) if found[1] == "<" else value.rjust(width)


def _numbered(spot: Spot, value: Decimal) -> str:
    found = _NUMBER.match(spot.form)
    if found is None:
        raise FixSpec(
            "LS-8003", f"{{{spot.name}:{spot.form}}}: a number is shown as [0][width][.decimals][v]"
        )
    zero, width, decimals, implied = found.groups()
    if decimals is not None:
        places = int(decimals)
        exact = (
            value.quantize(Decimal(1).scaleb(-places), context=_EXACT)
            if value
            else Decimal(0).scaleb(-places)
        )
        if exact != value:
            raise FixSpec(
                "LS-8003", f"{{{spot.name}:{spot.form}}}: {value} has more than {places} decimal places"
            )
        value = exact
    digits = f"{value.copy_abs():f}"
    if implied:
        digits = digits.replace(".", "")
    sign = "-" if value < 0 else ""
    if not width:
        return sign + digits
    size = int(width)
    if isinstance(spot.name, Total) and spot.name.function == "hash" and len(digits) > size:
        digits = digits[-size:]  # a hash total keeps its last digits
    if len(sign + digits) > size:
        raise FixSpec("LS-8003", f"{{{spot.name}:{spot.form}}}: {value} is wider than {size} characters")
    return sign + digits.rjust(size - len(sign), "0") if zero else (sign + digits).rjust(size)
