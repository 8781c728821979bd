"""Control tables that an earlier version made get the columns of this one, or are refused with the way out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from loadstone.errors import FixSpec, Refused
from loadstone.targets.control import TABLES

Known = Mapping[str, Collection[str]]
"""The columns of each control table that is there, all in lower case."""


def columns_by_table(rows: Iterable[Sequence[str]]) -> Known:
    """Rows of a catalogue, each a table and one of its columns, as names in lower case."""
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table.lower(), set()).add(column.lower())
    return found


def upgrade(
    read: Callable[[], Known],
    types: Mapping[str, str],
    prefix: str,
    run_ddl: Callable[[Sequence[str]], None],
    known: Known | None = None,
) -> None:
    """
    Change the control tables that are there to what this version reads and writes; what they hold stays.

    Each statement may be the last of a process that dies, or have been run by another one meanwhile.

    Args:
        read: Asks the catalogue; tables that are missing are made elsewhere, and before.
        types: Fills text, long, int and bytes. prefix: ``schema.``.
        known: What ``read`` has just told, where it was asked.

    Raises:
        Refused: LS-3009 no change makes them fit, or this user may not make it.
    """
    statements = upgrade_sql(read() if known is None else known, types, prefix)
    if not statements:
        return
    try:
        run_ddl(statements)
    except (FixSpec, Refused) as error:
        if not upgrade_sql(read(), types, prefix):
            return
        raise Refused(
            "LS-3009",
            f"the control tables were made by an earlier version, and this user may not change them: {error.message}",
            hints=[
                "`loadstone target init URL`, run as their owner, changes them and keeps what they hold.",
                f"or let their owner run: {'; '.join(statements)}",
            ],
        ) from error


def upgrade_sql(known: Known, types: Mapping[str, str], prefix: str = "") -> list[str]:
    """
    The statements of ``upgrade``; none for tables of this version.

    Raises:
        Refused: LS-3009 a column is missing that cannot be added to rows that stand.
    """
    added, lost = [], []
    for table in sorted(set(known) & set(TABLES)):
        for name, declared in _columns(TABLES[table]):
            if name in known[table]:
                continue
            if "NOT NULL" in declared:
                lost.append(f"{table}.{name}")
            else:
                # Oracle and SQL Server want no COLUMN here, and the others take it so too.
                added.append(f"ALTER TABLE {prefix}{table} ADD {name} {declared.format(**types)}")
    if lost:
        raise Refused(
            "LS-3009",
            f"the control tables were made by a version that is too old to go on from: there is no {', '.join(lost)}",
            hints=[
                "end its unfinished loads with that version, or give them up.",
                "then drop the tables loadstone_... (rejects and receipts of earlier loads go with them),",
                "or leave them where they are and give --control-schema NAME, for tables of this version.",
            ],
        )
    return [*_claims(known, prefix), *added]


def readable(known: Known, table: str, columns: Sequence[str]) -> list[str]:
    """What to select of a control table that may be of an earlier version: NULL for a column that it has not."""
    there = known.get(table, columns)
    return [name if name in there else f"NULL AS {name}" for name in columns]


# Private functions


def _columns(declared: str) -> list[tuple[str, str]]:
    """Name and type of each column of one of ``TABLES``."""
    parts = declared.partition(", PRIMARY KEY (")[0].split(", ")
    return [(name, rest) for name, _, rest in (part.partition(" ") for part in parts)]


def _claims(known: Known, prefix: str) -> list[str]:
    """Claims once stood beside their fence, in a column that would refuse new rows."""
    if "claim" not in known.get("loadstone_fence", ()):
        return []
    fence, claim = f"{prefix}loadstone_fence", f"{prefix}loadstone_claim"
    return [
        f"INSERT INTO {claim} (load_id, part, claim_no, claimant) SELECT f.load_id, f.part,"
        f" CASE WHEN f.claim > f.fence_no THEN f.claim ELSE f.fence_no END, '-' FROM {fence} f"
        f" WHERE NOT EXISTS (SELECT 1 FROM {claim} c WHERE c.load_id = f.load_id AND c.part = f.part)",
        f"ALTER TABLE {fence} DROP COLUMN claim",
    ]
