"""Small writers of banks' files: what they write is known, so that what is read can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class AchEntry:
    """An entry: cents, the receiving bank's first eight digits, and the texts of its addenda 05."""

    code: str = "22"
    bank: str = "23138010"
    cents: int = 0
    name: str = "JANE DOE"
    notes: list[str] = field(default_factory=list)


def ach_entry(entry: AchEntry, number: int) -> Iterator[str]:
    """The records of an entry and its addenda."""
    trace = f"12104288{number:07}"
    noted = 1 if entry.notes else 0
    yield f"6{entry.code}{entry.bank}4{'12345678':<17}{entry.cents:010}{number:<15}{entry.name:<22}  {noted}{trace}"
    for at, note in enumerate(entry.notes, 1):
        yield f"705{note:<80}{at:04}{number:07}"


def ach_file(batches: list[list[AchEntry]], *, blocked: bool = True) -> list[str]:
    """The records of an ACH file with right totals."""
    records = ["101 231380104 1210428821908161055A094101Federal Reserve Bank   My Bank Name           REF00001"]
    sums = [0, 0, 0, 0]
    for number, entries in enumerate(batches, 1):
        records.append(
            f"5200{'ACME':<16}{'':<20}{'121042882':<10}PPD{'PAYROLL':<10}{'':<6}190816   112104288{number:07}"
        )
        of_batch = [0, 0, 0, 0]
        for at, entry in enumerate(entries, 1):
            records.extend(ach_entry(entry, at))
            of_batch[0] += 1 + len(entry.notes)
            of_batch[1] += int(entry.bank)
            of_batch[2 if entry.code[1] in "56789" else 3] += entry.cents
        records.append(
            "8200{:06}{:010}{:012}{:012}".format(of_batch[0], of_batch[1] % 10**10, *of_batch[2:])
            + f"{'121042882':<10}{'':<25}12104288{number:07}"
        )
        sums = [a + b for a, b in zip(sums, of_batch)]
    blocks = -(-(len(records) + 1) // 10)
    records.append(
        f"9{len(batches):06}{blocks:06}"
        + "{:08}{:010}{:012}{:012}".format(sums[0], sums[1] % 10**10, *sums[2:])
        + " " * 39
    )
    if blocked:
        records += ["9" * 94] * (-len(records) % 10)
    return records


@dataclass
class BaiTransaction:
    """A record 16: its code, smallest units, funds type with its fields, references and the lines of its text."""

    code: str = "142"
    units: int = 0
    funds: str = "Z"
    bank: str = ""
    text: list[str] = field(default_factory=list)


@dataclass
class BaiAccount:
    """A record 03 with its balances, code and signed units each, and its transactions."""

    number: str = "0975312468"
    currency: str = ""
    balances: list[tuple[str, int]] = field(default_factory=list)
    transactions: list[BaiTransaction] = field(default_factory=list)


def bai_account(account: BaiAccount, *, slashes: bool) -> tuple[list[str], int]:
    """The records of an account with its trailer, and its control total."""
    end = "/" if slashes else ""
    total = sum(units for _, units in account.balances)
    records = [f"03,{account.number},{account.currency}" + (end if account.balances else ",/")]
    for code, units in account.balances:
        records.append(f"88,{code},{units},,{end}")
    for one in account.transactions:
        total += one.units
        records.append(f"16,{one.code},{one.units},{one.funds},{one.bank},,{(one.text or [''])[0]}{end}")
        records += [f"88,{text}{end}" for text in one.text[1:]]
    records.append(f"49,{total},{len(records) + 1}/")
    return records, total


def bai_file(groups: list[list[BaiAccount]], *, slashes: bool = True) -> list[str]:
    """The records of a BAI2 file with right totals; without ``slashes`` only what has an end of its own keeps them."""
    records = ["01,122099999,123456789,040621,0200,1,65,,2/"]
    in_file = 0
    for accounts in groups:
        first, in_group = len(records), 0
        records.append("02,031001234,122099999,1,040620,2359,,2/")
        for account in accounts:
            found, total = bai_account(account, slashes=slashes)
            records += found
            in_group += total
        records.append(f"98,{in_group},{len(accounts)},{len(records) - first + 1}/")
        in_file += in_group
    return [*records, f"99,{in_file},{len(groups)},{len(records) + 1}/"]


@dataclass
class SwiftEntry:
    """A field 61 with its 86: value date YYMMDD, booking MMDD, mark, cents, reference and information."""

    value: str = "240131"
    booked: str = "0131"
    mark: str = "C"
    cents: int = 0
    reference: str = "NONREF"
    bank: str = ""
    information: list[str] = field(default_factory=list)

    @property
    def signed_cents(self) -> int:
        """What it does to the balance."""
        return self.cents if self.mark in ("C", "RD") else -self.cents


def swift_amount(cents: int) -> str:
    """An amount with a comma."""
    return f"{abs(cents) // 100},{abs(cents) % 100:02}"


def swift_statement(
    entries: list[SwiftEntry], *, opening: int = 0, envelope: bool = False, pages: str = "FF"
) -> list[str]:
    """The lines of an MT940 with a right closing balance; ``pages`` says F or M for the opening and closing balance."""
    closing = opening + sum(entry.signed_cents for entry in entries)
    lines = ["{1:F01BANKDEFFAXXX0000000000}{2:O9401200240131BANKDEFFAXXX00000000002401311200N}{4:"] * envelope
    lines += [":20:REF1", ":25:DE123/456", ":28C:7/1"]
    lines.append(f":60{pages[0]}:{'D' if opening < 0 else 'C'}240130EUR{swift_amount(opening)}")
    for entry in entries:
        bank = f"//{entry.bank}" if entry.bank else ""
        amount = swift_amount(entry.cents)
        lines.append(f":61:{entry.value}{entry.booked}{entry.mark}{amount}NTRF{entry.reference}{bank}")
        if entry.information:
            lines += [f":86:{entry.information[0]}", *entry.information[1:]]
    lines.append(f":62{pages[1]}:{'D' if closing < 0 else 'C'}240131EUR{swift_amount(closing)}")
    return [*lines, "-}{5:{CHK:123456789ABC}}" if envelope else "-"]


@dataclass
class CamtEntry:
    """An entry of a statement: cents, sign, status, and its transactions as cents, each with its text."""

    cents: int = 0
    credit: bool = True
    status: str = "BOOK"
    reversal: bool = False
    transactions: list[tuple[int, str]] = field(default_factory=list)

    @property
    def signed_cents(self) -> int:
        """What it does to the balance once it is booked."""
        return self.cents if self.credit else -self.cents


def decimal_text(cents: int) -> str:
    """Cents as an amount with a point."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def camt_entry(entry: CamtEntry, version: int) -> str:
    """The element of an entry, as the version writes it."""
    status = f"<Cd>{entry.status}</Cd>" if version >= 8 else entry.status
    party = "<Pty><Nm>{}</Nm></Pty>" if version >= 8 else "<Nm>{}</Nm>"
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>E{at}</EndToEndId></Refs><Amt Ccy='EUR'>{decimal_text(cents)}</Amt>"
        f"<CdtDbtInd>{'CRDT' if entry.credit else 'DBIT'}</CdtDbtInd>"
        f"<RltdPties><Dbtr>{party.format('Payer ' + str(at))}</Dbtr></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd><Ustrd>second</Ustrd></RmtInf></TxDtls>"
        for at, (cents, text) in enumerate(entry.transactions, 1)
    )
    total = sum(cents for cents, _ in entry.transactions)
    batch = f"<Btch><NbOfTxs>{len(entry.transactions)}</NbOfTxs><TtlAmt Ccy='EUR'>{decimal_text(total)}</TtlAmt></Btch>"
    return (
        f"<Ntry><Amt Ccy='EUR'>{decimal_text(entry.cents)}</Amt><CdtDbtInd>{'CRDT' if entry.credit else 'DBIT'}</CdtDbtInd>"
        f"<RvslInd>{str(entry.reversal).lower()}</RvslInd><Sts>{status}</Sts><BookgDt><Dt>2024-01-31</Dt></BookgDt>"
        f"<ValDt><DtTm>2024-02-01T10:00:00+01:00</DtTm></ValDt>"
        + (f"<NtryDtls>{batch}{details}</NtryDtls>" if details else "")
        + "<AddtlNtryInf>words</AddtlNtryInf></Ntry>"
    )


def camt_statement(entries: list[CamtEntry], *, opening: int = 0, version: int = 2) -> str:
    """The element of a statement with right totals."""
    closing = opening + sum(entry.signed_cents for entry in entries if entry.status == "BOOK")
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{decimal_text(abs(cents))}</Amt>"
        f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd><Dt><Dt>2024-01-31</Dt></Dt></Bal>"
        for kind, cents in (("OPBD", opening), ("CLBD", closing))
    )
    net = sum(entry.signed_cents for entry in entries)
    sign = f"<CdtDbtInd>{'DBIT' if net < 0 else 'CRDT'}</CdtDbtInd>"
    netted = (
        f"<TtlNetNtry><Amt>{decimal_text(abs(net))}</Amt>{sign}</TtlNetNtry>"
        if version >= 4
        else f"<TtlNetNtryAmt>{decimal_text(abs(net))}</TtlNetNtryAmt>{sign}"
    )
    summary = f"<TtlNtries><NbOfNtries>{len(entries)}</NbOfNtries><Sum>{decimal_text(sum(entry.cents for entry in entries))}</Sum>{netted}</TtlNtries>"
    for name, credit in (("TtlCdtNtries", True), ("TtlDbtNtries", False)):
        chosen = [entry.cents for entry in entries if entry.credit == credit]
        summary += f"<{name}><NbOfNtries>{len(chosen)}</NbOfNtries><Sum>{decimal_text(sum(chosen))}</Sum></{name}>"
    return (
        "<Stmt><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2024-02-01T08:00:00</CreDtTm>"
        "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>ACME</Nm></Ownr></Acct>"
        f"{balances}<TxsSummry>{summary}</TxsSummry>{''.join(camt_entry(entry, version) for entry in entries)}</Stmt>"
    )


def camt_file(statements: list[str], *, version: int = 2, head: str = "") -> str:
    """A camt.053 in its namespace."""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{head}"
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}'><BkToCstmrStmt>"
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2024-02-01T08:00:00</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    )


def pain_file(payments: list[list[tuple[int, str]]]) -> str:
    """A pain.001 with right totals: payment informations, of which each transaction has cents and a creditor."""

    def totals(cents: list[int]) -> str:
        return f"<NbOfTxs>{len(cents)}</NbOfTxs><CtrlSum>{decimal_text(sum(cents))}</CtrlSum>"

    blocks = "".join(
        f"<PmtInf><PmtInfId>P{at}</PmtInfId><PmtMtd>TRF</PmtMtd>{totals([cents for cents, _ in transfers])}"
        "<ReqdExctnDt>2024-02-02</ReqdExctnDt><Dbtr><Nm>ACME</Nm></Dbtr>"
        "<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>"
        + "".join(
            f"<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><Amt><InstdAmt Ccy='EUR'>{decimal_text(cents)}</InstdAmt></Amt>"
            f"<Cdtr><Nm>{name}</Nm></Cdtr><CdtrAcct><Id><IBAN>FR1420041010050500013M02606</IBAN></Id></CdtrAcct></CdtTrfTxInf>"
            for cents, name in transfers
        )
        + "</PmtInf>"
        for at, transfers in enumerate(payments, 1)
    )
    every = [cents for transfers in payments for cents, _ in transfers]
    return (
        "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.03'><CstmrCdtTrfInitn>"
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2024-02-01T08:00:00</CreDtTm>{totals(every)}<InitgPty><Nm>ACME</Nm></InitgPty></GrpHdr>"
        f"{blocks}</CstmrCdtTrfInitn></Document>"
    )


@dataclass
class OfxTransaction:
    """A STMTTRN: cents with their sign, id, name and memo."""

    cents: int = 0
    fit_id: str = "1"
    name: str = "SHOP"
    memo: str = "words"


def ofx_file(transactions: list[OfxTransaction], *, version: int = 1, closed: bool = False) -> str:
    """A statement of a bank account; SGML leaves end tags of elements out unless ``closed``."""

    def leaf(name: str, value: str) -> str:
        text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f"<{name}>{text}" + (f"</{name}>" if closed else "") + "\n"

    head = (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\n\n"
        if version == 1
        else "<?xml version='1.0' encoding='UTF-8'?>\n<?OFX OFXHEADER='200' VERSION='211'?>\n"
    )
    listed = "".join(
        f"<STMTTRN>{leaf('TRNTYPE', 'DEBIT')}{leaf('DTPOSTED', '20050824080000[-5:EST]')}{leaf('TRNAMT', decimal_text(one.cents))}"
        f"{leaf('FITID', one.fit_id)}{leaf('NAME', one.name)}{leaf('MEMO', one.memo)}</STMTTRN>\n"
        for one in transactions
    )
    account = f"<BANKACCTFROM>{leaf('BANKID', '121099999')}{leaf('ACCTID', '999988')}{leaf('ACCTTYPE', 'CHECKING')}</BANKACCTFROM>"
    balances = "".join(
        f"<{name}>{leaf('BALAMT', amount)}{leaf('DTASOF', '20050831')}</{name}>"
        for name, amount in (("LEDGERBAL", "5250.00"), ("AVAILBAL", "5200.00"))
    )
    return (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>{leaf('CURDEF', 'USD')}{account}<BANKTRANLIST>{leaf('DTSTART', '20050801')}"
        f"{leaf('DTEND', '20050831')}{listed}</BANKTRANLIST>{balances}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
    )
