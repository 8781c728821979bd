"""Every error code, its class, what it means and what to do; one TOML file for each field."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One error of the catalogue.

    Attributes:
        class_name: Name of the class of ``errors`` that is raised, which is what to do next.
        help: What the reader can do.
    """

    code: str
    class_name: str
    title: str
    help: str


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code, ascending."""
    import tomllib  # costs 6 ms that a load without errors need not spend

    found: dict[str, Entry] = {}
    for file in resources.files(__package__).joinpath("codes").iterdir():
        if file.name.endswith(".toml"):
            for code, entry in tomllib.loads(file.read_text("utf-8")).items():
                found[code] = Entry(
                    code=code, class_name=entry["class"], title=entry["title"], help=entry["help"]
                )
    return dict(sorted(found.items()))
