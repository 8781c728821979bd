"""Logs, bad and discard files against those that SQL*Loader itself wrote."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import read_control
from loadstone.sqlldr.log import LogInput, LogRun, log_head
from tests.runs import Undisturbed
from tests.shared import SQLLDR, needs_corpus, rows_of

GOLDENS = rows_of("goldens.tsv")
HEADS = [
    row for row in GOLDENS if row["use"] == "head" and row["ctl"].split("/")[0] != "Lordan0001__DB_5_SEM"
]
FULLS = [row for row in GOLDENS if row["use"] == "full"]


def column_tables(log: str) -> list[str]:
    """From each ``Table ...`` line to the end of its columns, as genuine logs have them."""
    lines = [line for line in log.splitlines() if not line.startswith("value used for ROWS")]
    start = next(number for number, line in enumerate(lines) if line.startswith("Table "))
    stop = next(
        (
            n
            for n, line in enumerate(lines[start:], start)
            if re.match(r"Record \d+:|Table .*:$|Referential", line)
        ),
        len(lines),
    )
    return [line for line in lines[start:stop] if line.strip()]


def masked(log: str) -> str:
    """From ``Control File:`` on, without directories, dates, times, bind array and the line of a release."""
    text = log[log.index("Control File:") :]
    text = re.sub(
        r"(?m)^(Bind array:|Space allocated|value used for ROWS|Run began|Run ended|Elapsed|CPU|Read   buffer).*\n",
        "",
        text,
    )
    text = re.sub(
        r"(?m)^((?:Control|Data) File:\s+|  Bad File:\s+|  Discard File:\s+)(\S*[\\/])", r"\1", text
    )
    text = (
        text[: text.index("Total logical records discarded")]
        + re.findall(r"Total logical records discarded.*", text)[0]
    )
    return re.sub(r"\n{3,}", "\n\n\n", text).strip()


@needs_corpus
@pytest.mark.parametrize("row", HEADS, ids=[row["ctl"] for row in HEADS])
def test_column_table_equals_the_genuine_one(row: dict[str, str]) -> None:
    """The column table of a log is that of SQL*Loader, to the byte."""
    spec = read_control(str(SQLLDR / row["ctl"]))
    run = LogRun(
        spec=spec, spec_path="x.ctl", inputs=[LogInput(name="x.dat", bad="x.bad")], began=datetime(2026, 1, 1)
    )
    genuine = (SQLLDR / row["log"]).read_text(encoding="utf-8", errors="replace")
    assert column_tables(log_head(run)) == column_tables(genuine)


@needs_corpus
@pytest.mark.parametrize("row", FULLS, ids=[row["log"] for row in FULLS])
def test_a_full_run_leaves_what_sqlldr_left(
    row: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, log text, bad and discard bytes of a run are those of the genuine run."""
    monkeypatch.chdir(tmp_path)
    genuine = (SQLLDR / row["log"]).read_text(encoding="utf-8", errors="replace")
    names = re.search(
        r"Control File:\s+(\S+)\nData File:\s+(\S+)\n  Bad File:\s+(\S+)\n  Discard File:\s+(none specified|\S+)",
        genuine,
    )
    assert names is not None
    control, data, bad, discard = (Path(name.replace("\\", "/")).name for name in names.groups())
    shutil.copy(SQLLDR / row["ctl"], control)
    shutil.copy(SQLLDR / row["data"], data)
    ddl = str(SQLLDR / row["ddl"]) if row["ddl"] else "table.sql"
    Path("table.sql").write_text(table_of(row["note"]))
    request = LoadRequest(
        spec=read_control(control),
        spec_path=control,
        target="x.db",
        ddl=(ddl,),
        bad=bad,
        discard=None if discard.startswith("none") else discard,
    )
    receipt = loads.load(request, Undisturbed())
    counts = receipt.counts
    assert (counts.read, counts.loaded, counts.rejected, counts.discarded) == tuple(
        int(row[name]) for name in ("read", "loaded", "rejected", "discarded")
    )
    for file, golden in ((bad, row["bad"]), (discard, row["dsc"])):
        if golden:
            assert Path(file).read_bytes() == (SQLLDR / golden).read_bytes()
    assert masked(Path(receipt.log_file or "").read_text()) == masked(genuine)


def table_of(note: str) -> str:
    """The table that a golden's note describes, as DDL."""
    found = re.search(r"table (\w+)(\(.*\))", note)
    return f"CREATE TABLE {found[1]} {found[2]};" if found else ""
