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
    byte_order: Only["big", "little"] = Doc("big", description="Byte order of binary numbers.")


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
    NdjsonReading | CopybookReading | BankReading,
    Discriminator("kind"),
]
"""One kind of reading; a new kind is a model here, and a line in ``formats/readers/opening.py``."""
