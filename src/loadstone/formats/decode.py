"""Values into UTF-8 text: character sets, mainframe and binary numbers, checks of UTF-8."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.kernel import Buffer, Ints, Kernel, kernel
from loadstone.formats.conditions import DEFAULTED
from loadstone.formats.layout import Layout
from loadstone.formats.model import Chunk, FieldError, State, Tokens, Verdict
from loadstone.formats.program import (
    BIG,
    DECODED,
    DECODER,
    FLOAT,
    INTEGER,
    PACKED,
    RAW,
    SCALE,
    TABLE_COUNT,
    TABLE_FIRST,
    UNSIGNED,
    ZONED,
)

TRANSCODED_SIZE_MAX = 4
"""Most bytes that one byte of a single-byte set becomes in UTF-8."""

NUMBER_SIZE_MAX = 48


def decode_fields(layout: Layout, chunk: Chunk, tokens: Tokens, *, compiled: bool) -> Tokens:
    """
    Make every value that is used UTF-8 text (bytes for RAW types); faults are marked like those of field setting.

    A filler that nothing reads keeps its bytes, whatever they are: mainframes leave any bytes between fields.
    """
    decoders, used = layout.fields[:, DECODER], layout.fields[:, DECODED] != 0
    for field in np.flatnonzero((decoders != 0) & (decoders != RAW) & used).tolist():
        _decode_numbers(layout, tokens, field, compiled=compiled)
    texts = np.flatnonzero((decoders == 0) & used)
    plain = chunk.text.isascii() and layout.charset.ascii
    if not plain and len(texts):
        if layout.charset.table is not None:
            _transcode(layout, tokens, texts, compiled=compiled)
        elif layout.charset.codec.startswith("utf"):
            whole = layout.framed or (not layout.odd_delimiters and is_utf8(chunk, compiled=compiled))
            if not whole or layout.splits_chars:
                find = find_split_chars if whole else find_bad_utf8
                _check_utf8(layout, tokens, texts, find, compiled=compiled)
        else:
            _decode_multibyte(layout, tokens, texts)
    _default_numbers(tokens)
    return tokens


def is_utf8(chunk: Chunk, *, compiled: bool) -> bool:
    """Whether all bytes of a chunk's text are UTF-8; then so is each piece between single-byte delimiters."""
    if not compiled:
        return False
    text = np.frombuffer(chunk.text, np.uint8)[: chunk.text_stop]
    return bool(all_utf8.pick(compiled)(text, np.frombuffer(chunk.text, np.uint64, len(text) // 8)))


# Private functions


def _table_of(layout: Layout, field: int) -> int:
    first, count = layout.tables[:, TABLE_FIRST], layout.tables[:, TABLE_COUNT]
    return int(np.flatnonzero((first <= field) & (field < first + count))[0])


def _blame(layout: Layout, tokens: Tokens, field: int, records: NDArray[np.int64], error: FieldError) -> None:
    """Mark records whose field has a fault; WHEN and faults that came first keep their verdict."""
    table = _table_of(layout, field)
    hit = records[tokens.verdict[records, table] == Verdict.TAKE]
    tokens.verdict[hit, table] = Verdict.REJECT
    tokens.error[hit, table] = error
    tokens.error_field[hit, table] = field
    tokens.state[records, field] = State.NULL


def _blame_bad(layout: Layout, tokens: Tokens, bad: NDArray[np.uint8]) -> None:
    """Mark the records with a value that is no text of its character set."""
    for field in np.flatnonzero(bad.any(axis=0)).tolist():
        _blame(layout, tokens, field, np.flatnonzero(bad[:, field]), FieldError.BAD_ENCODING)


def _append(tokens: Tokens, data: NDArray[np.uint8]) -> int:
    """Add bytes to the buffer; gives where they begin."""
    base = len(tokens.buffer)
    tokens.buffer = np.concatenate([tokens.buffer, data])
    return base


def _default_numbers(tokens: Tokens) -> None:
    zeros = tokens.state == DEFAULTED
    if zeros.any():
        base = _append(tokens, np.frombuffer(b"0", np.uint8))
        tokens.start[zeros], tokens.end[zeros], tokens.state[zeros] = base, base + 1, State.VALUE


@kernel
def all_utf8(text: Buffer, words: Ints) -> bool:
    """Whether a text is well-formed UTF-8; words of eight ASCII bytes are passed at once."""
    at, size = 0, len(text)
    while at < size:
        if at % 8 == 0:
            word = at // 8
            while word < len(words) and words[word] & 0x8080808080808080 == 0:
                word += 1
            at = word * 8
            if at >= size:
                break
        if text[at] < 0x80:
            at += 1
            continue
        width = 2 if text[at] < 0xE0 else 3 if text[at] < 0xF0 else 4
        if at + width > size or not valid_utf8(text, at, at + width):
            return False
        at += width
    return True


def _check_utf8(
    layout: Layout, tokens: Tokens, texts: NDArray[np.int64], find: Kernel, *, compiled: bool
) -> None:
    bad = np.zeros(tokens.state.shape, np.uint8)
    buffer = tokens.buffer if compiled else tokens.buffer.tobytes()
    find.pick(compiled)(buffer, tokens.start, tokens.end, tokens.state, texts, bad)
    _blame_bad(layout, tokens, bad)


@kernel
def find_split_chars(buffer: Buffer, start: Ints, end: Ints, state: Ints, texts: Ints, bad: Ints) -> None:
    """Flag values of a text that is UTF-8 throughout where a bound falls within a character."""
    size = len(buffer)
    for record in range(len(start)):
        for k in range(len(texts)):
            field = texts[k]
            s, e = start[record, field], end[record, field]
            if state[record, field] == 0 and s < e:
                if int(buffer[s]) & 0xC0 == 0x80 or (e < size and int(buffer[e]) & 0xC0 == 0x80):
                    bad[record, field] = 1


@kernel
def find_bad_utf8(buffer: Buffer, start: Ints, end: Ints, state: Ints, texts: Ints, bad: Ints) -> None:
    """Flag values that are not valid UTF-8."""
    for record in range(len(start)):
        for k in range(len(texts)):
            field = texts[k]
            if state[record, field] == 0 and not valid_utf8(
                buffer, int(start[record, field]), int(end[record, field])
            ):
                bad[record, field] = 1


@kernel
def valid_utf8(buffer: Buffer, at: int, stop: int) -> bool:
    """Whether bytes [at, stop) are well-formed UTF-8 (RFC 3629)."""
    while at < stop:
        lead = int(buffer[at])
        at += 1
        if lead < 0x80:
            continue
        low, high, more = 0x80, 0xBF, 1
        if 0xC2 <= lead <= 0xDF:
            more = 1
        elif 0xE0 <= lead <= 0xEF:
            more = 2
            if lead == 0xE0:
                low = 0xA0
            elif lead == 0xED:
                high = 0x9F
        elif 0xF0 <= lead <= 0xF4:
            more = 3
            if lead == 0xF0:
                low = 0x90
            elif lead == 0xF4:
                high = 0x8F
        else:
            return False
        if at + more > stop:
            return False
        for _ in range(more):
            follow = int(buffer[at])
            if follow < low or follow > high:
                return False
            low, high = 0x80, 0xBF
            at += 1
    return True


def _transcode(layout: Layout, tokens: Tokens, texts: NDArray[np.int64], *, compiled: bool) -> None:
    encoded = [(char or "").encode() for char in layout.charset.table or ()]
    widths = np.array([len(code) for code in encoded], np.int64)
    codes = np.zeros((256, TRANSCODED_SIZE_MAX), np.uint8)
    for byte, code in enumerate(encoded):
        codes[byte, : len(code)] = np.frombuffer(code, np.uint8)
    buffer = tokens.buffer if compiled else tokens.buffer.tobytes()
    sizes = np.where(tokens.state[:, texts] == 0, tokens.end[:, texts] - tokens.start[:, texts], 0).sum()
    out = np.empty(int(sizes) * int(widths.max()) + 8, np.uint8)
    always = 0 if layout.charset.ascii else 1
    bad = np.zeros(tokens.state.shape, np.uint8)
    used = transcode_values.pick(compiled)(
        buffer,
        tokens.start,
        tokens.end,
        tokens.state,
        texts,
        codes,
        widths,
        out,
        len(tokens.buffer),
        always,
        bad,
    )
    if used:
        _append(tokens, out[:used])
    _blame_bad(layout, tokens, bad)


@kernel
def transcode_values(
    buffer: Buffer,
    start: Ints,
    end: Ints,
    state: Ints,
    texts: Ints,
    codes: Ints,
    widths: Ints,
    out: Buffer,
    base: int,
    always: int,
    bad: Ints,
) -> int:
    """
    Write values with bytes beyond ASCII (all of them if ``always``) as UTF-8; gives the bytes used.

    ``bad`` flags values with a byte that has no character.
    """
    used = 0
    for record in range(len(start)):
        for k in range(len(texts)):
            field = texts[k]
            if state[record, field] != 0:
                continue
            begin, stop = int(start[record, field]), int(end[record, field])
            plain = always == 0
            if plain:
                for i in range(begin, stop):
                    if int(buffer[i]) >= 0x80:
                        plain = False
                        break
            if plain:
                continue
            first = used
            for i in range(begin, stop):
                byte = int(buffer[i])
                if widths[byte] == 0:
                    bad[record, field] = 1
                for j in range(widths[byte]):
                    out[used] = codes[byte, j]
                    used += 1
            start[record, field], end[record, field] = base + first, base + used
    return used


def _decode_multibyte(layout: Layout, tokens: Tokens, texts: NDArray[np.int64]) -> None:
    """Sets with characters of several bytes: only values with a byte beyond ASCII cost a call."""
    parts: list[bytes] = []
    base = used = len(tokens.buffer)
    data = tokens.buffer.tobytes()
    for field in texts.tolist():
        bad = []
        for record in np.flatnonzero(tokens.state[:, field] == 0).tolist():
            value = data[tokens.start[record, field] : tokens.end[record, field]]
            if value.isascii():
                continue
            try:
                text = value.decode(layout.charset.codec).encode()
            except UnicodeDecodeError:
                bad.append(record)
                continue
            tokens.start[record, field], tokens.end[record, field] = used, used + len(text)
            used += len(text)
            parts.append(text)
        if bad:
            _blame(layout, tokens, field, np.array(bad, np.int64), FieldError.BAD_ENCODING)
    if used > base:
        _append(tokens, np.frombuffer(b"".join(parts), np.uint8))


def _decode_numbers(layout: Layout, tokens: Tokens, field: int, *, compiled: bool) -> None:
    row = layout.fields[field]
    records = np.flatnonzero(tokens.state[:, field] == 0)
    out = np.empty(len(records) * NUMBER_SIZE_MAX + 8, np.uint8)
    ends = np.zeros(len(records), np.int64)
    start, end = tokens.start[records, field], tokens.end[records, field]
    if row[DECODER] == FLOAT:
        _decode_floats(tokens, start, end, bool(row[BIG]), (out, ends))
    else:
        buffer = tokens.buffer if compiled else tokens.buffer.tobytes()
        run = {PACKED: decode_packed, ZONED: decode_zoned, INTEGER: decode_integers}[int(row[DECODER])]
        flag = int(row[BIG]) + 2 * int(row[UNSIGNED]) if row[DECODER] == INTEGER else int(row[SCALE])
        run.pick(compiled)(buffer, start, end, flag, out, ends)
    bad = ends < 0
    good_ends = np.where(bad, 0, ends)
    previous = np.arange(len(records), dtype=np.int64) * NUMBER_SIZE_MAX
    base = _append(tokens, out)
    tokens.start[records, field], tokens.end[records, field] = base + previous, base + previous + good_ends
    if bad.any():
        error = FieldError.BAD_PACKED if row[DECODER] == PACKED else FieldError.BAD_ZONED
        _blame(layout, tokens, field, records[bad], error)


def _decode_floats(
    tokens: Tokens,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    big: bool,
    out: tuple[NDArray[np.uint8], NDArray[np.int64]],
) -> None:
    for number, (begin, stop) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        form = (">" if big else "<") + ("f" if stop - begin == 4 else "d")
        text = repr(struct.unpack(form, tokens.buffer[begin:stop].tobytes())[0]).encode()[:NUMBER_SIZE_MAX]
        at = number * NUMBER_SIZE_MAX
        out[0][at : at + len(text)] = np.frombuffer(text, np.uint8)
        out[1][number] = len(text)


@kernel
def decode_packed(buffer: Buffer, start: Ints, end: Ints, scale: int, out: Buffer, ends: Ints) -> None:
    """Packed decimals as text, a slot of 48 bytes each; an invalid one ends at -1."""
    for number in range(len(start)):
        at = number * 48
        first = at
        begin, stop = int(start[number]), int(end[number])
        sign = int(buffer[stop - 1]) & 0x0F
        if sign < 10:
            ends[number] = -1
            continue
        if sign == 0x0D or sign == 0x0B:
            out[at] = 45
            at += 1
        digits = 2 * (stop - begin) - 1
        for i in range(digits):
            byte = int(buffer[begin + i // 2])
            digit = byte >> 4 if i % 2 == 0 else byte & 0x0F
            if digit > 9:
                at = -1
                break
            if i == digits - scale:
                out[at] = 46
                at += 1
            out[at] = 48 + digit
            at += 1
        if at >= 0 and (scale < 0 or scale > digits):
            at = put_exponent(out, at, scale)
        ends[number] = at - first if at >= 0 else -1


@kernel
def put_exponent(out: Buffer, at: int, scale: int) -> int:
    """``E`` and minus ``scale`` behind digits that the point does not stand among; where the text ends then."""
    out[at] = 69
    at += 1
    if scale > 0:
        out[at] = 45
        at += 1
    power = abs(scale)
    for place in range(3):
        out[at + 2 - place] = 48 + power % 10
        power //= 10
    return at + 3


@kernel
def decode_zoned(buffer: Buffer, start: Ints, end: Ints, scale: int, out: Buffer, ends: Ints) -> None:
    """
    Zoned decimals as text: EBCDIC (0xF0-0xF9, sign zone C/D/F) and ASCII (0x30-0x39, sign in 0x70 or letters).

    ASCII overpunch: ``{A-I`` are +0 to +9, ``}J-R`` are -0 to -9, ``p-y`` are -0 to -9.
    """
    for number in range(len(start)):
        at = number * 48
        first = at
        begin, stop = int(start[number]), int(end[number])
        digit, negative = zoned_digit(int(buffer[stop - 1]))
        if digit < 0:
            ends[number] = -1
            continue
        if negative:
            out[at] = 45
            at += 1
        for i in range(stop - begin):
            if begin + i < stop - 1:
                byte = int(buffer[begin + i])
                zone = byte & 0xF0
                digit_here = byte & 0x0F
                if digit_here > 9 or (zone != 0x30 and zone != 0xF0):
                    at = -1
                    break
            else:
                digit_here = digit
            if i == stop - begin - scale:
                out[at] = 46
                at += 1
            out[at] = 48 + digit_here
            at += 1
        if at >= 0 and (scale < 0 or scale > stop - begin):
            at = put_exponent(out, at, scale)
        ends[number] = at - first if at >= 0 else -1


@kernel
def zoned_digit(byte: int) -> tuple[int, bool]:
    """Digit and sign of a last zoned byte; -1 when it is none."""
    low, zone = byte & 0x0F, byte & 0xF0
    if byte == 0x7B:
        return 0, False
    if byte == 0x7D:
        return 0, True
    if 0x41 <= byte <= 0x49:
        return byte - 0x40, False
    if 0x4A <= byte <= 0x52:
        return byte - 0x49, True
    if low > 9:
        return -1, False
    if zone == 0xD0 or zone == 0x70 or zone == 0xB0:
        return low, True
    if zone == 0x30 or zone == 0xC0 or zone == 0xF0 or zone == 0xA0 or zone == 0xE0:
        return low, False
    return -1, False


@kernel
def decode_integers(buffer: Buffer, start: Ints, end: Ints, flags: int, out: Buffer, ends: Ints) -> None:
    """Binary integers of 1 to 8 bytes as text; bit 0 of ``flags`` is big-endian, bit 1 unsigned."""
    for number in range(len(start)):
        at = number * 48
        first = at
        begin, stop = int(start[number]), int(end[number])
        width = stop - begin
        top = int(buffer[begin]) if flags & 1 else int(buffer[stop - 1])
        negative = top >= 0x80 and flags & 2 == 0
        digits = 0
        carry = 1 if negative else 0
        low, high = 0, 0
        for i in range(width):
            byte = int(buffer[stop - 1 - i]) if flags & 1 else int(buffer[begin + i])
            if negative:
                byte = (byte ^ 0xFF) + carry
                carry = byte >> 8
                byte &= 0xFF
            if i < 4:
                low += byte << (8 * i)
            else:
                high += byte << (8 * (i - 4))
        if negative:
            out[at] = 45
            at += 1
        while True:
            remainder = high % 10
            high //= 10
            combined = remainder * 4294967296 + low
            low = combined // 10
            out[at + digits] = 48 + combined % 10
            digits += 1
            if high == 0 and low == 0:
                break
        for i in range(digits // 2):
            swap = int(out[at + i])
            out[at + i] = out[at + digits - 1 - i]
            out[at + digits - 1 - i] = swap
        ends[number] = at + digits - first
