"""A spec's fields compile to programs that the tokenizer interprets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from loadstone.formats import program as p
from loadstone.formats.charsets import Charset
from loadstone.formats.charsets import charset as charset_named
from loadstone.spec import (
    Concatenate,
    Condition,
    ContinueIf,
    Delimiter,
    Enclosure,
    Field,
    FieldNames,
    FieldType,
    Literal,
    LoadSpec,
    LobFile,
    Position,
    TableLoad,
    Test,
    TypeName,
)

DEFAULT_SIZE_MAX = 255
VARIABLE_SIZE_MAX = 4096
_BINARY = {
    TypeName.INTEGER: (p.INTEGER, 4),
    TypeName.SMALLINT: (p.INTEGER, 2),
    TypeName.BYTEINT: (p.INTEGER, 1),
    TypeName.FLOAT: (p.FLOAT, 4),
    TypeName.DOUBLE: (p.FLOAT, 8),
}
_PREFIXED = {TypeName.VARCHAR: 2, TypeName.VARGRAPHIC: 2, TypeName.VARRAW: 2, TypeName.LONG_VARRAW: 4}
_RAW = {TypeName.RAW, TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARRAWC}
_TRIMS = {"ldrtrim": p.LDRTRIM, "notrim": p.NOTRIM, "lrtrim": p.LRTRIM, "ltrim": p.LTRIM, "rtrim": p.RTRIM}
_NUMERIC = {
    TypeName.INTEGER,
    TypeName.SMALLINT,
    TypeName.BYTEINT,
    TypeName.FLOAT,
    TypeName.DOUBLE,
    TypeName.DECIMAL,
    TypeName.ZONED,
    TypeName.INTEGER_EXTERNAL,
    TypeName.FLOAT_EXTERNAL,
    TypeName.DECIMAL_EXTERNAL,
    TypeName.ZONED_EXTERNAL,
}


@dataclass(frozen=True, kw_only=True)
class Layout:
    """
    How records of one character set fall into fields.

    Attributes:
        fields, tests, tables: int64 programs (``program``). pool: literals in the data's character set.
        names: Field names, all tables in order. white: 256 flags, what counts as white space.
        blank: The blank of the character set. embedded: record ends may stand in enclosures.
        splits_chars: A field may begin or end within a character, as positions in bytes do.
        odd_delimiters: A literal has bytes beyond ASCII, and may cut characters too.
        big: Byte order of binary numbers, and of UTF-16 without a byte order mark.
        framed: The records are those that a reader gave (``framing``): each value is UTF-8 for certain.
    """

    charset: Charset
    fields: NDArray[np.int64]
    tests: NDArray[np.int64]
    tables: NDArray[np.int64]
    pool: bytes
    names: list[str]
    white: NDArray[np.uint8]
    blank: int
    digits: bytes
    embedded: bool
    assemble: Concatenate | ContinueIf | None
    field_names: FieldNames | None
    bom: bool
    enclosures: bool
    csv_marks: tuple[bytes, bytes]
    splits_chars: bool
    odd_delimiters: bool
    big: bool
    framed: bool


def compile_layout(spec: LoadSpec, *, charset: str, byte_order: str, declared: bool = True) -> Layout:
    """
    The layout of ``spec`` for data in Oracle's ``charset``; ``byte_order`` is of binary numbers.

    A byte order mark is data unless a Unicode set was ``declared``, as it is for SQL*Loader.
    """
    builder = _Builder(spec, charset_named(charset), big=byte_order == "big", declared=declared)
    for table in spec.tables:
        builder.add_table(table)
    return builder.layout()


@dataclass
class _Builder:
    spec: LoadSpec
    charset: Charset
    big: bool
    declared: bool
    pool: bytearray = field(default_factory=bytearray)
    fields: list[list[int]] = field(default_factory=list)
    tests: list[list[int]] = field(default_factory=list)
    tables: list[list[int]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def __init__(self, spec: LoadSpec, charset: Charset, *, big: bool, declared: bool) -> None:
        self.spec, self.charset, self.big, self.declared = spec, charset, big, declared
        self.pool, self.fields, self.tests, self.tables, self.names = bytearray(), [], [], [], []

    def layout(self) -> Layout:
        white = np.zeros(256, np.uint8)
        for char in " \t\r\n\f\v\0":
            white[self.charset.encode(char)[0] if char != "\v" or self.charset.ascii else 0x0B] = 1
        return Layout(
            charset=self.charset,
            fields=np.array(self.fields, np.int64).reshape(-1, p.FIELD_WIDTH),
            tests=np.array(self.tests, np.int64).reshape(-1, p.TEST_WIDTH),
            tables=np.array(self.tables, np.int64).reshape(-1, p.TABLE_WIDTH),
            pool=bytes(self.pool) or b"\0",
            names=self.names,
            white=white,
            blank=self.charset.encode(" ")[0],
            digits=self.charset.encode("0123456789"),
            embedded=any(t.csv is not None and bool(t.csv.embedded) for t in self.spec.tables),
            assemble=self.spec.assemble,
            field_names=self.spec.field_names,
            bom=self.declared
            and self.charset.codec.startswith("utf")
            and self.spec.byte_order_mark != "nocheck",
            csv_marks=self._csv_marks(),
            enclosures=any(row[p.LEFT_SIZE] > 0 for row in self.fields),
            odd_delimiters=any(byte >= 0x80 for byte in self.pool),
            big=self.big,
            framed=any(one.reading is not None for one in self.spec.inputs),
            splits_chars=any(row[p.MODE] in (p.MODE_FIXED, p.MODE_PREFIXED) for row in self.fields)
            or any(row[p.POSITION] != p.NEXT for row in self.fields),
        )

    def add_table(self, table: TableLoad) -> None:
        first = len(self.fields)
        names = [one.name for one in table.fields]
        self.fields += [self._field(table, one) for one in table.fields]
        for number, one in enumerate(table.fields):
            row = self.fields[first + number]
            nullif = one.nullif
            if (
                nullif is None
                and table.nullif is not None
                and not one.no_nullif
                and row[p.MODE] != p.MODE_NONE
            ):
                nullif = Condition(tests=(table.nullif,))
            row[p.NULLIF], row[p.NULLIF_COUNT] = self._condition(nullif, names, first)
            row[p.DEFAULTIF], row[p.DEFAULTIF_COUNT] = self._condition(one.defaultif, names, first)
        when = self._condition(table.when, names, first)
        self.tables.append([first, len(table.fields), *when])
        self.names += names

    def _csv_marks(self) -> tuple[bytes, bytes]:
        """Terminator and enclosure of the first CSV table; what embedded record ends depend on."""
        table = next((t for t in self.spec.tables if t.csv is not None), None)
        if table is None:
            return b",", b'"'
        terminated, enclosed = table.delimiters(Field(name="*"))
        comma = (
            self._bytes(terminated.literal)
            if terminated is not None and terminated.literal is not None
            else b","
        )
        return comma, self._bytes(enclosed.left) if enclosed is not None else b'"'

    def _put(self, literal: Literal) -> tuple[int, int]:
        data = self._bytes(literal)
        self.pool += data
        return len(self.pool) - len(data), len(data)

    def _bytes(self, literal: Literal) -> bytes:
        return (
            self.charset.units(literal.hex)
            if literal.hex is not None
            else self.charset.encode(literal.text or "")
        )

    def _condition(self, condition: Condition | None, names: list[str], first: int) -> tuple[int, int]:
        if condition is None:
            return 0, 0
        start = len(self.tests)
        self.tests += [self._test(test, names, first) for test in condition.tests]
        return start, len(condition.tests)

    def _test(self, test: Test, names: list[str], first: int) -> list[int]:
        row = [0] * p.TEST_WIDTH
        row[p.TEST_EQUAL], row[p.TEST_BLANKS] = int(test.equal), int(test.blanks)
        if test.literal is not None:
            row[p.TEST_LITERAL], row[p.TEST_SIZE] = self._put(test.literal)
            row[p.TEST_PAD] = 0 if test.literal.hex is not None else self.charset.encode(" ")[0]
        if test.field is not None:
            row[p.TEST_FIELD] = first + names.index(test.field)
        elif test.position is not None:
            row[p.TEST_FIELD], row[p.TEST_START] = -1, max(test.position.start - 1, 0)
            width = row[p.TEST_SIZE] if test.literal is not None else 1
            row[p.TEST_END] = test.position.end or row[p.TEST_START] + width
        else:
            row[p.TEST_FIELD] = -2
        return row

    def _field(self, table: TableLoad, one: Field) -> list[int]:
        row = [0] * p.FIELD_WIDTH
        if one.source is not None:
            return row
        kind = one.type or FieldType(name=TypeName.CHAR)
        self._place(row, one.position)
        row[p.LOADED] = int(one.filler is None)
        row[p.DECODED] = int(one.filler != "filler" or one.name in _named_by_files(table))
        row[p.KEEP] = self._keep(one)
        row[p.NULLCOLS] = int(table.trailing_nullcols)
        row[p.NUMERIC] = int(kind.name in _NUMERIC)
        row[p.CHARS] = int(self._chars() and kind.name not in _BINARY and kind.name not in _RAW)
        row[p.BIG], row[p.UNSIGNED] = int(self.big), int(kind.unsigned is True)
        if self._sized(row, one, kind):
            return row
        terminated, enclosed = table.delimiters(one)
        fixed_end = one.position is not None and one.position.end is not None
        if fixed_end or (terminated is None and enclosed is None):
            row[p.MODE], row[p.SIZE] = p.MODE_FIXED, _fixed_size(one, kind)
            if fixed_end and kind.length is None:
                row[p.CHARS] = 0
                if row[p.POSITION] == p.RELATIVE:
                    row[p.POSITION] = p.UNTIL
            return row
        row[p.MODE] = p.MODE_DELIMITED
        row[p.SIZE] = kind.length or DEFAULT_SIZE_MAX
        self._delimit(row, terminated, enclosed)
        return row

    def _keep(self, one: Field) -> int:
        """PRESERVE BLANKS, else TRIM, which external tables alone have and which is LRTRIM there."""
        if one.preserve_blanks or (one.preserve_blanks is None and self.spec.preserve_blanks):
            return p.NOTRIM
        options = self.spec.options
        if one.preserve_blanks is not None or options.external_table not in ("execute", "generate_only"):
            return p.LDRTRIM
        return _TRIMS[options.trim or "lrtrim"]

    def _chars(self) -> bool:
        """Whether lengths count characters of several bytes."""
        if self.charset.table is not None:
            return False
        if self.spec.length_semantics is None:
            return self.charset.width == 2
        return self.spec.length_semantics == "char"

    def _place(self, row: list[int], position: Position | None) -> None:
        if position is None:
            return
        row[p.POSITION] = p.RELATIVE if position.relative else p.ABSOLUTE
        row[p.START] = position.start if position.relative else max(position.start - 1, 0)

    def _sized(self, row: list[int], one: Field, kind: FieldType) -> bool:
        """Binary and length-prefixed types; False for text."""
        if kind.name in _RAW:
            row[p.DECODER] = p.RAW
        if kind.name in _PREFIXED:
            row[p.MODE], row[p.PREFIX] = p.MODE_PREFIXED, _PREFIXED[kind.name]
            row[p.SIZE] = kind.length or VARIABLE_SIZE_MAX
        elif kind.name in (TypeName.VARCHARC, TypeName.VARRAWC):
            row[p.MODE], row[p.PREFIX] = p.MODE_PREFIXED, -(kind.length_digits or 1)
            row[p.SIZE] = kind.length or VARIABLE_SIZE_MAX
        elif kind.name in _BINARY:
            row[p.MODE] = p.MODE_FIXED
            row[p.DECODER], size = _BINARY[kind.name]
            row[p.SIZE] = kind.length or size
        elif kind.name in (TypeName.DECIMAL, TypeName.ZONED):
            row[p.MODE], row[p.SCALE] = p.MODE_FIXED, kind.scale or 0
            packed = kind.name is TypeName.DECIMAL
            row[p.DECODER] = p.PACKED if packed else p.ZONED
            if kind.precision is None:
                row[p.SIZE] = _fixed_size(one, kind)
            else:
                row[p.SIZE] = kind.precision // 2 + 1 if packed else kind.precision
        elif kind.name is TypeName.RAW and kind.length is not None:
            row[p.MODE], row[p.SIZE] = p.MODE_FIXED, kind.length
        elif kind.name in (TypeName.GRAPHIC, TypeName.GRAPHIC_EXTERNAL):
            extra = 2 if kind.name is TypeName.GRAPHIC_EXTERNAL else 0
            row[p.MODE], row[p.SIZE] = p.MODE_FIXED, _graphic_size(one, kind, extra)
        else:
            return False
        return True

    def _delimit(self, row: list[int], terminated: Delimiter | None, enclosed: Enclosure | None) -> None:
        if terminated is not None and terminated.whitespace:
            row[p.TERM_SIZE] = -1
        elif terminated is not None and terminated.literal is not None:
            row[p.TERM], row[p.TERM_SIZE] = self._put(terminated.literal)
        if enclosed is not None:
            row[p.LEFT], row[p.LEFT_SIZE] = self._put(enclosed.left)
            row[p.RIGHT], row[p.RIGHT_SIZE] = self._put(enclosed.right or enclosed.left)
            row[p.OPTIONAL] = int(enclosed.optional)


# Private functions


def _named_by_files(table: TableLoad) -> set[str | None]:
    """Fields whose text is the name of a file."""
    return {one.source.field for one in table.fields if isinstance(one.source, LobFile)}


def _fixed_size(one: Field, kind: FieldType) -> int:
    """Explicit length, then POSITION, then the mask's length, then 1."""
    if kind.length is not None:
        return kind.length
    if one.position is not None and one.position.end is not None:
        return (
            one.position.end - (one.position.start or 1) + 1
            if not one.position.relative
            else one.position.end
        )
    return len(kind.mask) if kind.mask else 1


def _graphic_size(one: Field, kind: FieldType, extra: int) -> int:
    if kind.length is not None:
        return 2 * kind.length + extra
    return _fixed_size(one, kind)
