"""Records of each layout: quotes, escapes, widths and lines; each is read again by Python's own reader where it can be."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import Batch, Kind, SourceColumn
from loadstone.output.model import Delimited, Line, OutputSpec
from loadstone.output.records import Records, quoted

TEXTS = st.none() | st.text(alphabet='a";|\\\n\r é', max_size=4)


def records(layout: dict[str, Any], kinds: dict[str, Kind], **more: Any) -> Records:
    """The records of a layout over columns of the rows."""
    spec = OutputSpec.model_validate({"file": "x", "rows": {"table": "t"}, "layout": layout, **more})
    return Records(spec, [SourceColumn(name, kind) for name, kind in kinds.items()])


def text(made: Records, *columns: list[str | None]) -> str:
    """What a batch of these columns becomes."""
    batch = Batch(record0=10, columns=[pa.array(one, pa.string()) for one in columns])
    return bytes(made.text(batch)).decode()


def refusal(made: Records, *columns: list[str | None]) -> tuple[str, int | None, str | None]:
    """Code, record and field."""
    with pytest.raises(FixFile) as told:
        text(made, *columns)
    return told.value.code, told.value.place.record_no, told.value.place.field


@pytest.mark.parametrize("quoting", ["needed", "all", "text"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_a_reader_of_csv_gets_the_values_back(
    quoting: str, rows: list[tuple[str | None, str | None]]
) -> None:
    """Delimiters, quotes and line ends within values; NULL reads like the empty text, and is never in quotes."""
    made = records({"kind": "delimited", "delimiter": ";", "quoting": quoting}, {"a": "text", "b": "text"})
    written = text(made, *map(list, zip(*rows, strict=True)))
    found = list(csv.reader(io.StringIO(written, newline=""), delimiter=";", strict=True))
    assert [[one or "" for one in row] for row in rows] == found


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5))
def test_json_lines_are_read_back(rows: list[tuple[str | None, str | None]]) -> None:
    """Every control character is escaped, NULL is null or left out."""
    for skip in (False, True):
        made = records({"kind": "json_lines", "skip_null": skip}, {"a": "text", "b é": "text"})
        lines = text(made, *map(list, zip(*rows, strict=True))).split("\n")
        assert "" == lines.pop()
        wanted = [{"a": a, "b é": b} for a, b in rows]
        assert [
            {name: one for name, one in row.items() if one is not None or not skip} for row in wanted
        ] == [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    ("layout", "value", "expected"),
    [
        pytest.param({}, "a,b", '"a,b"', id="delimiter"),
        pytest.param({}, 'a"b', '"a""b"', id="quote doubled"),
        pytest.param({}, "", '""', id="reads like null"),
        pytest.param({}, "a;b", "a;b", id="nothing special"),
        pytest.param({"quoting": "all"}, "a", '"a"', id="all"),
        pytest.param({"quoting": "text"}, "a", '"a"', id="text"),
        pytest.param({"null": "NULL"}, "NULL", '"NULL"', id="reads like a marker"),
        pytest.param({"null": "NULL"}, "", "", id="empty is not the marker"),
        pytest.param({"escape": "\\"}, 'a"b', '"a\\"b"', id="quote escaped"),
        pytest.param({"escape": "\\"}, "a\\b", '"a\\\\b"', id="escape escaped"),
        pytest.param({"escape": "\\"}, "a,b", '"a,b"', id="delimiter with an escape"),
        pytest.param({"escape": '"'}, 'a"b', '"a""b"', id="quote as escape"),
        pytest.param({"delimiter": "||"}, "a|b", "a|b", id="half a delimiter"),
        pytest.param({"delimiter": "||"}, "a||b", '"a||b"', id="long delimiter"),
        pytest.param({"quote": None, "escape": "\\"}, "a,b\\", "a\\,b\\\\", id="escape without quotes"),
        pytest.param({"quote": "'"}, "a'\"", "'a''\"'", id="another quote"),
    ],
)
def test_a_field_is_quoted_as_its_layout_says(layout: dict[str, Any], value: str, expected: str) -> None:
    """Among values that need nothing, which stay as they are where quotes are for those that need them."""
    made = records({"kind": "delimited", **layout}, {"a": "text"})
    plain = '"x"' if layout.get("quoting") else "x"
    null = layout.get("null", "")
    assert f"{plain}\n{expected}\n{null}\n" == text(made, ["x", value, None])


def test_numbers_are_not_quoted_among_texts() -> None:
    """``quoting: text`` is for readers that tell texts from numbers by their quotes."""
    made = records({"kind": "delimited", "quoting": "text"}, {"a": "integer", "b": "decimal", "c": "date"})
    assert '1,2.5,"2026-01-02"\n' == text(made, ["1"], ["2.5"], ["2026-01-02"])


@pytest.mark.parametrize(
    ("layout", "value"),
    [
        pytest.param({"quote": None}, "a,b", id="delimiter"),
        pytest.param({"quote": None}, "a\nb", id="line end"),
        pytest.param({"quote": None, "escape": "\\"}, "a\rb", id="line end with an escape"),
    ],
)
def test_without_quotes_what_needs_them_is_refused(layout: dict[str, Any], value: str) -> None:
    """By record and field."""
    made = records({"kind": "delimited", **layout}, {"n": "integer", "a": "text"})
    assert ("LS-8013", 12, "a") == refusal(made, ["1", "2"], ["x", value])


def test_a_delimited_column_may_have_a_width() -> None:
    """Filled up before quotes come around; NULL is not filled up."""
    columns = [{"name": "a", "width": 3}, {"name": "n", "width": 4, "pad": "0"}]
    made = records({"kind": "delimited"}, {"a": "text", "n": "integer"}, columns=columns)
    assert 'x  ,0012\n"a,b",0000\n,\n' == text(made, ["x", "a,b", None], ["12", "0", None])
    assert ("LS-8010", 11, "a") == refusal(made, ["abcd"], ["1"])


def test_fixed_fields_stand_at_their_places() -> None:
    """Characters count and not bytes; NULL is filled up, cut is cut, and a record has the size that is asked for."""
    columns = [
        {"name": "n", "width": 4},
        {"name": "a", "width": 3, "too_long": "cut"},
        {"name": "z", "width": 5, "align": "right", "pad": "*", "null": "?"},
    ]
    made = records(
        {"kind": "fixed", "record_size": 14, "null": "-"},
        {"a": "text", "n": "integer", "z": "text"},
        columns=columns,
        record_end="\r\n",
    )
    assert "   7Zoë***日本  \r\n   -abc****?  \r\n  -8-  *****  \r\n" == text(
        made, ["Zoë", "abcdef", None], ["7", None, "-8"], ["日本", None, ""]
    )
    assert ("LS-8010", 12, "z") == refusal(made, ["", ""], ["1", "2"], ["12345", "éééééé"])
    assert ("LS-8010", 11, "n") == refusal(made, ["", ""], ["12345", "123456"], ["", ""])


def test_lines_of_a_fixed_layout_have_fields_and_titles_in_place() -> None:
    """Each title over its column, on its side; a line is as long as a record."""
    made = records(
        {"kind": "fixed", "record_size": 12},
        {"a": "text", "n": "integer"},
        columns=[{"name": "a", "title": "A", "width": 4}, {"name": "n", "width": 5}],
    )
    assert ["A", "n"] == made.titles
    assert "A       n   \n" == made.line(Line(names=True), made.titles)
    fields = Line.model_validate(
        {"fields": [{"value": "x", "width": 3, "align": "right", "pad": "0"}, {"value": "y", "width": 2}]}
    )
    assert "00xy        \n" == made.line(fields, ["x", "y"])
    assert "whole line  \n" == made.line(Line(text="whole line"), ["whole line"])
    for line, filled in (
        (Line(names=True), ["ABCDE", "n"]),
        (fields, ["xxxx", ""]),
        (Line(text="x"), ["x" * 13]),
    ):
        with pytest.raises(FixSpec) as told:
            made.line(line, filled)
        assert "LS-8003" == told.value.code


def test_lines_of_a_delimited_layout_are_quoted_like_values() -> None:
    """Fields and titles are; a line of text is written as it is."""
    made = records({"kind": "delimited", "delimiter": ";"}, {"a": "text", "b;c": "text"}, record_end="\r\n")
    assert 'a;"b;c"\r\n' == made.line(Line(names=True), made.titles)
    assert "1;2\r\n" == made.line(Line(text="1;2"), ["1;2"])


@pytest.mark.parametrize(
    ("layout", "given", "expected"),
    [
        pytest.param({}, "ab", "ab", id="plain"),
        pytest.param({}, "a,b", '"a,b"', id="delimiter"),
        pytest.param({}, 'a"', '"a"""', id="quote"),
        pytest.param({}, "a\r", '"a\r"', id="line end"),
        pytest.param({"quoting": "all"}, "ab", '"ab"', id="all"),
        pytest.param({"escape": "\\"}, '\\",', '"\\\\\\","', id="escape"),
        pytest.param({"quote": None}, "ab", "ab", id="no quotes"),
    ],
)
def test_one_text_as_a_field(layout: dict[str, Any], given: str, expected: str) -> None:
    """For lines; the same rules as for values."""
    assert expected == quoted(given, Delimited(**layout))


