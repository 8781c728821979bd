"""Setting one field: where its value begins and ends in the record (kernels)."""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.formats.program import (
    ABSOLUTE,
    CHARS,
    DECODER,
    KEEP,
    LEFT,
    LEFT_SIZE,
    LRTRIM,
    LTRIM,
    NULLCOLS,
    OPTIONAL,
    POSITION,
    PREFIX,
    RELATIVE,
    RIGHT,
    RIGHT_SIZE,
    RTRIM,
    SIZE,
    START,
    TERM,
    TERM_SIZE,
    UNTIL,
)

AT, AFTER_WHITE, SCRATCH, ERROR, SET_WIDTH = 0, 1, 2, 3, 5
"""Where scanning stands; whether the field before ended at white space; scratch used; the fault."""

MISSING, TOO_LONG, NO_CLOSE, NO_OPEN, NO_TERMINATOR, BAD_LENGTH = 1, 2, 3, 4, 5, 9


@kernel
def place(row: Ints, first_byte: int, last_byte: int, setting: Ints) -> bool:
    """Move to where a field begins; False when that is beyond the record (then it is NULL or missing)."""
    if row[POSITION] == ABSOLUTE:
        setting[AT] = first_byte + row[START]
    elif row[POSITION] == RELATIVE or row[POSITION] == UNTIL:
        setting[AT] += row[START]
    if setting[AT] < last_byte:
        return True
    if row[POSITION] != ABSOLUTE and not row[NULLCOLS]:
        setting[ERROR] = MISSING
    return False


@kernel
def skip_white(text: Buffer, row: Ints, white: Buffer, last_byte: int, setting: Ints) -> bool:
    """Behind a field TERMINATED BY WHITESPACE the next one begins at what is not white, unless it says where."""
    if setting[AFTER_WHITE] and row[POSITION] != ABSOLUTE:
        while setting[AT] < last_byte and is_white(int(text[setting[AT]]), white):
            setting[AT] += 1
        if setting[AT] >= last_byte:
            if not row[NULLCOLS]:
                setting[ERROR] = MISSING
            return False
    return True


