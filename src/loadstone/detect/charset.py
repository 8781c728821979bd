"""
Which character set a file is written in: structure first (marks, NULs, valid UTF-8, EBCDIC), then code pages by the words they give.

A library's statistics are good on prose and weak on files of banks, where three accents stand among thousands of digits. So each
code page that fits is asked for its words: are the letters of one script and case, do they belong to a language that the page was made
for, are they words that files of banks hold? The library's opinion is one vote.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

import chardet

from .alphabets import CJK, CODE_PAGES, RARE_PAGES
from .mainframe import rank_mainframe
from .parting import PARTING, parting_bytes
from .plausible import east_asian, plausibility

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SAMPLE_BYTES = 256 * 1024
_EBCDIC_TEXT = frozenset(
    [
        0x40,
        0x15,
        0x25,
        0x0D,
        0x05,
        *range(0xF0, 0xFA),
        *range(0xC1, 0xCA),
        *range(0xD1, 0xDA),
        *range(0xE2, 0xEA),
    ]
    + [
        0x4B,
        0x6B,
        0x5E,
        0x4D,
        0x5D,
        0x60,
        0x61,
        0x6D,
        0x7A,
        0x7D,
        0x7E,
        0x7F,
        0x4E,
        0x50,
        0x5C,
        0x6C,
        0x7B,
        0x4F,
    ]
    + [*range(0x81, 0x8A), *range(0x91, 0x9A), *range(0xA2, 0xAA)]
)
_NO_LEADS = bytes(range(0xC0))
"""Bytes that begin no character beyond ASCII in UTF-8."""

WORDS_MAX, WORD_BYTES_MAX = 2400, 200
"""Words with letters beyond ASCII that are looked at, and so much of each."""


_BEYOND = re.compile(rb"[\x80-\xff]")
SELDOM = 0.08
"""What a code page loses that files are seldom written in."""


@dataclass(frozen=True)
class Charset:
    """A character set by Python's name, how sure, 0 to 1, and why; ``others`` come next, with their confidence."""

    name: str
    confidence: float
    evidence: str
    others: tuple[tuple[str, float], ...] = ()


