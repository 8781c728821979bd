"""A whole load, record by record: what stands in the tables, in the bad file and in the discard file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loadstone.datatypes.model import ColumnType
from loadstone.spec import Constant, Field, LoadSpec, Recnum, Sequence
from tests.reference.binary import RAW, Unreadable, text_of
from tests.reference.convert import Fault, convert
from tests.reference.fields import ZERO, Setting, set_record
from tests.reference.records import Record, read_records
from tests.reference.sql import value_of


@dataclass
class Outcome:
    """Rows of each INTO TABLE clause (by column), rejects as (record_no, rule), discards, and file bytes."""

    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    rejects: list[tuple[int, str]] = field(default_factory=list)
    discards: list[int] = field(default_factory=list)
    bad: bytes = b""
    discard: bytes = b""
    read: int = 0


def read_all(
    spec: LoadSpec,
    data: bytes,
    types: list[dict[str, tuple[ColumnType, bool]]],
    *,
    errors: int | None = None,
    skip: int = 0,
    load: int | None = None,
    nls: Mapping[str, str] | None = None,
) -> Outcome:
    """
    Load ``data`` as the first input of ``spec``.

    Args:
        types: For each clause the column type and NOT NULL of every column.
        errors: Rejects allowed; None for any number. nls: Variables of the environment.
    """
    outcome = Outcome(rows=[[] for _ in spec.tables])
    steps = [0] * len(spec.tables)
    ending = _ending(spec)
    for number, record in enumerate(read_records(spec, spec.inputs[0], data), 1):
        if number <= skip:
            continue
        if load is not None and outcome.read >= load:
            break
        outcome.read += 1
        _one(spec, types, record, number, (outcome, steps, ending, nls or {}))
        if errors is not None and len(outcome.rejects) > errors:
            break
    return outcome


def _one(spec: LoadSpec, types, record: Record, number: int, state) -> None:
    outcome, steps, ending, nls = state
    settings = set_record(spec, record.text)
    rows: list[dict[str, Any] | None] = []
    fault = next((s.fault[0] for s in settings if s.chosen and s.fault), None)
    for index, setting in enumerate(settings):
        taken = setting.chosen and (setting.fault is not None or not setting.empty)
        steps[index] += taken
        rows.append(None)
        if not taken or fault is not None:
            continue
        try:
            rows[index] = _row(spec, index, setting, types[index], (number, steps[index], nls))
        except Fault as error:
            fault = fault or str(error)
    raw = record.raw if not ending or record.raw.endswith(ending) else record.raw + ending
    if fault is not None:
        outcome.rejects.append((number, fault))
        outcome.bad += raw
    elif all(row is None for row in rows):
        outcome.discards.append(number)
        outcome.discard += raw
    else:
        for index, row in enumerate(rows):
            if row is not None:
                outcome.rows[index].append(row)


def _row(spec: LoadSpec, index: int, setting: Setting, types, state) -> dict[str, Any]:
    number, step, nls = state
    row: dict[str, Any] = {}
    fields = spec.tables[index].fields
    texts = {
        one.name: _text(spec, one, setting) for one in fields if one.source is None and one.filler != "filler"
    }
    for one in fields:
        if one.filler is not None:
            continue
        kind, not_null = types[one.name]
        if isinstance(one.source, Recnum):
            text: str | bytes | None = str(number)
        elif isinstance(one.source, Constant):
            text = one.source.value
        elif isinstance(one.source, Sequence):
            base = one.source.base if isinstance(one.source.base, int) else 1
            text = str(base + (step - 1) * (one.source.increment or 1))
        else:
            text = texts[one.name]
        if one.sql is not None:
            text = value_of(one.sql, texts)
        value = text.encode() if isinstance(text, str) else text
        row[one.name] = convert(value, kind, not_null=not_null, field=one.type, nls=nls)
    return row


def _text(spec: LoadSpec, one: Field, setting: Setting) -> str | bytes | None:
    value = setting.values[one.name]
    if value is None:
        return None
    if value == ZERO:
        return "0"
    found = _read(spec, one, value)
    return found if one.type is not None and one.type.name in RAW else found.decode()


def _read(spec: LoadSpec, one: Field, value: bytes) -> bytes:
    try:
        return text_of(spec, one, value)
    except Unreadable as error:
        raise Fault(str(error)) from error


def _ending(spec: LoadSpec) -> bytes:
    form = spec.inputs[0].record_format
    if form.kind == "stream":
        return b"\n"
    if form.kind == "str" and form.terminator is not None:
        literal = form.terminator
        return bytes.fromhex(literal.hex) if literal.hex is not None else (literal.text or "").encode()
    return b""
