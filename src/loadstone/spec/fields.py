"""Fields of a load spec: where their bytes stand, what they are, and what becomes of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from typing import Literal as Only

from pydantic import BaseModel, ConfigDict, Discriminator, model_validator
from pydantic import Field as Doc

from loadstone.spec.checks import Checks


class Part(BaseModel):
    """A frozen part of a spec that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Literal(Part):
    """Characters, or bytes written as hexadecimal digits; exactly one of the two."""

    text: str | None = Doc(None, description="Characters, in the character set of the data.")
    hex: str | None = Doc(
        None, description="Bytes as pairs of hexadecimal digits.", pattern="^([0-9A-Fa-f]{2})*$"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.text is None) == (self.hex is None):
            raise ValueError("give either text or hex")
        return self


class Delimiter(Part):
    """What ends a field: a literal, any white space, or the end of the data."""

    literal: Literal | None = Doc(None, description="The terminator itself.")
    whitespace: bool = Doc(False, description="TERMINATED BY WHITESPACE.")
    eof: bool = Doc(False, description="TERMINATED BY EOF (LOB files).")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.literal is not None) + self.whitespace + self.eof != 1:
            raise ValueError("give exactly one of literal, whitespace and eof")
        return self


class Enclosure(Part):
    """What stands around a field."""

    left: Literal = Doc(description="Opening enclosure.")
    right: Literal | None = Doc(None, description="Closing enclosure; the opening one when absent.")
    optional: bool = Doc(False, description="OPTIONALLY ENCLOSED: the enclosure may be missing.")


class Position(Part):
    """
    Where a field begins and ends in its logical record, in 1-based bytes.

    ``POSITION(*+2)`` is ``relative=True, start=2``; ``POSITION(3)`` is ``start=3``.
    """

    start: int = Doc(
        0, ge=0, description="1-based first byte, or the offset from the previous field if relative."
    )
    relative: bool = Doc(False, description="Count from the end of the previous field (*).")
    end: int | None = Doc(None, ge=1, description="1-based last byte, inclusive.")


class Test(Part):
    """One comparison of a WHEN, NULLIF or DEFAULTIF condition: a field or a position with a literal."""

    field: str | None = Doc(None, description="Name of a field of the same table.")
    position: Position | None = Doc(None, description="Bytes of the logical record.")
    equal: bool = Doc(True, description="True for =, false for != and <>.")
    literal: Literal | None = Doc(None, description="What to compare with.")
    blanks: bool = Doc(False, description="Compare with blanks of any number (BLANKS).")


class Condition(Part):
    """Tests that must all hold."""

    tests: tuple[Test, ...] = Doc(min_length=1, description="The tests, joined by AND.")


class TypeName(StrEnum):
    """Datatypes of a control file; two words are joined by an underscore."""

    CHAR = "char"
    INTEGER_EXTERNAL = "integer_external"
    FLOAT_EXTERNAL = "float_external"
    DECIMAL_EXTERNAL = "decimal_external"
    ZONED_EXTERNAL = "zoned_external"
    INTEGER = "integer"
    SMALLINT = "smallint"
    BYTEINT = "byteint"
    FLOAT = "float"
    DOUBLE = "double"
    DECIMAL = "decimal"
    ZONED = "zoned"
    RAW = "raw"
    VARCHAR = "varchar"
    VARGRAPHIC = "vargraphic"
    VARRAW = "varraw"
    LONG_VARRAW = "long_varraw"
    VARCHARC = "varcharc"
    VARRAWC = "varrawc"
    GRAPHIC = "graphic"
    GRAPHIC_EXTERNAL = "graphic_external"
    DATE = "date"
    TIME = "time"
    TIME_TZ = "time_with_time_zone"
    TIMESTAMP = "timestamp"
    TIMESTAMP_TZ = "timestamp_with_time_zone"
    TIMESTAMP_LTZ = "timestamp_with_local_time_zone"
    INTERVAL_YM = "interval_year_to_month"
    INTERVAL_DS = "interval_day_to_second"
    NUMBER = "number"
    VARCHAR2 = "varchar2"


class FieldType(Part):
    """A datatype with its arguments, as written; absent ones take the language's defaults."""

    name: TypeName = Doc(description="The datatype.")
    length: int | None = Doc(
        None, ge=1, description="CHAR(n), RAW(n), INTEGER(n), ... in bytes or characters; VARCHAR's maximum."
    )
    precision: int | None = Doc(
        None, ge=0, description="Digits of DECIMAL/ZONED; fractional or leading digits of TIMESTAMP/INTERVAL."
    )
    scale: int | None = Doc(
        None,
        description="Digits right of the implied point of DECIMAL/ZONED; fractional seconds of INTERVAL DAY.",
    )
    length_digits: int | None = Doc(
        None, ge=1, description="VARCHARC/VARRAWC: characters of the length subfield."
    )
    unsigned: bool | None = Doc(None, description="UNSIGNED (true) or SIGNED (false) where it was said.")
    mask: str | None = Doc(None, description="Date or timestamp mask.")
    external: bool = Doc(False, description="DATE EXTERNAL, written so; it means DATE.")


