"""Sub-SELECTs in SQL strings: lookups of the target's tables, read once before the load."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from loadstone.errors import FixSpec
from loadstone.expressions import lookups
from tests.runs import load, rows_of
from tests.targets import execute

TABLES = """CREATE TABLE dept (id NUMBER(4), name VARCHAR2(10), region NUMBER(2), since DATE, flag CHAR(1));
CREATE TABLE region (id NUMBER(2), title VARCHAR2(10));
CREATE TABLE emp (n NUMBER(4), found VARCHAR2(20));"""
DEPTS = "10|Sales|1|20200101|Y\n20|Audit|2|20210101|Y\n21|audit|2|20220101|N\n30|Legal|||N\n"
REGIONS = "1|North\n2|South\n"
FIELDS = "FIELDS TERMINATED BY '|' TRAILING NULLCOLS"


@pytest.fixture
def target(target_url: str, here: Path) -> str:
    """A target with departments and regions."""
    Path("depts.dat").write_text(DEPTS)
    Path("regions.dat").write_text(REGIONS)
    load(f"LOAD DATA INFILE 'depts.dat' INTO TABLE dept {FIELDS} (id, name, region, since DATE 'YYYYMMDD', flag)",
         target_url, ddl=TABLES)  # fmt: skip
    load(f"LOAD DATA INFILE 'regions.dat' INTO TABLE region {FIELDS} (id, title)", target_url, ddl=TABLES)
    return target_url


def found(target: str, expression: str, *values: str, **options: object) -> list[object]:
    """What an expression gives for each value of a file, in order; the code of a reject in its place."""
    Path("emp.dat").write_text("".join(f"{n}|{value}\n" for n, value in enumerate(values)))
    control = f"""LOAD DATA INFILE 'emp.dat' TRUNCATE INTO TABLE emp {FIELDS}
    (n, x BOUNDFILLER, found EXPRESSION "{expression}")"""
    receipt = load(control, target, ddl=TABLES, again=True, **options)
    rows = dict(rows_of(target, "SELECT n, found FROM emp"))
    for one in loads.rejects(target, receipt.load_id)[1]:
        rows[one.record_no - 1] = one.code
    return [rows[n] for n in range(len(values))]


def test_a_row_is_found_by_its_key(target: str) -> None:
    """The common shape: an id by a name; NULL where there is none, and for NULL."""
    sql = "(SELECT id FROM dept WHERE name = :x)"
    assert ["10", "21", None, None] == found(target, sql, "Sales", "audit", "nobody", "")


def test_expressions_stand_on_both_sides(target: str) -> None:
    """Functions over columns and over the record; a constant condition on the table."""
    sql = "(select d.id + 0.5 from dept d where lower(d.name) = lower(trim(:x)) and flag = 'Y')"
    assert ["10.5", "20.5", None] == found(target, sql, " SALES", "AUDIT", "legal")


def test_two_rows_are_an_error_of_the_record(target: str) -> None:
    """ORA-01427 refuses the record, unless ROWNUM or DISTINCT leaves one row."""
    sql = "(SELECT {} FROM dept WHERE UPPER(name) = UPPER(:x){})"
    assert ["10", "ORA-01427"] == found(target, sql.format("id", ""), "sales", "audit", errors=-1)
    assert ["2"] == found(target, sql.format("DISTINCT region", ""), "audit")
    assert found(target, sql.format("id", " AND ROWNUM = 1"), "audit")[0] in ("20", "21")


def test_aggregates_are_computed(target: str) -> None:
    """MAX, COUNT, SUM and AVG, over the table and over the rows of a record."""
    assert ["31"] == found(target, "(SELECT MAX(id) + 1 FROM dept)", "x")
    assert ["2", "0"] == found(target, "(SELECT COUNT(*) FROM dept WHERE region = :x)", "2", "9")
    assert ["41", None] == found(target, "(SELECT SUM(id) FROM dept WHERE region = :x)", "2", "9")
    assert ["2020"] == found(target, "TO_CHAR((SELECT MIN(since) FROM dept), 'YYYY')", "x")


def test_tables_are_joined(target: str) -> None:
    """By WHERE and by JOIN; a column of either table."""
    where = "(SELECT r.title FROM dept d, region r WHERE d.region = r.id AND d.name = :x)"
    join = "(SELECT title FROM dept JOIN region r ON dept.region = r.id WHERE dept.id = TO_NUMBER(:x))"
    assert ["North", "South", None] == found(target, where, "Sales", "Audit", "Legal")
    assert ["North", "South"] == found(target, join, "10", "21")


def test_ranges_and_values_of_the_record(target: str) -> None:
    """A condition that is no equation, and the record's value in the result."""
    sql = (
        "(SELECT MAX(d.name || '/' || :x) FROM dept d WHERE d.since <= TO_DATE(:x, 'YYYYMMDD') AND d.id < 20)"
    )
    assert ["Sales/20200601", None] == found(target, sql, "20200601", "20191231")


