"""One day of a bank in files of many types, each with the same payments in it as far as its type can say them."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tests.bank_files import (
    AchEntry,
    BaiAccount,
    BaiTransaction,
    CamtEntry,
    SwiftEntry,
    ach_file,
    bai_file,
    camt_file,
    camt_statement,
    pain_file,
    swift_statement,
)
from tests.packed import zipped

CENTS = [100 * number * number + number for number in range(1, 31)]
"""Amounts of the payments; their keys are 1, 2, 3, ..."""

TOTAL = Decimal(sum(CENTS)) / 100
DAY = "20261124"

BOOK = """\
       01  PAYMENT.
           05  PAY-ID         PIC 9(6).
           05  PAY-AMOUNT     PIC S9(9)V99 COMP-3.
           05  PAY-TEXT       PIC X(10).
           05  PAY-LINES      PIC 9(2).
           05  PAY-NOTE       PIC X(4) OCCURS 1 TO 3 TIMES
                              DEPENDING ON PAY-LINES.
"""


def packed(cents: int, size: int) -> bytes:
    """A packed decimal, positive."""
    return bytes.fromhex(f"{cents:0{2 * size - 1}}C")


def mainframe() -> bytes:
    """Records of a mainframe with descriptor words, in EBCDIC."""
    out = b""
    for key, cents in enumerate(CENTS, 1):
        notes = key % 3 + 1
        body = f"{key:06}".encode("cp037") + packed(cents, 6) + f"PAYMENT {key:02}".encode("cp037")
        body += f"{notes:02}{'NOTE' * notes}".encode("cp037")
        out += (len(body) + 4).to_bytes(2, "big") + b"\0\0" + body
    return out


def money(cents: int) -> str:
    """With a point."""
    return f"{cents // 100}.{cents % 100:02}"


def rows() -> list[tuple[int, str, str]]:
    """Key, amount and words of each payment."""
    return [(key, money(cents), f"payment {key}") for key, cents in enumerate(CENTS, 1)]


def delimited(delimiter: str) -> bytes:
    """With a header."""
    lines = [f"{key}{delimiter}{amount}{delimiter}{text}" for key, amount, text in rows()]
    return "\n".join([delimiter.join(("id", "amount", "words")), *lines, ""]).encode()


def trailered() -> bytes:
    """Parted by pipes, with a record at the end that states count and sum; packed."""
    body = [f"D|{key}|{amount}|{text}" for key, amount, text in rows()]
    return gzip.compress("\n".join(["H|" + DAY, *body, f"T|{len(body)}|{TOTAL}", ""]).encode())


def fixed() -> bytes:
    """Three columns without a blank between them."""
    lines = [f"{key:06}{cents:011}{'payment ' + str(key):<12}" for key, cents in enumerate(CENTS, 1)]
    return "\n".join([*lines, ""]).encode()


def workbook() -> bytes:
    """Excel."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "amount", "words"])
        for key, amount, words in rows():
            sheet.write_row(key, 0, [key, float(amount), words])
    return out.getvalue()


def parquet() -> bytes:
    """With decimals."""
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    columns = list(zip(*rows(), strict=True))
    table = pyarrow.table(
        {
            "id": pyarrow.array(columns[0], pyarrow.int64()),
            "amount": pyarrow.array([Decimal(one) for one in columns[1]], pyarrow.decimal128(12, 2)),
            "words": pyarrow.array(columns[2]),
        }
    )
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


def objects() -> list[str]:
    """JSON objects; amounts with all their digits."""
    return [f'{{"id": {key}, "amount": {amount}, "words": "{text}"}}' for key, amount, text in rows()]


def xml() -> bytes:
    """Elements in elements."""
    parts = "".join(
        f"<Pay><Id>{key}</Id><Amount>{amount}</Amount><Words>{text}</Words></Pay>"
        for key, amount, text in rows()
    )
    return f"<?xml version='1.0'?><Day><Pays>{parts}</Pays></Day>".encode()


