"""
The csv module, checks by hand, and psycopg's copy.write_row: ``csv_checked_copy.py FILE URL``.

What a careful person writes: every value converted, bad rows kept with their reason.
"""

import csv
import sys
from datetime import datetime
from decimal import Decimal

import psycopg


def text(limit):
    """A text of at most so many characters."""

    def convert(value):
        if len(value) > limit:
            raise ValueError(f"longer than {limit}")
        return value or None

    return convert


def decimal(precision, scale):
    """An exact number within its precision."""

    def convert(value):
        number = round(Decimal(value), scale)
        if abs(number) >= 10 ** (precision - scale):
            raise ValueError("too large")
        return number

    return convert


def whole(value):
    """A whole number of 32 bits."""
    number = int(value)
    if not -(2**31) <= number < 2**31:
        raise ValueError("too large")
    return number


CONVERT = [
    int, text(34), text(40), decimal(18, 2), text(3), lambda v: datetime.strptime(v, "%Y%m%d").date(),
    lambda v: datetime.strptime(v, "%Y-%m-%d %H:%M:%S"), decimal(12, 6), whole, text(10), text(1), text(60),
]  # fmt: skip
rejects = []
with psycopg.connect(sys.argv[2]) as connection, open(sys.argv[1], newline="", encoding="utf-8") as file:
    with connection.cursor().copy("COPY payments FROM STDIN") as copy:
        for number, row in enumerate(csv.reader(file, delimiter="|"), 1):
            try:
                if len(row) != len(CONVERT):
                    raise ValueError(f"{len(row)} fields")
                values = [convert(value) for convert, value in zip(CONVERT, row, strict=True)]
            except (ValueError, ArithmeticError) as error:
                rejects.append((number, str(error), row))
                continue
            copy.write_row(values)
print(f"{len(rejects)} rejects")
