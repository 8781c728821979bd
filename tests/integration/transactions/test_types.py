"""Types of transactions on every target: order, data edges, failures, policies, and going on with what waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads, transactions
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest, Method
from loadstone.sqlldr.control import parse_control
from tests.integration.test_atomic import make, staged_tables
from tests.runs import Undisturbed, rows_of
from tests.targets import execute

CONTROL = """LOAD DATA INFILE 'day.dat' APPEND
INTO TABLE customers WHEN kind = 'C' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER CHAR, id INTEGER EXTERNAL, name CHAR(20))
INTO TABLE accounts WHEN kind = 'A' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, customer INTEGER EXTERNAL)
INTO TABLE payments WHEN kind = 'P' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, account INTEGER EXTERNAL)
INTO TABLE notes WHEN kind = 'N' FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER POSITION(1) CHAR, text CHAR(20))
"""
TABLES = (
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(20))",
    "CREATE TABLE accounts (id INTEGER PRIMARY KEY, customer INTEGER)",
    "CREATE TABLE payments (id INTEGER PRIMARY KEY, account INTEGER)",
    "CREATE TABLE notes (text VARCHAR(20))",
)
# Children stand before their parents: only the order of publishing makes it right.
DATA = (
    "P|100|10\nP|101|99\nN|hello\nC|1|Ada\nC|2|Bob\nC|2|Twice\nA|10|1\nA|11|7\nA|12|\nP|102|11\nX|no type\n"
)
TYPES: dict[str, dict[str, Any]] = {
    "customers": {"tables": ["customers"]},
    "accounts": {
        "tables": ["accounts"],
        "parents": [{"columns": ["customer"], "type": "customers", "references": ["id"]}],
    },
    "payments": {
        "tables": ["payments"],
        "parents": [{"columns": ["account"], "type": "accounts", "references": ["id"]}],
    },
    "notes": {"tables": ["notes"]},
}


def run(
    url: str, types: dict[str, dict[str, Any]] = TYPES, *, control: str = CONTROL, **options: Any
) -> LoadReceipt:
    """Run the types over the file in the working directory."""
    request = {name: options.pop(name) for name in ("chunk_size_bytes", "ddl", "errors", "load") if name in options}
    Path("day.yaml").write_text(yaml.safe_dump({"load": "day.ctl", "types": types, **options}))
    spec = parse_control(control.encode(), "day.ctl")
    whole = LoadRequest(spec=spec, spec_path="day.ctl", target=url, **request)
    return loads.load(transactions.by_types(transactions.spec_at("day.yaml"), "day.yaml", whole), Undisturbed())


def changed(name: str, **options: Any) -> dict[str, dict[str, Any]]:
    """The types above with one of them changed."""
    return {**TYPES, name: {**TYPES[name], **options}}


def states(receipt: LoadReceipt) -> dict[str, str]:
    """State of each type."""
    return {name: told["state"] for name, told in receipt.types.items()}


def ids(url: str, table: str) -> list[int]:
    """Keys that stand in a table."""
    return [int(one) for (one,) in rows_of(url, f"SELECT id FROM {table} ORDER BY id")]


def rejects(url: str) -> list[tuple[int, str, str | None]]:
    """Record, rule and code of each reject."""
    return [(one.record_no, one.rule, one.code) for one in loads.rejects(url)[1]]


@pytest.fixture
def day(here: Path, target_url: str) -> str:
    """A target with empty tables, and a day's file."""
    Path("day.dat").write_text(DATA)
    make(target_url, *TABLES)
    return target_url


def test_types_are_published_behind_what_they_need(day: str) -> None:
    """Rows without a parent become rejects with their bytes, through two levels; the books balance, no staged table stays."""
    receipt = run(day)
    assert ([1, 2], [10, 12], [100]) == (ids(day, "customers"), ids(day, "accounts"), ids(day, "payments"))
    assert [
        (2, "foreign_key", "ORA-02291"),
        (6, "unique", "ORA-00001"),
        (8, "foreign_key", "ORA-02291"),
        (10, "foreign_key", "ORA-02291"),
    ] == rejects(day)
    counts = receipt.counts
    assert (11, 6, 4, 1, 0) == (counts.read, counts.loaded, counts.rejected, counts.discarded, counts.staged)
    assert "P|101|99\nC|2|Twice\nA|11|7\nP|102|11\n" == Path("day.bad").read_text()
    assert {
        "customers": "partial",
        "accounts": "partial",
        "payments": "partial",
        "notes": "published",
    } == states(receipt)
    assert ("complete", 2, []) == (receipt.outcome, receipt.exit_code, staged_tables(day))
    assert run(day).repeated and receipt.types.keys() == run(day).types.keys()