def find_charset(data: bytes, *, whole: bool = True) -> Charset:
    """The character set of bytes; ``whole`` says that they are the whole file and not its first part."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Charset(name, 1.0, f"the file begins with the byte order mark of {name}")
    found = _wide(data) or _seven_bits(data) or _utf8(data, whole=whole) or _ebcdic(data)
    return found or _code_page(data)


# Private functions


def _wide(data: bytes) -> Charset | None:
    """UTF-16 or UTF-32 without a mark, by where the NULs stand."""
    sample = data[:4096]
    if sample.count(0) < max(1, len(sample) // 5) or len(sample) < 4:
        return None
    pairs = len(sample) // 2
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if min(even, odd) > pairs // 3:
        first = "utf-32-be" if sample[0] == 0 else "utf-32-le"
        names = (first,)
    else:
        names = ("utf-16-le",) if odd > even else ("utf-16-be",)
    for name in names:
        try:
            text = data[: len(data) // 4 * 4].decode(name)
        except UnicodeDecodeError:
            continue
        if sum(c.isprintable() or c in "\r\n\t\x01\x1f" for c in text[:1000]) > 0.9 * len(text[:1000]):
            return Charset(name, 0.97, f"every other byte is NUL, as in {name} of Latin text")
    return None


def _seven_bits(data: bytes) -> Charset | None:
    if not data.isascii():
        return None
    if b"\x1b" in data and (b"\x1b$" in data or b"\x1b(" in data):
        for name in ("iso2022_jp", "iso2022_kr"):
            try:
                data.decode(name)
            except UnicodeDecodeError:
                continue
            return Charset(name, 0.97, f"escape sequences of {name}")
    if b"~" in data and b"~{" in data and b"~}" in data:
        try:
            if not data.decode("hz").isascii():
                return Charset("hz", 0.8, "its ~{ ... ~} hold Chinese characters of HZ")
        except UnicodeDecodeError:
            pass
    if _looks_ebcdic(data):
        return None
    return Charset("ascii", 1.0, "every byte is below 128")


def _utf8(data: bytes, *, whole: bool) -> Charset | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=whole)
    except UnicodeDecodeError:
        return None
    beyond = len(data.translate(None, _NO_LEADS))
    if beyond < 3 and _looks_ebcdic(data):
        return None
    return Charset(
        "utf-8",
        0.999 if beyond > 1 else 0.985,
        f"all bytes are valid UTF-8, with {beyond:,} characters beyond ASCII",
    )


_EBCDIC_RUN = re.compile(
    rb"[\x40\x4b\x4d\x5d\x60\x61\x6b\x81-\x89\x91-\x99\xa2-\xa9\xc1-\xc9\xd1-\xd9\xe2-\xe9\xf0-\xf9]{4,}"
)
_EBCDIC_NUMBER = re.compile(rb"[\xf0-\xf9]{3}|\x40")
_EBCDIC_SIGN = re.compile(rb"[\x81-\x89\x91-\x99\xa2-\xa9\xc1-\xc9\xd1-\xd9\xe2-\xe9\xf0-\xf9]")
_ASCII_SIGN = re.compile(rb"[\n\x20-\x24\x26-\x3f]")
_ASCII_RUN = re.compile(rb"[\x20-\x7e]{4,}")


def _looks_ebcdic(data: bytes) -> bool:
    """By the first part or, where pictures follow the records, by its beginning."""
    return any(_is_ebcdic(data[:size]) for size in (16384, 1024))


def _is_ebcdic(sample: bytes) -> bool:
    if not sample:
        return False
    if (
        sample.count(0x40) >= 0.08 * len(sample)
        and len(sample.translate(None, b"0123456789")) > 0.95 * len(sample)
        and not sample.count(0x20)
        and not sample.count(0x0A)
    ):
        return True  # text of any script: blanks are 0x40, and none is 0x20
    if (
        (0x15 in sample or 0x25 in sample)
        and not _ASCII_SIGN.search(sample)
        and len(_EBCDIC_SIGN.findall(sample)) >= max(12, 0.5 * len(sample))
    ):
        return True  # names only, perhaps, and no blank
    runs = [run for run in _EBCDIC_RUN.findall(sample) if len(set(run)) > 1]
    theirs = sum(len(run) for run in runs)
    ours = sum(len(run) for run in _ASCII_RUN.findall(sample) if len(set(run)) > 1)
    mixed = sum(any(byte > 0x80 for byte in run) for run in runs)
    if b"\0" in sample[:8192] or not sample.count(0x20):
        if theirs < 0.12 * len(sample) or theirs <= 2 * ours or mixed < 3:
            return False
        ends = sample.count(0x15) + sample.count(0x25)
        return bool(_EBCDIC_NUMBER.search(sample)) or theirs > 0.3 * len(sample) and ends > sample.count(0x0A)
    if ours > 0.3 * len(sample):
        return False
    text = sum(byte in _EBCDIC_TEXT for byte in sample)
    digits_blanks = sum(byte == 0x40 or 0xF0 <= byte <= 0xF9 for byte in sample)
    return (
        text >= 0.7 * len(sample)
        and digits_blanks >= 0.12 * len(sample)
        or digits_blanks >= 0.5 * len(sample)
    )


def _ebcdic(data: bytes) -> Charset | None:
    if not _looks_ebcdic(data):
        return None
    import ebcdic  # noqa: F401 - registers the code pages that Python lacks

    scored = rank_mainframe(data[:EAST_BYTES])
    if not scored:
        return None
    best, name = scored[0]
    others = tuple((other, max(0.05, 0.4 - (best - score))) for score, other in scored[1:4])
    return Charset(name, 0.9, "blanks are 0x40 and digits 0xF0 to 0xF9, as on mainframes", others)


def _decode(data: bytes, name: str) -> str:
    try:
        return data[:_SAMPLE_BYTES].decode(name)
    except (UnicodeDecodeError, LookupError):
        return ""


def _code_page(data: bytes) -> Charset:
    """A code page that keeps ASCII, or a multi-byte set."""
    sample = _telling(data)
    votes = _votes(sample)
    scored: list[tuple[float, str]] = []
    mark = parting_bytes(sample)[:1]
    words = _words(sample.replace(mark, b" ") if mark else sample)
    for order, (name, languages) in enumerate(CODE_PAGES.items()):
        text = _decode(words, name) or (" " if mark and not words else "")
        if text:
            parted = PARTED * bool(mark and _decode(mark, name) in PARTING)
            vote = VOTE * votes.get(_canonical(name), 0.0)
            rare = SELDOM * (name in RARE_PAGES) + 0.002 * order
            scored.append((plausibility(text, languages) + parted + vote - rare, name))
    for name, language in CJK.items():
        text = _multi_byte(sample[:EAST_BYTES], name)
        if text:
            scored.append((east_asian(text, language) + VOTE * votes.get(_canonical(name), 0.0), name))
    if not scored:
        return Charset(
            "cp1252",
            0.2,
            "no character set that we know fits all bytes; read as cp1252, with marks for what it lacks",
        )
    scored.sort(reverse=True)
    best, name = scored[0]
    mine = _decode(words, name)
    different = [(score, other) for score, other in scored[1:] if _decode(words, other) != mine]
    margin = best - different[0][0] if different else 1.0
    confidence = max(0.3, min(0.995, 0.62 + 0.7 * margin))
    beyond = sum(byte >= 128 for byte in sample)
    others = tuple(
        (other, round(max(0.02, (1 - confidence) / (2 + number)), 3))
        for number, (_, other) in enumerate(different[:2])
    )
    return Charset(
        name, confidence, f"{beyond:,} bytes beyond ASCII give the likeliest words as {name}", others
    )


EAST_BYTES = 48 * 1024
"""How much is read as Japanese, Chinese or Korean."""

VOTE = 0.6
"""What the library's favourite gains, beside a plausibility between about -3 and 1.5."""


