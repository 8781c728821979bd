"""The layouts of banks' files in an output spec: templates for their headers; the rows' columns are those that our readers give."""

from __future__ import annotations

from typing import Literal as Only
from typing import Self

from pydantic import Field as Doc
from pydantic import model_validator

from loadstone.spec.fields import Part

ACH_FILE = (
    "file_destination", "file_origin", "file_created_date", "file_created_time", "file_id_modifier",
    "destination_name", "origin_name", "file_reference",
)  # fmt: skip
ACH_BATCH = (
    "service_class", "company_name", "company_data", "company_id", "sec_code", "entry_description", "descriptive_date",
    "effective_date", "originator_status", "odfi",
)  # fmt: skip
BAI2_FILE = ("file_sender", "file_receiver", "file_date", "file_time", "file_id")
BAI2_GROUP = (
    "group_receiver", "group_originator", "group_status", "as_of_date", "as_of_time", "currency", "as_of_date_modifier",
)  # fmt: skip


class Nacha(Part):
    """
    A NACHA ACH file: batches of entries with their addenda.

    The rows' columns (or their titles) are those of the reader's entries. A batch ends where one of the columns named in
    ``batch`` or below changes; its control record, the file's, and the records that fill the last block are made.
    """

    kind: Only["nacha"] = "nacha"
    file: dict[str, str] = Doc(description=f"Templates of the file header: {', '.join(ACH_FILE)}.")
    batch: dict[str, str] = Doc(
        default_factory=dict,
        description=f"Templates for what the rows have no column of: {', '.join(ACH_BATCH)}.",
    )

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        _refuse_unknown("file", self.file, ACH_FILE)
        _refuse_unknown("batch", self.batch, ACH_BATCH)
        _refuse_missing("file", self.file, ("file_destination", "file_origin"))
        return self


class Bai2(Part):
    """
    A BAI2 file: groups of accounts with balances and transactions.

    The rows' columns (or their titles) are those of the reader's transactions. An account ends where ``account`` or ``currency``
    changes, a group where one of its columns does; the trailers are made. A row without a type code is an account alone.
    """

    kind: Only["bai2"] = "bai2"
    file: dict[str, str] = Doc(description=f"Templates of record 01: {', '.join(BAI2_FILE)}.")
    group: dict[str, str] = Doc(
        default_factory=dict,
        description=f"Templates for what the rows have no column of: {', '.join(BAI2_GROUP)}.",
    )
    balances: dict[str, str] = Doc(
        default_factory=dict,
        description="Type code of a balance or summary, and the column that has it on an account's first row.",
    )

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        _refuse_unknown("file", self.file, BAI2_FILE)
        _refuse_unknown("group", self.group, BAI2_GROUP)
        _refuse_missing("file", self.file, ("file_sender", "file_receiver", "file_id"))
        wrong = [code for code in self.balances if not (len(code) == 3 and code.isascii() and code.isdigit())]
        if wrong:
            raise ValueError(f"a type code has three digits: {', '.join(wrong)}")
        return self


# Private functions


def _refuse_unknown(part: str, given: dict[str, str], known: tuple[str, ...]) -> None:
    wrong = [name for name in given if name not in known]
    if wrong:
        raise ValueError(f"{part} has no {', '.join(wrong)}; it has {', '.join(known)}")


def _refuse_missing(part: str, given: dict[str, str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in given]
    if missing:
        raise ValueError(f"{part} needs {', '.join(missing)}")
