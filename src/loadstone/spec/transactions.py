"""A transaction spec: which types of transactions a load's records are, what each needs, and what is published together."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal as Only
from typing import Self

from pydantic import Field as Doc
from pydantic import model_validator

from loadstone.spec.documents import file_text, parse_document
from loadstone.spec.fields import Part


class Policy(StrEnum):
    """What a type does where one that it requires has not come, or not whole."""

    STOP = "stop"
    SKIP = "skip"
    RUN = "run"


class ParentKey(Part):
    """A data edge: the values of some columns must stand in a table of another type."""

    columns: tuple[str, ...] = Doc(
        min_length=1, description="Columns of this type; a row with a NULL in one is not checked."
    )
    type: str = Doc(description="The type that the parent rows are of; it is published before.")
    references: tuple[str, ...] = Doc(
        min_length=1, description="Columns of the parent's table, in the same order."
    )
    of: str | None = Doc(None, description="This type's table; needed where it has several.")
    table: str | None = Doc(None, description="The parent's table; needed where its type has several.")


class When(Part):
    """How a record is told to be of a type: by a field, by bytes at a position, or by an expression; one of the three."""

    field: str | None = Doc(None, description="Field of each of the type's clauses; with `equals`.")
    position: str | None = Doc(
        None,
        pattern=r"^[1-9]\d*(:[1-9]\d*)?$",
        description="1-based bytes of the record, 1 or 1:2; with `equals`.",
    )
    equals: str | None = Doc(None, min_length=1, description="What the field or the bytes are.")
    expression: str | None = Doc(
        None,
        min_length=1,
        description="An SQL condition on the clause's fields, as in a control file's strings.",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.field is not None) + (self.position is not None) + (self.expression is not None) != 1:
            raise ValueError("give exactly one of field, position and expression")
        if (self.equals is None) == (self.expression is None):
            raise ValueError("give equals with a field or a position, and not with an expression")
        return self


class Reconcile(Part):
    """Columns that are added up on their way from the file through staging into the target; rows always are counted."""

    sums: tuple[str, ...] = Doc((), description="Columns of whole or decimal numbers.")
    hash_totals: tuple[str, ...] = Doc(
        (),
        description="Columns of text or whole numbers; the digits of each value are added as one number.",
    )


class TransactionType(Part):
    """One type of transaction: the INTO TABLE clauses that its records go through, and what it needs."""

    tables: tuple[str, ...] = Doc(
        min_length=1,
        description="Tables of the load; NAME is every INTO TABLE clause of that table, NAME:2 the second one.",
    )
    when: When | None = Doc(
        None,
        description="Which records are of the type, besides the WHEN of its INTO TABLE clauses; all of those.",
    )
    requires: tuple[str, ...] = Doc((), description="Types that must be published before.")
    after: tuple[str, ...] = Doc(
        (), description="Types that are published before where they come; they need not."
    )
    parents: tuple[ParentKey, ...] = Doc(
        (), description="Data edges; the types that they name are required, too."
    )
    if_failed: Policy = Doc(
        Policy.STOP,
        description="Where one that it requires fails: its rows wait (stop), are all refused (skip), or go in (run).",
    )
    if_partial: Policy = Doc(
        Policy.RUN,
        description="The same where one that it requires is published without some of its records.",
    )
    errors: int | None = Doc(
        None,
        ge=0,
        description="Refused records beyond which it fails and nothing of it is published; any number.",
    )
    reconcile: Reconcile = Doc(
        Reconcile(), description="What of it must be the same in the file, in staging and in the target."
    )
    priority: int = Doc(0, description="Of types that can go, those of the highest go first; of equal ones, those with most rows behind them.")


class TransactionSpec(Part):
    """Types of transactions of one load, published each as a whole, those first that others need."""

    version: Only[1] = Doc(1, description="Version of this form.")
    name: str | None = Doc(None, description="Name of the spec.")
    load: str = Doc(description="Control file or load spec; a relative path begins at this file.")
    types: dict[str, TransactionType] = Doc(min_length=1, description="The types by name.")
    publish: Only["type", "component", "file"] = Doc(
        "type",
        description="What appears in one transaction: a type, all types that hang together, or all of the file.",
    )
    workers: int | None = Doc(None, ge=1, description="Types published at once, where the target can; 2.")


def read_transactions(path: str) -> TransactionSpec:
    """
    A transaction spec of YAML or JSON.

    Raises:
        FixSpec: LS-6020 it cannot be read; LS-8301 it is no YAML, or a key stands twice; LS-8302 every fault of
            its form, with line and column.
    """
    document = parse_document(file_text(path), path, "LS-8301")
    return document.valid(TransactionSpec, "LS-8302", "`loadstone transactions schema` prints the schema.")
