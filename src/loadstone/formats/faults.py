"""What the log says of a field that cannot be set."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.formats.model import FieldError


@dataclass(frozen=True)
class Fault:
    """Rule broken, ORA-like code where Oracle has one, and SQL*Loader's sentence."""

    rule: str
    code: str | None
    sentence: str


_FAULTS = {
    FieldError.MISSING: Fault(
        "missing", None, "Column not found before end of logical record (use TRAILING NULLCOLS)"
    ),
    FieldError.TOO_LONG: Fault("too_long", None, "Field in data file exceeds maximum length"),
    FieldError.NO_CLOSE: Fault("no_close", None, "second enclosure string not present"),
    FieldError.NO_OPEN: Fault("no_open", None, "Initial enclosure character not found"),
    FieldError.NO_TERMINATOR: Fault(
        "no_terminator", None, "no terminator found after TERMINATED and ENCLOSED field"
    ),
    FieldError.BAD_ENCODING: Fault("encoding", "ORA-29275", "ORA-29275: partial multibyte character"),
    FieldError.BAD_PACKED: Fault("packed", None, "Invalid packed decimal nibble."),
    FieldError.BAD_ZONED: Fault("zoned", None, "Invalid zoned decimal byte."),
    FieldError.BAD_LENGTH: Fault("length_field", None, "Bad length for VAR field; longer than the record"),
    FieldError.RECORD_TOO_LONG: Fault(
        "record_too_long", None, "Physical record in data file is longer than the maximum"
    ),
}


def fault_of(error: FieldError) -> Fault:
    """The fault of ``error``."""
    return _FAULTS[error]
