"""Why a text is no value of a column, in Oracle's words."""

from __future__ import annotations

from enum import IntEnum

from loadstone.datatypes.model import Conversion


class ValueFault(IntEnum):
    """Faults of conversion; the numbers are used by kernels. Those from 1800 on are Oracle's own."""

    NONE = 0
    NOT_NULL = 1400
    PRECISION = 1438
    NUMBER = 1722
    TOO_LONG = 12899
    UTF8 = 29275
    NUL = 9001
    RANGE = 9002
    BOOLEAN = 9003
    UUID = 9004
    JSON = 9005
    INTERVAL = 1867
    HEX = 1465
    FLOAT = 9006
    MASK_ENDS = 1830
    YEAR_MISSING = 1840
    YEAR_RANGE = 1841
    MONTH = 1843
    DAY_OF_WEEK = 1846
    DAY = 1847
    DAY_OF_YEAR = 1848
    HOUR12 = 1849
    HOUR24 = 1850
    MINUTE = 1851
    SECOND = 1852
    SECONDS_OF_DAY = 1853
    JULIAN = 1854
    AM_PM = 1855
    BC_AD = 1856
    NOT_NUMERIC = 1858
    NOT_LETTER = 1859
    LITERAL = 1861
    LENGTH = 1862
    MONTH_CONFLICT = 1833
    DAY_CONFLICT = 1834
    WEEKDAY_CONFLICT = 1835
    HOUR_CONFLICT = 1836
    MINUTE_CONFLICT = 1837
    SECOND_CONFLICT = 1838
    DAY_OF_MONTH = 1839
    FRACTION = 1880
    ZONE = 1882
    ZONE_HOUR = 1874
    ZONE_MINUTE = 1875


_SENTENCES = {
    1722: "invalid number",
    1438: "value larger than specified precision allowed for this column",
    29275: "partial multibyte character",
    1867: "the interval is invalid",
    1465: "invalid hex number",
    1830: "date format picture ends before converting entire input string",
    1840: "input value not long enough for date format",
    1841: "(full) year must be between -4713 and +9999, and not be 0",
    1843: "not a valid month",
    1846: "not a valid day of the week",
    1847: "day of month must be between 1 and last day of month",
    1848: "day of year must be between 1 and 365 (366 for leap year)",
    1849: "hour must be between 1 and 12",
    1850: "hour must be between 0 and 23",
    1851: "minutes must be between 0 and 59",
    1852: "seconds must be between 0 and 59",
    1853: "seconds in day must be between 0 and 86399",
    1854: "julian date must be between 1 and 5373484",
    1855: "AM/A.M. or PM/P.M. required",
    1856: "BC/B.C. or AD/A.D. required",
    1858: "a non-numeric character was found where a numeric was expected",
    1859: "a non-alphabetic character was found where an alphabetic was expected",
    1861: "literal does not match format string",
    1862: "the numeric value does not match the length of the format item",
    1833: "month conflicts with Julian date",
    1834: "day of month conflicts with Julian date",
    1835: "day of week conflicts with Julian date",
    1836: "hour conflicts with seconds in day",
    1837: "minutes of hour conflicts with seconds in day",
    1838: "seconds of minute conflicts with seconds in day",
    1839: "date not valid for month specified",
    1880: "the fractional seconds must be between 0 and 999999999",
    1882: "timezone region not found",
    1874: "time zone hour must be between -15 and 15",
    1875: "time zone minute must be between -59 and 59",
}
_OWN = {
    9001: ("nul", "a NUL character cannot be stored in this column"),
    9002: ("range", "the column cannot hold this value exactly"),
    9003: ("boolean", "not a boolean"),
    9004: ("uuid", "not a UUID"),
    9005: ("json", "not valid JSON"),
    9006: ("number", "invalid number"),
}
_RULES = {1722: "number", 1438: "precision", 29275: "encoding", 1867: "interval", 1465: "hex"}


def fault_message(
    fault: ValueFault, conversion: Conversion, table: tuple[str | None, str], size: int, detail: int
) -> tuple[str, str | None, str]:
    """
    Rule, ORA code and sentence of a fault.

    Args:
        table: Schema and name as Oracle would show them.
        size: Bytes of the value. detail: its length in the column's unit, for TOO_LONG.
    """
    if fault is ValueFault.NOT_NULL:
        place = _place(table, conversion.column)
        return "not_null", "ORA-01400", f"ORA-01400: cannot insert NULL into ({place})"
    if fault is ValueFault.TOO_LONG:
        actual, limit = detail or size, conversion.type.length
        place = _place(table, conversion.column)
        sentence = f"ORA-12899: value too large for column {place} (actual: {actual}, maximum: {limit})"
        return "length", "ORA-12899", sentence
    if fault in _OWN:
        rule, sentence = _OWN[fault]
        return rule, None, sentence
    code = f"ORA-{int(fault):05}"
    return _RULES.get(fault, "date"), code, f"{code}: {_SENTENCES[fault]}"


# Private functions


def _place(table: tuple[str | None, str], column: str) -> str:
    return ".".join(f'"{part}"' for part in (*table, column) if part)
