"""Expressions in loads: kernels, DuckDB and the row by row evaluator leave the same rows and the same rejects."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import loadstone.load.plan.compile as compiling
from loadstone.bootstrap import loads
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import load, rows_of

CONTROL = """LOAD DATA CHARACTERSET UTF8 INFILE 'data.dat' APPEND INTO TABLE {table} FIELDS TERMINATED BY '|' TRAILING NULLCOLS
(id INTEGER EXTERNAL, name "UPPER(TRIM(:name))", amount "TO_NUMBER(:amount)", booked "TO_DATE(:booked, 'YYYYMMDD')",
half "ROUND(:amount / 4, 2)", later "ADD_MONTHS(TO_DATE(:booked, 'YYYYMMDD'), 1)", code "DECODE(:name, 'x', NULL, :id)",
shown "ASCIISTR(:name) || TO_CHAR(TO_DATE(:booked, 'YYYYMMDD'), ' DD.MM.')", fixed "LPAD(NVL(:name, ' '), 3, '0')",
kind CONSTANT 'k', seen "SYSDATE - SYSDATE")
"""
DDL = """CREATE TABLE {table} (id NUMBER(6), name VARCHAR2(8), amount NUMBER(8,2), booked DATE, half NUMBER(8,2), later DATE,
code VARCHAR2(6), shown VARCHAR2(40), fixed VARCHAR2(3) NOT NULL, kind CHAR(1), seen NUMBER(3));"""


def data() -> str:
    """400 records, a quarter of them bad in one way or two."""
    chance, lines = random.Random(5), []
    for number in range(400):
        name = chance.choice((" ada", "x", "", "Zoë", "grace ", "much too long a name"))
        amount = chance.choice(("1.25", "-7", " 12 ", "1e3", "12,5", "999999.995", ""))
        booked = chance.choice(("20240131", "20241231", "2024-02-29", "20240231", ""))
        lines.append(f"{number if chance.random() < 0.9 else 'n'}|{name}|{amount}|{booked}\n")
    return "".join(lines)


def left_by(target: str, table: str) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows and rejects of one load."""
    receipt = load(
        CONTROL.format(table=table), target, ddl=DDL.format(table=table), errors=-1, chunk_size_bytes=3000
    )
    rows = rows_of(target, f"SELECT * FROM {table} ORDER BY id")
    _, rejects = loads.rejects(target, receipt.load_id)
    return rows, [
        (one.record_no, one.field, one.code, one.reason.replace(table.upper(), "T")) for one in rejects
    ]


