"""
Formats of banks by name: each rule looks for what only that format has, and says what it saw.

A rule takes the text of a file's first part and its lines; it answers with the evidence in words, or None. They run in the order
of ``RULES``, the most specific first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Named:
    """A format by name, how sure, 0 to 1, its variant (a version, a message type; empty when there is none), and why."""

    name: str
    confidence: float
    evidence: str
    variant: str = ""


Rule = Callable[[str, list[str]], Named | None]


HEAD_CHARS = 65536
"""How much the rules look at; of XML, four times as much."""

PREAMBLE_LINES_MAX = 10
"""So many lines of another kind may stand above a bank's file: a title, a mail's headers."""

BELOW_OTHERS = 0.97
"""What a name is worth, where other lines stand above the file."""


def find_name(text: str) -> Named | None:
    """The format of a text by its signature, whatever its line ends and the blanks above it; None where none fits."""
    if text.startswith("@@"):  # some banks part the lines of SWIFT messages so
        text = text.replace("@@", "\n")
    head = re.sub(r"\r+\n|\r", "\n", text[: 4 * HEAD_CHARS]).lstrip(" \t\n\f\v\ufeff").rstrip("\n\0\x1a")
    lines = head[:HEAD_CHARS].split("\n")
    for rule in RULES:
        found = rule(head, lines)
        if found is not None:
            return found
    return _below_others(lines)


# Private functions

_BEGINNINGS = re.compile(r"101[ \d]\d|01,|\{1[15]|UN[ABH]|ISA\W|!(?:Type|Account|Option):|0[12]RE|\d{3}00000|00000|11\d{18}", re.IGNORECASE)
"""How the first line of a bank's file may begin, of those formats whose rules look at that line."""


def _below_others(lines: list[str]) -> Named | None:
    """A format whose first line stands below a few lines that are none of its own."""
    for number, line in enumerate(lines[1 : PREAMBLE_LINES_MAX + 1], 1):
        if not _BEGINNINGS.match(line):
            continue
        below = lines[number:]
        for rule in (_nacha, _bai2, _fedwire, _edifact, _x12, _qif, _cnab, _coda, _norma43):
            found = rule("\n".join(below), below)
            if found is not None:
                why = f"{found.evidence}, below {number} lines of another kind"
                return Named(found.name, BELOW_OTHERS * found.confidence, why, found.variant)
    return None


