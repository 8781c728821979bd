"""Constraints that only some targets have: triggers, deferred keys, exclusions, partitions, views, strict types."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import FixSpec
from tests.integration.targets.refused import ids, refused, rejects, run
from tests.targets import execute

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER small BEFORE INSERT ON t WHEN new.code > 5 BEGIN SELECT RAISE(ABORT, 'code is too large'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION small() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF new.code > 5 THEN RAISE EXCEPTION 'code is too large'; END IF; RETURN new; END $$",
        "CREATE TRIGGER small BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION small()",
    ],
}


@pytest.mark.parametrize("target_url", list(TRIGGERS), indirect=True)
def test_a_trigger_refuses_a_record_in_its_own_words(target_url: str, here: Path) -> None:
    """What a trigger raises is a reject of that record, as ORA-20000 with the trigger's message."""
    kind = "postgresql" if target_url.startswith("postgresql") else "sqlite"
    execute(target_url, "CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER)", *TRIGGERS[kind])
    run(target_url, ["1,1", "2,6", "3,5"], "id, code")
    assert refused(target_url) == [(2, "ORA-20000")]
    assert (
        rejects(target_url)[0].rule,
        rejects(target_url)[0].reason,
    ) == ("trigger", "ORA-20000: code is too large")
    assert ids(target_url) == [1, 3]


@pytest.mark.parametrize("target_url", ["postgresql"], indirect=True)
def test_a_trigger_may_refuse_with_any_state(target_url: str, here: Path) -> None:
    """A state of its own, one of the server's, a failed ASSERT or lookup: each is the record's reject, in its words."""
    execute(
        target_url,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER)",
        "CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n integer; BEGIN"
        " CASE new.code WHEN 1 THEN RAISE 'own state' USING ERRCODE = 'ZZ001';"
        " WHEN 2 THEN RAISE 'class 45' USING ERRCODE = '45000';"
        " WHEN 3 THEN RAISE 'twice' USING ERRCODE = 'unique_violation';"
        " WHEN 4 THEN ASSERT new.id = 0, 'asserted';"
        " WHEN 5 THEN SELECT code INTO STRICT n FROM t WHERE id = -1;"
        " ELSE NULL; END CASE; RETURN new; END $$",
        "CREATE TRIGGER judge BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION judge()",
    )
    run(target_url, [f"{number},{number}" for number in range(7)], "id, code")
    assert [one.reason for one in rejects(target_url)] == [
        *("ORA-20000: own state", "ORA-20000: class 45", "ORA-20000: twice", "ORA-20000: asserted"),
        "ORA-20000: query returned no rows",
    ]
    assert ids(target_url) == [0, 6]


@pytest.mark.parametrize("target_url", ["postgresql"], indirect=True)
def test_a_trigger_that_is_broken_is_no_reject(target_url: str, here: Path) -> None:
    """A function that names a table which does not exist is for its author; the load ends, and no row is blamed."""
    execute(
        target_url,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER)",
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO nowhere VALUES (1); RETURN new; END $$",
        "CREATE TRIGGER broken BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION broken()",
    )
    with pytest.raises(FixSpec, match="LS-3023.*nowhere"):
        run(target_url, ["1,1"], "id, code")
    assert ids(target_url) == []


@pytest.mark.parametrize("target_url", ["sqlite", "postgresql"], indirect=True)
def test_a_deferred_foreign_key_is_checked_record_by_record(target_url: str, here: Path) -> None:
    """A key that waits for the COMMIT refuses its record, and the rest of the chunk goes in."""
    execute(
        target_url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "INSERT INTO parent VALUES (1)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
    )
    run(target_url, ["1,1", "2,7", "3,1"], "id, code")
    assert refused(target_url) == [(2, "ORA-02291")]
    assert ids(target_url) == [1, 3]


