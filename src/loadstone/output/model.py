"""The output spec: which rows, in which layout, between which lines, and what a written file left in the books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from typing import Literal as Only

from pydantic import Discriminator, field_validator, model_validator
from pydantic import Field as Doc

from loadstone.output.banks.model import Bai2, Nacha
from loadstone.spec.fields import Part

Value = int | Decimal | str | date | datetime | None


class Rows(Part):
    """Where the rows come from: exactly one of query, table and parquet."""

    query: str | None = Doc(None, description="A SELECT in the SQL of the database.")
    table: str | None = Doc(None, description="A table or view, with its schema where one is needed.")
    parquet: tuple[str, ...] = Doc((), description="Parquet files; wildcards allowed. No database is needed.")
    order: tuple[str, ...] = Doc(
        (),
        description="Columns that order the rows, and together tell them apart: a file that was cut off is then gone on with.",
    )

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.query is not None) + (self.table is not None) + bool(self.parquet) != 1:
            raise ValueError("give exactly one of query, table and parquet")
        return self


class Column(Part):
    """One column of the rows, as the file shows it."""

    name: str = Doc(description="Its name among the rows.")
    title: str | None = Doc(None, description="Its name in a line of names; the name itself.")
    mask: str | None = Doc(
        None, description="Date mask: YYYY YY MM MON DD DDD HH24 MI SS FF1 to FF6, and literals."
    )
    decimals: int | None = Doc(
        None, ge=0, le=30, description="Decimal places, exactly; as they are when absent."
    )
    rounding: Only["refuse", "half_up", "half_even"] = Doc(
        "refuse", description="What becomes of more decimal places than those."
    )
    decimal_mark: Only[".", ","] = Doc(".", description="Decimal mark.")
    implied: bool = Doc(False, description="The decimal mark is left out: 12.50 with 2 decimals is 1250.")
    sign: Only["minus", "leading", "trailing", "overpunch"] = Doc(
        "minus",
        description="A minus before negative numbers, always a sign before or behind, or in the last digit.",
    )
    packed: bool = Doc(False, description="Packed decimal (COMP-3) of `width` bytes; fixed layouts only.")
    width: int | None = Doc(
        None, ge=1, le=32_767, description="Characters; each column of a fixed layout has one."
    )
    align: Only["left", "right"] | None = Doc(
        None, description="Numbers to the right and all else to the left when absent."
    )
    pad: str = Doc(" ", min_length=1, max_length=1, description="What fills it up.")
    too_long: Only["refuse", "cut"] = Doc(
        "refuse", description="What becomes of a value longer than the width."
    )
    null: str | None = Doc(None, description="What stands for NULL; the layout's.")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        numeric = self.decimals is not None or self.implied or self.sign != "minus" or self.packed
        if numeric and self.mask is not None:
            raise ValueError("a mask is for dates, and decimals, implied, sign and packed are for numbers")
        if self.packed and self.width is None:
            raise ValueError("a packed column needs its width in bytes")
        return self

    @property
    def is_number(self) -> bool:
        """Whether its form is that of a number, whatever type the rows give."""
        return self.decimals is not None or self.implied or self.sign != "minus" or self.packed


class LineField(Part):
    """A field of a header or footer line."""

    value: str = Doc(description="Template.")
    width: int | None = Doc(None, ge=1, description="Characters; needed in a fixed layout.")
    align: Only["left", "right"] = Doc("left", description="Side.")
    pad: str = Doc(" ", min_length=1, max_length=1, description="What fills it up.")


class Line(Part):
    """A line before or behind the records: exactly one of text, fields and names."""

    text: str | None = Doc(None, description="Template of the whole line.")
    fields: tuple[LineField, ...] = Doc((), description="Templates, put together as the layout does it.")
    names: bool = Doc(False, description="The titles of the columns.")

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.text is not None) + bool(self.fields) + self.names != 1:
            raise ValueError("give exactly one of text, fields and names")
        return self


class Delimited(Part):
    """Fields apart by a delimiter."""

    kind: Only["delimited"] = "delimited"
    delimiter: str = Doc(",", min_length=1, description="Between fields.")
    quote: str | None = Doc(
        '"', min_length=1, max_length=1, description="Around fields that need it; null for none."
    )
    escape: str | None = Doc(
        None,
        min_length=1,
        max_length=1,
        description="Before a quote (or, without quotes, a delimiter) in a value; quotes are doubled when absent.",
    )
    quoting: Only["needed", "all", "text"] = Doc("needed", description="Which fields are quoted.")
    null: str = Doc("", description="What stands for NULL, never quoted.")


class Fixed(Part):
    """Fields at fixed places."""

    kind: Only["fixed"] = "fixed"
    record_size: int | None = Doc(
        None, ge=1, description="Characters of each line and record, which are filled up with blanks."
    )
    null: str = Doc("", description="What stands for NULL, filled up like a value.")


class JsonLines(Part):
    """A JSON object a line."""

    kind: Only["json_lines"] = "json_lines"
    skip_null: bool = Doc(False, description="Leave out names without a value.")


class Excel(Part):
    """A sheet of an .xlsx file: at most 1,048,576 lines."""

    kind: Only["excel"] = "excel"
    sheet: str = Doc("Sheet1", min_length=1, max_length=31, description="Name of the sheet.")


Layout = Annotated[Delimited | Fixed | JsonLines | Excel | Nacha | Bai2, Discriminator("kind")]


class Deliver(Part):
    """Where the file goes when it is whole."""

    connection: str = Doc(min_length=1, description="A connection of the configuration, with access: write.")
    folder: str = Doc("", description="Template of the folder below the connection's own.")
    marker: str | None = Doc(
        None, min_length=1, description="Template of the name of an empty file that is put behind it."
    )


class Sequence(Part):
    """Numbers of the files of one id, which the repository keeps."""

    id: str = Doc(min_length=1, max_length=200, description="File id: files of one id share the numbers.")
    first: int = Doc(1, ge=0, description="The first number.")
    last: int | None = Doc(None, ge=0, description="The last one; a run behind it is refused.")
    restart: Only["never", "year", "month", "day"] = Doc(
        "never", description="When they begin anew, by the business date."
    )

    @model_validator(mode="after")
    def _some_numbers(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError("last must not be less than first")
        return self


class OutputSpec(Part):
    """An outgoing file."""

    version: Only[1] = 1
    file: str = Doc(description="Template of the file's name; no count and no sum.")
    rows: Rows = Doc(description="Where the rows come from.")
    layout: Layout = Doc(description="How a record is written.")
    columns: tuple[Column, ...] = Doc((), description="The columns in order; all as they are when absent.")
    type_column: str | None = Doc(None, description="The column that tells types apart for totals per type.")
    header: tuple[Line, ...] = Doc((), description="Lines before the records.")
    footer: tuple[Line, ...] = Doc((), description="Lines behind the records.")
    encoding: str = Doc("utf-8", description="Character set of the file: utf-8, cp1252, cp500, ...")
    record_end: str = Doc("\n", description="What ends each line; may be empty.")
    checksum: Only["none", "sha256"] = Doc("none", description="A file beside it that `sha256sum -c` reads.")
    deliver: Deliver | None = Doc(None, description="Where it goes; it stays in its folder when absent.")
    sequence: Sequence | None = Doc(
        None, description="The variable sequence is the next number, unless --define gives it."
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "A".encode(value)
        except (LookupError, UnicodeError):
            raise ValueError(f"{value} is no character set that Python knows") from None
        return value

    @model_validator(mode="after")
    def _fits_a_bank(self) -> Self:
        """A bank's file has records of its own, and columns have nothing but their names in it."""
        if not isinstance(self.layout, Nacha | Bai2):
            return self
        if self.header or self.footer:
            raise ValueError(f"a file of kind {self.layout.kind} makes its own header and footer")
        formed = [one.name for one in self.columns if one != Column(name=one.name, title=one.title)]
        if formed:
            raise ValueError(f"columns of a bank's file have a name and a title only: {', '.join(formed)}")
        return self

    @model_validator(mode="after")
    def _fits_the_layout(self) -> Self:
        if isinstance(self.layout, Fixed):
            without = [column.name for column in self.columns if column.width is None]
            if without or not self.columns:
                raise ValueError(
                    f"each column of a fixed layout needs a width: {', '.join(without) or 'columns'}"
                )
            size, limit = sum(column.width or 0 for column in self.columns), self.layout.record_size
            if limit is not None and size > limit:
                raise ValueError(f"the columns have {size} characters, more than the {limit} of a record")
            fields = [field for line in (*self.header, *self.footer) for field in line.fields]
            if any(field.width is None for field in fields):
                raise ValueError("each field of a line of a fixed layout needs a width")
        elif any(column.packed for column in self.columns):
            raise ValueError("packed columns need a fixed layout")
        if not isinstance(self.layout, Delimited | Fixed) and any(
            line.fields for line in (*self.header, *self.footer) if isinstance(self.layout, JsonLines)
        ):
            raise ValueError("lines of JSON are templates; they have no fields")
        return self