PARTED = 1.0
"""What a code page gains in which the byte that parts the fields is a mark that fields are parted by."""


def _telling(data: bytes) -> bytes:
    """The first part of the data that holds bytes beyond ASCII, from the line on in which the first of them stands."""
    first = _BEYOND.search(data)
    if first is None or first.start() < _SAMPLE_BYTES // 4:
        return data[:_SAMPLE_BYTES]
    start = data.rfind(b"\n", max(0, first.start() - _SAMPLE_BYTES // 4), first.start()) + 1
    return data[start : start + _SAMPLE_BYTES]


def _words(data: bytes) -> bytes:
    """The words with bytes beyond ASCII, each with the byte before and behind it, a line each."""
    found: list[bytes] = []
    for one in re.finditer(rb"[A-Za-z\x80-\xff]+", data):
        if not one[0].isascii():
            end = min(one.end() + 2, one.start() + WORD_BYTES_MAX)
            found.append(data[max(0, one.start() - 2) : end].replace(b"\n", b" "))
            if len(found) >= WORDS_MAX:
                break
    return b"\n".join(found)


def _votes(data: bytes) -> dict[str, float]:
    """The library's opinion: its favourite has 1."""
    try:
        found = chardet.detect_all(data, ignore_threshold=True, max_bytes=64_000)
    except Exception:
        return {}
    top = max((one["confidence"] or 0.0 for one in found), default=0.0) or 1.0
    return {
        _canonical(str(one["encoding"])): (one["confidence"] or 0.0) / top
        for one in reversed(found)
        if one["encoding"]
    }


@lru_cache(maxsize=512)
def _canonical(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name.lower()


def _multi_byte(data: bytes, name: str) -> str:
    """The text, where all bytes are valid; a character cut at the sample's end is left out."""
    try:
        return codecs.getincrementaldecoder(name)().decode(data)
    except (UnicodeDecodeError, LookupError):
        return ""
