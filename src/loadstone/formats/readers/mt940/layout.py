"""The columns of the rows of SWIFT statements; SWIFT User Handbook, category 9."""

from __future__ import annotations

from ..model import Column

LINE = Column("line", "line of the file on which the field begins")
HEAD = (
    Column("message_type", "940, 942, 950 and so on, by the envelope, else by the fields"),
    Column("sender", "BIC of block 1; NULL where there is no envelope"),
    Column("transaction_reference", "field 20"),
    Column("related_reference", "field 21"),
    Column("account", "field 25, as written"),
    Column("statement_number", "field 28C, before the slash"),
    Column("sequence_number", "field 28C, behind the slash"),
    Column("currency", "currency of the opening balance; of the floor limit 34F in an MT942"),
)
PARTS = (
    Column("business_code", "structured field 86: its three digits"),
    Column("posting_text", "structured field 86: 00"),
    Column("prima_nota", "structured field 86: 10"),
    Column("purpose", "structured field 86: 20 to 29 and 60 to 63, joined"),
    Column("counterparty_bank", "structured field 86: 30; /BIC/"),
    Column("counterparty_account", "structured field 86: 31; /IBAN/, /CNTP/"),
    Column("counterparty_name", "structured field 86: 32 and 33; /NAME/, /CNTP/"),
    Column("text_key", "structured field 86: 34"),
    Column("end_to_end_reference", "EREF+ or /EREF/"),
    Column("mandate_reference", "MREF+ or /MARF/"),
    Column("creditor_id", "CRED+ or /CSID/"),
    Column("remittance", "SVWZ+ or /REMI/"),
)
ENTRY_COLUMNS = (
    LINE, *HEAD,
    Column("entry_number", "number of the entry in its statement, from 1"),
    Column("value_date", "value date"),
    Column("entry_date", "booking date: its month and day, in the year nearest to the value date"),
    Column("mark", "C, D, RC, RD as written; EC and ED are expected ones"),
    Column("direction", "C or D; a reversal of a credit is a D"),
    Column("amount", "amount with the decimals that the file has"),
    Column("signed_amount", "the same, below zero for D"),
    Column("funds_code", "third letter of the currency, where written"),
    Column("transaction_type", "four characters, such as NTRF"),
    Column("customer_reference", "reference for the account's owner"),
    Column("bank_reference", "reference of the bank, behind //"),
    Column("supplementary_details", "further lines of field 61"),
    Column("information", "field 86 as written, a line each"),
    *PARTS,
    Column("nonstandard", "field NS of the entry, as written"),
)  # fmt: skip
BALANCE_COLUMNS = (
    LINE, *HEAD,
    Column("field", "60F, 60M, 62F, 62M, 64 or 65"),
    Column("kind", "opening, closing, closing available or forward available"),
    Column("intermediate", "Y where the statement goes on in another message"),
    Column("date", "day of the balance"),
    Column("mark", "C or D"),
    Column("amount", "amount with the decimals that the file has"),
    Column("signed_amount", "the same, below zero for D"),
)  # fmt: skip

BALANCES = {
    "60F": "opening", "60M": "opening", "62F": "closing", "62M": "closing",
    "64": "closing available", "65": "forward available",
}  # fmt: skip

TAGS = frozenset("12 13 13D 20 21 25 25P 28 28C 34F 60F 60M 61 62F 62M 64 65 86 90C 90D NS".split())
"""Fields of these messages; what looks like another one is text of the field before."""

TYPES = frozenset(("940", "941", "942", "950", "970", "972"))
