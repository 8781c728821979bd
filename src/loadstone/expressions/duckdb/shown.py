"""Moments as text by a mask, as SQL."""

from __future__ import annotations

from loadstone.datatypes.languages import MONTHS, language_names
from loadstone.datatypes.model import Nls
from loadstone.datatypes.show import pieces_of
from loadstone.expressions.duckdb.model import Declined, Sql, text_literal

_FORMATS = {
    "YYYY": "%Y",
    "RRRR": "%Y",
    "YY": "%y",
    "RR": "%y",
    "MM": "%m",
    "DD": "%d",
    "DDD": "%j",
    "HH24": "%H",
    "HH12": "%I",
    "HH": "%I",
    "MI": "%M",
    "SS": "%S",
    "FF": "%f",
    "FF6": "%f",
}
"""Elements that DuckDB writes at their full width."""

_NUMBERS = {
    "YYYY": ("year({0})", 4),
    "RRRR": ("year({0})", 4),
    "YYY": ("year({0}) % 1000", 3),
    "YY": ("year({0}) % 100", 2),
    "RR": ("year({0}) % 100", 2),
    "Y": ("year({0}) % 10", 1),
    "IYYY": ("isoyear({0})", 4),
    "IYY": ("isoyear({0}) % 1000", 3),
    "IY": ("isoyear({0}) % 100", 2),
    "I": ("isoyear({0}) % 10", 1),
    "CC": ("(year({0}) + 99) // 100", 2),
    "Q": ("quarter({0})", 1),
    "MM": ("month({0})", 2),
    "WW": ("(dayofyear({0}) + 6) // 7", 2),
    "IW": ("weekofyear({0})", 2),
    "W": ("(day({0}) + 6) // 7", 1),
    "DDD": ("dayofyear({0})", 3),
    "DD": ("day({0})", 2),
    "D": ("dayofweek({0}) + 1", 1),
    "J": ("CAST(julian(date_trunc('day', {0})) AS BIGINT)", 7),
    "HH24": ("hour({0})", 2),
    "HH12": ("(hour({0}) + 11) % 12 + 1", 2),
    "HH": ("(hour({0}) + 11) % 12 + 1", 2),
    "MI": ("minute({0})", 2),
    "SS": ("second({0})", 2),
    "SSSSS": ("hour({0}) * 3600 + minute({0}) * 60 + second({0})", 5),
}
"""Elements that are numbers, and their widths."""

_NAMES = {"MONTH": ("%B", 9), "MON": ("%b", 0), "DAY": ("%A", 9), "DY": ("%a", 0)}
_HALVES = {"AM": ("AM", "PM"), "PM": ("AM", "PM"), "A.M.": ("A.M.", "P.M."), "P.M.": ("A.M.", "P.M.")}
_ERAS = {"AD": "AD", "BC": "AD", "A.D.": "A.D.", "B.C.": "A.D."}
_ROMAN = "['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']"


def shown(moment: Sql, mask: str, nls: Nls) -> Sql:
    """A moment by a mask; FM toggles the leaving out of padding."""
    parts: list[str] = []
    padded = True
    for piece in pieces_of(mask):
        if piece.upper() == "FM":
            padded = not padded
            continue
        parts.append(_piece(moment.value, piece, nls) if padded else _bare(moment.value, piece, nls))
    whole = f"concat({', '.join(parts)})" if len(parts) > 1 else "".join(parts) or "CAST(NULL AS VARCHAR)"
    return Sql(f"CASE WHEN {moment.value} IS NOT NULL THEN {whole} END", moment.known)


# Private functions


def _bare(value: str, piece: str, nls: Nls) -> str:
    """An element without padding."""
    name = piece.upper()
    if name in _NUMBERS:
        return f"CAST({_NUMBERS[name][0].format(value)} AS VARCHAR)"
    if name in _NAMES:
        return _name(value, piece, nls, padded=False)
    if name == "RM":
        return _roman(value, piece)
    return _piece(value, piece, nls)


def _piece(value: str, piece: str, nls: Nls) -> str:
    name = piece.upper()
    if name in _FORMATS:
        return f"strftime({value}, '{_FORMATS[name]}')"
    if name in _NUMBERS:
        number, width = _NUMBERS[name]
        return f"lpad(CAST({number.format(value)} AS VARCHAR), {width}, '0')"
    if name in _NAMES:
        return _name(value, piece, nls, padded=True)
    if name in _HALVES:
        early, late = (half.lower() if piece.islower() else half for half in _HALVES[name])
        if not (piece.islower() or piece.isupper()):
            raise Declined(f"TO_CHAR with {piece} in its mask")
        return f"CASE WHEN hour({value}) < 12 THEN '{early}' ELSE '{late}' END"
    if name in _ERAS and (piece.isupper() or piece.islower()):
        return f"'{_ERAS[name].lower() if piece.islower() else _ERAS[name]}'"
    if name == "RM":
        return f"rpad({_roman(value, piece)}, 4, ' ')"
    if name == "SYYYY":
        return f"concat(' ', strftime({value}, '%Y'))"
    if name in ("FF1", "FF2", "FF3", "FF4", "FF5"):
        return f"substr(strftime({value}, '%f'), 1, {name[2:]})"
    if name in ("FF7", "FF8", "FF9"):
        return f"concat(strftime({value}, '%f'), '{'0' * (int(name[2:]) - 6)}')"
    if name == "X":
        return "'.'"
    if piece.startswith('"'):
        return text_literal(piece.strip('"'))
    if len(piece) == 1 and not piece.isalnum():
        return text_literal(piece)
    raise Declined(f"TO_CHAR with {piece} in its mask")


def _name(value: str, piece: str, nls: Nls, *, padded: bool) -> str:
    """A month's or a day's name, which DuckDB has in English."""
    if language_names(nls.date_language, MONTHS)[0] != "JANUARY":
        raise Declined(f"names of months in {nls.date_language}")
    form, width = _NAMES[piece.upper()]
    word = f"strftime({value}, '{form}')"
    if piece[:2].isupper():
        word = f"upper({word})"
    elif piece[:1].islower():
        word = f"lower({word})"
    return f"rpad({word}, {width}, ' ')" if width and padded else word


def _roman(value: str, piece: str) -> str:
    word = f"{_ROMAN}[month({value})]"
    return f"lower({word})" if piece.islower() else word