def test_a_type_that_fails_stops_exactly_what_needs_it(day: str) -> None:
    """Its rows and those of its dependents wait; others are in. With what was wrong mended, the rest goes in, once."""
    receipt = run(day, changed("customers", errors=0))
    assert {
        "customers": "failed",
        "accounts": "waiting",
        "payments": "waiting",
        "notes": "published",
    } == states(receipt)
    assert ([], [], [("hello",)]) == (
        ids(day, "customers"),
        ids(day, "accounts"),
        rows_of(day, "SELECT text FROM notes"),
    )
    told = receipt.types
    assert (
        "LS-8308" in told["customers"]["reason"] and "payments needs accounts" in told["payments"]["reason"]
    )
    assert ("waiting", 2) == (receipt.outcome, receipt.exit_code)
    assert (1, 8) == (receipt.counts.loaded, receipt.counts.staged)
    finished = run(day)
    assert ("complete", True) == (finished.outcome, finished.resumed)
    assert (6, 4, 0) == (finished.counts.loaded, finished.counts.rejected, finished.counts.staged)
    assert ([("hello",)], [100]) == (rows_of(day, "SELECT text FROM notes"), ids(day, "payments"))


def test_skip_refuses_all_records_of_a_type(day: str) -> None:
    """They stand in the bad file with the reason, and can be replayed; the table stays as it is."""
    types = changed("customers", errors=0)
    types["accounts"] = {**types["accounts"], "if_failed": "skip"}
    types["payments"] = {**types["payments"], "if_failed": "run"}
    receipt = run(day, types)
    assert {
        "customers": "failed",
        "accounts": "skipped",
        "payments": "partial",
        "notes": "published",
    } == states(receipt)
    assert ([], []) == (ids(day, "accounts"), ids(day, "payments"))
    assert [7, 8, 9] == [record for record, rule, _ in rejects(day) if rule == "dependency"]
    assert "A|10|1\n" in Path("day.bad").read_text()
    again = run(day, types)
    assert "skipped" == states(again)["accounts"], "a type stays skipped when the rest goes on"


def test_run_goes_with_what_there_is(day: str) -> None:
    """Parents of earlier days count."""
    execute(day, "INSERT INTO accounts VALUES (99, 1)")
    types = changed("customers", errors=0)
    types["payments"] = {**types["payments"], "if_failed": "run"}
    receipt = run(day, types)
    assert ("waiting", "partial") == (states(receipt)["accounts"], states(receipt)["payments"])
    assert [101] == ids(day, "payments")


def test_partial_may_stop_too(day: str) -> None:
    """``if_partial`` says what one refused record of a required type means."""
    receipt = run(day, changed("accounts", if_partial="stop"))
    assert ("waiting", "waiting") == (states(receipt)["accounts"], states(receipt)["payments"])
    assert "accounts needs customers, which is partial" in receipt.types["accounts"]["reason"]


@pytest.mark.parametrize("publish", ["component", "file"])
def test_a_group_appears_whole_or_not_at_all(day: str, publish: str) -> None:
    """Parents within the group count; a type beyond its errors keeps all of the group away."""
    failed = run(day, changed("payments", errors=0), publish=publish)
    assert [] == ids(day, "customers") and "failed" == states(failed)["customers"]
    assert ("failed" if publish == "file" else "published") == states(failed)["notes"]
    finished = run(day, publish=publish)
    assert ([1, 2], [10, 12], [100]) == (ids(day, "customers"), ids(day, "accounts"), ids(day, "payments"))
    assert (6, 4) == (finished.counts.loaded, finished.counts.rejected)


def test_records_that_go_into_two_types_are_refused(day: str) -> None:
    """Published apart, one of them could be in and the other not."""
    both = CONTROL.replace("WHEN kind = 'N'", "WHEN kind = 'C'")
    with pytest.raises(FixSpec, match="customers and notes") as caught:
        run(day, control=both)
    assert "LS-8307" == caught.value.code and [] == ids(day, "customers")


