"""Loads to disturb: each has rejects of every kind, discards, and numbers that must go on after a restart."""

from __future__ import annotations

from tests.crash.processes import Case

_PAYMENTS = b"""LOAD DATA
INFILE 'load.dat'
APPEND INTO TABLE payments
WHEN kind <> 'X'
FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER CHAR(1), id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, booked DATE "YYYY-MM-DD", note, record RECNUM,
 step SEQUENCE(1,1))
"""
_PAYMENTS_DDL = b"""CREATE TABLE payments (id NUMBER(9) PRIMARY KEY, amount NUMBER(12,2), booked DATE NOT NULL,
note VARCHAR2(20), record NUMBER(9), step NUMBER(9));"""


def data_of(records: int) -> bytes:
    """
    Records with a bad number and a discard now and then, and stretches with a duplicate key and a missing date
    for the target to refuse.
    """
    lines = []
    for n in range(records):
        refused = n // 80 % 2 == 0
        kind = "X" if n % 41 == 7 else "P"
        key = n - 3 if n % 53 == 20 and refused else n
        amount = "abc" if n % 37 == 5 else f"{n * 7 % 1000}.{n % 100:02}"
        booked = "" if n % 61 == 9 and refused else f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}"
        lines.append(f"{kind}|{key}|{amount}|{booked}|note {n % 13}")
    return ("\n".join(lines) + "\n").encode()


def payments(records: int) -> Case:
    """One file into one table."""
    return Case(
        files={"load.ctl": _PAYMENTS, "tables.sql": _PAYMENTS_DDL, "load.dat": data_of(records)},
        tables=("SELECT id, amount, booked, note, record, step FROM payments",),
        options={},
    )
