"""Rights and control tables of PostgreSQL: what is missing is named before a row moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from loadstone.bootstrap import loads, targets
from loadstone.errors import FixSpec, LoadstoneError, Refused, Stop
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, load, rows_of
from tests.targets import execute, opened

GUARDED = ["sqlite", "duckdb", "postgresql"]
"""Targets that make a schema, or a table that is there already, without complaint."""

CONTROL = "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id, code)"


@pytest.fixture
def loader(postgres_url: str, here: Path) -> str:
    """The database as a role sees it that may write table T, and nothing more."""
    execute(
        postgres_url,
        "DROP ROLE IF EXISTS loader",
        "CREATE ROLE loader LOGIN",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "CREATE TABLE t (id integer, code integer)",
        "GRANT SELECT, INSERT ON t TO loader",
    )
    Path("in.dat").write_text("1,1\n2,x\n")
    head, _, tail = postgres_url.partition("@")
    return f"{head.partition('//')[0]}//loader@{tail}"


def rows(url: str) -> list[tuple[int, ...]]:
    """The table."""
    return rows_of(url, "SELECT id FROM t")


def test_a_role_that_may_make_no_tables_is_told_so(loader: str, postgres_url: str) -> None:
    """With the command that prints what is needed; no row moves."""
    with pytest.raises(Refused, match="LS-3008") as caught:
        load(CONTROL, loader)
    assert any("target init --sql" in hint for hint in caught.value.hints)
    assert [] == rows(postgres_url)


def test_tables_and_grants_that_are_printed_suffice(loader: str, postgres_url: str) -> None:
    """An owner runs what ``target init --sql`` prints, grants included, and the role loads."""
    statements = targets.init_sql(postgres_url, role="loader")
    execute(postgres_url, *statements)
    receipt = load(CONTROL, loader)
    assert (1, 1) == (receipt.counts.loaded, receipt.counts.rejected)
    assert load(CONTROL, loader).repeated


def test_a_role_draws_from_a_sequence_without_the_right_to_make_one(loader: str, postgres_url: str) -> None:
    """Its owner grants USAGE; one that is missing is refused as the database words it."""
    execute(postgres_url, "CREATE SEQUENCE numbers", "GRANT USAGE ON SEQUENCE numbers TO loader")
    with opened(loader) as target:
        assert [1, 2, 3] == target.next_values("app.NUMBERS", 3)
        with pytest.raises(LoadstoneError, match="permission denied"):
            target.next_values("others", 1)


def test_two_loads_that_make_a_sequence_at_once_draw_different_numbers(postgres_url: str) -> None:
    """One makes it, the other waits for that, and neither fails."""
    with opened(postgres_url) as one, opened(postgres_url) as other, ThreadPoolExecutor(2) as crew:
        drawn = crew.map(lambda target: target.next_values("fresh", 50), (one, other))
        assert list(range(1, 101)) == sorted(number for numbers in drawn for number in numbers)


@pytest.mark.parametrize("table", ["load", "fence", "claim", "lease", "chunk", "reject", "discard"])
def test_a_missing_right_on_any_control_table_is_named(table: str, loader: str, postgres_url: str) -> None:
    """Before a row moves, whichever table it is."""
    execute(
        postgres_url,
        *targets.init_sql(postgres_url, role="loader"),
        f"REVOKE INSERT ON loadstone_{table} FROM loader",
    )
    with pytest.raises(Refused, match=rf"LS-3008.*loadstone_{table}"):
        load(CONTROL, loader)
    assert [] == rows(postgres_url)


def test_a_missing_right_on_the_table_is_named(loader: str, postgres_url: str) -> None:
    """The load's own table: SELECT alone is not enough."""
    execute(postgres_url, *targets.init_sql(postgres_url, role="loader"), "REVOKE INSERT ON t FROM loader")
    with pytest.raises(Refused, match="LS-3008"):
        load(CONTROL, loader)
    assert [] == rows(postgres_url)


@pytest.mark.parametrize("target_url", GUARDED, indirect=True)
@pytest.mark.parametrize("schema", ["audit", "Mixed Case", 'odd"quote'])
def test_control_tables_in_a_schema_of_their_own(schema: str, target_url: str, here: Path) -> None:
    """Made there, found there again, whatever its name; SQLite has no schemas and passes it over."""
    execute(target_url, "CREATE TABLE t (id INTEGER, code INTEGER)")
    Path("in.dat").write_text("1,1\n2,x\n")
    for repeated in (False, True):
        assert repeated == load(CONTROL, target_url, control_schema=schema).repeated
    assert [2] == [one.record_no for one in loads.rejects(target_url, None, schema)[1]]
    if not target_url.endswith(".db"):
        name = schema.replace('"', '""')
        assert [(1,)] == rows_of(target_url, f'SELECT count(*) FROM "{name}".loadstone_load')


@pytest.mark.parametrize("target_url", GUARDED, indirect=True)
def test_init_makes_what_it_prints(target_url: str) -> None:
    """After ``init`` the statements that are printed run again without harm, and a load finds its tables."""
    targets.init(target_url)
    execute(target_url, *targets.init_sql(target_url))
    with opened(target_url) as target:
        assert [] == target.find_loads(None)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody:hunter2@127.0.0.1:1/db",
        "postgresql://nobody:hunter2@127.0.0.1:1/db?connect_timeout=2",
        "postgresql://nobody@127.0.0.1:1/db?password=hunter2",
        "postgresql://nobody:hunter2@127.0.0.1:port/db",
        "postgresql://nobody:hunter2@127.0.0.1:1/db?nonsense=1",
        "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/db",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_the_password(url: str, here: Path) -> None:
    """No server, a port that is none, an unknown option: an error of ours, with hints."""
    with pytest.raises((Stop, FixSpec)) as caught:
        targets.open_target(url)
    assert caught.value.code in ("LS-3020", "LS-3010") and caught.value.hints
    assert "hunter2" not in str(caught.value) and "hunter2" not in repr(caught.value)


def test_rejects_of_a_database_that_never_loaded(target_url: str, here: Path) -> None:
    """There is no load, which is no failure of SQL."""
    execute(target_url, "CREATE TABLE t (id INTEGER)")
    assert ([], []) == loads.rejects(target_url)


@pytest.mark.parametrize("name", ["typo.db", "typo.duckdb"])
def test_asking_for_rejects_makes_no_database(name: str, here: Path) -> None:
    """A misspelt file is named, and does not come into being."""
    with pytest.raises(LoadstoneError, match=f"LS-.*{name}"):
        loads.rejects(name)
    assert not Path(name).exists()


def test_a_folder_that_does_not_exist_is_named(here: Path) -> None:
    """For both kinds of file."""
    spec = parse_control(CONTROL.encode(), "x.ctl")
    Path("in.dat").write_text("1,1\n")
    for name in ("none/bank.db", "none/bank.duckdb"):
        with pytest.raises(Stop, match="LS-3020.*none/bank"):
            loads.load(LoadRequest(spec=spec, spec_path="x.ctl", target=name), Undisturbed())
