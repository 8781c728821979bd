"""Logs that SQL*Loader wrote, and our own, read back."""

from __future__ import annotations

from datetime import datetime

import pytest

from loadstone.books import Contribution, Discard, Reject, TableCount
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.log import LogInput, LogRun, log_head, log_tail, record_messages
from loadstone.sqlldr.read_log import LoggedFiles, LoggedRecord, read_log
from tests.shared import SQLLDR, needs_corpus, rows_of

LOGS = [row for row in rows_of("goldens.tsv") if row["log"]]


@needs_corpus
@pytest.mark.parametrize("row", LOGS, ids=[row["log"].split("__")[-1] for row in LOGS])
def test_a_genuine_log_tells_its_counts(row: dict[str, str]) -> None:
    """Every log of the corpus, of releases 10.2 to 19: totals and rows as the manifest has them, or why it failed."""
    report = read_log((SQLLDR / row["log"]).read_bytes().decode("latin-1"))
    assert row["release"] == report.release
    if not row["read"]:
        assert not report.complete and any(line.startswith("ORA-") for line in report.errors)
        return
    assert [int(row[name]) for name in ("skipped", "read", "rejected", "discarded")] == [
        report.totals[name] for name in ("skipped", "read", "rejected", "discarded")
    ]
    assert int(row["loaded"]) == sum(count.loaded for _, count in report.tables)
    assert report.counts().balanced and [] == report.errors and report.files[0].data is not None
    assert int(row["rejected"]) == len([one for one in report.records if one.kind == "rejected"])
    assert int(row["discarded"]) == len([one for one in report.records if one.kind == "discarded"])


def test_our_own_log_reads_back() -> None:
    """Files, record messages, tables and totals of a log that Loadstone writes."""
    control = (
        "LOAD DATA INFILE 'a.dat' INFILE 'b.dat' APPEND INTO TABLE s.t WHEN x = '1' (x) INTO TABLE u (y)"
    )
    spec = parse_control(control.encode(), "a.ctl")
    run = LogRun(
        spec=spec,
        spec_path="a.ctl",
        inputs=[LogInput(name="a.dat", bad="a.bad"), LogInput(name="b.dat", bad="b.bad", discard="b.dsc")],
        began=datetime(2026, 1, 1),
    )
    facts = {"input_no": 0, "byte_offset": 0, "length_bytes": 1}
    rejects = [
        Reject(**facts, record_no=2, table="S.T", table_no=0, field="X", value=None, rule="number", code="ORA-01722",
               reason="ORA-01722: invalid number"),
        Reject(**facts, record_no=5, table="U", table_no=1, field=None, value=None, rule="quote", code=None,
               reason="second enclosure string not present"),
    ]  # fmt: skip
    discards = [
        Discard(**facts, record_no=3, reason="when"),
        Discard(**facts, record_no=4, reason="all_null"),
    ]
    tables = (
        TableCount(loaded=1, rejected=2, when_failed=2, all_null=1),
        TableCount(loaded=2, rejected=2, when_failed=1, all_null=1),
    )
    counts = Contribution(read=6, loaded=2, rejected=2, discarded=2, skipped=1, tables=tables)
    text = log_head(run) + "".join(record_messages(spec, rejects, discards))
    text += log_tail(run, counts, "errors", datetime(2026, 1, 1), (1.0, 1.0))
    report = read_log(text.replace("\n", "\r\n"))
    assert [
        LoggedFiles(data="a.dat", bad="a.bad"),
        LoggedFiles(data="b.dat", bad="b.bad", discard="b.dsc"),
    ] == report.files
    assert [
        LoggedRecord(
            record_no=2, kind="rejected", table="S.T", column="X", reason="ORA-01722: invalid number"
        ),
        LoggedRecord(record_no=3, kind="discarded", reason="failed all WHEN clauses"),
        LoggedRecord(record_no=4, kind="discarded", reason="all columns null"),
        LoggedRecord(record_no=5, kind="rejected", table="U", reason="second enclosure string not present"),
    ] == report.records
    assert ["ORA-01722", None, None, None] == [one.code for one in report.records]
    assert [("S.T", tables[0]), ("U", tables[1])] == report.tables
    assert (counts, True) == (report.counts(), report.exceeded)


def test_a_log_that_is_cut_off_is_not_complete() -> None:
    """What is there is read; totals that lack make no books."""
    report = read_log(
        "Control File:   a.ctl\nData File:      a.dat\nRecord 3: Rejected - Error on table T.\nORA-000"
    )
    assert (False, "a.ctl", 1) == (report.complete, report.control_file, len(report.records))
    assert [] == read_log("").records
