"""What the readers give: chunks of whole records, and the fields in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class State(IntEnum):
    """What a field holds in one record."""

    VALUE = 0
    NULL = 1


class Verdict(IntEnum):
    """What becomes of one record in one INTO TABLE clause."""

    TAKE = 0
    WHEN_FAILED = 1
    ALL_NULL = 2
    REJECT = 3


class FieldError(IntEnum):
    """Why a field could not be set."""

    NONE = 0
    MISSING = 1
    """Column not found before end of logical record (use TRAILING NULLCOLS)."""
    TOO_LONG = 2
    """Field in data file exceeds maximum length."""
    NO_CLOSE = 3
    """second enclosure string not present."""
    NO_OPEN = 4
    """initial enclosure character not found."""
    NO_TERMINATOR = 5
    """no terminator found after TERMINATED and ENCLOSED field."""
    BAD_ENCODING = 6
    BAD_PACKED = 7
    BAD_ZONED = 8
    BAD_LENGTH = 9
    """A VARCHAR/VARCHARC length that is no number or leaves the record."""
    RECORD_TOO_LONG = 10


@dataclass(kw_only=True)
class Chunk:
    """
    Whole logical records.

    Attributes:
        input_no: 0-based input. unit0, unit1: half-open byte range in the decompressed input.
        record0: Logical records before the first one, over the whole load.
        data: The bytes of the range, and maybe some of what follows.
        raw_start, raw_end: Offsets in ``data`` of each logical record's physical bytes, terminators included.
        start, end: Span of each logical record's text: in ``data`` where it stands in one piece,
            else (assembled or transcoded records) in ``text``.
        text: ``data`` itself, or the buffer of assembled or transcoded records.
        last: Whether the input ends here.
        ordinal: Where the records of a part stand in the whole chunk; None for a whole chunk.
        framed: Whether the records are those that a reader gave (``framing``).
        plain: Whether the file has ``data`` as they are, so that ``forget`` may let them go.
    """

    input_no: int
    unit0: int
    unit1: int
    record0: int
    data: bytes
    raw_start: NDArray[np.int64]
    raw_end: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    text: bytes
    last: bool
    ordinal: NDArray[np.int64] | None = None
    framed: bool = False
    plain: bool = False

    def __len__(self) -> int:
        return len(self.start)

    def record_no(self, record: int) -> int:
        """The 1-based number in the load of record ``record`` (0-based, of this chunk)."""
        return self.record0 + (record if self.ordinal is None else int(self.ordinal[record])) + 1

    def record_nos(self, records: NDArray[np.int64]) -> NDArray[np.int64]:
        """The numbers in the load of ``records``."""
        return self.record0 + (records if self.ordinal is None else self.ordinal[records]) + 1

    def part(self, first: int, stop: int) -> Chunk:
        """Records ``first`` to ``stop``, of which there is one at least, with a copy of their text."""
        start, end = self.start[first:stop], self.end[first:stop]
        low, high = int(start.min()), int(end.max())
        return replace(
            self,
            raw_start=self.raw_start[first:stop],
            raw_end=self.raw_end[first:stop],
            start=start - low,
            end=end - low,
            text=self.text[low:high],
            ordinal=np.arange(first, stop) if self.ordinal is None else self.ordinal[first:stop],
        )

    def forget(self) -> None:
        """
        Let go what made its rows, once they exist: a chunk's text is as large as they are.

        Data that no plain file has stay, and so does the text of framed records, which says where they stand.
        """
        if self.framed:
            return
        self.text, self.start, self.end = b"", self.raw_start, self.raw_end
        if self.plain:
            self.data = b""

    @property
    def size_bytes(self) -> int:
        """Bytes of the range."""
        return self.unit1 - self.unit0

    @property
    def text_stop(self) -> int:
        """Where the last record's text ends in ``text``."""
        return int(self.end[-1]) if len(self.end) else 0


@dataclass(kw_only=True)
class Tokens:
    """
    Fields of a chunk after setting, trimming, WHEN, NULLIF, DEFAULTIF and transcoding.

    Attributes:
        buffer: uint8; values stand in it as UTF-8 text (RAW types: bytes; binary numbers: decimal text).
        start, end: int64[records, fields of all tables in order, fillers included].
        state: uint8[records, fields], of ``State``.
        verdict: uint8[records, tables], of ``Verdict``.
        error: uint8[records, tables], of ``FieldError``; error_field: int32, index among all fields.
        error_start, error_end are the span of the value to blame: start/end of that field.
    """

    buffer: NDArray[np.uint8]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    state: NDArray[np.uint8]
    verdict: NDArray[np.uint8]
    error: NDArray[np.uint8]
    error_field: NDArray[np.int32]
