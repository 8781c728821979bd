"""Datatypes of fields, with lengths and masks."""

from __future__ import annotations

from collections.abc import Callable

from loadstone.spec import FieldType, TypeName
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.reader import Reader

_EXTERNALS = {
    "INTEGER": TypeName.INTEGER_EXTERNAL,
    "FLOAT": TypeName.FLOAT_EXTERNAL,
    "DECIMAL": TypeName.DECIMAL_EXTERNAL,
    "ZONED": TypeName.ZONED_EXTERNAL,
}
_INTEGER_SIZES = (1, 2, 4, 8)
_DIGITS_MAX = 38
_SCALE_MIN, _SCALE_MAX = -84, 127


def field_type(reader: Reader) -> FieldType | None:
    """The datatype that comes next, or None."""
    token = reader.peek()
    read = _READERS.get(token.text.upper()) if token.kind == "word" else None
    if read is None:
        return None
    return read(reader, reader.take())


def mask(reader: Reader) -> str | None:
    """The mask that comes next: a string in either kind of quotes."""
    token = reader.peek()
    if token.kind != "string":
        return None
    text = reader.string("a mask").text
    if ":" in text and "(" in text:
        hint = f'write the mask first: DATE "YYYY-MM-DD" {token.quote}...{token.quote}'
        reader.warn(
            "LS-1063", token, "the one string after a date type is its mask, not a SQL expression", hint
        )
    if not text:
        reader.error("LS-1014", token, "the mask is empty")
    return text


def time_zone(reader: Reader) -> str:
    """``WITH [LOCAL] TIME ZONE``: tz, ltz, or nothing."""
    if not reader.accept("WITH"):
        return ""
    local = reader.accept("LOCAL") is not None
    reader.expect("TIME")
    reader.expect("ZONE")
    return "ltz" if local else "tz"


# Private functions


def _length(reader: Reader) -> int | None:
    if not reader.accept_symbol("("):
        return None
    value = reader.integer("a length", 1)
    unit = reader.accept("BYTE", "CHAR")
    if unit:
        message = f"{unit.text.upper()} after a length is not SQL*Loader's; LENGTH SEMANTICS decides"
        reader.warn("LS-1060", unit, message)
    if not reader.accept_symbol(")"):
        reader.unexpected(")")
    return value


def _sized(name: TypeName) -> Callable[[Reader, Token], FieldType]:
    return lambda reader, token: FieldType(name=name, length=_length(reader))


def _integer(reader: Reader, token: Token) -> FieldType:
    if reader.accept("EXTERNAL"):
        return FieldType(name=TypeName.INTEGER_EXTERNAL, length=_length(reader))
    size_token = reader.peek(1) if reader.at_symbol("(") else token
    size = _length(reader)
    if size is not None and size not in _INTEGER_SIZES:
        message = f"INTEGER({size}) is a binary number of {size} bytes; 1, 2, 4 and 8 are possible"
        reader.error("LS-1029", size_token, message, f"digits are INTEGER EXTERNAL({size})")
        size = None
    return FieldType(name=TypeName.INTEGER, length=size, unsigned=_sign(reader))


def _signed(name: TypeName) -> Callable[[Reader, Token], FieldType]:
    return lambda reader, token: FieldType(name=name, unsigned=_sign(reader))


def _sign(reader: Reader) -> bool | None:
    word = reader.accept("SIGNED", "UNSIGNED")
    return word.is_word("UNSIGNED") if word else None


def _float(reader: Reader, token: Token) -> FieldType:
    if reader.accept("EXTERNAL"):
        return FieldType(name=TypeName.FLOAT_EXTERNAL, length=_length(reader))
    return FieldType(name=TypeName.FLOAT)


def _digits(name: TypeName) -> Callable[[Reader, Token], FieldType]:
    def read(reader: Reader, token: Token) -> FieldType:
        if reader.accept("EXTERNAL"):
            return FieldType(name=_EXTERNALS[token.text.upper()], length=_length(reader))
        precision, scale = _precision(reader)
        return FieldType(name=name, precision=precision, scale=scale)

    return read


def _precision(reader: Reader) -> tuple[int | None, int | None]:
    if not reader.accept_symbol("("):
        return None, None
    token = reader.peek()
    precision = reader.integer("a precision", 1)
    if precision > _DIGITS_MAX:
        reader.error(
            "LS-1011", token, f"the precision is {precision}; at most {_DIGITS_MAX} digits are possible"
        )
    scale = None
    if reader.accept_symbol(","):
        negative = reader.accept_symbol("-") is not None
        place = reader.peek()
        scale = reader.integer("a scale")
        scale = -scale if negative else scale
        if not _SCALE_MIN <= scale <= _SCALE_MAX:
            reader.error("LS-1011", place, f"the scale is {scale}; it must be {_SCALE_MIN} to {_SCALE_MAX}")
    reader.expect_symbol(")")
    return precision, scale


