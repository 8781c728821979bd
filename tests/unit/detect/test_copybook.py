"""The spec that is proposed for a copybook: an ordinary one where that says it all; and that both ways load the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from loadstone.cli.main import main
from loadstone.detect.copybook import propose_copybook
from loadstone.errors import FixFile
from loadstone.spec import CopybookReading
from loadstone.spec.fields import TypeName

PLAIN = """
       01  R.
           05  NAME    PIC X(4).
           05  ID-NO   PIC S9(4) COMP.
           05  AMOUNT  PIC S9(5)V99 COMP-3.
           05  FEE     PIC S9(3)V9.
"""
RECORDS = [
    "ADA ".encode("cp037") + b"\x00\x07" + bytes.fromhex("0012345D") + bytes.fromhex("F0F1F2C5"),
    "BOB ".encode("cp037") + b"\xff\xff" + bytes.fromhex("0000050C") + bytes.fromhex("F0F0F0D1"),
    "CY  ".encode("cp037") + b"\x00\x00" + bytes.fromhex("0000000C") + bytes.fromhex("40404040"),
]
ROWS = [("ADA", 7, -123.45, 12.5), ("BOB", -1, 0.5, -0.1), ("CY", 0, 0, None)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder of one's own, with a copybook and its files."""
    monkeypatch.chdir(tmp_path)
    Path("pay.cpy").write_text(PLAIN)
    Path("pay.dat").write_bytes(b"".join(RECORDS))
    Path("var.dat").write_bytes(b"".join(b"\x00\x12\x00\x00" + one for one in RECORDS))


def test_plain_records_have_an_ordinary_spec() -> None:
    """Characters, whole binary, packed and zoned numbers at their positions, in their character set and byte order."""
    spec = propose_copybook("pay.dat", PLAIN, encoding="cp037")
    assert ("fix", 14, None) == (
        spec.inputs[0].record_format.kind, spec.inputs[0].record_format.size, spec.inputs[0].reading,
    )  # fmt: skip
    assert [TypeName.CHAR, TypeName.INTEGER, TypeName.DECIMAL, TypeName.ZONED] == [
        field.type.name for field in spec.tables[0].fields if field.type
    ]
    assert [(1, 4), (5, 6), (7, 10), (11, 14)] == [
        (field.position.start, field.position.end) for field in spec.tables[0].fields if field.position
    ]


@pytest.mark.parametrize(
    ("clause", "plain"),
    [
        ("PIC X(3)", True), ("PIC 9(5)", True), ("PIC S9(7) COMP-3", True), ("PIC 9(4) COMP", True),
        ("PIC 9(4)V9 COMP", False), ("PIC S9(3) LEADING", False), ("PIC S9(3) TRAILING SEPARATE", False), ("PIC 9(3)PP", False),
        ("COMP-1", False), ("PIC 9(20) COMP", False), ("PIC 9(4) COMP-6", False), ("PIC N(4)", False),
    ],
    ids=lambda value: str(value),
)  # fmt: skip
def test_what_an_ordinary_spec_cannot_say_is_read_by_the_copybook(clause: str, plain: bool) -> None:
    """Then the spec holds the copybook's text."""
    spec = propose_copybook("pay.dat", f"01 F {clause}.", encoding="cp037", framing="fixed")
    assert plain == (spec.inputs[0].reading is None)


@pytest.mark.parametrize("name", ["pay.dat", "var.dat"])
def test_what_is_proposed_loads(name: str) -> None:
    """Records of one size by the fast lanes, and those with descriptors by the copybook, give the same rows."""
    assert 0 == main(["propose", name, "--copybook", "pay.cpy", "--encoding", "cp037", "--table", "pay", "-o", "s.yaml"])
    assert 0 == main(["load", "s.yaml", "--target", "sqlite:///a.db", "--create-tables", "--quiet"])
    with sqlite3.connect("a.db") as connection:
        found = connection.execute("SELECT name, id_no, amount, fee FROM pay ORDER BY name").fetchall()
    assert ROWS == [(name, int(number), _number(amount), _number(fee)) for name, number, amount, fee in found]


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def test_descriptors_are_found() -> None:
    """A file that no single size divides is followed by its descriptors to the end."""
    reading = propose_copybook("var.dat", PLAIN, encoding="cp037").inputs[0].reading
    assert isinstance(reading, CopybookReading)
    assert "rdw" == reading.records


def test_a_file_of_another_copybook_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """LS-2012 where neither size nor descriptors fit; a copybook that is not there is LS-1120."""
    with pytest.raises(FixFile, match="LS-2012"):
        propose_copybook("pay.dat", "01 F PIC X(5).", encoding="cp037")
    assert 1 == main(["propose", "pay.dat", "--copybook", "none.cpy"])
    assert "LS-1120" in capsys.readouterr().err
