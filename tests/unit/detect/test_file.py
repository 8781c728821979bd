"""The whole of detection: containers, kinds, formats by name, fixed width, counts."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from loadstone.detect.containers import unpack
from loadstone.detect.file import detect_bytes, detect_file

TABLE = b"account;name;amount\n0001;Anna;12.50\n0002;Jane;3.00\n0003;Paul;7.25\n"


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    """A tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


PACKERS = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "zlib": zlib.compress,
    "zip": lambda data: zipped({"day.csv": data}),
    "tar": lambda data: tarred({"day.csv": data}),
}


@pytest.mark.parametrize("outer", PACKERS)
@pytest.mark.parametrize("inner", [*PACKERS, ""])
def test_containers_are_opened_one_in_another(outer: str, inner: str) -> None:
    """Whatever a table is packed in, once or twice, it is found, and the chain is told."""
    data = PACKERS[inner](TABLE) if inner else TABLE
    found = detect_bytes(PACKERS[outer](data))
    assert [outer, *([inner] if inner else [])] == found.containers
    assert ("csv", ";", 3) == (found.format, found.delimiter, found.records)


def test_several_gzip_members_are_one_content() -> None:
    """Concatenated members are read through."""
    found = detect_bytes(gzip.compress(TABLE) + gzip.compress(b"0004;Rosa;1.00\n"))
    assert 4 == found.records


def test_a_bomb_is_not_unpacked() -> None:
    """Content that grows beyond all reason is left alone, and the evidence says so."""
    found = detect_bytes(bz2.compress(b"\0" * 40_000_000))
    assert "unknown" == found.format
    assert any("bomb" in reason for reason in found.evidence)


