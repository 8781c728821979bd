"""Packed decimals: two digits a byte and the sign in the last half, as private characters until the file is encoded."""

from __future__ import annotations

import codecs
from typing import Any

from loadstone.output.batches import Batch, SourceColumn, first_true, refused
from loadstone.output.model import Column
from loadstone.output.values import Formatter

_FIRST = 0xE000
"""The private character that stands for byte 0 until the text is encoded; the next 255 stand for the others."""


def packed_texts(batch: Batch, column: Column, no: int) -> Any:
    """
    Column ``no`` of a batch as texts of ``column.width`` private characters each; NULL is zero.

    Raises:
        FixFile: LS-8010 too many digits; LS-8011 no number.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    size = column.width or 0
    plain = Column(name=column.name, decimals=column.decimals or 0, rounding=column.rounding, implied=True)
    texts = pc.fill_null(Formatter(plain, SourceColumn(column.name, "decimal")).texts(batch, no), "0")
    negative = pc.starts_with(texts, "-")
    digits = pc.ascii_ltrim(texts, "-")
    width = 2 * size - 1
    long = pc.greater(pc.binary_length(digits), width)
    if pc.any(long).as_py():
        why = f"the value has more digits than the {width} of a packed field of {size} bytes"
        raise refused("LS-8010", why, batch, first_true(long), column.name)
    padded = pc.ascii_lpad(digits, width, "0")
    flat = np.frombuffer(padded.buffers()[2], np.uint8, count=len(padded) * width) - 0x30
    nibbles = np.empty((len(padded), 2 * size), np.uint8)
    nibbles[:, :width] = flat.reshape(len(padded), width)
    nibbles[:, width] = np.where(negative.to_numpy(zero_copy_only=False), 0xD, 0xC)
    bytes_ = (nibbles[:, 0::2] << 4) | nibbles[:, 1::2]
    coded = np.empty((len(padded), size, 3), np.uint8)  # UTF-8 of the private characters
    coded[:, :, 0] = 0xE0 | (_FIRST >> 12)
    coded[:, :, 1] = 0x80 | ((_FIRST >> 6) & 0x3F) + (bytes_ >> 6)
    coded[:, :, 2] = 0x80 | (bytes_ & 0x3F)
    offsets = np.arange(len(padded) + 1, dtype=np.int32) * (3 * size)
    return pa.StringArray.from_buffers(len(padded), pa.py_buffer(offsets), pa.py_buffer(coded.tobytes()))


def encoder(encoding: str) -> dict[int, int]:
    """What each character becomes in a character set of single bytes, private characters as the bytes they stand for."""
    table: dict[int, int] = {}
    decode = codecs.getdecoder(encoding)
    for byte in range(255, -1, -1):
        try:
            text = decode(bytes([byte]))[0]
        except UnicodeDecodeError:
            continue
        if len(text) == 1:
            table[ord(text)] = byte
    table.update({_FIRST + byte: byte for byte in range(256)})
    return table


def single_byte(encoding: str) -> bool:
    """Whether each byte of the set is one character, or none."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)
    except LookupError:
        return False
    for byte in range(256):
        try:
            if len(decoder().decode(bytes([byte]))) != 1:
                return False  # it waits for more
        except UnicodeError:
            continue
    return True
