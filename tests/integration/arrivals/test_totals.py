"""Control totals before and after the load, and the form of a file against that of the last one."""

from __future__ import annotations

import gzip
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from loadstone.arrivals import decide
from loadstone.arrivals.model import State
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Task
from loadstone.sources.policies import ControlPolicy
from tests.arrivals import loaded
from tests.bank_files import AchEntry, BaiAccount, BaiTransaction, ach_file, bai_file
from tests.integration.arrivals.conftest import Make
from tests.packed import zipped
from tests.repository import Doing

REGISTRY = """
sources:
  - name: core
    feeds:
      - name: PAY
        connection: in
        patterns: [{{glob: "pay*"}}]
        target: bank.db
        {more}
"""
DELIMITED = """controls:
          trailer: {starts_with: "T|", delimiter: "|", skip: 1, count: {field: 2}, sums: [
            {name: amount, stated: {field: 3}, of: {field: 3}},
            {name: accounts, stated: {field: 4}, of: {field: 2}, digits: 4}]}
        layout: {inline: {tables: [{table: {name: T}, fields: [{name: A}]}]}}"""
GOOD = 'H|20261124\nD|9001|10.50|x\nD|9002|-0.25|"y|z"\nD|7|1,000.00|\nT|3|1010.25|8010\n'
FIXED = """controls:
          trailer: {starts_with: "9", count: {start: 2, end: 5}, sums: [
            {name: amount, stated: {start: 6, end: 14}, of: {start: 6, end: 14}, decimals: 2}]}
        layout: {inline: {tables: [{table: {name: T}, fields: [{name: A}]}]}}"""


NACHA = "\n".join(ach_file([[AchEntry(cents=1050), AchEntry(cents=2075, code="27")]])).encode() + b"\n"


def registry(more: str) -> str:
    """One feed, with more of YAML."""
    return REGISTRY.format(more=more)


def records_only(task: Task, run: TaskRun) -> Outcome:
    """A load that takes the records between header and trailer."""
    done = dict(loaded(task, run).result)
    return Outcome(result={**done, "rows_loaded": int(done["rows_loaded"]) - 2})


def test_totals_that_agree_are_kept(make_small: Make) -> None:
    """Count, sum and hash total before the load, and what the load did beside them."""
    bank = make_small(registry(DELIMITED))
    bank.loads = Doing(records_only)
    one = bank.come("pay1", GOOD)
    assert State.ARCHIVED is one.state, one.findings
    assert [
        ("records", "trailer", "3", "3"),
        ("amount", "trailer", "1010.25", "1010.25"),
        ("accounts", "trailer", "8010", "8010"),
        ("loaded and rejected", "load", "3", "3"),
    ] == [(total["name"], total["scope"], total["stated"], total["counted"]) for total in one.totals]
    assert all(total["agrees"] for total in one.totals)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("T|3", "T|4"), "trailer says 4 records, and it is 3 (-1; line 5)"),
        (
            GOOD.replace("|10.50", "|10.51"),
            "trailer says 1,010.25 amount, and it is 1,010.26 (+0.01; line 5)",
        ),
        (GOOD.replace("|9001|", "|9003|"), "trailer says 8,010 accounts, and it is 8,012"),
        (GOOD.rpartition("T|")[0], "its trailer is missing"),
        (GOOD[: len(GOOD) // 2], "its trailer is missing"),
        (GOOD.replace("|10.50", "|ten"), "line 2 has no number for amount"),
        (GOOD.replace("|10.50", "|NaN"), "line 2 has no number for amount"),
        (GOOD.replace("T|3", "T|three"), "the trailer, line 5, states no number for records"),
        ("H|1\nD|1\nT|1|0\n", "states no number for accounts"),
    ],
    ids=["count", "sum", "hash total", "no trailer", "half", "no number", "NaN", "count in words", "short"],
)
def test_totals_that_differ_hold_the_file(make_small: Make, text: str, told: str) -> None:
    """With both figures; nothing is loaded."""
    bank = make_small(registry(DELIMITED))
    one = bank.come("pay1", text)
    assert (State.QUARANTINED, "totals") == (one.state, one.reason)
    assert told in one.findings[0]["told"]
    assert [] == bank.loads.ran


