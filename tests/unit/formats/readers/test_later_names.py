"""Fields whose column only later rows have, beyond those that a reader takes its columns from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loadstone.errors import FixFile
from loadstone.formats.content import Content
from loadstone.formats.readers import json_array, ndjson, xml
from loadstone.formats.readers.opening import open_reader
from loadstone.formats.sources import Structured, open_source
from loadstone.spec.reading import JsonReading, NdjsonReading, XmlReading

ROWS = 7
Make = Callable[..., tuple[bytes, Any]]


def lines(**how: Any) -> tuple[bytes, Any]:
    """NDJSON whose last row alone has ``note``."""
    return b'{"id": 1}\n' * (ROWS - 1) + b'{"id": 2, "note": "late"}\n', NdjsonReading(**how)


def document(**how: Any) -> tuple[bytes, Any]:
    """The same as one document."""
    return b'{"all": [' + b'{"id": 1}, ' * (ROWS - 1) + b'{"id": 2, "note": "late"}]}', JsonReading(path="all", **how)


def tree(**how: Any) -> tuple[bytes, Any]:
    """The same as XML."""
    return b"<d>" + b"<r><id>1</id></r>" * (ROWS - 1) + b"<r><id>2</id><note>late</note></r></d>", XmlReading(row="d/r", **how)


KINDS = pytest.mark.parametrize("make", [lines, document, tree], ids=["ndjson", "json", "xml"])


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are those of three rows."""
    monkeypatch.setattr(ndjson, "SAMPLE_LINES", 3)
    monkeypatch.setattr(json_array, "SAMPLE_OBJECTS", 3)
    monkeypatch.setattr(xml, "SAMPLE_ROWS", 3)


def loaded(made: tuple[bytes, Any], *names: str) -> bytes:
    """The framed records of the fields."""
    with open_source(Structured(Content.of(made[0]), made[1], names)) as stream:
        return stream.read()


@KINDS
@pytest.mark.parametrize("missing", ["refuse", "null"])
def test_a_column_that_only_later_rows_have_is_found(make: Make, missing: str) -> None:
    """It is neither missing nor NULL in them, whatever the reading says of missing columns."""
    assert 1 == loaded(make(missing=missing), "ID", "NOTE").count(b"late")
    assert 1 == loaded(make(missing=missing, columns={"REMARK": "note"}), "REMARK").count(b"late")


@KINDS
def test_a_column_that_no_row_has_is_missing(make: Make) -> None:
    """Refused with the columns of all rows, or NULL where the reading says so."""
    with pytest.raises(FixFile) as caught:
        loaded(make(), "ID", "OTHER")
    assert ("LS-2020", "its columns are: id, note.") == (caught.value.code, caught.value.hints[0])
    assert 0 == loaded(make(missing="null"), "ID", "OTHER").count(b"late")


@KINDS
def test_all_rows_are_looked_at_only_when_a_field_asks(make: Make) -> None:
    """Of a file that is read to its end anyway there is nothing more to find."""
    data, reading = make()
    reader = open_reader(Content.of(data), reading)
    assert ("id",) == reader.columns
    reader.widen()  # type: ignore[attr-defined]
    assert ("id", "note") == reader.columns
    assert "late" == list(reader)[-1].values[1]
    assert 0 == loaded((data, reading), "ID").count(b"late")


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ("<t>a</t><t/><t>b</t>", '["a","","b"]'), ("<t/><t>b</t>", '["","b"]'), ("<t/><t/>", '["",""]'), ("<t/>", None), ("<t>a</t>", "a"),
        ("<t>a<!-- c -->b</t>", "ab"), ("<t><![CDATA[<a>]]></t>", "<a>"), ("<t> a </t>", " a "), ("<t>&#233;</t>", "é"),
    ],
    ids=["middle", "first", "all", "one", "plain", "comment", "cdata", "blanks", "numbered"],
)  # fmt: skip
def test_parts_that_repeat_keep_their_places(parts: str, value: str | None) -> None:
    """An empty one too, so that two parts that repeat side by side stay side by side."""
    reader = open_reader(Content.of(f"<d><r><id>1</id>{parts}</r></d>".encode()), XmlReading(row="d/r"))
    (row,) = list(reader)
    assert value == dict(zip(reader.columns, row.values, strict=True))["t"]
