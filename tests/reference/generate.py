"""Random specs with random data that fit them mostly, and break their rules now and then."""

from __future__ import annotations

import random
from dataclasses import dataclass

from loadstone.datatypes.model import ColumnType, Kind
from loadstone.spec import (
    Concatenate,
    Condition,
    Constant,
    ContinueIf,
    CsvFormat,
    Delimiter,
    Enclosure,
    Field,
    FieldType,
    InputFile,
    Literal,
    LoadSpec,
    Method,
    Position,
    Recnum,
    RecordFormat,
    Sequence,
    TableLoad,
    TableName,
    Test,
    TypeName,
)

MASKS = ("YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "MM/DD/YYYY HH24:MI:SS")
TYPES = {
    "text": (ColumnType(kind=Kind.TEXT, length=12), "VARCHAR2(12 CHAR)"),
    "long": (ColumnType(kind=Kind.TEXT, length=40), "VARCHAR2(40 CHAR)"),
    "code": (ColumnType(kind=Kind.TEXT, length=3), "VARCHAR2(3 CHAR)"),
    "amount": (ColumnType(kind=Kind.DECIMAL, precision=9, scale=2), "NUMBER(9,2)"),
    "count": (ColumnType(kind=Kind.DECIMAL, precision=6, scale=0), "NUMBER(6)"),
    "any": (ColumnType(kind=Kind.DECIMAL), "NUMBER"),
    "day": (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0), "DATE"),
    "shown": (ColumnType(kind=Kind.TEXT, length=9), "VARCHAR2(9 CHAR)"),
    "stamp": (ColumnType(kind=Kind.TEXT, length=40), "VARCHAR2(40 CHAR)"),
}


@dataclass(frozen=True, kw_only=True)
class Generated:
    """A load: spec, data, the types of each clause's columns, and Oracle DDL of the tables."""

    spec: LoadSpec
    data: bytes
    types: list[dict[str, tuple[ColumnType, bool]]]
    ddl: str


