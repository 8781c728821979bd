"""Copybooks: what they declare, how their records are told apart, and each kind of value."""

from __future__ import annotations

import io
from decimal import Decimal

import ebcdic  # noqa: F401  # the code pages that Python lacks
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile, FixSpec
from loadstone.formats.readers.copybook import CopybookReader, parse_copybook
from loadstone.formats.readers.copybook.items import picture_of
from loadstone.formats.readers.copybook.layout import Choice, Layout

BOOK = """
      * a comment, and a sequence of cards                              IGNORED
       01  PAYMENT.
           05  KIND              PIC X.
           05  ID-NO             PIC 9(4) COMP.
           05  AMOUNT            PIC S9(5)V99 COMP-3.
           05  FEE               PIC S9(3)V9.
           05  FILLER            PIC X(2).
           88  IS-OPEN           VALUE 'O' 'P'.
           05  NAME              PIC X(6) VALUE IS "A. B".
           05  RATE              PIC SV9(4) SIGN IS LEADING
                                 SEPARATE CHARACTER.
"""


def read(raw: bytes, copybook: str = BOOK, **how: object) -> CopybookReader:
    """A reader of bytes."""
    return CopybookReader(io.BytesIO(raw), name="pay.dat", copybook=copybook, **how)  # type: ignore[arg-type]


def packed(number: int, size: int) -> bytes:
    """A packed number."""
    return bytes.fromhex(f"{abs(number):0{2 * size - 1}}{'D' if number < 0 else 'C'}")


def zoned(number: int, digits: int) -> bytes:
    """A zoned number with its sign over the last digit, the same bytes in every EBCDIC page."""
    raw = bytes(0xF0 + int(digit) for digit in f"{abs(number):0{digits}}")
    return raw[:-1] + bytes([raw[-1] - (0x20 if number < 0 else 0x30)])


def payment(number: int, cents: int, fee: int, name: str, rate: int, codec: str = "cp037") -> bytes:
    """A record of BOOK."""
    return (
        "P".encode(codec) + number.to_bytes(2, "big") + packed(cents, 4) + zoned(fee, 4) + b"\0\0"
        + f"{name:<6}".encode(codec) + f"{'-' if rate < 0 else '+'}{abs(rate):04}".encode(codec)
    )  # fmt: skip


PAYMENTS = st.tuples(
    st.integers(0, 9999), st.integers(-9999999, 9999999), st.integers(-9999, 9999), st.text("ABé ", max_size=6), st.integers(-9999, 9999)
)  # fmt: skip


@given(st.lists(PAYMENTS, max_size=5), st.sampled_from(["fixed", "rdw", "rdw-exclusive", "rdw-little", "bdw"]), st.sampled_from(["cp037", "cp500", "cp273", "cp1047", "cp1140"]))  # fmt: skip
def test_what_was_written_is_read(
    payments: list[tuple[int, int, int, str, int]], framing: str, codec: str
) -> None:
    """Text, zoned, packed and binary numbers come back exact, in every code page and framing."""
    records = [payment(*one, codec=codec) for one in payments]
    rows = list(read(framed(records, framing), encoding=codec, framing=framing))
    assert [None] * len(payments) == [row.fault for row in rows]
    assert [
        ("P", Decimal(number), Decimal(cents).scaleb(-2), Decimal(fee).scaleb(-1), name.rstrip() or None, Decimal(rate).scaleb(-4))
        for number, cents, fee, name, rate in payments
    ] == [
        (kind, Decimal(number or "NaN"), Decimal(amount or "NaN"), Decimal(fee or "NaN"), name, Decimal(rate or "NaN"))
        for kind, number, amount, fee, name, rate in (row.values for row in rows)
    ]  # fmt: skip


def framed(records: list[bytes], framing: str) -> bytes:
    """Records as a file."""
    if framing == "fixed":
        return b"".join(records)
    if framing == "rdw-little":
        return b"".join(b"\0\0" + len(one).to_bytes(2, "little") + one for one in records)
    more = 0 if framing == "rdw-exclusive" else 4
    words = [(len(one) + more).to_bytes(2, "big") + b"\0\0" + one for one in records]
    if framing == "bdw":
        return b"".join((len(one) + 4).to_bytes(2, "big") + b"\0\0" + one for one in words)
    return b"".join(words)


