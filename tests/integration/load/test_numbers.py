"""Numbers that a load gives: RECNUM, SEQUENCE in all its forms, NEXTVAL; over chunks, workers and restarts."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.targets.ddl import create_statements, read_ddl
from tests.runs import load, rows_of
from tests.targets import execute, opened

DDL = "CREATE TABLE t (v VARCHAR2(9), n NUMBER(9)); CREATE TABLE u (v VARCHAR2(9), n NUMBER(9));"
LINES = "a\nDISCARD\nb\nTOO LONG A VALUE\nc\nd\n"


def control(source: str, method: str = "APPEND") -> str:
    """Number N comes from ``source``; a record is discarded, another one refused."""
    return f"LOAD DATA INFILE 'in.dat' {method} INTO TABLE t WHEN v <> 'DISCARD' FIELDS TERMINATED BY ',' (v CHAR(30), n {source})"


def numbers(url: str, table: str = "t") -> dict[str, int]:
    """Numbers by value."""
    return {value: int(number) for value, number in rows_of(url, f"SELECT v, n FROM {table}")}


@pytest.mark.parametrize("chunk", [5, 1 << 20], ids=["chunks", "one"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("RECNUM", {"a": 1, "b": 3, "c": 5, "d": 6}),
        ("SEQUENCE", {"a": 1, "b": 2, "c": 4, "d": 5}),
        ("SEQUENCE(100)", {"a": 100, "b": 101, "c": 103, "d": 104}),
        ("SEQUENCE(100,5)", {"a": 100, "b": 105, "c": 115, "d": 120}),
        ("SEQUENCE(0,10)", {"a": 0, "b": 10, "c": 30, "d": 40}),
        ("SEQUENCE(COUNT,1)", {"a": 4, "b": 5, "c": 7, "d": 8}),
        ("SEQUENCE(MAX,1)", {"a": 72, "b": 73, "c": 75, "d": 76}),
        ("SEQUENCE(MAX,10)", {"a": 81, "b": 91, "c": 111, "d": 121}),
        ("CONSTANT 7", {"a": 7, "b": 7, "c": 7, "d": 7}),
    ],
)
def test_numbers_step_for_what_is_loaded_or_refused(
    source: str, expected: dict[str, int], chunk: int, tmp_path: Path, here: Path
) -> None:
    """RECNUM counts every record; a SEQUENCE passes discarded ones over and steps for refused ones."""
    url = str(tmp_path / "bank.db")
    execute(
        url,
        "CREATE TABLE t (v VARCHAR(9), n INTEGER)",
        "INSERT INTO t VALUES ('x', 7), ('y', 71), ('z', NULL)",
    )
    Path("in.dat").write_text(LINES)
    receipt = load(control(source), url, chunk_size_bytes=chunk)
    assert (1, 1) == (receipt.counts.rejected, receipt.counts.discarded)
    assert expected == {k: v for k, v in numbers_of_letters(url).items() if k in "abcd"}


def numbers_of_letters(url: str) -> dict[str, int]:
    """Numbers by value, without NULL."""
    return {value: int(number) for value, number in rows_of(url, "SELECT v, n FROM t WHERE n IS NOT NULL")}


@pytest.mark.parametrize("base", ["COUNT", "MAX"])
def test_bases_of_an_emptied_table_begin_anew(base: str, target_url: str, here: Path) -> None:
    """REPLACE and TRUNCATE leave nothing to count; on every target."""
    Path("in.dat").write_text("a\nb\n")
    load(control(f"SEQUENCE({base},1)"), target_url, ddl=DDL)
    assert {"a": 1, "b": 2} == numbers(target_url)
    Path("in.dat").write_text("c\nd\n")
    load(control(f"SEQUENCE({base},1)"), target_url)
    assert {"a": 1, "b": 2, "c": 3, "d": 4} == numbers(target_url)
    Path("in.dat").write_text("e\n")
    load(control(f"SEQUENCE({base},1)", "REPLACE"), target_url)
    assert {"e": 1} == numbers(target_url)


@pytest.mark.parametrize("workers", [1, 3])
def test_sequences_are_gapless_over_chunks_and_workers(workers: int, target_url: str, here: Path) -> None:
    """Each record its number, in file order, however the chunks are cut."""
    Path("in.dat").write_text("".join(f"v{n}\n" for n in range(200)))
    load(control("SEQUENCE(1,1)"), target_url, ddl=DDL, chunk_size_bytes=50, workers=workers)
    assert {f"v{n}": n + 1 for n in range(200)} == numbers(target_url)


def test_a_load_that_goes_on_goes_on_counting(target_url: str, here: Path) -> None:
    """The base is frozen with the load: rows of its first part do not move it."""
    Path("in.dat").write_text(LINES)
    for limit in (1, 4, 5, None):
        load(control("SEQUENCE(MAX,2)"), target_url, ddl=DDL, load=limit)
    assert {"a": 2, "b": 4, "c": 8, "d": 10} == numbers(target_url)


@pytest.mark.parametrize("base", ["MAX", "COUNT"])
def test_loads_that_number_a_table_at_once_are_warned_about(base: str, target_url: str, here: Path) -> None:
    """Each goes on from what stood there when it began; those with numbers of their own are no matter."""
    Path("in.dat").write_text(LINES)
    first = load(control(f"SEQUENCE({base},1)"), target_url, ddl=DDL, load=1)
    second = load(control(f"SEQUENCE({base},1)"), target_url, run_id="second")
    assert [True] == [first.load_id[:8] in one for one in second.warnings if "given twice" in one]
    fixed = load(control("SEQUENCE(1,1)"), target_url, run_id="third")
    alone = load(control(f"SEQUENCE({base},1)"), target_url, load=None)
    assert not [one for receipt in (fixed, alone) for one in receipt.warnings if "given twice" in one]


@pytest.mark.parametrize(
    ("source", "others", "own"),
    [
        ("SEQUENCE(MAX,1)", [2, 3, 5, 6], [1, 7, 8, 9]),
        ("SEQUENCE(MAX,10)", [20, 30, 50, 60], [10, 70, 80, 90]),
        ("SEQUENCE(COUNT,1)", [2, 3, 5, 6], [1, 6, 8, 9]),
    ],
)
def test_a_load_goes_on_behind_what_another_one_wrote(
    source: str, others: list[int], own: list[int], target_url: str, here: Path
) -> None:
    """Behind their greatest number, or as many further as they wrote rows; however often it is stopped."""
    Path("in.dat").write_text(LINES)
    load(control(source), target_url, ddl=DDL, load=1)
    load(control(source), target_url, run_id="second")
    for limit in (3, 4, None):
        receipt = load(control(source), target_url, load=limit)
        assert any("others wrote to" in one for one in receipt.warnings)
    assert sorted(others + own) == sorted(int(row[0]) for row in rows_of(target_url, "SELECT n FROM t"))


def test_each_table_has_its_own_sequence(target_url: str, here: Path) -> None:
    """Records that go into the other table do not step it."""
    Path("in.dat").write_text("1a\n2b\n1c\n2d\n1e\n")
    two = (
        "LOAD DATA INFILE 'in.dat' APPEND"
        " INTO TABLE t WHEN (1) = '1' (v POSITION(2:2), n SEQUENCE(1,1))"
        " INTO TABLE u WHEN (1) = '2' (v POSITION(2:2), n SEQUENCE(10,10))"
    )
    load(two, target_url, ddl=DDL)
    assert ({"a": 1, "c": 2, "e": 3}, {"b": 10, "d": 20}) == (numbers(target_url), numbers(target_url, "u"))


def test_a_record_that_the_target_refuses_steps_the_sequence(target_url: str, here: Path) -> None:
    """Refused is refused, by whom does not matter."""
    execute(target_url, "CREATE TABLE t (v VARCHAR(9) UNIQUE, n INTEGER)")
    Path("in.dat").write_text("a\na\nb\n")
    load(control("SEQUENCE(1,1)"), target_url)
    assert {"a": 1, "b": 3} == numbers(target_url)


@pytest.mark.parametrize("workers", [1, 3])
def test_nextval_gives_each_row_its_number_once(workers: int, target_url: str, here: Path) -> None:
    """Drawn from the target's sequence, over chunks and workers; NEXTVAL of two loads never meet."""
    source = 'EXPRESSION "seq.NEXTVAL"'
    with opened(target_url) as target:
        target.run_ddl(create_statements(read_ddl("CREATE SEQUENCE seq;"), target.kind))
    for part in (0, 1):
        Path("in.dat").write_text("".join(f"v{part}{n}\n" for n in range(60)))
        load(control(source), target_url, ddl=DDL, chunk_size_bytes=30, workers=workers)
    found = numbers(target_url)
    assert 120 == len(found) == len(set(found.values()))
