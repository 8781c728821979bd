"""What kind of file bytes are, by signature and strict parse: office files, Parquet, PDF, JSON, XML, HTML ..."""

from __future__ import annotations

import json
import re
import struct

from loadstone.formats.signatures import office_of

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "parquet"), (b"ARROW1", "arrow"), (b"Obj\x01", "avro"), (b"ORC", "orc"), (b"%PDF-", "pdf"), (b"SQLite format 3\0", "sqlite"), (b"FEA1", "arrow"),
    (b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"\x7fELF", "elf"), (b"MZ", "exe"), (b"{\\rtf", "rtf"), (b"%!PS", "postscript"),
    (b"\x89HDF\r\n", "hdf5"), (b"wOFF", "font"), (b"\xca\xfe\xba\xbe", "class"),
)  # fmt: skip


def binary_kind(data: bytes) -> str | None:
    """The kind of a file that is no text; None for text and for what is not known."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            if kind == "exe" and not re.search(rb"[\x00-\x08]", data[:64]):
                continue
            return kind
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _ole(data)
    if data[:2] == b"PK":
        return office_of(data)
    if data[:2] in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00") and data[2:3] in (
        b"\x10",
        b"\x08",
        b"\x06",
        b"\x04",
    ):
        return "xls"
    return "dbf" if _is_dbf(data) else None


def text_kind(text: str) -> str | None:
    """JSON, NDJSON, XML or HTML; None for any other text."""
    head = text[:4096].lstrip("\ufeff \t\r\n")
    if head[:1] == "<":
        return _markup(head)
    if head[:1] in "{[" and head:
        return _json(text)
    return None


# Private functions


def _ole(data: bytes) -> str:
    """A compound file: the names of its streams tell an old workbook from a document."""
    folded = data.lower()
    for name, kind in (
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
        ("EncryptedPackage", "xlsx"),
    ):
        encoded = name.lower().encode("utf-16-le")
        if encoded + b"\0\0" in folded:
            return kind
    return "ole"


def _is_dbf(data: bytes) -> bool:
    if len(data) < 66 or data[0] & 0x7F not in (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x43, 0x0B):
        return False
    month, day = data[2], data[3]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    head, record = struct.unpack("<HH", data[8:12])
    if not 65 <= head <= 9000 or not 2 <= record <= 65000 or len(data) < head:
        return False
    return data[32:43].rstrip(b"\0").replace(b"_", b"").isalnum() and chr(data[43]) in "CNFDLMIBTYGP@O+"


def _markup(head: str) -> str | None:
    low = head[:2048].lower()
    if low.startswith(("<!doctype html", "<html")) or "<html" in low and not low.startswith("<?xml"):
        return "html"
    if low.startswith("<?xml") and ("<html" in low or "<!doctype html" in low):
        return "html"
    if re.match(r"<\?xml|<!--|<!DOCTYPE|<[A-Za-z_][\w.\-]*(?::[\w.\-]+)?[\s/>]", head):
        if re.match(r"<(?:table|div|p|body|head|h[1-6]|ul|ol|span|br|a|img)\b", low):
            return "html"
        return "xml"
    return None


def _json(text: str) -> str | None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        pass
    else:
        return "json"
    lines = [line for line in text.split("\n") if line.strip()]
    good = bad = 0
    for line in lines[:200]:
        try:
            json.loads(line)
            good += 1
        except (ValueError, RecursionError):
            bad += 1
    if good and good >= 0.9 * (good + bad) and len(lines) > 1:
        return "ndjson"
    if re.match(
        r"\s*\{\s*(?:\"|'|//|/\*|\})|\s*\[\s*(?:[{\[\"\d\]]|-|true|false|null)", text
    ) and _looks_json(text):
        return "json"
    return None


def _looks_json(text: str) -> bool:
    """Whether text that does not parse (cut short, with comments, a comma too many) is JSON all the same."""
    head = text[:65536]
    keys = len(re.findall(r'"[^"\n]{1,200}"\s*:', head))
    return keys >= 3 and keys * 3 >= head.count("\n") or text.lstrip().startswith("[{") and keys > 0
