"""``loadstone deadletters`` as a steward uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repository import put_repository
from tests.terminal import loadstone

JOB = """
name: daily
steps:
  load: {handler: load, config: {control: t.ctl, create_tables: true, target: bank.db}}
  letters: {handler: deadletters, needs: [load], config: {control: t.ctl, target: bank.db}}
"""


@pytest.fixture
def job(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load that ran as a job and left one letter."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    put_repository("repository.db")
    monkeypatch.setenv("LOADSTONE_LANDING", "landing")
    Path("t.ctl").write_text(
        "LOAD DATA INFILE 't.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a INTEGER EXTERNAL, b CHAR(20))\n"
    )
    Path("t.dat").write_text("1,one\nsecret7,two\n")
    Path("daily.yaml").write_text(JOB)
    loadstone("jobs", "store", "daily.yaml", "--as", "ann")
    loadstone("jobs", "approve", "daily", "--as", "bob")
    done = loadstone("jobs", "launch", "daily", "--wait")
    assert 0 == done.code, done.out + done.err


@pytest.mark.usefixtures("job")
def test_a_steward_lists_shows_corrects_and_replays() -> None:
    """Values are masked until they are asked for; a good replay exits with 0."""
    listed = loadstone("deadletters", "list").out
    assert ("secret7" not in listed, "xxxxxx9" in listed, "ORA-01722" in listed) == (True, True, True)
    assert "secret7" not in loadstone("deadletters", "show", "1").out
    shown = json.loads(loadstone("deadletters", "show", "1", "--show-values", "--json").out)
    assert ("secret7,two", 2) == (shown["record_text"], shown["record"])
    assert 2 == loadstone("deadletters", "replay", "1").code
    assert 0 == loadstone("deadletters", "correct", "1", "--text", "2,two").code
    done = loadstone("deadletters", "replay", "1", "--json")
    assert (0, 1) == (done.code, json.loads(done.out)["loaded"])
    assert "none" in loadstone("deadletters", "list", "--state", "open").out


@pytest.mark.usefixtures("job")
def test_what_cannot_be_done_is_refused() -> None:
    """Unknown letters, missing files, letters that were dropped."""
    assert "LS-7301" in loadstone("deadletters", "show", "9").err
    assert "LS-6020" in loadstone("deadletters", "correct", "1", "--file", "missing").err
    assert 0 == loadstone("deadletters", "drop", "1", "--reason", "a test").code
    assert "LS-7302" in loadstone("deadletters", "replay", "1").err
