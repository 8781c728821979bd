"""Documents that people write: places of values, and faults in words."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field, model_validator

from loadstone.errors import FixSpec, Place, Refused
from loadstone.spec.documents import fault_text, file_bytes, file_text, parse_document, placed
from loadstone.spec.fields import Part

TEXT = """name: night
steps:
  load:
    retries: 3
    files: [a.dat, b.dat]
"""


class Work(Part):
    """A part with faults of many kinds."""

    retries: int = Field(1, ge=0, le=9)
    files: tuple[str, ...] = ()
    when: Literal["always", "never"] = "always"


class Whole(Part):
    """A document."""

    name: str
    steps: dict[str, Work] = Field(min_length=1)

    @model_validator(mode="after")
    def _named(self) -> Whole:
        if self.name == "day":
            raise ValueError("the day is no name")
        return self


def fault_of(text: str) -> FixSpec:
    """What is said about a document."""
    with pytest.raises(FixSpec) as caught:
        parse_document(text, "x.yaml", "LS-1094").valid(Whole, "LS-1095", "the last hint.")
    return caught.value


def test_a_good_document_is_its_model() -> None:
    """YAML and JSON alike."""
    expected = Whole(name="night", steps={"load": Work(retries=3, files=("a.dat", "b.dat"))})
    assert expected == parse_document(TEXT, None, "LS-1094").valid(Whole, "LS-1095", "")
    json = '{"name": "night", "steps": {"load": {"retries": 3, "files": ["a.dat", "b.dat"]}}}'
    assert expected == parse_document(json, None, "LS-1094").valid(Whole, "LS-1095", "")


@pytest.mark.parametrize(
    ("keys", "key", "expected"),
    [
        ((), False, (1, 1)),
        (("name",), False, (1, 7)),
        (("name",), True, (1, 1)),
        (("steps", "load", "files"), True, (5, 5)),
        (("steps", "load", "files", 1), False, (5, 20)),
        (("steps", "load", "nothing"), False, (4, 5)),
        (("nothing", "at", "all"), False, (1, 1)),
        (("steps", "load", "files", 9), False, (5, 12)),
    ],
)
def test_every_part_has_a_place(keys: tuple[str | int, ...], key: bool, expected: tuple[int, int]) -> None:
    """1-based line and column; the deepest part that is there, where one is missing."""
    place = parse_document(TEXT, "x.yaml", "LS-1094").place(keys, key=key)
    assert Place(file="x.yaml", line=expected[0], column=expected[1]) == place


def test_a_part_of_a_document_keeps_its_places() -> None:
    """What is behind the keys, counted in the whole file."""
    part = parse_document(TEXT, "x.yaml", "LS-1094").at("steps", "load")
    assert {"retries": 3, "files": ["a.dat", "b.dat"]} == part.values
    assert Place(file="x.yaml", line=5, column=5) == part.place(("files",), key=True)


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("name: a\n", (1, 1), "steps: is missing"),
        ("name: a\nsteps: {}\n", (2, 8), "steps: Dictionary should have at least 1 item"),
        ("name: a\nsteps: [x]\n", (2, 8), "steps: must be a mapping of names to values"),
        ("name: a\nsteps: {x: 1}\n", (2, 12), "steps.x: must be a mapping of names to values"),
        ("name: a\nsteps: {x: {files: y}}\n", (2, 20), "steps.x.files: must be a list"),
        ("name: a\nsteps: {x: {retries: ten}}\n", (2, 22), "steps.x.retries: must be a valid integer"),
        ("name: a\nsteps: {x: {retries: 10}}\n", (2, 22), "steps.x.retries: must be less than or equal to 9"),
        ("name: a\nsteps: {x: {when: 'x'}}\n", (2, 19), "steps.x.when: must be 'always' or 'never'"),
        ("name: [a]\nsteps: {x: {}}\n", (1, 7), "name: must be text"),
        ("name: day\nsteps: {x: {}}\n", (1, 1), "the day is no name"),
        ("", (1, 1), "must be a mapping of names to values"),
        ("- a\n", (1, 1), "must be a mapping of names to values"),
        ("name: a\nsteps:\n  x: {retrys: 1}\n", (3, 7), "steps.x.retrys: unknown key"),
    ],
)  # fmt: skip
def test_a_fault_has_place_and_words(text: str, place: tuple[int, int], told: str) -> None:
    """No word of the library that found it."""
    error = fault_of(text)
    assert ("LS-1095", Place(file="x.yaml", line=place[0], column=place[1])) == (error.code, error.place)
    assert error.message.startswith(f"line {place[0]}, column {place[1]}: {told}")
    assert "the last hint." == error.hints[-1]


def test_all_faults_come_in_the_order_of_their_lines() -> None:
    """And the nearest key of each unknown one is told."""
    error = fault_of("nam: a\nsteps:\n  x: {retris: 1, files: 2}\n")
    assert [1, 1, 3, 3] == [int(part.split()[1].rstrip(",")) for part in error.message.split("; ")]
    assert {"did you mean name?", "did you mean retries?"} <= set(error.hints)


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ("a: [1\n", 2, 1, "not YAML"),
        ("a: 1\n b: 2\n", 2, 3, "not YAML"),
        ("a: 1\na: 2\n", 2, 1, "the key a stands twice"),
        ("a:\n- {b: 1, b: 2}\n", 2, 10, "the key b stands twice"),
        ("a: \x01\n", None, None, "not YAML"),
    ],
)
def test_what_is_no_document_is_refused(
    text: str, line: int | None, column: int | None, told: str
) -> None:
    """With the place where reading ended, and the code of the caller."""
    with pytest.raises(FixSpec, match="LS-7101") as caught:
        parse_document(text, "j.yaml", "LS-7101")
    assert Place(file="j.yaml", line=line, column=column) == caught.value.place
    assert told in caught.value.message


def test_an_error_without_place_is_given_one() -> None:
    """One that knows its own place keeps it; what is no error of ours passes."""
    document = parse_document(TEXT, "x.yaml", "LS-1094")
    with pytest.raises(Refused) as caught, placed(document, ("steps", "load")):
        raise Refused("LS-7114", "not now")
    assert Place(file="x.yaml", line=4, column=5) == caught.value.place
    with pytest.raises(Refused) as caught, placed(document):
        raise Refused("LS-7114", "not now", Place(file="other"))
    assert Place(file="other") == caught.value.place
    with pytest.raises(KeyError), placed(document):
        raise KeyError("x")


@pytest.mark.parametrize(
    ("keys", "kind", "message", "expected"),
    [
        (("a", 0, "b"), "missing", "Field required", "a.b: is missing"),
        ((), "value_error", "Value error, no step", "no step"),
        (("n",), "greater_than", "Input should be greater than 0", "n: must be greater than 0"),
    ],
)
def test_faults_are_told_in_words(
    keys: tuple[str | int, ...], kind: str, message: str, expected: str
) -> None:
    """Positions in lists are left out: the place tells them."""
    assert expected == fault_text(keys, kind, message)


def test_files_are_read_as_bytes_and_text(tmp_path: Path) -> None:
    """Bytes as they are, text in UTF-8."""
    path = tmp_path / "a.yaml"
    path.write_bytes("ä\r\n".encode())
    assert ("ä\r\n".encode(), "ä\r\n") == (file_bytes(str(path)), file_text(str(path)))


def test_bytes_that_are_no_text_have_a_place(tmp_path: Path) -> None:
    """Line, column and the byte itself."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"name: x\nsteps: \xe4\n")
    with pytest.raises(FixSpec) as caught:
        file_text(str(path))
    assert ("LS-6020", Place(file=str(path), line=2, column=8)) == (caught.value.code, caught.value.place)
    assert "byte 0xe4 is not UTF-8" == caught.value.message


