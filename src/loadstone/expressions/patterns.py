"""
Regular expressions of Oracle for libraries that speak Perl's dialect (``regex``, RE2).

Source: Oracle Database SQL Language Reference, appendix "Oracle Regular Expression Support". In brackets a
backslash is a character, classes are names in ``[: :]``, and ``$`` is the very end of the text.
"""

from __future__ import annotations

import re

from loadstone.expressions.model import OraError

CLASSES = {
    "alpha": r"\p{L}",
    "digit": "0-9",
    "alnum": r"\p{L}\p{Nd}",
    "upper": r"\p{Lu}",
    "lower": r"\p{Ll}",
    "space": r" \t\n\r\f\v",
    "blank": r" \t",
    "punct": r"!-/:-@\[-\x60{-~",
    "cntrl": r"\x00-\x1f\x7f",
    "xdigit": "0-9A-Fa-f",
    "graph": "!-~",
    "print": " -~",
}
_SHORT = {
    "d": "[0-9]",
    "D": "[^0-9]",
    "w": r"[\p{L}\p{Nd}_]",
    "W": r"[^\p{L}\p{Nd}_]",
    "s": r"[ \t\n\r\f\v]",
    "S": r"[^ \t\n\r\f\v]",
    "A": r"\A",
}
_SPECIAL = set("\\[]^-&~|")


def translate(pattern: str, flags: str, *, end: str) -> str:
    r"""
    ``pattern`` with its flags (i, c, n, m, x) written into it.

    Args:
        end: How the dialect writes the end of the text: ``\Z`` or ``\z``.

    Raises:
        OraError: ORA-12726 a bracket that is not closed, ORA-01760 a flag that is not known.
    """
    if set(flags) - set("icnmx"):
        raise OraError(1760, "illegal argument for function")
    insensitive = [flag for flag in flags if flag in "ic"][-1:] == ["i"]
    options = ("i" if insensitive else "") + ("s" if "n" in flags else "") + ("m" if "m" in flags else "")
    parts, at = [f"(?{options})" if options else ""], 0
    while at < len(pattern):
        piece, at = _piece(pattern, at, flags, end)
        parts.append(piece)
    return "".join(parts)


def has_reference(pattern: str) -> bool:
    r"""Whether ``\1`` to ``\9`` stand in the pattern, which RE2 does not know."""
    return re.search(r"(?<!\\)(\\\\)*\\[1-9]", pattern) is not None


# Private functions


def _piece(pattern: str, at: int, flags: str, end: str) -> tuple[str, int]:
    char = pattern[at]
    if char == "[":
        return _bracket(pattern, at)
    if char == "\\":
        following = pattern[at + 1 : at + 2]
        if following == "Z":
            return f"(?:{end}|(?=\\n{end}))" if end == r"\Z" else end, at + 2
        if following in _SHORT:
            return _SHORT[following], at + 2
        if following.isdigit():
            return f"(?:\\{following})", at + 2
        return re.escape(following or "\\"), at + 2
    if char == "$" and "m" not in flags:
        return end, at + 1
    if char == "(" and pattern[at + 1 : at + 2] == "?":
        raise OraError(12728, "invalid range in regular expression")
    if "x" in flags and char.isspace():
        return "", at + 1
    return (char if char in "^$.*+?(){}|,0123456789" else re.escape(char)), at + 1


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """A bracket expression from ``[`` on."""
    at += 1
    parts = ["["]
    if pattern[at : at + 1] == "^":
        parts.append("^")
        at += 1
    first = True
    while at < len(pattern) and (pattern[at] != "]" or first):
        named = re.compile(r"\[([:=.])(.+?)\1\]").match(pattern, at)
        if named is not None:
            parts.append(CLASSES.get(named[2], "") if named[1] == ":" else _literal(named[2][0]))
            at = named.end()
        elif pattern[at + 1 : at + 2] == "-" and pattern[at + 2 : at + 3] not in ("]", ""):
            parts.append(f"{_literal(pattern[at])}-{_literal(pattern[at + 2])}")
            at += 3
        else:
            parts.append(_literal(pattern[at]))
            at += 1
        first = False
    if at >= len(pattern):
        raise OraError(12726, "unmatched bracket in regular expression")
    return "".join([*parts, "]"]), at + 1


def _literal(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char
