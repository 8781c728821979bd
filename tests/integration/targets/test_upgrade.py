"""Control tables of an earlier version: a load changes them and goes on, or is refused by code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from loadstone.bootstrap.targets import init
from loadstone.cli.main import main
from loadstone.errors import Refused
from loadstone.targets.control import TABLES
from loadstone.targets.urls import PREFIX
from tests.runs import load, rows_of
from tests.targets import execute

CONTROL = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE emp FIELDS TERMINATED BY ',' (id INTEGER EXTERNAL)"
KINDS = {"sqlite": ("TEXT", "INTEGER"), "duckdb": ("VARCHAR", "BIGINT"), "postgresql": ("text", "bigint"),
         "oracle": ("VARCHAR2(300 CHAR)", "NUMBER(18)")}  # fmt: skip


@pytest.fixture
def stopped(here: Path, target_url: str) -> str:
    """A target with a load that a limit stopped after two of its three records; one is a reject."""
    execute(target_url, "CREATE TABLE emp (id INTEGER)")
    Path("in.dat").write_text("1\nx\nx\n2\n")
    load(CONTROL, target_url, errors=1)
    return target_url


def age(url: str, kind: str) -> None:
    """Make of the control tables what the version before claims, leases, stamps and origins had."""
    text, number = KINDS[kind]
    load_id = rows_of(url, "SELECT load_id FROM loadstone_load")[0][0]
    execute(
        url,
        "DROP TABLE loadstone_claim",
        "DROP TABLE loadstone_lease",
        "DROP TABLE loadstone_fence",
        f"CREATE TABLE loadstone_fence (load_id {text} NOT NULL, part {number} NOT NULL, fence_no {number} NOT NULL,"
        f" claim {number} NOT NULL, beat {number} NOT NULL, holder {text}, PRIMARY KEY (load_id, part))",
        f"INSERT INTO loadstone_fence (load_id, part, fence_no, claim, beat) VALUES ('{load_id}', 0, 4, 6, 0)",
        "ALTER TABLE loadstone_chunk DROP COLUMN stamp",
        # DuckDB drops no column of a table with an index.
        *(["DROP INDEX loadstone_reject_load"] if kind == "duckdb" else []),
        "ALTER TABLE loadstone_reject DROP COLUMN origin",
    )


def kind_of(request: pytest.FixtureRequest) -> str:
    """The kind of the target that the test runs over."""
    return str(request.node.callspec.params["target_url"])


def test_a_load_of_an_earlier_version_goes_on(stopped: str, request: pytest.FixtureRequest) -> None:
    """Claims move into their table, columns are added, and what is committed stays committed."""
    age(stopped, kind_of(request))
    receipt = load(CONTROL, stopped, errors=-1)
    assert receipt.resumed
    assert (4, 2, 2) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)
    assert [(1,), (2,)] == rows_of(stopped, "SELECT id FROM emp ORDER BY id")
    assert [(7,)] == rows_of(stopped, "SELECT claim_no FROM loadstone_claim")
    assert b"x\nx\n" == Path("in.bad").read_bytes()


def test_rejects_of_an_earlier_version_are_shown(
    stopped: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command reads what the tables have; what they lack is empty."""
    age(stopped, kind_of(request))
    capsys.readouterr()
    assert 0 == main(["rejects", "--target", stopped, "--json"])
    (first, *_) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (2, "ORA-01722") == (first["record"], first["code"])


def test_init_changes_them_and_a_second_time_nothing(stopped: str, request: pytest.FixtureRequest) -> None:
    """What an operator runs as the owner of the tables."""
    age(stopped, kind_of(request))
    for _ in range(2):
        init(stopped)
        assert [(6,)] == rows_of(stopped, "SELECT claim_no FROM loadstone_claim")
    assert [(None,)] == rows_of(stopped, "SELECT max(stamp) FROM loadstone_chunk")


def test_tables_that_are_too_old_are_refused(stopped: str) -> None:
    """With the columns that are missing, and two ways out; nothing is changed, no row moves."""
    execute(stopped, "DROP TABLE loadstone_lease", "CREATE TABLE loadstone_lease (load_id INTEGER)")
    with pytest.raises(Refused, match=r"LS-3009.*loadstone_lease\.repository, loadstone_lease\.lease_no") as caught:
        load(CONTROL, stopped, errors=-1)
    assert any("--control-schema" in hint for hint in caught.value.hints)
    assert [(1,)] == rows_of(stopped, "SELECT id FROM emp")


def test_a_role_that_may_not_change_them_is_told_so(postgres_url: str, here: Path) -> None:
    """With the statements that their owner is to run."""
    execute(postgres_url, "CREATE TABLE emp (id integer)")
    Path("in.dat").write_text("1\n")
    init(postgres_url)
    execute(
        postgres_url,
        "ALTER TABLE loadstone_chunk DROP COLUMN stamp",
        "DROP ROLE IF EXISTS loader",
        "CREATE ROLE loader LOGIN",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO loader",
    )
    head, _, tail = postgres_url.partition("@")
    with pytest.raises(Refused, match="LS-3009") as caught:
        load(CONTROL, f"{head.partition('//')[0]}//loader@{tail}")
    assert any("ALTER TABLE loadstone_chunk ADD stamp text" in hint for hint in caught.value.hints)


def test_any_database_by_sqlalchemy_is_changed_too(postgres_url: str, here: Path) -> None:
    """By the generic way, which asks the catalogue through SQLAlchemy."""
    url = PREFIX + postgres_url.replace("postgresql://", "postgresql+psycopg://", 1)
    init(url)
    execute(postgres_url, "ALTER TABLE loadstone_chunk DROP COLUMN stamp")
    init(url)
    assert [] == rows_of(postgres_url, "SELECT stamp FROM loadstone_chunk")


def test_control_tables_that_somebody_dropped_are_made_again(stopped: str) -> None:
    """They know of no load then, so the whole file is loaded; what a database is asked for them, it answers."""
    execute(stopped, *(f"DROP TABLE IF EXISTS {table}" for table in TABLES), "DELETE FROM emp")
    assert (4, 2) == (load(CONTROL, stopped).counts.read, len(rows_of(stopped, "SELECT id FROM emp")))


def test_two_starts_may_change_them_at_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that comes second finds the columns there, and that is no error."""
    from loadstone.targets.sqlite.target import SqliteTarget

    init("bank.db")
    execute("bank.db", "ALTER TABLE loadstone_chunk DROP COLUMN stamp")
    plain = SqliteTarget.run_ddl

    def overtaken(target: SqliteTarget, statements: Any) -> None:
        if any("ADD stamp" in one for one in statements):
            execute("bank.db", *statements)
        plain(target, statements)

    monkeypatch.setattr(SqliteTarget, "run_ddl", overtaken)
    init("bank.db")
    assert [] == rows_of("bank.db", "SELECT stamp FROM loadstone_chunk")
