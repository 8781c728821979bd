"""Numbers as text by a mask, as SQL."""

from __future__ import annotations

from decimal import Decimal

from loadstone.datatypes.model import Nls
from loadstone.expressions.duckdb import decimals
from loadstone.expressions.duckdb.model import Declined, Sql, text_literal
from loadstone.expressions.model import OraError
from loadstone.expressions.number_masks import mask_parts

_SIGNS = {
    "S": ("", "-", "", "+"),
    "MI": ("", "-", "", " "),
    "PR": ("<", ">", " ", " "),
    "": ("-", "", " ", ""),
}
"""What stands before and behind a negative number, and before and behind any other, by the mask's last element."""


def shown_by(number: Sql, mask: str, nls: Nls) -> Sql:
    """
    Digits, groups, a point, a sign or a dollar; numbers that do not fit are not known.

    Raises:
        Declined: Other elements.
    """
    try:
        parts = mask_parts(mask)
    except OraError as error:
        raise Declined("TO_CHAR by such a mask") from error
    lead, tail, fraction = parts["lead"] or "", parts["tail"] or "", parts["fraction"] or ""
    if (
        parts["blank"]
        or set(lead) - set("S$")
        or tail not in _SIGNS
        or bool(parts["point"]) != bool(fraction)
    ):
        raise Declined("TO_CHAR by such a mask")
    whole = parts["whole"] or ""
    places = sum(char in "09" for char in whole)
    exact = number if len(fraction) >= number.digits[1] else decimals.at_scale(number, len(fraction))
    exact = decimals.alike([exact, Sql("", (), (1, len(fraction)))])[0][0]
    digits = [_whole(exact.value, whole, len(fraction), nls)]
    if fraction:
        digits += [text_literal("." if parts["point"] == "." else nls.decimal), _fraction(exact.value, parts)]
    before, behind, plus_before, plus_behind = _SIGNS[tail]
    if "S" in lead:
        before, plus_before = "-", "+"
    sign = "CASE WHEN {0} < 0 THEN '{1}' ELSE '{2}' END"
    signed = [sign.format(number.value, before, plus_before), *(["'$'"] if "$" in lead else []), *digits]
    signed.append(sign.format(number.value, behind, plus_behind))
    text = f"concat({', '.join(signed)})"
    width = len(whole) + bool(fraction) + len(fraction) + ("$" in lead) + (2 if tail == "PR" else 1)
    text = f"trim({text})" if parts["fm"] else f"lpad({text}, {width}, ' ')"
    fits = f"coalesce(abs({exact.value}) < {decimals.literal(Decimal(1).scaleb(places)).value}, TRUE)"
    return Sql(f"CASE WHEN {exact.value} IS NOT NULL THEN {text} END", (*exact.known, fits))


# Private functions


def _whole(value: str, mask: str, scale: int, nls: Nls) -> str:
    """The digits left of the point: zeros from the mask's first 0 on, and groups."""
    text = f"CAST(trunc(abs({value})) AS VARCHAR)"
    text = f"regexp_replace({text}, '\\..*$', '')"
    places = [char for char in mask if char in "09"]
    kept = len(places) - places.index("0") if "0" in places else 0
    if scale and not kept:
        text = f"CASE WHEN abs({value}) < 1 THEN '' ELSE {text} END"
    if kept > 1:
        text = _with(text, f"CASE WHEN length(x) < {kept} THEN lpad(x, {kept}, '0') ELSE x END")
    for right, char in enumerate(reversed(mask)):
        if char in ",G":
            mark = text_literal("," if char == "," else nls.group)
            cut = f"concat(substr(x, 1, length(x) - {right}), {mark}, substr(x, length(x) - {right} + 1))"
            text = _with(text, f"CASE WHEN length(x) > {right} THEN {cut} ELSE x END")
    return text


def _with(text: str, made: str) -> str:
    """An expression over ``x``, which is written once."""
    return f"list_transform([{text}], lambda x: {made})[1]"


def _fraction(value: str, parts: dict[str, str | None]) -> str:
    """The digits right of the point; with FM without zeros where the mask ends with nines."""
    fraction = parts["fraction"] or ""
    text = f"right(CAST({value} AS VARCHAR), {len(fraction)})"
    keep = len(fraction.rstrip("9"))
    if not parts["fm"] or keep == len(fraction):
        return text
    return _with(text, f"concat(substr(x, 1, {keep}), regexp_replace(substr(x, {keep + 1}), '0+$', ''))")
