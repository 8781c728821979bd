"""The columns of BAI2 rows, and what type codes say; Cash Management Balance Reporting Specifications, version 2."""

from __future__ import annotations

from ..model import Column

LINE = Column("line", "line of the file on which the record begins")
HEAD = (
    Column("file_sender", "who sent the file, from record 01"),
    Column("file_receiver", "whom it is for"),
    Column("file_date", "day the file was made"),
    Column("file_time", "time the file was made, HH:MM; 24:00 is the end of the day"),
    Column("file_id", "tells the files of a day apart"),
    Column("group_receiver", "ultimate receiver of the group, from record 02"),
    Column("group_originator", "bank that originated the group"),
    Column("group_status", "1 update, 2 deletion, 3 correction, 4 test"),
    Column("as_of_date", "day that the balances and transactions are of"),
    Column("as_of_time", "its time, HH:MM; 24:00 is the end of the day"),
    Column("as_of_date_modifier", "1 and 2 previous day, interim and final; 3 and 4 same day"),
    Column("account", "customer account number, from record 03"),
    Column("currency", "currency of the account, else of the group, else USD"),
)
FUNDS = (
    Column("funds_type", "when funds are there: 0, 1, 2 days, S, D distributed, V value dated, Z unknown"),
    Column("available_immediately", "type S: part that is there at once"),
    Column("available_in_one_day", "type S: part that is there in one day"),
    Column("available_later", "type S: part that is there in two days or more"),
    Column("value_date", "type V: day the funds are there"),
    Column("value_time", "type V: time of that day, HH:MM"),
    Column("distribution", "type D: `days:amount`, blanks between"),
)
TRANSACTION_COLUMNS = (
    LINE, *HEAD,
    Column("type_code", "BAI2 code of the transaction"),
    Column("direction", "C credit or D debit by the type code; NULL where the code has none"),
    Column("amount", "amount as the file has it, with the currency's decimals"),
    Column("signed_amount", "the same, below zero for debits; NULL where the code has no direction"),
    *FUNDS,
    Column("bank_reference", "reference of the bank"),
    Column("customer_reference", "reference of the customer"),
    Column("text", "text with its continuations, a line each"),
)  # fmt: skip
BALANCE_COLUMNS = (
    LINE, *HEAD,
    Column("type_code", "BAI2 code of the status or summary"),
    Column("amount", "amount with its sign as the file has it, with the currency's decimals"),
    Column("item_count", "number of items of a summary"),
    *FUNDS,
)  # fmt: skip


def direction_of(type_code: str) -> str | None:
    """C or D; None for status, loan information and codes that move no money."""
    code = int(type_code)
    if 100 <= code <= 399 or 720 <= code <= 759 or 920 <= code <= 959:
        return "C"
    if 400 <= code <= 699 or 760 <= code <= 799 or 960 <= code <= 999:
        return "D"
    return None
