"""Bytes into physical records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.datatypes.kernel import Buffer, Ints, kernel
from loadstone.errors import FixFile
from loadstone.formats.layout import Layout
from loadstone.formats.setting import step
from loadstone.spec import Literal, RecordFormat

SCAN_SIZE_BYTES = 1 << 18

Offsets = NDArray[np.int64]

LATER_BYTE_MIN = 0x30
"""No later byte of a character of several bytes is below this one, so a line feed is never part of one."""


@dataclass(frozen=True)
class Spans:
    """
    Records in a piece of data: physical bytes, and text.

    Attributes:
        text: Text of assembled records, which ``start`` and ``end`` count in; None = the data itself.
    """

    raw_start: Offsets
    raw_end: Offsets
    start: Offsets
    end: Offsets
    text: bytes | None = None


class Splitter:
    """Lines, or records that end with a terminator of one's own."""

    def __init__(self, terminator: bytes) -> None:
        self.terminator = terminator

    def split(self, data: bytes, *, last: bool) -> tuple[Offsets, Offsets, Offsets, Offsets]:
        """Physical start and end, and text start and end, of each record that is whole (all if ``last``)."""
        width = len(self.terminator)
        text_end = self.find_ends(data)
        raw_end = text_end + width
        if last and (len(raw_end) == 0 or raw_end[-1] < len(data)) and data:
            text_end, raw_end = np.append(text_end, len(data)), np.append(raw_end, len(data))
        start = np.concatenate([np.zeros(1, np.int64), raw_end[:-1]]) if len(raw_end) else raw_end
        return start, raw_end, start.copy(), text_end

    def find_ends(self, data: bytes) -> Offsets:
        """Where each terminator stands."""
        array = np.frombuffer(data, np.uint8)
        # A part at a time stays in the processor's cache, and needs no room for a flag for each byte.
        parts = [
            np.flatnonzero(array[at : at + SCAN_SIZE_BYTES] == self.terminator[-1]) + at
            for at in range(0, len(array), SCAN_SIZE_BYTES)
        ]
        found = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        width = len(self.terminator)
        if width == 1:
            return found
        found = found[found >= width - 1] - (width - 1)
        for place in range(width - 1):
            found = found[array[found + place] == self.terminator[place]]
        return self._apart(found)

    def _apart(self, found: Offsets) -> Offsets:
        """Terminators that overlap count from the left."""
        width = len(self.terminator)
        if len(found) < 2 or int(np.diff(found).min()) >= width:
            return found
        kept, free = [], 0
        for at in found.tolist():
            if at >= free:
                kept.append(at)
                free = at + width
        return np.array(kept, np.int64)

    def text(self, data: bytes, spans: Spans) -> tuple[bytes, Offsets, Offsets]:
        """The text that the spans count in."""
        return (data if spans.text is None else spans.text), spans.start, spans.end


class FixSplitter(Splitter):
    """Records of a fixed number of bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(b"")
        self.size = size

    def split(self, data: bytes, *, last: bool) -> tuple[Offsets, Offsets, Offsets, Offsets]:
        """As ``Splitter.split``; a short record at the end is a record too."""
        whole = len(data) // self.size
        start = np.arange(whole + int(last and len(data) % self.size > 0), dtype=np.int64) * self.size
        end = np.minimum(start + self.size, len(data))
        return start, end, start.copy(), end.copy()


class VarSplitter(Splitter):
    """Records with their length in digits before them."""

    def __init__(self, digits: int, *, compiled: bool) -> None:
        super().__init__(b"")
        self.digits, self.compiled = digits, compiled

    def split(self, data: bytes, *, last: bool) -> tuple[Offsets, Offsets, Offsets, Offsets]:
        """
        As ``Splitter.split``.

        Raises:
            FixFile: LS-2005 a length that is no number, or that leaves the file.
        """
        ends = np.empty(len(data) // self.digits + 1, np.int64)
        view = np.frombuffer(data, np.uint8) if self.compiled else data
        count = split_var.pick(self.compiled)(view, self.digits, ends)
        if count < 0:
            raise FixFile(
                "LS-2005",
                f"record {-count}: its length of {self.digits} digits is not a number",
                hints=['is the file in the format "var n", with this n?'],
            )
        end = ends[:count].copy()
        start = np.concatenate([np.zeros(1, np.int64), end[:-1]]) if count else end
        if last and (int(end[-1]) if count else 0) < len(data):
            raise FixFile(
                "LS-2005",
                f"record {count + 1}: the file ends before the record does",
                hints=["was the transfer complete?"],
            )
        return start, end, start + self.digits, end.copy()


@kernel
def split_var(data: Buffer, digits: int, ends: Ints) -> int:
    """Ends of the whole records; the count, or minus the number of the record without a length."""
    at = count = 0
    while at + digits <= len(data):
        size = 0
        for i in range(digits):
            byte = int(data[at + i])
            if byte == 32 and size == 0:
                continue
            if byte < 48 or byte > 57:
                return -(count + 1)
            size = size * 10 + byte - 48
        if at + digits + size > len(data):
            break
        at += digits + size
        ends[count] = at
        count += 1
    return count


class CharSplitter(Splitter):
    """As ``Splitter``, for sets whose later bytes may look like ASCII: no terminator begins within a character."""

    def __init__(self, terminator: bytes, leads: bytes, *, compiled: bool) -> None:
        super().__init__(terminator)
        self.leads, self.compiled = leads, compiled

    def find_ends(self, data: bytes) -> Offsets:
        """Where each terminator stands that begins where a character may."""
        ends = np.empty(data.count(self.terminator) + 1, np.int64)
        views = [
            np.frombuffer(part, np.uint8) if self.compiled else part
            for part in (data, self.terminator, self.leads)
        ]
        count = split_chars.pick(self.compiled)(*views, ends)
        return ends[:count].copy()


@kernel
def split_chars(data: Buffer, ending: Buffer, leads: Buffer, ends: Ints) -> int:
    """Where terminators stand, character by character; how many."""
    at = count = 0
    while at < len(data):
        if stands(data, at, ending):
            ends[count] = at
            count += 1
            at += len(ending)
        else:
            at += step(data, at, len(data), leads)
    return count


class EmbeddedSplitter(Splitter):
    """CSV WITH EMBEDDED: a record end inside an enclosure that opened at a field's start is data."""

    def __init__(
        self, terminator: bytes, comma: bytes, quote: bytes, leads: bytes, *, compiled: bool
    ) -> None:
        super().__init__(terminator)
        self.comma, self.quote, self.leads, self.compiled = comma, quote, leads, compiled

    def find_ends(self, data: bytes) -> Offsets:
        """Where each terminator stands that is outside of enclosures."""
        ends = np.empty(data.count(self.terminator) + 1, np.int64)
        views = [
            np.frombuffer(part, np.uint8) if self.compiled else part
            for part in (data, self.terminator, self.comma, self.quote, self.leads or bytes(256))
        ]
        count = split_embedded.pick(self.compiled)(*views, ends)
        return ends[:count].copy()


