"""Fixed-width files, files of banks, and files cut in the middle of a record, of which everything is known."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.bank_files import (
    AchEntry,
    BaiAccount,
    BaiTransaction,
    CamtEntry,
    OfxTransaction,
    ach_file,
    bai_file,
    camt_file,
    camt_statement,
    ofx_file,
)
from tests.generated.tables import Made, make

BANKS = ("nacha", "bai2", "mt940", "camt.053", "ofx")


@dataclass(frozen=True)
class Fixed:
    """A fixed-width text with blanks between its columns, and where each may begin: from the gap's first blank to the column's."""

    data: bytes
    starts: list[tuple[int, int]]


def make_fixed(seed: int) -> Fixed:
    """Right-justified numbers and left-justified codes, days and names, two blanks or more between them."""
    dice = random.Random(seed)
    rows = []
    for number in range(dice.choice((8, 20, 60))):
        day = f"2026-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        name = dice.choice(("BROWN", "O'NEIL", "MUELLER", "KOWALSKI"))
        rows.append([f"{number:06}", day, name, dice.choice(("EUR", "USD")), f"{dice.uniform(1, 9e5):.2f}"])
    order = dice.sample(range(5), dice.randint(3, 5))
    lines = [""] * len(rows)
    starts: list[tuple[int, int]] = []
    for column in order:
        cells = [row[column] for row in rows]
        width = max(map(len, cells))
        gap = dice.choice((2, 3, 5)) if starts else 0
        begin = len(lines[0])
        shift = width - max(len(cell) for cell in cells)
        starts.append((begin, begin + gap + shift))
        made = [cell.rjust(width) if column == 4 else cell.ljust(width) for cell in cells]
        lines = [line + " " * gap + cell for line, cell in zip(lines, made, strict=True)]
    end = dice.choice(("\n", "\r\n"))
    return Fixed("".join(line + end for line in lines).encode(), starts)


def make_bank(seed: int) -> tuple[str, bytes]:
    """The name of a format of banks, and a file of it in one of the forms that banks write."""
    dice = random.Random(seed)
    kind = BANKS[seed % len(BANKS)]
    cents = [dice.randint(1, 10**7) for _ in range(dice.randint(1, 12))]
    if kind == "nacha":
        records = ach_file([[AchEntry(cents=one) for one in cents]], blocked=dice.random() < 0.5)
        text = dice.choice(("\n", "\r\n", "")).join(records)
    elif kind == "bai2":
        account = BaiAccount(transactions=[BaiTransaction(units=one) for one in cents])
        text = "\n".join(bai_file([[account]], slashes=dice.random() < 0.7))
    elif kind == "camt.053":
        text = camt_file([camt_statement([CamtEntry(one) for one in cents])], version=dice.choice((2, 4, 8)))
    elif kind == "ofx":
        transactions = [OfxTransaction(one) for one in cents]
        text = ofx_file(transactions, version=dice.choice((1, 2)), closed=dice.random() < 0.5)
    else:
        text = _statement(dice, cents)
    return kind, text.encode()


def make_cut(seed: int) -> Made | None:
    """A delimited file that ends in the middle of a record; None where that leaves too little of it, or it has one column."""
    made = make(seed, encoding="utf-8")
    if len(made.rows) < 20 or len(made.rows[0]) == 1 or "preamble" in made.tags or made.quotechar:
        return None
    text = made.text[: int(len(made.text) * random.Random(seed).uniform(0.6, 0.95))]
    return Made(**{**vars(made), "text": text, "data": text.encode()})


# Private functions


def _statement(dice: random.Random, cents: list[int]) -> str:
    """A statement MT940 with or without its envelope, and with the tails that banks write."""
    lines = [":20:STARTUMS", ":25:50050050/1234567", ":28C:1/1", ":60F:C260101EUR100,00"]
    for one in cents:
        lines += [f":61:2601020102C{one // 100},{one % 100:02}NTRFNONREF", ":86:166?00CREDIT?20RENT"]
    lines.append(":62F:C260102EUR200,00")
    end = dice.choice(("\n", "\r\n", "@@"))
    if end == "@@":
        return end + end.join(lines) + end
    head = dice.choice(("", "{1:F01BANKDEFFXXXX0000000000}{2:O9400000260102BANKDEFFXXXX00000000002601020000N}{4:" + end, "ABNANL2A" + end + "940" + end))
    return head + end.join(lines) + end + dice.choice(("-", "-}", ""))
