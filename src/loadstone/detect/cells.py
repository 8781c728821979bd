"""
What a cell looks like: its class, and how sure it makes us that the cell was cut at the right places.

A class is a small name (``int``, ``date``, ``words``, ...). The classes are for judging dialects and headers on a sample; the types of columns
are told by ``columns``, on all rows.
"""

from __future__ import annotations

import re
from functools import lru_cache

EMPTY, INTEGER, DECIMAL, DATE, TIME, BOOLEAN, CODE, WORDS, ADDRESS, ODD = (
    "empty",
    "integer",
    "decimal",
    "date",
    "time",
    "boolean",
    "code",
    "words",
    "address",
    "odd",
)

TRUST = {
    EMPTY: 0.55,
    INTEGER: 1.0,
    DECIMAL: 1.0,
    DATE: 1.0,
    TIME: 1.0,
    BOOLEAN: 0.95,
    CODE: 0.9,
    WORDS: 0.85,
    ADDRESS: 1.0,
    ODD: 0.1,
}
"""How much a cell of a class speaks for the dialect that cut it, 0 to 1."""

QUOTED = 0.95
"""The same for a cell in quotes that open and close it, whatever it holds."""

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_CLOCK = r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?:[:.][0-5]\d(?:[.,:]\d{1,9})?)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:z|utc|[+-]\d\d:?\d\d))?"
_DAY = (
    r"(?:\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})"
    rf"|\d{{1,2}}[-/ .]?{_MONTH}[-/ ,.]{{0,2}}\d{{2,4}}|{_MONTH}[ -.]\d{{1,2}},? \d{{4}}|\d{{4}}[-/ ]{_MONTH}[-/ ]\d{{1,2}}"
    rf"|(?:19|20)\d\d[-/](?:0[1-9]|1[0-2])|{_MONTH}[- ]\d{{2,4}})"
)
_PATTERNS = (
    (BOOLEAN, r"true|false|yes|no|y|n|t|f"),
    (INTEGER, r"[-+]?\d+|\(\d+\)|[-+]?\d{1,3}(?:,\d{3})+|[-+]?\d{1,3}(?:\.\d{3}){2,}|\d+-"),
    (
        DECIMAL,
        r"(?:[-+(]\s?)?(?:[$€£¥]\s?|[a-z]{3}\s)?(?:[-+]\s?)?(?:\d{1,3}(?:([,. '’\xa0\u202f])\d{3})*[.,]\d+|\d+[.,]\d*|[.,]\d+|\d{1,3}(?:[, ]\d{3})*)"
        r"(?:e[-+]?\d+)?\)?\s?(?:%|[$€£¥]|[a-z]{3}|-|cr|dr)?|[-+]?\d+(?:\.\d+)?e[-+]?\d+|[-+]?\d+\s?%|[-+]?[$€£¥]\s?[-+]?\d+|[-+]?\d+\s?[$€£¥]",
    ),
    (TIME, _CLOCK),
    (DATE, rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?{_DAY}(?:[t ,-]{{1,2}}{_CLOCK})?"),
    (ADDRESS, r'[\w.+%-]+@[\w-]+(?:\.[\w-]+)+|(?:https?|ftp)://\S+|www\.\S+|(?:\d{1,3}\.){3}\d{1,3}|[a-z]:\\[^\t|;,"]*'),
    (EMPTY, r"n/?a|nan|null|none|nil|-+|\?|\\n|#n/a|\.+|\*+"),
    (CODE, r"[^\W_]+(?:[-_./:#][^\W_]+)*|[\w-]+"),
    (WORDS, r"(?:[^\W_]|[(\[&'‘“#@])[\w .,'’‘“”&/()+\[\]#%°º!?@:*$€£=–—·…-]*"),
)
_CLASSES = tuple((name, re.compile(rf"(?:{pattern})", re.IGNORECASE)) for name, pattern in _PATTERNS)
_LISTED = re.compile(r",(?! )[^,\s]*,(?! )")
"""Commas without a blank behind them, more than one: a list, or fields that were not parted."""

_CUTTERS = re.compile(r";(?! |$)|[|\t^~\x01\x1f¦\"`]")
"""What parts fields so often that a cell which holds it was likely not cut where it should have been."""


@lru_cache(maxsize=65536)
def class_of(cell: str) -> str:
    """The class of a cell, blanks around it apart."""
    text = cell.strip()
    if not text:
        return EMPTY
    if len(text) > 400:
        text = text[:400]
    for name, pattern in _CLASSES:
        if pattern.fullmatch(text):
            return name
    return ODD


@lru_cache(maxsize=65536)
def trust_of(cell: str, quoted: bool = False) -> float:
    """How much the cell speaks for its dialect, 0 to 1; what stands inside quotes may hold any delimiter."""
    kind = class_of(cell)
    trust = TRUST[kind]
    if quoted:
        return max(trust, QUOTED)
    if kind in (WORDS, ODD):
        if _CUTTERS.search(cell):
            return 0.05
        if _LISTED.search(cell):
            return 0.3
        if kind == ODD and len(cell) > 12 and sum(c.isalpha() or c == " " for c in cell) > 0.75 * len(cell):
            return 0.55  # prose with a sign that the pattern of words does not know
    if kind == WORDS and (cell.startswith(" ") or len(cell) > 60):
        trust -= 0.12  # prose is cut at its commas and semicolons, too
    return trust
