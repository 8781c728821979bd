"""Tables as DDL states them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class DdlType:
    """
    An Oracle type, upper case, with its numbers.

    Attributes:
        size: Length or precision. scale: second number. chars: the length counts characters.
    """

    name: str
    size: int | None = None
    scale: int | None = None
    chars: bool = False


@dataclass(kw_only=True)
class DdlColumn:
    """A column; ``quoted`` names keep their case. ``identity`` is the first number and the step of an identity."""

    name: str
    type: DdlType
    not_null: bool = False
    quoted: bool = False
    default: str | None = None
    identity: tuple[int, int] | None = None


@dataclass(kw_only=True)
class DdlKey:
    """A primary or unique key. ``name`` is None where the script gives it none; ``enabled``: whether it holds."""

    columns: list[str]
    name: str | None = None
    primary: bool = False
    enabled: bool = True


@dataclass(kw_only=True)
class DdlTable:
    """A table with its keys; ``passed_over`` names what a table that is made from it lacks."""

    name: str
    quoted: bool = False
    schema: str | None = None
    columns: list[DdlColumn] = field(default_factory=list)
    keys: list[DdlKey] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)

    @property
    def primary_key(self) -> list[str]:
        """Columns of the primary key; empty where none is enforced."""
        return next((key.columns for key in self.keys if key.primary and key.enabled), [])

    @property
    def uniques(self) -> list[list[str]]:
        """Columns of each enforced key that is not the primary one."""
        return [key.columns for key in self.keys if not key.primary and key.enabled]

    def add(self, key: DdlKey) -> None:
        """Add a key; a second primary key takes the place of the first."""
        self.keys = [one for one in self.keys if not (one.primary and key.primary)] + [key]


@dataclass(kw_only=True)
class DdlSchema:
    """
    What a script makes, and what of it was passed over.

    Attributes:
        tables: By name. versions: every definition of a name, where a script makes it several times.
    """

    tables: dict[str, DdlTable] = field(default_factory=dict)
    versions: dict[str, list[DdlTable]] = field(default_factory=dict)
    sequences: dict[str, tuple[int, int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def choose(self, name: str, columns: set[str]) -> None:
        """Take the version of a table that has most of ``columns`` (upper case); the first one of equals."""
        versions = self.versions.get(name, [])
        if len(versions) > 1:
            self.tables[name] = max(
                versions, key=lambda t: len(columns & {c.name.upper() for c in t.columns})
            )