@dataclass(frozen=True, kw_only=True)
class Request:
    """
    What to write.

    Attributes:
        spec_path: For messages. source: URL of the database; None for Parquet. folder: where the file goes.
        variables: For the templates, beside ``file_name``, ``now``, ``count`` and the like.
        replace: Whether a file of that name may be replaced. run: of a job; repeated, it gives the same file and no other.
    """

    spec: OutputSpec
    spec_path: str
    source: str | None
    folder: str
    variables: dict[str, Value]
    replace: bool = False
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutputReceipt:
    """
    What was written.

    Attributes:
        totals: By their template, such as ``sum(amount)`` or ``count(PAY)``, exact.
        resumed_at: The record count at which a run that was cut off was gone on with; 0 for none.
        sequence: The number that the repository gave; None for none. delivered: ``connection:path``; None for nowhere.
    """

    path: str
    records: int
    size_bytes: int
    sha256: str
    totals: dict[str, Decimal]
    resumed_at: int
    duration_s: float
    sequence: int | None = None
    delivered: str | None = None


def receipt_values(receipt: OutputReceipt) -> dict[str, Any]:
    """A receipt as JSON values; totals are exact, as text."""
    return {**asdict(receipt), "totals": {name: f"{value:f}" for name, value in receipt.totals.items()}}


def receipt_of(values: Mapping[str, Any]) -> OutputReceipt:
    """The receipt of ``receipt_values``."""
    totals = {name: Decimal(value) for name, value in values["totals"].items()}
    return OutputReceipt(**{**values, "totals": totals})
