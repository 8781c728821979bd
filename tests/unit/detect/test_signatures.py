"""Formats of banks by name, in the forms that transfers, mails and mainframes leave them in."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from loadstone.detect.file import detect_bytes
from loadstone.detect.mainframe import framing_of
from loadstone.detect.signatures import PREAMBLE_LINES_MAX, find_name
from tests.bank_files import (
    AchEntry,
    BaiAccount,
    BaiTransaction,
    CamtEntry,
    OfxTransaction,
    ach_file,
    bai_file,
    camt_file,
    camt_statement,
    ofx_file,
    pain_file,
)

CODA = [
    "0000001022026005        00099449        ACME SA                   KREDBEBB   00477502574 00000                                       2"[:128].ljust(128),
    "1" + "0001BE68539007547034                  EUR0000000100000000010226ACME SA".ljust(127),
    "2100010000" + "REF".ljust(21) + "0000000000012500010226".ljust(97),
    "8001" + "BE68539007547034".ljust(37) + "0000000112500010226".ljust(87),
    "9" + " " * 15 + "000003000000000000000000000000012500".ljust(112),
]
NORMA43 = [
    "11" + "2100" + "0418" + "4501234567" + "260101" + "260131" + "2" + "00000000100000" + "978" + "3" + "ACME SL".ljust(26) + "   ",
    "22" + "    " + "0418" + "260102" + "260102" + "04" + "007" + "2" + "00000000012500" + "0000000000" + " " * 12 + " " * 16,
    "33" + "2100" + "0418" + "4501234567" + "0000000000000000000000010000000001250020000000011250097  8".ljust(60),
    "88" + "9" * 18 + "000003".ljust(60),
]
CNAB240 = ["341" + batch + kind + "9" * 9 + "X" * 10 + " " * 213 for batch, kind in (("0000", "0"), ("0001", "1"), ("0001", "3"), ("0001", "5"), ("9999", "9"))]
LINES: dict[str, list[str]] = {
    "nacha": ach_file([[AchEntry(cents=12_50), AchEntry(cents=7_00)]]),
    "bai2": bai_file([[BaiAccount(transactions=[BaiTransaction(units=12_50)])]]),
    "mt940": [":20:STARTUMS", ":25:50050050/1234567", ":28C:1/1", ":60F:C260101EUR100,00", ":61:2601020102C12,50NTRFNONREF", ":86:RENT", ":62F:C260102EUR112,50", "-"],
    "mt942": [":20:X", ":25:1/2", ":28C:1", ":34F:EUR0,", ":13D:2401010900+0100"],
    "cnab": ["02RETORNO01COBRANCA".ljust(394) + "000001", "1".ljust(394) + "000002", "9".ljust(394) + "000003"],
    "coda": CODA,
    "norma43": NORMA43,
    "fedwire": ["{1500}30User ReqT ", "{1510}1000", "{1520}20190610Source08000001", "{2000}000001234567", "{3100}121042882Wells"],
    "edifact": ["UNB+UNOA:3+A+B+250322:1230+1'", "UNH+1+PAYMUL:D:96A:UN'", "UNT+2+1'"],
    "qif": ["!Type:Bank", "D01/02/2024", "T-10.00", "^"],
    "ofx": ofx_file([OfxTransaction(12_50)]).splitlines(),
    "camt.053": camt_file([camt_statement([CamtEntry(12_50)])]).splitlines(),
    "pain.001": pain_file([[(12_50, "ACME")]]).splitlines(),
    "cfonb120": ["01" + "30004".ljust(118), "04" + "30004".ljust(118), "07" + "30004".ljust(118)],
    "aba": ["0" + " " * 17 + "01WBC" + " " * 7 + "ACME".ljust(90), "1062-000 12345678 500000012".ljust(120), "7999-999".ljust(120)],
}  # fmt: skip
WITH_LINES = [name for name in LINES if name not in ("cfonb120", "aba")]
"""Those that are told below lines of another kind, too; the others' first lines are too plain for that."""

ENDS: dict[str, Callable[[list[str]], bytes]] = {
    "unix": lambda lines: "".join(line + "\n" for line in lines).encode(),
    "windows": lambda lines: "".join(line + "\r\n" for line in lines).encode(),
    "macintosh": lambda lines: "".join(line + "\r" for line in lines).encode(),
    "doubled": lambda lines: "".join(line + "\r\r\n" for line in lines).encode(),
    "no last end": lambda lines: "\n".join(lines).encode(),
    "marked": lambda lines: b"\xef\xbb\xbf" + "\n".join(lines).encode(),
    "wide": lambda lines: "\n".join(lines).encode("utf-16"),
    "wide unmarked": lambda lines: "\n".join(lines).encode("utf-16-le"),
    "blank lines above": lambda lines: ("\r\n\r\n" + "\r\n".join(lines)).encode(),
    "blanks above": lambda lines: ("  " + "\n".join(lines)).encode(),
    "end of file mark": lambda lines: ("\n".join(lines) + "\n\x1a").encode(),
    "packed": lambda lines: gzip.compress("\n".join(lines).encode()),
}


