"""Functions of texts. The empty string is NULL: results that come out empty are made so by the caller."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal
from typing import Any

from loadstone.datatypes.model import Nls
from loadstone.expressions.functions.catalogue import RAW, N, T, fixed, function
from loadstone.expressions.model import OraError, out_of_range

TEXT_SIZE_MAX = 32767
"""Characters that LPAD and RPAD make at most (the limit of VARCHAR2 with MAX_STRING_SIZE=EXTENDED)."""

RESULT_SIZE_MAX = 1 << 20
"""Characters of any text that an expression makes; longer ones are refused."""


def sized(text: str) -> str:
    """The text, or ORA-01489 when it is too long."""
    if len(text) > RESULT_SIZE_MAX:
        raise OraError(1489, "result of string concatenation is too long")
    return text


@function(
    "TRIM",
    "[LEADING|TRAILING|BOTH] [char FROM] text",
    "Text without a character, blank by default, at its ends",
    fixed(T, T),
    (1, 2),
)
def _trim(nls: Nls, text: str, char: str = " ") -> str:
    if len(char) != 1:
        raise OraError(30001, "trim set should have only one character")
    return text.strip(char)


@function("LTRIM", "text [, set]", "Text without leading characters of a set", fixed(T, T), (1, 2))
def _ltrim(nls: Nls, text: str, chars: str = " ") -> str:
    return text.lstrip(chars)


@function("RTRIM", "text [, set]", "Text without trailing characters of a set", fixed(T, T), (1, 2))
def _rtrim(nls: Nls, text: str, chars: str = " ") -> str:
    return text.rstrip(chars)


@function("UPPER NLS_UPPER", "text", "Upper case, one character for each", fixed(T, T), (1, 2))
def _upper(nls: Nls, text: str, params: str = "") -> str:
    return upper(text)


@function("LOWER NLS_LOWER", "text", "Lower case, one character for each", fixed(T, T), (1, 2))
def _lower(nls: Nls, text: str, params: str = "") -> str:
    return lower(text)


@function(
    "INITCAP NLS_INITCAP",
    "text",
    "First letter of each word in upper case, the others in lower case",
    fixed(T, T),
    (1, 2),
)
def _initcap(nls: Nls, text: str, params: str = "") -> str:
    return re.sub(r"[^\W_]+", lambda word: upper(word[0][0]) + lower(word[0][1:]), text)


def upper(text: str) -> str:
    """Upper case; a letter whose upper case is several stays."""
    return text.upper() if text.isascii() else "".join(_one(c, c.upper()) for c in text)


def lower(text: str) -> str:
    """Lower case; a letter whose lower case is several stays."""
    return text.lower() if text.isascii() else "".join(_one(c, c.lower()) for c in text)


def _one(char: str, cased: str) -> str:
    return cased if len(cased) == 1 else char


@function("LENGTH LENGTHC LENGTH2 LENGTH4", "text", "Characters", fixed(N, T))
def _length(nls: Nls, text: str) -> Decimal:
    return Decimal(len(text))


@function("LENGTHB VSIZE", "text", "Bytes", fixed(N, T))
def _lengthb(nls: Nls, text: str) -> Decimal:
    return Decimal(len(text.encode()))


@function("CONCAT", "a, b", "Both texts, one after the other", fixed(T, T), (2, 2), strict=False)
def _concat(nls: Nls, a: str | None, b: str | None) -> str:
    return sized((a or "") + (b or ""))


@function("REVERSE", "text", "The text backwards", fixed(T, T))
def _reverse(nls: Nls, text: str) -> str:
    return text[::-1]


@function(
    "TO_CLOB TO_NCHAR TO_NCLOB TO_LOB TO_SINGLE_BYTE TRANSLATE_USING", "text", "The text itself", fixed(T, T)
)
def _itself(nls: Nls, text: str) -> str:
    return text


@function("EMPTY_CLOB EMPTY_BLOB", "", "NULL", fixed(T, T), (0, 0), strict=False)
def _empty(nls: Nls) -> None:
    return None


@function("ASCII", "text", "Code of the first character: its bytes as a number", fixed(N, T))
def _ascii(nls: Nls, text: str) -> Decimal:
    return Decimal(int.from_bytes(text[0].encode(), "big"))


@function("CHR", "code", "The character of a code: up to 255 that of Latin-1, beyond its bytes", fixed(T, N))
def _chr(nls: Nls, code: Decimal) -> str:
    number = int(code)
    if not 0 <= number < 1 << 32:
        raise out_of_range(code)
    if number < 256:
        return chr(number)
    try:
        return number.to_bytes((number.bit_length() + 7) // 8, "big").decode()
    except UnicodeDecodeError as error:
        raise out_of_range(code) from error


@function("NCHR", "code", "The character of a Unicode code point", fixed(T, N))
def _nchr(nls: Nls, code: Decimal) -> str:
    if not 0 <= code < 0x110000 or 0xD800 <= code < 0xE000:
        raise out_of_range(code)
    return chr(int(code))


@function("UNISTR", "text", "The text with \\XXXX as UTF-16 code units and \\\\ as one", fixed(T, T))
def _unistr(nls: Nls, text: str) -> str:
    parts = re.split(r"((?:\\[0-9A-Fa-f]{4})+|\\\\)", text)
    found = ["\\" if part == "\\\\" else _units(part) if n % 2 else part for n, part in enumerate(parts)]
    return "".join(found)


def _units(part: str) -> str:
    try:
        return bytes.fromhex(part.replace("\\", "")).decode("utf-16-be")
    except UnicodeDecodeError as error:
        raise OraError(
            30186, "'\\' must be followed by four hexadecimal characters or another '\\'"
        ) from error


@function("ASCIISTR", "text", "The text with \\XXXX in place of characters beyond ASCII", fixed(T, T))
def _asciistr(nls: Nls, text: str) -> str:
    def shown(char: str) -> str:
        if char == "\\":
            return "\\005C"
        units = char.encode("utf-16-be").hex().upper()
        return char if ord(char) < 128 else "".join(f"\\{units[n : n + 4]}" for n in range(0, len(units), 4))

    return sized("".join(map(shown, text)))


def substring(text: Any, start: Decimal, length: Decimal | None = None) -> Any:
    """SUBSTR of characters or bytes; numbers are cut to integers."""
    first, size = int(start), None if length is None else int(length)
    if size is not None and size < 1:
        return text[:0]
    if first < 0:
        if -first > len(text):
            return text[:0]
        first += len(text)
    else:
        first = max(first - 1, 0)
    return text[first:] if size is None else text[first : first + size]


@function(
    "SUBSTR SUBSTRC SUBSTR2 SUBSTR4",
    "text, start [, length]",
    "Part of a text; a negative start counts from the end, 0 is 1",
    fixed(T, T, N),
    (2, 3),
)
def _substr(nls: Nls, text: str, start: Decimal, *length: Decimal) -> Any:
    return substring(text, start, *length)


@function(
    "SUBSTRB",
    "text, start [, length]",
    "Part of a text, in bytes; bytes of a character that is cut become blanks",
    fixed(T, T, N),
    (2, 3),
)
def _substrb(nls: Nls, text: str, start: Decimal, *length: Decimal) -> str:
    data: bytes = substring(text.encode(), start, *length)
    return data.decode("utf-8", "surrogateescape").translate(_BLANKS)


_BLANKS = {0xDC80 + n: " " for n in range(128)}


@function(
    "REPLACE",
    "text, search [, replacement]",
    "Text with every occurrence replaced",
    fixed(T, T),
    (2, 3),
    strict=False,
)
def _replace(nls: Nls, text: str | None, search: str | None, new: str | None = None) -> str | None:
    return sized(text.replace(search, new or "")) if text is not None and search else text


@function(
    "TRANSLATE",
    "text, from, to",
    "Characters exchanged one for one; those without a partner are removed",
    fixed(T, T),
    (3, 3),
)
def _translate(nls: Nls, text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for number, char in enumerate(old):
        table.setdefault(ord(char), new[number] if number < len(new) else None)
    return text.translate(table)


@function(
    "INSTR INSTRC INSTR2 INSTR4",
    "text, search [, start [, occurrence]]",
    "Position of an occurrence, 0 = none; a negative start searches backwards",
    fixed(N, T, T, N),
    (2, 4),
)
def _instr(
    nls: Nls, text: str, search: str, start: Decimal = Decimal(1), occurrence: Decimal = Decimal(1)
) -> Decimal:
    return Decimal(_place(text, search, int(start), int(occurrence)))


@function(
    "INSTRB",
    "text, search [, start [, occurrence]]",
    "Position of an occurrence in bytes",
    fixed(N, T, T, N),
    (2, 4),
)
def _instrb(
    nls: Nls, text: str, search: str, start: Decimal = Decimal(1), occurrence: Decimal = Decimal(1)
) -> Decimal:
    return Decimal(_place(text.encode(), search.encode(), int(start), int(occurrence)))


def _place(text: Any, search: Any, start: int, left: int) -> int:
    if left < 1:
        raise out_of_range(left)
    place = start - 1 if start > 0 else len(text) + start
    if start == 0 or place < 0:
        return 0
    while left:
        found = text.find(search, place) if start > 0 else text.rfind(search, 0, place + len(search))
        if found < 0 or start < 0 and place < 0:
            return 0
        left -= 1
        place = found + (1 if start > 0 else -1)
    return int(found) + 1


def padded(text: str, size: Decimal, fill: str, *, left: bool) -> str:
    """LPAD and RPAD; at most ``TEXT_SIZE_MAX`` characters."""
    width = max(min(int(size), TEXT_SIZE_MAX), 0)
    if width <= len(text):
        return text[:width]
    lacking = width - len(text)
    pad = (fill * (lacking // len(fill) + 1))[:lacking]
    return pad + text if left else text + pad


@function(
    "LPAD",
    "text, length [, fill]",
    "Text filled, or cut, to a length, from the left",
    fixed(T, T, N, T),
    (2, 3),
)
def _lpad(nls: Nls, text: str, size: Decimal, fill: str = " ") -> str:
    return padded(text, size, fill, left=True)


@function(
    "RPAD",
    "text, length [, fill]",
    "Text filled, or cut, to a length, from the right",
    fixed(T, T, N, T),
    (2, 3),
)
def _rpad(nls: Nls, text: str, size: Decimal, fill: str = " ") -> str:
    return padded(text, size, fill, left=False)


@function("SOUNDEX", "text", "The English phonetic code of four characters", fixed(T, T))
def _soundex(nls: Nls, text: str) -> str:
    letters = [char for char in text.upper() if "A" <= char <= "Z"]
    if not letters:
        return ""
    code, before = letters[0], _SOUNDS.get(letters[0], "")
    for char in letters[1:]:
        sound = _SOUNDS.get(char, "")
        if sound and sound != before:
            code += sound
        if char not in "HW":
            before = sound
    return (code + "000")[:4]


_SOUNDS = {
    char: str(number)
    for number, chars in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1)
    for char in chars
}


@function("RAWTOHEX", "raw", "Hexadecimal digits of bytes, or of a text's bytes", fixed(T, None))
def _rawtohex(nls: Nls, value: Any) -> str:
    return (value if isinstance(value, bytes) else str(value).encode()).hex().upper()


@function("HEXTORAW", "digits", "The bytes of hexadecimal digits", fixed(RAW, RAW))
def _hextoraw(nls: Nls, value: bytes) -> bytes:
    return value


@function("UTL_RAW.CAST_TO_RAW", "text", "The bytes of a text", fixed(RAW, T))
def _cast_to_raw(nls: Nls, text: str) -> bytes:
    return text.encode()


@function("UTL_RAW.CAST_TO_VARCHAR2", "raw", "The text of bytes", fixed(T, RAW))
def _cast_to_text(nls: Nls, data: bytes) -> str:
    return data.decode("utf-8", "replace")


@function("UTL_RAW.LENGTH", "raw", "How many bytes", fixed(N, RAW))
def _raw_length(nls: Nls, data: bytes) -> Decimal:
    return Decimal(len(data))


@function("UTL_RAW.SUBSTR", "raw, start [, length]", "Some of the bytes", fixed(RAW, RAW, N), (2, 3))
def _raw_substr(nls: Nls, data: bytes, start: Decimal, *length: Decimal) -> Any:
    return substring(data, start, *length)


@function("UTL_RAW.CONCAT", "raw, ...", "Bytes, one after the other", fixed(RAW, RAW), (1, 12), strict=False)
def _raw_concat(nls: Nls, *parts: bytes | None) -> bytes:
    return b"".join(part or b"" for part in parts)


@function("UTL_RAW.REVERSE", "raw", "The bytes backwards", fixed(RAW, RAW))
def _raw_reverse(nls: Nls, data: bytes) -> bytes:
    return data[::-1]


@function(
    "STANDARD_HASH",
    "text [, algorithm]",
    "A hash of the bytes: SHA1 by default, MD5, SHA256, SHA384, SHA512",
    fixed(RAW, T),
    (1, 2),
)
def _standard_hash(nls: Nls, text: str, algorithm: str = "SHA1") -> bytes:
    name = algorithm.lower()
    if name not in ("md5", "sha1", "sha256", "sha384", "sha512"):
        raise OraError(2000, f"{algorithm} is no hash algorithm")
    return hashlib.new(name, text.encode(), usedforsecurity=False).digest()
