"""What is wrong, refused or doubtful in a control file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from loadstone.errors import FixSpec, Place


@dataclass(frozen=True, kw_only=True)
class Finding:
    """
    One remark on a control file.

    Attributes:
        code: Code of the error catalogue.
        line: 1-based line; None when the whole file is meant.
        column: 1-based column, in characters.
        message: The fact.
        hints: What to do, in the order of checking.
    """

    code: str
    line: int | None
    column: int | None
    message: str
    hints: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: FixSpec) -> Finding:
        """The finding that tells the same as ``error``."""
        place = error.place
        return cls(
            code=error.code, line=place.line, column=place.column, message=error.message, hints=error.hints
        )

    def error(self, path: str) -> FixSpec:
        """The finding as an error to raise, found in file ``path``."""
        place = Place(file=path, line=self.line, column=self.column)
        return FixSpec(self.code, self.message, place, hints=self.hints)

    def to_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return {
            "code": self.code,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "hints": list(self.hints),
        }


@dataclass(frozen=True)
class SqlString:
    """A SQL string with the 1-based place of its first character."""

    sql: str
    line: int
    column: int

    def fault(self, error: FixSpec) -> Finding:
        """The finding of an error whose place counts within the string."""
        line, column = error.place.line or 1, error.place.column or 1
        return Finding(
            code=error.code,
            line=self.line + line - 1,
            column=column + (self.column - 1 if line == 1 else 0),
            message=error.message,
            hints=error.hints,
        )


@dataclass
class Findings:
    """Findings of one pass, in the order of their discovery; ``expressions`` are the SQL strings that it met."""

    errors: list[Finding] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    expressions: list[SqlString] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    The judgement of the language alone on a control file.

    Attributes:
        ok: Whether SQL*Loader would take it.
        errors: What it would not take, by line.
        refused: What it takes and our targets do not.
        warnings: What works, yet looks wrong.
    """

    ok: bool
    errors: tuple[Finding, ...] = ()
    refused: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Findings) -> Report:
        """The report on ``findings``, each list sorted by place and free of repetitions."""
        return cls(
            ok=not findings.errors,
            errors=_sorted(findings.errors),
            refused=_sorted(findings.refused),
            warnings=_sorted(findings.warnings),
        )

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "ok": self.ok,
            "errors": [finding.to_json() for finding in self.errors],
            "refused": [finding.to_json() for finding in self.refused],
            "warnings": [finding.to_json() for finding in self.warnings],
        }


# Private functions


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    unique = list(dict.fromkeys(findings))
    return tuple(sorted(unique, key=lambda finding: (finding.line or 0, finding.column or 0)))