def test_all_ways_leave_the_same(target_url: str, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load as a small file does it, row by row, and as a large one does it, compiled and by DuckDB."""
    Path("data.dat").write_text(data(), encoding="utf-8")
    small = left_by(target_url, "small")
    monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    large = left_by(target_url, "large")
    assert small == large
    assert len(small[0]) > 50 and len(small[1]) > 50
    assert {code for _, _, code, _ in small[1]} >= {"ORA-01722", "ORA-01839", "ORA-12899"}


def test_explain_tells_who_computes(here: Path) -> None:
    """Each expression names its way, and one that is computed row by row says why."""
    Path("data.dat").write_text("1|" + "x" * (1 << 20) + "\n")
    spec = parse_control(CONTROL.format(table="t").encode(), "load.ctl")
    Path("tables.sql").write_text(DDL.format(table="t"))
    told = loads.explain(LoadRequest(spec=spec, spec_path="load.ctl", target="t.db", ddl=("tables.sql",)))
    ways = {
        one["column"].lower(): (one["by"], one.get("why_rows"))
        for one in told["tables"][0]["columns"]
        if "by" in one
    }
    assert ways["name"] == ("spans", None)
    assert ways["amount"] == ways["booked"] == ("conversion", None)
    assert ways["half"] == ("duckdb", None)
    assert ways["shown"] == ("rows", "ASCIISTR has no exact form in DuckDB")


def test_guids_are_of_the_record(target_url: str, here: Path) -> None:
    """Each record has its own, each expression of it the same; another load has others."""
    control = (
        "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS"
        ' (id, g EXPRESSION "SYS_GUID()", h EXPRESSION "RAWTOHEX(SYS_GUID())")\nBEGINDATA\n'
    ) + "".join(f"{n}\n" for n in range(300))
    ddl = "CREATE TABLE t (id NUMBER(5), g RAW(16), h VARCHAR2(32));"
    load(control, target_url, ddl=ddl)
    rows = rows_of(target_url, "SELECT g, h FROM t")
    assert 300 == len({bytes(g) for g, _ in rows})
    assert all(bytes(g).hex().upper() == h for g, h in rows)
    load(control, target_url, again=True)
    assert 600 == len({bytes(g) for g, _ in rows_of(target_url, "SELECT g, h FROM t")})


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
def test_zones_have_names(here: Path, monkeypatch: pytest.MonkeyPatch, compiled: bool) -> None:
    """TZR in the mask of a field: regions and offsets, in summer and in winter; a wrong one is a reject."""
    if compiled:
        monkeypatch.setattr(compiling, "COMPILE_FROM_BYTES", 0)
    texts = ["2024-07-01 12:00 Europe/Berlin", "2024-01-01 12:00 Europe/Berlin", "2024-07-01 12:00 -03:30"]
    texts += ["2024-07-01 12:00 Nowhere/Land", "2024-07-01 12:00 UTC", "   ", ""]
    control = (
        "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS"
        " (id, z TIMESTAMP WITH TIME ZONE 'YYYY-MM-DD HH24:MI TZR')\nBEGINDATA\n"
    ) + "".join(f"{n},{text}\n" for n, text in enumerate(texts))
    receipt = load(control, "bank.db", ddl="CREATE TABLE t (id NUMBER(5), z TIMESTAMP WITH TIME ZONE);")
    found = dict(rows_of("bank.db", "SELECT id, substr(z, 12, 5) FROM t"))
    assert {0: "10:00", 1: "11:00", 2: "15:30", 4: "12:00", 5: None, 6: None} == found
    assert 1 == receipt.counts.rejected


def test_session_timestamps_keep_their_time(target_url: str, here: Path) -> None:
    """SYSTIMESTAMP at a full second, into a column with a zone and into text."""
    control = (
        "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ','"
        " (id, z \"TO_TIMESTAMP_TZ('2024-07-01 12:00:00 +02:00', 'YYYY-MM-DD HH24:MI:SS TZH:TZM')\")"
        "\nBEGINDATA\n1,x\n"
    )
    load(control, target_url, ddl="CREATE TABLE t (id NUMBER(5), z VARCHAR2(60));")
    assert [("01-JUL-24 12.00.00.000000000 PM +02:00",)] == rows_of(target_url, "SELECT z FROM t")


@pytest.mark.parametrize("sql", ["", ' "CASE WHEN :id > 0 THEN SUBSTR(:id, 1, 3) END"'], ids=["direct", "columnar"])
def test_timestamp_fields_become_text_of_nine_digits(target_url: str, here: Path, sql: str) -> None:
    """As TO_TIMESTAMP has them, by the session's mask; DATE fields have none."""
    control = (
        f"LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' (id{sql}, d DATE 'YYYYMMDD',"
        " a TIMESTAMP 'YYYY-MM-DD HH24:MI:SS.FF3', z TIMESTAMP WITH TIME ZONE 'YYYY-MM-DD HH24:MI TZH:TZM')"
        "\nBEGINDATA\n1,20240701,2024-07-01 12:00:00.5,2024-07-01 12:00 +02:00\n"
    )
    ddl = "CREATE TABLE t (id NUMBER(5), d VARCHAR2(60), a VARCHAR2(60), z VARCHAR2(60));"
    load(control, target_url, ddl=ddl)
    expected = ("01-JUL-24", "01-JUL-24 12.00.00.500000000 PM", "01-JUL-24 12.00.00.000000000 PM +02:00")
    assert [expected] == rows_of(target_url, "SELECT d, a, z FROM t")


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF3')", "01-JUL-24 12.00.00.500000000 PM"),
        ("'at ' || TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF')", "at 01-JUL-24 12.00.00.500000000 PM"),
        ("TO_CHAR(TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF'), 'SS.FF')", "00.500000000"),
        ("TO_CHAR(TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF'), 'SS.FF2')", "00.50"),
        ("CAST(TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF') AS TIMESTAMP)", "01-JUL-24 12.00.00.500000 PM"),
        ("CAST(TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF') AS TIMESTAMP(3))", "01-JUL-24 12.00.00.500 PM"),
        (
            "DECODE(:v, 'x', NULL, TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF'))",
            "01-JUL-24 12.00.00.500000000 PM",
        ),
        ("NVL(TO_TIMESTAMP(:v, 'YYYY-MM-DD HH24:MI:SS.FF'), SYSTIMESTAMP)", "01-JUL-24 12.00.00.500000000 PM"),
    ],
    ids=["root", "joined", "masked", "two digits", "cast", "cast to three", "decode", "nvl"],
)
def test_timestamps_of_expressions_show_the_digits_of_their_type(target_url: str, here: Path, sql: str, shown: str) -> None:
    """Nine of TO_TIMESTAMP, whatever its mask reads; six or as many as it says of a CAST."""
    control = (
        f'LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY "," (v "{sql}")'
        "\nBEGINDATA\n2024-07-01 12:00:00.5\n"
    )
    load(control, target_url, ddl="CREATE TABLE t (v VARCHAR2(60));")
    assert [(shown,)] == rows_of(target_url, "SELECT v FROM t")


def test_interval_fields_are_judged_and_stay_as_they_are(target_url: str, here: Path) -> None:
    """A text that is no interval is a reject; blanks around one do not matter, an empty field is NULL."""
    control = (
        "LOAD DATA INFILE * APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS"
        " (id, a INTERVAL YEAR TO MONTH, b INTERVAL DAY TO SECOND)"
        "\nBEGINDATA\n1,2-3,4 05:06:07.5\n2,x,1 01:01:01\n3,1-12,\n4,-1-11 ,-10 00:00:00\n5,,\n6,,1:2\n"
    )
    ddl = "CREATE TABLE t (id NUMBER(5), a INTERVAL YEAR(4) TO MONTH, b INTERVAL DAY(3) TO SECOND(6));"
    receipt = load(control, target_url, ddl=ddl)
    assert [(1, "2-3", "4 05:06:07.5"), (4, "-1-11 ", "-10 00:00:00"), (5, None, None)] == rows_of(
        target_url, "SELECT id, a, b FROM t ORDER BY id"
    )
    log = Path(receipt.log_file or "").read_text()
    assert ["A", "A", "B"] == re.findall(r"column (\w+)\.\nORA-01867: the interval is invalid", log)
