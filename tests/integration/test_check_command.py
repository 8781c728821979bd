"""``loadstone check``, ``convert``, ``explain`` and ``errors`` within this process: what they say, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadstone.errors.catalogue import catalogue
from tests.terminal import loadstone

HEAD = "LOAD DATA INFILE 'x.dat' INTO TABLE t FIELDS TERMINATED BY ','"


@pytest.fixture(autouse=True)
def folder(here: Path) -> Path:
    """An empty working directory."""
    return here


def check(text: str, *options: str, name: str = "x.ctl") -> tuple[int, dict[str, list[dict[str, object]]]]:
    """Exit code and report of a file of this content."""
    Path(name).write_text(text)
    done = loadstone("check", name, *options, "--json")
    return done.code, json.loads(done.out)


@pytest.mark.parametrize(
    ("fields", "line", "column", "told"),
    [
        ('(a "UPPER(:a")', 2, 13, "expected )"),
        ('(a "NVL(:a, 1", b)', 2, 14, "expected )"),
        ('(a,\n b EXPRESSION "1 +* 2")', 3, 19, "expected a value before '*'"),
        ('(a,\n b "TRIM(:b)\n  || 5 5")', 4, 8, "does not belong there"),
        ('(a CHAR(3) "CASE WHEN :a = 1 THEN 2")', 2, 36, "expected END"),
        ('(a "?")', 2, 5, "'?' does not belong in an expression"),
    ],
)
def test_a_sql_string_that_is_not_understood_has_its_place(
    fields: str, line: int, column: int, told: str
) -> None:
    """Without a database: refused, which fails only for a named target, for Oracle may know more than we do."""
    code, report = check(f"{HEAD}\n{fields}\n")
    assert (0, True, []) == (code, report["ok"], report["errors"])
    (one,) = report["refused"]
    assert ("LS-5001", line, column) == (one["code"], one["line"], one["column"])
    assert told in str(one["message"]) and one["hints"]
    code, report = check(f"{HEAD}\n{fields}\n", "--target", "duckdb")
    assert (1, False) == (code, report["ok"])


@pytest.mark.parametrize(
    "sql",
    [
        "UPPER(:a)", "DECODE(:a, 'x', 1, 2)", "TO_DATE(:a, 'DD.MM.YYYY')", "(SELECT n FROM c WHERE k = :a)",
        "seq.NEXTVAL", "CASE :a WHEN 'x' THEN 1 ELSE 2 END", "SYSDATE - INTERVAL '1' DAY", "pkg.clean(:a, 3)",
        "q'[it's]' || :a", "-1", "DATE '2026-11-24'", ":a /* why */ || 'b'", "NULL", "CAST(:a AS NUMBER(5,2))",
    ],
)  # fmt: skip
@pytest.mark.parametrize("target", [(), ("--target", "sqlite")])
def test_sql_strings_that_are_understood_pass(sql: str, target: tuple[str, ...]) -> None:
    """Types, tables and functions are the load's to judge."""
    code, report = check(f'{HEAD} (a "{sql}")\n', *target)
    assert (0, []) == (code, report["refused"] + report["errors"])


def test_a_spec_is_judged_like_its_control_file() -> None:
    """In YAML the place is that of the value."""
    Path("x.ctl").write_text(f'{HEAD} (a "UPPER(:a", b EXPRESSION "1 +")\n')
    assert 0 == loadstone("convert", "x.ctl", "-o", "x.yaml").code
    text = Path("x.yaml").read_text().splitlines()
    report = json.loads(loadstone("check", "x.yaml", "--json").out)
    for one, value in zip(report["refused"], ("UPPER(:a", "1 +"), strict=True):
        assert text[one["line"] - 1][one["column"] - 1 :] == value
    assert 1 == loadstone("check", "x.yaml", "--target", "sqlite").code


def test_a_wrong_spec_is_one_error() -> None:
    """With its place, and exit code 1."""
    code, report = check("tables:\n- table: {name: T}\n  skip: -1\n", name="x.yaml")
    assert (1, "LS-1095", 3) == (code, report["errors"][0]["code"], report["errors"][0]["line"])


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("LOAD DATA INFIEL 'x' INTO TABLE t (a)", "LS-1001", 1),
        ("LOAD DATA INFILE 'x' INTO TABLE t (a", "LS-1002", 1),
        ("", "LS-1002", 1),
        ("CREATE TABLE t (a NUMBER);", "LS-1001", 1),
    ],
)
def test_every_finding_has_a_hint(text: str, code: str, line: int) -> None:
    """The finding's own, else what the catalogue says; on the terminal below it."""
    exit_code, report = check(text)
    (one,) = report["errors"]
    assert (1, code, line, True) == (exit_code, one["code"], one["line"], bool(one["hints"]))
    told = loadstone("check", "x.ctl").out.splitlines()
    assert told[0].startswith(f"x.ctl:{line}:{one['column']}: error [{code}]")
    assert told[1].startswith("HINT: ") and "x.ctl: not ok" == told[-1]


