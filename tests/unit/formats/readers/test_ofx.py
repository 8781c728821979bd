"""OFX: transactions and balances of SGML and XML files."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import FixFile
from loadstone.formats.readers.ofx import OfxReader, tags
from tests.bank_files import OfxTransaction, decimal_text, ofx_file

WORDS = st.text("ABé &<>'1", max_size=15).map(lambda text: f"W{text}.")
TRANSACTIONS = st.builds(
    OfxTransaction, cents=st.integers(-(10**12), 10**12), fit_id=st.text("F12", min_size=1, max_size=9), name=WORDS, memo=WORDS
)  # fmt: skip


def read(text: str | bytes, **how: str) -> OfxReader:
    """A reader of a text."""
    raw = text if isinstance(text, bytes) else text.encode("cp1252" if "CHARSET:1252" in text else "utf-8")
    return OfxReader(io.BytesIO(raw), name="day.ofx", **how)


def named(reader: OfxReader) -> list[dict[str, str | None]]:
    """The rows with their columns' names."""
    return [dict(zip(reader.columns, row.values)) for row in reader]


@given(st.lists(TRANSACTIONS, max_size=5), st.sampled_from([1, 2]), st.booleans(), st.integers(20, 300))
def test_what_was_written_is_read(
    written: list[OfxTransaction], version: int, closed: bool, block: int
) -> None:
    """Every transaction comes back, from SGML with and without end tags and from XML, wherever a block of the file ends."""
    before, tags.BLOCK_BYTES = tags.BLOCK_BYTES, block
    try:
        rows = named(read(ofx_file(written, version=version, closed=closed or version == 2)))
    finally:
        tags.BLOCK_BYTES = before
    assert [(decimal_text(one.cents), one.fit_id, one.name, one.memo) for one in written] == [
        (row["amount"], row["fit_id"], row["name"], row["memo"]) for row in rows
    ]
    assert all(
        ("bank", "USD", "121099999", "999988", "CHECKING", "2005-08-24", "20050824080000[-5:EST]")
        == tuple(row[name] for name in ("statement_kind", "default_currency", "bank_id", "account", "account_type", "posted_date", "posted_at"))
        for row in rows
    )  # fmt: skip


def test_balances_are_rows_too() -> None:
    """Ledger and available balance have their amounts and days; OFX states no totals."""
    reader = read(ofx_file([]), rows="balances")
    assert [("ledger", "5250.00", "2005-08-31"), ("available", "5200.00", "2005-08-31")] == [
        (row["kind"], row["amount"], row["date"]) for row in named(reader)
    ]
    assert () == reader.controls()


def test_cards_and_investments_have_their_accounts() -> None:
    """A card's account, an investment account's cash movement, its payee and other account, each in its column."""
    text = (
        "OFXHEADER:100\nENCODING:UTF-8\nCHARSET:NONE\n\n<OFX><CCSTMTRS><CURDEF>EUR<CCACCTFROM><ACCTID>4111</CCACCTFROM>"
        "<STMTTRN><TRNTYPE>XFER<DTPOSTED>20240131<TRNAMT>-1,5<FITID>1<PAYEE><NAME>Bob<CITY>Ulm</PAYEE><BANKACCTTO><BANKID>7<ACCTID>8"
        "</BANKACCTTO><CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY><MEMO></STMTTRN></CCSTMTRS>"
        "<INVSTMTRS><CURDEF>USD<INVACCTFROM><BROKERID>b.com<ACCTID>9</INVACCTFROM><INVBANKTRAN><STMTTRN><TRNTYPE>DIV"
        "<DTPOSTED>20240201<TRNAMT>+.25<FITID>2<NAME><![CDATA[A & B]]></STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>"
        "<INVBAL><AVAILCASH>7.5</INVBAL></INVSTMTRS></OFX>\n"
    )
    card, cash = named(read(text))
    assert ("card", "4111", "-1.5", "Bob", "Ulm", "7", "8", "USD", "1.1", None) == tuple(
        card[name]
        for name in (
            "statement_kind", "account", "amount", "payee_name", "payee_city", "counterparty_bank_id", "counterparty_account",
            "currency", "currency_rate", "memo",
        )
    )  # fmt: skip
    assert ("investment", "b.com", "9", "0.25", "A & B", "CASH") == tuple(
        cash[name]
        for name in ("statement_kind", "broker_id", "account", "amount", "name", "sub_account_fund")
    )
    assert [("cash", "7.5")] == [(row["kind"], row["amount"]) for row in named(read(text, rows="balances"))]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<TRNAMT>-0.05", "<TRNAMT>five", "TRNAMT 'five' is no amount"),
        ("<TRNAMT>-0.05", "", "it has no TRNAMT"),
        ("<DTPOSTED>2005", "<DTPOSTED>2x05", "DTPOSTED '2x050824080000[-5:EST]' is no date"),
        ("<DTPOSTED>20050824080000[-5:EST]", "", "it has no DTPOSTED"),
        ("<NAME>", "<NAME>\x81", "byte 0x81 is not of character set cp1252"),
    ],
    ids=["amount", "no amount", "day", "no day", "charset"],
)
def test_a_malformed_transaction_is_one_bad_row(old: str, new: str, fault: str) -> None:
    """The transaction alone is refused, with its line; the one behind it is read."""
    text = ofx_file([OfxTransaction(cents=-5), OfxTransaction(cents=7)]).replace(old, new, 1)
    bad, fine = list(read(text.encode("iso8859-1")))
    assert (fault, None) == (bad.fault, fine.fault)
    assert bad.origin.startswith("line ")


