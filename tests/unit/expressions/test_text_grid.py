"""Functions of texts over a grid of arguments, against what Oracle's manual says of each, written down once more and in another way."""

from __future__ import annotations

from itertools import product

import pytest

from tests.unit.expressions.lanes import answers

TEXTS = ["", "a", "ab", "abcabc", "aaaa", "  a b ", "é€😀x", "_A-b1", "bb\tc", "ÀéÎ ß"]
PLACES = (-7, -6, -2, -1, 0, 1, 2, 3, 6, 7)
PAIRS = [(a or None, b or None) for a, b in product(TEXTS, ["", "a", "ab", "aa", "b", "€", "x ", "cab", " "])]


def nulled(texts: list[str | None]) -> list[str | None]:
    """Empty texts are NULL."""
    return [text or None for text in texts]


@pytest.mark.parametrize("size", [None, -1, 0, 1, 2, 4, 99], ids=lambda size: f"size {size}")
def test_substr_takes_the_characters_at_its_places(size: int | None) -> None:
    """Characters whose place is from the start on and before its end; from the end backwards for a start below zero; 0 is 1."""
    rows = [(text or None,) for text in TEXTS]
    for place in PLACES:
        expected: list[str | None] = []
        for text in TEXTS:
            first = max(place, 1) if place >= 0 else len(text) + place + 1
            last = len(text) if size is None else first + size - 1
            expected.append(
                "".join(c for n, c in enumerate(text, 1) if first <= n <= last) if first >= 1 else None
            )
        call = f"SUBSTR(:A, {place})" if size is None else f"SUBSTR(:A, {place}, {size})"
        assert nulled(expected) == answers(call, rows), call


@pytest.mark.parametrize("occurrence", [1, 2, 3], ids=lambda number: f"occurrence {number}")
def test_instr_counts_matches_from_its_place(occurrence: int) -> None:
    """Matches may overlap; below zero they are counted backwards from those that begin at that place; 0 finds none."""
    for place in PLACES:
        expected: list[str | None] = []
        for text, search in PAIRS:
            if text is None or search is None:
                expected.append(None)
                continue
            begins = [n + 1 for n in range(len(text)) if text[n:].startswith(search)]
            if place > 0:
                found = [n for n in begins if n >= place]
            else:
                found = [n for n in reversed(begins) if place and n <= len(text) + place + 1]
            expected.append(str(found[occurrence - 1]) if len(found) >= occurrence else "0")
        call = f"INSTR(:A, :B, {place}, {occurrence})"
        assert expected == answers(call, PAIRS), call


@pytest.mark.parametrize("side", ["LPAD", "RPAD"])
def test_padding_fills_or_cuts(side: str) -> None:
    """The filling is repeated and cut at its own end; a text that is longer keeps its beginning on both sides."""
    for size in (-1, 0, 1, 2, 5, 9):
        expected: list[str | None] = []
        for text, fill in PAIRS:
            if text is None or fill is None or size < 1:
                expected.append(None)
                continue
            missing = "".join(fill[n % len(fill)] for n in range(size - len(text)))
            expected.append(
                (missing + text if side == "LPAD" else text + missing) if missing else text[:size]
            )
        assert expected == answers(f"{side}(:A, {size}, :B)", PAIRS), size
        blank = [row[0] and row[0][:size] for row in PAIRS] if size < 1 else None
        if blank is None:
            blank = [
                a and (a[:size].rjust(size) if side == "LPAD" else a[:size].ljust(size)) for a, _ in PAIRS
            ]
        assert nulled(blank if size > 0 else [None] * len(PAIRS)) == answers(f"{side}(:A, {size})", PAIRS), (
            size
        )


