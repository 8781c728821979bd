"""Chunks of changing sizes, within a load and from one start to the next: the same rows, once, in ranges that join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import loadstone.load.plan.compile as compiling
from loadstone.books import Contribution
from loadstone.bootstrap import loads
from loadstone.load import pace, workers
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, load, rows_of

DDL = "CREATE TABLE t (a NUMBER(9), b VARCHAR2(20));"
CONTROL = "LOAD DATA INFILE 'x.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' (a, b)"
RECORDS = 2000


class Stopping(Undisturbed):
    """Asks to stop when so many chunks are committed."""

    def __init__(self, chunks: int) -> None:
        self.left = chunks

    def stop_requested(self) -> bool:
        return self.left <= 0

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        self.left -= 1


@pytest.fixture(autouse=True)
def data(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records numbered through, one in 50 of them wrong; each window is two chunks long, however fast they are."""
    lines = [f"{'bad' if n % 50 == 7 else n},row {n}\n" for n in range(RECORDS)]
    (here / "x.dat").write_text("".join(lines))
    for name, value in {"CHUNKS_A_WINDOW": 2, "WINDOW_S": 0.0, "WINDOWS_LEFT": 0, "GAIN": 0.0}.items():
        monkeypatch.setattr(pace, name, value)
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)


def ranges_of(url: str) -> list[tuple[int, int]]:
    """The committed ranges of bytes, ascending."""
    rows = rows_of(url, "SELECT unit0, unit1 FROM loadstone_chunk WHERE input_no >= 0 ORDER BY unit0")
    return [(int(unit0), int(unit1)) for unit0, unit1 in rows if unit1 > unit0]


def check_whole(url: str, size_bytes: int) -> None:
    """All good records stand once, all bad ones are rejects, and the ranges join from the first byte to the last."""
    expected = [n for n in range(RECORDS) if n % 50 != 7]
    assert expected == [int(row[0]) for row in rows_of(url, "SELECT a FROM t ORDER BY a")]
    assert [(RECORDS // 50,)] == rows_of(url, "SELECT count(*) FROM loadstone_reject")
    found = ranges_of(url)
    assert [0, *(unit1 for _, unit1 in found)] == [*(unit0 for unit0, _ in found), size_bytes]


def test_a_load_adapts_between_chunks(
    target_url: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where each larger size looks better it goes up to the bound, and the receipt tells each step."""
    bounds = pace.Sizes(start=200, least=100, most=1600, why="test")
    monkeypatch.setattr(workers, "sizes_of", lambda *told: bounds)
    receipt = load(CONTROL, target_url, ddl=DDL, errors=-1)
    check_whole(target_url, (here / "x.dat").stat().st_size)
    assert (1600, 3) == (receipt.pace["chunk_size_bytes"], len(receipt.pace["changes"]))
    assert {"200", "400", "800"} <= set(receipt.pace["rates"])
    widths = [unit1 - unit0 for unit0, unit1 in ranges_of(target_url)[:-1]]
    assert min(widths) <= 200
    assert max(widths) > 800


def test_adapting_can_be_switched_off_and_sizes_pinned(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the request, or by the configuration for all loads; what a request says goes before."""
    monkeypatch.setattr(workers, "sizes_of", lambda *told: pace.Sizes(start=200, least=100, most=1600, why="test"))
    options: dict[str, Any] = {"ddl": DDL, "errors": -1}
    sizes = [load(CONTROL, "a.db", **options, adapt=False).pace["chunk_size_bytes"]]
    Path("loadstone.toml").write_text("[tuning]\nadapt = false\n")
    sizes.append(load(CONTROL, "b.db", **options).pace["chunk_size_bytes"])
    Path("loadstone.toml").write_text("[tuning]\nchunk_size_bytes = 300\nworkers = 1\n")
    sizes.append(load(CONTROL, "c.db", **options).pace["chunk_size_bytes"])
    sizes.append(load(CONTROL, "d.db", **options, chunk_size_bytes=500).pace["chunk_size_bytes"])
    assert [200, 200, 300, 500] == sizes


@pytest.mark.parametrize(("first", "second"), [(300, 1100), (1100, 300)], ids=["grown", "shrunk"])
def test_a_resumed_load_may_use_another_size(target_url: str, here: Path, first: int, second: int) -> None:
    """Checkpoints are ranges of bytes: what is committed stays as it is, and new chunks begin behind it."""
    spec = parse_control(CONTROL.encode(), "load.ctl")
    Path("tables.sql").write_text(DDL)
    common: dict[str, Any] = {"spec": spec, "spec_path": "load.ctl", "target": target_url, "errors": -1}
    common["ddl"] = ("tables.sql",)
    stopped = loads.load(LoadRequest(**common, chunk_size_bytes=first), Stopping(3))
    before = ranges_of(target_url)
    assert ("stopped", True) == (stopped.outcome, 0 < len(before) < 9)
    done = loads.load(LoadRequest(**common, chunk_size_bytes=second), Undisturbed())
    assert ("complete", True) == (done.outcome, done.resumed)
    assert before == ranges_of(target_url)[: len(before)]
    check_whole(target_url, (here / "x.dat").stat().st_size)
