"""Records of the text layouts, put together column by column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from loadstone.errors import FixSpec
from loadstone.output.assemble import Field, assembled, characters
from loadstone.output.batches import NUMBERS, Batch, SourceColumn, column_no, first_true, refused
from loadstone.output.model import Column, Delimited, Fixed, JsonLines, Line, LineField, OutputSpec
from loadstone.output.packed import packed_texts
from loadstone.output.values import Formatter, bytes_of, holds


class Records:
    """How the records of one spec over one source become text."""

    def __init__(self, spec: OutputSpec, columns: Sequence[SourceColumn]) -> None:
        """``FixSpec`` LS-8004 for a column that the rows do not have."""
        self._layout, self._end, self._line_end = spec.layout, spec.record_end, spec.record_end
        if isinstance(spec.layout, Fixed) and spec.layout.record_size is not None:
            self._end = (
                " " * (spec.layout.record_size - sum(one.width or 0 for one in spec.columns)) + self._end
            )
        chosen = spec.columns or tuple(Column(name=column.name) for column in columns)
        self.places = [column_no(columns, column.name) for column in chosen]
        self.formatters = [
            Formatter(column, columns[no]) for column, no in zip(chosen, self.places, strict=True)
        ]

    def text(self, batch: Batch) -> memoryview:
        """
        The records of a batch in UTF-8, ends included.

        Raises:
            FixFile: LS-8010 a value is too long; LS-8011 it is no date or number; LS-8013 it needs quotes.
        """
        if isinstance(self._layout, JsonLines):
            return self._json(batch, self._layout)
        separator = self._layout.delimiter if isinstance(self._layout, Delimited) else ""
        tails = [separator.encode()] * (len(self.places) - 1) + [self._end.encode()]
        return assembled(
            [
                self._field(batch, formatter, no, tail)
                for formatter, no, tail in zip(self.formatters, self.places, tails, strict=True)
            ]
        )

    def line(self, line: Line, filled: Sequence[str]) -> str:
        """A header or footer line, end included; ``filled``: its templates, filled."""
        layout = self._layout
        if isinstance(layout, Delimited) and line.text is None:
            return layout.delimiter.join(quoted(text, layout) for text in filled) + self._line_end
        if isinstance(layout, Fixed) and line.names:
            fields = [_title_field(formatter) for formatter in self.formatters]
            filled = [_fitted(text, field) for text, field in zip(filled, fields, strict=True)]
        elif isinstance(layout, Fixed) and line.fields:
            filled = [_fitted(text, field) for text, field in zip(filled, line.fields, strict=True)]
        text = "".join(filled)
        if isinstance(layout, Fixed) and layout.record_size is not None:
            text = _fitted(text, LineField(value="", width=layout.record_size))
        return text + self._line_end

    @property
    def titles(self) -> list[str]:
        """Of the columns, in order."""
        return [formatter.column.title or formatter.column.name for formatter in self.formatters]

    # Private methods

    def _field(self, batch: Batch, formatter: Formatter, no: int, tail: bytes) -> Field:
        column = formatter.column
        assert isinstance(self._layout, Delimited | Fixed)
        if isinstance(self._layout, Fixed) and column.packed:
            return Field(texts=packed_texts(batch, column, no), tail=tail)
        texts = formatter.texts(batch, no)
        null = self._layout.null if column.null is None else column.null
        if isinstance(self._layout, Fixed):
            fitting = _fitting(batch, formatter, _filled(texts, null))
            return Field(texts=fitting, tail=tail, room=column.width, pad=column.pad, right=formatter.right)
        if column.width is not None:
            texts = _padded(batch, formatter, texts)
        return Field(texts=_filled(self._quoted(batch, formatter, texts, null), null), tail=tail)

    def _quoted(self, batch: Batch, formatter: Formatter, texts: Any, null: str) -> Any:
        """Values in quotes where they need them, escaped; nulls stay."""
        import pyarrow.compute as pc

        layout = self._layout
        assert isinstance(layout, Delimited)
        quote = layout.quote
        marks = [mark for mark in (layout.delimiter, quote, layout.escape, self._end, "\n", "\r") if mark]
        present = [mark for mark in dict.fromkeys(marks) if holds(texts, mark)]
        if quote is None:
            return self._escaped(batch, formatter, texts, present)
        always = layout.quoting == "all" or (
            layout.quoting == "text" and formatter.source.kind not in NUMBERS
        )
        same = pc.equal(texts, null)  # a value that reads like NULL
        if not present and not always and not pc.any(same).as_py():
            return texts
        inner = texts
        if layout.escape is not None and layout.escape != quote:
            inner = pc.replace_substring(
                pc.replace_substring(inner, layout.escape, layout.escape * 2), quote, layout.escape + quote
            )
        elif quote in present:
            inner = pc.replace_substring(inner, quote, quote * 2)
        enclosed = pc.binary_join_element_wise(quote, inner, quote, "")
        if always:
            return enclosed
        needs = same
        for mark in present:
            needs = pc.or_(needs, pc.match_substring(texts, mark))
        return pc.if_else(needs, enclosed, texts)

    def _escaped(self, batch: Batch, formatter: Formatter, texts: Any, present: list[str]) -> Any:
        import pyarrow.compute as pc

        layout = self._layout
        assert isinstance(layout, Delimited)
        for mark in present:
            if layout.escape is None or mark in ("\n", "\r", self._end):
                row = first_true(pc.match_substring(texts, mark))
                what = "a line end" if mark in ("\n", "\r", self._end) else f"{mark!r}"
                why = f"the value holds {what}, and the layout has no quotes"
                raise refused("LS-8013", why, batch, row, formatter.column.name)
        if layout.escape is not None and present:
            texts = pc.replace_substring(texts, layout.escape, layout.escape * 2)
            texts = pc.replace_substring(texts, layout.delimiter, layout.escape + layout.delimiter)
        return texts

    def _json(self, batch: Batch, layout: JsonLines) -> memoryview:
        import pyarrow.compute as pc

        pieces: list[Any] = []
        for position, (formatter, no) in enumerate(zip(self.formatters, self.places, strict=True)):
            name = json.dumps(formatter.column.title or formatter.column.name, ensure_ascii=False) + ":"
            value = self._json_value(formatter, formatter.texts(batch, no))
            if layout.skip_null:
                given = pc.binary_join_element_wise(f",{name}", value, "")
                pieces.append(_filled(given, ""))
            else:
                pieces += [("," if position else "") + name, _filled(value, "null")]
        if layout.skip_null:
            joined = pc.binary_join_element_wise(*pieces, "", "")
            first = pc.utf8_slice_codeunits(joined, 1)  # without the first comma
            return bytes_of(pc.binary_join_element_wise("{", first, "}" + self._end, ""))
        return bytes_of(pc.binary_join_element_wise("{", *pieces, "}" + self._end, ""))

    def _json_value(self, formatter: Formatter, texts: Any) -> Any:
        import pyarrow.compute as pc

        column, kind = formatter.column, formatter.source.kind
        if column.mask is None and kind == "boolean":
            return texts
        plain = (
            column.sign == "minus" and column.decimal_mark == "." and column.pad == " " and not column.implied
        )
        if plain and (kind in ("integer", "decimal") or (column.decimals is not None)):
            return texts
        for char in _in_json(texts):
            texts = pc.replace_substring(texts, char, json.dumps(char)[1:-1])
        return pc.binary_join_element_wise('"', texts, '"', "")


def quoted(text: str, layout: Delimited) -> str:
    """
    One text as a field of the layout.

    Raises:
        FixSpec: LS-8003 it needs quotes, and there are none.
    """
    special = any(mark in text for mark in (layout.delimiter, layout.quote or "\n", "\n", "\r"))
    if layout.quote is None:
        if special:
            raise FixSpec(
                "LS-8003",
                f"a field of a line holds a delimiter or a line end, and the layout has no quotes: {text!r}",
            )
        return text
    if not special and layout.quoting != "all":
        return text
    escape = layout.escape or layout.quote
    inner = text if escape == layout.quote else text.replace(escape, escape * 2)
    return layout.quote + inner.replace(layout.quote, escape + layout.quote) + layout.quote


# Private functions


def _title_field(formatter: Formatter) -> LineField:
    return LineField(value="", width=formatter.column.width, align="right" if formatter.right else "left")


def _fitted(text: str, field: LineField) -> str:
    width = field.width or 0
    if len(text) > width:
        raise FixSpec("LS-8003", f"a line has {text!r}, which is longer than its {width} characters")
    return text.rjust(width, field.pad) if field.align == "right" else text.ljust(width, field.pad)


def _filled(texts: Any, null: str) -> Any:
    import pyarrow.compute as pc

    return pc.fill_null(texts, null) if texts.null_count else texts


def _fitting(batch: Batch, formatter: Formatter, texts: Any) -> Any:
    """Texts that have room in their column; what is longer is refused or cut."""
    import pyarrow.compute as pc

    column = formatter.column
    width, size = column.width or 0, characters(texts)
    if int(size.max(initial=0)) <= width:
        return texts
    if column.too_long == "refuse":
        row = int((size > width).argmax())
        why = f"the value has {size[row]} characters, more than the {width} of its field"
        raise refused("LS-8010", why, batch, row, column.name)
    return pc.utf8_slice_codeunits(texts, 0, width)


def _padded(batch: Batch, formatter: Formatter, texts: Any) -> Any:
    """Texts of one width; nulls stay."""
    import pyarrow.compute as pc

    column = formatter.column
    fill = pc.utf8_lpad if formatter.right else pc.utf8_rpad
    return fill(_fitting(batch, formatter, texts), column.width or 0, column.pad)


def _in_json(texts: Any) -> list[str]:
    """The characters of the values that JSON escapes; the backslash comes first."""
    found = set(bytes(bytes_of(texts))) & {*range(32), 0x22, 0x5C}
    return [chr(byte) for byte in sorted(found, key=lambda byte: (byte != 0x5C, byte))]