def test_what_a_target_refuses_fails_for_that_target_alone() -> None:
    """Objects of Oracle go into Oracle, not into SQLite."""
    text = "LOAD DATA INFILE 'x' INTO TABLE t TRAILING NULLCOLS (a BFILE(CONSTANT 'd', a))"
    assert 0 == check(text)[0]
    assert 1 == check(text, "--target", "sqlite")[0]


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [("no.ctl", "LS-1033", "No such file"), (".", "LS-1033", "Is a directory"), ("no.yaml", "LS-6020", "No such file")],
)
def test_a_file_that_cannot_be_read_is_named(path: str, code: str, told: str) -> None:
    """The code that ``load`` and ``convert`` give too, on standard error."""
    done = loadstone("check", path)
    assert (1, "", True, True) == (done.code, done.out, f"[{code}]" in done.err, told in done.err)


def test_placeholders_are_filled_before_the_judgement() -> None:
    """``--define`` without a value is refused."""
    Path("x.ctl").write_text("LOAD DATA INFILE 'x' INTO TABLE ${TABLE} (a)")
    assert 0 == loadstone("check", "x.ctl", "--define", "TABLE=t").code
    assert "LS-6007" in loadstone("check", "x.ctl", "--define", "TABLE").err
    assert "LS-6007" in loadstone("check", "x.ctl", "--define", "=t").err


def test_a_spec_goes_through_all_three_forms() -> None:
    """Control file, YAML, JSON, and back: standard output and files alike."""
    Path("x.ctl").write_text(f"{HEAD} (a INTEGER EXTERNAL, b CHAR(5))\n")
    yaml = loadstone("convert", "x.ctl").out
    Path("x.yaml").write_text(yaml)
    assert 0 == loadstone("convert", "x.yaml", "--to", "json", "-o", "x.json").code
    assert yaml == loadstone("convert", "x.json", "--to", "yaml").out
    Path("y.ctl").write_text(loadstone("convert", "x.json").out)
    assert yaml == loadstone("convert", "y.ctl").out
    assert "LS-4020" in loadstone("convert", "x.ctl", "-o", "nowhere/x.yaml").err
    assert "$defs" in json.loads(loadstone("spec", "schema").out)


def test_a_plan_is_explained_without_making_anything() -> None:
    """As YAML or JSON; a dry run and an explanation leave no database behind."""
    Path("x.ctl").write_text(f'{HEAD} (a INTEGER EXTERNAL, b "UPPER(:b)")\n')
    Path("x.dat").write_text("1,x\nz,y\n")
    Path("x.sql").write_text("CREATE TABLE t (a NUMBER(5), b VARCHAR2(5));")
    options = ("x.ctl", "--target", "bank.db", "--ddl", "x.sql")
    plan = json.loads(loadstone("explain", *options, "--json").out)
    assert ["A", "B"] == [one["column"] for one in plan["tables"][0]["columns"]]
    assert "kind: sqlite" in loadstone("explain", *options).out
    dry = loadstone("load", *options, "--dry-run")
    assert (0, True) == (dry.code, "  1 | X" in dry.out)
    assert "record 2 would be refused: A 'x'" in dry.err
    assert "record 2 would be refused: A 'z'" in loadstone("load", *options, "--dry-run", "--show-values").err
    values = json.loads(loadstone("load", *options, "--dry-run", "--json").out)
    assert ([[1, "X"]], 2) == (values["tables"][0]["rows"], values["rejects"][0]["record"])
    assert not Path("bank.db").exists()


def test_a_dry_run_tells_what_is_missing_and_how_many_more() -> None:
    """A refused NULL has no value to show; refusals past the twentieth are counted."""
    Path("x.ctl").write_text(f"{HEAD} (a CHAR(5), b CHAR(5))\n")
    Path("x.dat").write_text("\n".join(f",{number}" for number in range(25)) + "\n")
    Path("x.sql").write_text("CREATE TABLE t (a VARCHAR2(5) NOT NULL, b VARCHAR2(5));")
    words = ("x.ctl", "--target", "bank.db", "--ddl", "x.sql", "--dry-run", "--rows-shown", "25")
    lines = loadstone("load", *words).err.splitlines()
    assert '  record 1 would be refused: A: ORA-01400: cannot insert NULL into ("T"."A")' == lines[0]
    assert (21, "  and 5 more") == (len(lines), lines[-1])


@pytest.mark.parametrize("code", list(catalogue()))
def test_each_code_is_explained(code: str) -> None:
    """What it means and what to do; long and short, in words and as JSON."""
    done = loadstone("errors", code)
    assert (0, True) == (done.code, done.out.startswith(f"{code} ("))
    assert "\nHINT: " in done.out
    assert done.out == loadstone("errors", code.removeprefix("LS-").lower()).out
    (entry,) = json.loads(loadstone("errors", code, "--json").out)
    assert catalogue()[code].title == entry["title"]


def test_all_codes_are_listed() -> None:
    """One line each."""
    assert list(catalogue()) == [line.split()[0] for line in loadstone("errors").out.splitlines()]
    assert "LS-6005" in loadstone("errors", "LS-9999").err
