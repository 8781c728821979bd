"""Detection of files made at random, of which everything is known; the seeds are others than those that rules were mended on."""

from __future__ import annotations

from collections import Counter

import pytest

from loadstone.detect.charset import find_charset
from loadstone.detect.dialect import parse
from loadstone.detect.file import detect_bytes
from loadstone.detect.model import Detection, Dialect
from tests.generated.tables import Made, make

SEEDS = range(5000, 5080)
LEAST = {"encoding": 0.91, "delimiter": 0.92, "table": 0.9, "header": 0.92, "preamble": 0.94, "count": 0.88}
"""Shares that must be right; each leaves room for what eighty files may be off by, beside the 97, 97, 96, 98, 99 and 95 % of a thousand."""


@pytest.fixture(scope="module")
def judged() -> list[tuple[Made, Detection, dict[str, bool]]]:
    """Each file, what was found, and which answers are right."""
    made = [one for one in map(make, SEEDS) if one.text.strip("\ufeff\r\n ")]
    return [(one, found, judge(one, found)) for one in made for found in [detect_bytes(one.data)]]


def judge(made: Made, found: Detection) -> dict[str, bool]:
    """Which answers are right; blanks around fields are nobody's."""
    text = made.text.lstrip("\ufeff")
    true = parse(text, Dialect(made.delimiter, made.quotechar))
    ours = parse(text, Dialect(found.delimiter or "", found.quotechar or "", found.escapechar or "", found.skip_blanks))
    return {
        "encoding": decoded(made.data, found.encoding) == text,
        "delimiter": found.delimiter == made.delimiter,
        "table": bare(true) == bare(ours),
        "header": bool(found.has_header) == made.has_header,
        "preamble": found.preamble_lines == made.preamble_lines,
        "count": found.records == len(made.rows),
    }


def decoded(data: bytes, encoding: str | None) -> str | None:
    """The text in a character set; None where that does not fit."""
    try:
        return data.decode(encoding or "ascii").lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return None


def bare(rows: object) -> list[list[str]]:
    """Rows without blanks around their fields."""
    return [[cell.strip() for cell in row] for row in rows]  # type: ignore[attr-defined]


def test_answers_are_right(judged: list[tuple[Made, Detection, dict[str, bool]]]) -> None:
    """Each question is answered rightly for nearly all files, however odd they are."""
    right = Counter(question for _, _, answers in judged for question, good in answers.items() if good)
    shares = {question: right[question] / len(judged) for question in LEAST}
    assert {} == {question: share for question, share in shares.items() if share < LEAST[question]}


def test_what_is_said_surely_is_right(judged: list[tuple[Made, Detection, dict[str, bool]]]) -> None:
    """Of the files answered with 0.99 or more, at most one in fifty has a wrong answer."""
    sure = [answers for _, found, answers in judged if found.confidence >= 0.99]
    wrong = [answers for answers in sure if not all(answers[one] for one in ("encoding", "delimiter", "table", "header"))]
    assert len(sure) >= 0.3 * len(judged)
    assert len(wrong) <= 0.02 * len(sure)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("cp1252", "§"), ("cp1252", "¦"), ("cp1250", "¦"), ("cp1251", "§"), ("cp037", "¦"), ("cp500", "|"), ("cp037", "^")],
    ids=["western", "western bar", "central", "cyrillic", "mainframe bar", "mainframe pipe", "mainframe caret"],
)  # fmt: skip
def test_a_mark_that_parts_fields_is_no_letter(encoding: str, mark: str) -> None:
    """A byte that stands between fields tells the character set in which it is such a mark."""
    rows = [["id", "amount", "holder"], *([str(number), f"{number}.50", "Brown"] for number in range(20))]
    data = "\n".join(mark.join(row) for row in rows).encode(encoding)
    assert mark == detect_bytes(data).delimiter


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp949", "김철수;계좌이체\n이영희;급여입금\n"), ("euc-kr", "서울지점;이자입금\n부산광역시;수수료\n"), ("gbk", "王小明;转账付款\n李丽华;手续费\n"),
        ("euc-jp", "山田太郎;振込手数料\n鈴木花子;口座振替\n"), ("cp932", "株式会社サンプル;振込\n東京支店;利息\n"), ("big5", "陳志明;轉帳付款\n林美玲;手續費\n"),
    ],
    ids=["cp949", "euc-kr", "gbk", "euc-jp", "cp932", "big5"],
)  # fmt: skip
def test_east_asian_sets_are_told_apart(encoding: str, text: str) -> None:
    """A few names are enough to tell Korean, Chinese and Japanese bytes apart, which fit each other's sets."""
    assert text == decoded(text.encode(encoding), find_charset(text.encode(encoding)).name)


@pytest.mark.parametrize("encoding", ["cp037", "cp500", "cp273", "cp297"])
def test_a_line_of_names_from_a_mainframe(encoding: str) -> None:
    """Names of columns alone, without a blank or a number, are known as a mainframe's."""
    assert "ACCOUNT,AMOUNT,CURRENCY\n" == decoded("ACCOUNT,AMOUNT,CURRENCY\n".encode(encoding), find_charset("ACCOUNT,AMOUNT,CURRENCY\n".encode(encoding)).name)
