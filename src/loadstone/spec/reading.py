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
        "refuse", description="A field whose column the file does not have: refuse the file, or take it as NULL."
    )


class NdjsonReading(Columns):
    """A JSON object on each line; columns are its keys, those of objects within by dotted path."""

    kind: Only["ndjson"] = "ndjson"


Reading = Annotated[NdjsonReading, Discriminator("kind")]
"""One kind of reading; a new kind is a model here, and a line in ``formats/readers/opening.py``."""
