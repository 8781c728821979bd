"""The reference page of the tables that Loadstone keeps, in targets and in the repository."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

import loadstone
from loadstone import database
from loadstone.database.metadata import METADATA
from loadstone.targets.control import TABLES

MEANINGS = {
    "loadstone_load": {
        "": "A load: how it stands, and its receipt.",
        "load_id": "32 hex digits, made from what identifies the load, so that the same load finds its row again.",
        "status": "`running` (of a dead process too), `stopped` or `complete`.",
        "prepared": "0 at first, 2 while tables are emptied, 1 when chunks may commit.",
        "frozen": "JSON: what the first start fixed, such as the time of SYSDATE; a resumed one takes it from here.",
        "receipt": "JSON: the receipt, once there is one.",
        "begun_at": "When the row was written: ISO 8601, UTC.",
        "seq": "Counts up with each load of this target.",
    },
    "loadstone_fence": {
        "": "Who may write a load: a chunk commits only while the number stands that its process has drawn.",
        "load_id": "The load.",
        "part": "Its partition, 0-based; 0 where there is one.",
        "fence_no": "Rises with every start of the load.",
        "beat": "Counted up by chunks on targets where that is what makes a second writer fail.",
        "holder": "Host and process that drew the number.",
    },
    "loadstone_claim": {
        "": "Who wants to write a load next: a start claims first, and the holder leaves when it sees the claim.",
        "load_id": "The load.",
        "part": "Its partition.",
        "claim_no": "The number claimed.",
        "claimant": "Which start claims it.",
    },
    "loadstone_lease": {
        "": "The highest lease of a job's task under which a load was started; an older one is refused.",
        "load_id": "The load, with `.` and the partition behind it where that is not 0.",
        "repository": "Which repository counted the leases.",
        "lease_no": "The highest one seen.",
    },
    "loadstone_chunk": {
        "": "A committed chunk, written in the transaction of its rows.",
        "load_id": "The load.",
        "input_no": "0-based input; -1 for a mark of an all-or-nothing load.",
        "unit0": "Where the chunk begins: byte of the decompressed input, 0-based; for a mark its number.",
        "unit1": "Where it ends, exclusive.",
        "record0": "Logical records of the load before it.",
        "records": "Logical records in it.",
        "sha256": "Digest of its bytes, in hex: a resumed load compares it with the file.",
        "counts": "JSON: records read, loaded, rejected, discarded, skipped, by table too.",
        "sequences": "JSON: how far each SEQUENCE was stepped.",
        "stopped": "Why the load ends with it (`errors`, `load`, `discardmax`), or what a mark says; else NULL.",
        "stamp": "Size and time of the input's last change when it was opened.",
        "reconciled": "JSON: of a mark that publishes transaction types, their figures in file, staging and target.",
    },
    "loadstone_reject": {
        "": "A record that was refused; `loadstone rejects` shows them, and bad files are written from them.",
        "load_id": "The load.",
        "input_no": "0-based input.",
        "record_no": "Logical record of the load, 1-based, skipped ones counted.",
        "byte_offset": "Where the record begins, in bytes of the decompressed input.",
        "length_bytes": "Its length, terminator included.",
        "table_name": "Table as the log names it.",
        "table_no": "0-based INTO TABLE clause.",
        "field": "Field or column to blame, where there is one.",
        "value": "The value refused, decoded, at most 200 characters. May be personal data.",
        "rule_name": "The rule broken: `number`, `date`, `length`, `not_null`, `unique`, ...",
        "code": "ORA- code, or NULL for SQL*Loader's own messages.",
        "reason": "The message as the log has it.",
        "origin": "Where the record stands in a structured file, such as `sheet Payments, row 7`.",
        "raw_bytes": "The record's bytes, where they cannot be read again from the file.",
    },
    "loadstone_discard": {
        "": "A record that no INTO TABLE wanted.",
        "load_id": "The load.",
        "input_no": "0-based input.",
        "record_no": "Logical record of the load, 1-based.",
        "byte_offset": "Where it begins, in bytes of the decompressed input.",
        "length_bytes": "Its length, terminator included.",
        "reason": "`when`: no condition held; `all_null`: all its fields are empty.",
    },
    "loadstone_stage": {
        "": "A staging table that a load has made and not yet dropped.",
        "load_id": "The load.",
        "table_name": "The staging table.",
        "made_at": "When: ISO 8601, UTC.",
    },
}
"""What each table of a target holds (behind the empty name), and each of its columns."""


def tables_page(made: str) -> str:
    """The tables of targets and of the repository."""
    _declare()
    lines = ["# Tables", "", made, ""]
    lines += [
        "## In a target",
        "",
        "`loadstone target init --sql` prints the statements that make them. They may be read at any time; only loads write them.",
    ]
    for name, columns in TABLES.items():
        meanings = MEANINGS[name]
        lines += ["", f"### {name}", "", meanings[""], "", "| column | meaning |", "|---|---|"]
        names = [one.split()[0] for one in columns.partition(", PRIMARY KEY (")[0].split(", ")]
        lines += [f"| `{column}` | {meanings[column]} |" for column in names]
    lines += [
        "",
        "## In a repository",
        "",
        "Made and changed by `loadstone repository upgrade`. Moments are in UTC. Types are those of PostgreSQL; on SQLite a moment is text",
        "(`YYYY-MM-DD HH:MM:SS.ffffff`), and so is a document.",
    ]
    for table in sorted(METADATA.tables.values(), key=lambda one: one.name):
        lines += [
            "",
            f"### {table.name}",
            "",
            table.info["meaning"],
            "",
            "| column | type | |",
            "|---|---|---|",
        ]
        lines += [
            f"| `{column.name}` | {_type(column)} | {_keys(table, column)} |" for column in table.columns
        ]
    return "\n".join(lines) + "\n"


# Private functions


def _declare() -> None:
    """Import what declares tables: the modules of ``database``, and ``tables`` of every other room."""
    names = [f"loadstone.database.{one.name}" for one in pkgutil.iter_modules(database.__path__)]
    names += [f"loadstone.{one.name}.tables" for one in pkgutil.iter_modules(loadstone.__path__) if one.ispkg]
    for name in names:
        if importlib.util.find_spec(name):
            importlib.import_module(name)


def _type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=postgresql.dialect())).lower()


def _keys(table: Table, column: Column[Any]) -> str:
    told = ["primary key"] if column.primary_key else []
    told += [f"of `{key.target_fullname}`" for key in column.foreign_keys]
    if column.nullable and not column.primary_key:
        told.append("may be NULL")
    return ", ".join(told)
