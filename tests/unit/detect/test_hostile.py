"""Detection of what no sender should send: endless lines, millions of fields, random bytes. An answer each time, and soon."""

from __future__ import annotations

import csv
import gzip
import random
import time

import pytest

from loadstone.detect import text as text_module
from loadstone.detect.charset import WORD_BYTES_MAX, WORDS_MAX, _words
from loadstone.detect.columns import name_columns
from loadstone.detect.file import detect_bytes

MIB = 1 << 20
SECONDS_MAX = 10
"""Of the processor: each takes a few tenths of one; what is quadratic takes minutes."""

HOSTILE = {
    "one letter": b"a" * MIB,
    "one field in quotes": b'a,b\n"' + b"x" * MIB,
    "commas": b"," * (MIB // 4),
    "quotes": b'"' * MIB,
    "NULs": bytes(MIB),
    "brackets": b"[" * MIB,
    "tags": b"<a>" * (MIB // 3),
    "less than": b"<" * MIB,
    "bytes of ones": b"\xff" * (MIB // 4),
    "letters beyond ASCII": b"\xe9" * (MIB // 4),
    "line ends": b"\r\n" * (MIB // 2),
    "blanks": b" " * MIB,
    "digits": b"0123456789" * (MIB // 20),
    "backslashes": b'\\"' * (MIB // 2),
    "an opened quote": b'"a,b\n' + b"1,2\n" * 50_000,
    "an ACH header without an end": b"101" + b" 0123456789" * 90_000,
    "escapes": b"\x1b$B" + b"0!" * (MIB // 2),
    "tildes": b"~{<:~}" * 20_000,
    "X12 without segments": b"ISA*" + b"*" * MIB,
    "tags of Fedwire": b"{1500}{" * 100_000,
    "bytes of a mainframe": b"\x40\xc1" * (MIB // 2),
    "a bomb in a bomb": gzip.compress(gzip.compress(bytes(8 * MIB))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_there_is_an_answer(name: str) -> None:
    """No crash, no endless loop, a confidence between 0 and 1, and the same answer again."""
    began = time.process_time()
    found = detect_bytes(HOSTILE[name])
    assert time.process_time() - began < SECONDS_MAX
    assert 0 <= found.confidence <= 1
    assert found.evidence


@pytest.mark.parametrize("seed", range(30))
def test_random_bytes(seed: int) -> None:
    """Noise of any length, and noise of few different bytes, is answered, and twice alike."""
    dice = random.Random(seed)
    alphabet = dice.choice((bytes(range(256)), b',;"\n\r\\ab1', b"\0\xff\n", bytes(range(128, 256)), b"\x1f\x8b{}[]<>:"))
    data = bytes(dice.choices(alphabet, k=dice.choice((1, 2, 3, 17, 500))))
    one, other = detect_bytes(data), detect_bytes(data)
    one.duration_ms = other.duration_ms = 0.0
    assert one == other


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"PK\x03\x04", b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"x\x9c"])
@pytest.mark.parametrize("rest", [b"", b"\0" * 600, b"noise" * 200], ids=["nothing", "zeros", "noise"])
def test_a_signature_and_nothing_behind_it(magic: bytes, rest: bytes) -> None:
    """The first bytes of a container or an office file, and then no such file."""
    assert 0 <= detect_bytes(magic + rest).confidence <= 1


def test_a_field_longer_than_the_library_s_limit() -> None:
    """A field of a megabyte is a field, whatever limit another part of the process set."""
    csv.field_size_limit(1000)
    rows = "".join(f"{number};{'x' * number}\n" for number in range(20))
    found = detect_bytes((rows + "20;" + "y" * MIB + "\n").encode())
    assert (";", 21, [2, MIB]) == (found.delimiter, found.records, [column.length for column in found.columns])


def test_a_line_of_too_many_fields_is_no_table() -> None:
    """A million fields in a line are told, and not taken apart."""
    found = detect_bytes(b"1,2,3\n" * 100 + b"7," * text_module.FIELDS_MAX + b"\n" + b"8," * MIB)
    assert "text" == found.format
    assert any("more fields in a line than a table has columns" in reason for reason in found.evidence)


def test_long_lines_of_few_fields_are_a_table() -> None:
    """Only the number of fields counts, not the length of the line."""
    rows = b"".join(b"%d;%d;EUR\n" % (number, number * 7919) for number in range(20))
    found = detect_bytes(rows + b"20;" + b"9" * (MIB + 9) + b";USD\n")
    assert ("csv", ";", 21) == (found.format, found.delimiter, found.records)


def test_fields_of_many_lines_are_not_added_up() -> None:
    """Fields are counted by line."""
    line = "1," * 200_000 + "x" * MIB + "\n"
    assert not text_module._is_too_wide(line * 5, ",")
    assert text_module._is_too_wide(line.replace("\n", "") * 5, ",")
    assert not text_module._is_too_wide(line * 5, "")


def test_names_of_many_columns_are_each_there_once() -> None:
    """A name that comes again gets its number, and another if that is taken, too."""
    assert ["a", "a_2", "a_2_3", "column_4"] == name_columns(["a", "a", "a_2", " "], 4)
    assert 30_000 == len(set(name_columns(["x"] * 30_000, 30_000)))
    assert ["column_1", "column_2"] == name_columns(None, 2)


def test_words_are_looked_at_in_part() -> None:
    """A word of a megabyte says no more than its beginning does, and many words no more than the first."""
    assert len(_words(b"\xe9" * MIB)) <= WORD_BYTES_MAX + 2
    assert WORDS_MAX == len(_words(b"\xe9t\xe9 " * (2 * WORDS_MAX)).split(b"\n"))
