"""The columns of statements and payments, and the paths that each stands at in one version or another."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Column


class Paths(NamedTuple):
    """A column, and where its text stands: the first path that has one."""

    column: Column
    paths: tuple[str, ...]


def _at(name: str, meaning: str, *paths: str) -> Paths:
    return Paths(Column(name, meaning), paths)


LINE = Column("line", "line on which the element begins")
STATEMENT = (
    _at("statement_id", "identification of the statement, report or notification", "Id"),
    _at("electronic_sequence_number", "its electronic sequence number", "ElctrncSeqNb"),
    _at("legal_sequence_number", "its legal sequence number", "LglSeqNb"),
    _at("period_from", "begin of its period, as written", "FrToDt/FrDtTm", "FrToDt/FrDt"),
    _at("period_to", "end of its period, as written", "FrToDt/ToDtTm", "FrToDt/ToDt"),
    _at("account", "IBAN or other number of the account", "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN", "Acct/Id/UPIC"),
    _at("account_currency", "currency of the account", "Acct/Ccy"),
    _at("account_owner", "name of its owner", "Acct/Ownr/Nm"),
    _at("account_servicer", "BIC of the bank", "Acct/Svcr/FinInstnId/BICFI", "Acct/Svcr/FinInstnId/BIC", "Acct/Svcr/FinInstnId/ClrSysMmbId/MmbId"),
)  # fmt: skip
HEAD = (
    Column("message_id", "identification of the message"),
    Column("message_created_at", "moment the message was made, as written"),
    *(one.column for one in STATEMENT),
)
ENTRY = (
    _at("entry_reference", "reference of the entry", "NtryRef"),
    _at("status", "BOOK booked, PDNG pending, INFO, FUTR", "Sts/Cd", "Sts/Prtry", "Sts"),
    _at("account_servicer_reference", "reference of the bank", "AcctSvcrRef"),
    _at("domain", "bank transaction code: domain", "BkTxCd/Domn/Cd"),
    _at("family", "bank transaction code: family", "BkTxCd/Domn/Fmly/Cd"),
    _at("sub_family", "bank transaction code: sub-family", "BkTxCd/Domn/Fmly/SubFmlyCd"),
    _at("proprietary_code", "bank transaction code of the bank's own", "BkTxCd/Prtry/Cd"),
    _at("proprietary_issuer", "who issues that code", "BkTxCd/Prtry/Issr"),
    _at("charges_amount", "charges and taxes", "Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Rcrd/Amt", "Chrgs/Amt"),
    _at("charges_currency", "their currency", "Chrgs/TtlChrgsAndTaxAmt@Ccy", "Chrgs/Rcrd/Amt@Ccy", "Chrgs/Amt@Ccy"),
    _at("entry_instructed_amount", "amount as instructed", "AmtDtls/InstdAmt/Amt"),
    _at("entry_instructed_currency", "its currency", "AmtDtls/InstdAmt/Amt@Ccy"),
    _at("entry_exchange_rate", "exchange rate", "AmtDtls/InstdAmt/CcyXchg/XchgRate", "AmtDtls/TxAmt/CcyXchg/XchgRate", "AmtDtls/CntrValAmt/CcyXchg/XchgRate"),
    _at("additional_entry_information", "further words; NULL in a row of transactions whose entry has more than 20,000", "AddtlNtryInf"),
)  # fmt: skip
MOVED = (
    Column("entry_number", "number of the entry in its statement, from 1"),
    Column("direction", "C credit or D debit"),
    Column("amount", "amount as written"),
    Column("currency", "its currency"),
    Column("signed_amount", "the amount, below zero for D"),
    Column("reversal", "Y where the entry takes an earlier one back; its direction is already its own"),
    Column("booking_date", "booking date"),
    Column("booked_at", "moment of the booking, as written, where the file has it"),
    Column("value_date", "value date"),
    Column("valued_at", "moment of the value date, as written, where the file has it"),
)
BATCH = (
    _at("batch_message_id", "batch: message it came in", "MsgId"),
    _at("batch_payment_information_id", "batch: payment information", "PmtInfId"),
    _at("batch_transactions", "batch: number of transactions as stated", "NbOfTxs"),
    _at("batch_amount", "batch: total as stated", "TtlAmt"),
    _at("batch_currency", "batch: its currency", "TtlAmt@Ccy"),
)
_RATE = "CcyXchg/XchgRate"
TRANSACTION = (
    _at("instruction_id", "reference: instruction", "Refs/InstrId"),
    _at("end_to_end_id", "reference: end to end", "Refs/EndToEndId"),
    _at("transaction_id", "reference: transaction", "Refs/TxId"),
    _at("uetr", "reference: unique end to end", "Refs/UETR"),
    _at("payment_information_id", "reference: payment information", "Refs/PmtInfId"),
    _at("transaction_servicer_reference", "reference of the bank", "Refs/AcctSvcrRef"),
    _at("mandate_id", "reference: mandate", "Refs/MndtId"),
    _at("cheque_number", "reference: cheque", "Refs/ChqNb"),
    _at("clearing_reference", "reference of the clearing system", "Refs/ClrSysRef"),
    _at("instructed_amount", "amount as instructed", "AmtDtls/InstdAmt/Amt"),
    _at("instructed_currency", "its currency", "AmtDtls/InstdAmt/Amt@Ccy"),
    _at("source_currency", "exchange: from", *(f"AmtDtls/{kind}/CcyXchg/SrcCcy" for kind in ("TxAmt", "InstdAmt", "CntrValAmt"))),
    _at("target_currency", "exchange: to", *(f"AmtDtls/{kind}/CcyXchg/TrgtCcy" for kind in ("TxAmt", "InstdAmt", "CntrValAmt"))),
    _at("exchange_rate", "exchange: rate", *(f"AmtDtls/{kind}/{_RATE}" for kind in ("TxAmt", "InstdAmt", "CntrValAmt"))),
    _at("debtor_name", "who pays", "RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Agt/FinInstnId/Nm"),
    _at("debtor_account", "account of who pays", "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id", "RltdPties/DbtrAcct/Id/PrtryAcct/Id", "RltdPties/DbtrAcct/Id/BBAN"),
    _at("debtor_agent", "bank of who pays", "RltdAgts/DbtrAgt/FinInstnId/BICFI", "RltdAgts/DbtrAgt/FinInstnId/BIC", "RltdAgts/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId", "RltdAgts/DbtrAgt/FinInstnId/Nm"),
    _at("ultimate_debtor_name", "for whom is paid", "RltdPties/UltmtDbtr/Pty/Nm", "RltdPties/UltmtDbtr/Nm"),
    _at("creditor_name", "who is paid", "RltdPties/Cdtr/Pty/Nm", "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Agt/FinInstnId/Nm"),
    _at("creditor_account", "account of who is paid", "RltdPties/CdtrAcct/Id/IBAN", "RltdPties/CdtrAcct/Id/Othr/Id", "RltdPties/CdtrAcct/Id/PrtryAcct/Id", "RltdPties/CdtrAcct/Id/BBAN"),
    _at("creditor_agent", "bank of who is paid", "RltdAgts/CdtrAgt/FinInstnId/BICFI", "RltdAgts/CdtrAgt/FinInstnId/BIC", "RltdAgts/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", "RltdAgts/CdtrAgt/FinInstnId/Nm"),
    _at("ultimate_creditor_name", "who is paid in the end", "RltdPties/UltmtCdtr/Pty/Nm", "RltdPties/UltmtCdtr/Nm"),
    _at("remittance", "unstructured remittance information, a line each", "RmtInf/Ustrd"),
    _at("creditor_reference", "structured remittance: reference of the creditor", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef"),
    _at("purpose", "purpose", "Purp/Cd", "Purp/Prtry"),
    _at("return_reason", "why it comes back", "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd"),
    _at("additional_transaction_information", "further words, a line each", "AddtlTxInf"),
)  # fmt: skip
TRANSACTION_AMOUNT = ("Amt", "AmtDtls/TxAmt/Amt")
TRANSACTION_MOVED = (
    Column("transaction_count", "transactions that the entry has"),
    Column(
        "transaction_number", "number of the transaction in its entry, from 1; NULL where the entry has none"
    ),
    Column("transaction_direction", "C or D of the transaction; that of the entry where it has none"),
    Column("transaction_amount", "amount of the transaction as written"),
    Column("transaction_currency", "its currency"),
)
ENTRY_COLUMNS = (
    LINE, *HEAD, *MOVED, *(one.column for one in ENTRY), *(one.column for one in BATCH),
    *(
        column if column.name != "transaction_number" else Column(column.name, "1 where the entry has one transaction, whose columns follow; else NULL")
        for column in TRANSACTION_MOVED
    ),
    *(one.column for one in TRANSACTION),
)  # fmt: skip
TRANSACTION_COLUMNS = (
    LINE, *HEAD, *MOVED, *(one.column for one in ENTRY), *(one.column for one in BATCH),
    *(
        column if column.name != "transaction_count" else Column(column.name, "transactions of the entry up to this one")
        for column in TRANSACTION_MOVED
    ),
    *(one.column for one in TRANSACTION),
)  # fmt: skip
BALANCE_COLUMNS = (
    LINE, *HEAD,
    Column("balance_type", "OPBD opening, CLBD closing, PRCD, ITBD, OPAV, CLAV, FWAV, ... or the bank's own"),
    Column("balance_sub_type", "sub-type, such as INTM"),
    Column("direction", "C or D"),
    Column("amount", "amount as written"),
    Column("currency", "its currency"),
    Column("signed_amount", "the amount, below zero for D"),
    Column("date", "day of the balance"),
)  # fmt: skip

GROUP = (
    _at("message_id", "identification of the message", "MsgId"),
    _at("message_created_at", "moment the message was made, as written", "CreDtTm"),
    _at("initiating_party", "who sends it", "InitgPty/Nm", "InitgPty/Id/OrgId/Othr/Id"),
)
PAYMENT = (
    _at("payment_information_id", "identification of the payment information", "PmtInfId"),
    _at("payment_method", "TRF transfer, CHK cheque, TRA advice", "PmtMtd"),
    _at("batch_booking", "whether the bank is to book it as one", "BtchBookg"),
    _at("service_level", "service level", "PmtTpInf/SvcLvl/Cd", "PmtTpInf/SvcLvl/Prtry"),
    _at("local_instrument", "local instrument", "PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry"),
    _at("category_purpose", "category purpose", "PmtTpInf/CtgyPurp/Cd", "PmtTpInf/CtgyPurp/Prtry"),
    _at("debtor_name", "who pays", "Dbtr/Nm"),
    _at("debtor_account", "account of who pays", "DbtrAcct/Id/IBAN", "DbtrAcct/Id/Othr/Id", "DbtrAcct/Id/PrtryAcct/Id"),
    _at("debtor_account_currency", "currency of that account", "DbtrAcct/Ccy"),
    _at("debtor_agent", "bank of who pays", "DbtrAgt/FinInstnId/BICFI", "DbtrAgt/FinInstnId/BIC", "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
    _at("payment_ultimate_debtor_name", "for whom is paid", "UltmtDbtr/Nm"),
    _at("payment_charge_bearer", "who bears charges", "ChrgBr"),
)  # fmt: skip
CREDIT_TRANSFER = (
    _at("instruction_id", "reference: instruction", "PmtId/InstrId"),
    _at("end_to_end_id", "reference: end to end", "PmtId/EndToEndId"),
    _at("uetr", "reference: unique end to end", "PmtId/UETR"),
    _at("charge_bearer", "who bears charges", "ChrgBr"),
    _at("exchange_rate", "exchange rate", "XchgRateInf/XchgRate"),
    _at("ultimate_debtor_name", "for whom is paid", "UltmtDbtr/Nm"),
    _at("creditor_name", "who is paid", "Cdtr/Nm"),
    _at("creditor_country", "country of who is paid", "Cdtr/PstlAdr/Ctry", "Cdtr/CtryOfRes"),
    _at("creditor_account", "account of who is paid", "CdtrAcct/Id/IBAN", "CdtrAcct/Id/Othr/Id", "CdtrAcct/Id/PrtryAcct/Id"),
    _at("creditor_agent", "bank of who is paid", "CdtrAgt/FinInstnId/BICFI", "CdtrAgt/FinInstnId/BIC", "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", "CdtrAgt/FinInstnId/Nm"),
    _at("ultimate_creditor_name", "who is paid in the end", "UltmtCdtr/Nm"),
    _at("purpose", "purpose", "Purp/Cd", "Purp/Prtry"),
    _at("remittance", "unstructured remittance information, a line each", "RmtInf/Ustrd"),
    _at("creditor_reference", "structured remittance: reference of the creditor", "RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/CdtrRefInf/CdtrRef"),
)  # fmt: skip
PAYMENT_COLUMNS = (
    LINE, *(one.column for one in GROUP), *(one.column for one in PAYMENT),
    Column("requested_date", "day the payment is asked for"),
    Column("transaction_number", "number of the transaction in its payment information, from 1"),
    Column("amount", "amount as written: instructed, or the equivalent amount"),
    Column("currency", "its currency"),
    Column("equivalent", "Y where the amount is an equivalent, to be paid in the currency `transfer_currency`"),
    Column("transfer_currency", "currency in which an equivalent amount is paid"),
    *(one.column for one in CREDIT_TRANSFER),
)  # fmt: skip
