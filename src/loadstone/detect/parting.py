"""Bytes that may part the fields, where they are none of ASCII: what they stand for tells code pages apart, and they are no letters of words."""

from __future__ import annotations

import re
from collections import Counter

PARTING = frozenset("|~^#¦§¬¤×÷·•¶þ│║")
"""Marks that fields are parted by."""

_HEAD_BYTES = 64 * 1024
_LINES_MAX = 200


def parting_bytes(data: bytes, among: frozenset[int] = frozenset(range(128, 256))) -> bytes:
    """The bytes, some of those given, that stand equally often in nearly all lines, the most frequent first."""
    lines = [line for line in re.split(rb"[\r\n\x15\x25]+", data[:_HEAD_BYTES])[:_LINES_MAX] if line]
    found: list[tuple[int, int]] = []
    for byte in {byte for line in lines[:50] for byte in line if byte in among}:
        count, times = Counter(line.count(byte) for line in lines).most_common(1)[0]
        if count and len(lines) > 2 and times >= (0.7 if len(lines) > 5 else 1.0) * len(lines):
            found.append((-count * times, byte))
    return bytes(byte for _, byte in sorted(found))