def test_totals_at_characters_with_implied_decimals(make_small: Make) -> None:
    """A sign behind the number counts; packed files are counted as well."""
    bank = make_small(registry(FIXED))
    text = "1aaaa000001050\n1bbbb00000025-\n90002000001025\n"
    bank.loads = Doing(lambda task, run: Outcome(result=_receipt(2, 0)))
    one = bank.come("pay1.gz", gzip.compress(text.encode()))
    assert State.ARCHIVED is one.state, one.findings
    assert ["2", "10.25"] == [total["counted"] for total in one.totals][:2]


def test_a_tolerance_and_a_decimal_comma(make_small: Make) -> None:
    """A difference within the tolerance is equal; a policy of warn notes what is beyond."""
    rule = 'sums: [{name: amount, point: ",", stated: {field: 2}, of: {field: 2}}]}'
    more = f'controls: {{tolerance: 0.5, mismatch: warn, trailer: {{starts_with: T, delimiter: ";", {rule}}}'
    bank = make_small(
        registry(more + "\n        layout: {inline: {tables: [{table: {name: T}, fields: [{name: A}]}]}}")
    )
    assert [] == bank.come("pay1", "a;1.000,25\nT;1.000,75\n").findings
    (finding,) = bank.come("pay2", "a;1.000,26\nT;2.000,75\n").findings
    assert ("totals", "warn") == (finding["kind"], finding["policy"])


def _receipt(rows: int, rejected: int) -> dict[str, Any]:
    counts = {
        "rows_read": rows,
        "rows_loaded": rows - rejected,
        "rows_rejected": rejected,
        "rows_discarded": 0,
    }
    return {"load_id": "l", "outcome": "complete", **counts}


def test_a_load_that_took_other_records_than_were_counted_is_held(make_small: Make) -> None:
    """Its rows are in, and a person is told; released, the file is archived and not loaded again. Rejected records are no loss."""
    bank = make_small(registry(DELIMITED))
    bank.loads = Doing(lambda task, run: Outcome(result=_receipt(2, 1)))
    one = bank.come("pay1", GOOD)
    assert (State.QUARANTINED, "totals_after", State.LAUNCHED) == (one.state, one.reason, one.held_from)
    assert "says 3 loaded and rejected, and it is 2 (-1; l)" in one.findings[-1]["told"]
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    assert {"pay1": ["archived"]} == bank.states()
    assert 1 == len(bank.loads.ran)


SUMMED = DELIMITED.replace("of: {field: 3}}", "of: {field: 3}, column: amount}").replace(
    "digits: 4}", "digits: 4, column: t.account}"
)


@pytest.mark.parametrize(
    ("sums", "rejected", "state", "told"),
    [
        ({"amount": "1010.25", "t.account": "18010"}, 0, "archived", None),
        ({"amount": "1010.5", "t.account": "18010"}, 0, "quarantined",
         "the file says 1,010.25 amount in column amount, and it is 1,010.5 (+0.25; l)"),
        ({"amount": "101025", "t.account": "9009"}, 0, "quarantined", "8,010 accounts in column t.account, and it is 9,009 (+999"),
        ({"amount": "1000", "t.account": "18010"}, 1, "archived", "1,000 (-10.25; l); 1 records were rejected"),
        ({"amount": "1010.25"}, 0, "quarantined", "the load tells no sum of column t.account"),
        (None, 0, "quarantined", "the load tells no sum of column amount; the load tells no sum of column t.account"),
    ],
    ids=["right", "sum", "both", "rejected", "one missing", "no sums"],
)  # fmt: skip
def test_what_was_loaded_is_held_against_what_was_stated(
    make_small: Make, sums: dict[str, str] | None, rejected: int, state: str, told: str | None
) -> None:
    """Sums over the rows in the target, with the difference; where records were rejected it is noted only."""
    bank = make_small(registry(SUMMED))
    bank.loads = Doing(lambda task, run: Outcome(result={**_receipt(3, rejected), "sums": sums}))
    one = bank.come("pay1", GOOD)
    assert "amount,t.account" == bank.loads.ran[0].config["summed"]
    found = [finding["told"] for finding in one.findings if finding["kind"] == "totals_after"]
    assert (state, told is not None) == (str(one.state), bool(found))
    assert told is None or told in found[0]