def test_one_type_may_have_several_tables(day: str) -> None:
    """A record of two tables is one record of its type."""
    both = CONTROL.replace("WHEN kind = 'N'", "WHEN kind = 'C'")
    types = {name: one for name, one in TYPES.items() if name != "notes"}
    types["customers"] = {"tables": ["customers", "notes"]}
    types["accounts"] = {
        "tables": ["accounts"],
        "parents": [{**TYPES["accounts"]["parents"][0], "table": "customers"}],
    }
    receipt = run(day, types, control=both)
    assert ([1, 2], 2) == (ids(day, "customers"), len(rows_of(day, "SELECT text FROM notes")))
    assert (5, 4, 2) == (receipt.counts.loaded, receipt.counts.rejected, receipt.counts.discarded)


def test_an_empty_file_is_a_day_too(day: str) -> None:
    """Every type is published with nothing."""
    Path("day.dat").write_text("")
    receipt = run(day)
    assert ("complete", 0, {"published"}) == (
        receipt.outcome,
        receipt.exit_code,
        set(states(receipt).values()),
    )


def test_a_stop_between_types_goes_on_later(day: str) -> None:
    """A signal lets the type in hand end; the others wait for the next start."""
    Path("day.yaml").write_text(yaml.safe_dump({"load": "day.ctl", "types": TYPES, "workers": 1}))
    request = LoadRequest(spec=parse_control(CONTROL.encode(), "day.ctl"), spec_path="day.ctl", target=day)

    class Stopped(Undisturbed):
        def stop_requested(self) -> bool:
            return bool(ids(day, "customers"))

    spec = transactions.spec_at("day.yaml")
    receipt = loads.load(transactions.by_types(spec, "day.yaml", request), Stopped())
    assert "staged" in states(receipt).values() and receipt.counts.staged > 0
    assert "complete" == run(day, workers=1).outcome and [100] == ids(day, "payments")


@pytest.mark.parametrize("option", [{"load": 3}])
def test_options_that_would_cut_a_type_are_refused(day: str, option: dict[str, int]) -> None:
    """LOAD ends a load anywhere."""
    with pytest.raises(FixSpec, match="LOAD cannot be") as caught:
        run(day, **option)
    assert "LS-8306" == caught.value.code


def test_a_data_edge_over_an_unknown_column_fails_its_type(day: str) -> None:
    """The others go on; the reason names the column."""
    edge = {"columns": ["owner"], "type": "customers", "references": ["id"]}
    receipt = run(day, changed("accounts", parents=[edge]))
    assert (
        "failed" == states(receipt)["accounts"]
        and "no column owner" in receipt.types["accounts"]["reason"].lower()
    )
    assert [1, 2] == ids(day, "customers")


def figures(receipt: LoadReceipt, name: str) -> list[tuple[str, str | None, str, str, str | None, bool]]:
    """What was reconciled of a type: figure, column, file, staging, target, and whether they agree."""
    return [
        (one["figure"], one["column"] and one["column"].lower(), one["file"], one["staged"], one["target"], one["agrees"])
        for one in receipt.types[name]["reconciled"]
    ]


SUMS = """LOAD DATA INFILE 'day.dat' APPEND
INTO TABLE moves FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, account CHAR(20), n INTEGER EXTERNAL)
"""
MOVES = {
    "moves": {"tables": ["moves"], "reconcile": {"sums": ["amount", "N"], "hash_totals": ["account", "id"]}}
}


DDL = "CREATE TABLE moves (id NUMBER(18) PRIMARY KEY, amount NUMBER(30,4), account VARCHAR2(20), n NUMBER(5))"


def test_sums_and_hash_totals_agree_from_the_file_to_the_target(here: Path, target_url: str) -> None:
    """Exact beyond what a double holds; NULLs count nothing, refused records are taken out of every side."""
    Path("moves.sql").write_text(DDL)
    Path("day.dat").write_text(
        "1|0.1|DE-12 3|7\n-2|-99999999999999999999.0001|4x5|-300\n3|||\n4|10000.25|none|32767\n1|5|99|1\nbad|5|99|1\n"
        "5|12345678901234567890.1|00012|\n"
    )
    if target_url.startswith("oracle"):
        with pytest.raises(FixSpec, match="Oracle does not tell") as caught:
            run(target_url, MOVES, control=SUMS, ddl=("moves.sql",))
        assert "LS-8310" == caught.value.code
        return
    receipt = run(target_url, MOVES, control=SUMS, ddl=("moves.sql",), chunk_size_bytes=64)
    total = "-87654321098765422108.5501"
    assert [
        ("rows", None, "5", "5", "5", True),
        ("sum", "amount", total, total, total, True),
        ("sum", "n", "32474", "32474", "32474", True),
        ("hash", "account", "180", "180", "180", True),
        ("hash", "id", "15", "15", "15", True),
    ] == figures(receipt, "moves")
    assert ("partial", 7) == (states(receipt)["moves"], receipt.types["moves"]["rows_read"])
    assert figures(receipt, "moves") == figures(run(target_url, MOVES, control=SUMS), "moves"), "stored with the receipt"


