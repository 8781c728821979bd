"""JSON documents and XML as rows: what is found in them, what is refused, and in how much memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadstone.errors import FixFile, FixSpec
from loadstone.formats.content import Content
from loadstone.formats.readers import guarded
from loadstone.formats.readers.json_array import array_of
from loadstone.formats.readers.model import Row
from loadstone.formats.readers.opening import open_reader
from loadstone.formats.readers.xml import element_of
from loadstone.spec.reading import JsonReading, XmlReading

DOCUMENT = {
    "head": {"tags": [{"t": 1}]},
    "data": {"items": [{"id": "7", "amount": 12.50, "who": {"name": "Zoë", "tags": [1, 2.50]}}, {"id": "8", "big": 10**30, "ok": True, "who": None}]},
}  # fmt: skip
XML = """<?xml version="1.0"?>
<m:Doc xmlns:m="urn:m"><Head><Id>H1</Id></Head><Rows>
<m:Row n="1"><Amt Ccy="EUR">1.50</Amt><Name>A &amp; B</Name><T>x</T><T>y</T></m:Row>
<m:Row n="2"><Amt Ccy="USD">2.25</Amt><Name/><Sub><Deep>d</Deep></Sub></m:Row>
</Rows></m:Doc>"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Content]:
    """A content of a text or bytes."""

    def make(data: str | bytes) -> Content:
        path = tmp_path / "day.bin"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return Content.of(str(path))

    return make


def named(content: Content, reading: Any) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    reader = open_reader(content, reading)
    return [dict(zip(reader.columns, row.values, strict=True)) for row in reader]


Write = Callable[[str | bytes], Content]


def test_objects_of_an_array_are_rows(write: Write) -> None:
    """Digit for digit, objects by dotted path, arrays as text; the origin is a JSONPath; strings are told."""
    content = write(json.dumps(DOCUMENT).replace("12.5", "12.50"))
    assert "data.items" == array_of(content)
    reader = open_reader(content, JsonReading(path="data.items"))
    first, second = reader
    assert ("id", "amount", "who.name", "who.tags", "big", "ok") == reader.columns
    assert Row("$.data.items[0]", ("7", "12.50", "Zoë", "[1,2.5]", None, None)) == first
    assert ("8", None, None, None, "1" + "0" * 30, "true") == second.values
    assert {"id", "who.name"} == reader.texts  # type: ignore[attr-defined]


def test_a_document_that_is_the_array_or_one_object(write: Write) -> None:
    """UTF-16 and byte order marks are read; elements that are no objects are rejects of their own."""
    text = '[{"a": 1}, 5, {"a": 2}]'
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
        content = write(data)
        assert "" == array_of(content)
        rows = list(open_reader(content, JsonReading()))
        assert [None, "no record of JSON: it is no object", None] == [row.fault for row in rows]
        assert ["1", "5", "2"] == [row.values[0] for row in rows]
    assert [{"a": "1"}] == named(write('{"a": 1}'), JsonReading())


def test_only_the_row_suffers_from_what_is_wrong_in_it(write: Write) -> None:
    """Nesting that would end the interpreter, and keys of which one would hide the other, are rejects."""
    deep = '{"a": ' + "[" * 5000 + "]" * 5000 + "}"
    content = write('[{"a": 1}, ' + deep + ', {"b": {"c": 1, "c": 2}}, [' + deep + '], {"x.y": 1, "x": {"y": 2}}]')
    assert [
        None,
        "no record of JSON: it is nested more than 200 times",
        "no record of JSON: the key c stands twice in one object",
        "no record of JSON: it is nested more than 200 times",
        "no record of JSON: two keys give the column x.y",
    ] == [row.fault for row in open_reader(content, JsonReading())]


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ('[{"a": 1}, {"a"', "", "LS-2032"), ('[{"a": 1}, {"a": \0}]', "", "LS-2032"), (b"PK\x03", "", "LS-2032"),
        ('{"items": [{"a": 1}]}', "itms", "LS-2033"), ("7", "", "LS-2033"), (b'["\xff\xfe"]', "", "LS-2032"),
    ],
    ids=["half", "nul", "other", "path", "number", "no text"],
)  # fmt: skip
def test_json_that_cannot_be_read_is_refused(data: str | bytes, path: str, code: str, write: Write) -> None:
    """By code, with what stands there instead."""
    with pytest.raises(FixFile) as caught:
        named(write(data), JsonReading(path=path))
    assert code == caught.value.code
    if path:
        assert "did you mean items?" in caught.value.hints