@pytest.mark.parametrize(("name", "told"), [("missing", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, told: str) -> None:
    """LS-6020 with the path and the system's reason, each once."""
    path = str(tmp_path / name)
    with pytest.raises(FixSpec, match="LS-6020") as caught:
        file_bytes(path)
    assert (path, f"cannot be read: {told}") == (caught.value.place.file, caught.value.message)


@pytest.mark.parametrize(
    ("text", "line", "column", "told"),
    [
        ("a:\n  - 2026-02-31\n", 2, 5, "no value: day is out of range for month"),
        ("a: 1\nb: {c: 2026-13-01}\n", 2, 8, "no value: month must be in 1..12"),
        ("a: !!int abc\n", 1, 4, "no value: invalid literal for int"),
        ("a: [1, !!float x]\n", 1, 8, "no value: could not convert string to float"),
        ("a: " + "9" * 5000, 1, 4, "no value: Exceeds the limit"),
        ('a: "\\U00110000"\n', None, None, "no value: chr"),
        ("a: b\n? [x]\n: 1\n", 2, 3, "not YAML: found unhashable key"),
        ("[" * 101 + "]" * 101, 1, 101, "more than 100 levels deep"),
        ("[" * 5000, None, None, "more than 100 levels deep"),
        ("a: 1\nb: &b\n  - *b\n", 2, 4, "more than 100 levels deep"),
        ("a: {b: 1, c: 2, b: 3}\n", 1, 17, "the key b stands twice"),
        ("a: 1\na: 2026-02-31\n", 2, 1, "the key a stands twice"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_document_that_cannot_be_read_is_refused_at_its_place(
    text: str, line: int | None, column: int | None, told: str
) -> None:
    """Whatever it is that a parser trips over: a code, and the line and column where one is known."""
    with pytest.raises(FixSpec) as caught:
        parse_document(text, "x.yaml", "LS-1094")
    assert ("LS-1094", Place(file="x.yaml", line=line, column=column)) == (caught.value.code, caught.value.place)
    assert told in caught.value.message


def test_aliases_do_not_multiply_without_end() -> None:
    """Nine lines of ten aliases each are a billion values; it is told at once, at the line where it is too many."""
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(FixSpec, match="more than 5,000,000 values, with all that its aliases repeat") as caught:
        parse_document("\n".join(lines), "x.yaml", "LS-1094")
    assert 7 == caught.value.place.line


def test_aliases_are_taken_and_levels_up_to_the_limit() -> None:
    """What stands twice is there twice; the hundredth level is read."""
    assert {"a": [1, 2], "b": [1, 2]} == parse_document("a: &x [1, 2]\nb: *x\n", None, "LS-1094").values
    deep = parse_document("[" * 100 + "]" * 100, None, "LS-1094").values
    for _ in range(99):
        [deep] = deep
    assert [] == deep