def text(lines: list[str]) -> bytes:
    """Lines."""
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    A type of file.

    Attributes:
        feed: Its feed, and its table. connection: where it comes. name: of the file. data: makes it. amount: the column that
            is summed. more: YAML of the feed.
    """

    feed: str
    connection: str
    name: str
    data: Callable[[], bytes]
    amount: str = "amount"
    more: str = ""


TRAILER = (
    '{trailer: {starts_with: "T|", delimiter: "|", skip: 1, count: {field: 2},'
    " sums: [{name: amount, stated: {field: 3}, of: {field: 3}, column: amount}]}}"
)

KINDS = [
    Kind(feed="CSV", connection="branch", name="pay_{}.csv", data=lambda: delimited(";")),
    Kind(
        feed="PIPES",
        connection="branch",
        name="pipes_{}.txt.gz",
        data=trailered,
        more=f"layout: {{spec: pipes.ctl}}\n        controls: {TRAILER}",
    ),
    Kind(feed="FIXED", connection="branch", name="fixed_{}.dat", data=fixed, more="layout: {fixed: payment}"),
    Kind(
        feed="HOST",
        connection="branch",
        name="host_{}.bin",
        data=mainframe,
        amount="pay_amount",
        more="layout: {spec: host.yaml}",
    ),
    Kind(
        feed="SWIFT",
        connection="partner",
        name="mt940_{}.sta",
        data=lambda: text(swift_statement([SwiftEntry(cents=cents) for cents in CENTS], opening=500)),
    ),
    Kind(
        feed="BAI",
        connection="partner",
        name="bai_{}.txt",
        data=lambda: text(
            bai_file([[BaiAccount(transactions=[BaiTransaction(units=cents) for cents in CENTS])]])
        ),
    ),
    Kind(
        feed="ACH",
        connection="partner",
        name="ach_{}.ach",
        data=lambda: text(ach_file([[AchEntry(cents=cents, name=f"NAME {cents}") for cents in CENTS]])),
    ),
    Kind(feed="LINES", connection="partner", name="lines_{}.jsonl", data=lambda: text(objects())),
    Kind(
        feed="DOCUMENT",
        connection="partner",
        name="doc_{}.json",
        data=lambda: f'{{"pays": [{", ".join(objects())}]}}'.encode(),
    ),
    Kind(
        feed="CAMT",
        connection="lake",
        name="camt_{}.xml",
        data=lambda: camt_file(
            [camt_statement([CamtEntry(cents=cents) for cents in CENTS], opening=100)]
        ).encode(),
    ),
    Kind(
        feed="PAIN",
        connection="lake",
        name="pain_{}.xml",
        data=lambda: pain_file([[(cents, f"Name {cents}") for cents in CENTS]]).encode(),
    ),
    Kind(feed="SHEET", connection="lake", name="sheet_{}.xlsx", data=workbook),
    Kind(feed="PARQUET", connection="lake", name="table_{}.parquet", data=parquet),
    Kind(feed="XML", connection="lake", name="own_{}.xml", data=xml),
    Kind(
        feed="ZIPPED",
        connection="lake",
        name="zip_{}.zip",
        data=lambda: zipped({"pay.csv": delimited(",").replace(b"payment", b"pay")}),
    ),
]

REGISTRY = """\
layouts:
  - name: payment
    columns:
      - {name: id, start: 1, end: 6, type: integer}
      - {name: amount, start: 7, end: 17, type: decimal, mask: V99}
      - {name: words, start: 18, end: 29}
sources:
  - name: bank
    timezone: Europe/Berlin
    feeds:
"""
FEED = """\
      - name: {feed}
        connection: {connection}
        patterns: [{{glob: "{glob}"}}]
        complete: {{stable_s: 0}}
        target: bank
        {more}
"""


def registry() -> str:
    """The registry document of all kinds, as a person would write it."""
    feeds = [
        FEED.format(
            feed=one.feed,
            connection=one.connection,
            glob=one.name.format("{business_date}"),
            more=one.more or "enabled: true",
        )
        for one in KINDS
    ]
    return REGISTRY + "".join(feeds)


PIPES = """\
LOAD DATA APPEND INTO TABLE pipes WHEN (1:1) = 'D' FIELDS TERMINATED BY '|'
(kind FILLER, id INTEGER EXTERNAL, amount DECIMAL EXTERNAL, words)
"""


TABLES = """
CREATE TABLE pipes (id integer, amount numeric(15,2), words varchar(40));
CREATE TABLE host (pay_id integer, pay_amount numeric(11,2), pay_text varchar(10), pay_lines integer,
  pay_note_1 varchar(4), pay_note_2 varchar(4), pay_note_3 varchar(4));
"""
"""Tables of the feeds whose spec a person has written; all others are made."""