def test_elements_are_rows(write: Write) -> None:
    """Attributes and parts by path, what repeats as JSON; paths lead out of the element, too."""
    content = write(XML)
    assert "Doc/Rows/Row" == element_of(content)
    one, two = named(content, XmlReading(row="Rows/Row", fields={"head": "../../Head/Id", "ccy": "Amt/@Ccy"}))
    assert {
        "head": "H1",
        "ccy": "EUR",
        "@n": "1",
        "Amt": "1.50",
        "Amt@Ccy": "EUR",
        "Name": "A & B",
        "T": '["x","y"]',
        "Sub.Deep": None,
    } == one
    assert ("2.25", None, "d", "H1") == (two["Amt"], two["Name"], two["Sub.Deep"], two["head"])
    origins = [row.origin for row in open_reader(content, XmlReading(row="Row"))]
    assert ["Row 1, line 3", "Row 2, line 4"] == origins


def test_xml_in_other_character_sets_and_of_one_record(write: Write) -> None:
    """By its declaration or byte order mark."""
    text = '<?xml version="1.0" encoding="{}"?><r><x><a>Zoë</a></x></r>'
    for name in ("utf-16", "iso-8859-1", "utf-8"):
        content = write(text.format(name).encode(name))
        assert "r/x" == element_of(content)
        assert [{"a": "Zoë"}] == named(content, XmlReading(row="x"))
    assert "r" == element_of(write("<r><a>1</a></r>"))
    assert "r" == element_of(write("<r>1</r>"))


LAUGHS = (
    "<!DOCTYPE r ["
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    + "]>"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (f"{LAUGHS}<r><x>&l11;</x></r>", "LS-2034"), (f'{LAUGHS}<r a="&l11;"><x/></r>', "LS-203"),
        ('<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r><x>&e;</x></r>', "LS-2034"), ('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r><x/></r>', "LS-2034"),
        ("<r><x>1</x><x>", "LS-2032"), ("<r><x>\0</x></r>", "LS-2032"), ("a,b\n1,2\n", "LS-2032"), ("<r><y/></r>", "LS-2033"), (f"<r>{'<d>' * 300}", "LS-2032"),
    ],
    ids=["laughs", "laughs in an attribute", "entity of a file", "dtd of a server", "half", "nul", "other", "no such element", "deep"],
)  # fmt: skip
def test_xml_that_means_harm_or_is_none_is_refused(data: str, code: str, write: Write) -> None:
    """No entity is resolved, no file and no address is opened."""
    for way in (lambda one: named(one, XmlReading(row="x")), element_of):
        if way is element_of and code == "LS-2033":
            continue
        with pytest.raises(FixFile) as caught:
            way(write(data))
        assert caught.value.code.startswith(code)


def test_a_path_that_is_none_is_a_fault_of_the_spec(write: Write) -> None:
    """LS-1115, before anything is read."""
    with pytest.raises(FixSpec) as caught:
        open_reader(write(XML), XmlReading(row="Row", fields={"a": "//["}))
    assert "LS-1115" == caught.value.code


@pytest.mark.parametrize(
    "begin", ['[{"a": "', "<r><x>", "<r><y>"], ids=["json", "xml", "before the first row"]
)
def test_a_value_without_end_is_refused_in_flat_memory(
    begin: str, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LS-2021, or the limit of the parser, long before the file's end."""
    monkeypatch.setattr(guarded, "RECORD_SIZE_MAX_BYTES", 1 << 20)
    content = write(begin + "z" * (16 << 20))
    with pytest.raises(FixFile) as caught:
        named(content, JsonReading() if begin[0] == "[" else XmlReading(row="x"))
    assert caught.value.code in ("LS-2021", "LS-2032")
