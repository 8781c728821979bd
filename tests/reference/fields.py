"""One record into the fields of its tables, by the documented rules of field setting."""

from __future__ import annotations

from dataclasses import dataclass, field

from loadstone.spec import (
    Condition,
    Delimiter,
    Enclosure,
    Field,
    Literal,
    LoadSpec,
    Position,
    TableLoad,
    Test,
    TypeName,
)
from tests.reference.binary import PREFIXES, order_of, size_of
from tests.reference.records import codec_of, literal_bytes

ZERO = b"zero of DEFAULTIF"
"""What DEFAULTIF makes of a number; no field holds it."""

NUMERIC = {
    TypeName.INTEGER_EXTERNAL,
    TypeName.FLOAT_EXTERNAL,
    TypeName.DECIMAL_EXTERNAL,
    TypeName.ZONED_EXTERNAL,
    TypeName.INTEGER,
    TypeName.SMALLINT,
    TypeName.FLOAT,
    TypeName.DOUBLE,
    TypeName.DECIMAL,
    TypeName.ZONED,
    TypeName.BYTEINT,
}


class Unset(Exception):
    """A field that cannot be set; the argument is the rule broken."""


@dataclass
class Setting:
    """What a record gives one table: values by field name, NULL as None; the first fault; WHEN; all NULL."""

    values: dict[str, bytes | None] = field(default_factory=dict)
    fault: tuple[str, str] | None = None
    chosen: bool = True
    empty: bool = False


def set_record(spec: LoadSpec, text: bytes) -> list[Setting]:
    """The setting of every INTO TABLE clause; scanning goes on from clause to clause."""
    scan = _Scan(text, codec_of(spec))
    return [_set_table(spec, table, scan) for table in spec.tables]


class _Scan:
    def __init__(self, text: bytes, codec: str) -> None:
        self.text, self.at, self.after_white = text, 0, False
        self.codec, self.white = codec, " \t\r\n\f\v\0".encode(codec)
        self.blank = " ".encode(codec)

    def literal(self, literal: Literal) -> bytes:
        return literal_bytes(literal, self.codec)


def _set_table(spec: LoadSpec, table: TableLoad, scan: _Scan) -> Setting:
    setting = Setting()
    in_record = []
    for one in table.fields:
        if one.source is not None:
            setting.values[one.name] = None
            continue
        try:
            value = _set_field(spec, table, one, scan)
        except Unset as fault:
            setting.fault = setting.fault or (str(fault), one.name)
            value = None
        setting.values[one.name] = value
        in_record.append(one)
    setting.chosen = table.when is None or _holds(table.when, setting.values, scan)
    raw = dict(setting.values)
    for one in in_record:
        setting.values[one.name] = _null_or_default(table, one, raw, scan)
    loaded = [one for one in in_record if one.filler is None]
    setting.empty = bool(loaded) and all(setting.values[one.name] is None for one in loaded)
    return setting


def _set_field(spec: LoadSpec, table: TableLoad, one: Field, scan: _Scan) -> bytes | None:
    position = one.position
    relative = position is None or position.relative
    if position is not None:
        scan.after_white = scan.after_white and position.relative
        scan.at = scan.at + position.start if position.relative else max(position.start - 1, 0)
    kind = one.type.name if one.type is not None else TypeName.CHAR
    if kind in PREFIXES or kind in (TypeName.VARCHARC, TypeName.VARRAWC):
        return _counted(spec, table, one, scan, relative=relative)
    if size_of(one) is not None:
        return _binary(table, scan, size_of(one) or 1, relative=relative)
    terminated = one.terminated or table.terminated
    enclosed = one.enclosed or table.enclosed
    if table.csv is not None:
        terminated = terminated or Delimiter(literal=Literal(text=","))
        enclosed = enclosed or Enclosure(left=Literal(text='"'), optional=True)
    keep = one.preserve_blanks if one.preserve_blanks is not None else spec.preserve_blanks
    length = _length(one, delimited=(terminated is not None or enclosed is not None))
    fixed = position is not None and position.end is not None and not position.relative
    if fixed or (terminated is None and enclosed is None):
        return _fixed(table, one, position, scan, length, keep=keep, relative=relative)
    if scan.at >= len(scan.text):
        if not relative or table.trailing_nullcols:
            return None
        raise Unset("missing")
    value = _delimited(one, terminated, enclosed, scan, keep=keep)
    size = len(value or b"")
    if spec.length_semantics == "char" and scan.codec == "utf-8":
        size = sum(byte & 0xC0 != 0x80 for byte in value or b"")
    if length is not None and size > length:
        raise Unset("too_long")
    return value or None


def _length(one: Field, *, delimited: bool) -> int | None:
    kind = one.type
    if kind is not None and kind.length is not None:
        return kind.length
    if one.position is not None and one.position.end is not None and not one.position.relative:
        return one.position.end - one.position.start + 1
    if kind is not None and kind.mask is not None and not delimited:
        return len(kind.mask)
    return 255 if delimited else 1


def _fixed(
    table: TableLoad,
    one: Field,
    position: Position | None,
    scan: _Scan,
    length: int | None,
    *,
    keep: bool,
    relative: bool,
) -> bytes | None:
    size = length or 1
    start = scan.at
    if start >= len(scan.text):
        scan.at = start + size
        if not relative or table.trailing_nullcols:
            return None
        raise Unset("missing")
    part = scan.text[start : start + size]
    scan.at = start + size
    if not keep:
        part = part.rstrip(scan.white)
    return part or None


