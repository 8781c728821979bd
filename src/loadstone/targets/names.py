"""Names in a spec against names in a catalogue: any case unless quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loadstone.errors import FixSpec
from loadstone.spec import TableName


def quote_name(name: str) -> str:
    """``name`` as a quoted identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def match_name(name: str, candidates: Sequence[str], *, quoted: bool, what: str) -> str | None:
    """
    The candidate that ``name`` means, or None.

    Raises:
        FixSpec: Several candidates differ in case only and none equals ``name``.
    """
    if name in candidates:
        return name
    if quoted and name != name.upper():
        return None
    found = [c for c in candidates if c.upper() == name.upper()]
    if len(found) > 1:
        raise FixSpec(
            "LS-3002",
            f"{what} {name} is ambiguous: {', '.join(sorted(found))}",
            hints=["quote the name as the target writes it."],
        )
    return found[0] if found else None


def match_schema(
    table: TableName, schema_map: Mapping[str, str], known: Sequence[str], where: str
) -> str | None:
    """
    The target's schema that a table's schema means; None where the table has none, or the target has not.

    Raises:
        FixSpec: LS-3001 ``schema_map`` sends the table to a schema that is not in ``known``.
    """
    name = table.schema_name
    if name is None:
        return None
    mapped = schema_map.get(name, schema_map.get(name.upper()))
    if mapped is None:
        return match_name(name, known, quoted=table.schema_quoted, what="schema")
    found = match_name(mapped, known, quoted=False, what="schema")
    if found is None:
        raise FixSpec(
            "LS-3001",
            f"schema {mapped} does not exist in {where}",
            hints=["--schema-map OLD=NEW takes the spec's schema and the target's."],
        )
    return found