def test_columns_have_the_names_of_items() -> None:
    """In snake case, without FILLER and conditions."""
    assert ("kind", "id_no", "amount", "fee", "name", "rate") == read(b"").columns


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X(10)", (False, 10, 0, 0, False)), ("S9(7)V99", (True, 9, 9, 2, True)), ("9", (True, 1, 1, 0, False)),
        ("SPP99", (True, 2, 2, 4, True)), ("9(3)PP", (True, 3, 3, -2, False)), ("VPP9", (True, 1, 1, 3, False)),
        ("ZZ9.99-", (False, 7, 0, 0, False)), ("9(6).99CR", (False, 11, 0, 0, False)), ("A(3)X", (False, 4, 0, 0, False)),
    ],
    ids=["text", "decimal", "digit", "leading P", "trailing P", "VP", "edited", "credit", "letters"],
)  # fmt: skip
def test_pictures(text: str, expected: tuple[bool, int, int, int, bool]) -> None:
    """Numeric or not, characters, digits, scale and sign."""
    found = picture_of(text)
    assert found is not None
    assert expected == (found.numeric, found.size, found.digits, found.scale, found.signed)


@pytest.mark.parametrize(
    ("clause", "raw", "expected"),
    [
        ("PIC S9(3) COMP-3", "123D", "-123"), ("PIC 9(3) COMP-3", "123F", "123"), ("PIC S9(4) COMP", "FFFE", "-2"),
        ("PIC 9(4) COMP", "FFFE", "65534"), ("PIC S9(9)V99 BINARY", "0000000000000101", "2.57"), ("PIC 9(18) COMP-5", "0000000000000007", "7"),
        ("PIC 9(20) COMP", "00000000000000000000000000000007", "7"), ("PIC 9(4) COMP-6", "1234", "1234"),
        ("PIC S9(3)", "F1F2D3", "-123"), ("PIC S9(3) LEADING", "D1F2F3", "-123"), ("PIC S9(2) TRAILING SEPARATE", "F1F260", "-12"),
        ("PIC S9(2)PP", "F1C2", "1200"), ("PIC SPP9(2)", "F1C2", "0.0012"), ("PIC 9(3)", "404040", None), ("PIC 9(3)", "000000", None),
        ("COMP-1", "42640000", "100"), ("COMP-1", "C1180000", "-1.5"), ("COMP-2", "4019999999999999", "0.09999999999999999167332731531132594682276248931884765625"),
        ("COMP-1", "00000000", "0"), ("PIC N(2)", "00410042", "AB"), ("PIC X(3)", "C14000", "A"),
    ],
    ids=lambda value: str(value) if value is not None else "null",
)  # fmt: skip
def test_values(clause: str, raw: str, expected: str | None) -> None:
    """Each usage, sign and scale, exact; characters without blanks and NULs at their end."""
    (row,) = list(read(bytes.fromhex(raw), f"01 F {clause}."))
    assert (None, (expected,)) == (row.fault, row.values)


@pytest.mark.parametrize(
    ("clause", "raw", "fault"),
    [
        ("PIC S9(3) COMP-3", "1230", "F: x'1230' has no sign of a packed number"),
        ("PIC S9(3) COMP-3", "1A3C", "F: x'1A3C' is no packed number"),
        ("PIC 9(4) COMP-6", "12A4", "F: x'12A4' is no packed number"),
        ("PIC 9(3)", "F1C1F2", "F: x'F1C1F2' is no zoned number"),
        ("PIC 9(3)", "F1F2D3", "F: x'F1F2D3' has a sign, and its PICTURE none"),
        ("PIC S9 LEADING SEPARATE", "C1F1", "F: x'C1F1' has no sign"),
    ],
    ids=["no sign", "no digit", "unsigned", "zone", "sign", "separate"],
)
def test_a_malformed_field_makes_one_bad_row(clause: str, raw: str, fault: str) -> None:
    """The record is refused with its number and bytes; the one behind it is read."""
    copybook = f"01 R.\n 05 F {clause}.\n 05 G PIC X.\n"
    good = {"PIC S9(3) COMP-3": "123C", "PIC 9(4) COMP-6": "1234", "PIC S9 LEADING SEPARATE": "4EF1"}
    raws = [raw + "40", good.get(clause, "F1F2F3") + "40"]
    bad, fine = list(read(bytes.fromhex("".join(raws)), copybook))
    assert (fault, "record 1", (raws[0],)) == (bad.fault, bad.origin, bad.values)
    assert fine.fault is None


