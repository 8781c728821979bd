"""WHEN, NULLIF and DEFAULTIF: tests of fields or positions, joined by AND."""

from __future__ import annotations

from collections.abc import Callable

from loadstone.spec import Condition, Literal, Test
from loadstone.sqlldr.lexer import Token
from loadstone.sqlldr.names import full_name, literal
from loadstone.sqlldr.positions import at_position, position
from loadstone.sqlldr.reader import Reader, did_you_mean

OPERATORS = ("=", "!=", "<>", "\u00ac=", "^=")
Reference = tuple[str, Token]


def condition(reader: Reader, references: list[Reference]) -> Condition:
    """Tests joined by AND; the fields that they name are added to ``references``."""
    tests = _group(reader, references)
    while reader.accept("AND"):
        tests += _group(reader, references)
    token = reader.peek()
    if token.is_word("OR"):
        hint = "use a second INTO TABLE clause on the same table for the other case"
        reader.fail("LS-1017", token, "conditions are joined by AND alone; found OR", hint)
    return Condition(tests=tuple(tests))


def operator(reader: Reader) -> bool:
    """A comparison; True for =, False for != and <>."""
    token = reader.accept_symbol(*OPERATORS)
    if token is None:
        if reader.at_symbol("<", ">", "<=", ">="):
            word = reader.peek()
            message = f"{word} compares in gs_loader of openGauss; SQL*Loader has =, != and <> alone"
            reader.fail("LS-1008", word, message)
        if reader.at("IS", "IN", "LIKE", "BETWEEN", "NOT"):
            word = reader.peek()
            reader.fail("LS-1017", word, f"conditions compare with =, != or <> alone; found {word}")
        reader.unexpected("=", "!=", "<>")
    return token.text == "="


def operand(reader: Reader, test: Callable[..., Test]) -> Test:
    """What a field is compared with: a literal or BLANKS."""
    if reader.accept("BLANKS"):
        return test(blanks=True)
    token = reader.peek()
    if token.kind in ("number", "word"):
        reader.fail(
            "LS-1001",
            token,
            f"expected a quoted string, X'hex' or BLANKS, found {token}",
            *(did_you_mean(token.text, ("BLANKS",)) or [f"write '{token.text}'"]),
        )
    return test(literal=comparison(reader, "a quoted string"))


def comparison(reader: Reader, what: str) -> Literal:
    """A literal to compare with; one that holds nothing is doubtful, for a field without characters is NULL."""
    token = reader.peek()
    found = literal(reader, what)
    if not (found.text or found.hex):
        hint = "a field without characters is NULL by itself; BLANKS stands for blanks"
        reader.warn("LS-1014", token, "a condition compares with nothing", hint)
    return found


# Private functions


def _group(reader: Reader, references: list[Reference]) -> list[Test]:
    """A test, or tests in parentheses."""
    if not reader.at_symbol("(") or at_position(reader):
        return [_test(reader, references)]
    reader.take()
    tests = _group(reader, references)
    while reader.accept("AND"):
        tests += _group(reader, references)
    if reader.at("OR"):
        reader.fail("LS-1017", reader.peek(), "conditions are joined by AND alone; found OR")
    reader.expect_symbol(")")
    return tests


def _test(reader: Reader, references: list[Reference]) -> Test:
    where = position(reader) if at_position(reader) else None
    field = None
    if where is None:
        token = reader.peek()
        field = full_name(reader, "a field name or a position")
        references.append((field, token))
    equal = operator(reader)
    return operand(reader, lambda **more: Test(field=field, position=where, equal=equal, **more))