def _number(reader: Reader, token: Token) -> FieldType:
    _undocumented(reader, token, "DECIMAL EXTERNAL")
    precision, scale = _precision(reader)
    return FieldType(name=TypeName.NUMBER, precision=precision, scale=scale)


def _varchar2(reader: Reader, token: Token) -> FieldType:
    _undocumented(reader, token, "CHAR")
    return FieldType(name=TypeName.VARCHAR2, length=_length(reader))


def _undocumented(reader: Reader, token: Token, instead: str) -> None:
    word = token.text.upper()
    message = f"{word} is a type of columns; SQL*Loader's manual has no such type of fields"
    reader.warn("LS-1060", token, message, f"write {instead}")


def _long(reader: Reader, token: Token) -> FieldType:
    reader.expect("VARRAW")
    return FieldType(name=TypeName.LONG_VARRAW, length=_length(reader))


def _counted(name: TypeName) -> Callable[[Reader, Token], FieldType]:
    """VARCHARC and VARRAWC: digits of the length, and the longest value."""

    def read(reader: Reader, token: Token) -> FieldType:
        reader.expect_symbol("(")
        digits = reader.integer("digits of the length", 1)
        length = reader.integer("a length", 1) if reader.accept_symbol(",") else None
        reader.expect_symbol(")")
        return FieldType(name=name, length_digits=digits, length=length)

    return read


def _graphic(reader: Reader, token: Token) -> FieldType:
    name = TypeName.GRAPHIC_EXTERNAL if reader.accept("EXTERNAL") else TypeName.GRAPHIC
    return FieldType(name=name, length=_length(reader))


def _date(reader: Reader, token: Token) -> FieldType:
    external = reader.accept("EXTERNAL") is not None
    length = _length(reader)
    external = reader.accept("EXTERNAL") is not None or external
    return FieldType(name=TypeName.DATE, length=length, mask=mask(reader), external=external)


def _time(reader: Reader, token: Token) -> FieldType:
    precision = _fraction(reader)
    zoned = time_zone(reader)
    name = TypeName.TIME_TZ if zoned else TypeName.TIME
    return FieldType(name=name, precision=precision, mask=mask(reader))


def _timestamp(reader: Reader, token: Token) -> FieldType:
    precision = _fraction(reader)
    zone = time_zone(reader)
    names = {"": TypeName.TIMESTAMP, "tz": TypeName.TIMESTAMP_TZ, "ltz": TypeName.TIMESTAMP_LTZ}
    return FieldType(name=names[zone], precision=precision, mask=mask(reader))


def _fraction(reader: Reader) -> int | None:
    if not reader.accept_symbol("("):
        return None
    digits = reader.integer("a precision")
    reader.expect_symbol(")")
    return digits


def _interval(reader: Reader, token: Token) -> FieldType:
    year = reader.expect("YEAR", "DAY").is_word("YEAR")
    leading = _fraction(reader)
    reader.expect("TO")
    if year:
        reader.expect("MONTH")
        return FieldType(name=TypeName.INTERVAL_YM, precision=leading)
    reader.expect("SECOND")
    return FieldType(name=TypeName.INTERVAL_DS, precision=leading, scale=_fraction(reader))


_READERS: dict[str, Callable[[Reader, Token], FieldType]] = {
    "CHAR": _sized(TypeName.CHAR),
    "INTEGER": _integer,
    "SMALLINT": _signed(TypeName.SMALLINT),
    "BYTEINT": _signed(TypeName.BYTEINT),
    "FLOAT": _float,
    "DOUBLE": lambda reader, token: FieldType(name=TypeName.DOUBLE),
    "DECIMAL": _digits(TypeName.DECIMAL),
    "ZONED": _digits(TypeName.ZONED),
    "RAW": _sized(TypeName.RAW),
    "VARCHAR": _sized(TypeName.VARCHAR),
    "VARGRAPHIC": _sized(TypeName.VARGRAPHIC),
    "VARRAW": _sized(TypeName.VARRAW),
    "LONG": _long,
    "VARCHARC": _counted(TypeName.VARCHARC),
    "VARRAWC": _counted(TypeName.VARRAWC),
    "GRAPHIC": _graphic,
    "DATE": _date,
    "TIME": _time,
    "TIMESTAMP": _timestamp,
    "INTERVAL": _interval,
    "NUMBER": _number,
    "VARCHAR2": _varchar2,
}

TYPE_WORDS = tuple(_READERS)
