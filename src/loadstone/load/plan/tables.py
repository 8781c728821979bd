"""The tables of a spec in the target; made from DDL or from the spec where the request says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loadstone.errors import FixSpec, Place
from loadstone.spec import LoadRequest, TableName
from loadstone.targets.model import TableInfo, Target

if TYPE_CHECKING:
    from loadstone.targets.ddl import DdlSchema


def find_tables(request: LoadRequest, target: Target) -> tuple[list[TableInfo], list[str]]:
    """
    The table of each INTO TABLE clause, and warnings.

    Raises:
        FixSpec: LS-3001 for all missing tables at once.
    """
    warnings = make_tables(request, target) if request.ddl or request.create_tables else []
    found = [target.find_table(table.table, request.schema_map) for table in request.spec.tables]
    missing = [str(t.table) for t, info in zip(request.spec.tables, found, strict=True) if info is None]
    if missing:
        raise FixSpec(
            "LS-3001",
            f"table {', '.join(dict.fromkeys(missing))} does not exist in {target.url}",
            Place(file=request.spec_path),
            hints=[
                "make it from Oracle DDL: --ddl FILE.",
                "or from the spec: --create-tables.",
                "a table of another schema: --schema-map OLD=new.",
            ],
        )
    views = [info.name for info in found if info is not None and info.read_only]
    if views:
        raise FixSpec(
            "LS-3001",
            f"{', '.join(dict.fromkeys(views))} is a view of {target.url}, which takes no rows",
            Place(file=request.spec_path),
            hints=["name the table that is behind it."],
        )
    infos = [info for info in found if info is not None]
    warnings += [
        f"table {info.name} is UNLOGGED: a crash of the server empties it, and its load is finished all the same"
        for info in infos
        if not info.logged
    ]
    return infos, warnings


def make_tables(request: LoadRequest, target: Target) -> list[str]:
    """Make the tables of the spec that are missing; gives warnings."""
    from loadstone.targets.ddl import create_statements, read_ddl, tables_from_spec

    wanted = [t.table for t in request.spec.tables if target.find_table(t.table, request.schema_map) is None]
    warnings: list[str] = []
    for path in request.ddl:
        if not wanted:
            break
        schema = read_ddl(_read(path))
        warnings += schema.warnings
        for table in request.spec.tables:
            schema.choose(table.table.name, {one.name for one in table.fields if one.filler is None})
        if request.create_tables:
            warnings += _drop_unfit(request, schema)
        statements = create_statements(schema, target.ddl, only=_names(wanted))
        target.run_ddl(statements)
        warnings += [warning for table in wanted for warning in _passed_over(schema, table.name)]
        wanted = [table for table in wanted if target.find_table(table, request.schema_map) is None]
    if wanted and request.create_tables:
        schema = tables_from_spec(request.spec)
        target.run_ddl(create_statements(schema, target.ddl, only=_names(wanted)))
    return warnings


# Private functions


def _drop_unfit(request: LoadRequest, schema: DdlSchema) -> list[str]:
    """Tables of the DDL without all columns of the spec are left to be made from the spec; gives warnings."""
    warnings = []
    for table in request.spec.tables:
        made = schema.tables.get(table.table.name)
        wanted = [one.name for one in table.fields if one.filler is None]
        lacking = (
            sorted(set(wanted) - {column.name.upper() for column in made.columns}) if made is not None else []
        )
        if lacking:
            del schema.tables[table.table.name]
            warnings.append(
                f"the DDL's table {table.table} has no column {', '.join(lacking)}; made from the spec instead"
            )
    return warnings


def _passed_over(schema: DdlSchema, name: str) -> list[str]:
    """What a table that was just made lacks."""
    table = schema.tables.get(name)
    if table is None or not table.passed_over:
        return []
    return [f"table {name} is made without {', '.join(table.passed_over)}"]


def _names(tables: list[TableName]) -> list[str]:
    return list(dict.fromkeys(table.name for table in tables))


def _read(path: str) -> str:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error.strerror}", Place(file=path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