def test_rows_without_parents_from_before_are_no_fault_of_the_load(tmp_path: Path, here: Path) -> None:
    """SQLite: a table that holds orphans already takes good rows."""
    url = str(tmp_path / "bank.db")
    execute(
        url,
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        "INSERT INTO t VALUES (9, 99)",
        "INSERT INTO parent VALUES (1)",
    )
    run(url, ["1,1", "2,7"], "id, code")
    assert refused(url) == [(2, "ORA-02291")]
    assert ids(url) == [1, 9]


def test_a_strict_table_refuses_a_value_of_another_type(tmp_path: Path, here: Path) -> None:
    """SQLite STRICT: text that SQLite cannot store as the type is a reject that does not show the value."""
    url = str(tmp_path / "bank.db")
    execute(url, "CREATE TABLE t (id INTEGER PRIMARY KEY, code BLOB) STRICT, WITHOUT ROWID")
    run(url, ["1,cafe", "2,xyz"], "id, code")
    assert refused(url) == [(2, "ORA-01465")]
    execute(url, "DROP TABLE t", "CREATE TABLE t (id INTEGER PRIMARY KEY, code ANY) STRICT")
    run(url, ["3,abc"], "id, code")
    assert ids(url) == [3]


def test_an_exclusion_constraint_is_a_unique_key(postgres_url: str, here: Path) -> None:
    """PostgreSQL: EXCLUDE refuses the second of two rows that conflict."""
    execute(postgres_url, "CREATE TABLE t (id integer, code integer, EXCLUDE USING btree (code WITH =))")
    run(postgres_url, ["1,1", "2,1", "3,2"], "id, code")
    assert refused(postgres_url) == [(2, "ORA-00001")]
    assert ids(postgres_url) == [1, 3]


def test_a_row_without_a_partition_is_refused(postgres_url: str, here: Path) -> None:
    """PostgreSQL: a value outside of all partitions."""
    execute(
        postgres_url,
        "CREATE TABLE t (id integer, code integer) PARTITION BY RANGE (id)",
        "CREATE TABLE t_low PARTITION OF t FOR VALUES FROM (0) TO (10)",
    )
    run(postgres_url, ["1,1", "10,1", "9,2"], "id, code")
    assert refused(postgres_url) == [(2, "ORA-02290")]
    assert ids(postgres_url) == [1, 9]


def test_a_domain_and_an_enum_refuse_by_record_and_show_no_value(postgres_url: str, here: Path) -> None:
    """PostgreSQL: the check of a domain is ORA-02290; a wrong label of an enum is named without its text."""
    execute(
        postgres_url,
        "CREATE DOMAIN positive AS integer CHECK (value > 0)",
        "CREATE TYPE mood AS ENUM ('sad', 'happy')",
        "CREATE TABLE t (id positive, code mood)",
    )
    run(postgres_url, ["1,sad", "-2,sad", "3,Secretive", "4,"], "id, code")
    assert refused(postgres_url) == [(2, "ORA-02290"), (3, None)]
    told = rejects(postgres_url)[1]
    assert (told.rule, told.field) == ("value", "CODE")
    assert "Secretive" not in told.reason and "Secretive" not in Path("load.log").read_text()
    assert ids(postgres_url) == [1, 4]


def test_json_that_is_none_is_refused_by_record(postgres_url: str, here: Path) -> None:
    """PostgreSQL: the server judges JSON; bad text is a reject of its record."""
    execute(postgres_url, "CREATE TABLE t (id integer, code json)")
    run(postgres_url, ["1,[1]", "2,[1", "3,"], "id, code")
    assert refused(postgres_url) == [(2, None)]
    assert rejects(postgres_url)[0].rule == "value"
    assert ids(postgres_url) == [1, 3]


def test_a_deferred_unique_key_refuses_the_second(postgres_url: str, here: Path) -> None:
    """PostgreSQL: the first of two duplicates wins also when the key waits for the COMMIT."""
    execute(
        postgres_url, "CREATE TABLE t (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, code integer)"
    )
    run(postgres_url, ["1,1", "1,2", "2,3"], "id, code")
    assert refused(postgres_url) == [(2, "ORA-00001")]
    assert ids(postgres_url) == [1, 2]
