"""A reader of tokens: look ahead, accept, expect, and say what was expected."""

from __future__ import annotations

from typing import NoReturn

from loadstone.errors import FixSpec, Place
from loadstone.sqlldr.findings import Finding, Findings
from loadstone.sqlldr.lexer import Lexer, Token

_LENGTH_MAX = 2**31 - 1


class Reader:
    """
    Walks over the tokens of one control file.

    Syntax errors are raised; what can be read past is added to ``findings``.
    """

    def __init__(self, text: str, path: str, findings: Findings) -> None:
        self.lexer = Lexer(text, path)
        self.path = path
        self.findings = findings
        self._offset = 0
        self._ahead: list[Token] = []
        self._long_string: Token | None = None

    def peek(self, ahead: int = 0) -> Token:
        """The token ``ahead`` places after the next one, not taken."""
        while len(self._ahead) <= ahead:
            offset = self._ahead[-1].stop if self._ahead else self._offset
            self._ahead.append(self.lexer.token(offset))
        return self._ahead[ahead]

    def take(self) -> Token:
        """The next token, taken."""
        token = self.peek()
        self._ahead.pop(0)
        self._offset = token.stop
        if token.several_lines:
            self._long_string = token
        return token

    def back(self, token: Token) -> None:
        """Return to ``token``, which was taken."""
        self._ahead.clear()
        self._offset = token.start

    def first_word(self, word: str) -> Token:
        """The first token ``word`` of the file."""
        offset = 0
        while True:
            token = self.lexer.token(offset)
            if token.is_word(word) or token.kind == "end":
                return token
            offset = token.stop

    def bare(self, stops: str, *expected: str) -> Token:
        """A file name or value, quoted or bare; see ``Lexer.bare``."""
        self._ahead.clear()
        token = self.lexer.bare(self._offset, stops)
        if token.kind == "path" and not token.text:
            self.unexpected(*expected)
        if token.several_lines:
            raise self.lexer.unterminated(token.start)
        self._offset = token.stop
        return token

    def at(self, *words: str) -> bool:
        """Whether the next token is one of the unquoted ``words``."""
        return self.peek().is_word(*words)

    def accept(self, *words: str) -> Token | None:
        """The next token, taken, if it is one of ``words``."""
        return self.take() if self.at(*words) else None

    def expect(self, *words: str) -> Token:
        """The next token, taken, which must be one of ``words``."""
        return self.accept(*words) or self.unexpected(*words)

    def at_symbol(self, *symbols: str) -> bool:
        """Whether the next token is one of ``symbols``."""
        return self.peek().is_symbol(*symbols)

    def accept_symbol(self, *symbols: str) -> Token | None:
        """The next token, taken, if it is one of ``symbols``."""
        return self.take() if self.at_symbol(*symbols) else None

    def expect_symbol(self, *symbols: str) -> Token:
        """The next token, taken, which must be one of ``symbols``."""
        return self.accept_symbol(*symbols) or self.unexpected(*symbols)

    def integer(self, what: str, least: int = 0) -> int:
        """A number of at least ``least``."""
        token = self.peek()
        if token.kind != "number":
            self.unexpected(what)
        self.take()
        # Python refuses to read thousands of digits; ten are too many already.
        value = int(token.text.lstrip("0")[:11] or "0")
        if not least <= value <= _LENGTH_MAX:
            self.error("LS-1011", token, f"{what} is {value}; it must be {least} to {_LENGTH_MAX}")
        return max(value, least)

    def string(self, what: str) -> Token:
        """A quoted string on one line."""
        token = self.peek()
        if token.kind != "string":
            self.unexpected(what)
        if token.several_lines:
            raise self.lexer.unterminated(token.start)
        return self.take()

    def place(self, token: Token) -> Place:
        """Where ``token`` stands."""
        return Place(file=self.path, line=token.line, column=token.column)

    def error(self, code: str, token: Token, message: str, *hints: str) -> None:
        """Note an error that reading can go past."""
        self.findings.errors.append(_finding(code, token, message, hints))

    def warn(self, code: str, token: Token, message: str, *hints: str) -> None:
        """Note what works and looks wrong."""
        self.findings.warnings.append(_finding(code, token, message, hints))

    def refuse(self, code: str, token: Token, message: str, *hints: str) -> None:
        """Note what is valid and no target of ours takes."""
        self.findings.refused.append(_finding(code, token, message, hints))

    def fail(self, code: str, token: Token, message: str, *hints: str) -> NoReturn:
        """Raise an error at ``token``."""
        raise FixSpec(code, message, self.place(token), hints=hints)

    def unexpected(self, *expected: str) -> NoReturn:
        """Raise the error that the next token is none of ``expected`` (keywords in upper case)."""
        token = self.peek()
        self._blame_long_string(token)
        message = f"expected {_either(expected)}, found {token}"
        if token.kind == "end":
            place = self.lexer.place(self._offset)
            raise FixSpec(
                "LS-1002", message, place, hints=["is the file complete, and every parenthesis closed?"]
            )
        raise FixSpec("LS-1001", message, self.place(token), hints=did_you_mean(token.text, expected))

    def unexpected_after(
        self, what: str, expected: tuple[str, ...], words: tuple[str, ...], token: Token
    ) -> NoReturn:
        """Raise the error that the next ``token`` cannot follow ``what``; ``words`` are what could."""
        self._blame_long_string(token)
        if token.kind == "end":
            self.unexpected(*expected)
        hints = did_you_mean(token.text, words) if token.kind == "word" else []
        if not hints and "," in expected and token.kind in ("word", "string"):
            hints = [f"is a comma missing before {token}?"]
        self.fail("LS-1001", token, f"expected {_either(expected)} after {what}, found {token}", *hints)

    # Private methods

    def _blame_long_string(self, token: Token) -> None:
        """Raise the error at a string whose end was forgotten, so that it swallowed the start of another."""
        string = self._long_string
        if string is None:
            return
        glued = self._offset == string.stop == token.start and token.kind in ("word", "number")
        if glued or string.raw.count("'") % 2 or string.raw.count("(") != string.raw.count(")"):
            raise self.lexer.unterminated(string.start)


def did_you_mean(word: str, candidates: tuple[str, ...] | list[str]) -> list[str]:
    """A hint that names the candidate most like ``word``; none if none is like it."""
    from difflib import get_close_matches

    known = [candidate for candidate in candidates if candidate.replace(" ", "").replace("_", "").isalnum()]
    close = get_close_matches(word.upper(), [candidate for candidate in known if candidate.isupper()], 1, 0.6)
    return [f"did you mean {close[0]}?"] if close else []


# Private functions


def _finding(code: str, token: Token, message: str, hints: tuple[str, ...]) -> Finding:
    return Finding(code=code, line=token.line, column=token.column, message=message, hints=hints)


def _either(expected: tuple[str, ...]) -> str:
    if len(expected) <= 1:
        return "".join(expected)
    return ", ".join(expected[:-1]) + " or " + expected[-1]
