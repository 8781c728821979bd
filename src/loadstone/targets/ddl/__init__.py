"""Oracle DDL, and specs, into CREATE statements of a target."""

from loadstone.targets.ddl.emit import create_statements
from loadstone.targets.ddl.from_spec import tables_from_spec
from loadstone.targets.ddl.model import DdlColumn, DdlKey, DdlSchema, DdlTable, DdlType
from loadstone.targets.ddl.read import read_ddl

__all__ = [
    "DdlColumn",
    "DdlKey",
    "DdlSchema",
    "DdlTable",
    "DdlType",
    "create_statements",
    "read_ddl",
    "tables_from_spec",
]