def test_damaged_containers_are_told() -> None:
    """Half a file is no crash."""
    whole = gzip.compress(TABLE * 1000)
    found = detect_bytes(whole[: len(whole) // 2])
    assert ["gz"] == found.containers
    broken = PACKERS["zip"](TABLE)[:-30]
    assert "zip" in detect_bytes(broken).containers


def test_paths_that_leave_the_folder_are_told() -> None:
    """A member named by a path out of its folder is a warning."""
    found = detect_bytes(zipped({"../../etc/passwd": TABLE}))
    assert any("out of its folder" in reason for reason in found.evidence)


def test_the_member_that_holds_data_is_looked_at() -> None:
    """Readmes and the litter of systems are passed over."""
    content = unpack(
        zipped({"__MACOSX/._x": b"x" * 5000, "README.txt": b"y" * 6000, "d.csv": TABLE}), whole=True
    )
    assert ("d.csv", 3) == (content.member, len(content.members))


def test_endless_nesting_ends() -> None:
    """No more than six containers are opened."""
    data = TABLE
    for _ in range(9):
        data = gzip.compress(data)
    found = detect_bytes(data)
    assert 6 == len(found.containers)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4\n%...", "pdf"), (b"PAR1\x15\x04", "parquet"), (b"SQLite format 3\0" + b"\0" * 80, "sqlite"), (b'{"a": [1, 2]}', "json"), (b"[]", "json"),
        (b'{"a":1}\n{"a":2}\n', "ndjson"), (b"<?xml version='1.0'?><a/>", "xml"), (b"<root><x>1</x></root>", "xml"), (b"<!DOCTYPE html><html></html>", "html"),
        (b"<table><tr><td>1</td></tr></table>", "html"), (b"", "empty"), (b"\n\n  \n", "empty"), (zipped({"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "xlsx"),
        (zipped({"xl/workbook.bin": b"x", "[Content_Types].xml": b"<x/>"}), "xlsb"), (zipped({"word/document.xml": b"<x/>"}), "docx"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "ods"), (bytes(range(256)) * 4, "unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "Workbook".encode("utf-16-le") + b"\0\0", "xls"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_kinds_by_content(data: bytes, kind: str) -> None:
    """Signatures and strict parses tell what a file is, whatever its name."""
    assert kind == detect_bytes(data).format


NACHA = "101 121042882 2313801041811270000A094101Federal Reserve Bank   My Bank Name           12345678"
FORMATS = {
    "nacha": (NACHA + "\n" + "5225Name on Account                     231380104 PPDREG.SALARY      181128   0121042880000001").encode(),
    "mt940": b":20:STARTUMS\r\n:25:12345678/1020304050\r\n:28C:0\r\n:60F:C170914EUR12345,12\r\n:61:170914D233,15NMSC\r\n",
    "mt942": b":20:X\n:25:1/2\n:28C:1\n:34F:EUR0,\n:13D:2401010900+0100\n",
    "bai2": b"01,122099999,123456789,040621,0200,1,65,,2/\n02,031001234,122099999,1,040620,2359,,2/\n03,0123456789,,010,+4350000,,/\n",
    "camt.053": b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt/></Document>',
    "pain.001": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn/></Document>',
    "fedwire": b"{1500}30User ReqT \n{1510}1000\n{1520}20190610Source08000001\n{2000}000001234567\n{3100}121042882Wells\n",
    "swift_mt": b"{1:F01ABCBUS33AXXX3768156193}{2:O3051139050822XYZBUS33AFXO29569650200508221139N}{4:\n:15A:\n-}",
    "edifact": b"UNA:+.? '\nUNB+UNOA:3+A+B+250322:1230+1'\nUNH+1+PAYMUL:D:96A:UN'\n",
    "x12": b"ISA*00*          *00*          *ZZ*ACME           *ZZ*BANK           *260401*1200*^*00501*000000001*0*T*:~\nGS*RA*A*B*20260401*1200*1*X*005010~\nST*820*0001~\n",
    "ofx": b"OFXHEADER:100\r\nDATA:OFXSGML\r\n\r\n<OFX><SIGNONMSGSRSV1>",
    "qif": b"!Type:Bank\nD01/02/2024\nT-10.00\n^\n",
    "cobol_copybook": b"       01  RECORD-A.\n           05  ACCT-NO    PIC X(10).\n           05  AMOUNT     PIC S9(7)V99 COMP-3.\n",
    "cnab": ("02RETORNO01COBRANCA".ljust(400) + "\r\n" + "1".ljust(400) + "\r\n").encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_formats_of_banks_by_name(name: str) -> None:
    """Each format is told by what only it has."""
    found = detect_bytes(FORMATS[name])
    assert name == found.format
    assert found.confidence >= 0.85


@pytest.mark.parametrize("name", ["nacha", "mt940", "cnab"])
def test_formats_of_banks_from_a_mainframe(name: str) -> None:
    """The same in EBCDIC."""
    text = FORMATS[name].decode().replace("\r\n", "\n")
    assert name == detect_bytes(text.encode("cp500")).format


def test_tables_are_no_formats_of_banks() -> None:
    """A plain table gets no grand name."""
    for data in (TABLE, b"101,5,6\n202,7,8\n", b"id,{1500},x\n1,2,3\n", b":20:,1\n:21:,2\n"):
        assert "csv" == detect_bytes(data).format


def test_fixed_width_columns() -> None:
    """Rivers of blanks part columns; a day and its time stay one value; words stay one text."""
    lines = [
        f"{number:>6} {name:<16} {amount:>10} {when}"
        for number, name, amount, when in [
            (1, "Anna Kowalska", "12.50", "2026-01-31 10:15:00"), (22, "Robert Brown", "1003.00", "2026-02-01 11:00:59"), (333, "Paul", "0.99", "2026-02-02 23:59:01"),
            (4444, "Jane van Doe", "-7.25", "2026-02-03 00:00:00"), (55555, "Bo", "123456.78", "2026-02-04 12:30:30"),
        ]
    ]  # fmt: skip
    found = detect_bytes(("\n".join(lines) + "\n").encode())
    assert "fwf" == found.format
    assert ["integer", "string", "decimal", "timestamp"] == [column.type for column in found.columns]
    assert 5 == found.records


def test_counts_are_records_not_lines() -> None:
    """Line ends inside quotes are no records; titles, header and trailer are not counted."""
    text = 'Report\nid;note;amount\n1;"two\nlines";1.00\n2;x;2.00\n3;y;3.50\nTRAILER;3\n'
    found = detect_bytes(text.encode())
    assert (1, 1, 3, 1) == (found.preamble_lines, found.header_lines, found.records, found.footer_lines)
    assert any("count 3" in reason for reason in found.evidence)


def test_every_row_counts_for_the_types() -> None:
    """One odd value at the far end of a long file is seen."""
    rows = "".join(f"{n};{n}\n" for n in range(20_000))
    assert ["integer", "integer"] == [c.type for c in detect_bytes(rows.encode()).columns]
    assert ["integer", "string"] == [c.type for c in detect_bytes((rows + "20000;x\n").encode()).columns]


def test_sentences_are_text() -> None:
    """Prose is no table, though it has commas."""
    text = "The loader reads a file, checks it, and writes rows. Nothing is lost, and nothing comes twice.\n"
    assert "text" == detect_bytes(text.encode()).format


@given(st.binary(max_size=600))
def test_no_bytes_break_detection(data: bytes) -> None:
    """Any bytes get an answer with a confidence, and it can be printed."""
    found = detect_bytes(data)
    assert 0 <= found.confidence <= 1
    assert found.evidence
    json.dumps(found.format)


@given(st.sampled_from(list(FORMATS.values())), st.integers(0, 200), st.integers(0, 255))
def test_damaged_formats_break_nothing(data: bytes, at: int, byte: int) -> None:
    """A wrong byte anywhere leaves an answer."""
    spoilt = data[: at % len(data)] + bytes([byte]) + data[at % len(data) + 1 :]
    assert detect_bytes(spoilt).evidence


def test_a_file_is_read(tmp_path: Path) -> None:
    """The path is part of the answer; a missing file is the caller's to handle."""
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE)
    assert (str(path), "csv") == (detect_file(path).path, detect_file(path).format)
    with pytest.raises(FileNotFoundError):
        detect_file(tmp_path / "none")


def test_the_same_answer_every_time() -> None:
    """Detection is deterministic but for its duration."""
    first, second = detect_bytes(TABLE), detect_bytes(TABLE)
    first.duration_ms = second.duration_ms = 0.0
    assert first == second


def test_long_records_that_begin_with_zeros_are_no_cnab() -> None:
    """A CNAB file has a bank's number, the same in all records, and a batch; 240 characters alone are none."""
    plain = "".join(f"{number:08d}{'Anna':<20}{number * 977:012d}".ljust(240) + "\n" for number in range(30))
    real = "".join(head.ljust(240) + "\n" for head in ("00100000         2", "00100011C2001", "0010001300001P", "00100015", "00199999"))
    assert ["fwf", "cnab"] == [detect_bytes(text.encode()).format for text in (plain, real)]


def test_one_column_of_quoted_dates() -> None:
    """A column in quotes is parted by nothing; the slashes of its dates are inside them."""
    found = detect_bytes(b'"15/06/2025"\n"21/10/2025"\n"10/05/2025"\n""\n"19/01/2026"\n')
    assert (",", ["date"]) == (found.delimiter, [column.type for column in found.columns])


def test_variants_of_banks_by_name() -> None:
    """Lines parted by ``@@``, times with colons, and records that lost the blanks at their ends are known, too."""
    swift = b"@@:20:STARTUMS@@:25:49999924/0001581901@@:28C:1/1@@:60F:C260101EUR1,00@@:62F:C260101EUR1,00@@-"
    bai = b"01,SENDER01,9876543,260215,14:59:35,2215,,,2/\n02,9876543,SENDER01,1,260214,2400,,/\n99,0,1,3/\n"
    cnab = (
        "10400000         2972316080001690000000000000000000001\n10400011R0100030 2097231608000169000122\n"
        "1040001300001P 0501500\n10400015         000005\n10499999         000001000007\n"
    )
    assert ["mt940", "bai2", "cnab"] == [detect_bytes(one).format for one in (swift, bai, cnab.encode())]


def test_fields_parted_by_tabs_are_no_columns_of_a_width() -> None:
    """Records of some kinds, parted by tabs, are no fixed-width text for the blanks that tabs would leave."""
    kinds = ("010\t1\t\t\t2\t2\t1585273392\n", "020\t2\t\t\t\t\tTelecom NZ\t228011511\t00\n", "520\t3\t\t228011511\t0\n")
    assert "\t" == detect_bytes("".join(kinds * 4).encode()).delimiter


def test_a_mainframe_may_part_fields_by_a_control() -> None:
    """Text of a mainframe whose fields a unit separator parts is text, and no record of packed numbers."""
    data = "".join(f"{number:04}\x1fBROWN\x1f{number}.50\n" for number in range(40)).encode("cp037")
    assert "\x1f" == detect_bytes(data).delimiter
