"""Values that are not in the record: CONSTANT, RECNUM, SYSDATE, SEQUENCE, EXPRESSION, LOBFILE, BFILE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal as Only

from loadstone.spec import Bfile, Constant, Expression, Generated, LobFile, Recnum, Sequence, Source, Sysdate
from loadstone.sqlldr.conditions import Reference
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import full_name
from loadstone.sqlldr.reader import Reader

SOURCE_WORDS = (
    *("CONSTANT", "RECNUM", "SYSDATE", "SEQUENCE", "EXPRESSION"),
    *("LOBFILE", "BFILE", "REF", "SID", "OID", "SDF", "LLS"),
)
GENERATED_ALONE = ("CONSTANT", "RECNUM", "SYSDATE", "SEQUENCE", "EXPRESSION")


def source(reader: Reader, token: Token, references: list[Reference]) -> Source:
    """The source whose first word ``token`` is taken; fields that it names are added to ``references``."""
    word = token.text.upper()
    if word in _SIMPLE:
        return _SIMPLE[word](reader)
    if word == "LOBFILE":
        return _lobfile(reader, references)
    if word == "BFILE":
        message = "BFILE points to a file of an Oracle server; no target of ours has it"
        reader.refuse("LS-1082", token, message)
        return _bfile(reader, references)
    return generated(reader, token, references)


def generated(reader: Reader, token: Token, references: list[Reference]) -> Generated:
    """REF, SID, OID, SDF or LLS with its arguments, kept to be refused by name."""
    word = token.text.upper()
    hint = "load it into Oracle, or leave the column out"
    reader.refuse("LS-1081", token, f"{word} belongs to objects of Oracle; no target of ours has them", hint)
    arguments = _arguments(reader, references) if word != "LLS" or reader.at_symbol("(") else ()
    return Generated.model_validate({"kind": word.lower(), "arguments": arguments})


# Private functions


def _constant(reader: Reader) -> Constant:
    if reader.peek().kind == "hex":
        return Constant(value=_characters(bytes.fromhex(reader.take().text)), quoted=True)
    token = reader.bare(",)('\"", "a value")
    if token.kind == "path" and reader.lexer.text[token.stop : token.stop + 1] in ("'", '"'):
        reader.fail("LS-1005", token, f'the value "{token.text}" ends with a quote and begins with none')
    return Constant(value=token.text, quoted=token.kind == "string")


def _characters(data: bytes) -> str:
    """The characters of a hexadecimal constant: UTF-8 where it is, else one for each byte."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _expression(reader: Reader) -> Expression:
    token = reader.peek()
    if token.kind != "string" or token.quote != '"':
        reader.unexpected("a SQL expression in double quotes")
    reader.take()
    if not token.text.strip():
        reader.error("LS-1014", token, "the SQL expression is empty")
    return Expression(sql=token.text)


def _sequence(reader: Reader) -> Sequence:
    if not reader.accept_symbol("("):
        return Sequence()
    word = reader.accept("COUNT", "MAX")
    base: int | Only["count", "max"]
    if word is not None:
        base = "count" if word.is_word("COUNT") else "max"
    elif reader.peek().kind == "number" or reader.at_symbol("-", "+"):
        base = _signed(reader, "a first number")
    else:
        reader.unexpected("COUNT", "MAX", "a number")
    increment = _signed(reader, "an increment") if reader.accept_symbol(",") else None
    if not reader.accept_symbol(")"):
        reader.unexpected(")") if increment is not None else reader.unexpected(",", ")")
    return Sequence(base=base, increment=increment)


def _signed(reader: Reader, what: str) -> int:
    negative = reader.accept_symbol("-", "+")
    value = reader.integer(what)
    return -value if negative and negative.text == "-" else value


def _recnum(reader: Reader) -> Recnum:
    return Recnum()


def _sysdate(reader: Reader) -> Sysdate:
    return Sysdate()


_SIMPLE: dict[str, Callable[[Reader], Source]] = {
    "CONSTANT": _constant,
    "RECNUM": _recnum,
    "SYSDATE": _sysdate,
    "SEQUENCE": _sequence,
    "EXPRESSION": _expression,
}


def _lobfile(reader: Reader, references: list[Reference]) -> LobFile:
    reader.expect_symbol("(")
    values: dict[str, object] = {}
    if reader.accept("CONSTANT"):
        values["file"] = reader.bare("(),'\"", "a file name").text
    else:
        values["field"] = _reference(reader, references)
    while not reader.accept_symbol(")"):
        word = reader.expect("CHARACTERSET", "BIGENDIAN", "LITTLEENDIAN", ")")
        if word.is_word("CHARACTERSET"):
            values["charset"] = reader.bare("(),'\"", "the name of a character set").text
        else:
            values["byte_order"] = "big" if word.is_word("BIGENDIAN") else "little"
    return LobFile.model_validate(values)


def _bfile(reader: Reader, references: list[Reference]) -> Bfile:
    reader.expect_symbol("(")
    directory, directory_constant = _field_or_constant(reader, references)
    reader.expect_symbol(",")
    file, file_constant = _field_or_constant(reader, references)
    reader.expect_symbol(")")
    return Bfile(
        directory=directory, directory_constant=directory_constant, file=file, file_constant=file_constant
    )


def _field_or_constant(reader: Reader, references: list[Reference]) -> tuple[str, bool]:
    if reader.accept("CONSTANT"):
        return reader.bare("(),'\"", "a name").text, True
    return _reference(reader, references), False


def _reference(reader: Reader, references: list[Reference]) -> str:
    token = reader.peek()
    found = full_name(reader, "a field name")
    references.append((found, token))
    return found


def _arguments(reader: Reader, references: list[Reference]) -> tuple[str, ...]:
    """Field names, and constants in single quotes."""
    reader.expect_symbol("(")
    arguments: list[str] = []
    while True:
        value, constant = _argument(reader, references, first=not arguments)
        arguments.append("'" + value.replace("'", "''") + "'" if constant else value)
        if reader.accept_symbol(")"):
            return tuple(arguments)
        reader.accept_symbol(",")


def _argument(reader: Reader, references: list[Reference], *, first: bool) -> tuple[str, bool]:
    """A field or constant; the record format of SDF, which stands second, is a constant too."""
    token = reader.peek()
    if token.kind == "string" and (token.quote == "'" or (not first and " " in token.text)):
        return reader.string("a constant").text, True
    return _field_or_constant(reader, references)
