"""Fields as a control file writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from loadstone.spec import (
    Bfile,
    Condition,
    Constant,
    Enclosure,
    Expression,
    Field,
    FieldType,
    Generated,
    LobFile,
    Recnum,
    Sequence,
    Source,
    Sysdate,
    TypeName,
)
from loadstone.sqlldr import write_text as text

_MASKED = frozenset(
    {
        TypeName.DATE,
        TypeName.TIME,
        TypeName.TIME_TZ,
        TypeName.TIMESTAMP,
        TypeName.TIMESTAMP_TZ,
        TypeName.TIMESTAMP_LTZ,
    }
)
_ZONES = {
    TypeName.TIME_TZ: ("TIME", " WITH TIME ZONE"),
    TypeName.TIMESTAMP_TZ: ("TIMESTAMP", " WITH TIME ZONE"),
    TypeName.TIMESTAMP_LTZ: ("TIMESTAMP", " WITH LOCAL TIME ZONE"),
}


def field_list(fields: tuple[Field, ...], indent: str = "") -> str:
    """The fields in parentheses, one a line."""
    lines = [f"{indent}    {' '.join(_parts(field, indent))}" for field in fields]
    return "(\n" + ",\n".join(lines) + f"\n{indent})"


def enclosure(found: Enclosure) -> str:
    """``[OPTIONALLY] ENCLOSED BY ... [AND ...]``."""
    right = f" AND {text.delimiter_literal(found.right)}" if found.right is not None else ""
    optionally = "OPTIONALLY " if found.optional else ""
    return f"{optionally}ENCLOSED BY {text.delimiter_literal(found.left)}{right}"


def condition(found: Condition) -> str:
    """Tests joined by AND."""
    return " AND ".join(text.test(test) for test in found.tests)


# Private functions


def _parts(field: Field, indent: str) -> Iterator[str]:
    if field.checks is not None:
        raise text.unwritable(f"the field {field.name} has checks")
    yield text.name(field.name, is_quoted=field.quoted)
    if field.filler:
        yield field.filler.upper()
    if field.position:
        yield f"POSITION{text.position(field.position)}"
    yield from _value(field, indent)
    if field.terminated:
        yield text.terminator(field.terminated)
    if field.enclosed:
        yield enclosure(field.enclosed)
    yield from _initial(field)
    if field.sql is not None:
        _demand_mask(field)
        yield text.long_quoted(field.sql)


def _value(field: Field, indent: str) -> Iterator[str]:
    """Source and datatype, or the nested object with its fields."""
    if field.nested:
        yield from _nested(field)
        if field.nullif:
            yield f"NULLIF {condition(field.nullif)}"
        if field.defaultif:
            yield f"DEFAULTIF {condition(field.defaultif)}"
        yield field_list(field.children or (), indent + "    ")
        return
    if field.source is not None:
        yield _source(field.source)
    if field.type is not None:
        yield _type(field.type)


def _initial(field: Field) -> Iterator[str]:
    if field.nullif and not field.nested:
        yield f"NULLIF {condition(field.nullif)}"
    if field.defaultif and not field.nested:
        yield f"DEFAULTIF {condition(field.defaultif)}"
    if field.no_nullif:
        yield "NO NULLIF"
    if field.preserve_blanks is not None:
        yield "PRESERVE BLANKS" if field.preserve_blanks else "NO PRESERVE BLANKS"
    if field.pieced:
        yield "PIECED"


def _demand_mask(field: Field) -> None:
    """Directly behind a date type a string is its mask."""
    between = (field.terminated, field.enclosed, field.nullif, field.defaultif, field.preserve_blanks)
    if field.type is None or field.type.name not in _MASKED or field.type.mask is not None:
        return
    if not field.no_nullif and not field.pieced and all(part is None for part in between):
        raise text.unwritable(f"the field {field.name} is a date with a SQL expression and without a mask")


def _nested(field: Field) -> Iterator[str]:
    yield {"column_object": "COLUMN OBJECT", "nested_table": "NESTED TABLE", "varray": "VARRAY"}[
        field.nested or ""
    ]
    if field.treat_as:
        yield f"TREAT AS {text.reference(field.treat_as)}"
    if field.source is not None:
        yield _source(field.source)
    if field.nested_count is not None:
        count = field.nested_count.text or ""
        yield f"COUNT ({count if count.isdigit() else text.reference(count)})"
    if field.nested_delimiter is not None:
        yield text.terminator(field.nested_delimiter)
    if field.nested_enclosure is not None:
        yield enclosure(field.nested_enclosure)


def _source(source: Source) -> str:
    match source:
        case Recnum() | Sysdate():
            return source.kind.upper()
        case Constant():
            return f"CONSTANT {_constant(source)}"
        case Expression():
            return f"EXPRESSION {text.long_quoted(source.sql)}"
        case Sequence():
            return _sequence(source)
        case LobFile():
            return _lobfile(source)
        case Bfile():
            directory = _operand(source.directory, constant=source.directory_constant)
            return f"BFILE({directory}, {_operand(source.file, constant=source.file_constant)})"
        case Generated():
            return _generated(source)


def _constant(source: Constant) -> str:
    if not source.quoted:
        return text.bare_value(source.value)
    if any(char < " " for char in source.value):
        return f"X'{source.value.encode().hex().upper()}'"
    return text.quoted(source.value)


def _sequence(source: Sequence) -> str:
    if source.base is None:
        return "SEQUENCE"
    increment = f", {source.increment}" if source.increment is not None else ""
    return f"SEQUENCE({str(source.base).upper()}{increment})"


def _lobfile(source: LobFile) -> str:
    parts = [
        f"CONSTANT {text.quoted(source.file)}"
        if source.file is not None
        else text.reference(source.field or "")
    ]
    if source.charset:
        parts.append(f"CHARACTERSET {text.bare(source.charset)}")
    if source.byte_order:
        parts.append(source.byte_order.upper() + "ENDIAN")
    return f"LOBFILE({' '.join(parts)})"


def _operand(value: str, *, constant: bool) -> str:
    return f"CONSTANT {text.quoted(value)}" if constant else text.reference(value)


def _generated(source: Generated) -> str:
    if not source.arguments:
        return source.kind.upper()
    return f"{source.kind.upper()}({', '.join(argument(found) for found in source.arguments)})"


def argument(found: str) -> str:
    """An argument of REF, SID, OID or SDF: a field, or a constant in single quotes."""
    if found.startswith("'"):
        return "CONSTANT " + text.quoted(found[1:-1].replace("''", "'"))
    return text.reference(found)


def _type(found: FieldType) -> str:
    write = _WRITERS.get(found.name, _sized)
    mask = f" {text.quoted(found.mask, chr(34))}" if found.mask is not None else ""
    return write(found) + mask


def _sized(found: FieldType) -> str:
    length = f"({found.length})" if found.length is not None else ""
    return found.name.value.upper().replace("_", " ") + length


def _signed(found: FieldType) -> str:
    sign = "" if found.unsigned is None else " UNSIGNED" if found.unsigned else " SIGNED"
    return _sized(found) + sign


def _precise(found: FieldType) -> str:
    if found.precision is None:
        return found.name.value.upper()
    scale = f", {found.scale}" if found.scale is not None else ""
    return f"{found.name.value.upper()}({found.precision}{scale})"


def _counted(found: FieldType) -> str:
    length = f", {found.length}" if found.length is not None else ""
    return f"{found.name.value.upper()}({found.length_digits}{length})"


def _date(found: FieldType) -> str:
    length = f"({found.length})" if found.length is not None else ""
    return "DATE" + (" EXTERNAL" if found.external else "") + length


def _fraction(found: FieldType) -> str:
    word, zone = _ZONES.get(found.name, (found.name.value.upper(), ""))
    return word + (f"({found.precision})" if found.precision is not None else "") + zone


def _interval(found: FieldType) -> str:
    leading = f"({found.precision})" if found.precision is not None else ""
    if found.name is TypeName.INTERVAL_YM:
        return f"INTERVAL YEAR{leading} TO MONTH"
    return f"INTERVAL DAY{leading} TO SECOND" + (f"({found.scale})" if found.scale is not None else "")


_WRITERS: dict[TypeName, Callable[[FieldType], str]] = {
    TypeName.INTEGER: _signed,
    TypeName.SMALLINT: _signed,
    TypeName.BYTEINT: _signed,
    TypeName.DECIMAL: _precise,
    TypeName.ZONED: _precise,
    TypeName.NUMBER: _precise,
    TypeName.VARCHARC: _counted,
    TypeName.VARRAWC: _counted,
    TypeName.DATE: _date,
    **dict.fromkeys(_MASKED - {TypeName.DATE}, _fraction),
    TypeName.INTERVAL_YM: _interval,
    TypeName.INTERVAL_DS: _interval,
}
