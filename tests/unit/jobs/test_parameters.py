"""Typed parameters, launch keys, and configurations filled with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from loadstone.errors import FixFile, FixSpec
from loadstone.jobs.definition import Definition
from loadstone.jobs.parameters import filled, keys_of, places, refuse_passwords, typed_parameters


def job(**parameters: Any) -> Definition:
    """A job of one step with these parameters."""
    return Definition.model_validate(
        {"name": "j", "parameters": parameters, "steps": {"a": {"handler": "h"}}}
    )


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("integer", "+7", 7),
        ("decimal", "12.50", "12.5"),
        ("decimal", 100, "100"),
        ("decimal", "-0", "0"),
        ("date", "2026-11-24", "2026-11-24"),
        ("timestamp", "2026-11-24 02:00", "2026-11-24T02:00:00"),
        ("boolean", "TRUE", True),
        ("text", "7", "7"),
    ],
)
def test_values_are_read_by_type(kind: str, given: object, expected: object) -> None:
    """Equal values have one form."""
    assert {"p": expected} == typed_parameters(job(p={"type": kind}), {"p": given})


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("integer", "7.5"),
        ("integer", True),
        ("integer", "9" * 19),
        ("decimal", "12,5"),
        ("decimal", "NaN"),
        ("date", "24.11.2026"),
        ("date", "2026-02-30"),
        ("timestamp", "noon"),
        ("boolean", "yes"),
        ("text", ""),
        ("file", 7),
    ],
)
def test_wrong_values_are_refused(kind: str, given: object) -> None:
    """The message names the parameter, what it must be and what it is."""
    with pytest.raises(FixSpec, match="LS-7103.*p must be") as caught:
        typed_parameters(job(p={"type": kind}), {"p": given})
    assert repr(given) in caught.value.message


def test_every_fault_of_a_launch_is_in_one_error() -> None:
    """Unknown, missing and wrong ones; an unknown one that is nearly right gets a hint."""
    with pytest.raises(FixSpec) as caught:
        typed_parameters(job(day={"type": "date"}, n={"type": "integer"}), {"dya": "x", "n": "x"})
    assert "dya is no parameter; did you mean day?" in caught.value.message
    assert "day (date) is missing" in caught.value.message
    assert "n must be a whole number" in caught.value.message


def test_defaults_fill_and_optional_ones_may_be_missing() -> None:
    """A missing parameter without default is left out."""
    definition = job(a={"default": "x"}, b={"required": False})
    assert typed_parameters(definition, {}) == {"a": "x"}


def test_only_identifying_parameters_make_the_key() -> None:
    """Another value of any other parameter is the same instance; another run is one with the same content."""
    definition = job(day={"type": "date"}, note={"identifying": False})
    keys = keys_of(definition, {"day": "2026-11-24", "note": "a"})
    assert keys == keys_of(definition, {"note": "b", "day": "2026-11-24"})
    assert keys.content != keys_of(definition, {"day": "2026-11-25", "note": "a"}).content
    other = keys_of(definition, {"day": "2026-11-24", "note": "a"}, run="2")
    assert (keys.content, True) == (other.content, keys.launch != other.launch)


def test_the_content_of_a_file_is_part_of_the_key(tmp_path: Path) -> None:
    """The same path with other bytes is another instance; a missing file is named."""
    definition, path = job(data={"type": "file"}), tmp_path / "a.dat"
    path.write_text("1")
    first = keys_of(definition, {"data": str(path)})
    path.write_text("2")
    assert first != keys_of(definition, {"data": str(path)})
    path.unlink()
    with pytest.raises(FixFile, match="LS-7104"):
        keys_of(definition, {"data": str(path)})


def test_places_are_filled_in_nested_configurations() -> None:
    """A text that is one place alone takes the value with its type; None is nothing in a text; unknown places stay."""
    config = {
        "rows": "{n}",
        "files": ["in/{day}{gone}.dat", "{gone}", "{other}"],
        "deep": {"flag": True, "mask": "{now:DD}"},
    }
    values = {"n": 5, "day": "2026-11-24", "gone": None}
    expected = {
        "rows": 5,
        "files": ["in/2026-11-24.dat", None, "{other}"],
        "deep": {"flag": True, "mask": "{now:DD}"},
    }
    assert expected == filled(config, values)
    assert {"n", "day", "gone", "other"} == places(config)


@pytest.mark.parametrize(
    "told",
    [
        {"target": "postgresql://loader:tops3cret@db/bank"},
        {"run": ["psql", "host=db password=tops3cret"]},
        {"deep": [{"url": "mysql://u:tops3cret@h/x"}]},
    ],
)
def test_a_password_is_refused_and_not_repeated(told: dict[str, Any]) -> None:
    """A definition is stored, shown and hashed as it stands, and parameters are audited."""
    with pytest.raises(FixSpec, match="LS-7131") as refused:
        refuse_passwords(told, "job j, step a")
    assert "tops3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "told",
    [
        {"target": "bank", "data": "in/{business_date}.dat"},
        {"target": "postgresql://loader@db/bank", "n": 7},
        {"target": "postgresql://postgres:@/postgres?host=/run/pg"},
        {"run": ["send", "password={place}"]},
    ],
)
def test_what_holds_no_password_passes(told: dict[str, Any]) -> None:
    """Names of targets, users without a password, and places."""
    refuse_passwords(told, "job j, step a")


def test_a_launch_with_a_password_is_refused() -> None:
    """Parameters stand in the audit trail."""
    with pytest.raises(FixSpec, match="LS-7131"):
        typed_parameters(job(p={"type": "text"}), {"p": "postgresql://u:tops3cret@h/x"})