def _binary(table: TableLoad, scan: _Scan, size: int, *, relative: bool) -> bytes | None:
    """A number or RAW of ``size`` bytes: never trimmed, and no part of it is a value."""
    start, scan.at, scan.after_white = scan.at, scan.at + size, False
    if start >= len(scan.text) and (not relative or table.trailing_nullcols):
        return None
    if scan.at > len(scan.text):
        raise Unset("missing")
    return scan.text[start : scan.at]


def _counted(spec: LoadSpec, table: TableLoad, one: Field, scan: _Scan, *, relative: bool) -> bytes | None:
    """A value behind its length: a binary number, or digits; never trimmed."""
    assert one.type is not None
    start, scan.after_white = scan.at, False
    if start >= len(scan.text):
        if not relative or table.trailing_nullcols:
            return None
        raise Unset("missing")
    width = PREFIXES.get(one.type.name) or one.type.length_digits or 1
    head = scan.text[start : start + width]
    if one.type.name in PREFIXES:
        size = int.from_bytes(head, order_of(spec)) if len(head) == width else -1  # type: ignore[arg-type]
    else:
        digits = head.decode(scan.codec, "replace")
        size = int(digits) if len(head) == width and digits.isascii() and digits.isdigit() else -1
    value = scan.text[start + width : start + width + size]
    if size < 0 or len(value) < size:
        raise Unset("bad_length")
    scan.at = start + width + size
    if size > (one.type.length or 4096):
        raise Unset("too_long")
    return value or None


def _delimited(
    one: Field, terminated, enclosed: Enclosure | None, scan: _Scan, *, keep: bool
) -> bytes | None:
    text, start = scan.text, scan.at
    if scan.after_white:
        while start < len(text) and text[start : start + 1] in (b" ", b"\t", b"\r", b"\n"):
            start += 1
    scan.after_white = bool(terminated and terminated.whitespace)
    if enclosed is not None:
        left = scan.literal(enclosed.left)
        right = scan.literal(enclosed.right) if enclosed.right else left
        mark = (
            scan.literal(terminated.literal)
            if terminated is not None and terminated.literal is not None
            else None
        )
        at = start
        while at < len(text) and text[at] in scan.white and not text.startswith(left, at):
            if mark is not None and text.startswith(mark, at):
                break
            at += 1
        if text.startswith(left, at):
            return _enclosed(text, at + len(left), right, terminated, scan)
        if not enclosed.optional:
            raise Unset("no_open")
        if terminated is not None and terminated.whitespace:
            start = at  # the blanks in front are not terminators
    value = _until(text, start, terminated, scan)
    if enclosed is not None and not keep:
        value = value.lstrip(scan.white)
    if not keep and not value.strip(scan.white):
        return None
    return value


def _until(text: bytes, start: int, terminated, scan: _Scan) -> bytes:
    if terminated is None:
        scan.at = len(text)
        return text[start:]
    if terminated.whitespace:
        at = start
        while at < len(text) and text[at : at + 1] not in (b" ", b"\t", b"\r", b"\n"):
            at += 1
        scan.at = at + 1
        return text[start:at]
    mark = scan.literal(terminated.literal)
    at = text.find(mark, start)
    if at < 0:
        scan.at = len(text)
        return text[start:]
    scan.at = at + len(mark)
    return text[start:at]


def _enclosed(text: bytes, at: int, right: bytes, terminated, scan: _Scan) -> bytes:
    value = b""
    while True:
        end = text.find(right, at)
        if end < 0:
            scan.at = len(text)
            raise Unset("no_close")
        value += text[at:end]
        at = end + len(right)
        if not text.startswith(right, at):
            break
        value += right
        at += len(right)
    if terminated is None:
        scan.at = at
        return value
    mark = None if terminated.whitespace else scan.literal(terminated.literal)
    while at < len(text) and mark is not None and text[at] in scan.white and not text.startswith(mark, at):
        at += 1
    if at >= len(text):
        scan.at = len(text)
        return value
    if mark is None and text[at : at + 1] in (b" ", b"\t", b"\r", b"\n"):
        scan.at = at + 1
        return value
    if mark is not None and text.startswith(mark, at):
        scan.at = at + len(mark)
        return value
    raise Unset("no_terminator")


def _null_or_default(
    table: TableLoad, one: Field, values: dict[str, bytes | None], scan: _Scan
) -> bytes | None:
    value = values[one.name]
    if one.nullif is not None and _holds(one.nullif, values, scan):
        return None
    if one.nullif is None and not one.no_nullif and table.nullif is not None and value is not None:
        if _compare(value, table.nullif, scan):
            return None
    if value is None:
        return None
    if one.defaultif is not None and _holds(one.defaultif, values, scan):
        return ZERO if one.type is not None and one.type.name in NUMERIC else None
    return value


def _holds(condition: Condition, values: dict[str, bytes | None], scan: _Scan) -> bool:
    for test in condition.tests:
        if test.field is not None:
            operand = values.get(test.field)
        else:
            position = test.position
            assert position is not None
            wanted = scan.literal(test.literal) if test.literal else scan.blank
            end = position.end or position.start + len(wanted) - 1
            operand = scan.text[position.start - 1 : end] or None
        if operand is None or not _compare(operand, test, scan):
            return False
    return True


def _compare(operand: bytes, test: Test, scan: _Scan) -> bool:
    if test.blanks:
        return (operand.strip(scan.blank) == b"") == test.equal
    literal = test.literal
    assert literal is not None
    wanted = scan.literal(literal)
    pad = b"\0" if literal.hex is not None else scan.blank
    width = max(len(operand), len(wanted))
    return (operand.ljust(width, pad) == wanted.ljust(width, pad)) == test.equal
