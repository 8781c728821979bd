"""The files of the benchmarks: twelve columns of payments, clean and with one bad record in a thousand."""

from __future__ import annotations

import random
from pathlib import Path

NAMES = ("Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov", "Tony Hoare", "Zoë Müller")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK")
BATCH = 50_000

COLUMNS = """id bigint, account varchar(34), name varchar(40), amount numeric(18,2), currency char(3),
booked date, entered timestamp, rate numeric(12,6), quantity integer, code varchar(10), flag char(1), note varchar(60)"""

FIELDS = """(id INTEGER EXTERNAL, account CHAR(34), name CHAR(40), amount DECIMAL EXTERNAL, currency CHAR(3),
booked DATE "YYYYMMDD", entered DATE "YYYY-MM-DD HH24:MI:SS", rate DECIMAL EXTERNAL, quantity INTEGER EXTERNAL,
code CHAR(10), flag CHAR(1), note CHAR(60))"""

EXPRESSIONS = """(id INTEGER EXTERNAL, account CHAR(34), name CHAR(40) "TRIM(:name)", amount CHAR(20) "TO_NUMBER(:amount)",
currency CHAR(3) "DECODE(:currency, 'EUR', 'EUR', 'USD', 'USD', 'GBP', 'GBP', :currency)",
booked CHAR(8) "TO_DATE(:booked, 'YYYYMMDD')", entered DATE "YYYY-MM-DD HH24:MI:SS", rate DECIMAL EXTERNAL,
quantity INTEGER EXTERNAL, code CHAR(10), flag CHAR(1), note CHAR(60))"""

WIDTHS = (12, 34, 40, 20, 3, 8, 19, 14, 9, 10, 1, 60)
"""Bytes of each field in the fixed-width file."""


def row_of(n: int, chance: random.Random) -> list[str]:
    """The fields of record n."""
    value = chance.randrange(10**9)
    return [
        str(n),
        f"GB{value % 90 + 10}NWBK{value:014d}",
        NAMES[value % 5 if n % 50 else 5],
        f"{value // 7 % 10**7}.{value % 100:02d}",
        CURRENCIES[value % 5],
        f"2026{value % 12 + 1:02d}{value % 28 + 1:02d}",
        f"2026-{value % 12 + 1:02d}-{value % 28 + 1:02d} {value % 24:02d}:{value % 60:02d}:{n % 60:02d}",
        f"{value % 300}.{value % 10**6:06d}",
        str(value % 10_000),
        f"C{value % 9973:06d}",
        "YN"[value & 1],
        f"invoice {value % 10**6} of {n % 365}",
    ]


def spoil(row: list[str], n: int) -> list[str]:
    """A record that must be refused, in one of four ways."""
    kind = n // 1000 % 4
    if kind == 0:
        return [*row[:3], "12,5x", *row[4:]]
    if kind == 1:
        return [*row[:5], "20261331", *row[6:]]
    if kind == 2:
        return ["x" + row[0], *row[1:]]
    return [*row[:9], row[9] + "-too-long", *row[10:]]


def make(folder: Path, rows: int) -> None:
    """Write ``clean.dat``, ``dirty.dat`` and ``fixed.dat`` of so many rows into a folder, once."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "done").exists():
        return
    chance = random.Random(12)
    with (
        (folder / "clean.dat").open("w", encoding="utf-8") as clean,
        (folder / "dirty.dat").open("w", encoding="utf-8") as dirty,
        (folder / "fixed.dat").open("wb") as fixed,
    ):
        for start in range(0, rows, BATCH):
            batch = [(n, row_of(n, chance)) for n in range(start, min(start + BATCH, rows))]
            clean.writelines("|".join(row) + "\n" for _, row in batch)
            spoilt = [(spoil(row, n) if n % 1000 == 999 else row) for n, row in batch]
            dirty.writelines("|".join(row) + "\n" for row in spoilt)
            fixed.writelines(
                b"".join(
                    value.encode().ljust(width)[:width] for value, width in zip(row, WIDTHS, strict=True)
                )
                + b"\n"
                for row in spoilt
            )
    (folder / "done").touch()


def control_file(folder: Path, name: str, body: str, options: str = "") -> Path:
    """A control file in the folder."""
    path = folder / f"{name}.ctl"
    path.write_text(f"{options}LOAD DATA\nCHARACTERSET UTF8\n{body}\n")
    return path


def delimited(fields: str = FIELDS) -> str:
    """The body of a control file for the delimited files."""
    return f"APPEND INTO TABLE payments FIELDS TERMINATED BY '|' TRAILING NULLCOLS\n{fields}"


def positions() -> str:
    """The body of a control file for the fixed-width file."""
    kinds = [part.strip() for part in FIELDS.strip("()").replace("\n", " ").split(",")]
    start, fields = 1, []
    for (name, kind), width in zip((part.split(" ", 1) for part in kinds), WIDTHS, strict=True):
        plain = "CHAR" if kind.startswith("CHAR") else kind
        fields.append(f"{name} POSITION({start}:{start + width - 1}) {plain}")
        start += width
    return "APPEND INTO TABLE payments\n(" + ", ".join(fields) + ")"
