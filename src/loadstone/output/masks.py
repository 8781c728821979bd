"""Date masks of outgoing files: slices of a canonical moment, so that a column is written without a loop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

_SLICES = {
    "YYYY": (0, 4), "YY": (2, 4), "MM": (5, 7), "DD": (8, 10), "HH24": (11, 13), "MI": (14, 16), "SS": (17, 19),
    **{f"FF{n}": (20, 20 + n) for n in range(1, 7)},
}  # fmt: skip
"""Where each element stands in ``YYYY-MM-DD HH:MI:SS.FFFFFF``."""

_ELEMENT = re.compile(r'YYYY|YY|MON|Mon|mon|MM|DDD|DD|HH24|MI|SS|FF[1-6]|"[^"]*"|[^A-Za-z"]+')


class MaskFault(ValueError):
    """
    The mask has something that no element is.

    Attributes:
        column: Where, 1-based.
    """

    def __init__(self, mask: str, at: int) -> None:
        known = "YYYY YY MM MON DD DDD HH24 MI SS FF1 to FF6, punctuation and text in double quotes"
        super().__init__(f"mask {mask!r} at {mask[at:]!r}: the elements are {known}")
        self.column = at + 1


@dataclass(frozen=True)
class Mask:
    """
    A compiled mask.

    Attributes:
        parts: Literals, and the names of elements behind a NUL.
    """

    parts: tuple[str, ...]

    def text(self, moment: date) -> str:
        """One moment."""
        at = moment if isinstance(moment, datetime) else datetime.combine(moment, datetime.min.time())
        canonical = at.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
        return "".join(
            part if part[0] != "\0" else self._element(part[1:], canonical, at) for part in self.parts
        )

    def column(self, moments: Any) -> Any:
        """
        An Arrow array of texts from one of moments: all ``YYYY-MM-DD``, or all so with a clock of the same length.

        Nulls stay; text of another length is not looked at.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if not len(moments):
            return moments
        columns = self._columns(matrix_of(moments))
        rows = len(moments)
        text = np.concatenate(columns, axis=1) if columns else np.empty((rows, 0), np.uint8)
        offsets = np.arange(rows + 1, dtype=np.int32) * text.shape[1]
        made = pa.StringArray.from_buffers(
            rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text).data)
        )
        return pc.if_else(pc.is_valid(moments), made, None) if moments.null_count else made

    # Private methods

    def _columns(self, moments: Any) -> list[Any]:
        """The characters of each part, a matrix a part."""
        import numpy as np

        rows, size = moments.shape
        made = []
        for part in self.parts:
            if part[0] != "\0":
                made.append(
                    np.broadcast_to(np.frombuffer(part.encode(), np.uint8), (rows, len(part.encode())))
                )
            elif part[1:] in _SLICES:
                first, stop = _SLICES[part[1:]]
                made += [moments[:, first:stop]] if first < size else []
                missing = stop - max(first, size)
                if missing > 0:
                    made.append(np.full((rows, missing), 0x30, np.uint8))
            elif part[1:].upper() == "MON":
                names = np.frombuffer("".join(_months(part[1:])).encode(), np.uint8).reshape(12, 3)
                made.append(names[(moments[:, 5] - 0x30) * 10 + moments[:, 6] - 0x31])
            else:
                made.append(_days_of_year(moments))
        return made

    @staticmethod
    def _element(name: str, canonical: str, at: datetime) -> str:
        if name in _SLICES:
            first, stop = _SLICES[name]
            return canonical[first:stop]
        return _months(name)[at.month - 1] if name.upper() == "MON" else f"{at.timetuple().tm_yday:03}"


def compile_mask(mask: str) -> Mask:
    """
    The parts of ``mask``.

    Raises:
        MaskFault: Something in it is no element.
    """
    parts, at = [], 0
    while at < len(mask):
        found = _ELEMENT.match(mask, at)
        if found is None:
            raise MaskFault(mask, at)
        part = found[0]
        if part[0].isalpha():
            parts.append("\0" + part)
        elif part.strip('"'):
            parts.append(part[1:-1] if part[0] == '"' else part)
        at = found.end()
    return Mask(tuple(parts))


def matrix_of(moments: Any) -> Any:
    """The characters of texts that all have the same length, a row each; NULL reads as a moment of the year 1."""
    import numpy as np
    import pyarrow.compute as pc

    size = int(pc.max(pc.binary_length(moments)).as_py() or 10)
    present = pc.fill_null(moments, _NEVER[:size]) if moments.null_count else moments
    first = np.frombuffer(present.buffers()[1], np.int32)[present.offset]
    flat = np.frombuffer(present.buffers()[2], np.uint8)[first : first + size * len(present)]
    return flat.reshape(len(present), size)


# Private functions

_NEVER = "0001-01-01 00:00:00.000000"


def _days_of_year(moments: Any) -> Any:
    import numpy as np

    digits = moments[:, :10].astype(np.int32) - 0x30
    year = digits[:, 0] * 1000 + digits[:, 1] * 100 + digits[:, 2] * 10 + digits[:, 3]
    month, day = digits[:, 5] * 10 + digits[:, 6], digits[:, 8] * 10 + digits[:, 9]
    before = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], np.int32)
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    number = before[month - 1] + day + (leap & (month > 2))
    return (np.stack([number // 100, number // 10 % 10, number % 10], axis=1) + 0x30).astype(np.uint8)


def _months(name: str) -> tuple[str, ...]:
    if name == "MON":
        return MONTHS
    return tuple(month.title() if name == "Mon" else month.lower() for month in MONTHS)