@pytest.mark.parametrize("given", ["a,b", "a\n", "a\r"])
def test_one_text_that_needs_quotes_is_refused_where_there_are_none(given: str) -> None:
    """A spec's own text, so the spec is to be mended."""
    with pytest.raises(FixSpec) as told:
        quoted(given, Delimited(quote=None))
    assert "LS-8003" == told.value.code


def test_json_numbers_are_numbers_and_dates_are_texts() -> None:
    """What JSON has no form for is a text: zeros in front, a sign behind, a comma."""
    kinds: dict[str, Kind] = {
        "i": "integer",
        "d": "decimal",
        "b": "boolean",
        "t": "date",
        "z": "integer",
        "s": "decimal",
    }
    columns = [{"name": "i"}, {"name": "d", "decimals": 2}, {"name": "b"}, {"name": "t", "mask": "YYYY"},
               {"name": "z", "width": 3, "pad": "0", "decimals": 0}, {"name": "s", "sign": "trailing"}]  # fmt: skip
    made = records({"kind": "json_lines"}, kinds, columns=columns)
    line = '{"i":1,"d":2.50,"b":true,"t":"2026","z":"007","s":"1.5-"}\n'
    assert line == text(made, ["1"], ["2.5"], ["true"], ["2026-01-02"], ["7"], ["-1.5"])
