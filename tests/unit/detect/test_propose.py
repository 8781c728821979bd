"""The spec that is proposed for a file that was recognised, and that it loads the file."""

from __future__ import annotations

import gzip
import json
import lzma
import sqlite3
from pathlib import Path

import pytest

from loadstone.cli.main import main
from loadstone.detect.file import detect_bytes
from loadstone.detect.propose import identifiers, oracle_charset, propose
from loadstone.errors import FixFile
from loadstone.spec.fields import TypeName
from tests.packed import tarred, zipped


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["Account No", "Amount (EUR)", "1st"], ["ACCOUNT_NO", "AMOUNT_EUR", "C_1ST"]),
        (["date", "Date", "DATE_"], ["DATE_", "DATE__2", "DATE__3"]),
        (["Währung", "Kontostand €", "???"], ["WAHRUNG", "KONTOSTAND", "COLUMN_"]),
        (["a", "A", "a"], ["A", "A_2", "A_3"]),
    ],
)
def test_names_become_identifiers(names: list[str], wanted: list[str]) -> None:
    """Letters without accents, digits and underscores, each name once, none reserved."""
    assert wanted == identifiers(names)


@pytest.mark.parametrize(
    ("codec", "name"),
    [("ascii", "AL32UTF8"), ("utf-8-sig", "AL32UTF8"), ("cp1252", "WE8MSWIN1252"), ("iso8859-15", "WE8ISO8859P15"), ("cp500", "WE8EBCDIC500"), ("utf-16-le", "AL16UTF16LE"), ("cp932", "JA16SJIS")],
)  # fmt: skip
def test_character_sets_have_oracles_names(codec: str, name: str) -> None:
    """A spec names character sets as control files do."""
    assert name == oracle_charset(codec)


def test_types_and_masks_come_from_the_rows() -> None:
    """Numbers, dates and lengths are what all rows allow."""
    data = b"id;amount;booked;at;note\n1;1.234,50;31/01/2026;2026-01-31 10:15:00.123;abc\n2;2,25;01/02/2026;2026-02-01 00:00:00.5;\n"
    (table,) = propose(detect_bytes(data, "day.csv")).tables
    types = {field.name: field.type for field in table.fields}
    assert [
        TypeName.INTEGER_EXTERNAL,
        TypeName.DECIMAL_EXTERNAL,
        TypeName.DATE,
        TypeName.TIMESTAMP,
        TypeName.CHAR,
    ] == [one.name for one in types.values() if one]
    assert "REPLACE(REPLACE(" in str(table.fields[1].sql)
    assert ("DD/MM/YYYY", "YYYY-MM-DD HH24:MI:SS.FF") == (types["BOOKED"].mask, types["AT"].mask)  # type: ignore[union-attr]
    assert "DAY" == table.table.name


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.4", b"7z\xbc\xaf\x27\x1c" + bytes(40), b"", b'1;"a \\"x\\" b";2\n3;"c \\"y\\" d";4\n5;"e";6\n'],
    ids=["pdf", "7z", "empty", "escaped"],
)
def test_what_a_spec_cannot_say_is_refused(data: bytes) -> None:
    """Other formats and backslash escapes are refused by name."""
    with pytest.raises(FixFile, match="LS-2012"):
        propose(detect_bytes(data, "x"))


