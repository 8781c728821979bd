"""Numbers as text into exact decimals, by Oracle's rules (kernels)."""

from __future__ import annotations

from loadstone.datatypes.kernel import Buffer, Ints, kernel

DIGITS_MAX = 160
"""Digits that a caller's array must hold."""

NUMBER, PRECISION = 1722, 1438
"""Faults, as in ``ValueFault``."""

NOT_SIMPLE = 1
"""A fast path declines; ``parse_number`` decides."""

BLANK, PLUS, MINUS = 32, 43, 45


@kernel
def trim_blanks(buf: Buffer, s: int, e: int) -> tuple[int, int]:
    """Bounds without blanks at both ends."""
    while s < e and int(buf[s]) == BLANK:
        s += 1
    while e > s and int(buf[e - 1]) == BLANK:
        e -= 1
    return s, e


@kernel
def parse_int64(buf: Buffer, s: int, e: int) -> tuple[int, int]:
    """A sign and 1 to 18 digits; (NOT_SIMPLE, 0) for anything else."""
    s, e = trim_blanks(buf, s, e)
    negative = False
    if s < e and (int(buf[s]) == MINUS or int(buf[s]) == PLUS):
        negative = int(buf[s]) == MINUS
        s += 1
    if e - s < 1 or e - s > 18:
        return NOT_SIMPLE, 0
    value = 0
    for i in range(s, e):
        digit = int(buf[i]) - 48
        if digit < 0 or digit > 9:
            return NOT_SIMPLE, 0
        value = value * 10 + digit
    return 0, -value if negative else value


@kernel
def parse_plain(buf: Buffer, s: int, e: int, decimal: int) -> tuple[int, int, int]:
    """
    A sign, 1 to 18 digits and a decimal character among them: 0, all digits as one number, fraction digits.

    (NOT_SIMPLE, 0, 0) for anything else.
    """
    negative = False
    if int(buf[s]) == MINUS:
        negative = True
        s += 1
    if e - s < 1 or e - s > 18:
        return NOT_SIMPLE, 0, 0
    value, point = 0, -1
    for i in range(s, e):
        byte = int(buf[i])
        if byte == decimal and point < 0:
            point = i
        elif byte < 48 or byte > 57:
            return NOT_SIMPLE, 0, 0
        else:
            value = value * 10 + byte - 48
    if point >= 0 and e - s == 1:
        return NOT_SIMPLE, 0, 0
    return 0, -value if negative else value, e - 1 - point if point >= 0 else 0


@kernel
def parse_decimal64(buf: Buffer, s: int, e: int, decimal: int, scale: int) -> tuple[int, int]:
    """
    A plain decimal with at most ``scale`` fraction digits and 18 digits in all, times 10**scale.

    (NOT_SIMPLE, 0) for anything else.
    """
    s, e = trim_blanks(buf, s, e)
    if s >= e or scale < 0:
        return NOT_SIMPLE, 0
    status, value, fraction = parse_plain(buf, s, e, decimal)
    if status or fraction > scale or e - s + scale - fraction > 18:
        return NOT_SIMPLE, 0
    for _ in range(scale - fraction):
        value *= 10
    return 0, value


@kernel
def parse_number(buf: Buffer, s: int, e: int, decimal: int, digits: Buffer) -> tuple[int, bool, int, int]:
    """
    Any number that Oracle converts without a mask: blanks around, sign, decimal character, exponent.

    Returns:
        Status (0 or NUMBER), whether it is negative, count and point: ``digits[:count]`` hold 0 to 9
        without zeros at either end, and the value is 0.d1d2... x 10**point. Zero has count 0.
    """
    s, e = trim_blanks(buf, s, e)
    negative = False
    if s < e and (int(buf[s]) == MINUS or int(buf[s]) == PLUS):
        negative = int(buf[s]) == MINUS
        s += 1
    count, point, seen, after = 0, 0, 0, False
    at = s
    while at < e:
        byte = int(buf[at])
        if 48 <= byte <= 57:
            seen += 1
            if count == 0 and byte == 48:
                if after:
                    point -= 1
            else:
                if count < DIGITS_MAX:
                    digits[count] = byte - 48
                    count += 1
                if not after:
                    point += 1
        elif byte == decimal and not after:
            after = True
        else:
            break
        at += 1
    if seen == 0:
        return NUMBER, negative, 0, 0
    if at < e:
        status, exponent = parse_exponent(buf, at, e)
        if status:
            return NUMBER, negative, 0, 0
        point += exponent
    while count > 0 and digits[count - 1] == 0:
        count -= 1
    if count == 0:
        point = 0
    return 0, negative and count > 0, count, point


@kernel
def parse_exponent(buf: Buffer, at: int, e: int) -> tuple[int, int]:
    """``E`` with a sign and up to three digits, to the end of the text."""
    byte = int(buf[at])
    if byte != 69 and byte != 101:
        return NUMBER, 0
    at += 1
    negative = False
    if at < e and (int(buf[at]) == MINUS or int(buf[at]) == PLUS):
        negative = int(buf[at]) == MINUS
        at += 1
    if at >= e or e - at > 3:
        return NUMBER, 0
    exponent = 0
    for i in range(at, e):
        digit = int(buf[i]) - 48
        if digit < 0 or digit > 9:
            return NUMBER, 0
        exponent = exponent * 10 + digit
    return 0, -exponent if negative else exponent


@kernel
def round_number(digits: Buffer, count: int, point: int, precision: int, scale: int) -> tuple[int, int, int]:
    """
    Round half away from zero to ``scale`` digits right of the point; check the precision.

    ``scale`` may be negative; ``precision`` -1 means any. Gives status (0 or PRECISION), count, point.
    """
    keep = point + scale
    if keep < 0:
        return 0, 0, 0
    if count > keep:
        carry = digits[keep] >= 5
        count = keep
        while carry and count > 0:
            if digits[count - 1] == 9:
                count -= 1
            else:
                digits[count - 1] += 1
                carry = False
        if carry:
            digits[0] = 1
            count = 1
            point += 1
        while count > 0 and digits[count - 1] == 0:
            count -= 1
    if count == 0:
        return 0, 0, 0
    if precision >= 0 and point > precision - scale:
        return PRECISION, 0, 0
    return 0, count, point


@kernel
def to_words(digits: Buffer, count: int, total: int, words: Ints) -> int:
    """
    The first ``total`` digits (zeros after ``count``) as an integer of four 32-bit words, least first.

    1 if it does not fit in 127 bits, else 0.
    """
    for i in range(4):
        words[i] = 0
    for d in range(total):
        carry = int(digits[d]) if d < count else 0
        for i in range(4):
            sum_here = int(words[i]) * 10 + carry
            words[i] = sum_here & 0xFFFFFFFF
            carry = sum_here >> 32
        if carry or int(words[3]) >> 31:
            return 1
    return 0


@kernel
def write_decimal(
    digits: Buffer, count: int, point: int, negative: bool, scale: int, out: Buffer, at: int
) -> int:
    """
    Write the value as plain decimal text; gives where it ends.

    At least ``scale`` digits stand right of the point (-1: as few as there are).
    """
    if negative:
        out[at] = MINUS
        at += 1
    if point <= 0:
        out[at] = 48
        at += 1
    for d in range(max(point, 0)):
        out[at] = 48 + (int(digits[d]) if d < count else 0)
        at += 1
    fraction = max(count - point, scale, 0) if count or scale > 0 else 0
    if fraction > 0:
        out[at] = 46
        at += 1
        for d in range(point, point + fraction):
            out[at] = 48 + (int(digits[d]) if 0 <= d < count else 0)
            at += 1
    return at
