"""SKIP, LOAD, ERRORS and DISCARDMAX, to the very record: over chunks, data files, workers and restarts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from tests.runs import load, rows_of

DDL = "CREATE TABLE t (id NUMBER(9) PRIMARY KEY, n NUMBER(9));"
FIELDS = "INTO TABLE t WHEN (1) <> 'd' FIELDS TERMINATED BY ',' (id, n RECNUM)"


def record(number: int, kind: str) -> str:
    """A record that is loaded (g), refused for its number (b), or discarded (d)."""
    return {"g": f"{number}", "b": f"{number}x", "d": f"d{number}"}[kind]


@dataclass
class Expected:
    """What a plain loop over the records of all files gives; rows are (id, RECNUM)."""

    rows: list[tuple[int, int]] = field(default_factory=list)
    bad: list[list[str]] = field(default_factory=list)
    discarded: list[list[str]] = field(default_factory=list)
    read: int = 0
    skipped: int = 0
    outcome: str = "complete"


def loop(
    files: list[str],
    *,
    skip: int = 0,
    load: int | None = None,
    errors: int = 50,
    discardmax: int | None = None,
) -> Expected:
    """Read the files as SQL*Loader's manual says; a letter is a record."""
    made, number = Expected(bad=[[] for _ in files], discarded=[[] for _ in files]), 0
    for place, kinds in enumerate(files):
        for ident, kind in enumerate(kinds, 1 + sum(map(len, files[:place]))):
            number += 1
            if number <= skip:
                made.skipped += 1
                continue
            if load is not None and made.read >= load:
                made.outcome = "limit"
                return made
            made.read += 1
            if kind == "g":
                made.rows.append((ident, number))
            elif kind == "b":
                made.bad[place].append(record(ident, kind))
                if sum(map(len, made.bad)) > errors:
                    made.outcome = "errors"
                    return made
            else:
                made.discarded[place].append(record(ident, kind))
                if discardmax is not None and len(made.discarded[place]) > discardmax:
                    break
    if load is not None and made.read >= load:
        made.outcome = "limit"
    return made


def write(files: list[str]) -> str:
    """Write the data files; the control file that names them."""
    number, names = 0, []
    for place, kinds in enumerate(files):
        lines = []
        for kind in kinds:
            number += 1
            lines.append(record(number, kind) + "\n")
        Path(f"in{place}.dat").write_text("".join(lines))
        names.append(f"INFILE 'in{place}.dat' DISCARDFILE 'in{place}.dsc'")
    return f"LOAD DATA {' '.join(names)} APPEND {FIELDS}"


def check(url: str, receipt: LoadReceipt, files: list[str], expected: Expected) -> None:
    """Books, rows, rejects, and the files that are left."""
    counts = receipt.counts
    bad, discarded = sum(map(len, expected.bad)), sum(map(len, expected.discarded))
    told = (counts.read, counts.loaded, counts.rejected, counts.discarded, counts.skipped)
    assert (expected.read, len(expected.rows), bad, discarded, expected.skipped) == told
    assert expected.outcome == receipt.outcome
    assert expected.rows == [(int(a), int(b)) for a, b in rows_of(url, "SELECT id, n FROM t ORDER BY id")]
    assert bad == len(loads.rejects(url)[1])
    for place in range(len(files)):
        for name, lines in (
            (f"in{place}.bad", expected.bad[place]),
            (f"in{place}.dsc", expected.discarded[place]),
        ):
            found = Path(name).read_text() if Path(name).exists() else ""
            assert "".join(line + "\n" for line in lines) == found, name


