"""Lines of JSON: exact values, columns by path, and one fault for one bad line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from loadstone.errors import FixFile
from loadstone.formats.content import Content
from loadstone.formats.readers import ndjson
from loadstone.formats.readers.model import Row
from loadstone.formats.readers.opening import open_reader
from loadstone.spec import NdjsonReading


def rows(data: bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows."""
    reader = open_reader(Content.of(data), NdjsonReading())
    return reader.columns, list(reader)


def test_values_are_what_the_file_says() -> None:
    """Numbers digit for digit, truth as words, arrays as JSON, objects by path, null and absent alike."""
    columns, found = rows(
        b'{"n": 1.50, "big": 123456789012345678901234567890, "e": 1E+400, "t": true, "f": false}\n'
        b'\r\n{"n": null, "o": {"a": {"b": "x"}}, "l": [1.0, {"k": "\\u00e9\\n"}, null, true]}\r\n{}'
    )
    assert ("n", "big", "e", "t", "f", "o.a.b", "l") == columns
    assert [
        Row("line 1", ("1.50", "123456789012345678901234567890", "1E+400", "true", "false", None, None)),
        Row("line 3", (None, None, None, None, None, "x", '[1.0,{"k":"é\\n"},null,true]')),
        Row("line 4", (None,) * 7),
    ] == found


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": 1', "no record of JSON: Expecting ',' delimiter at column 8"),
        (b"[1, 2]", "no record of JSON: it is no object"),
        (b"7", "no record of JSON: it is no object"),
        (b'{"a": 1, "a": 2}', "no record of JSON: the key a stands twice"),
        (b'{"a": NaN}', "no record of JSON: NaN is no number of JSON"),
        (b'{"a.b": 1, "a": {"b": 2}}', "no record of JSON: two keys give the column a.b"),
        (b'{"a":' * 100_000, "no record of JSON: it is nested too deep"),
        (b'{"a": "\xff"}', "no record of JSON: 'utf-8' codec can't decode byte 0xff in position 7"),
        (b"\0\0\0", "no record of JSON: Expecting value at column 1"),
    ],
    ids=["cut off", "an array", "a number", "a key twice", "NaN", "two ways", "too deep", "no UTF-8", "NULs"],
)
def test_a_bad_line_is_one_fault(line: bytes, reason: str) -> None:
    """The rows around it are read."""
    _, found = rows(b'{"a.b": 1}\n' + line + b'\n{"a.b": 3}\n')
    assert ["line 1", "line 2", "line 3"] == [row.origin for row in found]
    assert [None, None] == [found[0].fault, found[2].fault]
    assert (found[1].fault or "").startswith(reason)


def test_an_object_that_is_sometimes_null_is_no_column() -> None:
    """Its keys are; a value that is always null stays one."""
    columns, _ = rows(b'{"a": null, "z": null}\n{"a": {"b": 1}}')
    assert ("z", "a.b") == columns


def test_a_byte_order_mark_and_a_container_do_not_count(tmp_path: Path) -> None:
    """As for delimited text."""
    path = tmp_path / "day.gz"
    path.write_bytes(gzip.compress(b'\xef\xbb\xbf{"a": 1}'))
    assert [Row("line 1", ("1",))] == list(open_reader(Content.of(str(path)), NdjsonReading()))


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory, and with its number."""
    monkeypatch.setattr(ndjson, "LINE_SIZE_MAX_BYTES", 100)
    with pytest.raises(FixFile) as caught:
        rows(b'{"a": 1}\n{"b": "' + b"x" * 200 + b'"}\n')
    assert ("LS-2021", 2) == (caught.value.code, caught.value.place.line)
