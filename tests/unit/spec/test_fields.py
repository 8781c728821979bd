"""Parts of a spec refuse what means nothing."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from loadstone import spec as s


@pytest.mark.parametrize(
    ("part", "values"),
    [
        (s.Literal, {}), (s.Literal, {"text": "a", "hex": "41"}), (s.Literal, {"hex": "4"}), (s.Literal, {"hex": "4g"}), (s.Literal, {"text": "a", "more": 1}),
        (s.Delimiter, {}), (s.Delimiter, {"whitespace": True, "eof": True}), (s.Delimiter, {"literal": {"text": ","}, "whitespace": True}), (s.Position, {"start": -1}), (s.Position, {"end": 0}),
        (s.Condition, {"tests": []}), (s.FieldType, {"name": "text"}), (s.FieldType, {"name": "char", "length": 0}), (s.Sequence, {"base": "min"}), (s.Concatenate, {"count": 0}),
        (s.Field, {"name": "A", "filler": "yes"}), (s.Field, {"name": "A", "source": {"kind": "random"}}), (s.Options, {"skip": -1}), (s.Options, {"errors": -2}), (s.Options, {"silent": ["loud"]}),
        (s.RecordFormat, {"kind": "fix", "size": 0}), (s.RecordFormat, {"kind": "lines"}), (s.LoadSpec, {"tables": []}), (s.LoadSpec, {"tables": [{"table": {"name": "T"}}], "version": 2}), (s.TableLoad, {}),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused(part: type[Any], values: dict[str, Any]) -> None:
    """Bounds, exactly one of several forms, unknown keys and words."""
    with pytest.raises(ValidationError):
        part.model_validate(values)


def test_parts_are_frozen() -> None:
    """A spec cannot change behind the back of a load."""
    with pytest.raises(ValidationError):
        s.Literal(text="a").text = "b"  # type: ignore[misc]


@pytest.mark.parametrize("data", [b"", b"a,b\n", "é".encode(), b"\xff\x00\xe9"])
def test_inline_data_keep_their_bytes(data: bytes) -> None:
    """As text where they are UTF-8, else in base64."""
    found = s.InlineData.of(data)
    assert data == found.bytes()
    assert (found.base64 is None) == (data != b"\xff\x00\xe9")


@pytest.mark.parametrize(
    ("name", "expected"), [(s.TableName(name="T"), "T"), (s.TableName(name="T", schema_name="S"), "S.T"), (s.TableName(name="a b", name_quoted=True), "a b")]
)  # fmt: skip
def test_tables_show_their_schema(name: s.TableName, expected: str) -> None:
    """As the log shows them."""
    assert expected == str(name)


@pytest.mark.parametrize(
    "source", [s.Recnum(), s.Sysdate(), s.Constant(value="x"), s.Expression(sql="1"), s.Sequence(base="max"), s.LobFile(field="F"), s.Bfile(directory="D", file="F"), s.Generated(kind="ref")],
    ids=lambda source: source.kind,
)  # fmt: skip
def test_sources_are_told_apart_by_their_kind(source: Any) -> None:
    """A field reads back with the same source."""
    field = s.Field(name="A", source=source)
    assert field == s.Field.model_validate(field.model_dump())
