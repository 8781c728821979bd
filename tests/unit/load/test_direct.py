"""The direct lane gives what the general way gives: rows, verdicts and rejects, to the byte."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import loadstone.load.plan.compile as compiling
from loadstone.books import Fence
from loadstone.bootstrap.targets import open_target
from loadstone.formats.reader import open_records
from loadstone.load.atomic import staged_plan
from loadstone.load.batch import Batch
from loadstone.load.columnar import Columnar
from loadstone.load.environment import read_environment
from loadstone.load.inputs import resolve_inputs
from loadstone.load.plan.model import LoadPlan
from loadstone.load.prepare import Lanes, prepare
from loadstone.load.reading import Read
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from loadstone.targets.postgresql.rows import PgRows

TABLE = """CREATE TABLE t (a integer, b varchar(6) NOT NULL, c numeric(9,2), d timestamp, e char(3), f bytea, g smallint, h numeric,
i text, j bigint, k date, l timestamptz, m boolean, n uuid)"""
ALL = (
    'a INTEGER EXTERNAL, b CHAR(9), c DECIMAL EXTERNAL, skipped FILLER CHAR(4), d DATE "DD-MON-YYYY HH24:MI", e CHAR(5), g, h,'
    ' i, j, k DATE "YYYYMMDD", l TIMESTAMP WITH TIME ZONE "YYYY-MM-DD HH24:MI TZH:TZM", m, n'
)
SPECS = {
    "delimited": f"FIELDS TERMINATED BY ',' TRAILING NULLCOLS ({ALL})",
    "no null columns": "FIELDS TERMINATED BY ',' (a, b, c)",
    "enclosed": f"FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' TRAILING NULLCOLS ({ALL})",
    "always enclosed": "FIELDS TERMINATED BY ';' ENCLOSED BY '\"' (a, b, e)",
    "positions": "(a POSITION(1:4) INTEGER EXTERNAL, b POSITION(5:10), c POSITION(11:18), f POSITION(3:6) RAW(4))",
    "gaps": "TRAILING NULLCOLS (a CHAR(3), b POSITION(*+1) CHAR(4), e CHAR(2), g POSITION(2:3))",
    "kept blanks": "FIELDS TERMINATED BY ',' TRAILING NULLCOLS (b CHAR(9) PRESERVE BLANKS, i, e)",
    "nullable": "FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, c, i)",
    "last by white space": "FIELDS TERMINATED BY ',' TRAILING NULLCOLS (a, b, i TERMINATED BY WHITESPACE)",
}
VALUES = (
    "1", "-7", "+12", "0", "99999999999", "1e3", "12.345", ".5", "", " ", "  x ", "abc", "abcdefg", "abcdefghij", '"a"', '"a""b"', '"a', 'a"b',
    "ü", "Zoë", "日本", "01-JAN-2024 10:30", "1-feb-99 1:2", "20240229", "20230229", "2024-01-02 03:04 +02:00", "t", "no", "x\0y",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "32768", "NULL", "\t", "0012",
)  # fmt: skip


@pytest.fixture
def plan_of(postgres_url: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the plan of a table clause, for data of a character set."""
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    target = open_target(postgres_url)
    target.run_ddl([TABLE])
    (here / "x.dat").write_bytes(b"")

    def make(clause: str, charset: str) -> LoadPlan:
        semantics = "LENGTH SEMANTICS CHAR" if charset == "AL32UTF8" and "POSITION" in clause else ""
        text = f"LOAD DATA CHARACTERSET {charset} {semantics} INFILE 'x.dat' APPEND INTO TABLE t {clause}"
        request = LoadRequest(
            spec=parse_control(text.encode(), "x.ctl"), spec_path="x.ctl", target=postgres_url
        )
        environment = read_environment({}, datetime(2024, 5, 6, tzinfo=UTC))
        return compiling.compile_plan(request, target, environment, resolve_inputs(request))

    yield make
    target.close()


def random_data(rng: random.Random, mark: str, charset: str) -> bytes:
    """Lines of random values, some cut off, in every second text some with bytes that are no characters."""
    lines, broken = [], rng.random() < 0.5
    for _ in range(60):
        line = mark.join(rng.choice(VALUES) for _ in range(rng.choice((1, 3, 14, 15))))
        if mark == "":
            line = "".join(rng.choice(VALUES).ljust(rng.choice((3, 4))) for _ in range(6))[
                : rng.randint(0, 20)
            ]
        if mark == ";":
            line = ";".join(f'"{rng.choice(VALUES)}"' for _ in range(3))
        encoded = line.encode("utf-8" if charset == "AL32UTF8" else "latin-1", "replace")
        lines.append(encoded + (b"\xc3" if broken and rng.random() < 0.03 else b""))
    return b"\n".join(lines) + b"\n"


