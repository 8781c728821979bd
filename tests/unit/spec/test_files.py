"""Specs as YAML and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from loadstone import spec as s
from loadstone.errors import FixSpec
from loadstone.spec.files import is_spec_file, json_schema, read_spec, to_json, to_yaml
from tests.property.test_control_roundtrip import specs

ONE = s.LoadSpec(
    tables=(
        s.TableLoad(
            table=s.TableName(name="T"),
            fields=(s.Field(name="A", source=s.Recnum()), s.Field(name="B", source=s.Constant(value="x"))),
        ),
    ),
    assemble=s.ContinueIf(test=s.Test(literal=s.Literal(text="+"))),
)


@pytest.mark.parametrize(
    ("path", "expected"), [("a.yaml", True), ("a.yml", True), ("a.JSON", True), ("a.ctl", False), ("a", False), ("yaml", False), ("a.yaml.ctl", False)]
)  # fmt: skip
def test_specs_are_told_by_their_ending(path: str, expected: bool) -> None:
    """YAML and JSON, in any case; all else is a control file."""
    assert expected == is_spec_file(path)


@pytest.mark.parametrize(("write", "name"), [(to_yaml, "x.yaml"), (to_json, "x.json")])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(spec=specs())
def test_a_written_spec_reads_as_itself(
    tmp_path_factory: pytest.TempPathFactory, write, name: str, spec: s.LoadSpec
) -> None:  # type: ignore[no-untyped-def]
    """Any spec, in both forms, without loss."""
    path = tmp_path_factory.mktemp("spec") / name
    path.write_text(write(spec), encoding="utf-8")
    assert spec == read_spec(str(path))


@pytest.mark.parametrize(
    "text",
    [
        "\x85",
        "a\x85b",
        "\u2028",
        "\u2029 x",
        "\x7f",
        "\x9c",
        "\ufeff",
        " a ",
        "yes",
        "1",
        "null",
        "é",
        "'",
        '"',
        "#",
    ],
    ids=ascii,
)
@pytest.mark.parametrize(("write", "name"), [(to_yaml, "x.yaml"), (to_json, "x.json")])
def test_any_terminator_is_kept(tmp_path: Path, write, name: str, text: str) -> None:  # type: ignore[no-untyped-def]
    """Line ends of Unicode and of mainframes, marks, blanks, and words that YAML takes for something else."""
    spec = s.LoadSpec(
        tables=(
            s.TableLoad(table=s.TableName(name="T"), terminated=s.Delimiter(literal=s.Literal(text=text))),
        )
    )
    (tmp_path / name).write_text(write(spec), encoding="utf-8")
    assert spec == read_spec(str(tmp_path / name))


def test_what_is_default_is_left_out() -> None:
    """People read these files: version, what was said, and the kind that tells a source."""
    values = json.loads(to_json(ONE))
    assert ["version", "assemble", "tables"] == list(values)
    assert {"kind": "continueif", "test": {"literal": {"text": "+"}}} == values["assemble"]
    assert [{"kind": "recnum"}, {"kind": "constant", "value": "x"}] == [
        one["source"] for one in values["tables"][0]["fields"]
    ]


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "word"),
    [
        ("a: [1\n", "LS-1094", 2, 1, "YAML"), ("a: 1\na: 2\n", "LS-1094", 2, 1, "twice"), ("version: 1\ntables: []\n", "LS-1095", 2, 9, "tables"),
        ("version: 1\ntabels: []\n", "LS-1095", 1, 1, "unknown key"), ("tables:\n- table: {name: T}\n  fields:\n  - name: A\n    tpye: x\n", "LS-1095", 5, 5, "unknown key"),
        ("tables:\n- table: {name: T}\n  skip: -1\n", "LS-1095", 3, 9, "skip"), ("", "LS-1095", 1, 1, ""), ("- 1\n", "LS-1095", 1, 1, ""), ("tables:\n- table: {name: T, name: U}\n", "LS-1094", 2, 20, "twice"),
    ],
)  # fmt: skip
def test_a_wrong_spec_has_a_place(
    tmp_path: Path, text: str, code: str, line: int, column: int, word: str
) -> None:
    """Each fault with its line and column in the file."""
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(FixSpec) as caught:
        read_spec(str(path))
    place = caught.value.place
    assert (code, str(path), line) == (caught.value.code, place.file, place.line)
    assert word in caught.value.message
    assert column == place.column


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """In the order of their lines, with the nearest key."""
    path = tmp_path / "x.yaml"
    path.write_text(
        "tables:\n- table: {name: T}\n  skip: -1\n  fields:\n  - name: A\n    pieced: 7\n    sqll: x\n"
    )
    with pytest.raises(FixSpec) as caught:
        read_spec(str(path))
    assert ["line 3", "line 6", "line 7"] == [part.split(",")[0] for part in caught.value.message.split("; ")]
    assert "did you mean sql?" in caught.value.hints


@pytest.mark.parametrize("content", [None, b"\xff\xfe"], ids=["missing", "no utf-8"])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    """LS-6020 with the path."""
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FixSpec) as caught:
        read_spec(str(path))
    assert ("LS-6020", str(path)) == (caught.value.code, caught.value.place.file)


def test_the_schema_describes_every_key() -> None:
    """Editors show what each key means."""
    schema = json_schema()
    for part in [schema, *schema["$defs"].values()]:
        for name, value in part.get("properties", {}).items():
            assert name in ("kind",) or "description" in value, name
