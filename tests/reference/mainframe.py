"""Random records of mainframes: binary, packed, zoned, counted and raw fields, in ASCII and EBCDIC."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import (
    Condition,
    Field,
    FieldType,
    InputFile,
    Literal,
    LoadSpec,
    Method,
    Position,
    RecordFormat,
    TableLoad,
    TableName,
    Test,
    TypeName,
)
from tests.reference.binary import RAW, SIZES, order_of
from tests.reference.made import Generated
from tests.reference.records import codec_of

COLUMNS = {
    "text": (ColumnType(kind=Kind.TEXT, length=12), "VARCHAR2(12 CHAR)"),
    "bytes": (ColumnType(kind=Kind.TEXT, length=6, unit="byte"), "VARCHAR2(6 BYTE)"),
    "any": (ColumnType(kind=Kind.DECIMAL), "NUMBER"),
    "amount": (ColumnType(kind=Kind.DECIMAL, precision=9, scale=2), "NUMBER(9,2)"),
    "raw": (ColumnType(kind=Kind.BYTES, length=6), "RAW(6)"),
    "day": (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0), "DATE"),
}
CHARSETS = ("UTF8", "WE8ISO8859P1", "WE8EBCDIC500", "WE8EBCDIC37")
NUMBERS = (
    *(TypeName.INTEGER, TypeName.SMALLINT, TypeName.BYTEINT, TypeName.FLOAT, TypeName.DOUBLE),
    *(TypeName.DECIMAL, TypeName.ZONED, TypeName.ZONED_EXTERNAL, TypeName.DECIMAL_EXTERNAL),
)
COUNTED = (TypeName.VARCHAR, TypeName.VARCHARC)
RAWS = (TypeName.RAW, TypeName.VARRAW, TypeName.LONG_VARRAW, TypeName.VARRAWC)


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A field (None: a gap), what gives its bytes, and how many these are where that is certain."""

    field: Field | None
    value: Callable[[], bytes]
    size: int | None
    column: str | None


def generate_mainframe(chance: random.Random, *, records: int | None = None) -> Generated:
    """A load of one or two tables over the same records."""
    return _Maker(chance).make(records)


