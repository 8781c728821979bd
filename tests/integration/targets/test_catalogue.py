"""Tables as the catalogue of each target states them, and which one a name means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.datatypes.model import Kind
from loadstone.errors import FixSpec
from loadstone.spec import TableName
from loadstone.targets.model import TableInfo
from tests.runs import load, rows_of
from tests.targets import execute, kept, opened


def find(url: str, name: str, schema_map: dict[str, str] | None = None, **parts: Any) -> TableInfo | None:
    """The table that a name means."""
    with opened(url) as target:
        return target.find_table(TableName(name=name, **parts), schema_map or {})


def must_find(url: str, name: str, **parts: Any) -> TableInfo:
    """The table that a name means, which exists."""
    found = find(url, name, **parts)
    assert found is not None
    return found


def test_columns_come_in_order_with_what_they_demand(target_url: str) -> None:
    """Names as the target keeps them, kinds, NOT NULL where no default helps, defaults, keys."""
    execute(
        target_url,
        "CREATE TABLE t (id INTEGER NOT NULL, name VARCHAR(9) NOT NULL, code INTEGER DEFAULT 7 NOT NULL,"
        " note VARCHAR(3), PRIMARY KEY (name, id))",
    )
    info = must_find(target_url, "T")
    names = [kept(target_url, name) for name in ("id", "name", "code", "note")]
    assert names == [column.name for column in info.columns]
    assert [True, True, False, False] == [column.not_null for column in info.columns]
    assert [False, False, True, False] == [column.has_default for column in info.columns]
    assert Kind.TEXT is info.columns[1].type.kind
    assert (True, (names[1], names[0])) == (info.unique, info.primary_key)


def test_a_table_without_keys_says_so(target_url: str) -> None:
    """Rows of such a table can be written in any way."""
    execute(target_url, "CREATE TABLE t (id INTEGER)", "CREATE TABLE u (id INTEGER UNIQUE)")
    plain, keyed = must_find(target_url, "T"), must_find(target_url, "U")
    assert (False, (), True) == (plain.unique, plain.primary_key, plain.parallel_safe)
    assert (True, ()) == (keyed.unique, keyed.primary_key)


def test_a_unique_index_counts_as_a_key(target_url: str) -> None:
    """A key need not be a constraint."""
    execute(target_url, "CREATE TABLE t (id INTEGER)", "CREATE UNIQUE INDEX i ON t (id)")
    if target_url.endswith(".duckdb"):
        pytest.skip("DuckDB refuses duplicates of an index too, and names none: trials find them")
    assert must_find(target_url, "T").unique


@pytest.mark.parametrize("wanted", ["PAYMENTS", "payments", "Payments"])
def test_an_unquoted_name_means_any_case(wanted: str, target_url: str) -> None:
    """The spec says PAYMENTS, whatever was typed."""
    execute(target_url, "CREATE TABLE payments (id INTEGER)")
    assert kept(target_url, "payments") == must_find(target_url, wanted).name


def test_a_quoted_name_means_itself(target_url: str) -> None:
    """ "Payments" is no other table; a quoted upper-case name is like an unquoted one."""
    execute(target_url, 'CREATE TABLE "Payments" (id INTEGER)')
    assert "Payments" == must_find(target_url, "Payments", name_quoted=True).name
    assert "Payments" == must_find(target_url, "PAYMENTS", name_quoted=True).name
    assert find(target_url, "payments", name_quoted=True) is None
    assert find(target_url, "OTHER") is None


def test_names_that_differ_in_case_only_are_ambiguous(postgres_url: str) -> None:
    """PostgreSQL can have both: an unquoted name that means either is refused, the exact one is taken."""
    execute(postgres_url, 'CREATE TABLE "Pay" (id integer)', "CREATE TABLE pay (id integer)")
    with pytest.raises(FixSpec, match=r"LS-3002.*table PAY is ambiguous: Pay, pay"):
        find(postgres_url, "PAY")
    assert "Pay" == must_find(postgres_url, "Pay", name_quoted=True).name


def test_an_ambiguous_column_is_refused(postgres_url: str, here: Path) -> None:
    """Columns that differ in case only, none of which is the name as written."""
    execute(postgres_url, 'CREATE TABLE t ("Amount" integer, amount integer)')
    Path("in.dat").write_text("1\n")
    with pytest.raises(FixSpec, match=r"LS-3002.*column AMOUNT is ambiguous"):
        load("LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t (amount POSITION(1:1))", postgres_url)
    load("LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t (\"Amount\" POSITION(1:1))", postgres_url)
    assert [(1, None)] == rows_of(postgres_url, "SELECT * FROM t")


@pytest.mark.parametrize("target_url", ["duckdb", "postgresql"], indirect=True)
def test_a_schema_is_looked_up_in_any_case(target_url: str) -> None:
    """SCOTT.T is t in schema scott, though another t stands in the default schema."""
    execute(
        target_url, "CREATE SCHEMA scott", "CREATE TABLE scott.t (a INTEGER)", "CREATE TABLE t (b INTEGER)"
    )
    assert "scott" == must_find(target_url, "T", schema_name="SCOTT").schema
    assert "scott" != must_find(target_url, "T").schema
    assert find(target_url, "U", schema_name="SCOTT") is None


def test_a_schema_that_the_target_lacks_means_the_default_one(target_url: str) -> None:
    """A control file of another database names its own schema."""
    execute(target_url, "CREATE TABLE t (id INTEGER)")
    assert kept(target_url, "t") == must_find(target_url, "T", schema_name="HR").name


@pytest.mark.parametrize("target_url", ["duckdb", "postgresql"], indirect=True)
def test_a_schema_map_moves_a_table(target_url: str) -> None:
    """``--schema-map HR=staging``."""
    execute(
        target_url,
        "CREATE SCHEMA staging",
        "CREATE TABLE staging.t (a INTEGER)",
        "CREATE TABLE t (b INTEGER)",
    )
    assert "staging" == must_find(target_url, "T", schema_map={"HR": "staging"}, schema_name="HR").schema
    assert "staging" != must_find(target_url, "T", schema_map={"HR": "staging"}, schema_name="OTHER").schema


@pytest.mark.parametrize("target_url", ["duckdb", "postgresql"], indirect=True)
def test_a_schema_map_to_nowhere_is_refused(target_url: str) -> None:
    """A misspelt schema is no reason to load into another one."""
    execute(target_url, "CREATE TABLE t (id INTEGER)")
    with pytest.raises(FixSpec, match=r"LS-3001.*schema stagin does not exist"):
        find(target_url, "T", schema_map={"HR": "stagin"}, schema_name="HR")


@pytest.mark.parametrize("target_url", ["sqlite", "postgresql"], indirect=True)
def test_triggers_make_a_table_unfit_for_parallel_rows(target_url: str) -> None:
    """What a trigger sees must be in file order."""
    make = {
        True: ["CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END"],
        False: [
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
            "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        ],
    }[target_url.endswith(".db")]
    execute(target_url, "CREATE TABLE t (id INTEGER)", *make)
    assert not must_find(target_url, "T").parallel_safe


def test_postgresql_defaults_that_draw_from_a_sequence(postgres_url: str) -> None:
    """Serial and identity columns are not sent in parallel, and an identity ALWAYS is generated."""
    execute(
        postgres_url,
        "CREATE TABLE s (id serial, v text)",
        "CREATE TABLE i (id integer GENERATED BY DEFAULT AS IDENTITY, v text)",
        "CREATE TABLE a (id integer GENERATED ALWAYS AS IDENTITY, v text)",
        "CREATE TABLE g (v integer, twice integer GENERATED ALWAYS AS (v * 2) STORED)",
    )
    found = {name: must_find(postgres_url, name) for name in ("S", "I", "A", "G")}
    assert [False, False, False, True] == [found[name].parallel_safe for name in ("S", "I", "A", "G")]
    assert [False, False, True] == [found[name].columns[0].generated for name in ("S", "I", "A")]
    assert [False, True] == [column.generated for column in found["G"].columns]


def test_postgresql_domains_have_the_type_below(postgres_url: str) -> None:
    """With its length, and its NOT NULL."""
    execute(
        postgres_url,
        "CREATE DOMAIN code AS varchar(3) NOT NULL",
        "CREATE TABLE t (a code, b numeric(7,-2), c timestamp(3), d bit varying)",
        "ALTER TABLE t DROP COLUMN d",
    )
    a, b, c = must_find(postgres_url, "T").columns
    assert (Kind.TEXT, 3, True) == (a.type.kind, a.type.length, a.not_null)
    assert (7, -2) == (b.type.precision, b.type.scale)
    assert 3 == c.type.fraction_digits


def test_columns_that_the_target_computes_are_not_loaded_into(target_url: str, here: Path) -> None:
    """A spec without a field list takes the table's columns, but generated ones."""
    kind = "STORED" if not target_url.endswith(".duckdb") else "VIRTUAL"
    execute(
        target_url, f"CREATE TABLE t (a INTEGER, b INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) {kind})"
    )
    Path("in.dat").write_text("1,5\n2,6\n")
    load("LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ','", target_url)
    assert [(1, 5, 2), (2, 6, 4)] == rows_of(target_url, "SELECT a, b, twice FROM t ORDER BY a")


