"""The column table of the log."""

from __future__ import annotations

from loadstone.spec import (
    Condition,
    Constant,
    Delimiter,
    Expression,
    Field,
    Literal,
    LobFile,
    Position,
    Recnum,
    Sequence,
    Sysdate,
    TableLoad,
    Test,
    TypeName,
)

_NAMES = {
    TypeName.CHAR: "CHARACTER",
    TypeName.INTEGER_EXTERNAL: "CHARACTER",
    TypeName.FLOAT_EXTERNAL: "CHARACTER",
    TypeName.DECIMAL_EXTERNAL: "CHARACTER",
    TypeName.ZONED_EXTERNAL: "CHARACTER",
    TypeName.INTEGER: "INTEGER",
    TypeName.SMALLINT: "SMALL INTEGER",
    TypeName.BYTEINT: "BYTE INTEGER",
    TypeName.FLOAT: "FLOAT",
    TypeName.DOUBLE: "DOUBLE FLOAT",
    TypeName.DECIMAL: "PACKED DECIMAL",
    TypeName.ZONED: "ZONED DECIMAL",
    TypeName.NUMBER: "CHARACTER",
    TypeName.VARCHAR2: "CHARACTER",
    TypeName.LONG_VARRAW: "LONG VARRAW",
    TypeName.TIMESTAMP: "DATETIME",
    TypeName.TIMESTAMP_TZ: "DATETIME",
    TypeName.TIMESTAMP_LTZ: "DATETIME",
}
_BYTES = {
    TypeName.INTEGER: 4,
    TypeName.SMALLINT: 2,
    TypeName.BYTEINT: 1,
    TypeName.FLOAT: 4,
    TypeName.DOUBLE: 8,
}


def column_lines(table: TableLoad, one: Field, *, first: bool) -> list[str]:
    """The line of a column, and the lines below it that tell more."""
    if one.source is not None and not isinstance(one.source, LobFile):
        return _generated(one)
    terminated, left, right, optional = _delimiters(table, one)
    lob = isinstance(one.source, LobFile)
    term, term_line = _term(terminated)
    enclosure, second = _enclosures(left, right, optional=optional) if not lob else ("", "")
    place = "DERIVED" if lob else _position(one.position, first=first)
    line = (
        f"{one.name:<30} {place:>10} {_length(one, delimited=terminated is not None or bool(left)):>5}"
        f" {term:<4} {enclosure:<4} {_datatype(table, one):<21}"
    )
    lines = [line]
    if second:
        lines.append(f"{'':<53}{second}")
    if one.filler is not None:
        lines.append("  (FILLER FIELD)" if one.filler == "filler" else "  (BOUND FILLER FIELD)")
    lines += term_line
    if left and len(left) > 1:
        lines += [f"    First enclosure string : '{left}'", f"    Second enclosure string : '{right}'"]
    if isinstance(one.source, LobFile):
        name = f"field {one.source.field}" if one.source.field else f"'{one.source.file}'"
        kind = "Dynamic LOBFILE.  Filename in" if one.source.field else "Static LOBFILE.  Filename is"
        lines.append(f"    {kind} {name}")
    lines += _conditions(table, one)
    if one.sql is not None:
        lines.append(f'    SQL string for column : "{one.sql}"')
    return lines


def test_text(test: Test, own: str | None = None) -> str:
    """One test, as ``NAME = 0X53434f5454(character 'SCOTT')`` or ``1:1 != BLANKS``."""
    data = b""
    if test.literal is not None:
        text = test.literal.text or ""
        data = text.encode() if test.literal.hex is None else bytes.fromhex(test.literal.hex)
    left = test.field or (own or "*" if test.position is None else _span(test.position, len(data)))
    sign = "=" if test.equal else "!="
    if test.blanks:
        return f"{left} {sign} BLANKS"
    return f"{left} {sign} 0X{data.hex()}(character '{shown(data)}')"