CASES: list[tuple[list[str], dict[str, Any]]] = [
    (["ggbgdg"], {"skip": 2}),
    (["ggbgdg"], {"skip": 6}),
    (["ggbgdg"], {"skip": 99}),
    (["ggbgdg"], {"load": 0}),
    (["ggbgdg"], {"load": 3}),
    (["ggbgdg"], {"load": 6}),
    (["ggbgdg"], {"load": 99}),
    (["ggbgdg"], {"skip": 1, "load": 2}),
    (["gbgbg"], {"errors": 0}),
    (["gbgbg"], {"errors": 1}),
    (["gbgbg"], {"errors": 2}),
    (["gdgdg", "gg"], {"discardmax": 0}),
    (["gdgdg", "gg"], {"discardmax": 1}),
    (["gdgdg", "gdg"], {"discardmax": 2}),
    (["gg", "gbdg"], {"skip": 3, "errors": 0}),
    (["", "gg", ""], {"skip": 1}),
    (["bd"], {"errors": 0, "discardmax": 0}),
    (["db", "g"], {"errors": 0, "discardmax": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("files", "limits"), CASES, ids=lambda value: str(value))
@pytest.mark.parametrize("chunk", [5, 1 << 20], ids=["chunks", "one"])
def test_a_limit_stops_at_its_record(
    files: list[str], limits: dict[str, Any], chunk: int, tmp_path: Path, here: Path
) -> None:
    """Every limit at its bounds, alone and with others, whatever the size of the chunks."""
    url = str(tmp_path / "bank.db")
    receipt = load(write(files), url, ddl=DDL, chunk_size_bytes=chunk, **limits)
    check(url, receipt, files, loop(files, **limits))


def any_load(rng: random.Random) -> tuple[list[str], dict[str, Any]]:
    """Random files and limits."""
    weights = rng.choice([(8, 1, 1), (3, 3, 1), (3, 1, 3)])
    files = ["".join(rng.choices("gbd", weights, k=rng.randint(0, 25))) for _ in range(rng.randint(1, 3))]
    limits: dict[str, Any] = {}
    if rng.random() < 0.4:
        limits["skip"] = rng.randint(0, 20)
    if rng.random() < 0.4:
        limits["load"] = rng.randint(0, 30)
    if rng.random() < 0.6:
        limits["errors"] = rng.randint(0, 6)
    if rng.random() < 0.4:
        limits["discardmax"] = rng.randint(0, 4)
    return files, limits


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("workers", [1, 3])
def test_any_limits_on_any_target(seed: int, workers: int, target_url: str, here: Path) -> None:
    """Random files and limits, small chunks, one worker or several at once."""
    files, limits = any_load(random.Random(seed * 10 + workers))
    receipt = load(write(files), target_url, ddl=DDL, chunk_size_bytes=9, workers=workers, **limits)
    check(target_url, receipt, files, loop(files, **limits))


@pytest.mark.parametrize("seed", range(12))
def test_a_load_that_a_limit_stopped_goes_on_with_other_limits(seed: int, tmp_path: Path, here: Path) -> None:
    """Stopped by LOAD again and again, then freed: the same as one run without a limit."""
    rng = random.Random(seed)
    files, _ = any_load(rng)
    url, control, limit = str(tmp_path / "bank.db"), write(files), 0
    total = sum(map(len, files))
    while limit < total:
        limit += rng.randint(1, 9)
        receipt = load(
            control, url, ddl=DDL, errors=-1, load=limit, chunk_size_bytes=rng.choice([7, 30, 1 << 20])
        )
        check(url, receipt, files, loop(files, errors=10**6, load=limit))
    receipt = load(control, url, ddl=DDL, errors=-1)
    check(url, receipt, files, loop(files, errors=10**6))
    assert (receipt.resumed or receipt.repeated) and load(control, url, errors=-1).repeated


def test_more_errors_allowed_lets_a_stopped_load_go_on(target_url: str, here: Path) -> None:
    """ERRORS=0 stops at the first reject, and again at once; ERRORS=2 resumes behind it."""
    files = ["gbgbgbg"]
    control = write(files)
    for _ in range(2):
        receipt = load(control, target_url, ddl=DDL, errors=0)
        assert ("errors", 2, 2) == (receipt.outcome, receipt.exit_code, receipt.counts.read)
    receipt = load(control, target_url, ddl=DDL, errors=1)
    check(target_url, receipt, files, loop(files, errors=1))
    receipt = load(control, target_url, ddl=DDL, errors=3)
    check(target_url, receipt, files, loop(files, errors=3))
    assert (2, True) == (receipt.exit_code, receipt.resumed)


def test_limits_of_the_request_beat_those_of_the_file(tmp_path: Path, here: Path) -> None:
    """OPTIONS of the control file count where nothing else is said."""
    files = ["bbgdg"]
    control = "OPTIONS (SKIP=1, LOAD=3, ERRORS=0) " + write(files)
    url = str(tmp_path / "bank.db")
    check(url, load(control, url, ddl=DDL), files, loop(files, skip=1, load=3, errors=0))
    other = str(tmp_path / "other.db")
    check(
        other, load(control, other, ddl=DDL, skip=0, load=5, errors=2), files, loop(files, load=5, errors=2)
    )


def test_errors_of_minus_one_allow_any_number(tmp_path: Path, here: Path) -> None:
    """Beyond the 50 that are allowed by default."""
    files = ["b" * 60 + "g"]
    url = str(tmp_path / "bank.db")
    control = write(files)
    receipt = load(control, url, ddl=DDL)
    assert ("errors", 51, 51) == (receipt.outcome, receipt.counts.read, receipt.counts.rejected)
    check(url, load(control, url, errors=-1), files, loop(files, errors=10**6))


def test_discardmax_of_a_file_is_its_own(tmp_path: Path, here: Path) -> None:
    """The clause of the first INFILE ends that file; the second one has none."""
    write(["dgdg", "dgdg"])
    control = f"LOAD DATA INFILE 'in0.dat' DISCARDMAX 1 INFILE 'in1.dat' APPEND {FIELDS}"
    url = str(tmp_path / "bank.db")
    receipt = load(control, url, ddl=DDL)
    assert (7, 3, 4) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.discarded)
    assert Path("in0.dsc").exists() and not Path("in1.dsc").exists()


def test_a_file_that_discardmax_ended_is_loaded_all_the_same_once(target_url: str, here: Path) -> None:
    """The load is complete: the second start gives the receipt of the first and adds nothing."""
    files = ["gdgd", "", "gg"]
    first = load(write(files), target_url, ddl=DDL, discardmax=0)
    assert "complete" == first.outcome
    second = load(write(files), target_url, ddl=DDL, discardmax=0)
    assert second.repeated and first.load_id == second.load_id
    check(target_url, first, files, loop(files, discardmax=0))


def test_a_file_that_discardmax_ended_and_that_changed_behind_is_another_load(
    tmp_path: Path, here: Path
) -> None:
    """Contents are compared in full, also past the record that ended the file."""
    url, control = str(tmp_path / "bank.db"), write(["gdg"])
    load(control, url, ddl=DDL, discardmax=0)
    Path("in0.dat").write_text("7\nd2\n9\n")
    assert not load(control, url, discardmax=0).repeated
    Path("in0.dat").write_text("7\nd2\n10\n")
    assert not load(control, url, discardmax=0, errors=-1).repeated
