"""Random specs with random data that fit them mostly, and break their rules now and then."""

from __future__ import annotations

import random
from typing import Any

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
    InlineData,
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
from tests.reference.filling import Filling
from tests.reference.made import Generated
from tests.reference.mainframe import generate_mainframe
from tests.reference.sql import MENU

MASKS = (
    *("YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "MM/DD/YYYY HH24:MI:SS", "DD-MON-YYYY", "DD-MON-RR", "RRMMDD"),
    *("DD/MM/YY", "YYYY-MM-DD HH:MI AM", 'YYYY"y"MM"m"DD'),
)
DATE_FORMATS = ("DD-MON-RR", "YYYY/MM/DD", "DD.MM.RR", "MM-DD-YYYY HH24:MI:SS")
TYPES = {
    "text": (ColumnType(kind=Kind.TEXT, length=12), "VARCHAR2(12 CHAR)"),
    "long": (ColumnType(kind=Kind.TEXT, length=40), "VARCHAR2(40 CHAR)"),
    "code": (ColumnType(kind=Kind.TEXT, length=3), "VARCHAR2(3 CHAR)"),
    "bytes": (ColumnType(kind=Kind.TEXT, length=6, unit="byte"), "VARCHAR2(6 BYTE)"),
    "amount": (ColumnType(kind=Kind.DECIMAL, precision=9, scale=2), "NUMBER(9,2)"),
    "count": (ColumnType(kind=Kind.DECIMAL, precision=6, scale=0), "NUMBER(6)"),
    "any": (ColumnType(kind=Kind.DECIMAL), "NUMBER"),
    "day": (ColumnType(kind=Kind.TIMESTAMP, fraction_digits=0), "DATE"),
    "shown": (ColumnType(kind=Kind.TEXT, length=9), "VARCHAR2(9 CHAR)"),
    "stamp": (ColumnType(kind=Kind.TEXT, length=40), "VARCHAR2(40 CHAR)"),
}
TEXTS = ("text", "long", "code", "bytes")
TERMS = ("|", ",", ";", "\t", "||", "#!#", "^*")
QUOTES = (('"', None), ("'", None), ("<", ">"), ("<<", ">>"))


def generate(seed: int, *, records: int | None = None) -> Generated:
    """The load of number ``seed``; the same for ever. One in four has records of a mainframe."""
    chance = random.Random(seed)
    return generate_mainframe(chance, records=records) if seed % 4 == 3 else _Maker(chance).make(records)


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.fixed = rng.random() < 0.3
        self.white = not self.fixed and rng.random() < 0.06
        self.term = rng.choice(TERMS)
        self.quote = rng.choice([None, *QUOTES])
        self.embedded = not self.fixed and not self.white and rng.random() < 0.12
        if self.embedded:
            self.term, self.quote = rng.choice([",", ";"]), ('"', None)
        self.record = self._record_format()
        self.variables = self._variables()
        self.kinds: dict[int, str] = {}
        self.tables = 1 if self.embedded or rng.random() < 0.7 else rng.randint(2, 4)
        self.charset = rng.choice(["UTF8", "UTF8", "UTF8", "WE8ISO8859P1"])

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
            charset=self.charset,
            length_semantics=rng.choice([None, None, "char"]),
            assemble=self._assemble(),
            preserve_blanks=rng.random() < 0.08,
            tables=tuple(tables),
        )
        filling = Filling(rng, spec, self.kinds, self.variables)
        data = filling.data(records if records is not None else rng.randint(0, 60))
        if (
            self.record == RecordFormat()
            and not self.embedded
            and rng.random() < 0.1
            and self.charset == "UTF8"
        ):
            spec = self._inline(spec, data)
            self.variables["NLS_LANG"] = "AMERICAN_AMERICA.AL32UTF8"
        return Generated(
            spec=spec,
            data=data,
            types=types,
            ddl="\n".join(ddl),
            variables=self.variables,
            options=self._options(),
        )

    def _variables(self) -> dict[str, str]:
        """What the environment says of dates and numbers."""
        rng, found = self.rng, {}
        if rng.random() < 0.15:
            found["NLS_NUMERIC_CHARACTERS"] = ",."
        if rng.random() < 0.15:
            found["NLS_DATE_LANGUAGE"] = "GERMAN"
        if rng.random() < 0.3:
            found["NLS_DATE_FORMAT"] = rng.choice(DATE_FORMATS)
        return found

    def _options(self) -> dict[str, int]:
        rng, found = self.rng, {}
        if rng.random() < 0.15:
            found["skip"] = rng.randint(0, 5)
        if rng.random() < 0.1:
            found["load"] = rng.randint(0, 30)
        if rng.random() < 0.15:
            found["errors"] = rng.randint(0, 6)
        return found

    def _inline(self, spec: LoadSpec, data: bytes) -> LoadSpec:
        """The same data behind BEGINDATA."""
        file = InputFile(path=None, record_format=self.record, bad="data.bad")
        return spec.model_copy(update={"inputs": (file,), "inline_data": InlineData.of(data)})

    def _record_format(self) -> RecordFormat:
        roll = self.rng.random()
        if self.embedded or roll < 0.7:
            return RecordFormat()
        if roll < 0.85:
            ending = self.rng.choice([Literal(text="\r\n"), Literal(text="<E>\n"), Literal(hex="7C0A")])
            return RecordFormat(kind="str", terminator=ending)
        if self.fixed and roll < 0.92:
            return RecordFormat(kind="fix", size=self.rng.randint(20, 60))
        return RecordFormat(kind="var", size=self.rng.choice([4, 5]))

    def _assemble(self) -> Concatenate | ContinueIf | None:
        rng = self.rng
        if self.embedded or self.record.kind == "fix" or rng.random() < 0.85:
            return None
        if rng.random() < 0.3:
            return Concatenate(count=rng.randint(1, 4))
        where = rng.choice(["this", "next", "last"])
        literal = rng.choice([Literal(text="+"), Literal(hex="2B")])
        start = rng.randint(1, 3)
        position = (
            None if where == "last" else Position(start=start, end=rng.choice([None, start, start + 1]))
        )
        test = Test(position=position, literal=literal, equal=rng.random() < 0.8)
        return ContinueIf(where=where, preserve=rng.random() < 0.5, test=test)

    def _table(self, number: int) -> tuple[TableLoad, dict[str, tuple[str, bool]]]:
        rng = self.rng
        fields: list[Field] = []
        kinds: dict[str, tuple[str, bool]] = {}
        at, reset = 1, rng.random() < 0.7
        for index in range(rng.randint(1, 6)):
            kind = rng.choice(list(TYPES))
            width = 19 if kind in ("day", "shown", "stamp") else rng.randint(3, 14)
            position = Position(start=at, end=at + width - 1) if self.fixed else None
            if not self.fixed and number >= 1 and index == 0 and reset:
                position = Position(start=1)
            elif not self.fixed and index and rng.random() < 0.03:
                position = Position(relative=True, start=rng.randint(0, 2))
            at += width
            fields.append(self._field(f"C{index + 1}", kind, position, filler=index > 0))
            self.kinds[id(fields[-1])] = kind
            if fields[-1].filler is None:
                kinds[f"C{index + 1}"] = (kind, rng.random() < 0.1)
        self._bind(fields)
        self._generate(fields, kinds)
        csv = CsvFormat(embedded=True) if self.embedded else None
        table = TableLoad(
            table=TableName(name=f"T{number + 1}"),
            when=self._condition("C1", wide=True)
            if rng.random() < (0.7 if self.tables > 1 else 0.1)
            else None,
            csv=csv,
            terminated=self._terminator(),
            enclosed=self._enclosure(),
            trailing_nullcols=rng.random() < 0.5,
            nullif=self._nullif() if rng.random() < 0.1 else None,
            fields=tuple(fields),
        )
        return table, kinds

    def _field(self, name: str, kind: str, position: Position | None, *, filler: bool) -> Field:
        rng = self.rng
        values: dict[str, Any] = {"position": position, "type": self._type(kind)}
        if rng.random() < 0.15:
            values["nullif"] = self._condition(rng.choice([name, "C1"]))
        elif rng.random() < 0.05:
            values["no_nullif"] = True
        if rng.random() < 0.08:
            values["defaultif"] = self._condition(rng.choice([name, "C1"]))
        if rng.random() < 0.06:
            values["preserve_blanks"] = rng.random() < 0.7
        if filler and rng.random() < 0.12:
            values["filler"] = rng.choice(["filler", "boundfiller"])
            if values["filler"] == "filler":
                values |= {"nullif": None, "defaultif": None}
        if not self.fixed and not self.embedded and not self.white:
            if rng.random() < 0.06:
                values["terminated"] = Delimiter(literal=Literal(text=rng.choice([":", "%%"])))
            if rng.random() < 0.06:
                values["enclosed"] = Enclosure(
                    left=Literal(text="["), right=Literal(text="]"), optional=rng.random() < 0.7
                )
        return Field(name=name, **values)

    def _terminator(self) -> Delimiter | None:
        if self.fixed:
            return None
        if self.white:
            return Delimiter(whitespace=True)
        as_hex = self.rng.random() < 0.2
        return Delimiter(
            literal=Literal(hex=self.term.encode().hex().upper()) if as_hex else Literal(text=self.term)
        )

    def _enclosure(self) -> Enclosure | None:
        if self.fixed or self.quote is None:
            return None
        left, right = self.quote
        optional = self.embedded or self.rng.random() < 0.8
        return Enclosure(
            left=Literal(text=left),
            right=Literal(text=right) if right is not None else None,
            optional=optional,
        )

    def _bind(self, fields: list[Field]) -> None:
        """SQL strings over this field and another one."""
        rng = self.rng
        bound = [one.name for one in fields if one.filler != "filler" and not (one.type and one.type.mask)]
        for number, one in enumerate(fields):
            kind = self.kinds[id(one)]
            if kind in TEXTS and one.filler is None and one.name in bound and rng.random() < 0.12:
                sql = rng.choice(list(MENU)).format(a=one.name, b=rng.choice(bound))
                fields[number] = one.model_copy(update={"sql": sql})
                self.kinds[id(fields[number])] = kind

    def _generate(self, fields: list[Field], kinds: dict[str, tuple[str, bool]]) -> None:
        sources = (("G1", Recnum()), ("G2", Constant(value="7")), ("G3", Sequence(base=5, increment=3)))
        for name, source in sources:
            if self.rng.random() < 0.15:
                fields.append(Field(name=name, source=source))
                kinds[name] = ("any", False)

    def _type(self, kind: str) -> FieldType | None:
        rng = self.rng
        if kind in ("day", "shown"):
            return FieldType(
                name=TypeName.DATE, mask=rng.choice([*MASKS, None]) if not self.fixed else rng.choice(MASKS)
            )
        if kind == "stamp":
            return FieldType(name=TypeName.TIMESTAMP, mask=rng.choice(MASKS))
        if kind in ("amount", "count", "any"):
            return rng.choice(
                [None, FieldType(name=TypeName.INTEGER_EXTERNAL), FieldType(name=TypeName.DECIMAL_EXTERNAL)]
            )
        return rng.choice([None, None, FieldType(name=TypeName.CHAR, length=rng.randint(5, 30))])

    def _nullif(self) -> Test:
        if self.rng.random() < 0.5:
            return Test(blanks=True)
        return Test(literal=Literal(text=self.rng.choice(["A", "0"])), equal=self.rng.random() < 0.7)

    def _condition(self, name: str, *, wide: bool = False) -> Condition:
        tests = [self._test(name, wide=wide)]
        if self.rng.random() < 0.15:
            tests.append(self._test("C1", wide=True))
        return Condition(tests=tuple(tests))

    def _test(self, name: str, *, wide: bool) -> Test:
        rng = self.rng
        roll = rng.random()
        if roll < 0.4 and not wide:
            return Test(field=name, blanks=True, equal=rng.random() < 0.8)
        if roll < 0.7:
            literal = rng.choice([Literal(text=rng.choice(["A", "B", "0"])), Literal(hex="41")])
            return Test(field=name, literal=literal, equal=rng.random() < 0.5)
        literal = Literal(text=rng.choice(["A", "B", "1", "Ad"]))
        start = rng.randint(1, 3)
        position = Position(start=start, end=rng.choice([start, start + 1, None]))
        return Test(position=position, literal=literal, equal=rng.random() < 0.6)
