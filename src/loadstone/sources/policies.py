"""What a feed demands of its files: when they come, when they are whole, and what happens when they are not as agreed."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from typing import Literal as Only

from pydantic import BeforeValidator, model_validator
from pydantic import Field as Doc

from loadstone.spec.fields import Part


def clock_of(value: Any) -> Any:
    """
    A time of day as it was meant: YAML 1.1 reads an unquoted 22:30 as the number 1350, and 22:30:15 as 81015.

    Both come from a first part of 1 to 23, so the numbers of minutes are below all numbers of seconds.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value * 60 if value < 1440 else value
        return (
            time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60) if 0 <= seconds < 86_400 else value
        )
    return value


Clock = Annotated[time, BeforeValidator(clock_of)]
"""A time of day."""


class Policy(StrEnum):
    """What a finding about a file leads to: nothing, a warning, or quarantine until a person decides."""

    ACCEPT = "accept"
    WARN = "warn"
    HOLD = "hold"


class Complete(Part):
    """
    When a file is whole; all that is said must hold.

    ``marker`` and ``manifest`` may hold ``{name}`` (the file's name), ``{stem}`` (without its last ending) and the
    named groups of the pattern.
    """

    stable_s: float = Doc(10.0, ge=0, le=86_400, description="Seconds for which its size has not changed.")
    marker: str | None = Doc(None, min_length=1, description="File that says so, such as {name}.done.")
    partial_suffixes: tuple[str, ...] = Doc(
        (".part", ".tmp", ".filepart"),
        description="Endings of files that are being written, and renamed when whole.",
    )
    manifest: str | None = Doc(None, min_length=1, description="File that lists it, such as {stem}.manifest.")
    manifest_kind: Only["sha256sum", "md5sum", "json", "csv"] = Doc(
        "sha256sum",
        description="sha256sum and md5sum: DIGEST NAME a line; csv and json: name, size_bytes, sha256.",
    )
    wait_s_max: float = Doc(86_400.0, gt=0, description="Seconds after which an incomplete file is told.")