@pytest.mark.parametrize("form", ENDS)
@pytest.mark.parametrize("name", LINES)
def test_a_bank_s_file_is_named_in_any_form(name: str, form: str) -> None:
    """Line ends, marks, widths of characters, blanks above and containers do not hide what a file is."""
    assert name == detect_bytes(ENDS[form](LINES[name])).format


@pytest.mark.parametrize("name", ["nacha", "cnab", "coda", "norma43"])
def test_and_from_a_mainframe(name: str) -> None:
    """The same in EBCDIC, with line ends."""
    assert name == detect_bytes("\n".join(LINES[name]).encode("cp037")).format


@pytest.mark.parametrize(
    ("name", "lines"), [("nacha", LINES["nacha"]), ("cnab", LINES["cnab"]), ("cnab", CNAB240)], ids=["ACH", "CNAB 400", "CNAB 240"]
)  # fmt: skip
def test_records_without_line_ends_are_told_by_their_size(name: str, lines: list[str]) -> None:
    """Blocked files of mainframes have no line ends."""
    assert name == detect_bytes("".join(lines).encode()).format


@pytest.mark.parametrize("name", WITH_LINES)
def test_lines_of_another_kind_may_stand_above(name: str) -> None:
    """A title above is told, and makes the name less sure."""
    plain = find_name("\n".join(LINES[name]))
    found = find_name("Export of 2026-01-31 for ACME Ltd\n" + "\n".join(LINES[name]))
    assert plain is not None and found is not None
    assert name == found.name
    assert found.confidence <= plain.confidence


def test_many_lines_above_are_another_file() -> None:
    """What stands below a page of text is a part of that text."""
    above = ["a line of text"] * PREAMBLE_LINES_MAX
    named = find_name("\n".join([*above, *LINES["nacha"]]))
    assert named is not None and f"below {PREAMBLE_LINES_MAX} lines" in named.evidence
    assert find_name("\n".join([*above, "one more", *LINES["nacha"]])) is None


@pytest.mark.parametrize(
    ("variant", "root"),
    [
        ("pain.001.001.03", '<Document xmlns="http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd"><CstmrCdtTrfInitn/>'),
        ("pain.001.001.02", '<Document xmlns="urn:sepade:xsd:pain.001.001.02"><pain.001.001.02/>'),
        ("pain.001.001.02", "<Document><pain.001.001.02><GrpHdr/></pain.001.001.02>"),
        ("pain.001.002.02", '<Document xmlns="urn:swift:xsd:$pain.001.002.02">'),
        ("pain.001.001.09", "<ns2:Document xmlns:ns2='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'>"),
        ("pain.001.001.09", '<Envelope xmlns="urn:x"><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"/><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">'),
    ],
    ids=["Swiss", "German", "root alone", "early", "prefix", "envelope"],
)  # fmt: skip
def test_messages_of_any_registry_are_named(variant: str, root: str) -> None:
    """Namespaces of national registries, prefixes and early roots name the same message."""
    named = find_name('<?xml version="1.0"?>\n' + root)
    assert named is not None
    assert ("pain.001", variant) == (named.name, named.variant)


@pytest.mark.parametrize(
    ("name", "tag"),
    [("camt.052", "BkToCstmrAcctRpt"), ("camt.053", "BkToCstmrStmt"), ("camt.054", "BkToCstmrDbtCdtNtfctn"), ("pain.001", "CstmrCdtTrfInitn"), ("pain.002", "CstmrPmtStsRpt"), ("pain.008", "CstmrDrctDbtInitn")],
)  # fmt: skip
def test_messages_without_a_namespace_are_named_by_an_element(name: str, tag: str) -> None:
    """Files that lost their namespace still have the element of the message."""
    named = find_name(f"<Document><{tag}><GrpHdr/></{tag}></Document>")
    assert named is not None and name == named.name


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "101,5,6\n202,7,8\n", "id;ref\n01,2;3\n01,4;5\n", "Report\n5200;1\n6210;2\n", "day\n11 2026\n22 2026\n", "{1100}\nnote\n", "pain.001.001.03 is a message\n", "9" * 400, "x" * 940, "<a><b/></a>"],
    ids=["nothing", "blank", "101", "01", "52", "11", "one tag", "a name", "digits", "tens of 94", "XML"],
)  # fmt: skip
def test_other_texts_have_no_such_name(text: str) -> None:
    """Numbers that look like record types name no format."""
    assert find_name(text) is None


@pytest.mark.parametrize(
    "line",
    [":60F:C170914EUR12345,12", ":62M:D170914EUR0,", ":61:1409010902DR000000000001,62NTRF0000549855700010//025498557/000001", ":61:170914D233,15NMSC", ":61:170914RC1,S103X"],
    ids=["opening", "intermediate", "entry", "short entry", "reversal"],
)  # fmt: skip
def test_a_part_of_a_statement_is_named(line: str) -> None:
    """A balance or an entry is enough, where the lines above are lost."""
    named = find_name(line + "\n:86:RENT\n")
    assert named is not None and "mt940" == named.name