def test_totals_of_a_format_are_found_without_being_declared(make_small: Make) -> None:
    """A bank's file whose entries are not those that it states is held; its spec is proposed by its reader."""
    bank = make_small(registry(""))
    good = bank.come("pay1.ach", NACHA)
    assert State.ARCHIVED is good.state, good.findings
    assert good.totals and all(total["agrees"] for total in good.totals)
    at = NACHA.index(b"\n6") + 31
    bad = bank.come("pay2.ach", NACHA[:at] + b"9" + NACHA[at + 1 :])
    assert (State.QUARANTINED, "totals") == (bad.state, bad.reason)
    assert any(not total["agrees"] for total in bad.totals)


def test_what_a_bank_counts_as_records_are_no_rows_of_a_load(make_small: Make) -> None:
    """A BAI2 file counts its headers and trailers, too: it is loaded, not held for having fewer rows."""
    bank = make_small(registry(""))
    transactions = [BaiTransaction(units=150), BaiTransaction(units=250)]
    bank.loads = Doing(lambda task, run: Outcome(result=_receipt(2, 0)))
    one = bank.come("pay1.bai", "\n".join(bai_file([[BaiAccount(transactions=transactions)]])) + "\n")
    assert (State.ARCHIVED, []) == (one.state, one.findings)
    assert "records" in [total["name"] for total in one.totals]


def test_a_file_that_states_no_totals_is_held_where_it_should(make_small: Make) -> None:
    """As the feed says."""
    bank = make_small(registry("controls: {missing: hold}"))
    one = bank.come("pay1", "id,amount\n1,2.50\n2,3.50\n")
    assert (State.QUARANTINED, "totals_missing") == (one.state, one.reason)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"trailer": {"starts_with": "T", "count": {"field": 1}}}, "fields need a delimiter"),
        ({"trailer": {"starts_with": "T", "count": {"field": 1, "start": 2, "end": 3}}}, "give either field"),
        ({"trailer": {"starts_with": "T", "count": {"start": 2}}}, "give either field"),
        ({"trailer": {"starts_with": "T", "count": {"start": 4, "end": 3}}}, "end is before start"),
    ],
    ids=["no delimiter", "both", "no end", "order"],
)
def test_trailers_that_cannot_be_read_are_refused(values: dict[str, Any], told: str) -> None:
    """When the feed is registered."""
    with pytest.raises(ValidationError, match=told):
        ControlPolicy.model_validate(values)
    assert Decimal(0) == ControlPolicy().tolerance


ROWS = "id,amount,day\n" + "".join(f"{n},{n}.50,2026-11-{n % 28 + 1:02}\n" for n in range(1, 40))


@pytest.mark.parametrize(
    ("text", "state", "kinds"),
    [
        (ROWS.replace("1,1.50", "1,7.50"), "archived", []),
        (ROWS.replace("amount", "total"), "quarantined", ["drift.renamed"]),
        (ROWS.replace(",", ";").replace("1;1", "1;2"), "archived", ["drift.dialect"]),
        ("\n".join(line.rpartition(",")[0] for line in ROWS.splitlines()), "quarantined", ["drift.removed"]),
        (ROWS + ROWS.partition("\n")[2] * 9, "archived", ["drift.volume"]),
        (zipped({"day.csv": ROWS.replace("1,1.50", "1,7.50").encode()}), "archived", ["drift.container"]),
    ],
    ids=["none", "renamed", "dialect", "removed", "volume", "packed"],
)
def test_a_file_is_compared_with_the_last_one(
    make_small: Make, text: str | bytes, state: str, kinds: list[str]
) -> None:
    """What changed is named; what becomes of it is the feed's to say."""
    bank = make_small(registry(""))
    bank.come("pay1", ROWS)
    one = bank.come("pay2", text)
    assert (state, kinds) == (str(one.state), [finding["kind"] for finding in one.findings])
    if state == "quarantined":
        assert "drift" == one.reason
        decide.release(bank.around, one.id, actor="ann")
        bank.settle()
        assert {"pay1": ["archived"], "pay2": ["archived"]} == bank.states()
