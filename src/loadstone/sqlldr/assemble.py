"""CONCATENATE and CONTINUEIF: physical records to logical ones."""

from __future__ import annotations

from typing import Literal

from loadstone.spec import Concatenate, ContinueIf, Test
from loadstone.sqlldr.conditions import OPERATORS, comparison, operator
from loadstone.sqlldr.positions import position
from loadstone.sqlldr.reader import Reader


def concatenate(reader: Reader) -> Concatenate:
    """CONCATENATE n, whose first word is taken."""
    bracket = reader.accept_symbol("(")
    count = reader.integer("a number of records", 1)
    if bracket:
        reader.expect_symbol(")")
    return Concatenate(count=count)


def continue_if(reader: Reader) -> ContinueIf:
    """CONTINUEIF THIS, NEXT or LAST, whose first word is taken."""
    word = reader.accept("THIS", "NEXT", "LAST")
    where: Literal["this", "next", "last"] = "this"
    if word is not None:
        where = "next" if word.is_word("NEXT") else "last" if word.is_word("LAST") else "this"
    elif not reader.at_symbol("(") and not reader.at("PRESERVE"):
        reader.unexpected("THIS", "NEXT", "LAST")
    preserve = reader.accept("PRESERVE") is not None
    return ContinueIf(where=where, preserve=preserve, test=_last(reader) if where == "last" else _at(reader))


# Private functions


def _at(reader: Reader) -> Test:
    """``(start:end) operator literal``, perhaps in parentheses."""
    outer = reader.at_symbol("(") and reader.peek(1).is_symbol("(")
    if outer:
        reader.take()
    where = position(reader)
    equal = operator(reader)
    test = Test(position=where, equal=equal, literal=comparison(reader, "a quoted string"))
    if outer:
        reader.expect_symbol(")")
    return test


def _last(reader: Reader) -> Test:
    """``operator character``, perhaps in parentheses."""
    outer = reader.accept_symbol("(")
    if not reader.at_symbol(*OPERATORS):
        reader.unexpected("=", "!=", "<>")
    equal = operator(reader)
    token = reader.peek()
    test = Test(equal=equal, literal=comparison(reader, "a quoted character"))
    if test.literal is not None and not (test.literal.hex or (test.literal.text or "").strip()):
        reader.error("LS-1014", token, "CONTINUEIF LAST compares with a character that is no blank")
    if outer:
        reader.expect_symbol(")")
    return test
