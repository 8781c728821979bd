"""How much a text looks like words of the languages that its code page was made for."""

from __future__ import annotations

import re
from functools import lru_cache

from .alphabets import COMMON, LETTERS, WORDS

_LONE = re.compile(
    r"(?<![^\W\d_])[^\x00-\x7f](?= ?\d)|(?<=\d)[^\x00-\x7f](?![^\W\d_])|(?<=\d )[^\x00-\x7f](?![^\W\d_])|(?<=[(\[])[^\x00-\x7f](?=[)\]])"
)
"""A character where a currency's sign would stand: beside a number, or alone in brackets."""

_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f](?:[^\W\d_]|[^\x00-\x7f])*")


def plausibility(text: str, languages: tuple[str, ...]) -> float:
    """How much the words with letters beyond ASCII look like words of one of the languages; about -3 to 1.5."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    lone = _LONE.findall(text)
    beside = sum(0.5 if letter in "€£¥°%" else -1.0 if letter.isalpha() else 0.0 for letter in lone)
    spoken = {language: 0.0 for language in languages}
    total = 0.0
    for word in words:
        best = _shape(word)
        if len(word) == 1 and word.isalpha() and _script(word) != "Latin":
            best -= 0.8  # a sign among Latin words, rather than a word of one letter
        if (
            best > -1
            and not word.isascii()
            and any(letter.isalpha() and not letter.isascii() for letter in word)
        ):
            folded = word.lower()
            fits = {language: _fit(folded, language) for language in languages}
            for language, fit in fits.items():
                spoken[language] += fit
            best += max(fits.values(), default=-0.3)
            if folded in WORDS:
                best += 1.0
        total += best
    cohesion = max(spoken.values(), default=0.0) / len(words)
    return (total + beside) / len(words) + 0.3 * cohesion


@lru_cache(maxsize=16384)
def _fit(word: str, language: str) -> float:
    """1 when all letters beyond ASCII are the language's common ones, less when rare, -0.5 when one is foreign."""
    common, _, rare = LETTERS[language].partition(" ")
    least = 1.0
    for letter in word:
        if letter.isascii() or letter in common:
            continue
        least = min(least, 0.4 if letter in rare else -0.5)
    return least


@lru_cache(maxsize=16384)
def _shape(word: str) -> float:
    """0 for a word of one script and case; below for controls, symbols inside it, mixed scripts or cases."""
    penalty = 0.0
    for number, letter in enumerate(word):
        if letter.isascii():
            continue
        if letter.isalpha():
            continue
        if "\x80" <= letter <= "\x9f" or not letter.isprintable() and letter != "\xa0":
            penalty -= 3.0
        elif len(word) == 1:
            penalty -= (
                0.1 if letter in "€£¥§°ºª–—’‘“”…«»·\xa0½¼²³™®©±¢¿¡" else 0.3 if letter in "¤ƒ×÷¶" else 1.2
            )
        elif letter in "’ªº·":
            penalty -= 0.1
        else:
            penalty -= 0.5 if number in (0, len(word) - 1) and letter in "€£¥§°–—‘“”…«»\xa0²³™®©¿¡" else 1.5
    letters = [letter for letter in word if letter.isalpha()]
    if len({_script(letter) for letter in letters}) > 1:
        penalty -= 2.0
    for before, after in zip(letters, letters[1:], strict=False):
        if before.islower() and after.isupper():
            penalty -= 1.2
    if (
        len(letters) > 2
        and letters[0].isupper()
        and letters[1].isupper()
        and any(c.islower() for c in letters[2:])
    ):
        penalty -= 0.6
    if len(letters) > 1 and letters[0].islower() and all(c.isupper() for c in letters[1:]):
        penalty -= 0.6
    return max(penalty, -3.0)


def _script(letter: str) -> str:
    code = ord(letter)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "Latin"
    if 0x370 <= code < 0x400:
        return "Greek"
    if 0x400 <= code < 0x530:
        return "Cyrillic"
    return hex(code >> 8)


_EAST = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3\u3000-\u3003\uff01-\uff5e]")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


def east_asian(text: str, language: str) -> float:
    """How much a text looks like Japanese, Chinese (``zh``, ``tw``) or Korean; characters among Latin letters speak against it."""
    beyond = [c for c in text if not c.isascii()]
    if not beyond:
        return -3.0
    east = sum(bool(_EAST.match(c)) for c in beyond)
    mixed = len(re.findall(r"[a-z][^\x00-\x7f][A-Za-z]|[A-Za-z][^\x00-\x7f][a-z]", text))
    alone = len(re.findall(r"(?<![^\x00-\x7f])[^\x00-\x7f](?![^\x00-\x7f])", text))
    half_width = sum("\uff61" <= c <= "\uff9f" for c in beyond)
    penalty = 3.0 * mixed + 1.2 * alone + 0.8 * half_width
    return (1.3 * east - penalty) / len(beyond) + _own(text, language)


def _own(text: str, language: str) -> float:
    """How much the characters are those of a language: -1 to 0.6."""
    kana, hangul, han = (len(one.findall(text)) for one in (_KANA, _HANGUL, _HAN))
    total = kana + hangul + han
    if not total:
        return 0.0
    common = sum(text.count(sign) for sign in COMMON.get(language, ""))
    if (
        language == "ko"
    ):  # hardly any Han is left in Korean, and Chinese or Japanese read as Korean is full of it
        return 0.4 * hangul / total - 1.0 * (kana + han) / total
    foreign = hangul + (kana if language != "ja" else 0)
    written = kana / total if language == "ja" else 0.0
    return min(0.6, 0.4 * written + 0.6 * common / total) - 1.0 * foreign / total