ARRAY = """
       01 R.
          05 N PIC 9.
          05 T OCCURS 0 TO 3 TIMES DEPENDING ON N INDEXED BY I.
             10 A PIC X.
             10 B PIC 9 OCCURS 2.
          05 Z PIC X(2).
"""


def test_arrays_take_as_much_as_their_count_says() -> None:
    """What follows them moves; elements that are not there are NULL; a count beyond the bounds is a bad row."""
    records = [text.encode("cp037") for text in ("0ZZ", "2a12b34ZY", "4a12")]
    reader = read(framed(records, "rdw"), ARRAY, framing="rdw")
    rows = list(reader)
    assert ("n", "a_1", "b_1_1", "b_2_1", "a_2", "b_1_2", "b_2_2", "a_3", "b_1_3", "b_2_3", "z") == reader.columns
    assert ("0", *[None] * 9, "ZZ") == rows[0].values
    assert ("2", "a", "1", "2", "b", "3", "4", None, None, None, "ZY") == rows[1].values
    assert "N is 4, and T has 0 to 3 elements" == rows[2].fault


VIEWS = """
       01 R.
          05 KIND PIC X.
          05 COMPANY.
             10 NAME PIC X(4).
             10 TAX  PIC 9(2).
          05 CONTACT REDEFINES COMPANY.
             10 PHONE PIC X(6).
          05 TAIL-END PIC X.
"""


def test_a_view_is_taken_where_its_condition_holds() -> None:
    """Of bytes with several views the first is taken unless another one's condition holds; columns of the others are NULL."""
    raw = "CACME12.P555-12.".encode("cp037")
    rows = [row.values for row in read(raw, VIEWS, choices={"CONTACT": Choice("KIND", frozenset({"P"}))})]
    assert [("C", "ACME", "12", None, "."), ("P", None, None, "555-12", ".")] == rows
    assert ("kind", "name", "tax", "tail_end") == read(raw, VIEWS).columns


def test_records_of_several_types_are_chosen() -> None:
    """Each record of level 01 has its condition; the first is what is left."""
    book = "01 HEAD.\n 05 T PIC X.\n 05 DAY-NO PIC 9(3).\n01 BODY.\n 05 U PIC X.\n 05 TEXT-3 PIC X(3).\n"
    rows = list(read("H001Babc".encode("cp037"), book, choices={"BODY": Choice("U", frozenset({"B"}))}))
    assert [("H", "001", None, None), (None, None, "B", "abc")] == [
        tuple(value.zfill(3) if value == "1" else value for value in row.values) for row in rows
    ]


