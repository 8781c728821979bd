"""Which column of a file each field takes: by name, whatever the file's order is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from loadstone.errors import FixFile, Place
from loadstone.spec import Reading

SHOWN_MAX = 40
"""How many of a file's columns an error lists."""


def chosen_columns(
    columns: Sequence[str], names: Sequence[str], reading: Reading, file: str
) -> list[int | None]:
    """
    The 0-based column of each field of ``names``; None where the file lacks it and that may be.

    A field takes the column that ``columns`` of the reading gives it, else the one of its own name; case,
    and signs that an identifier cannot have, do not count unless two columns differ in them alone.

    Raises:
        FixFile: LS-2020 every field without a column, and the ones with several, in one error.
    """
    exact = {name: number for number, name in reversed(list(enumerate(columns)))}
    plain: dict[str, list[int]] = {}
    for number, name in enumerate(columns):
        plain.setdefault(identifier(name), []).append(number)
    found: list[int | None] = []
    faults: list[str] = []
    for name in names:
        wanted = reading.columns.get(name, name)
        alike = [exact[wanted]] if wanted in exact else plain.get(identifier(wanted), [])
        if len(alike) > 1:
            both = " and ".join(columns[number] for number in alike)
            faults.append(f"field {name} may be {both}: say which under columns")
        elif not alike and reading.missing == "refuse":
            faults.append(f"no column {wanted}{_near(wanted, columns)}")
        found.append(alike[0] if len(alike) == 1 else None)
    if faults:
        raise _lacking(faults, columns, file)
    return found


def lacks_column(columns: Sequence[str], names: Sequence[str], reading: Reading) -> bool:
    """Whether a field of ``names`` has no column."""
    known = {*columns, *map(identifier, columns)}
    wanted = (reading.columns.get(name, name) for name in names)
    return any(one not in known and identifier(one) not in known for one in wanted)


def identifier(name: str) -> str:
    """A name as it is compared: upper case, with one underscore for each run of other signs than letters and digits."""
    return re.sub(r"\W+|_+", "_", name).strip("_").upper()


# Private functions


def _near(wanted: str, columns: Sequence[str]) -> str:
    by_name = {identifier(name): name for name in columns}
    close = get_close_matches(identifier(wanted), list(by_name), 1, 0.6)
    return f" (did you mean {by_name[close[0]]}?)" if close else ""


def _lacking(faults: Sequence[str], columns: Sequence[str], file: str) -> FixFile:
    shown = ", ".join(columns[:SHOWN_MAX])
    more = f" and {len(columns) - SHOWN_MAX} more" if len(columns) > SHOWN_MAX else ""
    return FixFile(
        "LS-2020",
        "; ".join(faults),
        Place(file=file),
        hints=[
            f"its columns are: {shown}{more}." if columns else "it has no columns.",
            "name the column of a field under `columns` of its reading.",
            "`missing: null` takes a column that the file lacks as NULL.",
        ],
    )