def generate(seed: int, *, records: int | None = None) -> Generated:
    """The load of number ``seed``; the same for ever."""
    return _Maker(random.Random(seed)).make(records)


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.fixed = rng.random() < 0.3
        self.term = rng.choice(["|", ",", ";", "\t", "||", "#!#"])
        self.quote = rng.choice([None, '"', "'"])
        self.embedded = not self.fixed and rng.random() < 0.12
        if self.embedded:
            self.term, self.quote = rng.choice([",", ";"]), '"'
        self.record = self._record_format()
        self.kinds: dict[int, str] = {}
        self.tables = 1 if self.embedded or rng.random() < 0.75 else 2

    def make(self, records: int | None) -> Generated:
        rng = self.rng
        tables, types, ddl = [], [], []
        for number in range(self.tables):
            table, kinds = self._table(number)
            tables.append(table)
            types.append({name: (TYPES[kind][0], not_null) for name, (kind, not_null) in kinds.items()})
            columns = ", ".join(
                f"{n} {TYPES[k][1]}{' NOT NULL' if nn else ''}" for n, (k, nn) in kinds.items()
            )
            ddl.append(f"CREATE TABLE T{number + 1} ({columns});")
        spec = LoadSpec(
            inputs=(InputFile(path="data.dat", record_format=self.record),),
            method=Method.APPEND,
            charset="UTF8",
            assemble=self._assemble(),
            preserve_blanks=rng.random() < 0.08,
            tables=tuple(tables),
        )
        lines = [self._record(spec) for _ in range(records if records is not None else rng.randint(0, 60))]
        return Generated(spec=spec, data=self._bytes(spec, lines), types=types, ddl="\n".join(ddl))

    def _record_format(self) -> RecordFormat:
        roll = self.rng.random()
        if self.embedded or roll < 0.7:
            return RecordFormat()
        if roll < 0.85:
            return RecordFormat(kind="str", terminator=Literal(text=self.rng.choice(["\r\n", "<E>\n"])))
        return RecordFormat(kind="var", size=5)

    def _assemble(self) -> Concatenate | ContinueIf | None:
        roll = self.rng.random()
        if self.embedded or roll < 0.9:
            return None
        if roll < 0.93:
            return Concatenate(count=2)
        where = self.rng.choice(["this", "next", "last"])
        position = None if where == "last" else Position(start=1, end=1)
        test = Test(position=position, literal=Literal(text="+"))
        return ContinueIf(where=where, preserve=self.rng.random() < 0.5, test=test)

    def _table(self, number: int) -> tuple[TableLoad, dict[str, tuple[str, bool]]]:
        rng = self.rng
        fields, kinds, at = [], {}, 1
        count = rng.randint(1, 6)
        for index in range(count):
            name = f"C{index + 1}"
            kind = rng.choice(list(TYPES))
            width = 19 if kind in ("day", "shown", "stamp") else rng.randint(3, 14)
            filler = rng.random() < 0.1 and index > 0
            position = Position(start=at, end=at + width - 1) if self.fixed else None
            if not self.fixed and number == 1 and index == 0:
                position = Position(start=1)
            at += width
            fields.append(
                Field(
                    name=name,
                    filler="filler" if filler else None,
                    position=position,
                    type=self._type(kind),
                    nullif=self._condition(name) if rng.random() < 0.1 else None,
                    defaultif=self._condition(name) if rng.random() < 0.05 else None,
                )
            )
            self.kinds[id(fields[-1])] = kind
            if not filler:
                kinds[name] = (kind, rng.random() < 0.1)
        for name, source in (
            ("G1", Recnum()),
            ("G2", Constant(value="7")),
            ("G3", Sequence(base=5, increment=3)),
        ):
            if rng.random() < 0.15:
                fields.append(Field(name=name, source=source))
                kinds[name] = ("any", False)
        table = TableLoad(
            table=TableName(name=f"T{number + 1}"),
            when=self._condition("C1", wide=True)
            if rng.random() < (0.7 if self.tables > 1 else 0.1)
            else None,
            csv=CsvFormat(embedded=True) if self.embedded else None,
            terminated=None if self.fixed else Delimiter(literal=Literal(text=self.term)),
            enclosed=None
            if self.fixed or not self.quote
            else Enclosure(left=Literal(text=self.quote), optional=self.embedded or rng.random() < 0.8),
            trailing_nullcols=rng.random() < 0.5,
            fields=tuple(fields),
        )
        return table, kinds

    def _type(self, kind: str) -> FieldType | None:
        rng = self.rng
        if kind in ("day", "shown"):
            return FieldType(name=TypeName.DATE, mask=rng.choice(MASKS))
        if kind == "stamp":
            return FieldType(name=TypeName.TIMESTAMP, mask=rng.choice(MASKS))
        if kind in ("amount", "count", "any"):
            return rng.choice(
                [None, FieldType(name=TypeName.INTEGER_EXTERNAL), FieldType(name=TypeName.DECIMAL_EXTERNAL)]
            )
        return rng.choice([None, None, FieldType(name=TypeName.CHAR, length=rng.randint(5, 30))])

    def _condition(self, name: str, *, wide: bool = False) -> Condition:
        rng = self.rng
        roll = rng.random()
        if roll < 0.4 and not wide:
            return Condition(tests=(Test(field=name, blanks=True),))
        if roll < 0.7:
            return Condition(
                tests=(
                    Test(
                        field=name,
                        literal=Literal(text=rng.choice(["A", "B", "0"])),
                        equal=rng.random() < 0.5,
                    ),
                )
            )
        return Condition(
            tests=(
                Test(
                    position=Position(start=1, end=1),
                    literal=Literal(text=rng.choice("AB1")),
                    equal=rng.random() < 0.6,
                ),
            )
        )

    def _record(self, spec: LoadSpec) -> str:
        rng = self.rng
        table = rng.choice(spec.tables)
        named = [one for one in table.fields if one.source is None]
        if self.fixed:
            widths = [one.position.end - one.position.start + 1 for one in named]
            cells = [self._ascii(one).ljust(width)[:width] for one, width in zip(named, widths, strict=True)]
            return "".join(cells[: rng.randint(0, len(cells))] if rng.random() < 0.1 else cells)
        parts = [self._quoted(self._value(one), table) for one in named]
        if rng.random() < 0.1:
            parts = parts[: rng.randint(0, len(parts))]
        if rng.random() < 0.05:
            parts.append("extra")
        return self.term.join(parts)

    def _quoted(self, value: str, table: TableLoad) -> str:
        rng, quote = self.rng, self.quote
        if quote is None:
            return value
        if table.enclosed is not None and table.enclosed.optional and rng.random() < 0.5:
            return value
        if rng.random() < 0.04:
            return quote + value
        inner = value
        if rng.random() < 0.15:
            inner += rng.choice([quote, self.term, "\n" if self.embedded else " "]) + "x"
        text = quote + inner.replace(quote, quote * 2) + quote
        return (
            rng.choice(["", "", "", " "])
            + text
            + rng.choice(["", "", "", " ", "z"] if rng.random() < 0.1 else [""])
        )

    def _value(self, one: Field) -> str:
        rng = self.rng
        roll = rng.random()
        if roll < 0.08:
            return ""
        if roll < 0.12:
            return rng.choice([" ", "  ", "\t", " A", "A ", "B"])
        mask = one.type.mask if one.type else None
        if mask:
            return self._day(mask)
        kind = rng.choice(list(TYPES)) if rng.random() < 0.04 else self.kinds[id(one)]
        if kind == "amount" or kind == "any":
            return rng.choice(
                ["0", "1", "-5", "+7", "12.345", "99999.995", "12 ", " 3", ".5", "1.", "-0.005", "1e3"]
            )
        if kind == "count":
            return rng.choice(["0", "1", "-5", "+7", "12.345", "999999", "12 ", " 3", "1e3", "0.4"])
        if kind == "code":
            return rng.choice(["A", "B", "abc", "Éé", "0", "A "])
        return rng.choice(["A", "B", "Ada", "Émile", "東京", "a b", "O'Neil", "tab in", "y" * 12, "0"])

    def _ascii(self, one: Field) -> str:
        """Fixed fields are bytes: other characters would be cut in two."""
        return self._value(one).encode("ascii", "replace").decode()

    def _day(self, mask: str) -> str:
        rng = self.rng
        year, month, day = rng.randint(1900, 2099), rng.randint(1, 12), rng.randint(1, 28)
        if rng.random() < 0.1:
            month, day = rng.choice([(13, 1), (2, 30), (0, 5), (4, 31)])
        return (
            mask.replace("YYYY", f"{year:04}")
            .replace("MM", f"{month:02}")
            .replace("DD", f"{day:02}")
            .replace("HH24", f"{rng.randint(0, 23):02}")
            .replace("MI", f"{rng.randint(0, 59):02}")
            .replace("SS", f"{rng.randint(0, 59):02}")
        )

    def _bytes(self, spec: LoadSpec, lines: list[str]) -> bytes:
        if isinstance(spec.assemble, ContinueIf):
            lines = [self.rng.choice(["+", " "]) + line for line in lines]
        encoded = [line.encode() for line in lines]
        form = self.record
        if form.kind == "var":
            return b"".join(f"{len(line):05}".encode() + line for line in encoded)
        ending = b"\n" if form.terminator is None else (form.terminator.text or "").encode()
        data = ending.join(encoded)
        return data + ending if encoded and self.rng.random() < 0.8 else data