def _cut(lines: list[str], size: int) -> list[str]:
    """The lines that are not blank; a single one of several records of ``size`` characters, which has no line ends, in records."""
    body = [line for line in lines if line.strip()]
    if len(body) == 1 and len(body[0]) >= 2 * size:
        line = body[0]
        whole = len(line.rstrip()) <= len(line) // size * size or len(line) >= HEAD_CHARS
        return [line[at : at + size] for at in range(0, len(line) // size * size, size)] if whole else body
    return body


def _nacha(text: str, lines: list[str]) -> Named | None:
    body = _cut(lines, 94)
    if not body:
        return None
    if re.match(r"101[ \d].{9}.{10}\d{6}(?:\d{4}|\s{4})?.?094101", body[0]):
        return Named(
            "nacha", 0.995, "file header record 1 with record size 094, blocking factor 10, as in an ACH file"
        )
    kinds = [line[0] for line in body]
    wide = sum(85 <= len(line) <= 94 for line in body)
    if wide >= 0.9 * len(body) and body[0].startswith("101") and set(kinds) <= set("156789"):
        return Named("nacha", 0.98, "94-byte records of types 1, 5, 6, 7, 8, 9, as in an ACH file")
    codes = [line[:3] for line in body if line[0] == "5"]
    if (
        wide == len(body)
        and len(body) > 2
        and set(kinds) <= set("156789")
        and codes
        and all(
            code in ("200", "220", "225", "280") for code in (line[1:4] for line in body if line[0] == "5")
        )
    ):
        return Named("nacha", 0.97, "94-byte batch records with service class codes of ACH")
    return None


def _fedwire(text: str, lines: list[str]) -> Named | None:
    tags = re.findall(r"\{(\d{4})\}", text[:65536])
    known = {"1100", "1110", "1120", "1130", "1500", "1510", "1520", "2000", "3100", "3320", "3400", "3500", "3600", "3700", "3710", "4000", "4100", "4200", "4320", "4400", "5000", "5100", "6000", "6100", "9000"}  # fmt: skip
    if len(tags) >= 3 and text.lstrip().startswith("{") and sum(tag in known for tag in tags) >= 3:
        return Named(
            "fedwire", 0.99, f"{len(tags)} tags such as {{{tags[0]}}}, as in a Fedwire funds message"
        )
    return None


def _swift(text: str, lines: list[str]) -> Named | None:
    found = re.search(r"\{1:[AF]\d\d[A-Z0-9]{8,12}\d{0,10}\}\s*\{2:([IO])(\d{3})", text[:4096])
    if found:
        kind = found[2]
        if kind in ("940", "942", "950", "941", "103", "101"):
            return Named(f"mt{kind}", 0.99, f"SWIFT header blocks 1 and 2 of a message MT{kind}", f"MT{kind}")
        return Named("swift_mt", 0.99, f"SWIFT header blocks 1 and 2 of a message MT{kind}", f"MT{kind}")
    return None


_BALANCE = re.compile(r"(?m)^:(?:6[02][FM]:[CD]\d{6}[A-Z]{3}\d+,\d*|61:\d{6}(?:\d{4})?[RE]?[CD][A-Z]?\d+,\d*[NFS][A-Z\d]{3})")
"""What only a statement has: a balance, or an entry with its type, also where the lines above are lost."""


def _statement(text: str, lines: list[str]) -> Named | None:
    head = text[:HEAD_CHARS]
    tags = set(re.findall(r"(?m)^:(\d\d[A-Z]?|NS):", head))
    if "20" not in tags or not tags & {"25", "25P", "28", "28C"}:
        if _BALANCE.search(head):
            return Named("mt940", 0.95, "a balance :60F: or :62F: or an entry :61: of a statement MT940", "MT940")
        return None
    if tags & {"34F", "90D", "90C"}:
        return Named("mt942", 0.97, "tags :20:, :25:, :28C: and :34F: of an interim report MT942", "MT942")
    if tags & {"60F", "60M", "61", "62F", "62M"}:
        return Named("mt940", 0.99, "tags :20:, :25:, :28C:, :60F: of a statement MT940", "MT940")
    return None


def _bai2(text: str, lines: list[str]) -> Named | None:
    first = text.lstrip()[:400]
    if re.match(r"01,[^,/\r\n]*,[^,/\r\n]*,\d{6},[\d:]{0,8},[^/\r\n]*,[23]?\s*/", first) and re.search(
        r"(?:^|[\r\n/]\s*)02,", text[:4096]
    ):
        return Named(
            "bai2", 0.99, "file header 01,sender,receiver,... with a group header 02, as in BAI2", "2"
        )
    return None


def _edifact(text: str, lines: list[str]) -> Named | None:
    head = text.lstrip()
    if re.match(r"UNA.{6}\s*UNB|UNB.UNO[A-Z]|UNH.\d+.[A-Z]{6}", head, re.DOTALL):
        kind = re.search(r"UNH.[^+:']+.([A-Z]{6})", head[:4096])
        return Named("edifact", 0.995, "an interchange header UNB", kind[1] if kind else "")
    return None


def _x12(text: str, lines: list[str]) -> Named | None:
    head = text.lstrip()
    if head.startswith("ISA") and len(head) > 105:
        mark = head[3]
        if not mark.isalnum() and head[:106].count(mark) >= 15:
            kind = re.search(rf"ST{re.escape(mark)}(\d{{3}})", head[:2048])
            return Named("x12", 0.995, "an interchange header ISA of 16 elements", kind[1] if kind else "")
    return None


def _ofx(text: str, lines: list[str]) -> Named | None:
    head = text[:8192]
    if re.search(r"OFXHEADER[:=]", head) or re.search(r"<OFX>", head, re.IGNORECASE):
        return Named("ofx", 0.99, "an OFX header", "1" if "OFXHEADER:" in head else "2")
    return None


def _qif(text: str, lines: list[str]) -> Named | None:
    if re.match(r"\s*!(?:Type:|Account|Option:)", text[:64], re.IGNORECASE):
        return Named("qif", 0.98, "a line !Type: at its head")
    return None


def _cnab(text: str, lines: list[str]) -> Named | None:
    if len(lines[0]) >= 90 and re.match(r"0[12](?:RETORNO|REMESSA)\s?\d\d", lines[0]):
        return Named("cnab", 0.995, "record 0 with RETORNO or REMESSA in 400 bytes, as in CNAB 400", "400")
    body = _cut(lines, 240)
    if (
        len(body) > 1
        and re.match(r"(?!000)\d{3}00000[ \d]", body[0])
        and all(
            len(line) >= 235 and len(line.rstrip()) <= 242 and line[:3] == body[0][:3] and line[7] in "0123459"
            for line in body[:20]
        )
        and any(line[7] == "1" for line in body[1:4])
    ):
        return Named("cnab", 0.97, "240-byte records with batch 0000 and record type 0, as in CNAB 240", "240")
    return _cnab_trimmed(body)


def _cnab_trimmed(lines: list[str]) -> Named | None:
    """CNAB 240 whose records lost the blanks at their ends: told by the batches, from the file's header to its trailer."""
    bank = lines[0][:3] if lines else ""
    if (
        len(lines) >= 4
        and re.match(r"(?!000)\d{3}00000[ \d]{9}", lines[0])
        and re.match(rf"{bank}99999[ \d]{{9}}\d{{12}}", lines[-1])
        and lines[1][7:8] == "1"
        and all(re.match(rf"{bank}\d{{4}}[0-59]", line) for line in lines)
    ):
        return Named("cnab", 0.96, "records of batches 0000 to 9999 of one bank, as in CNAB 240", "240")
    return None


def _metro2(text: str, lines: list[str]) -> Named | None:
    head = text[:64]
    if re.match(r"(?:\d{4}){1,2}(?:HEADER|[A-Z\d]{0,2}\d{0,2})\s*", head) and re.match(
        r"(?:\d{4}){1,2}HEADER", head
    ):
        return Named("metro2", 0.99, "a HEADER segment behind its block and record lengths, as in Metro 2")
    if "HEADER" in head[4:16] and "\x00" in head[:8]:
        return Named("metro2", 0.96, "a packed HEADER segment, as in Metro 2")
    if (
        re.match(r"0[34]\d\d1\d{2}0[12]\d{2}(?:19|20)\d{6}", head)
        or re.match(r"\d{4}\s*\d{4}1?0\d{3}20\d{10}\d", head)
        and text.count("J1") + text.count("J2") + text.count("L1") + text.count("K1") > 0
    ):
        return Named("metro2", 0.8, "a base segment behind its record length, as in Metro 2")
    if re.match(r"(\d{4})\r?\n(\d{4})1(?:20)\d{12}\d", text[:64]):
        return Named("metro2", 0.8, "a base segment behind its block and record lengths, as in Metro 2")
    return None


def _coda(text: str, lines: list[str]) -> Named | None:
    body = [line for line in lines if line]
    if (
        len(body) > 2
        and body[0].startswith("00000")
        and all(126 <= len(line) <= 128 for line in body[:5])
        and all(line[0] in "012348 9" for line in body[:20])
    ):
        return Named("coda", 0.97, "128-byte records from 0 to 9 with a header 00000, as in CODA")
    return None


def _norma43(text: str, lines: list[str]) -> Named | None:
    body = [line for line in lines if line.strip()]
    if (
        len(body) > 2
        and re.match(r"11\d{18}\d{12}[12]\d{14}\d{3}", body[0])
        and {line[:2] for line in body[:200]} <= {"11", "22", "23", "24", "33", "88"}
    ):
        return Named("norma43", 0.98, "records 11, 22, 33 of 80 bytes, as in Norma 43")
    return None


def _bacs(text: str, lines: list[str]) -> Named | None:
    if re.match(r"VOL1.{76}", text[:80]) and "HDR1" in text[:400]:
        return Named("bacs18", 0.97, "labels VOL1 and HDR1, as in BACS Standard 18")
    return None


def _cfonb(text: str, lines: list[str]) -> Named | None:
    body = [line for line in lines if line.strip()]
    if (
        len(body) > 2
        and all(len(line) == 120 for line in body[:10])
        and body[0][:2] == "01"
        and {line[:2] for line in body[:200]} <= {"01", "04", "05", "07"}
    ):
        return Named("cfonb120", 0.97, "120-byte records 01, 04, 05, 07, as in CFONB 120")
    return None


def _aba(text: str, lines: list[str]) -> Named | None:
    body = [line for line in lines if line.strip()]
    if (
        len(body) > 2
        and all(len(line) == 120 for line in body[:10])
        and re.match(r"0 {17}\d\d[A-Z]{3} {7}", body[0])
        and body[1][0] == "1"
    ):
        return Named("aba", 0.97, "120-byte records 0, 1, 7 with a bank's short name, as in ABA direct entry")
    return None


def _copybook(text: str, lines: list[str]) -> Named | None:
    levels = 0
    pictures = 0
    for line in lines[:400]:
        if re.match(
            r"(?:.{6})?[ ]*(?:\d{6})?\s*(?:0[1-9]|[1-4]\d|66|77|88)\s+[A-Za-z][\w-]*|\s*(?:0[1-9]|[1-4]\d|77|88)\s+[\w-]+",
            line,
        ):
            levels += 1
        if re.search(r"\bPIC(?:TURE)?\s+(?:IS\s+)?[SX9AVZ$(\-+]", line, re.IGNORECASE):
            pictures += 1
    if pictures >= 2 and levels >= pictures * 0.8:
        return Named("cobol_copybook", 0.99, f"{levels} level numbers and {pictures} PIC clauses")
    if pictures == 1 and levels >= 1 and len(text) < 2000:
        return Named("cobol_copybook", 0.9, "a level number with a PIC clause")
    return None


def _x937(text: str, lines: list[str]) -> Named | None:
    if re.match(r"(?:\x00\x00\x00P|.{4})?01\d{2}[TP]\d{9}\d{9}\d{8}\d{4}", text[:64], re.DOTALL):
        return Named("x937", 0.98, "a file header record 01 of 80 bytes, as in X9.37 image cash letters")
    return None


_MESSAGE = re.compile(
    r"""xmlns(?::[\w.-]+)?\s*=\s*["'][^"'<>]*?\b([a-z]{4}\.\d{3}\.\d{3}\.\d{2})\b|<(?:[\w.-]+:)?\$?([a-z]{4}\.\d{3}\.\d{3}\.\d{2})[\s>]"""
)
"""The message that a namespace, of any registry, or the root element of an early version names."""


def _iso20022(text: str, lines: list[str]) -> Named | None:
    head = text[:262144]
    versions = [one or other for one, other in _MESSAGE.findall(head)] if "<" in head[:4096] else []
    if versions:
        version = next((one for one in versions if not one.startswith("head")), versions[0])
        short = version[:8]
        name = (
            short
            if short in ("camt.052", "camt.053", "camt.054", "pain.001", "pain.002", "pain.008")
            else "iso20022"
        )
        return Named(name, 0.995, f"its namespace or its root names ISO 20022 message {version}", version)
    for tag, name in (
        ("BkToCstmrStmt", "camt.053"),
        ("BkToCstmrAcctRpt", "camt.052"),
        ("BkToCstmrDbtCdtNtfctn", "camt.054"),
        ("CstmrCdtTrfInitn", "pain.001"),
        ("CstmrPmtStsRpt", "pain.002"),
        ("CstmrDrctDbtInitn", "pain.008"),
    ):
        if f"<{tag}" in head or f":{tag}" in head and "<" in head[:64]:
            return Named(name, 0.95, f"an element {tag} of ISO 20022")
    if (
        re.search(r"<(?:\w+:)?(?:AppHdr|Saa:DataPDU|DataPDU)\b", head)
        or "GrpHdr>" in head
        and "MsgId>" in head
    ):
        return Named("iso20022", 0.9, "elements of an ISO 20022 message")
    return None


RULES: tuple[Rule, ...] = (
    _iso20022, _swift, _statement, _nacha, _bai2, _fedwire, _edifact, _x12, _ofx, _qif, _x937, _metro2, _cnab, _coda, _norma43, _bacs, _cfonb, _aba, _copybook,
)  # fmt: skip
