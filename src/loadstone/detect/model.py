"""What detection finds: frozen types, no behaviour beyond reading them."""

from __future__ import annotations

from dataclasses import dataclass, field

from .columns import Column


@dataclass(frozen=True)
class Dialect:
    """
    How the fields of delimited text are set.

    Attributes:
        delimiter: What parts fields, one character or more; empty where a record is one field.
        quotechar: What encloses fields; empty where nothing does.
        escapechar: What takes the meaning from the next character; empty where quotes are doubled.
        skip_blanks: Whether blanks behind a delimiter are none of the field's, so that a quote may follow them.
    """

    delimiter: str
    quotechar: str = '"'
    escapechar: str = ""
    skip_blanks: bool = False


@dataclass(frozen=True)
class Alternative:
    """Another answer: what it would be instead, how sure, 0 to 1."""

    what: str
    confidence: float


@dataclass
class Detection:
    """
    What a file is, as ``loadstone detect --json`` prints it.

    Attributes:
        containers: What it is packed in, the outermost first.
        member: Name of the member of an archive that was looked at, as the ``member`` of an input names it; empty where there is none.
        single: Whether that is the only file that the archive holds.
        format: ``csv``, ``tsv``, ``fwf``, ``text``, ``json``, ``xlsx``, ``nacha`` and so on; ``empty`` and ``unknown`` are answers, too.
        encoding: Python's name of the character set; None for binary formats.
        delimiter: What parts fields; None where nothing does.
        record_terminator: The line end.
        has_header: Whether a row names the columns; None where that is no question.
        preamble_lines: Physical lines above the header.
        footer_lines: Physical lines below the table that hold no record.
        trailer: What the first line below the table begins with.
        embedded: Whether line ends stand inside quoted fields.
        records: Records of the table, counted by parsing.
        confidence: Chance that format, character set, dialect and header are all right, 0 to 1.
        evidence: Why, in words.
        alternatives: The next best answers.
    """

    path: str
    containers: list[str] = field(default_factory=list)
    member: str = ""
    single: bool = True
    format: str = "unknown"
    variant: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    escapechar: str | None = None
    skip_blanks: bool = False
    record_terminator: str | None = None
    has_header: bool | None = None
    header_lines: int = 0
    preamble_lines: int = 0
    footer_lines: int = 0
    trailer: str = ""
    embedded: bool = False
    columns: list[Column] = field(default_factory=list)
    records: int | None = None
    records_exact: bool = True
    confidence: float = 0.0
    evidence: list[str] = field(default_factory=list)
    alternatives: list[Alternative] = field(default_factory=list)
    duration_ms: float = 0.0