class Recnum(Part):
    """The number of the logical record."""

    kind: Only["recnum"] = "recnum"


class Sysdate(Part):
    """The time of the load."""

    kind: Only["sysdate"] = "sysdate"


class Constant(Part):
    """A fixed value, converted to the column's type."""

    kind: Only["constant"] = "constant"
    value: str = Doc(description="The characters of the value.")
    quoted: bool = Doc(True, description="Whether it was written in quotes.")


class Expression(Part):
    """``EXPRESSION "sql"``: a value computed without a field."""

    kind: Only["expression"] = "expression"
    sql: str = Doc(description="Oracle SQL expression.")


class Sequence(Part):
    """``SEQUENCE(base, increment)``."""

    kind: Only["sequence"] = "sequence"
    base: int | Only["count", "max"] | None = Doc(
        None, description="First number, COUNT or MAX of the table; 1 when absent."
    )
    increment: int | None = Doc(None, description="Step; 1 when absent.")


class LobFile(Part):
    """A value that fills, or stands in, a file of its own."""

    kind: Only["lobfile"] = "lobfile"
    field: str | None = Doc(None, description="Field that holds the file's name.")
    file: str | None = Doc(None, description="Fixed name of the file (CONSTANT).")
    charset: str | None = Doc(None, description="Character set of the file.")
    byte_order: Only["big", "little"] | None = Doc(None, description="BIGENDIAN or LITTLEENDIAN, where said.")


class Bfile(Part):
    """``BFILE(directory, file)``: a pointer to a file of the server."""

    kind: Only["bfile"] = "bfile"
    directory: str = Doc(description="Field or quoted constant that names the directory.")
    directory_constant: bool = Doc(False, description="Whether the directory is a quoted constant.")
    file: str = Doc(description="Field or quoted constant that names the file.")
    file_constant: bool = Doc(False, description="Whether the file is a quoted constant.")


class Generated(Part):
    """Any other source of the language, kept so that it can be refused by name: REF, SID, OID, SDF."""

    kind: Only["ref", "sid", "oid", "sdf", "lls"] = Doc(description="Which one.")
    arguments: tuple[str, ...] = Doc((), description="Its arguments: names, or constants in single quotes.")


Source = Annotated[
    Recnum | Sysdate | Constant | Expression | Sequence | LobFile | Bfile | Generated,
    Discriminator("kind"),
]


class Field(Part):
    """One field of a table's field list: bytes of the record, or a generated value."""

    name: str = Doc(description="Column name, upper case unless it was quoted.")
    quoted: bool = Doc(False, description="The name was quoted, so its case counts.")
    filler: Only["filler", "boundfiller"] | None = Doc(
        None, description="Read and not loaded; a bound filler may be used in SQL."
    )
    position: Position | None = Doc(
        None, description="Where it stands; after the previous field when absent."
    )
    source: Source | None = Doc(None, description="Where a value comes from that is not in the record.")
    type: FieldType | None = Doc(None, description="Datatype; CHAR when absent.")
    terminated: Delimiter | None = Doc(None, description="Field-level terminator; the table's when absent.")
    enclosed: Enclosure | None = Doc(None, description="Field-level enclosure; the table's when absent.")
    nullif: Condition | None = Doc(None, description="The value is NULL when this holds.")
    no_nullif: bool = Doc(False, description="NO NULLIF: the table's NULLIF does not apply.")
    defaultif: Condition | None = Doc(
        None, description="The value is its type's zero or NULL when this holds."
    )
    preserve_blanks: bool | None = Doc(
        None, description="PRESERVE BLANKS (true) or NO PRESERVE BLANKS (false)."
    )
    pieced: bool = Doc(False, description="PIECED, for long values.")
    sql: str | None = Doc(None, description="Oracle SQL expression over :fields that gives the value.")
    checks: Checks | None = Doc(
        None, description="What the value must be, besides what its type and its column ask."
    )
    children: tuple[Field, ...] | None = Doc(None, description="Attributes or elements of a nested object.")
    nested: Only["column_object", "nested_table", "varray"] | None = Doc(
        None, description="Kind of nested object."
    )
    treat_as: str | None = Doc(None, description="TREAT AS type of a column object.")
    nested_count: Literal | None = Doc(
        None, description="COUNT of a collection: a number or a field name as text."
    )
    nested_delimiter: Delimiter | None = Doc(None, description="What ends a collection.")
    nested_enclosure: Enclosure | None = Doc(None, description="What encloses a collection.")

    @property
    def lobs_share_file(self) -> bool:
        """Whether a LOBFILE holds several values, one after the other: delimited, counted or of one size."""
        if not isinstance(self.source, LobFile) or (self.terminated is not None and self.terminated.eof):
            return False
        counted = self.type is not None and (
            self.type.length is not None or self.type.name is not TypeName.CHAR
        )
        return self.terminated is not None or self.enclosed is not None or counted