def test_trims_take_characters_of_a_set() -> None:
    """LTRIM and RTRIM take every character of the set from their end, TRIM one; a set that is NULL gives NULL."""

    def cut(text: str, chars: str, *, left: bool, right: bool) -> str:
        while left and text and text[0] in chars:
            text = text[1:]
        while right and text and text[-1] in chars:
            text = text[:-1]
        return text

    both = [(a, b) if a and b else None for a, b in PAIRS]
    left = nulled([row and cut(*row, left=True, right=False) for row in both])
    right = nulled([row and cut(*row, left=False, right=True) for row in both])
    assert left == answers("LTRIM(:A, :B)", PAIRS)
    assert right == answers("RTRIM(:A, :B)", PAIRS)
    assert nulled([a and cut(a, " ", left=True, right=True) for a, _ in PAIRS]) == answers("TRIM(:A)", PAIRS)
    assert nulled([a and cut(a, "a", left=True, right=False) for a, _ in PAIRS]) == answers(
        "TRIM(LEADING 'a' FROM :A)", PAIRS
    )
    assert nulled([a and cut(a, "a", left=False, right=True) for a, _ in PAIRS]) == answers(
        "TRIM(TRAILING 'a' FROM :A)", PAIRS
    )


def test_replace_goes_from_left_to_right() -> None:
    """Each match is taken behind the one before; without a search nothing changes, without a replacement it goes away."""

    def replaced(text: str, search: str, new: str) -> str:
        out, at = "", 0
        while at < len(text):
            hit = text[at : at + len(search)] == search
            out += new if hit else text[at]
            at += len(search) if hit else 1
        return out

    for new in ("", "-", "aa", "ab"):
        expected = [replaced(a, b, new) if a and b else a for a, b in PAIRS]
        assert nulled(expected) == answers(f"REPLACE(:A, :B, '{new}')", PAIRS), new
    assert nulled([replaced(a, b, "") if a and b else a for a, b in PAIRS]) == answers(
        "REPLACE(:A, :B)", PAIRS
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("ab", "xy"), ("abc", "x"), ("aab", "123"), ("é€", "e$"), (" _", "_ "), ("a", "xyz")],
    ids=["two", "fewer", "twice", "beyond ascii", "exchanged", "more"],
)
def test_translate_exchanges_one_for_one(old: str, new: str) -> None:
    """The first place of a character counts; one without a partner goes away; partners that are left over do nothing."""
    expected: list[str | None] = []
    for text in TEXTS:
        pairs = [(c, old.find(c)) for c in text]
        expected.append("".join(c if at < 0 else new[at : at + 1] for c, at in pairs))
    assert nulled(expected) == answers(
        f"TRANSLATE(:A, '{old}', '{new}')", [(text or None,) for text in TEXTS]
    )


def test_a_null_argument_makes_most_texts_null() -> None:
    """NULL in, NULL out, but for REPLACE, CONCAT, NVL and their kin."""
    for call in (
        "TRANSLATE(:A, :B, 'x')", "TRANSLATE('abc', :A, :B)", "TRANSLATE('abc', 'a', '')", "LPAD('a', 3, :A)", "LPAD(:A, 3)",
        "SUBSTR('abc', NULL)", "SUBSTR('abc', 1, NULL)", "INSTR('abc', :A)", "INSTR('abc', 'a', NULL)", "LTRIM('abc', :A)",
        "UPPER(:A)", "INITCAP(:A)", "LENGTH(:A)", "ASCII(:A)", "CHR(NULL)", "SOUNDEX(:A)", "REVERSE(:A)", "TO_CHAR(:A)",
        "REGEXP_REPLACE(:A, 'a', 'b')", "REGEXP_SUBSTR('abc', :A)", "REGEXP_INSTR(:A, 'a')", "REGEXP_COUNT(:A, 'a')",
        "GREATEST('a', :A)", "LEAST(:A, 'a')", "CONCAT(:A, :B)", ":A || :B", "NULLIF(:A, 'a')", "RAWTOHEX(:A)",
    ):  # fmt: skip
        assert [None] == answers(call, [(None, None)]), call
    for call, text in (
        ("REPLACE('abc', :A, 'x')", "abc"), ("REPLACE('abc', 'b', :A)", "ac"), ("CONCAT('a', :A)", "a"), ("'a' || :A", "a"),
        ("NVL(:A, 'x')", "x"), ("NVL2(:A, 'x', 'y')", "y"), ("COALESCE(:A, :B, 'z')", "z"), ("DECODE(:A, NULL, 'n', 'v')", "n"),
        ("DECODE('a', :A, 'n', 'v')", "v"), ("NULLIF('a', :A)", "a"), ("CASE :A WHEN NULL THEN 'n' ELSE 'v' END", "v"),
    ):  # fmt: skip
        assert [text] == answers(call, [(None, None)]), call


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the soap", "The Soap"), ("o'neil mc-DONALD", "O'Neil Mc-Donald"), ("abc1def 2ghi", "Abc1def 2ghi"), ("a_b", "A_B"),
        ("ÉCOLE été", "École Été"), ("ßa", "ßa"), ("x\ty", "X\tY"), ("ALL CAPS", "All Caps"),
    ],
    ids=["plain", "marks", "digits", "underscore", "accents", "sharp s", "tab", "capitals"],
)  # fmt: skip
def test_initcap_begins_words_behind_what_is_no_letter_or_digit(text: str, shown: str) -> None:
    """A word is letters and digits; whatever else stands between words begins a new one."""
    assert [shown] == answers("INITCAP(:A)", [(text,)])