def test_exists_and_in(target: str) -> None:
    """Conditions; NOT IN with a NULL among the rows is never true."""
    exists = "CASE WHEN EXISTS (SELECT 1 FROM dept WHERE name = :x) THEN 'y' ELSE 'n' END"
    within = "CASE WHEN :x IN (SELECT region FROM dept) THEN 'y' ELSE 'n' END"
    outside = "CASE WHEN :x NOT IN (SELECT {} FROM dept) THEN 'y' ELSE 'n' END"
    assert ["y", "n"] == found(target, exists, "Sales", "Nobody")
    assert ["y", "n", "n"] == found(target, within, "2", "9", "")
    assert ["n", "n"] == found(target, outside.format("region"), "2", "9")
    assert ["n", "y"] == found(target, outside.format("id"), "10", "9")


def test_a_table_that_the_load_empties_has_no_rows(target: str) -> None:
    """TRUNCATE comes before the lookup, as with SQL*Loader."""
    assert ["0"] == found(target, "(SELECT COUNT(*) FROM emp)", "x")
    assert ["0"] == found(target, "(SELECT COUNT(*) FROM emp)", "x")


def test_too_many_rows_are_refused(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name, with the place of the sub-SELECT, before a row is loaded."""
    monkeypatch.setattr("loadstone.load.lookups.LOOKUP_ROWS_MAX", 3)
    with pytest.raises(FixSpec) as caught:
        found(target, "NVL((SELECT name FROM dept WHERE id = :x), 'none')", "10")
    assert ("LS-5011", 5) == (caught.value.code, caught.value.place.column)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("(SELECT id FROM nowhere WHERE name = :x)", "LS-5010"),
        ("(SELECT id FROM dept ORDER BY id)", "LS-5010"),
        ("(SELECT id FROM dept WHERE id = (SELECT 1 FROM region))", "LS-5010"),
        ("(SELECT id, name FROM dept)", "LS-5001"),
        ("(SELECT id FROM dept, region)", "LS-5012"),
        ("(SELECT nothing FROM dept)", "LS-5003"),
        ("(SELECT id FROM dept WHERE name > 5)", "LS-5013"),
        ("(SELECT SUM(id, 2) FROM dept)", "LS-5004"),
    ],
)
def test_what_cannot_be_a_lookup_is_refused(target: str, sql: str, code: str) -> None:
    """With its code, before a row is loaded."""
    with pytest.raises(FixSpec) as caught:
        found(target, sql, "1")
    assert code == caught.value.code


def test_lookups_are_frozen_with_the_load(target: str) -> None:
    """A load that goes on after a stop finds what its first part found."""
    Path("emp.dat").write_text("1|Sales\n2|Sales\n")
    control = f"""LOAD DATA INFILE 'emp.dat' APPEND INTO TABLE emp {FIELDS}
    (n, x BOUNDFILLER, found EXPRESSION "(SELECT id FROM dept WHERE name = :x)")"""
    load(control, target, ddl=TABLES, load=1)
    Path("more.dat").write_text("99|Sales\n")
    load(f"LOAD DATA INFILE 'more.dat' APPEND INTO TABLE dept {FIELDS} (id, name)", target)
    receipt = load(control, target)
    assert 2 == receipt.counts.loaded
    assert [(1, "10"), (2, "10")] == sorted(rows_of(target, "SELECT n, found FROM emp"))


def test_the_limit_is_what_the_docs_say() -> None:
    """100,000 rows."""
    assert 100_000 == lookups.LOOKUP_ROWS_MAX


def test_a_view_is_looked_up_and_not_loaded(target_url: str, here: Path) -> None:
    """Its rows are read like those of a table; where it takes none, a load into it is refused by name."""
    if target_url.startswith("oracle"):
        pytest.skip("the stand-in for Oracle has no views")
    execute(
        target_url,
        "CREATE TABLE n (id INTEGER, name VARCHAR(9))",
        "INSERT INTO n VALUES (1, 'one')",
        "INSERT INTO n VALUES (2, 'two')",
        "CREATE VIEW v AS SELECT id, name FROM n WHERE id < 2",
    )
    control = (
        "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS"
        ' (id, name "(SELECT name FROM v WHERE id = :id)")\nBEGINDATA\n1,\n2,\n'
    )
    load(control, target_url, ddl="CREATE TABLE t (id NUMBER(5), name VARCHAR2(9));")
    assert [(1, "one"), (2, None)] == rows_of(target_url, "SELECT id, name FROM t ORDER BY id")
    if target_url.startswith("postgresql"):
        return  # it takes rows into simple views
    with pytest.raises(FixSpec, match="is a view"):
        load(
            "LOAD DATA INFILE * APPEND INTO TABLE v FIELDS TERMINATED BY ',' (id)\nBEGINDATA\n1\n", target_url
        )
