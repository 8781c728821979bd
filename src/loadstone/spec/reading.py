"""How a file that is no delimited or fixed-width text becomes rows: the ``reading`` of an input."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as Only

from pydantic import Discriminator
from pydantic import Field as Doc

from loadstone.spec.fields import Part


class Columns(Part):
    """What every kind of reading knows: which of the file's columns are whose."""

    columns: dict[str, str] = Doc(
        {},
        description="Field name to column of the file, where the two are not alike (case, blanks and signs do not count).",
    )
    missing: Only["refuse", "null"] = Doc(
        "refuse",
        description="A field whose column the file does not have: refuse the file, or take it as NULL.",
    )


class NdjsonReading(Columns):
    """A JSON object on each line; columns are its keys, those of objects within by dotted path."""

    kind: Only["ndjson"] = "ndjson"


class CopybookChoice(Part):
    """When a view of shared bytes is taken."""

    field: str = Doc(description="Item of the copybook, before the view.")
    values: tuple[str, ...] = Doc(min_length=1, description="Its values, as text, that take the view.")


class CopybookReading(Columns):
    """Records of a mainframe by their copybook; `loadstone propose FILE --copybook BOOK` writes it."""

    kind: Only["copybook"] = "copybook"
    copybook: str = Doc(description="The text of the copybook.", min_length=1)
    encoding: str = Doc("cp037", description="Character set: Python's or Oracle's name of it.")
    records: Only["fixed", "rdw", "rdw-exclusive", "rdw-little", "bdw", "lines"] = Doc(
        "fixed",
        description="One size; descriptor words with the length, which counts them too, or not, or not and the lower byte first;"
        " blocks of such; or lines.",
    )
    choices: dict[str, CopybookChoice] = Doc(
        {},
        description="Record or item that REDEFINES another to when it is taken; the first of those that share bytes else.",
    )
    skip_bytes: int = Doc(0, ge=0, description="Bytes of the file before its first record.")
    byte_order: Only["big", "little"] = Doc("big", description="Byte order of binary numbers; `little` makes COMP-1 and COMP-2 IEEE 754.")


class JsonReading(Columns):
    """The objects of an array in one JSON document; columns as those of ``ndjson``."""

    kind: Only["json"] = "json"
    path: str = Doc(
        "",
        description="Keys on the way to the array, with dots between them; empty for a document that is the array. A single object is one row.",
    )


class XmlReading(Columns):
    """The elements of one name in an XML document; columns are what stands in them, by dotted path, attributes behind ``@``."""

    kind: Only["xml"] = "xml"
    row: str = Doc(
        description="The element of a row: its name, or names on the way to it with slashes between them.",
        min_length=1,
    )
    fields: dict[str, str] = Doc(
        {},
        description="Column to XPath from the row's element, such as ../Id, beside those found; prefixes are those of namespaces.",
    )
    namespaces: dict[str, str] = Doc({}, description="Prefix to namespace, for the paths of fields.")


class ExcelReading(Columns):
    """The rows of sheets of a workbook: xlsx, xlsm, xlsb, xls or ods."""

    kind: Only["excel"] = "excel"
    sheets: tuple[str | int, ...] = Doc(
        (),
        description="Names of sheets, or their numbers from 1; * for all that are not hidden; the first of these when empty.",
    )
    header_row: int = Doc(
        1,
        ge=0,
        description="Row of the sheet, or of the range, that names the columns, from 1; 0 where none does: they are A, B, C then.",
    )
    range: str | None = Doc(
        None,
        description="The cells that count, such as B3:F200, B3:F or B3; all when absent.",
        pattern=r"^[A-Za-z]{1,3}[1-9]\d{0,6}(:[A-Za-z]{1,3}([1-9]\d{0,6})?)?$",
    )


class ParquetReading(Columns):
    """The rows of a Parquet file; nested values are JSON text."""

    kind: Only["parquet"] = "parquet"


class BankReading(Columns):
    """The rows of a file of banks; `loadstone propose FILE` writes it, and docs/reference/bank-formats.md lists rows and columns."""

    kind: Only[
        "nacha", "bai2", "mt940", "mt942", "mt950", "camt.052", "camt.053", "camt.054", "pain.001", "ofx"
    ] = Doc(description="The format.")
    rows: str | None = Doc(
        None,
        description="Which of its rows, such as entries or balances; the first kind when absent.",
        min_length=1,
    )
    encoding: str | None = Doc(
        None,
        description="Python's name of its character set, UTF-8 when absent; camt, pain and OFX files say it themselves.",
    )


Reading = Annotated[
    NdjsonReading | CopybookReading | JsonReading | XmlReading | ExcelReading | ParquetReading | BankReading,
    Discriminator("kind"),
]
"""One kind of reading; a new kind is a model here, and a line in ``formats/readers/opening.py``."""