@pytest.mark.parametrize(
    ("code", "char"),
    [
        ("65", "A"),
        ("65.9", "A"),
        ("32", " "),
        ("233", "é"),
        ("50089", "é"),
        ("14844588", "€"),
        ("128", "\x80"),
    ],
    ids=["letter", "cut", "blank", "latin", "two bytes", "three bytes", "control"],
)
def test_chr_gives_the_character_of_its_bytes(code: str, char: str) -> None:
    """Up to 255 the character of Latin-1, beyond that of the bytes which the number is; ASCII goes back."""
    assert [char] == answers("CHR(TO_NUMBER(:A))", [(code,)])
    back = str(int.from_bytes(char.encode(), "big"))
    assert [back] == answers("ASCII(:A)", [(char,)])


@pytest.mark.parametrize("code", ["-1", "4294967296", "50000"], ids=str)
def test_a_code_that_is_no_character_is_out_of_range(code: str) -> None:
    """ORA-01428 for what is no text in UTF-8."""
    assert ["ORA-01428"] == answers("CHR(TO_NUMBER(:A))", [(code,)])


def test_like_matches_as_its_two_marks_say() -> None:
    """Every pattern of up to four of a, b, % and _ against every text of up to four of a and b."""

    def matches(text: str, pattern: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "%":
            return any(matches(text[n:], pattern[1:]) for n in range(len(text) + 1))
        return bool(text) and pattern[0] in ("_", text[0]) and matches(text[1:], pattern[1:])

    texts = ["".join(chars) for size in range(1, 5) for chars in product("ab", repeat=size)]
    patterns = ["".join(chars) for size in range(1, 5) for chars in product("ab%_", repeat=size)]
    rows = list(product(texts, patterns))
    expected = ["1" if matches(text, pattern) else "0" for text, pattern in rows]
    assert expected == answers("CASE WHEN :A LIKE :B THEN 1 ELSE 0 END", rows)
    for pattern in ("%", "a%", "_b", "%ab%", "a_%b"):
        found = answers(f"CASE WHEN :A NOT LIKE '{pattern}' THEN 1 ELSE 0 END", [(text,) for text in texts])
        assert ["0" if matches(text, pattern) else "1" for text in texts] == found


@pytest.mark.parametrize(
    ("pattern", "escape", "text", "found"),
    [
        ("50!%", "!", "50%", "1"), ("50!%", "!", "500", "0"), ("a!_b", "!", "a_b", "1"), ("a!_b", "!", "axb", "0"),
        ("a!!b", "!", "a!b", "1"), ("!%%", "!", "%x", "1"), ("a!b", "!", "ab", "ORA-01424"), ("ab!", "!", "ab!", "ORA-01424"),
        (".*", "!", "xx", "0"), (".*", "!", ".*", "1"), ("[ab]", "!", "a", "0"), ("a\\%", "\\", "a%", "1"),
    ],
    ids=[
        "percent", "no percent", "underscore", "no underscore", "itself", "then any", "letter", "last", "no regexp", "point", "bracket",
        "backslash",
    ],
)  # fmt: skip
def test_an_escape_takes_the_meaning_of_a_mark(pattern: str, escape: str, text: str, found: str) -> None:
    """Only the marks and the escape itself may stand behind it."""
    assert [found] == answers(f"CASE WHEN :A LIKE '{pattern}' ESCAPE '{escape}' THEN 1 ELSE 0 END", [(text,)])