@pytest.mark.parametrize(
    ("copybook", "fact"),
    [
        ("01 A PIC Q.", "PICTURE 'Q' is not known"),
        ("01 A.", "neither a PICTURE nor items"),
        ("A PIC X.", "expected a level number"),
        ("", "declares nothing"),
        ("01 A PIC X COMP-7.", "is no clause"),
        ("01 A PIC X(3) COMP.", "is no number"),
        ("01 A USAGE IS WORD PIC X.", "USAGE 'WORD' is not known"),
        ("01 A PIC X OCCURS MANY.", "is no number up to"),
        ("01 A PIC S9 SIGN LEFT.", "neither LEADING nor TRAILING"),
        ("01 R.\n 05 A PIC X.\n 05 B REDEFINES C PIC X.", "does not stand before it"),
        ("01 R.\n 05 N PIC 9.\n 05 B PIC X OCCURS 2 DEPENDING ON", "DEPENDING ON names no item"),
        ("01 R.\n 05 B PIC X OCCURS 2 DEPENDING ON N.\n 05 N PIC 9.", "does not stand before it"),
        ("01 A PIC X.\n 05 B PIC X.", "has a PICTURE and items below it"),
        ("01 R.\n 05 A PIC X.\n 05 B PIC 9(4) COMP SYNC.", "write the bytes that align it"),
        ("01 R.\n 05 B PIC X(99999) OCCURS 99999.", "is longer than"),
    ],
    ids=[
        "picture", "bare", "level", "empty", "clause", "number", "usage", "occurs", "sign", "redefines", "depends", "depending", "items", "sync", "size",
    ],
)  # fmt: skip
def test_copybooks_that_cannot_be_read_are_refused(copybook: str, fact: str) -> None:
    """LS-1120 with the line and what is wrong."""
    with pytest.raises(FixSpec, match=fact) as caught:
        parse_copybook(copybook)
    assert "LS-1120" == caught.value.code
    assert caught.value.place.line


def test_conditions_must_fit_the_copybook() -> None:
    """LS-1121 for names that it does not have, and for fields behind their view."""
    records = parse_copybook(VIEWS)
    with pytest.raises(FixSpec, match="LS-1121"):
        Layout(records, {"NOBODY": Choice("KIND", frozenset("P"))})
    with pytest.raises(FixSpec, match="LS-1121"):
        list(read(b"\x40" * 8, VIEWS, choices={"CONTACT": Choice("TAIL-END", frozenset("P"))}))
    with pytest.raises(FixSpec, match="LS-1121"):
        Layout(parse_copybook("01 R.\n 05 A OCCURS 20000 PIC X."))


def test_cards_and_free_lines_are_read_alike() -> None:
    """Columns 1 to 6 and from 73 of cards do not count; free lines have comments behind *>."""
    cards = "000100 01  R.                                                           THIS\n000200     05  A PIC X(2).\n"
    free = "01 R. *> the record\n05 A PIC X(2).\n"
    assert [("a",), ("a",)] == [read(b"", text).columns for text in (cards, free)]


@pytest.mark.parametrize(
    ("raw", "framing", "code"),
    [
        (b"\x40" * 30, "fixed", "LS-2051"), (b"\x00\x09\x00\x00ab", "rdw", "LS-2051"), (b"\x00\x02\x00\x00", "rdw", "LS-2052"),
        (b"\x00\x09\x00\x01abcde", "rdw", "LS-2052"), (b"\x00\x06\x00\x00\x00\x05", "bdw", "LS-2052"),
        (b"\x00\x0a\x00\x00\x00\x09\x00\x00abcde", "bdw", "LS-2052"), (b"\x00\x09\x00", "rdw", "LS-2051"),
    ],
    ids=["fixed", "record", "length", "spanned", "block", "beyond its block", "word"],
)  # fmt: skip
def test_files_that_end_or_go_wrong_have_their_codes(raw: bytes, framing: str, code: str) -> None:
    """A record cut off, and descriptors that cannot be."""
    with pytest.raises(FixFile) as caught:
        list(read(raw, framing=framing))
    assert code == caught.value.code


@pytest.mark.parametrize(
    ("raw", "expected"), [(b"12}", "-120"), (b"12A", "121"), (b"12p", "-120"), (b"123", "123"), (b"   ", None)],
    ids=["translated minus", "translated plus", "compiler's minus", "no sign", "blank"],
)  # fmt: skip
def test_zoned_numbers_in_ascii(raw: bytes, expected: str | None) -> None:
    """Files that were translated keep letters over their last digit; compilers of small machines have their own."""
    assert [(expected,)] == [row.values for row in read(raw, "01 F PIC S9(3).", encoding="ascii")]


