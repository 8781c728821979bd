"""What a generator makes: a load with all that a reader and a target need to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from loadstone.datatypes.model import ColumnType
from loadstone.spec import LoadSpec


@dataclass(frozen=True, kw_only=True)
class Generated:
    """
    A load: spec, data, the types of each clause's columns (with NOT NULL), and Oracle DDL of the tables.

    Attributes:
        variables: NLS variables of the process. options: limits as ``LoadRequest`` names them.
    """

    spec: LoadSpec
    data: bytes
    types: list[dict[str, tuple[ColumnType, bool]]]
    ddl: str
    variables: dict[str, str] = field(default_factory=dict)
    options: dict[str, int] = field(default_factory=dict)
