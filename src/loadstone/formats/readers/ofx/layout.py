"""The columns of OFX rows, and the elements they come from; Open Financial Exchange 1.6 and 2.3."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Column


class Leaf(NamedTuple):
    """A column and the path of its element within its aggregate."""

    column: Column
    path: str


LINE = Column("line", "line on which the aggregate begins")
ACCOUNT = (
    Leaf(Column("bank_id", "routing number or other id of the bank"), "BANKID"),
    Leaf(Column("branch_id", "id of the branch"), "BRANCHID"),
    Leaf(Column("broker_id", "id of the broker"), "BROKERID"),
    Leaf(Column("account", "number of the account"), "ACCTID"),
    Leaf(Column("account_type", "CHECKING, SAVINGS, MONEYMRKT, CREDITLINE, CD"), "ACCTTYPE"),
)
HEAD = (
    Column("statement_kind", "bank, card or investment"),
    Column("default_currency", "currency of the statement"),
    *(leaf.column for leaf in ACCOUNT),
)
TRANSACTION = (
    Leaf(Column("transaction_type", "CREDIT, DEBIT, INT, FEE, CHECK, XFER, ..."), "TRNTYPE"),
    Leaf(Column("fit_id", "the bank's own id of the transaction"), "FITID"),
    Leaf(Column("corrects_fit_id", "id of the transaction that this one corrects"), "CORRECTFITID"),
    Leaf(Column("correct_action", "REPLACE or DELETE"), "CORRECTACTION"),
    Leaf(Column("server_transaction_id", "server's id"), "SRVRTID"),
    Leaf(Column("check_number", "number of the check"), "CHECKNUM"),
    Leaf(Column("reference_number", "reference"), "REFNUM"),
    Leaf(Column("sic", "standard industrial code"), "SIC"),
    Leaf(Column("payee_id", "id of the payee"), "PAYEEID"),
    Leaf(Column("name", "name of the payee or description"), "NAME"),
    Leaf(Column("extended_name", "further name of the payee"), "EXTDNAME"),
    Leaf(Column("payee_name", "name in the aggregate PAYEE"), "PAYEE/NAME"),
    Leaf(Column("payee_city", "its city"), "PAYEE/CITY"),
    Leaf(Column("counterparty_bank_id", "transfer: bank of the other account"), "TO/BANKID"),
    Leaf(Column("counterparty_account", "transfer: number of the other account"), "TO/ACCTID"),
    Leaf(Column("memo", "further words"), "MEMO"),
    Leaf(
        Column("currency", "currency of the amount, where it is not that of the statement"), "CURRENCY/CURSYM"
    ),
    Leaf(Column("currency_rate", "its rate"), "CURRENCY/CURRATE"),
    Leaf(Column("original_currency", "currency before it was converted"), "ORIGCURRENCY/CURSYM"),
    Leaf(Column("original_currency_rate", "its rate"), "ORIGCURRENCY/CURRATE"),
    Leaf(Column("sub_account_fund", "investment: sub-account, such as CASH"), "SUBACCTFUND"),
)
TRANSACTION_COLUMNS = (
    LINE, *HEAD,
    Column("posted_date", "day of the posting"),
    Column("posted_at", "moment of the posting as written"),
    Column("initiated_date", "day the user began it"),
    Column("available_date", "day the funds are there"),
    Column("amount", "amount with its sign, below zero for what leaves the account"),
    *(leaf.column for leaf in TRANSACTION),
)  # fmt: skip
BALANCE_COLUMNS = (
    LINE, *HEAD,
    Column("kind", "ledger, available or cash (of an investment account)"),
    Column("amount", "amount with its sign"),
    Column("date", "day of the balance; NULL for cash of an investment account"),
    Column("as_of", "its moment as written"),
)  # fmt: skip

STATEMENTS = {"STMTRS": "bank", "CCSTMTRS": "card", "INVSTMTRS": "investment"}
ACCOUNTS = frozenset(("BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"))
WITHIN = {
    "PAYEE": "PAYEE", "BANKACCTTO": "TO", "CCACCTTO": "TO", "CURRENCY": "CURRENCY", "ORIGCURRENCY": "ORIGCURRENCY",
}  # fmt: skip
"""Aggregates within a transaction, and how paths name them."""
