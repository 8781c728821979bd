"""
Texts of a whole column at once, as spans of one buffer (kernels). An empty span is NULL.

Texts are valid UTF-8. What makes new text writes it behind ``at`` and gives where it ends.
"""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel


@kernel
def trim_spans(buf: Buffer, start: Ints, end: Ints, chars: Ints, left: bool, right: bool) -> None:
    """Take bytes of a set (256 flags) from the ends, in place."""
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        if left:
            while s < e and chars[buf[s]]:
                s += 1
        if right:
            while e > s and chars[buf[e - 1]]:
                e -= 1
        start[row] = s
        end[row] = e


@kernel
def skip_chars(buf: Buffer, s: int, e: int, count: int) -> int:
    """Where the character number ``count`` from ``s`` begins; ``e`` when there are fewer."""
    while s < e and count > 0:
        s += 1
        while s < e and (int(buf[s]) & 0xC0) == 0x80:
            s += 1
        count -= 1
    return s


@kernel
def back_chars(buf: Buffer, s: int, e: int, count: int) -> int:
    """Where the last ``count`` characters begin; -1 when there are fewer."""
    while count > 0:
        if e <= s:
            return -1
        e -= 1
        while e > s and (int(buf[e]) & 0xC0) == 0x80:
            e -= 1
        count -= 1
    return e


@kernel
def cut_spans(buf: Buffer, start: Ints, end: Ints, first: int, size: int) -> None:
    """SUBSTR in characters, in place; ``size`` -1 is all the rest."""
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        if first < 0:
            s = back_chars(buf, s, e, -first)
            if s < 0:
                s = e
        elif first > 1:
            s = skip_chars(buf, s, e, first - 1)
        if size >= 0:
            e = skip_chars(buf, s, e, size)
        start[row] = s
        end[row] = e


@kernel
def case_spans(buf: Buffer, start: Ints, end: Ints, table: Ints, at: int) -> int:
    """Map every character by a table of code points; those beyond the table stay."""
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        start[row] = at
        while s < e:
            byte = int(buf[s])
            if byte < 128:
                buf[at] = table[byte]
                s += 1
                at += 1
                continue
            width = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            code = byte & (0xFF >> (width + 1))
            for i in range(s + 1, s + width):
                code = (code << 6) | (int(buf[i]) & 0x3F)
            s += width
            at = put_char(buf, at, int(table[code]) if code < len(table) else code)
        end[row] = at
    return at


@kernel
def put_char(buf: Buffer, at: int, code: int) -> int:
    """A code point as UTF-8."""
    if code < 0x80:
        buf[at] = code
        return at + 1
    if code < 0x800:
        buf[at] = 0xC0 | (code >> 6)
        buf[at + 1] = 0x80 | (code & 0x3F)
        return at + 2
    if code < 0x10000:
        buf[at] = 0xE0 | (code >> 12)
        buf[at + 1] = 0x80 | ((code >> 6) & 0x3F)
        buf[at + 2] = 0x80 | (code & 0x3F)
        return at + 3
    buf[at] = 0xF0 | (code >> 18)
    buf[at + 1] = 0x80 | ((code >> 12) & 0x3F)
    buf[at + 2] = 0x80 | ((code >> 6) & 0x3F)
    buf[at + 3] = 0x80 | (code & 0x3F)
    return at + 4


@kernel
def equal_spans(buf: Buffer, start: Ints, end: Ints, other_start: Ints, other_end: Ints, equal: Ints) -> None:
    """1 where both texts are the same, both NULL included, else 0."""
    for row in range(len(start)):
        s, o = int(start[row]), int(other_start[row])
        size = int(end[row]) - s
        same = size == int(other_end[row]) - o
        i = 0
        while same and i < size:
            same = buf[s + i] == buf[o + i]
            i += 1
        equal[row] = same


@kernel
def equal_one(buf: Buffer, start: Ints, end: Ints, other: int, size: int, equal: Ints) -> None:
    """1 where a text is the one of ``size`` bytes at ``other``, else 0."""
    for row in range(len(start)):
        s = int(start[row])
        same = size == int(end[row]) - s
        i = 0
        while same and i < size:
            same = buf[s + i] == buf[other + i]
            i += 1
        equal[row] = same


@kernel
def copy_text(buf: Buffer, s: int, e: int, at: int) -> int:
    """Copy [s, e) to ``at``."""
    for i in range(s, e):
        buf[at] = buf[i]
        at += 1
    return at


@kernel
def join_spans(buf: Buffer, start: Ints, end: Ints, other_start: Ints, other_end: Ints, at: int) -> int:
    """Both texts, one after the other, in place of the first; a text beside NULL is not copied."""
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        o, p = int(other_start[row]), int(other_end[row])
        if s == e:
            start[row] = o
            end[row] = p
        elif o < p:
            start[row] = at
            at = copy_text(buf, s, e, at)
            at = copy_text(buf, o, p, at)
            end[row] = at
    return at


@kernel
def pad_spans(
    buf: Buffer, start: Ints, end: Ints, width: int, fill: int, fill_end: int, left: bool, at: int
) -> int:
    """LPAD or RPAD to ``width`` characters with the text [fill, fill_end); NULL stays."""
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        if s == e:
            continue
        cut = skip_chars(buf, s, e, width)
        if cut < e:
            end[row] = cut
            continue
        lacking = width
        i = s
        while i < e:
            if (int(buf[i]) & 0xC0) != 0x80:
                lacking -= 1
            i += 1
        if lacking == 0:
            continue
        start[row] = at
        if not left:
            at = copy_text(buf, s, e, at)
        while lacking > 0:
            f = fill
            while f < fill_end and lacking > 0:
                after = skip_chars(buf, f, fill_end, 1)
                at = copy_text(buf, f, after, at)
                f = after
                lacking -= 1
        if left:
            at = copy_text(buf, s, e, at)
        end[row] = at
    return at


@kernel
def replace_spans(
    buf: Buffer, start: Ints, end: Ints, search: int, search_end: int, new: int, new_end: int, at: int
) -> int:
    """REPLACE of one text by another; texts without it are not copied."""
    size = search_end - search
    for row in range(len(start)):
        s, e = int(start[row]), int(end[row])
        found = find_text(buf, s, e, search, size)
        if found < 0:
            continue
        start[row] = at
        while found >= 0:
            at = copy_text(buf, s, found, at)
            at = copy_text(buf, new, new_end, at)
            s = found + size
            found = find_text(buf, s, e, search, size)
        at = copy_text(buf, s, e, at)
        end[row] = at
    return at


@kernel
def find_text(buf: Buffer, s: int, e: int, search: int, size: int) -> int:
    """Where the text at ``search`` first stands in [s, e), -1 if nowhere."""
    while s + size <= e:
        i = 0
        while i < size and buf[s + i] == buf[search + i]:
            i += 1
        if i == size:
            return s
        s += 1
    return -1