def shown(data: bytes) -> str:
    """The characters of a literal: UTF-8 where it is, else one for each byte."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


# Private functions


def _span(position: Position, length: int) -> str:
    """Start and end of a position; one without an end is as long as what it is compared with."""
    return f"{position.start}:{position.end or position.start + max(length, 1) - 1}"


def _generated(one: Field) -> list[str]:
    source = one.source
    if isinstance(source, Constant):
        return [f"{one.name:<58}CONSTANT", f"    Value is '{source.value}'"]
    if isinstance(source, Sequence):
        base = "1" if source.base is None else str(source.base).upper()
        return [f"{one.name:<58}SEQUENCE ({base}, {1 if source.increment is None else source.increment})"]
    if isinstance(source, Recnum):
        return [f"{one.name:<58}RECNUM"]
    if isinstance(source, Sysdate):
        return [f"{one.name:<58}SYSDATE"]
    if isinstance(source, Expression):
        return [f"{one.name:<58}EXPRESSION", f'    SQL string for column : "{source.sql}"']
    kind = getattr(source, "kind", "")
    return [f"{one.name:<58}{kind.upper()}"]


def _text(literal: Literal) -> str:
    return shown(bytes.fromhex(literal.hex)) if literal.hex is not None else literal.text or ""


def _delimiters(table: TableLoad, one: Field) -> tuple[Delimiter | None, str, str, bool]:
    """Terminator, both enclosures and whether they are optional; none where POSITION says what the field is."""
    fixed = one.position is not None and one.position.end is not None
    terminated, enclosed = (one.terminated, one.enclosed) if fixed else table.delimiters(one)
    if enclosed is None:
        return terminated, "", "", False
    return terminated, _text(enclosed.left), _text(enclosed.right or enclosed.left), enclosed.optional


def _term(terminated: Delimiter | None) -> tuple[str, list[str]]:
    """The Term column, and a line for a terminator that does not fit there."""
    if terminated is None:
        return "", []
    if terminated.eof:
        return " EOF", []
    if terminated.whitespace:
        return " WHT", []
    assert terminated.literal is not None
    text = _text(terminated.literal)
    if text in (" ", "\t"):
        return " WHT", []
    if len(text) == 1:
        return f"  {text} ", []
    return "", [f"    Terminator string : '{text}'"]


def _enclosures(left: str, right: str, *, optional: bool) -> tuple[str, str]:
    """The Encl column, and the same column of the next line where the closing enclosure differs."""
    if len(left) != 1:
        return "", ""
    first, second = (f"O({left})", f"O({right})") if optional else (f"  {left}", f"  {right}")
    return first, second if right != left else ""


def _position(position: Position | None, *, first: bool) -> str:
    if position is None:
        return "FIRST" if first else "NEXT"
    if position.relative:
        start = f"*+{position.start}" if position.start else "*"
    else:
        start = str(position.start)
    return f"{start}:{position.end}" if position.end else start


def _length(one: Field, *, delimited: bool) -> str:
    kind = one.type
    if one.position is not None and one.position.end is not None and not one.position.relative:
        return str(one.position.end - max(one.position.start, 1) + 1)
    if kind is None:
        return "*" if delimited or one.source is not None else "1"
    if kind.length is not None:
        return str(kind.length)
    if kind.name in _BYTES:
        return str(_BYTES[kind.name])
    if kind.precision is not None and kind.name is TypeName.DECIMAL:
        return str(kind.precision // 2 + 1)
    if kind.precision is not None and kind.name is TypeName.ZONED:
        return str(kind.precision)
    if not delimited and kind.mask:
        return str(len(kind.mask))
    return "*" if delimited or one.source is not None else "1"


def _datatype(table: TableLoad, one: Field) -> str:
    kind = one.type
    if kind is None:
        return "CHARACTER"
    if kind.name is TypeName.DATE:
        mask = kind.mask or next((f.mask for f in table.formats if f.kind == "date"), None)
        return f"DATE {mask}" if mask else "DATE"
    if kind.name in (TypeName.DECIMAL, TypeName.ZONED):
        return f"{_NAMES[kind.name]} ({kind.precision}, {kind.scale or 0})"
    name = _NAMES.get(kind.name, kind.name.value.replace("_", " ").upper())
    return f"{name} {kind.mask}" if kind.mask else name


def _conditions(table: TableLoad, one: Field) -> list[str]:
    def told(word: str, condition: Condition) -> str:
        return f"    {word} if " + " and ".join(test_text(test, one.name) for test in condition.tests)

    lines = []
    if one.nullif is not None:
        lines.append(told("NULL", one.nullif))
    elif table.nullif is not None and not one.no_nullif:
        lines.append(told("NULL", Condition(tests=(table.nullif,))))
    if one.defaultif is not None:
        lines.append(told("DEFAULT", one.defaultif))
    return lines
