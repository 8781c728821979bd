"""Kill loads of rows that a reader gives: the restart reads them again and goes on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadstone.targets.urls import kind_of
from tests.crash.conftest import Tally
from tests.crash.processes import KILLED, Case, clear, ended, finish, start, state, undisturbed
from tests.crash.shares import SLOW_OFF_SHARING

POINTS = ("prepared", "checkpoint_added:1", "checkpoint_updated:2", "after_commit:1", "file_part:1")

_SPEC = b"""
inputs:
- path: load.ndjson
  discard: load.dsc
  reading: {kind: ndjson}
method: append
tables:
- table: {name: PAYMENTS}
  when: {tests: [{field: KIND, equal: false, literal: {text: X}}]}
  fields:
  - {name: KIND, filler: filler}
  - {name: AMOUNT, type: {name: decimal_external}}
  - {name: ID, type: {name: integer_external}}
  - {name: NOTE}
  - {name: RECORD, source: {kind: recnum}}
  - {name: STEP, source: {kind: sequence, base: 1}}
"""
_DDL = b"""CREATE TABLE payments (id NUMBER(9) PRIMARY KEY, amount NUMBER(12,2), note VARCHAR2(40),
record NUMBER(9), step NUMBER(9));"""


def lines(records: int) -> bytes:
    """Objects, with lines that are none, bad numbers, discards and keys that stand twice now and then."""
    made = []
    for n in range(records):
        value = {
            "id": n - 3 if n % 53 == 20 else n,
            "kind": "X" if n % 41 == 7 else "P",
            "amount": "abc" if n % 37 == 5 else n / 4,
            "note": f"note {n % 13}, \"Zo\u00eb\"",
        }
        text = json.dumps(value, ensure_ascii=False)
        made.append(text[:-3] if n % 29 == 11 else text)
    return "\n".join(made).encode()


CASE = Case(
    files={"load.yaml": _SPEC, "tables.sql": _DDL, "load.ndjson": lines(300), "load.ctl": b""},
    tables=("SELECT id, amount, note, record, step FROM payments",),
    options={},
)


@SLOW_OFF_SHARING
def test_a_killed_load_of_rows_loses_and_doubles_nothing(target_url: str, tmp_path: Path, tally: Tally) -> None:
    """SIGKILL, and a restart with chunks of another size: rows, rejects with their places, files and books are the same."""
    calm = undisturbed(tmp_path / "calm", CASE)
    folder = CASE.lay_out(tmp_path / "killed")
    for point in POINTS:
        assert KILLED == ended(start(folder, target_url, CASE, crash_at=point, chunk_size_bytes=2000)), point
        finish(folder, target_url, CASE, chunk_size_bytes=3000)
        tally.same(kind_of(target_url), calm, state(folder, target_url, CASE), point)
        clear(target_url, CASE)
        for path in folder.glob("load.[bdl][aso]*"):
            path.unlink()


@pytest.mark.parametrize("what", ["changed", "cut"])
def test_another_file_is_not_taken_for_the_rest(what: str, tmp_path: Path) -> None:
    """A file that was changed before its load went on is refused."""
    folder, url = CASE.lay_out(tmp_path / "killed"), str(tmp_path / "bank.db")
    assert KILLED == ended(start(folder, url, CASE, crash_at="after_commit:2", chunk_size_bytes=2000))
    data = CASE.files["load.ndjson"]
    (folder / "load.ndjson").write_bytes(data.replace(b"note 1", b"note 9", 1) if what == "changed" else data[:500])
    assert 1 == ended(start(folder, url, CASE, chunk_size_bytes=2000))
    assert "LS-4002" in (folder / "forked.err").read_text()
