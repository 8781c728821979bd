"""Why a record was refused: from field setting, from conversion, from expressions, from the target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from loadstone.books import Reject
from loadstone.datatypes.faults import ValueFault, fault_message
from loadstone.datatypes.model import Faults, Values
from loadstone.formats.faults import fault_of
from loadstone.formats.framing import Frame
from loadstone.formats.model import Chunk, FieldError, Tokens, Verdict
from loadstone.formats.origins import frame_of, origin_of, unreadable
from loadstone.load.plan.model import TablePlan
from loadstone.load.values import Failure
from loadstone.targets.model import ConstraintError

RAW_SIZE_MAX = 64 << 10
VALUE_CHARS_MAX = 200


class Blame(NamedTuple):
    """Who is to blame for a reject and why, without the place of the record."""

    table: TablePlan
    field: str | None
    value: str | None
    rule: str
    code: str | None
    reason: str


def reject(chunk: Chunk, record: int, blame: Blame) -> Reject:
    """The reject of record ``record`` (index in the chunk)."""
    start, end = int(chunk.raw_start[record]), int(chunk.raw_end[record])
    return Reject(
        input_no=chunk.input_no,
        record_no=chunk.record_no(record),
        byte_offset=chunk.unit0 + start,
        length_bytes=end - start,
        table=str(blame.table.spec.table),
        table_no=blame.table.table_no,
        field=blame.field,
        value=blame.value,
        rule=blame.rule,
        code=blame.code,
        reason=blame.reason,
        raw=bytes(chunk.data[start : min(end, start + RAW_SIZE_MAX)]),
        origin=origin_of(chunk, record),
    )


def unset_fields(
    tables: Iterable[TablePlan], names: list[str], chunk: Chunk, tokens: Tokens, records: Iterable[int]
) -> dict[int, Reject]:
    """Rejects of ``records``, whose fields could not be set; the first table in order is to blame."""
    plans, wanted = list(tables), np.fromiter(records, np.int64)
    numbers = np.argmax(tokens.verdict[wanted] == Verdict.REJECT, axis=1)
    fields = tokens.error_field[wanted, numbers]
    places = zip(
        wanted.tolist(),
        numbers.tolist(),
        tokens.error[wanted, numbers].tolist(),
        fields.tolist(),
        tokens.start[wanted, fields].tolist(),
        tokens.end[wanted, fields].tolist(),
        strict=True,
    )
    found = {}
    unread = set(unreadable(chunk).tolist())
    for record, number, error, field, start, end in places:
        if record in unread:
            found[record] = reject(chunk, record, _unread(plans[0], frame_of(chunk, record)))
            continue
        fault = fault_of(FieldError(error))
        blame = Blame(
            table=plans[number],
            field=names[field],
            value=_slice(tokens.buffer, start, end) if end > start else None,
            rule=fault.rule,
            code=fault.code,
            reason=fault.sentence,
        )
        found[record] = reject(chunk, record, blame)
    return found


def unconverted(plan: TablePlan, chunk: Chunk, values: Values, faults: Faults) -> dict[int, Reject]:
    """Rejects of rows that a conversion refused."""
    rows, columns = faults.row, faults.column
    places = zip(
        columns.tolist(),
        faults.code.tolist(),
        faults.detail.tolist(),
        values.start[rows, columns].tolist(),
        values.end[rows, columns].tolist(),
        values.null[rows, columns].tolist(),
        values.record[rows].tolist(),
        strict=True,
    )
    found, table = {}, plan.oracle_name
    for column, code, detail, start, end, null, record in places:
        conversion = plan.columns[column].conversion
        rule, ora, sentence = fault_message(ValueFault(code), conversion, table, end - start, detail)
        value = None if null else _slice(values.buffer, start, end)
        blame = Blame(table=plan, field=conversion.column, value=value, rule=rule, code=ora, reason=sentence)
        found[record] = reject(chunk, record, blame)
    return found


def unevaluated(plan: TablePlan, chunk: Chunk, values: Values, failures: list[Failure]) -> dict[int, Reject]:
    """Rejects of rows for which an expression or a check failed; the first column in order is to blame."""
    found: dict[int, Reject] = {}
    for failure in sorted(failures, key=lambda f: (f.row, f.column)):
        record = int(values.record[failure.row])
        if record not in found:
            name = plan.columns[failure.column].conversion.column
            place = failure.row, failure.column
            checked = failure.rule != "expression" and not values.null[place]
            blame = Blame(
                table=plan,
                field=name,
                value=_slice(values.buffer, int(values.start[place]), int(values.end[place]))
                if checked
                else None,
                rule=failure.rule,
                code=failure.code,
                reason=failure.message,
            )
            found[record] = reject(chunk, record, blame)
    return found


def refused(
    tables: tuple[TablePlan, ...], chunk: Chunk, errors: Iterable[ConstraintError]
) -> dict[int, Reject]:
    """Rejects of records that the target refused."""
    return {
        error.record: reject(
            chunk,
            error.record,
            Blame(
                table=tables[error.table_no],
                field=error.field,
                value=None,
                rule=error.rule,
                code=error.code,
                reason=error.reason,
            ),
        )
        for error in errors
    }


# Private functions


def _unread(table: TablePlan, frame: Frame) -> Blame:
    """What a reader says of a row that it could not read."""
    value = frame.values[0][:VALUE_CHARS_MAX]
    return Blame(table=table, field=None, value=value, rule="unreadable", code=None, reason=frame.fault or "")


def _slice(buffer: np.ndarray, start: int, end: int) -> str:
    end = min(end, start + 4 * VALUE_CHARS_MAX)
    return bytes(buffer[start:end]).decode("utf-8", "replace")[:VALUE_CHARS_MAX]
