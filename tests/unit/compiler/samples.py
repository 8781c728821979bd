"""Functions that use each part of the language that kernels may use."""

from __future__ import annotations

import numpy as np

from loadstone.datatypes.kernel import Buffer, Ints, kernel

LIMIT = 7
POWERS = np.array([10**n for n in range(5)], np.int64)
HALVES = np.array([0.5, 0.25])


@kernel
def arithmetic(a: int, b: int) -> int:
    """Every operation on whole numbers; ``b`` is not 0."""
    found = (a + b) * 3 - a // b + a % b + a // 16 + a % 16
    found += (a & 0xFF) ^ (b | 1)
    found -= (a << 2) >> 1
    return found - abs(b) + min(a, b, 5) + max(a, b) + -a


@kernel
def comparisons(a: int, b: int) -> int:
    """Chained comparisons, truths as numbers, short circuits."""
    score = 0
    if 0 <= a < b <= 50:
        score += 1
    if a == b or a != 3 and not b > a:
        score += 2
    both = a > 0 and b > 0
    either = both or a < -5
    score += 4 if either else 8
    if a and b:
        score += 16
    return score + (1 if both else 0) + int(a >= b)


@kernel
def loops(a: int, b: int) -> int:
    """Loops with steps, breaks, continues and what is left of their variables."""
    total = 0
    for i in range(a):
        if i % 3 == 1:
            continue
        for j in range(b, 0, -2):
            if j == LIMIT:
                break
            total += i * j
    for i in range(a, a + 4):
        total += i
    n = 20
    while True:
        n -= 3
        if n < a:
            break
        total += n
    while n < 5:
        n += 2
    return total + n


@kernel
def split(a: int, b: int) -> tuple[int, bool, int]:
    """Several values at once."""
    if a > b:
        return a - b, True, 0
    return (b - a, False, 1) if a < b else (0, a == 0, 2)


@kernel
def several(a: int, b: int) -> int:
    """Values of another kernel, exchanged and chosen."""
    distance, before, kind = split(a, b)
    distance, kind = kind, distance
    low, high = (a, b) if a < b else (b, a)
    return distance * 100 + (10 if before else 20) + kind + high - low


@kernel
def reals(a: int, b: int) -> int:
    """Doubles, from numbers and from a global array."""
    value = float(a)
    value = value * HALVES[b & 1] + 1.5
    value = value / 2 if value > 0.0 else -value
    return int(value) + (1 if value <= 3.25 else 0)


@kernel
def count(data: Buffer, wanted: int) -> int:
    """How often a byte stands in a text."""
    found = 0
    for i in range(len(data)):
        if data[i] == wanted:
            found += 1
    return found


@kernel
def arrays(data: Buffer, table: Ints, flags: Ints, out: Ints) -> int:
    """Bytes, rows, slices, elements of every size; chained and augmented assignments."""
    row = table[1]
    part = data[1:4]
    out[0] = out[1] = count(part, 98)
    out[2] = row[0] + table[0, 1] + len(table) + len(row)
    out[3] += POWERS[2]
    for i in range(len(flags)):
        if flags[i]:
            out[4] -= 1
    flags[0] = 0
    return count(data, int(data[0]))


@kernel
def no_result(out: Ints) -> None:
    """Nothing comes back."""
    if len(out) > 2:
        return
    out[0] = 300


@kernel
def calls_nothing_known(a: int) -> int:
    """A kernel cannot do this."""
    return sorted([a])[0]


@kernel
def changes_a_type(a: int) -> int:
    """A truth that becomes a number."""
    flag = a > 1
    flag = a + 2
    return flag


@kernel
def gives_an_operand(a: int, b: int) -> int:
    """``or`` of numbers, whose value Python takes from an operand."""
    return (a or b) + 1


@kernel
def ends_a_loop(a: int, b: int) -> int:
    """``else`` of a loop."""
    for i in range(a):
        if i == b:
            break
    else:
        return -1
    return i


@kernel
def ends_a_while(a: int, b: int) -> int:
    """``else`` of ``while``."""
    while a > b:
        a -= 1
    else:
        a += 100
    return a


@kernel
def steps_over(data: Buffer) -> int:
    """A slice with a step."""
    return len(data[0:4:2])


@kernel
def names_an_argument(a: int, b: int) -> int:
    """A call with a keyword."""
    return max(a, b, key=abs)


@kernel
def compares_doubles(a: int, b: int) -> int:
    """The least of doubles, which would be cut."""
    return int(min(a / 2, b / 2) * 2.0)


@kernel
def joins_texts(a: int) -> int:
    """A text."""
    return len("a" * a)


@kernel
def turns_round(a: int) -> int:
    """Bits turned round."""
    return ~a


@kernel
def says_what(a: int) -> int:
    """A variable with its type."""
    found: int = a
    return found


@kernel
def divisions(a: int, b: int, out: Ints) -> None:
    """Quotients and remainders by a variable, by powers of two, and by numbers of either sign; ``b`` is not 0."""
    out[0], out[1] = a // b, a % b
    out[2], out[3] = a // 8, a % 8
    out[4], out[5] = a // -8, a % -8
    out[6], out[7] = a // 7, a % -7


@kernel
def bits(a: int, b: int, out: Ints) -> None:
    """Bits of both, and shifts."""
    out[0], out[1], out[2] = a & b, a | b, a ^ b
    out[3], out[4], out[5] = a << 3, a >> 5, -a


@kernel
def order(a: int, b: int, out: Ints) -> None:
    """Comparisons and extremes."""
    out[0], out[1], out[2], out[3] = int(a < b), a <= b, a == b, a != b
    out[4], out[5], out[6] = min(a, b), max(a, b, 0), abs(a)


@kernel
def stays(a: int) -> int:
    """A loop whose variable the body changes, and whose bound too."""
    total, stop = 0, a
    for i in range(stop):
        stop = 0
        total += i
        i = 100
    return total


@kernel
def nested(a: int, b: int) -> int:
    """``break`` and ``continue`` are of the loop that they stand in."""
    total = 0
    for i in range(4):
        j = 0
        while j < 5:
            j += 1
            if j == a:
                continue
            if j == b:
                break
            total += 10 * i + j
        if i == 2:
            continue
        total += 1000
    return total
