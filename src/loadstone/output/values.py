"""One column's values in the form that the spec asks for; what cannot have it is refused with record and field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loadstone.errors import FixSpec
from loadstone.output.batches import NUMBERS, Batch, SourceColumn, first_true, refused
from loadstone.output.masks import Mask, MaskFault, compile_mask, matrix_of
from loadstone.output.model import Column

MOMENT = r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d{1,6})?)?$"
_POSITIVE, _NEGATIVE = "{ABCDEFGHI", "}JKLMNOPQR"
"""Last digits of positive and negative numbers that carry their sign."""


class Formatter:
    """The form of one column; nulls stay null."""

    def __init__(self, column: Column, source: SourceColumn) -> None:
        self.column, self.source = column, source
        self._mask = self._compiled()

    def texts(self, batch: Batch, no: int) -> Any:
        """
        An Arrow array of texts.

        Raises:
            FixFile: LS-8011 a value is no date, no number, or has more decimals than asked for.
        """
        values = batch.columns[no]
        if self._mask is not None:
            return self._dated(batch, values, self._mask)
        if self.column.is_number or self._zeros:
            return self._numbered(batch, values)
        if self.column.decimal_mark == "," and self.source.kind in ("decimal", "float"):
            import pyarrow.compute as pc

            return pc.replace_substring(values, ".", ",")
        return values

    @property
    def right(self) -> bool:
        """Whether its values stand at the right of their width."""
        if self.column.align is not None:
            return self.column.align == "right"
        return self.column.is_number or self.source.kind in NUMBERS

    # Private methods

    @property
    def _zeros(self) -> bool:
        """Whether zeros fill up a number of the database, which come behind its sign."""
        exact = self.source.kind in ("integer", "decimal")
        return exact and self.right and self.column.width is not None and self.column.pad == "0"

    def _compiled(self) -> Mask | None:
        if self.column.mask is None:
            return None
        try:
            return compile_mask(self.column.mask)
        except MaskFault as fault:
            raise FixSpec("LS-8002", f"column {self.column.name}: {fault}") from fault

    def _dated(self, batch: Batch, values: Any, mask: Mask) -> Any:
        import pyarrow.compute as pc

        sizes = pc.min_max(pc.binary_length(values)).as_py()
        typed = self.source.kind in ("date", "timestamp") and sizes["min"] == sizes["max"]
        if not (typed and sizes["min"] in (10, 19, 23, 26) and _are_plain(values)):
            wrong = first_true(pc.invert(pc.match_substring_regex(values, MOMENT)))
            if wrong >= 0:
                why = "the value is no date of the years 0001 to 9999"
                raise refused("LS-8011", why, batch, wrong, self.column.name)
        if sizes["min"] != sizes["max"]:
            values = _of_one_length(values)
        return mask.column(values)

    def _numbered(self, batch: Batch, values: Any) -> Any:
        """Digits with sign and mark; zero-filled columns are filled here, behind the sign."""
        import pyarrow.compute as pc

        negative, digits = self._digits(batch, values)
        if self.column.sign == "overpunch":
            return self._overpunched(negative, digits)
        signed = self.column.sign != "minus"
        if negative is False and not signed:
            zeros = self.column.width is not None and self.column.pad == "0"
            return pc.ascii_lpad(digits, self.column.width, "0") if zeros else digits
        sign = pc.if_else(negative, "-", "+" if signed else "")
        if self.column.width is not None and self.column.pad == "0":
            room = self.column.width
            full, less = pc.ascii_lpad(digits, room, "0"), pc.ascii_lpad(digits, room - 1, "0")
            digits = less if signed else pc.if_else(negative, less, full)
        if self.column.sign == "trailing":
            return pc.binary_join_element_wise(digits, sign, "")
        return pc.binary_join_element_wise(sign, digits, "")

    def _digits(self, batch: Batch, values: Any) -> tuple[Any, Any]:
        """Which are below zero, and their digits without a sign, with the mark where it is wanted."""
        import pyarrow.compute as pc

        decimals = self.column.decimals
        if decimals is not None and self.source.kind == "decimal" and _have_decimals(values, decimals):
            negative: Any = False
            if holds(values, "-"):
                negative, values = pc.starts_with(values, "-"), pc.ascii_ltrim(values, "-")
            mark = "" if self.column.implied else self.column.decimal_mark
            return negative, values if mark == "." or not decimals else pc.replace_substring(
                values, ".", mark
            )
        if decimals is None:
            plain = first_true(pc.invert(pc.match_substring_regex(values, r"^-?\d+(\.\d+)?$")))
            if plain >= 0:
                raise refused("LS-8011", "the value is no plain number", batch, plain, self.column.name)
            negative = pc.starts_with(values, "-")
            digits = pc.ascii_ltrim(values, "-")
            mark = "" if self.column.implied else self.column.decimal_mark
            return negative, digits if mark == "." else pc.replace_substring(digits, ".", mark)
        whole = unscaled(self._exact(batch, values, decimals))
        negative = pc.starts_with(whole, "-")
        digits = pc.ascii_ltrim(whole, "-")
        digits = pc.if_else(
            pc.less(pc.binary_length(digits), decimals + 1), pc.ascii_lpad(digits, decimals + 1, "0"), digits
        )
        if self.column.implied or not decimals:
            return negative, digits
        head = pc.utf8_slice_codeunits(digits, 0, -decimals)
        tail = pc.utf8_slice_codeunits(digits, -decimals)
        return negative, pc.binary_join_element_wise(head, tail, self.column.decimal_mark)

    def _exact(self, batch: Batch, values: Any, decimals: int) -> Any:
        """Decimals of 38 digits, ``decimals`` of them behind the point."""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = pa.decimal128(38, decimals)

        def exact(part: Any) -> Any:
            if self.column.rounding == "refuse":
                return part.cast(wanted)
            mode = "half_towards_infinity" if self.column.rounding == "half_up" else "half_to_even"
            return pc.round(part.cast(pa.decimal256(76, 38)), decimals, mode).cast(wanted)

        try:
            return exact(values)
        except pa.ArrowInvalid:
            row = first_refused(values, exact)
            why = f"the value is no number with at most {38 - decimals} digits and {decimals} decimal places"
            raise refused("LS-8011", why, batch, row, self.column.name) from None

    def _overpunched(self, negative: Any, digits: Any) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        last = pc.utf8_slice_codeunits(digits, -1).cast(pa.int8())
        below = pc.if_else(negative, pa.scalar(10, pa.int8()), pa.scalar(0, pa.int8()))
        place = pc.add(last, below)
        signed = pa.array([*_POSITIVE, *_NEGATIVE]).take(place)
        return pc.binary_join_element_wise(pc.utf8_slice_codeunits(digits, 0, -1), signed, "")


def unscaled(decimals: Any) -> Any:
    """Arrow decimals as the text of their digits, without a point: 1.50 is 150. (Arrow writes tiny ones with an E.)"""
    import pyarrow as pa

    if isinstance(decimals, pa.ChunkedArray):
        decimals = decimals.combine_chunks()
    plain = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(decimals), decimals.buffers(), offset=decimals.offset
    )
    return plain.cast(pa.string())


def bytes_of(texts: Any) -> memoryview:
    """The bytes of all values of an Arrow array of texts, one behind the other."""
    import numpy as np

    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return memoryview(b"")
    ends = np.frombuffer(offsets, np.int32)
    return memoryview(data)[int(ends[texts.offset]) : int(ends[texts.offset + len(texts)])]


def holds(texts: Any, mark: str) -> bool:
    """Whether the values hold ``mark``; also true where two neighbours together do."""
    return bytes(bytes_of(texts)).find(mark.encode()) >= 0


def first_refused(values: Any, convert: Callable[[Any], object]) -> int:
    """The place of the first value that ``convert`` takes in no part of an Arrow array, by halving; there must be one."""
    import pyarrow as pa

    first, stop = 0, len(values)
    while stop - first > 1:
        middle = (first + stop) // 2
        try:
            convert(values[first:middle])
            first = middle
        except pa.ArrowInvalid:
            stop = middle
    return first


# Private functions


def _are_plain(moments: Any) -> bool:
    """Whether moments of one length have four digits of the year and no era, as a database writes nearly all of its own."""
    shown = matrix_of(moments)
    last = shown[:, -1]
    marks = (shown[:, 4] == 0x2D).all() and (shown.shape[1] == 10 or (shown[:, 13] == 0x3A).all())
    return bool(marks and ((last >= 0x30) & (last <= 0x39)).all())


def _have_decimals(values: Any, decimals: int) -> bool:
    """Whether each value has its point where so many decimals want it; a database writes its own decimals so."""
    import numpy as np

    if values.null_count or not len(values):
        return False
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    if not decimals:
        return not holds(values, ".")
    if int(np.diff(ends).min()) < decimals + 2:
        return False
    data = np.frombuffer(values.buffers()[2], np.uint8)
    return bool((data[ends[1:] - decimals - 1] == 0x2E).all())


def _of_one_length(values: Any) -> Any:
    """Moments with clocks to the microsecond."""
    import pyarrow.compute as pc

    day, clock = pc.utf8_slice_codeunits(values, 0, 10), pc.utf8_slice_codeunits(values, 11, 26)
    size = pc.binary_length(clock)
    clock = pc.if_else(pc.equal(size, 8), pc.binary_join_element_wise(clock, ".", ""), clock)
    clock = pc.if_else(pc.equal(size, 0), "00:00:00.", clock)
    return pc.binary_join_element_wise(day, pc.ascii_rpad(clock, 15, "0"), " ")