class _Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.charset = chance.choice(CHARSETS)
        self.base = LoadSpec(
            tables=(TableLoad(table=TableName(name="T")),),
            charset=self.charset,
            byte_order=chance.choice([None, "big", "little"]),
            preserve_blanks=chance.random() < 0.1,
            method=Method.APPEND,
        )
        self.codec = codec_of(self.base)
        self.ebcdic = self.charset.startswith("WE8E")

    def make(self, records: int | None) -> Generated:
        chance = self.chance
        made = self._fields()
        count = records if records is not None else chance.randint(0, 40)
        lines = [b"".join(self._bytes(one) for one in made) for _ in range(count)]
        fixed = self.ebcdic or chance.random() < 0.6
        size = max([len(line) for line in lines], default=20) + chance.randint(0, 2)
        if not fixed:
            lines = [
                line[: chance.randrange(len(line) + 1)] if chance.random() < 0.12 else line for line in lines
            ]
        form = RecordFormat(kind="fix", size=size) if fixed else RecordFormat(kind="var", size=4)
        blank = " ".encode(self.codec)
        data = b"".join(
            line.ljust(size, blank) if fixed else f"{len(line):04}".encode() + line for line in lines
        )
        tables, types, ddl = [], [], []
        for number in range(1 if chance.random() < 0.7 else 2):
            fields = tuple(one.field for one in made if one.field is not None)
            if number:
                fields = (fields[0].model_copy(update={"position": Position(start=1)}), *fields[1:])
            when = self._condition("C1") if chance.random() < 0.4 else None
            name = f"T{number + 1}"
            tables.append(
                TableLoad(
                    table=TableName(name=name),
                    when=when,
                    trailing_nullcols=chance.random() < 0.5,
                    fields=fields,
                )
            )
            columns = {one.field.name: one.column for one in made if one.field and one.column}
            types.append({key: (COLUMNS[column][0], False) for key, column in columns.items()})
            ddl.append(
                f"CREATE TABLE {name} ({', '.join(f'{k} {COLUMNS[c][1]}' for k, c in columns.items())});"
            )
        spec = self.base.model_copy(
            update={
                "tables": tuple(tables),
                "inputs": (InputFile(path="data.dat", record_format=form),),
            }
        )
        return Generated(spec=spec, data=data, types=types, ddl="\n".join(ddl))

    def _fields(self) -> list[_Made]:
        chance, made, at = self.chance, [], 1
        for number in range(1, chance.randint(2, 8)):
            one = self._field(f"C{number}")
            if number == 1:
                one = self._text("C1", FieldType(name=TypeName.CHAR, length=1), 1)
            where = None
            if at and one.size and chance.random() < 0.3:
                where = Position(start=at, end=chance.choice([None, at + one.size - 1]))
            elif number > 1 and chance.random() < 0.1:
                where = Position(start=1, relative=True)
                made.append(_Made(field=None, value=lambda: b"\0", size=1, column=None))
                at = at + 1 if at else 0
            update: dict[str, Any] = {"position": where}
            if chance.random() < 0.12:
                update["nullif"] = self._condition("C1")
            if chance.random() < 0.08:
                update["defaultif"] = self._condition("C1")
            if number > 1 and chance.random() < 0.1:
                update["filler"] = chance.choice(["filler", "boundfiller"])
                if update["filler"] == "filler":
                    update |= {"nullif": None, "defaultif": None}
            assert one.field is not None
            field = one.field.model_copy(update=update)
            column = None if field.filler else one.column
            made.append(_Made(field=field, value=one.value, size=one.size, column=column))
            at = at + one.size if at and one.size else 0
        return made

    def _field(self, name: str) -> _Made:
        chance = self.chance
        roll = chance.random()
        if roll < 0.3:
            size = chance.randint(1, 8)
            kind = chance.choice([FieldType(name=TypeName.CHAR, length=size), None])
            if kind is None and size > 1:
                kind = FieldType(name=TypeName.CHAR, length=size)
            return self._text(name, kind, size)
        if roll < 0.38:
            kind = FieldType(name=TypeName.DATE, length=8, mask="YYYYMMDD")
            return _Made(field=Field(name=name, type=kind), value=self._day, size=8, column="day")
        if roll < 0.7:
            return self._number(name, chance.choice(NUMBERS))
        return self._counted(name, chance.choice(COUNTED if roll < 0.85 else RAWS))

    def _text(self, name: str, kind: FieldType | None, size: int) -> _Made:
        def value() -> bytes:
            text = self.chance.choice(["A", "B", "Ada", "é", "a b", " x", "", "0", "Émile", "y" * 9])
            return text.encode(self.codec).ljust(size, " ".encode(self.codec))[:size]

        column = self.chance.choice(["text", "text", "bytes"])
        return _Made(field=Field(name=name, type=kind), value=value, size=size, column=column)

    def _day(self) -> bytes:
        year, month, day = (
            self.chance.randint(1900, 2099),
            self.chance.randint(0, 13),
            self.chance.randint(1, 29),
        )
        return self.chance.choice([f"{year:04}{month:02}{day:02}", " " * 8]).encode(self.codec)

    def _number(self, name: str, kind: TypeName) -> _Made:
        chance = self.chance
        digits, scale = chance.randint(1, 11), chance.choice([None, None, 0, 2, -1, 12])
        length = chance.choice([None, 1, 2, 4, 8]) if kind is TypeName.INTEGER else None
        unsigned = chance.choice([None, True, False])
        if kind in SIZES:
            size = length or SIZES[kind]
            whole = kind not in (TypeName.FLOAT, TypeName.DOUBLE)
            found = FieldType(name=kind, length=length, unsigned=unsigned if whole else None)
            order = order_of(self.base)
            form = (">" if order == "big" else "<") + ("f" if size == 4 else "d")

            def value() -> bytes:
                if not whole:
                    return struct.pack(form, chance.choice([0.0, -0.0, 1.5, -2.25, 1e15, 2.0**-10]))
                raw = chance.randbytes(size)
                return chance.choice([raw, b"\x00" * size, b"\xff" * size, b"\x80" + b"\x00" * (size - 1)])
        elif kind is TypeName.DECIMAL:
            size, found = digits // 2 + 1, FieldType(name=kind, precision=digits, scale=scale)

            def value() -> bytes:
                number = chance.randrange(10**digits)
                return bytes.fromhex(f"{number:0{size * 2 - 1}}{chance.choice('cdfabe')}")
        elif kind is TypeName.ZONED:
            size, found = digits, FieldType(name=kind, precision=digits, scale=scale)

            def value() -> bytes:
                zone = 0xF0 if self.ebcdic else 0x30
                number = bytearray(zone + int(d) for d in f"{chance.randrange(10**digits):0{digits}}")
                number[-1] = chance.choice([number[-1], (0xD0 if self.ebcdic else 0x70) | (number[-1] & 15)])
                return bytes(number)
        else:
            size, found = digits + 2, FieldType(name=kind, length=digits + 2)

            def value() -> bytes:
                shown = chance.choice([str(chance.randrange(10**digits)), "-7", "1.5", "", " 3", "x"])
                return shown.rjust(size)[-size:].encode(self.codec)

        column = chance.choice(["any", "any", "amount"])
        return _Made(field=Field(name=name, type=found), value=value, size=size, column=column)

    def _counted(self, name: str, kind: TypeName) -> _Made:
        chance = self.chance
        most = chance.choice([None, 3, 8])
        fixed = chance.randint(1, 6)
        digits = chance.randint(1, 3) if kind in (TypeName.VARCHARC, TypeName.VARRAWC) else None

        def value() -> bytes:
            if kind is TypeName.RAW:
                return chance.randbytes(fixed)
            text = chance.choice(["", "A", " A ", "Éa", "long one"]).encode(self.codec)
            text = chance.randbytes(chance.randint(0, 7)) if kind in RAW else text
            size = len(text) + (chance.choice([1, 90]) if chance.random() < 0.03 else 0)
            if digits:
                return f"{size % 10**digits:0{digits}}".encode(self.codec) + text
            return size.to_bytes(4 if kind is TypeName.LONG_VARRAW else 2, order_of(self.base)) + text  # type: ignore[arg-type]

        found = FieldType(name=kind, length=fixed if kind is TypeName.RAW else most, length_digits=digits)
        size = fixed if kind is TypeName.RAW else None
        return _Made(
            field=Field(name=name, type=found),
            value=value,
            size=size,
            column="raw" if kind in RAW else "text",
        )

    def _condition(self, name: str) -> Condition:
        chance = self.chance
        literal = chance.choice([Literal(text=chance.choice("AB0")), Literal(hex="C1"), Literal(hex="41")])
        by_place = Test(position=Position(start=1, end=1), literal=literal, equal=chance.random() < 0.6)
        by_name = Test(field=name, literal=literal, equal=chance.random() < 0.6)
        tests = [
            chance.choice([by_place, by_name, Test(field=name, blanks=True, equal=chance.random() < 0.5)])
        ]
        if chance.random() < 0.2:
            tests.append(by_name)
        return Condition(tests=tuple(tests))

    def _bytes(self, one: _Made) -> bytes:
        found = one.value()
        if self.chance.random() < 0.02 and found:
            at = self.chance.randrange(len(found))
            found = found[:at] + self.chance.randbytes(1) + found[at + 1 :]
        return found