FILES = {
    "titles and trailer": (b"Report\nMade by us\nid;amount;booked\n1;1,50;31/01/2026\n2;2,25;01/02/2026\n3;1.000,00;02/02/2026\nTRAILER;3\n", [(1, "1.5"), (2, "2.25"), (3, "1000")]),
    "no header": (b"1|1.50|x\r\n2|2.25|y\r\n3|1000.00|z\r\n", [(1, "1.5"), (2, "2.25"), (3, "1000")]),
    "lines in quotes": (b'id,amount,note\n1,1.50,"a\nb"\n2,2.25,"c, d"\n3,1000,"say ""e"""\n', [(1, "1.5"), (2, "2.25"), (3, "1000")]),
    "nulls by word": (b"id,amount\n1,1.50\n2,NULL\n3,1000\n4,NULL\n", [(1, "1.5"), (2, None), (3, "1000"), (4, None)]),
    "fixed": (b"     1       1.50 Anna Kowalska   \n    22       2.25 Bo              \n   333    1000.00 Jane van Doe    \n  4444       0.99 Robertson Ltd   \n", [(1, "1.5"), (22, "2.25"), (333, "1000"), (4444, "0.99")]),
    "control characters": (b"1\x011.50\x01x\n2\x012.25\x01y\n3\x011000\x01z\n", [(1, "1.5"), (2, "2.25"), (3, "1000")]),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("form", ["yaml", "json", "control"])
def test_a_proposal_loads_its_file(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proposed, made and loaded: every record is a row, with its numbers."""
    data, wanted = FILES[name]
    path, spec, base = tmp_path / "day.dat", tmp_path / f"day.{form}", tmp_path / "t.db"
    path.write_bytes(data)
    assert 0 == main(["propose", str(path), "--table", "t", "--to", form, "-o", str(spec)])
    capsys.readouterr()
    words = ["load", str(spec), "--target", f"sqlite:///{base}", "--create-tables", "--json"]
    main(
        [*words, "--log", str(tmp_path / "l"), "--bad", str(tmp_path / "b"), "--discard", str(tmp_path / "d")]
    )
    receipt = json.loads(capsys.readouterr().out)
    assert (len(wanted), 0) == (receipt["rows_loaded"], receipt["rows_rejected"])
    with sqlite3.connect(base) as connection:
        rows = connection.execute("SELECT * FROM t ORDER BY 1").fetchall()
    assert [(int(a), None if b is None else float(b)) for a, b in wanted] == [
        (int(row[0]), None if row[1] is None else float(row[1])) for row in rows
    ]


def test_a_packed_file_is_loaded_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A proposal for a .gz names the .gz; what is ambiguous is noted."""
    path = tmp_path / "day.csv.gz"
    path.write_bytes(gzip.compress(b"id,booked\n1,01/02/2026\n2,03/04/2026\n"))
    assert 0 == main(["propose", str(path)])
    out, err = capsys.readouterr()
    assert "day.csv.gz" in out
    assert "NOTE: column booked" in err


PACKED = {
    "xz in tar": lambda data: tarred({"day.csv.xz": lzma.compress(data)}),
    "zip of several": lambda data: zipped({"a/day.csv": data, "b/other.csv": b"1,2\n", "README": b"x"}),
    "zip in zip": lambda data: zipped({"in.zip": zipped({"day.csv": data, "two.csv": b"1,2\n"}), "x.csv": b"1"}),
}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_found_in_archives_is_what_loads(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The spec names the member where the archive holds several; rejects are written from it."""
    path, spec, base = tmp_path / "day.bin", tmp_path / "day.yaml", tmp_path / "t.db"
    rows = "".join(f"{number},{number}.25,2026-01-{number % 28 + 1:02}\n" for number in range(400))
    path.write_bytes(PACKED[name](f"id,amount,booked\n{rows}".encode().replace(b"399.25", b"x")))
    assert 0 == main(["propose", str(path), "--table", "t", "-o", str(spec)])
    assert ("member:" in spec.read_text()) == (name != "xz in tar")
    spec.write_text(spec.read_text().replace("name: char", "name: decimal_external"))
    capsys.readouterr()
    words = ["load", str(spec), "--target", f"sqlite:///{base}", "--create-tables", "--json"]
    main([*words, "--log", str(tmp_path / "l"), "--bad", str(tmp_path / "b")])
    receipt = json.loads(capsys.readouterr().out)
    assert (399, 1) == (receipt["rows_loaded"], receipt["rows_rejected"])
    assert "399,x,2026-01-08\n" == (tmp_path / "b.bad").read_text()
