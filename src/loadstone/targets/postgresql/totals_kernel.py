"""
Columns added up in rows of PostgreSQL's binary COPY (kernels), in parts that stay within 64 bits.

Source: PostgreSQL documentation, COPY, "Binary Format"; ``numeric_send`` and ``int8send``.
"""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel

NULL = 0xFFFFFFFF
"""Length of a field that is NULL, read without sign."""

NEGATIVE, NOT_A_NUMBER = 0x4000, 0xC000
"""Signs of numeric; those from the second on are NaN and the infinities."""

ADDED, NO_NUMBER, TOO_WIDE = 0, 1, 2
"""What became of numerics: added up; one is no number; one has a power that there is no room for."""


@kernel
def add_integers(buf: Buffer, offsets: Ints, place: int, sums: Ints) -> None:
    """Add int2, int4 or int8 to ``sums``: upper and lower halves of those from zero on, and of those below."""
    for row in range(len(offsets) - 1):
        at = find_field(buf, int(offsets[row]) + 2, place)
        size = unsigned(buf, at, 4)
        if size == NULL:
            continue
        value = int(buf[at + 4])
        if value >= 128:
            value -= 256
        for i in range(at + 5, at + 4 + size):
            value = (value << 8) | int(buf[i])
        sign = 2 if value < 0 else 0
        sums[sign] += value >> 32
        sums[sign + 1] += value & 0xFFFFFFFF


@kernel
def add_numerics(buf: Buffer, offsets: Ints, place: int, absolute: bool, sums: Ints) -> int:
    """Add the words of each numeric to ``sums`` at their powers of 10,000, of which the middle one is 0."""
    middle = len(sums) // 2
    for row in range(len(offsets) - 1):
        at = find_field(buf, int(offsets[row]) + 2, place)
        if unsigned(buf, at, 4) == NULL:
            continue
        words, weight, sign = unsigned(buf, at + 4, 2), unsigned(buf, at + 6, 2), unsigned(buf, at + 8, 2)
        if sign >= NOT_A_NUMBER:
            return NO_NUMBER
        first = middle + (weight - 0x10000 if weight >= 0x8000 else weight)
        if words and (first >= len(sums) or first - words < -1):
            return TOO_WIDE
        for number in range(words):
            word = unsigned(buf, at + 12 + 2 * number, 2)
            sums[first - number] += -word if sign == NEGATIVE and not absolute else word
    return ADDED


@kernel
def add_digits(buf: Buffer, offsets: Ints, place: int, sums: Ints) -> None:
    """Add the digits of each text, read as one number, to ``sums``: units, tens, and so on."""
    for row in range(len(offsets) - 1):
        at = find_field(buf, int(offsets[row]) + 2, place)
        size = unsigned(buf, at, 4)
        if size == NULL:
            continue
        power = 0
        for i in range(at + 3 + size, at + 3, -1):
            if 0x30 <= int(buf[i]) <= 0x39:
                sums[power] += int(buf[i]) - 0x30
                power += 1


@kernel
def longest_field(buf: Buffer, offsets: Ints, place: int) -> int:
    """The bytes of the longest value of a column; 0 where all are NULL."""
    longest = 0
    for row in range(len(offsets) - 1):
        size = unsigned(buf, find_field(buf, int(offsets[row]) + 2, place), 4)
        if size != NULL:
            longest = max(longest, size)
    return longest


@kernel
def find_field(buf: Buffer, at: int, place: int) -> int:
    """Where the length of a field stands; ``at`` is where that of the first column does."""
    for _ in range(place):
        size = unsigned(buf, at, 4)
        at += 4 if size == NULL else 4 + size
    return at


@kernel
def unsigned(buf: Buffer, at: int, size_bytes: int) -> int:
    """A big-endian number of up to 4 bytes."""
    value = 0
    for i in range(at, at + size_bytes):
        value = (value << 8) | int(buf[i])
    return value
