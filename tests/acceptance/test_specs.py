"""Specs in YAML and JSON, placeholders, and command lines that are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadstone.cli.main import main
from tests.runs import rows_of

SPEC = """version: 1
inputs:
- path: in.dat
method: append
tables:
- table: {name: EMP}
  terminated: {literal: {text: ','}}
  fields:
  - name: ID
    type: {name: integer_external}
  - name: NAME
"""


@pytest.fixture
def spec(here: Path) -> Path:
    """A spec in YAML and its data."""
    Path("in.dat").write_text("1,Ada\n2,Bob\n")
    path = here / "emp.yaml"
    path.write_text(SPEC)
    return path


def test_a_spec_loads_like_a_control_file(spec: Path) -> None:
    """``loadstone load emp.yaml``; the log takes the spec's name."""
    assert main(["load", "emp.yaml", "--target", "b.db", "--create-tables", "--quiet"]) == 0
    assert len(rows_of("b.db", "SELECT * FROM emp")) == 2 and Path("emp.log").exists()


def test_a_spec_in_json_loads_too(spec: Path) -> None:
    """The same spec as JSON, as ``convert`` writes it."""
    assert main(["convert", "emp.yaml", "--to", "json", "-o", "emp.json"]) == 0
    assert main(["load", "emp.json", "--target", "b.db", "--create-tables", "--quiet"]) == 0
    assert len(rows_of("b.db", "SELECT * FROM emp")) == 2


def test_every_fault_of_a_spec_has_its_line_and_column(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong value and two unknown keys, in order of their places, with did-you-mean."""
    text = SPEC.replace("append", "apend").replace("  - name: NAME", "  - name: NAME\n    tipe: x")
    spec.write_text(text + "colour: red\n")
    assert main(["check", "emp.yaml", "--json"]) == 1
    (error,) = json.loads(capsys.readouterr().out)["errors"]
    assert (error["code"], error["line"], error["column"]) == ("LS-1095", 4, 9)
    places = [part.split(":")[0] for part in error["message"].split("; ")]
    assert places == ["line 4, column 9", "line 12, column 5", "line 13, column 1"]
    assert "did you mean type?" in error["hints"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("version: 1\ntables: [\n", 3, 1),
        ("version: 1\nmethod: append\nmethod: insert\n", 3, 1),
        ("a: 'b\n", 2, 1),
    ],
)
def test_broken_yaml_has_its_place(
    spec: Path, text: str, line: int, column: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """An open list, a key that stands twice, an open quote."""
    spec.write_text(text)
    assert main(["load", "emp.yaml", "--target", "b.db"]) == 1
    assert f"[LS-1094] emp.yaml:{line}:{column}" in capsys.readouterr().err


def test_an_empty_spec_is_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 bytes are no spec."""
    spec.write_text("")
    assert main(["load", "emp.yaml", "--target", "b.db"]) == 1
    assert "LS-1095" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """``loadstone spec schema`` gives the JSON Schema with each option's meaning."""
    assert main(["spec", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["properties"]["tables"]["description"] and "Options" in schema["$defs"]


TEMPLATE = """-- template
LOAD DATA INFILE '${dir}/in.dat' APPEND INTO TABLE &1 FIELDS TERMINATED BY '{{comma}}'
(id INTEGER EXTERNAL, name CONSTANT '%env%', &&2.x FILLER)
"""


def test_placeholders_are_filled(spec: Path) -> None:
    """Each spelling of a placeholder takes the value that ``--define`` gives."""
    Path("t.ctl").write_text(TEMPLATE)
    words = [
        "--define",
        "dir=.",
        "--define",
        "1=emp",
        "--define",
        "comma=,",
        "--define",
        "env=a=b",
        "--define",
        "2=rest",
    ]
    assert main(["check", "t.ctl", *words]) == 0
    assert main(["load", "t.ctl", *words, "--target", "b.db", "--create-tables", "--quiet"]) == 0
    assert [name for (name,) in rows_of("b.db", "SELECT name FROM emp")] == ["a=b", "a=b"]


def test_inline_data_are_no_template(here: Path) -> None:
    """What follows BEGINDATA stays as it is, and keeps its bytes."""
    control = "LOAD DATA INFILE * APPEND INTO TABLE ${t} FIELDS TERMINATED BY ',' (name)\nBEGINDATA\n${t}\n"
    Path("t.ctl").write_text(control)
    assert main(["load", "t.ctl", "--define", "t=emp", "--target", "b.db", "--create-tables", "--quiet"]) == 0
    assert rows_of("b.db", "SELECT name FROM emp") == [("${t}",)]


def test_a_placeholder_without_value_is_named(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What no definition fills is an error of the file."""
    Path("t.ctl").write_text(TEMPLATE)
    assert main(["check", "t.ctl", "--define", "dir=."]) == 1
    assert "LS-1007" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["load", "emp.yaml", "--errors", "many"],
        ["load", "emp.yaml", "--skip", "-1"],
        ["load", "emp.yaml", "--business-date", "2026-13-01"],
        ["lod"],
        ["load"],
        ["load", "emp.yaml", "--eror", "3"],
    ],
)
def test_a_wrong_command_line_is_exit_code_1(
    spec: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """2 would mean rejects; it is 1 with a code, also as JSON."""
    assert main(words) == 1
    assert "[LS-6006]" in capsys.readouterr().err
    assert main([*words, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "LS-6006"


def test_a_definition_without_value_is_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--define x`` says nothing."""
    assert main(["load", "emp.ctl", "--define", "x", "--target", "b.db"]) == 1
    assert "LS-6007" in capsys.readouterr().err


def test_each_error_without_hint_of_its_own_shows_the_catalogues(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A directory where a data file is meant: code, place and hint."""
    Path("t.ctl").write_text("LOAD DATA INFILE 'd' INTO TABLE t FIELDS TERMINATED BY ',' (a)")
    Path("d").mkdir()
    assert main(["load", "t.ctl", "--target", "b.db", "--create-tables"]) == 1
    shown = capsys.readouterr().err
    assert "[LS-2002] d:" in shown and "HINT: Check the rights" in shown


def test_rejects_as_json_lines(spec: Path) -> None:
    """``--rejects-jsonl`` tells place, field, value, rule, code and reason of each reject; readable by its owner only."""
    Path("in.dat").write_text("1,Ada\nSecret,Bob\n")
    words = [
        "load",
        "emp.yaml",
        "--target",
        "b.db",
        "--create-tables",
        "--quiet",
        "--rejects-jsonl",
        "r.jsonl",
    ]
    assert main(words) == 2
    (one,) = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
    assert (one["record"], one["byte_offset"], one["length_bytes"], one["table"]) == (2, 6, 11, "EMP")
    assert (one["field"], one["value"], one["rule"], one["code"]) == ("ID", "Secret", "number", "ORA-01722")
    assert one["reason"] == "ORA-01722: invalid number" and one["data_file"] == "in.dat"
    assert Path("r.jsonl").stat().st_mode & 0o777 == 0o600