def outcome(batch: Batch) -> dict[str, Any]:
    """All that a batch says, its rows as bytes by record."""
    rows = batch.tables[0].rows
    assert isinstance(rows, PgRows)
    bounds = zip(rows.offsets.tolist(), rows.offsets[1:].tolist(), strict=False)
    return {
        "rows": [
            (r, bytes(rows.buffer[a:b])) for r, (a, b) in zip(rows.record.tolist(), bounds, strict=True)
        ],
        "verdict": batch.verdict.tolist(),
        "rejects": batch.rejects,
        "discards": batch.discards.tolist(),
        "counts": batch.counts,
    }


@pytest.mark.parametrize("staged", [False, True], ids=["into the table", "staged"])
@pytest.mark.parametrize("charset", ["AL32UTF8", "WE8ISO8859P1", "US7ASCII"])
@pytest.mark.parametrize("name", list(SPECS))
def test_both_ways_give_the_same_batch(name: str, charset: str, staged: bool, plan_of: Any) -> None:
    """
    Random values of every kind, in every kind of field, with SKIP and LOAD, in one to three chunks.

    A staged row has the number of its record behind it.
    """
    plan = plan_of(SPECS[name], charset)
    if staged:
        plan = staged_plan(plan, Fence(load_id="ab" * 16, partition=0, number=1), ())
    columnar = Columnar(plan, {}, Path())
    lanes = Lanes.of(plan, columnar)
    assert lanes.direct is not None
    layout = plan.layouts[plan.charsets[0]]
    mark = ";" if name == "always enclosed" else "," if "TERMINATED BY ','" in SPECS[name] else ""
    taken = 0
    for seed in range(6 if staged else 12):
        rng = random.Random(f"{name}{seed}")
        data = random_data(rng, mark, charset) if seed else b"1,abc,2\n" * 5
        for chunk in open_records(
            layout,
            plan.inputs[0].spec,
            data,
            input_no=0,
            unit0=0,
            record0=10 * seed,
            chunk_size_bytes=rng.choice((300, 1 << 20)),
            compiled=True,
        ):
            first, stop = (1, max(len(chunk) - 1, 1)) if seed % 3 == 1 else (0, len(chunk))
            read = Read(
                number=0,
                chunk=chunk,
                first=first,
                stop=stop,
                ended=False,
                digest_before=None,
                digest_after=None,
                stamp="",
            )
            general = prepare(Lanes(plan, columnar, None), read, lambda own: (0,) * len(own))
            direct = prepare(lanes, read, lambda own: (0,) * len(own))
            found, wanted = outcome(direct), outcome(general)
            inside = slice(first, stop)
            found["verdict"], wanted["verdict"] = found["verdict"][inside], wanted["verdict"][inside]
            assert found == wanted, (seed, data)
            taken += len(direct.tables[0].rows)
            lanes.give_back(direct)
    assert taken


@pytest.mark.parametrize(
    "clause",
    [
        "FIELDS TERMINATED BY ',' (a NULLIF a='x', b)",
        "WHEN b = 'x' FIELDS TERMINATED BY ',' (a, b)",
        "FIELDS TERMINATED BY ',' (a \":a + 1\", b)",
        "FIELDS TERMINATED BY ',' (a, b CONSTANT 'x')",
        "(a POSITION(1) DECIMAL(5), b POSITION(4:6))",
        "FIELDS TERMINATED BY ',' (a, b) INTO TABLE t FIELDS TERMINATED BY ',' (a POSITION(1), b)",
    ],
)
def test_what_needs_more_takes_the_general_way(clause: str, plan_of: Any) -> None:
    """Conditions, expressions, constants, packed decimals and several tables are not for the direct lane."""
    plan = plan_of(clause, "AL32UTF8")
    assert Lanes.of(plan, Columnar(plan, {}, Path())).direct is None


def test_buffers_serve_again(plan_of: Any) -> None:
    """What is given back is taken for the next chunk, unless that needs more room."""
    lane = Lanes.of(plan := plan_of(SPECS["no null columns"], "AL32UTF8"), Columnar(plan, {}, Path())).direct
    assert lane is not None
    buffer = lane._take(100)
    lane.give_back(PgRows(buffer, np.zeros(1, np.int64), np.zeros(0, np.int64)))
    assert lane._take(50) is buffer
    lane.give_back(PgRows(buffer, np.zeros(1, np.int64), np.zeros(0, np.int64)))
    assert len(lane._take(200)) == 200