def test_rows_are_reconciled_where_nothing_is_said(day: str) -> None:
    """Each type has its rows, also those that a restart finds published."""
    receipt = run(day, changed("customers", errors=0))
    assert [("rows", None, "1", "1", "1", True)] == figures(receipt, "notes")
    assert [] == figures(receipt, "payments")
    finished = run(day)
    assert [("rows", None, "1", "1", "1", True)] == figures(finished, "notes") == figures(finished, "payments")


def test_rows_that_a_later_one_of_their_key_replaces_are_told(here: Path, target_url: str) -> None:
    """An upsert: the target holds the last row of each key, and what it replaced is named, not hidden."""
    make(target_url, "CREATE TABLE moves (id INTEGER PRIMARY KEY, account VARCHAR(20))")
    execute(target_url, "INSERT INTO moves VALUES (1, 'old')")
    Path("day.dat").write_text("1|a\n1|b\n2|c\n")
    spec = parse_control(
        b"LOAD DATA INFILE 'day.dat' APPEND INTO TABLE moves FIELDS TERMINATED BY '|'"
        b" (id INTEGER EXTERNAL, account CHAR(20))",
        "day.ctl",
    )
    table = spec.tables[0].model_copy(update={"method": Method.UPSERT, "key": ("id",)})
    Path("day.yaml").write_text(yaml.safe_dump({"load": "day.ctl", "types": {"moves": {"tables": ["moves"]}}}))
    request = LoadRequest(
        spec=spec.model_copy(update={"tables": (table,)}), spec_path="day.ctl", target=target_url
    )
    by_types = transactions.by_types(transactions.spec_at("day.yaml"), "day.yaml", request)
    receipt = loads.load(by_types, Undisturbed())
    assert [("rows", None, "3", "3", "2", True)] == figures(receipt, "moves")
    assert "1" == receipt.types["moves"]["reconciled"][0]["superseded"]
    assert [(1, "b"), (2, "c")] == rows_of(target_url, "SELECT id, account FROM moves ORDER BY id")


def test_a_difference_publishes_nothing_and_names_both_sides(day: str) -> None:
    """A hand in the staged table: as many rows, and another value; the others are in, and its own rows wait."""
    if day.startswith("oracle"):
        return
    types = changed("payments", reconcile={"sums": ["account"]})
    run(day, {**types, "customers": {**types["customers"], "errors": 0}})
    stage = next(name for name in staged_tables(day) if name.endswith("_2"))
    execute(day, f"UPDATE {stage} SET account = account + 5 WHERE id = 100")
    receipt = run(day, changed("payments", reconcile={"sums": ["account"]}, parents=[]))
    told = receipt.types["payments"]
    assert ("failed", "waiting") == (told["state"], receipt.outcome) and [] == ids(day, "payments")
    assert all(word in told["reason"] for word in ("LS-8309", "the sum of", "120 in the file", "125 staged", "125 in"))
    execute(day, f"UPDATE {stage} SET account = account - 5 WHERE id = 100")
    assert "complete" == run(day, types).outcome


def test_what_a_trigger_changes_is_found_and_what_others_write_is_not_counted(
    here: Path, postgres_url: str
) -> None:
    """The target's side is what the publishing statement stored, as the server has it after its triggers."""
    make(
        postgres_url,
        "CREATE TABLE moves (id BIGINT PRIMARY KEY, amount DECIMAL(30,4), account VARCHAR(20), n INTEGER)",
        "CREATE FUNCTION rob() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO moves VALUES (-NEW.id, 77, '7', 7); NEW.amount = NEW.amount - 0.01; RETURN NEW; END $$",
        "CREATE TRIGGER robs BEFORE INSERT ON moves FOR EACH ROW WHEN (NEW.id > 0) EXECUTE FUNCTION rob()",
    )
    Path("day.dat").write_text("1|10.5|a1|1\n2|0.5|a2|1\n")
    receipt = run(postgres_url, MOVES, control=SUMS)
    reason = receipt.types["moves"]["reason"]
    assert "the sum of amount: 11.0" in reason and "10.98" in reason and "rows:" not in reason
    assert [] == ids(postgres_url, "moves")
    execute(postgres_url, "CREATE OR REPLACE FUNCTION rob() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN INSERT INTO moves VALUES (-NEW.id, 77, '7', 7); RETURN NEW; END $$")  # fmt: skip
    assert ("rows", None, "2", "2", "2", True) == figures(run(postgres_url, MOVES, control=SUMS), "moves")[0]
    assert [-2, -1, 1, 2] == ids(postgres_url, "moves")


