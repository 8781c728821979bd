"""Bytes into physical records, physical records into logical ones; one loop each, nothing clever."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.spec import Concatenate, ContinueIf, InputFile, Literal, LoadSpec, RecordFormat


@dataclass(frozen=True)
class Record:
    """A logical record: where its physical bytes begin, those bytes, and its text."""

    offset: int
    raw: bytes
    text: bytes


CODECS = {"WE8ISO8859P1": "iso8859-1", "WE8EBCDIC500": "cp500", "WE8EBCDIC37": "cp037"}


def codec_of(spec: LoadSpec) -> str:
    """Python's name of the data's character set."""
    return CODECS.get(spec.charset or "", "utf-8")


def literal_bytes(literal: Literal, codec: str = "utf-8") -> bytes:
    """The bytes that a literal stands for in data of that codec."""
    return bytes.fromhex(literal.hex) if literal.hex is not None else (literal.text or "").encode(codec)


def read_records(spec: LoadSpec, one: InputFile, data: bytes) -> list[Record]:
    """All logical records of one input."""
    csv = next((t.csv for t in spec.tables if t.csv is not None), None)
    if csv is not None and csv.embedded:
        return _embedded(spec, data)
    return _assemble(spec, _physical(one, data))


def _physical(one: InputFile, data: bytes) -> list[Record]:
    form = one.record_format
    if form.kind == "stream":
        line = data.find(b"\n")
        form = RecordFormat(
            kind="str", terminator=Literal(text="\r\n" if data[line - 1 : line] == b"\r" else "\n")
        )
    found, at = [], 0
    while at < len(data):
        if form.kind == "fix":
            raw = text = data[at : at + (form.size or 1)]
        elif form.kind == "var":
            digits = form.size or 5
            length = int(data[at : at + digits])
            raw = data[at : at + digits + length]
            text = raw[digits:]
        else:
            assert form.terminator is not None
            ending = literal_bytes(form.terminator)
            end = data.find(ending, at)
            text = data[at:] if end < 0 else data[at:end]
            raw = data[at:] if end < 0 else data[at : end + len(ending)]
        found.append(Record(at, raw, text))
        at += len(raw)
    return found


def _embedded(spec: LoadSpec, data: bytes) -> list[Record]:
    """CSV records: a newline inside an enclosure that opened at the start of a field is data."""
    table = spec.tables[0]
    comma = literal_bytes(table.terminated.literal) if table.terminated and table.terminated.literal else b","
    quote = literal_bytes(table.enclosed.left) if table.enclosed else b'"'
    found, start, at = [], 0, 0
    field_start, inside = True, False
    while at < len(data):
        if inside:
            if data.startswith(quote + quote, at):
                at += 2 * len(quote)
            elif data.startswith(quote, at):
                inside = False
                at += len(quote)
            else:
                at += 1
            continue
        if field_start and data.startswith(quote, at):
            inside, field_start = True, False
            at += len(quote)
        elif data.startswith(comma, at):
            field_start = True
            at += len(comma)
        elif data[at : at + 1] == b"\n":
            found.append(Record(start, data[start : at + 1], data[start:at]))
            at += 1
            start, field_start = at, True
        else:
            field_start = field_start and data[at : at + 1] in b" \t"
            at += 1
    if start < len(data):
        found.append(Record(start, data[start:], data[start:]))
    return found


def _assemble(spec: LoadSpec, physical: list[Record]) -> list[Record]:
    rule = spec.assemble
    if rule is None:
        return physical
    if isinstance(rule, Concatenate):
        groups = [physical[i : i + rule.count] for i in range(0, len(physical), rule.count)]
        return [_join(group, [r.text for r in group]) for group in groups]
    groups, group = [], []
    for index, record in enumerate(physical):
        group.append(record)
        following = physical[index + 1] if index + 1 < len(physical) else None
        tested = following if rule.where == "next" else record
        more = following is not None and tested is not None and _continues(rule, tested.text)
        if not more:
            groups.append(group)
            group = []
    return [_join(group, [_kept(rule, r.text) for r in group]) for group in groups]


def _join(group: list[Record], texts: list[bytes]) -> Record:
    return Record(group[0].offset, b"".join(r.raw for r in group), b"".join(texts))


def _continues(rule: ContinueIf, text: bytes) -> bool:
    wanted = literal_bytes(rule.test.literal) if rule.test.literal else b""
    pad = b"\0" if rule.test.literal is not None and rule.test.literal.hex is not None else b" "
    if rule.where == "last":
        stripped = text.rstrip(b" \t\r\n")
        found = stripped[-1:]
    else:
        position = rule.test.position
        assert position is not None
        end = position.end or position.start + len(wanted) - 1
        found = text[position.start - 1 : end]
    width = max(len(found), len(wanted))
    return (found.ljust(width, pad) == wanted.ljust(width, pad)) == rule.test.equal


def _kept(rule: ContinueIf, text: bytes) -> bytes:
    if rule.where == "last" or rule.preserve:
        return text
    position = rule.test.position
    assert position is not None
    wanted = literal_bytes(rule.test.literal) if rule.test.literal else b""
    end = position.end or position.start + len(wanted) - 1
    return text[: position.start - 1] + text[end:]
