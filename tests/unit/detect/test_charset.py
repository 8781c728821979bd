"""Which character set bytes are written in."""

from __future__ import annotations

import codecs

import pytest

from loadstone.detect.charset import find_charset

NAMES = {
    "de": "Konto;Name\n1;Müller\n2;Jäger\n3;Größe\n4;Straße\n5;Köln\n",
    "fr": "compte;libellé\n1;prélèvement\n2;intérêts\n3;chèque n° 5\n4;dépôt à Genève\n",
    "pl": "konto;opis\n1;opłata\n2;należność\n3;Łódź\n4;Kraków\n5;płatność\n",
    "cs": "účet;částka\n1;příjem\n2;převod\n3;Dvořák\n4;černý\n",
    "ru": "счёт;сумма\n1;перевод\n2;зарплата\n3;возврат налога\n",
    "el": "λογαριασμός;ποσό\n1;μεταφορά\n2;πληρωμή\n3;επιστροφή\n",
    "tr": "hesap;açıklama\n1;ödeme\n2;işlem tutarı\n3;İstanbul şubesi\n",
}


@pytest.mark.parametrize(
    ("language", "charset"),
    [
        ("de", "cp1252"), ("de", "cp850"), ("de", "cp437"), ("de", "mac-roman"), ("de", "cp273"), ("de", "cp500"), ("fr", "cp1252"), ("fr", "cp850"), ("fr", "cp500"),
        ("pl", "cp1250"), ("pl", "iso8859-2"), ("pl", "cp852"), ("cs", "cp1250"), ("cs", "cp852"), ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("ru", "iso8859-5"),
        ("el", "cp1253"), ("el", "cp737"), ("tr", "cp1254"), ("tr", "cp857"),
    ],
)  # fmt: skip
def test_code_pages_give_their_text_back(language: str, charset: str) -> None:
    """The set that is found decodes the bytes to the text that was written, whatever its name."""
    text = NAMES[language]
    data = text.encode(charset)
    assert text == data.decode(find_charset(data).name)


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_told_by_structure(language: str, charset: str) -> None:
    """Marks, NULs and valid UTF-8 settle it."""
    text = NAMES[language] if charset != "utf-16-le" and charset != "utf-16-be" else "a;b\n1;Müller\n"
    data = text.encode(charset)
    found = find_charset(data)
    assert text == data.decode(found.name).lstrip("\ufeff")
    assert found.confidence > 0.95


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "iso2022_jp", "gb18030", "big5", "euc-kr"])
def test_east_asian_sets(charset: str) -> None:
    """Japanese, Chinese and Korean prose is read back."""
    texts = {"gb18030": "账户名称和余额,银行转账记录,今天的交易已经完成。\n", "big5": "帳戶名稱和餘額,銀行轉帳記錄,今天的交易已經完成。\n", "euc-kr": "계좌 이름과 잔액, 은행 이체 기록입니다. 오늘 거래가 끝났습니다.\n"}  # fmt: skip
    text = texts.get(charset, "口座名義と残高、銀行振込の記録です。今日の取引は終わりました。\n") * 4
    data = text.encode(charset)
    assert text == data.decode(find_charset(data).name)


def test_ascii_is_ascii() -> None:
    """Bytes below 128 leave no question."""
    found = find_charset(b"a,b\n1,2\n")
    assert ("ascii", 1.0) == (found.name, found.confidence)


def test_a_currency_sign_is_no_letter() -> None:
    """0xA3 before a number is the pound, not an accented u of code page 850."""
    assert "over £25,000" == b"over \xa325,000".decode(find_charset(b"over \xa325,000").name)


def test_a_mark_wins() -> None:
    """A byte order mark is believed."""
    assert "utf-8-sig" == find_charset(codecs.BOM_UTF8 + b"abc").name


def test_a_cut_character_at_the_end_of_a_sample() -> None:
    """The first part of a file may end within a character."""
    data = "Müller Köln".encode()[:-4] + "ö".encode()[:1]
    assert "utf-8" == find_charset(data, whole=False).name
    assert "utf-8" != find_charset(data, whole=True).name


def test_bytes_of_no_set_get_an_answer() -> None:
    """Noise is decoded by something, and the doubt is said."""
    found = find_charset(bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xFF, 0x41, 0x0A]) * 3)
    assert found.confidence < 0.99
    assert found.evidence


@pytest.mark.parametrize("data", [b"1\n1\n", b"33\n6"], ids=["two lines", "a number"])
def test_a_few_bytes_are_ascii(data: bytes) -> None:
    """Without a NUL nothing speaks for two bytes a character."""
    assert "ascii" == find_charset(data).name


def test_the_mark_of_gb18030() -> None:
    """Its byte order mark names GB 18030, as others do their sets."""
    assert "gb18030" == find_charset("\ufeffx,y\n".encode("gb18030")).name


def test_a_letter_far_down() -> None:
    """What tells the set may stand behind a quarter of a million plain bytes."""
    data = b"Department,Supplier,Amount\n" * 12_000 + "Köln,Müller,3\n".encode("cp1252")
    assert "Köln,Müller" in data.decode(find_charset(data).name)


def test_at_signs_and_digits_are_no_mainframe() -> None:
    """Messages whose lines are parted by ``@@`` are ASCII: digits are not in the place of a mainframe's controls."""
    assert "ascii" == find_charset(b"@@:20:STARTUMS@@:25:49999924/0001581901@@:28C:1/1@@:60F:C260101EUR1,00@@").name