@pytest.mark.parametrize("before", [0, 2000], ids=["into an empty table", "into a large one"])
def test_only_what_is_published_counts_for_the_target(before: int, here: Path, postgres_url: str) -> None:
    """Neither rows that stand there already, nor those of another clause into the same table; read again or returned."""
    make(postgres_url, "CREATE TABLE moves (id BIGINT PRIMARY KEY, amount DECIMAL(30,4))")
    execute(postgres_url, f"INSERT INTO moves SELECT -n, 5 FROM generate_series(1, {before}) n")
    Path("day.dat").write_text("A|1|10.5\nB|2|0.25\nA|-9000000000000000000|0.5\nB|9000000000000000000|-7\n")
    clause = (
        "INTO TABLE moves WHEN kind = '{}' FIELDS TERMINATED BY '|'"
        " (kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, amount DECIMAL EXTERNAL)"
    )
    control = f"LOAD DATA INFILE 'day.dat' APPEND {clause.format('A')} {clause.format('B')}"
    types = {"moves": {"tables": ["moves"], "reconcile": {"sums": ["amount"], "hash_totals": ["id"]}}}
    assert [
        ("rows", None, "2", "2", "2", True),
        ("sum", "amount", *["11.0000"] * 3, True),
        ("hash", "id", *["9000000000000000001"] * 3, True),
        ("rows", None, "2", "2", "2", True),
        ("sum", "amount", *["-6.7500"] * 3, True),
        ("hash", "id", *["9000000000000000002"] * 3, True),
    ] == figures(run(postgres_url, types, control=control), "moves")
    assert [(before + 4,)] == rows_of(postgres_url, "SELECT count(*) FROM moves")


def test_a_restart_does_not_begin_to_add_up_in_the_middle(day: str) -> None:
    """What is reconciled is fixed when a load begins: what a spec says later is for the next load."""
    run(day, changed("customers", errors=0))
    types = changed("customers", reconcile={"hash_totals": ["name"]})
    assert ["rows"] == [figure for figure, *_ in figures(run(day, types), "customers")]


TOLD = """LOAD DATA INFILE 'day.dat' APPEND
INTO TABLE payments FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind BOUNDFILLER POSITION(1) CHAR, id INTEGER EXTERNAL, account INTEGER EXTERNAL)
INTO TABLE accounts FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, customer INTEGER EXTERNAL)
INTO TABLE customers FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(kind FILLER POSITION(1) CHAR, id INTEGER EXTERNAL, name CHAR(20))
"""


@pytest.mark.parametrize("compiled", [False, True], ids=["row by row", "by DuckDB"])
def test_types_are_told_by_field_position_and_expression(
    day: str, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no type takes is discarded; what the expression fails for is a reject of the type's table."""
    if compiled:
        monkeypatch.setattr("loadstone.load.plan.compile.COMPILE_FROM_BYTES", 0)
    types = {
        "payments": {
            "tables": ["payments"],
            "when": {"expression": "UPPER(:kind) LIKE 'P%' AND TO_NUMBER(:account) > 10"},
        },
        "accounts": {"tables": ["accounts"], "when": {"field": "kind", "equals": "A"}},
        "customers": {"tables": ["customers"], "when": {"position": "1:2", "equals": "C|"}},
    }
    Path("day.dat").write_text("p1|100|11\nA|10|1\nC|1|Ada\nP2|101|9\nCC|2|Bob\nP3|102|x\nA|11|2\nX|3|3\nP4|103|\n")
    receipt = run(day, types, control=TOLD, chunk_size_bytes=4000)
    assert ([100], [10, 11], [1]) == (ids(day, "payments"), ids(day, "accounts"), ids(day, "customers"))
    assert [(6, "when", "ORA-01722")] == rejects(day)
    counts = receipt.counts
    assert (9, 4, 1, 4) == (counts.read, counts.loaded, counts.rejected, counts.discarded)
    again = {**types, "customers": {"tables": ["customers"], "when": {"position": "1", "equals": "X"}}}
    assert not run(day, again, control=TOLD).repeated, "with another rule it is another load"