@kernel
def set_fixed(
    text: Buffer,
    row: Ints,
    white: Buffer,
    first_byte: int,
    last_byte: int,
    setting: Ints,
    field: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """A field of predetermined size: trailing white space goes, unless it is kept."""
    state[field] = 1
    inside = place(row, first_byte, last_byte, setting)
    if inside:
        inside = skip_white(text, row, white, last_byte, setting)
    begin = int(setting[AT])
    stop = max(begin, first_byte + int(row[SIZE])) if row[POSITION] == UNTIL else begin + int(row[SIZE])
    setting[AFTER_WHITE] = 0
    if not inside:
        setting[AT] = stop
        return
    if row[CHARS]:
        stop = after_chars(text, begin, last_byte, int(row[SIZE]))
    setting[AT] = stop
    if row[DECODER] != 0:
        if stop > last_byte:
            setting[ERROR] = MISSING
            return
        start[field], end[field], state[field] = begin, stop, 0
        return
    stop = min(stop, last_byte)
    if not row[KEEP]:
        while stop > begin and white[int(text[stop - 1])]:
            stop -= 1
    elif row[KEEP] > 1:
        begin, stop = trimmed(text, begin, stop, int(row[KEEP]), white)
    start[field], end[field] = begin, stop
    if stop > begin:
        state[field] = 0


@kernel
def trimmed(text: Buffer, begin: int, stop: int, keep: int, white: Buffer) -> tuple[int, int]:
    """A span without white space at the ends that TRIM names."""
    if keep == LRTRIM or keep == LTRIM:
        while begin < stop and white[int(text[begin])]:
            begin += 1
    if keep == LRTRIM or keep == RTRIM:
        while stop > begin and white[int(text[stop - 1])]:
            stop -= 1
    return begin, stop


@kernel
def set_prefixed(
    text: Buffer,
    row: Ints,
    first_byte: int,
    last_byte: int,
    setting: Ints,
    field: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """A field whose length stands before it, in binary (machine order by DECODER's sibling) or in digits."""
    state[field] = 1
    setting[AFTER_WHITE] = 0
    if not place(row, first_byte, last_byte, setting):
        return
    begin = int(setting[AT])
    size = read_length(text, begin, last_byte, row)
    width = int(abs(row[PREFIX]))
    if size < 0 or begin + width + size > last_byte:
        setting[ERROR] = BAD_LENGTH
        return
    start[field], end[field] = begin + width, begin + width + size
    setting[AT] = begin + width + size
    if size > row[SIZE]:
        setting[ERROR] = TOO_LONG
    elif size:
        state[field] = 0


@kernel
def read_length(text: Buffer, begin: int, last_byte: int, row: Ints) -> int:
    """The length before a value, or -1 if it is no number or cut off."""
    width = int(abs(row[PREFIX]))
    if begin + width > last_byte:
        return -1
    size = 0
    if row[PREFIX] > 0:
        for i in range(width):
            k = i if row[18] else width - 1 - i
            size = size * 256 + int(text[begin + k])
        return size
    for i in range(width):
        digit = int(text[begin + i]) & 0x0F
        high = int(text[begin + i]) & 0xF0
        if digit > 9 or (high != 0x30 and high != 0xF0):
            return -1
        size = size * 10 + digit
    return size


@kernel
def after_chars(text: Buffer, begin: int, last_byte: int, count: int) -> int:
    """Offset after ``count`` UTF-8 characters."""
    at = begin
    while at < last_byte and count > 0:
        at += 1
        while at < last_byte and (int(text[at]) & 0xC0) == 0x80:
            at += 1
        count -= 1
    return at + count


@kernel
def matches(text: Buffer, at: int, stop: int, pool: Buffer, literal: int, size: int) -> bool:
    """Whether the literal stands at ``at``, before ``stop``."""
    if at + size > stop:
        return False
    for i in range(size):
        if text[at + i] != pool[literal + i]:
            return False
    return True


@kernel
def step(text: Buffer, at: int, stop: int, leads: Buffer) -> int:
    """Bytes of the character at ``at`` of a set whose later bytes may look like ASCII; of one cut off, 1."""
    kind = int(leads[int(text[at])])
    if kind == 0 or at + 1 >= stop:
        return 1
    after = int(text[at + 1])
    if after >= 0x40:
        return 2
    return 4 if kind == 4 and 0x30 <= after <= 0x39 and at + 4 <= stop else 1


@kernel
def find(text: Buffer, at: int, stop: int, pool: Buffer, literal: int, size: int, leads: Buffer) -> int:
    """Where the literal stands first in [at, stop), or -1; never within a character that ``leads`` knows."""
    first = int(pool[literal])
    last = stop - size
    if len(leads):
        while at <= last:
            if int(text[at]) == first and matches(text, at, stop, pool, literal, size):
                return at
            at += step(text, at, stop, leads)
        return -1
    while at <= last:
        if int(text[at]) == first and (size == 1 or matches(text, at, stop, pool, literal, size)):
            return at
        at += 1
    return -1


@kernel
def is_white(byte: int, white: Buffer) -> bool:
    """White space that ends a field TERMINATED BY WHITESPACE; NUL does not."""
    return byte != 0 and white[byte] != 0


@kernel
def set_delimited(
    text: Buffer,
    pool: Buffer,
    row: Ints,
    white: Buffer,
    leads: Buffer,
    first_byte: int,
    last_byte: int,
    setting: Ints,
    scratch: Buffer,
    size: int,
    field: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """A terminated or enclosed field; in search of an enclosure, blanks in front are no terminators."""
    state[field] = 1
    if not place(row, first_byte, last_byte, setting):
        return
    at = int(setting[AT])
    if setting[AFTER_WHITE] and row[POSITION] != ABSOLUTE:
        while at < last_byte and is_white(int(text[at]), white):
            at += 1
    setting[AFTER_WHITE] = 1 if row[TERM_SIZE] < 0 else 0
    if row[LEFT_SIZE] > 0:
        opening = at
        while (
            opening < last_byte
            and white[int(text[opening])]
            and not matches(text, opening, last_byte, pool, int(row[LEFT]), int(row[LEFT_SIZE]))
            and not (
                row[TERM_SIZE] > 0
                and matches(text, opening, last_byte, pool, int(row[TERM]), int(row[TERM_SIZE]))
            )
        ):
            opening += 1
        if matches(text, opening, last_byte, pool, int(row[LEFT]), int(row[LEFT_SIZE])):
            set_enclosed(
                text,
                pool,
                row,
                white,
                leads,
                opening + int(row[LEFT_SIZE]),
                last_byte,
                setting,
                scratch,
                size,
                field,
                start,
                end,
                state,
            )
            return
        if not row[OPTIONAL]:
            setting[ERROR] = NO_OPEN
            return
        if row[TERM_SIZE] < 0:
            at = opening
    set_terminated(text, pool, row, white, leads, at, last_byte, setting, field, start, end, state)


@kernel
def set_terminated(
    text: Buffer,
    pool: Buffer,
    row: Ints,
    white: Buffer,
    leads: Buffer,
    at: int,
    last_byte: int,
    setting: Ints,
    field: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """A field without enclosure: up to its terminator or the end of the record."""
    stop = last_byte
    setting[AT] = last_byte
    if row[TERM_SIZE] < 0:
        stop = at
        while stop < last_byte and not is_white(int(text[stop]), white):
            stop += 1
        setting[AT] = min(stop + 1, last_byte)
    elif row[TERM_SIZE] > 0:
        found = find(text, at, last_byte, pool, int(row[TERM]), int(row[TERM_SIZE]), leads)
        if found >= 0:
            stop = found
            setting[AT] = found + row[TERM_SIZE]
    begin = at
    if not row[KEEP]:
        black = begin
        while black < stop and white[int(text[black])]:
            black += 1
        if black == stop:
            start[field], end[field] = begin, begin
            return
        if row[LEFT_SIZE] > 0:
            begin = black
    elif row[KEEP] > 1:
        begin, stop = trimmed(text, begin, stop, int(row[KEEP]), white)
    start[field], end[field] = begin, stop
    check_size(text, row, setting, field, begin, stop, state)


@kernel
def check_size(
    text: Buffer,
    row: Ints,
    setting: Ints,
    field: int,
    begin: int,
    stop: int,
    state: Ints,
) -> None:
    """The value is NULL when empty and refused when longer than the field's maximum."""
    length = stop - begin
    if length == 0 or setting[ERROR]:
        return
    if row[SIZE] >= 0 and length > row[SIZE]:
        if row[CHARS]:
            length = 0
            for i in range(begin, stop):
                if (int(text[i]) & 0xC0) != 0x80:
                    length += 1
        if length > row[SIZE]:
            setting[ERROR] = TOO_LONG
            return
    state[field] = 0


@kernel
def set_enclosed(
    text: Buffer,
    pool: Buffer,
    row: Ints,
    white: Buffer,
    leads: Buffer,
    at: int,
    last_byte: int,
    setting: Ints,
    scratch: Buffer,
    size: int,
    field: int,
    start: Ints,
    end: Ints,
    state: Ints,
) -> None:
    """A field within enclosures; a doubled closing one stands for itself and is undoubled into scratch."""
    right, width = int(row[RIGHT]), int(row[RIGHT_SIZE])
    begin, used, doubled = at, int(setting[SCRATCH]), False
    while True:
        close = find(text, at, last_byte, pool, right, width, leads)
        if close < 0:
            setting[AT] = last_byte
            setting[ERROR] = NO_CLOSE
            start[field], end[field] = begin, last_byte
            return
        if not matches(text, close + width, last_byte, pool, right, width):
            break
        doubled = True
        used = copy(text, begin, close + width, scratch, used)
        begin = at = close + 2 * width
    after_close(text, pool, row, white, close + width, last_byte, setting)
    if not doubled:
        if row[KEEP] > 1:
            begin, close = trimmed(text, begin, close, int(row[KEEP]), white)
        start[field], end[field] = begin, close
        check_size(text, row, setting, field, begin, close, state)
        return
    first = int(setting[SCRATCH])
    used = copy(text, begin, close, scratch, used)
    setting[SCRATCH] = used
    if row[KEEP] > 1:
        first, used = trimmed(scratch, first, used, int(row[KEEP]), white)
    start[field], end[field] = size + first, size + used
    check_size(scratch, row, setting, field, first, used, state)


@kernel
def copy(text: Buffer, begin: int, stop: int, scratch: Buffer, used: int) -> int:
    """Append a span to scratch; gives the bytes used."""
    for i in range(begin, stop):
        scratch[used] = text[i]
        used += 1
    return used


@kernel
def after_close(
    text: Buffer,
    pool: Buffer,
    row: Ints,
    white: Buffer,
    at: int,
    last_byte: int,
    setting: Ints,
) -> None:
    """Behind a closing enclosure: white space, then the terminator or the end of the record."""
    if row[TERM_SIZE] == 0:
        setting[AT] = at
        return
    if row[TERM_SIZE] < 0:
        if at < last_byte and not is_white(int(text[at]), white):
            setting[ERROR] = NO_TERMINATOR
        else:
            setting[AT] = min(at + 1, last_byte)
        return
    term, width = int(row[TERM]), int(row[TERM_SIZE])
    while at < last_byte and white[int(text[at])] and not matches(text, at, last_byte, pool, term, width):
        at += 1
    if at >= last_byte:
        setting[AT] = last_byte
    elif matches(text, at, last_byte, pool, term, width):
        setting[AT] = at + width
    else:
        setting[ERROR] = NO_TERMINATOR