def test_awkward_names_are_quoted_everywhere(target_url: str, here: Path) -> None:
    """Blanks, quotes, keywords and case in names of tables and columns; with a duplicate to isolate."""
    if target_url.startswith("oracle"):
        pytest.skip("names in Oracle have no double quotes")
    execute(
        target_url,
        'CREATE TABLE "Order ""x""" ("select" INTEGER UNIQUE, "a b" VARCHAR(9), "Ä" INTEGER CHECK ("Ä" > 0))',
    )
    Path("in.dat").write_text("1,x,1\n1,y,1\n2,z,0\n3,w,5\n")
    control = (
        'LOAD DATA INFILE \'in.dat\' APPEND INTO TABLE "Order ""x""" FIELDS TERMINATED BY \',\''
        ' ("select" CHAR, "a b" CHAR, "Ä" CHAR)'
    )
    receipt = load(control, target_url)
    assert (2, 2) == (receipt.counts.loaded, receipt.counts.rejected)
    assert [(1, "x", 1), (3, "w", 5)] == rows_of(target_url, 'SELECT * FROM "Order ""x""" ORDER BY 1')


@pytest.mark.parametrize(
    ("target_url", "expected"),
    [
        ("sqlite", ("BY_CODE", "SQLITE_AUTOINDEX_T_1")), ("duckdb", ("MAIN.BY_CODE", "MAIN.T_NAME_KEY")),
        ("postgresql", ("PUBLIC.BY_CODE", "PUBLIC.T_NAME_KEY")),
    ],
    indirect=["target_url"], ids=["sqlite", "duckdb", "postgresql"],
)  # fmt: skip
def test_indexes_have_their_names(target_url: str, expected: tuple[str, ...]) -> None:
    """Those of keys and those that were made, in the upper case of Oracle's logs."""
    execute(
        target_url, "CREATE TABLE t (name VARCHAR(9) UNIQUE, code INTEGER)", "CREATE INDEX by_code ON t (code)"
    )
    assert expected == must_find(target_url, "t").indexes
