"""The nouns of the registry: source systems, their feeds, and fixed layouts that several feeds share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self
from typing import Literal as Only

from pydantic import Field as Doc
from pydantic import StringConstraints, model_validator

from loadstone.sources.policies import (
    Archive,
    Complete,
    ControlPolicy,
    DriftPolicy,
    DuplicatePolicy,
    Pickup,
    Sla,
)
from loadstone.spec.fields import Part
from loadstone.spec.model import LoadSpec

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$")]
"""A natural key: a letter, then at most 99 letters, digits, underscores, dots and hyphens."""


class SourceKind(StrEnum):
    """What kind of system sends."""

    CORE_BANKING = "core_banking"
    GENERAL_LEDGER = "general_ledger"
    PAYMENTS = "payments"
    CARDS = "cards"
    TREASURY = "treasury"
    MARKET_DATA = "market_data"
    SECURITIES = "securities"
    ERP = "erp"
    CRM = "crm"
    HR = "hr"
    MAINFRAME = "mainframe"
    REGULATOR = "regulator"
    EXTERNAL = "external"
    OTHER = "other"


class SecurityClass(StrEnum):
    """How far data may go, from free to the strictest."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class Owner(Part):
    """Somebody to ask."""

    name: str = Doc(min_length=1, max_length=200, description="A person or a team.")
    role: Only["business", "technical", "steward"] = Doc("business", description="What they answer for.")
    contact: str | None = Doc(None, max_length=300, description="Mail address, phone, or channel.")


class NamePattern(Part):
    """
    Names of files; the whole name must fit, without folders.

    A glob knows ``*``, ``?``, ``[...]`` and ``{group}``, which is a named group: ``gl_{business_date}_{sequence}.csv``.
    A regex names its groups as ``(?P<business_date>\\d{8})``.
    """

    glob: str | None = Doc(None, min_length=1, max_length=255, description="Shell pattern with {group}s.")
    regex: str | None = Doc(None, min_length=1, max_length=1000, description="Regular expression.")
    ignore_case: bool = Doc(False, description="Whether capitals and small letters are the same.")
    date_mask: str = Doc("YYYYMMDD", description="Mask of the group business_date, as of date fields.")
    examples: tuple[str, ...] = Doc((), description="Names that this feed must take, and no other one.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.glob is None) == (self.regex is None):
            raise ValueError("give either glob or regex")
        return self

    @property
    def text(self) -> str:
        """The pattern as it was written."""
        return self.glob if self.glob is not None else str(self.regex)


class FixedColumn(Part):
    """A column of a fixed layout."""

    name: str = Doc(min_length=1, max_length=128, description="Name of the column.")
    start: int = Doc(ge=1, description="1-based first character.")
    end: int = Doc(ge=1, description="1-based last character, inclusive.")
    type: str | None = Doc(None, description="Type such as integer, decimal, date or text.")
    mask: str | None = Doc(None, description="Date mask, or implied decimals such as V99.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end is before start")
        return self


class FixedLayout(Part):
    """Where the columns of a fixed-width file stand; registered under a name, so that detection need not guess."""

    name: Name = Doc(description="Name of the layout.")
    description: str = Doc("", description="What it is.")
    record_size: int | None = Doc(None, ge=1, description="Characters of a record without its terminator.")
    columns: tuple[FixedColumn, ...] = Doc(min_length=1, description="Columns, in order.")

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        last = 0
        for column in self.columns:
            if column.start <= last:
                raise ValueError(f"column {column.name} begins before the one ahead of it ends")
            last = column.end
        if self.record_size is not None and last > self.record_size:
            raise ValueError(f"column {self.columns[-1].name} ends behind the record")
        return self


class Layout(Part):
    """How the records of a feed are read; detected where nothing is said. At most one of the three."""

    spec: str | None = Doc(None, description="Path of a load spec or control file, from the folder of the file that says it; kept absolute.")
    inline: LoadSpec | None = Doc(None, description="A load spec.")
    fixed: Name | None = Doc(None, description="Name of a fixed layout of the registry.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum(one is not None for one in (self.spec, self.inline, self.fixed)) > 1:
            raise ValueError("give at most one of spec, inline and fixed")
        return self


class Feed(Part):
    """
    One stream of files from a source system.

    ``source`` is the system's name; a file of the registry leaves it out, since feeds stand below their system there.
    """

    name: Name = Doc(description="Name of the feed, its own in the whole registry.")
    source: Name = Doc(description="Name of its source system.")
    description: str = Doc("", max_length=2000, description="What the files hold.")
    owners: tuple[Owner, ...] = Doc((), description="Whom to ask; those of the system when empty.")
    connection: str | None = Doc(None, description="Name of the connection of the configuration.")
    folder: str = Doc("", description="Folder there; the connection's own when empty.")
    patterns: tuple[NamePattern, ...] = Doc(min_length=1, description="Names of its files; one must fit.")
    priority: int = Doc(0, description="Of feeds that take the same name, the highest wins.")
    complete: Complete = Doc(Complete(), description="When a file is whole.")
    format: str | None = Doc(None, description="Format such as delimited, xlsx or mt940; detected if absent.")
    layout: Layout = Doc(Layout(), description="How its records are read.")
    sla: Sla | None = Doc(None, description="When files are expected.")
    calendar: str | None = Doc(None, description="Business-day calendar of the days with files.")
    security: SecurityClass | None = Doc(None, description="Security class; the system's when absent.")
    quality_profile: str | None = Doc(None, description="Quality profile; the system's when absent.")
    duplicates: DuplicatePolicy = Doc(DuplicatePolicy(), description="What becomes of repeated files.")
    drift: DriftPolicy = Doc(DriftPolicy(), description="What becomes of files that changed their form.")
    controls: ControlPolicy = Doc(ControlPolicy(), description="The file's own totals.")
    pickup: Pickup = Doc(Pickup(), description="How often to look, and what happens to what was fetched.")
    archive: Archive = Doc(Archive(), description="Where accepted files are kept, and how long.")
    target: str | None = Doc(None, description="Target URL or name; LOADSTONE_TARGET when absent.")
    job: str | None = Doc(None, description="Job that loads its files; the built-in load when absent.")
    enabled: bool = Doc(True, description="Whether its files are taken.")


class SourceSystem(Part):
    """Who sends files."""

    name: Name = Doc(description="Name of the system.")
    title: str = Doc("", max_length=200, description="Its name in words.")
    description: str = Doc("", max_length=2000, description="What it is.")
    kind: SourceKind = Doc(SourceKind.OTHER, description="What kind of system.")
    owners: tuple[Owner, ...] = Doc((), description="Whom to ask.")
    connections: tuple[str, ...] = Doc((), description="Names of connections of the configuration.")
    security: SecurityClass = Doc(SecurityClass.INTERNAL, description="How far its data may go.")
    quality_profile: str | None = Doc(None, description="Quality profile of its feeds.")
    calendar: str | None = Doc(None, description="Business-day calendar of its feeds.")
    timezone: str = Doc("UTC", description="IANA time zone of its feeds' times.")
    enabled: bool = Doc(True, description="Whether files of its feeds are taken.")
