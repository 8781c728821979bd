"""The express mode: a table, and what its keywords change."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone import spec as s
from loadstone.errors import FixSpec
from loadstone.sqlldr.express import ExpressColumn, express_spec, express_table


def spec(**values: str) -> s.LoadSpec:
    """The load of TABLE=emp with keywords."""
    return express_spec({"table": "emp", **values}, (), "emp.dat")


def test_the_defaults_are_those_of_the_manual() -> None:
    """APPEND, commas, one data file, blanks trimmed at both ends as external tables do."""
    found = spec()
    table = found.tables[0]
    assert (s.Method.APPEND, "emp.dat", "lrtrim", "execute") == (
        found.method,
        found.inputs[0].path,
        found.options.trim,
        found.options.external_table,
    )
    assert (s.Delimiter(literal=s.Literal(text=",")), None, None) == (
        table.terminated,
        table.enclosed,
        table.csv,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("emp", s.TableName(name="EMP")), ("scott.emp", s.TableName(name="EMP", schema_name="SCOTT")), ('"Emp"', s.TableName(name="Emp", name_quoted=True)), ('"s".emp', s.TableName(name="EMP", schema_name="s", schema_quoted=True))],
)  # fmt: skip
def test_table_names(text: str, expected: s.TableName) -> None:
    """Upper case unless quoted, perhaps with a schema."""
    assert expected == express_table(text)


@pytest.mark.parametrize(
    ("values", "path", "expected"),
    [
        ({"terminated_by": "|"}, "terminated", s.Delimiter(literal=s.Literal(text="|"))), ({"terminated_by": "whitespace"}, "terminated", s.Delimiter(whitespace=True)), ({"terminated_by": "X'09'"}, "terminated", s.Delimiter(literal=s.Literal(hex="09"))),
        ({"csv": "with_embedded"}, "csv", s.CsvFormat(embedded=True)), ({"csv": "without_embedded"}, "csv", s.CsvFormat(embedded=False)), ({"csv": "with_embedded"}, "terminated", None),
        ({"enclosed_by": '"'}, "enclosed", s.Enclosure(left=s.Literal(text='"'))), ({"optionally_enclosed_by": "< and >"}, "enclosed", s.Enclosure(left=s.Literal(text="<"), right=s.Literal(text=">"), optional=True)),
        ({"nullif": "BLANKS"}, "nullif", s.Test(blanks=True)), ({"nullif": "!=NA"}, "nullif", s.Test(equal=False, literal=s.Literal(text="NA"))), ({"nullif": "'N A'"}, "nullif", s.Test(literal=s.Literal(text="N A"))),
    ],
)  # fmt: skip
def test_keywords_change_the_table(values: dict[str, str], path: str, expected: Any) -> None:
    """Delimiters, CSV, NULLIF."""
    assert expected == getattr(spec(**values).tables[0], path)


def test_names_trim_and_character_set() -> None:
    """FIELD_NAMES, TRIM and CHARACTERSET go to the load."""
    found = spec(field_names="first file ignore".upper(), trim="notrim", characterset="UTF8")
    assert (s.FieldNames.FIRST_FILE_IGNORE, "notrim", "UTF8") == (
        found.field_names,
        found.options.trim,
        found.charset,
    )


@pytest.mark.parametrize(
    ("column", "kind", "mask"),
    [
        (ExpressColumn(name="D", kind="date"), s.TypeName.DATE, "YYYY"), (ExpressColumn(name="T", kind="timestamp"), s.TypeName.TIMESTAMP, "FF"), (ExpressColumn(name="Z", kind="timestamp_tz"), s.TypeName.TIMESTAMP_TZ, "FF"),
        (ExpressColumn(name="L", kind="text", length=4000), s.TypeName.CHAR, None), (ExpressColumn(name="N", kind="number"), None, None), (ExpressColumn(name="S", kind="text", length=10), None, None),
    ],
)  # fmt: skip
def test_types_are_those_of_the_columns(
    column: ExpressColumn, kind: s.TypeName | None, mask: str | None
) -> None:
    """Dates with the formats of the command line, long texts with room for all their characters."""
    found = (
        express_spec({"table": "t", "date_format": "YYYY", "timestamp_format": "FF"}, (column,), "t.dat")
        .tables[0]
        .fields[0]
    )
    assert (kind, mask) == ((found.type.name, found.type.mask) if found.type else (None, None))


@pytest.mark.parametrize(
    "values", [{"table": "a b"}, {"table": ""}, {"trim": "both"}, {"csv": "maybe"}, {"field_names": "some"}, {"terminated_by": ""}, {"enclosed_by": ""}, {"nullif": ""}], ids=str
)  # fmt: skip
def test_wrong_values_are_named(values: dict[str, str]) -> None:
    """LS-1102, before a row is read."""
    with pytest.raises(FixSpec) as caught:
        spec(**values) if "table" not in values else express_spec(values, (), "x")
    assert "LS-1102" == caught.value.code