class Sla(Part):
    """
    When the file of a business date is expected, by the wall clock of ``timezone``.

    A time that the clocks skip in spring is that much later; of one that comes twice, the first counts.
    """

    timezone: str | None = Doc(None, description="IANA time zone; the source system's when absent.")
    expected_from: Clock | None = Doc(None, description="Not before, such as 22:00.")
    expected_until: Clock | None = Doc(None, description="Late after it.")
    cutoff: Clock | None = Doc(None, description="Too late after it: the day goes on without the file.")
    day_offset: int = Doc(
        0, ge=-31, le=31, description="Business days from the business date to the day of these times."
    )
    processing_s_max: float | None = Doc(None, gt=0, description="Seconds from arrival to rows, at most; more are noted with the file.")
    files_min: int = Doc(1, ge=0, description="Files of one business date, at least.")
    files_max: int | None = Doc(None, ge=1, description="And at most: one more is held.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.files_max is not None and self.files_max < self.files_min:
            raise ValueError("files_max is below files_min")
        return self


class DuplicatePolicy(Part):
    """What becomes of a file like one that came before."""

    name: Policy | None = Doc(
        None,
        description="Same name, other bytes; when absent hold where the name tells its business date, else warn.",
    )
    checksum: Policy = Doc(Policy.HOLD, description="Same bytes.")
    content: Policy = Doc(Policy.HOLD, description="Same records in other bytes.")
    window_days: int = Doc(400, ge=1, le=36_500, description="How far back to look.")

    def of(self, kind: str, *, dated: bool) -> Policy:
        """
        What a file leads to that is one before it by ``name``, ``checksum`` or ``content``.

        Args:
            dated: Whether its name tells its business date. Such a name stands for one delivery: other bytes under it are a second
                version of rows that are in, and loading both would count them twice. Other names come every day.
        """
        found: Policy | None = getattr(self, kind)
        return found if found is not None else Policy.HOLD if dated else Policy.WARN


class DriftPolicy(Part):
    """What becomes of a file whose form differs from the last accepted one's, kind by kind."""

    added: Policy = Doc(Policy.WARN, description="A column more.")
    removed: Policy = Doc(Policy.HOLD, description="A column less.")
    renamed: Policy = Doc(Policy.HOLD, description="A column by another name.")
    moved: Policy = Doc(Policy.WARN, description="Columns in another order.")
    type: Policy = Doc(Policy.HOLD, description="Another type in a column.")
    mask: Policy = Doc(Policy.HOLD, description="Another date mask in a column.")
    width: Policy = Doc(Policy.HOLD, description="Records or columns of another width.")
    encoding: Policy = Doc(Policy.WARN, description="Another character set.")
    dialect: Policy = Doc(Policy.WARN, description="Another delimiter, quote or record end.")
    header: Policy = Doc(
        Policy.HOLD, description="A row of names where there was none, or none where there was."
    )
    format: Policy = Doc(Policy.HOLD, description="Another format.")
    container: Policy = Doc(Policy.WARN, description="The same format in another container, or in none.")
    nulls: Policy = Doc(Policy.WARN, description="A column that is empty far more often.")
    volume: Policy = Doc(Policy.WARN, description="Far more or fewer records than usual.")
    volume_ratio: float = Doc(3.0, gt=1, description="How many times more or fewer is far.")

    def of(self, kind: str) -> Policy:
        """What a finding of a kind of ``detect.drift`` leads to."""
        found: Policy = getattr(self, kind)
        return found


class Spot(Part):
    """Where a value stands in a record: the number of a field, or characters."""

    field: int | None = Doc(None, ge=1, description="1-based field of a delimited record.")
    start: int | None = Doc(None, ge=1, description="1-based first character.")
    end: int | None = Doc(None, ge=1, description="1-based last character, inclusive.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.field is None) == (self.start is None) or (self.start is None) != (self.end is None):
            raise ValueError("give either field, or start and end")
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("end is before start")
        return self


class StatedSum(Part):
    """
    A sum that the trailer states, of a value of each record; a hash total is a sum of numbers that are no amounts.

    ``digits`` leaves its last digits only, as hash totals of account numbers are often given.
    """

    name: str = Doc(min_length=1, max_length=100, description="What is summed, such as amount.")
    stated: Spot = Doc(description="Where the trailer states it.")
    of: Spot = Doc(description="Where each record has the value.")
    decimals: int = Doc(0, ge=0, le=18, description="Digits behind the point where none is written.")
    point: Only[".", ","] = Doc(".", description="How the point is written.")
    digits: int | None = Doc(None, ge=1, le=38, description="Last digits that count.")
    column: str | None = Doc(
        None,
        pattern=r"^[^\s,]+$",
        description="Column of the target, or TABLE.COLUMN, whose sum over the rows loaded must be what was stated.",
    )


class Trailer(Part):
    """The record at a file's end that states its totals; all that is not it, and not skipped, is a data record."""

    starts_with: str = Doc(min_length=1, max_length=100, description="What it begins with.")
    delimiter: str | None = Doc(None, min_length=1, max_length=1, description="Between fields, if any.")
    skip: int = Doc(0, ge=0, description="Records at the start that are no data, such as a header.")
    count: Spot | None = Doc(None, description="Where it states the number of data records.")
    sums: tuple[StatedSum, ...] = Doc((), description="Sums that it states.")

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        spots = [self.count, *(spot for one in self.sums for spot in (one.stated, one.of))]
        if self.delimiter is None and any(spot is not None and spot.field is not None for spot in spots):
            raise ValueError("fields need a delimiter")
        return self


class ControlPolicy(Part):
    """What becomes of a file whose own totals are missing, or differ from its records."""

    trailer: Trailer | None = Doc(
        None, description="Where they stand; files of banks have theirs where the format says."
    )
    mismatch: Policy = Doc(Policy.HOLD, description="A stated total differs.")
    missing: Policy = Doc(Policy.ACCEPT, description="It states none.")
    after_load: Policy = Doc(
        Policy.HOLD,
        description="Not all records counted before were loaded or rejected, or a column has another sum than was stated.",
    )
    tolerance: Decimal = Doc(Decimal(0), ge=0, description="Difference that is still equal.")


class Pickup(Part):
    """How files are fetched from their connection."""

    every_s: float = Doc(60.0, ge=1, le=86_400, description="Seconds between two looks.")
    after: Only["leave", "move", "delete"] = Doc(
        "leave", description="What happens there once a file landed."
    )
    folder: str | None = Doc(None, min_length=1, description="Where move puts it.")

    @model_validator(mode="after")
    def _where_to(self) -> Self:
        if (self.after == "move") != (self.folder is not None):
            raise ValueError("folder goes with after: move")
        return self


class Archive(Part):
    """Where accepted files are kept."""

    folder: str | None = Doc(
        None, min_length=1, description="Folder; the archive of the landing when absent."
    )
    retention_days: int = Doc(400, ge=1, le=36_500, description="Days after which a file may go.")
    compress: bool = Doc(True, description="Whether files are kept compressed.")
