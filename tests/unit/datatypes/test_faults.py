"""Messages of refused values: rule, code and Oracle's sentence."""

from __future__ import annotations

import pytest

from loadstone.datatypes.faults import ValueFault, fault_message
from loadstone.datatypes.model import ColumnType, Conversion, Kind

ONE = Conversion(column="NAME", type=ColumnType(kind=Kind.TEXT, length=3))
SPECIAL = (ValueFault.NONE, ValueFault.NOT_NULL, ValueFault.TOO_LONG)


@pytest.mark.parametrize(
    ("fault", "table", "size", "detail", "expected"),
    [
        (
            ValueFault.TOO_LONG, ("S", "T"), 5, 5,
            ("length", "ORA-12899", 'ORA-12899: value too large for column "S"."T"."NAME" (actual: 5, maximum: 3)'),
        ),
        (
            ValueFault.TOO_LONG, (None, "T"), 7, 0,
            ("length", "ORA-12899", 'ORA-12899: value too large for column "T"."NAME" (actual: 7, maximum: 3)'),
        ),
        (ValueFault.NOT_NULL, (None, "T"), 0, 0, ("not_null", "ORA-01400", 'ORA-01400: cannot insert NULL into ("T"."NAME")')),
        (ValueFault.NUMBER, (None, "T"), 0, 0, ("number", "ORA-01722", "ORA-01722: invalid number")),
        (
            ValueFault.PRECISION, (None, "T"), 0, 0,
            ("precision", "ORA-01438", "ORA-01438: value larger than specified precision allowed for this column"),
        ),
        (ValueFault.HEX, (None, "T"), 0, 0, ("hex", "ORA-01465", "ORA-01465: invalid hex number")),
        (ValueFault.UTF8, (None, "T"), 0, 0, ("encoding", "ORA-29275", "ORA-29275: partial multibyte character")),
        (ValueFault.MONTH, (None, "T"), 0, 0, ("date", "ORA-01843", "ORA-01843: not a valid month")),
        (ValueFault.BOOLEAN, (None, "T"), 0, 0, ("boolean", None, "not a boolean")),
    ],
    ids=lambda value: value.name if isinstance(value, ValueFault) else "",
)  # fmt: skip
def test_messages_are_oracles(
    fault: ValueFault,
    table: tuple[str | None, str],
    size: int,
    detail: int,
    expected: tuple[str, str | None, str],
) -> None:
    """The sentences that scripts and people look for."""
    assert expected == fault_message(fault, ONE, table, size, detail)


@pytest.mark.parametrize(
    "fault", [fault for fault in ValueFault if fault not in SPECIAL], ids=lambda f: f.name
)
def test_every_fault_has_a_message(fault: ValueFault) -> None:
    """No fault of a kernel lacks its sentence; Oracle's own begin with their code."""
    rule, code, sentence = fault_message(fault, ONE, (None, "T"), 1, 0)
    assert rule.isidentifier()
    assert (code is None) == (fault >= 9000 and fault < 10000)
    assert sentence.startswith(f"{code}: ") if code else sentence[0].islower()
