"""Records through the readers and the tokenizer: what each field holds, or why the record is refused."""

from __future__ import annotations

from typing import Any

from loadstone.formats.layout import compile_layout
from loadstone.formats.model import Chunk, FieldError, Tokens, Verdict
from loadstone.formats.reader import open_records
from loadstone.formats.tokenize import tokenize
from loadstone.sqlldr.control import parse_control


def chunks_of(
    clauses: str,
    data: bytes | str,
    *,
    compiled: bool = False,
    charset: str = "AL32UTF8",
    chunk: int = 1 << 20,
    unit0: int = 0,
    record0: int = 0,
    input_no: int = 0,
) -> list[tuple[Chunk, Tokens]]:
    """Chunks with their tokens, by the clauses behind INFILE; binary numbers are little-endian unless said."""
    spec = parse_control(f"LOAD DATA {clauses}".encode(), "x.ctl")
    layout = compile_layout(spec, charset=charset, byte_order=spec.byte_order or "little")
    found = []
    for one in open_records(
        layout,
        spec.inputs[0],
        data,
        input_no=input_no,
        unit0=unit0,
        record0=record0,
        chunk_size_bytes=chunk,
        compiled=compiled,
    ):
        found.append((one, tokenize(layout, one, compiled=compiled)))
    return found


def records_of(clauses: str, data: bytes | str, **options: Any) -> list[Any]:
    """For each record its values (None = NULL; bytes where they are no UTF-8), or the names of its fault or verdict."""
    found: list[Any] = []
    for one, tokens in chunks_of(clauses, data, **options):
        for record in range(len(one)):
            found.append(_outcome(tokens, record))
    return found


def texts_of(clauses: str, data: bytes | str, **options: Any) -> list[bytes]:
    """The text of each logical record."""
    return [
        one.text[start:end]
        for one, _ in chunks_of(clauses, data, **options)
        for start, end in zip(one.start.tolist(), one.end.tolist(), strict=True)
    ]


def raw_of(clauses: str, data: bytes | str, **options: Any) -> list[bytes]:
    """The physical bytes of each logical record, terminators included."""
    return [
        one.data[start:end]
        for one, _ in chunks_of(clauses, data, **options)
        for start, end in zip(one.raw_start.tolist(), one.raw_end.tolist(), strict=True)
    ]


def into(fields: str, data: bytes, **options: Any) -> list[Any]:
    """Records of a table T with these clauses behind its name."""
    return records_of(f"INFILE 'x' INTO TABLE t {fields}", data, **options)


# Private functions


def _outcome(tokens: Tokens, record: int) -> Any:
    verdicts = {Verdict(int(one)) for one in tokens.verdict[record]}
    if Verdict.REJECT in verdicts:
        table = tokens.verdict[record].tolist().index(int(Verdict.REJECT))
        return FieldError(int(tokens.error[record, table])).name
    if verdicts == {Verdict.WHEN_FAILED}:
        return "WHEN_FAILED"
    spans = zip(tokens.start[record], tokens.end[record], tokens.state[record], strict=True)
    return [None if state else _text(tokens.buffer[start:end].tobytes()) for start, end, state in spans]


def _text(value: bytes) -> str | bytes:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value