def test_headers_are_skipped_and_lines_are_records() -> None:
    """Bytes before the first record do not count; ASCII records may be lines; a short one has NULL behind its end."""
    book = "01 R.\n 05 A PIC X(2).\n 05 B PIC 9(2).\n"
    assert [("ab", "12")] == [row.values for row in read(b"HEADERab12", book, skip_bytes=6, encoding="ascii")]
    rows = list(read(b"ab12\r\ncd\ncd1\n", book, framing="lines", encoding="ascii"))
    assert [("ab", "12"), ("cd", None)] == [row.values for row in rows[:2]]
    assert "B: the record ends within it" == rows[2].fault


@given(st.binary(max_size=120), st.sampled_from(["fixed", "rdw", "rdw-little", "bdw"]))
def test_any_bytes_end_in_rows_or_an_error(raw: bytes, framing: str) -> None:
    """Rows, bad rows or an error of the catalogue, never anything else."""
    try:
        list(read(raw, ARRAY, framing=framing))
    except FixFile as error:
        assert error.code in ("LS-2051", "LS-2052")


@given(st.text("01 AB.PICX9()V-\nOCURS", max_size=60))
def test_any_text_is_a_copybook_or_refused(text: str) -> None:
    """The parser ends with items or LS-1120."""
    try:
        parse_copybook(text)
    except FixSpec as error:
        assert "LS-1120" == error.code


@pytest.mark.parametrize(
    ("clause", "raw", "expected"),
    [
        ("COMP-1", "0000C842", "100"), ("COMP-1", "0000C0BF", "-1.5"), ("COMP-1", "00000000", "0"), ("COMP-1", "00000080", "0"),
        ("COMP-1", "CDCCCC3D", "0.100000001490116119384765625"), ("COMP-2", "000000000000F83F", "1.5"),
        ("COMP-2", "0000000000405DC0", "-117"), ("PIC S9(4) COMP", "FEFF", "-2"), ("PIC 9(9) COMP-5", "01000000", "1"),
        ("PIC S9(3) COMP-3", "123D", "-123"),
    ],
    ids=["hundred", "minus", "zero", "minus zero", "tenth", "double", "double minus", "binary", "unsigned", "packed"],
)  # fmt: skip
def test_values_of_small_machines(clause: str, raw: str, expected: str) -> None:
    """With the lowest byte first, floating point is that of IEEE 754; packed numbers have no order of bytes."""
    (row,) = list(read(bytes.fromhex(raw), f"01 F {clause}.", little_endian=True))
    assert (None, (expected,)) == (row.fault, row.values)


@pytest.mark.parametrize("raw", ["0000807F", "000080FF", "0000C07F"], ids=["infinite", "below", "none"])
def test_floats_that_are_no_number_are_refused(raw: str) -> None:
    """Infinity and NaN are no value of a column."""
    (row,) = list(read(bytes.fromhex(raw), "01 F COMP-1.", little_endian=True))
    assert f"F: x'{raw}' is no number" == row.fault


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("42640000", "100"), ("C276A000", "-118.625"), ("40800000", "0.5"), ("41100000", "1"), ("3F100000", "0.00390625"),
        ("C1100000", "-1"), ("7FFFFFFF", str(int("FFFFFF", 16) * 16**57)),
    ],
    ids=["hundred", "manual", "half", "one", "small", "minus one", "largest"],
)  # fmt: skip
def test_floats_of_mainframes_are_exact(raw: str, expected: str) -> None:
    """A sign, an exponent of 16 that counts from 64, and a fraction: the largest has 76 digits."""
    assert [(expected,)] == [row.values for row in read(bytes.fromhex(raw), "01 F COMP-1.")]


@pytest.mark.parametrize(
    ("digits", "usage", "size"),
    [
        (1, "COMP", 2), (4, "COMP", 2), (5, "COMP", 4), (9, "COMP", 4), (10, "COMP", 8), (18, "COMP", 8), (19, "COMP", 16),
        (1, "COMP-3", 1), (2, "COMP-3", 2), (3, "COMP-3", 2), (4, "COMP-3", 3), (7, "COMP-3", 4), (18, "COMP-3", 10),
        (1, "COMP-6", 1), (2, "COMP-6", 1), (3, "COMP-6", 2), (5, "DISPLAY", 5), (5, "PACKED-DECIMAL", 3), (5, "COMP-4", 4),
    ],
    ids=str,
)  # fmt: skip
def test_numbers_take_as_many_bytes_as_their_usage_says(digits: int, usage: str, size: int) -> None:
    """Binary ones 2, 4, 8 or 16; packed ones half a byte a digit and one for the sign."""
    (record,) = parse_copybook(f"01 R.\n 05 F PIC S9({digits}) {usage}.")
    assert (size, size) == (record.size, record.children[0].size)