@kernel
def split_embedded(
    data: Buffer, ending: Buffer, comma: Buffer, quote: Buffer, leads: Buffer, ends: Ints
) -> int:
    """A state machine that knows where fields start; quote parity would be fooled by a stray quote."""
    at = count = 0
    field_start, inside = True, False
    while at < len(data):
        if inside:
            if stands(data, at, quote):
                at += len(quote)
                if stands(data, at, quote):
                    at += len(quote)
                else:
                    inside = False
            else:
                at += step(data, at, len(data), leads)
        elif field_start and stands(data, at, quote):
            inside, field_start = True, False
            at += len(quote)
        elif stands(data, at, comma):
            field_start = True
            at += len(comma)
        elif stands(data, at, ending):
            ends[count] = at
            count += 1
            field_start = True
            at += len(ending)
        else:
            byte = int(data[at])
            field_start = field_start and (byte == 32 or byte == 9)
            at += step(data, at, len(data), leads)
    return count


@kernel
def stands(data: Buffer, at: int, literal: Buffer) -> bool:
    """Whether ``literal`` stands at ``at``."""
    if at + len(literal) > len(data):
        return False
    for i in range(len(literal)):
        if data[at + i] != literal[i]:
            return False
    return True


class WideSplitter(Splitter):
    """UTF-16: records are cut in code units and become UTF-8 text."""

    def __init__(self, codec: str, ending: str) -> None:
        super().__init__(ending.encode(codec))
        self.codec = codec

    def find_ends(self, data: bytes) -> Offsets:
        """Where each terminator stands; one that begins amid a code unit is none."""
        found, at = [], 0
        while (hit := data.find(self.terminator, at)) >= 0:
            if hit % 2:
                at = hit + 1
                continue
            found.append(hit)
            at = hit + len(self.terminator)
        return np.array(found, np.int64)

    def text(self, data: bytes, spans: Spans) -> tuple[bytes, Offsets, Offsets]:
        """All records as UTF-8; what is no UTF-16 becomes bytes that are no UTF-8 either, to be refused later."""
        source = data if spans.text is None else spans.text
        parts = [
            self._utf8(source[a:b]) for a, b in zip(spans.start.tolist(), spans.end.tolist(), strict=True)
        ]
        end = np.cumsum(np.array([len(part) for part in parts], np.int64))
        return b"".join(parts), end - np.array([len(part) for part in parts], np.int64), end

    def _utf8(self, part: bytes) -> bytes:
        whole = part[: len(part) // 2 * 2]
        text = whole.decode(self.codec, "surrogatepass").encode("utf-8", "surrogatepass")
        return text if len(whole) == len(part) else text + b"\xff"


def splitter_of(layout: Layout, form: RecordFormat, *, codec: str, compiled: bool) -> Splitter:
    """What cuts records of this format; ``codec`` tells the byte order of UTF-16 data."""
    if form.kind == "fix":
        return FixSplitter(form.size or 1)
    if form.kind == "var":
        return VarSplitter(form.size or 5, compiled=compiled)
    literal = form.terminator
    if layout.charset.width == 2:
        return WideSplitter(codec, _wide_ending(layout, literal))
    ending = layout.charset.encode("\n")
    if form.kind == "str" and literal is not None:
        ending = (
            bytes.fromhex(literal.hex)
            if literal.hex is not None
            else layout.charset.encode(literal.text or "")
        )
    leads = layout.charset.leads
    if layout.embedded:
        comma, quote = layout.csv_marks
        return EmbeddedSplitter(ending, comma, quote, leads, compiled=compiled)
    if leads and ending[0] >= LATER_BYTE_MIN:
        return CharSplitter(ending, leads, compiled=compiled)
    return Splitter(ending)


def _wide_ending(layout: Layout, literal: Literal | None) -> str:
    """The characters that end a record of UTF-16."""
    if literal is not None and literal.hex is not None:
        return layout.charset.units(literal.hex).decode("utf-8", "replace")
    return literal.text or "\n" if literal is not None else "\n"
