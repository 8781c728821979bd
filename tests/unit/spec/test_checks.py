"""Checks of fields as a spec states them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from loadstone.errors import FixSpec
from loadstone.spec import Checks, LoadSpec
from loadstone.spec.files import read_spec, to_json, to_yaml
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.write import write_control


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (5, Decimal(5)),
        (0.01, Decimal("0.01")),
        ("0.10", Decimal("0.10")),
        ("20240105", Decimal(20240105)),
        ("2024-01-05", date(2024, 1, 5)),
        (date(2024, 1, 5), date(2024, 1, 5)),
        (datetime(2024, 1, 5, 6), datetime(2024, 1, 5, 6)),
        ("2024-01-05T06:00:00", datetime(2024, 1, 5, 6)),
    ],
    ids=str,
)
def test_a_bound_is_a_number_a_date_or_a_moment(given: Any, expected: Any) -> None:
    """Exactly as written; eight digits are a number."""
    found = Checks(minimum=given).minimum
    assert (type(expected), expected) == (type(found), found)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"minimum": 2, "maximum": 1}, "minimum 2 is greater than maximum 1"),
        ({"minimum": 1, "maximum": "2024-01-01"}, "both be numbers, or both dates"),
        ({"minimum": "2024-01-02", "maximum": datetime(2024, 1, 1, 9)}, "is greater than maximum"),
        ({"minimum": "soon"}, "minimum"),
        ({"allowed": [True]}, "allowed"),
        ({"pattern": ""}, "pattern"),
        ({"patern": "x"}, "patern"),
    ],
    ids=lambda one: "" if isinstance(one, dict) else one.replace(" ", "-"),
)
def test_what_cannot_hold_is_refused(given: dict[str, Any], fault: str) -> None:
    """Bounds out of order or of two kinds, values that are neither text nor whole number, unknown keys."""
    with pytest.raises(ValidationError, match=fault):
        Checks(**given)


@pytest.mark.parametrize(("write", "name"), [(to_yaml, "x.yaml"), (to_json, "x.json")])
def test_checks_stand_in_specs_and_not_in_control_files(
    write: Callable[[LoadSpec], str], name: str, tmp_path: Path
) -> None:
    """YAML and JSON go there and back; SQL*Loader's language has no words for them."""
    spec = parse_control(
        b"LOAD DATA INFILE * INTO TABLE t FIELDS TERMINATED BY ',' (a, b)\nBEGINDATA\n1,2\n", "x"
    )
    checks = Checks(required=True, minimum=Decimal("0.10"), maximum=7, allowed=(1, "x"), pattern="[0-9]+")
    table = spec.tables[0]
    fields = (table.fields[0].model_copy(update={"checks": checks}), table.fields[1])
    spec = spec.model_copy(update={"tables": (table.model_copy(update={"fields": fields}),)})
    path = tmp_path / name
    path.write_text(write(spec))
    assert spec == read_spec(str(path))
    with pytest.raises(FixSpec, match="the field A has checks; a control file cannot say that"):
        write_control(spec)