@pytest.mark.parametrize(
    ("clause", "size"),
    [
        ("PIC X(10)", 10), ("PIC XXX", 3), ("PIC A(2)X9", 4), ("PIC S9(5)V99", 7), ("PIC S9(3) SIGN TRAILING SEPARATE", 4),
        ("PIC 9(3) SIGN IS LEADING SEPARATE CHARACTER", 4), ("PIC ZZ,ZZ9.99-", 10), ("PIC $$$9.99CR", 9), ("PIC N(4)", 8),
        ("PIC 9(2)P(3)", 2), ("COMP-1", 4), ("COMP-2", 8), ("PIC X(3) OCCURS 4 TIMES", 12), ("PIC 9(3) COMP-3 OCCURS 2", 4),
        ("PIC X VALUE 'A. B'", 1), ("PIC X(2) JUSTIFIED RIGHT", 2), ("PIC 9(4) BLANK WHEN ZERO", 4),
    ],
    ids=str,
)  # fmt: skip
def test_items_take_as_many_bytes_as_they_declare(clause: str, size: int) -> None:
    """V and P take none, CR and DB two, a separate sign one, national characters two each."""
    (record,) = parse_copybook(f"01 R.\n 05 F {clause}.\n 05 G PIC X.")
    assert size == record.children[0].size
    assert size + 1 == record.size


def test_a_count_may_be_named_with_its_group() -> None:
    """DEPENDING ON N OF HEAD is N."""
    book = "01 R.\n 05 HEAD.\n 10 N PIC 9.\n 05 T OCCURS 0 TO 2 DEPENDING ON N OF HEAD IN R INDEXED BY I PIC X.\n"
    rows = list(read(framed([b"\xf1\x81", b"\xf2\x81\x82"], "rdw"), book, framing="rdw"))
    assert [("1", "a", None), ("2", "a", "b")] == [row.values for row in rows]


@pytest.mark.parametrize(
    ("sign", "raw", "expected"),
    [
        (None, "F1F2C3", "123"), (None, "F1F2F3", "123"), (None, "F1F2A3", "123"), (None, "F1F2E3", "123"), (None, "F1F2D3", "-123"),
        (None, "F1F2B3", "-123"), (None, "F0F0D0", "0"), ("LEADING", "C1F2F3", "123"), ("LEADING", "D1F2F3", "-123"),
        ("TRAILING SEPARATE", "F1F2F34E", "123"), ("TRAILING SEPARATE", "F1F2F360", "-123"), ("TRAILING SEPARATE", "F1F2F340", "123"),
        ("LEADING SEPARATE", "4EF1F2F3", "123"), ("LEADING SEPARATE", "60F1F2F3", "-123"),
    ],
    ids=str,
)  # fmt: skip
def test_signs_of_zoned_numbers(sign: str | None, raw: str, expected: str) -> None:
    """Every plus and minus that the machine takes, over a digit or in a byte of its own."""
    clause = f" SIGN IS {sign}" if sign else ""
    assert [(expected,)] == [row.values for row in read(bytes.fromhex(raw), f"01 F PIC S9(3){clause}.")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("123C", "123"), ("123F", "123"), ("123A", "123"), ("123E", "123"), ("123D", "-123"), ("123B", "-123"), ("000D", "0"),
        ("999C", "999"),
    ],
    ids=str,
)  # fmt: skip
def test_signs_of_packed_numbers(raw: str, expected: str) -> None:
    """A, C, E and F are a plus, B and D a minus; a zero has none."""
    assert [(expected,)] == [row.values for row in read(bytes.fromhex(raw), "01 F PIC S9(3) COMP-3.")]