def test_a_malformed_balance_is_one_bad_row() -> None:
    """A balance without an amount is named."""
    rows = list(read(ofx_file([]).replace("5250.00", "x"), rows="balances"))
    assert ["BALAMT 'x' is no amount", None] == [row.fault for row in rows]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ofx_file([OfxTransaction()])[:-20], "LS-2051"),
        ("a,b\n1,2", "LS-2050"),
        ("", "LS-2050"),
        ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><OFX></OFX>", "LS-2050"),
        ("OFXHEADER:100\nCHARSET:KLINGON\n<OFX></OFX>", "LS-2050"),
        ("OFXHEADER:100\nCHARSET:HEX\n<OFX></OFX>", "LS-2050"),
        ("<OFX><NAME>" + "x" * 1_400_000, "LS-2053"),
    ],
    ids=["cut off", "text", "empty", "document type", "charset", "no charset", "endless"],
)
def test_files_that_are_not_fine_are_refused(text: str, code: str) -> None:
    """Cut files, other text and document types have their codes."""
    with pytest.raises(FixFile) as caught:
        list(read(text))
    assert code == caught.value.code


@pytest.mark.parametrize("charset", ["utf-16", "UTF-32LE"])
def test_a_wide_set_that_the_head_itself_is_not_in_is_none(charset: str) -> None:
    """Programs name what their strings are in, and write UTF-8."""
    text = ofx_file([OfxTransaction(cents=5, name="Zoé")], version=2)
    head, _, rest = text.partition("?>")
    wide = f'<?xml version="1.0" encoding="{charset}"?>' + rest
    assert head.startswith("<?xml")
    reader = read(wide.encode("utf-8"))
    assert [("0.05", "Zoé")] == [(row["amount"], row["name"]) for row in named(reader)]


@given(st.data())
def test_garbled_files_end_in_rows_or_an_error(data: st.DataObject) -> None:
    """Bytes cut, doubled or overwritten give rows, bad rows or an error of the catalogue, never anything else."""
    raw = ofx_file([OfxTransaction(cents=5)]).encode("cp1252")
    cut = raw[: data.draw(st.integers(0, len(raw)))]
    at = data.draw(st.integers(0, len(cut)))
    garbled = cut[:at] + data.draw(st.binary(max_size=20)) + cut[at + data.draw(st.integers(0, 20)) :]
    try:
        list(read(garbled))
    except FixFile as error:
        assert error.code.startswith("LS-20")


def statement_of(words: str) -> str:
    """An OFX 1 file of one transaction whose elements beyond the needed ones are ``words``."""
    return (
        "OFXHEADER:100\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><STMTRS><CURDEF>USD<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT"
        f"<DTPOSTED>20240131<TRNAMT>-1.50<FITID>1{words}</STMTTRN></BANKTRANLIST></STMTRS></OFX>\n"
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("SMITH&REGAN LLP", "SMITH&REGAN LLP"),
        ("B&LTD", "B&LTD"),
        ("AT&T", "AT&T"),
        ("A &amp; B &lt;C&gt; &quot;D&quot;", 'A & B <C> "D"'),
        ("&amp;lt;", "&lt;"),
        ("&#65;&#x42;&eacute;", "ABé"),
        ("a&nbsp;b", "a\xa0b"),
        ("&nosuch; &;", "&nosuch; &;"),
        ("5 < 7 > 3", "5 < 7 > 3"),
        ("<5", "<5"),
        ("before<!-- <MEMO>not this --> after", "before after"),
        ("<![CDATA[a <b> &amp; <!-- c -->]]>", "a <b> &amp; <!-- c -->"),
        ("one\n two", "one\n two"),
    ],
    ids=[
        "reg", "lt", "at&t", "escaped", "once", "numbered", "blank", "unknown", "less", "less first", "comment", "cdata", "lines",
    ],
)  # fmt: skip
def test_texts_keep_what_was_written(written: str, expected: str) -> None:
    """Entities with their end are characters; a bare & or < is itself, a comment nothing, whatever HTML would make of them."""
    for block in (7, 64, tags.BLOCK_BYTES):
        before, tags.BLOCK_BYTES = tags.BLOCK_BYTES, block
        try:
            (row,) = named(read(statement_of(f"<NAME>{written}<SIC>1")))
        finally:
            tags.BLOCK_BYTES = before
        assert (expected, "1", "-1.50") == (row["name"], row["sic"], row["amount"]), block


def test_a_transaction_in_a_comment_is_none() -> None:
    """What a program commented out moved no money."""
    text = statement_of("").replace("</BANKTRANLIST>", "<!-- <STMTTRN><TRNAMT>5<DTPOSTED>20240131</STMTTRN> --></BANKTRANLIST>")
    assert ["-1.50"] == [row["amount"] for row in named(read(text))]


@pytest.mark.parametrize(
    ("written", "amount"),
    [("5", "5"), ("-5.", "-5"), ("+5.10", "5.10"), ("-.5", "-0.5"), (",5", "0.5"), ("+,25", "0.25"), ("-1,50", "-1.50"), ("0", "0")],
    ids=str,
)  # fmt: skip
def test_amounts_have_a_point(written: str, amount: str) -> None:
    """A comma is a point, a plus is left out, a digit stands before the point, and decimals stay."""
    (row,) = named(read(statement_of("").replace("<TRNAMT>-1.50", f"<TRNAMT>{written}")))
    assert amount == row["amount"]


@pytest.mark.parametrize("written", ["1,234.56", "1.2.3", "--5", "1e5", "$5", ".", "5 -"], ids=str)
def test_what_is_no_amount_is_refused(written: str) -> None:
    """Groups, exponents and currencies are not guessed at."""
    (row,) = read(statement_of("").replace("<TRNAMT>-1.50", f"<TRNAMT>{written}"))
    assert f"TRNAMT {written!r} is no amount" == row.fault