@pytest.mark.parametrize("line", [":60F:yes", ":61:1,2,3", ":62F:C170914 12", "x:60F:C170914EUR12,", ":61:170914D233NMSC"])
def test_what_is_no_part_of_a_statement(line: str) -> None:
    """Tags alone name nothing."""
    assert find_name(line + "\n") is None


RECORDS = [b"\xc1\xc2\xc3\x00\x12\x3c", b"\xd1\xd2" * 10, b"x" * 40, b"\x00\x01\x0c"]


def described(records: list[bytes], kind: str) -> bytes:
    """Records behind their descriptors."""
    if kind == "rdw-little":
        return b"".join(b"\0\0" + len(one).to_bytes(2, "little") + one for one in records)
    own = 4 if kind != "rdw-exclusive" else 0
    made = b"".join((len(one) + own).to_bytes(2, "big") + b"\0\0" + one for one in records)
    return made if kind != "bdw" else ((len(made) + 4).to_bytes(2, "big") + b"\0\0" + made) * 3


@pytest.mark.parametrize("kind", ["rdw", "rdw-exclusive", "rdw-little", "bdw"])
def test_descriptors_tell_a_mainframe_s_records(kind: str) -> None:
    """Lengths that lead from record to record to the very end of the file are no accident."""
    data = described(RECORDS, kind)
    assert kind == framing_of(data)
    assert framing_of(data[:-1]) is None
    assert kind == framing_of(data[:-1], whole=False)


def test_two_records_prove_nothing() -> None:
    """So few descriptors may be an accident."""
    assert framing_of(described(RECORDS[:2], "rdw")) is None
    assert framing_of(b"") is None


def test_ascii_records_with_descriptors_are_recognised() -> None:
    """Records whose text is ASCII, with packed numbers among it."""
    records = [f"C{number:05}ANNA KOWALSKA".encode() + b"\0\0\0\x01\x2c" + b"\0" * 30 for number in range(40)]
    found = detect_bytes(described(records, "rdw-little"))
    assert ("ebcdic_cobol", "rdw-little") == (found.format, found.variant)
    assert any("copybook" in reason for reason in found.evidence)


BATCH = ["5200ACME".ljust(50) + "PPD".ljust(44), "622" + "123456789".ljust(91), "8200".ljust(94)]


def test_a_batch_without_its_file_is_named() -> None:
    """Records of a batch alone, with a service class that ACH knows, three at least and all of them as wide as they must be."""
    named = find_name("\n".join(BATCH))
    assert named is not None and ("nacha", 0.97) == (named.name, named.confidence)
    assert find_name("\n".join(["5999" + BATCH[0][4:], *BATCH[1:]])) is None
    assert find_name("\n".join(BATCH[:2])) is None
    assert find_name("\n".join([*BATCH, "9".ljust(95)])) is None
    assert find_name("\n".join([*BATCH, "2".ljust(94)])) is None
    assert find_name("\n".join([*BATCH[1:], "7".ljust(94)])) is None


def test_records_that_lost_their_last_blanks_are_named() -> None:
    """A header that is none to the letter, and nine records in ten of at least 85 characters."""
    lines = ["101 odd header".ljust(90), *BATCH, *[BATCH[1][:85]] * 6]
    named = find_name("\n".join(lines))
    assert named is not None and 0.98 == named.confidence
    assert find_name("\n".join([*lines[:4], *[BATCH[1][:84]] * 6])) is None


@pytest.mark.parametrize("count", [2, 3])
def test_so_many_records_in_one_line(count: int) -> None:
    """Two records are enough to be cut by their size; blanks behind the last are none of a record, characters are."""
    header = LINES["nacha"][0]
    odd = header[:23] + "x" * 17 + header[40:]
    text = odd + BATCH[0] * (count - 1)
    assert 94 * count == len(text)
    assert find_name(text) is not None
    assert find_name(text + " " * 50) is not None
    assert find_name(text + "x" * 50) is None


ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*BANK           *260401*1200*^*00501*000000001*0*T*:~"


def test_an_interchange_header_has_sixteen_elements() -> None:
    """The mark behind ISA parts them; a letter is none, and a header that is cut short names nothing."""
    named = find_name(ISA + "ST*820*0001~")
    assert named is not None and ("x12", "820") == (named.name, named.variant)
    assert find_name(ISA) is not None
    assert find_name(ISA[:105]) is None
    assert find_name(ISA.replace("*", "A")) is None
    assert find_name("ISA*1*2*3" + "x" * 120) is None


def test_a_transaction_without_its_envelope() -> None:
    """EDIFACT messages may come without UNB; the type stands in their first segment."""
    named = find_name("UNH+1+PAYMUL:D:96A:UN'BGM+452+1'")
    assert named is not None and ("edifact", "PAYMUL") == (named.name, named.variant)


def test_fedwire_needs_three_of_its_tags() -> None:
    """Braces around four digits are not enough."""
    assert find_name("{1500}30 {1510}1000 {1520}2019") is not None
    assert find_name("{1500}30 {1510}1000") is None
    assert find_name("{1500}30 {1111}1000 {2222}2019") is None
    assert find_name("x{1500}30 {1510}1000 {1520}2019") is None
