"""
Days since 1970-01-01 and the proleptic Gregorian calendar (kernels); year 0 is 1 BC.

Source: Howard Hinnant, "chrono-compatible low-level date algorithms".
"""

from __future__ import annotations

from loadstone.datatypes.kernel import kernel


@kernel
def days_of(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms")."""
    if month <= 2:
        year -= 1
    era = year // 400
    of_era = year - era * 400
    shifted = month - 3 if month > 2 else month + 9
    of_year = (153 * shifted + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@kernel
def civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of days since 1970-01-01 (inverse of ``days_of``)."""
    days += 719468
    era = days // 146097
    of_era = days - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, day


@kernel
def days_of_month(year: int, month: int) -> int:
    """Days of a month of the proleptic Gregorian calendar; year 0 is 1 BC."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31
