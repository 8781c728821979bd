"""Our own tables in a target: loads, fences, chunks, rejects and discards; one SQL for all targets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Literal

from loadstone.books import (
    Checkpoint,
    Contribution,
    Discard,
    Fence,
    Lease,
    LoadReceipt,
    Reconciled,
    Reject,
    TableCount,
)
from loadstone.errors import Refused
from loadstone.targets.model import Claimant, LoadRow
from loadstone.telemetry.points import reach

Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
"""Runs one statement with ``?`` parameters and gives its rows."""

TABLES = {
    "loadstone_load": (
        "load_id {text} NOT NULL PRIMARY KEY, status {text} NOT NULL, prepared {int} NOT NULL, frozen {long} NOT NULL,"
        " receipt {long}, begun_at {text} NOT NULL, seq {int} NOT NULL"
    ),
    "loadstone_fence": (
        "load_id {text} NOT NULL, part {int} NOT NULL, fence_no {int} NOT NULL, beat {int} NOT NULL, holder {text},"
        " PRIMARY KEY (load_id, part)"
    ),
    "loadstone_claim": (
        "load_id {text} NOT NULL, part {int} NOT NULL, claim_no {int} NOT NULL, claimant {text} NOT NULL,"
        " PRIMARY KEY (load_id, part)"
    ),
    "loadstone_lease": (
        "load_id {text} NOT NULL, repository {text} NOT NULL, lease_no {int} NOT NULL,"
        " PRIMARY KEY (load_id, repository)"
    ),
    "loadstone_chunk": (
        "load_id {text} NOT NULL, input_no {int} NOT NULL, unit0 {int} NOT NULL, unit1 {int} NOT NULL,"
        " record0 {int} NOT NULL, records {int} NOT NULL, sha256 {text} NOT NULL, counts {long} NOT NULL,"
        " sequences {long} NOT NULL, stopped {text}, stamp {text}, reconciled {long}, PRIMARY KEY (load_id, input_no, unit0)"
    ),
    "loadstone_reject": (
        "load_id {text} NOT NULL, input_no {int} NOT NULL, record_no {int} NOT NULL, byte_offset {int} NOT NULL,"
        " length_bytes {int} NOT NULL, table_name {text} NOT NULL, table_no {int} NOT NULL, field {text}, value {long},"
        " rule_name {text} NOT NULL, code {text}, reason {long} NOT NULL, origin {text}, raw_bytes {bytes}"
    ),
    "loadstone_discard": (
        "load_id {text} NOT NULL, input_no {int} NOT NULL, record_no {int} NOT NULL, byte_offset {int} NOT NULL,"
        " length_bytes {int} NOT NULL, reason {text} NOT NULL"
    ),
    "loadstone_stage": (
        "load_id {text} NOT NULL, table_name {text} NOT NULL, made_at {text} NOT NULL,"
        " PRIMARY KEY (load_id, table_name)"
    ),
}
"""
Columns of each control table, with places for the target's types: ``text`` can be a key, ``long`` has no limit.

No column has a name that a database reserves (``number``, ``raw``, ``rule``), and ``raw_bytes`` may be NULL: Oracle has no
empty bytes.
"""

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
"""What a load does with each control table."""

INDEXES = {
    "loadstone_load_seq": "loadstone_load (seq)",
    "loadstone_reject_load": "loadstone_reject (load_id, record_no)",
    "loadstone_discard_load": "loadstone_discard (load_id, record_no)",
}

REJECT_COLUMNS = (
    "load_id",
    "input_no",
    "record_no",
    "byte_offset",
    "length_bytes",
    "table_name",
    "table_no",
    "field",
    "value",
    "rule_name",
    "code",
    "reason",
    "origin",
    "raw_bytes",
)
CHECKPOINT_COLUMNS = (
    "load_id",
    "input_no",
    "unit0",
    "unit1",
    "record0",
    "records",
    "sha256",
    "counts",
    "sequences",
    "stopped",
    "stamp",
    "reconciled",
)
DISCARD_COLUMNS = ("load_id", "input_no", "record_no", "byte_offset", "length_bytes", "reason")


FENCE = "SELECT fence_no FROM {}loadstone_fence WHERE load_id = ? AND part = ?"
CLAIM = "SELECT claim_no, claimant FROM {}loadstone_claim WHERE load_id = ? AND part = ?"
"""The fence that stands and the one that is claimed, of a load and partition; ``{}`` is the prefix."""


def create_control(types: dict[str, str], prefix: str = "", *, guarded: bool = True) -> list[str]:
    """
    Statements that make the control tables.

    Args:
        types: Fills text, long, int and bytes. prefix: ``schema.``. guarded: say IF NOT EXISTS.
    """
    guard = "IF NOT EXISTS " if guarded else ""
    made = [
        f"CREATE TABLE {guard}{prefix}{name} ({columns.format(**types)})" for name, columns in TABLES.items()
    ]
    return made + [f"CREATE INDEX {guard}{name} ON {prefix}{on}" for name, on in INDEXES.items()]


def grant_control(role: str, prefix: str = "") -> list[str]:
    """Statements of the owner of the control tables, for the ``role`` (quoted where it must be) that loads."""
    return [f"GRANT {', '.join(RIGHTS)} ON {prefix}{name} TO {role}" for name in TABLES]


def reject_row(load_id: str, reject: Reject) -> tuple[Any, ...]:
    """A reject as a row of ``REJECT_COLUMNS``."""
    return (
        load_id,
        reject.input_no,
        reject.record_no,
        reject.byte_offset,
        reject.length_bytes,
        reject.table,
        reject.table_no,
        reject.field,
        _storable(reject.value),
        reject.rule,
        reject.code,
        _storable(reject.reason),
        _storable(reject.origin),
        reject.raw,
    )


def discard_row(load_id: str, discard: Discard) -> tuple[Any, ...]:
    """A discard as a row of ``DISCARD_COLUMNS``."""
    return (
        load_id,
        discard.input_no,
        discard.record_no,
        discard.byte_offset,
        discard.length_bytes,
        discard.reason,
    )


def checkpoint_row(load_id: str, checkpoint: Checkpoint) -> tuple[Any, ...]:
    """A checkpoint as a row of ``CHECKPOINT_COLUMNS``."""
    return (
        load_id,
        checkpoint.input_no,
        checkpoint.unit0,
        checkpoint.unit1,
        checkpoint.record0,
        checkpoint.records,
        checkpoint.sha256,
        stored_counts(checkpoint.counts),
        json.dumps(checkpoint.sequences),
        checkpoint.stopped,
        checkpoint.stamp or None,
        json.dumps([one.values() for one in checkpoint.reconciled]) if checkpoint.reconciled else None,
    )


def reject_of(row: tuple[Any, ...]) -> Reject:
    """The reject of a row of ``REJECT_COLUMNS`` without its load."""
    return Reject(
        input_no=int(row[0]),
        record_no=int(row[1]),
        byte_offset=int(row[2]),
        length_bytes=int(row[3]),
        table=row[4],
        table_no=int(row[5]),
        field=row[6],
        value=row[7],
        rule=row[8],
        code=row[9],
        reason=row[10],
        origin=row[11],
        raw=bytes(row[12] or b""),
    )


def discard_of(row: tuple[Any, ...]) -> Discard:
    """The discard of a row of ``DISCARD_COLUMNS`` without its load."""
    return Discard(
        input_no=int(row[0]),
        record_no=int(row[1]),
        byte_offset=int(row[2]),
        length_bytes=int(row[3]),
        reason=row[4],
    )


class Control:
    """
    The control tables of one target, over a way to run statements in the current transaction.

    Claims, fences and leases are those of a partition (from 1), or of the load as a whole (0).
    """

    def __init__(self, execute: Execute, prefix: str = "", part: int = 0) -> None:
        self._execute, self._prefix, self._part = execute, prefix, part

    def read_load(self, load_id: str) -> LoadRow | None:
        """The load's row with its fence."""
        return next(iter(self._loads("l.load_id = ?", load_id)), None)

    def unfinished(self, besides: str) -> list[LoadRow]:
        """The rows of other loads that run, or that may go on; the oldest first."""
        return self._loads("l.status <> 'complete' AND l.load_id <> ? ORDER BY l.seq", besides)

    def find_loads(self, prefix: str | None) -> list[str]:
        """Ids that begin with ``prefix``, the newest first; the newest only for None."""
        if prefix is None:
            table = f"{self._prefix}loadstone_load"
            sql = f"SELECT load_id FROM {table} WHERE seq = (SELECT max(seq) FROM {table})"
            return [row[0] for row in self._execute(sql, [])][:1]
        sql = f"SELECT load_id FROM {self._prefix}loadstone_load WHERE substr(load_id, 1, ?) = ? ORDER BY seq DESC"
        return [row[0] for row in self._execute(sql, [len(prefix), prefix])]

    def claim(self, load_id: str, claimant: Claimant, *, again: bool = False) -> int:
        """
        Make the load's rows where they are missing, and announce a higher fence; its number.

        Claims have a table of their own: a chunk in flight locks the fence's row, and a claim never waits for it.

        Args:
            again: The fence is this claimant's already, and only its own claims may stand.

        Raises:
            Refused: LS-4003 another process has claimed the load since, or has a newer lease of it.
        """
        if not self._execute(f"SELECT 1 FROM {self._prefix}loadstone_load WHERE load_id = ?", [load_id]):
            self._begin_load(load_id)
        table = f"{self._prefix}loadstone_claim"
        # The row is locked before it is read, so that no two claims have one number.
        where, key = "WHERE load_id = ? AND part = ?", [load_id, self._part]
        self._execute(f"UPDATE {table} SET claim_no = claim_no + 1 {where}", key)
        number, last = self._claim(load_id)
        if again and last != claimant.token:
            raise taken_over(load_id)
        self._keep_lease(load_id, claimant.lease)
        self._execute(f"UPDATE {table} SET claimant = ? {where}", [claimant.token, *key])
        if self._part == 0:
            # Who has the whole load has its partitions too.
            self._execute(
                f"UPDATE {table} SET claim_no = claim_no + 1, claimant = ? WHERE load_id = ? AND part > 0",
                [claimant.token, load_id],
            )
        return number

    def raise_fence(self, load_id: str, number: int, claimant: Claimant) -> None:
        """
        Raise the fence to the claimed ``number``: from now on older holders commit nothing.

        Raises:
            Refused: LS-4003 a later claim stands, or a newer lease of the same repository.
        """
        self._execute(
            f"UPDATE {self._prefix}loadstone_fence SET fence_no = ?, holder = ?"
            " WHERE load_id = ? AND part = ? AND fence_no < ?",
            [number, claimant.holder, load_id, self._part, number],
        )
        self._keep_lease(load_id, claimant.lease)
        if not self.holds_fence(load_id, number):
            raise taken_over(load_id)
        if self._part == 0:
            self._execute(
                f"UPDATE {self._prefix}loadstone_load SET status = 'running' WHERE load_id = ?", [load_id]
            )

    def holds_fence(self, load_id: str, number: int, *, lock: str = "") -> bool:
        """
        Whether ``number`` is the load's fence and nobody claims a higher one.

        The fence is read (and locked) first: a claim that this misses cannot raise it before the transaction ends.
        """
        key = [load_id, self._part]
        fences = self._execute(FENCE.format(self._prefix) + lock, key)
        return bool(fences) and is_held(number, fences[0], self._execute(CLAIM.format(self._prefix), key)[0])

    def is_prepared(self, load_id: str) -> bool:
        """Whether chunk 0 is committed."""
        rows = self._execute(
            f"SELECT prepared FROM {self._prefix}loadstone_load WHERE load_id = ?", [load_id]
        )
        return bool(rows) and int(rows[0][0]) == 1

    def set_preparing(self, load_id: str, frozen: dict[str, Any]) -> None:
        """Freeze the load before statements that commit by themselves."""
        self._execute(
            f"UPDATE {self._prefix}loadstone_load SET prepared = 2, frozen = ? WHERE load_id = ?",
            [json.dumps(frozen, sort_keys=True), load_id],
        )

    def set_prepared(self, load_id: str, frozen: dict[str, Any]) -> None:
        """Freeze the load and mark its tables prepared."""
        self._execute(
            f"UPDATE {self._prefix}loadstone_load SET prepared = 1, frozen = ? WHERE load_id = ?",
            [json.dumps(frozen, sort_keys=True), load_id],
        )
        for partition in frozen.get("partitions", ()):
            self._add_fence(load_id, int(partition["number"]))

    def finish(
        self, fence: Fence, status: Literal["stopped", "complete"], receipt: LoadReceipt, *, lock: str = ""
    ) -> None:
        """
        Store status and receipt.

        Raises:
            Refused: LS-4003 another process has the load by now, and says itself how it ends.
        """
        if not self.holds_fence(fence.load_id, fence.number, lock=lock):
            raise taken_over(fence.load_id)
        values = asdict(receipt)
        values["started_at"] = receipt.started_at.isoformat() if receipt.started_at else None
        self._execute(
            f"UPDATE {self._prefix}loadstone_load SET status = ?, receipt = ? WHERE load_id = ?",
            [status, json.dumps(values, sort_keys=True, default=str), fence.load_id],
        )
        reach("finishing")

    def add_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Insert a checkpoint."""
        marks = ", ".join("?" * len(CHECKPOINT_COLUMNS))
        self._execute(
            f"INSERT INTO {self._prefix}loadstone_chunk ({', '.join(CHECKPOINT_COLUMNS)}) VALUES ({marks})",
            checkpoint_row(load_id, checkpoint),
        )

    def update_checkpoint(self, load_id: str, checkpoint: Checkpoint) -> None:
        """Replace a checkpoint of this transaction."""
        self._execute(
            f"DELETE FROM {self._prefix}loadstone_chunk WHERE load_id = ? AND input_no = ? AND unit0 = ?",
            [load_id, checkpoint.input_no, checkpoint.unit0],
        )
        self.add_checkpoint(load_id, checkpoint)

    def checkpoints(self, load_id: str) -> list[Checkpoint]:
        """All checkpoints in input order."""
        names = ", ".join(CHECKPOINT_COLUMNS[1:])
        rows = self._execute(
            f"SELECT {names} FROM {self._prefix}loadstone_chunk WHERE load_id = ? ORDER BY input_no, unit0",
            [load_id],
        )
        return [
            Checkpoint(
                input_no=int(r[0]),
                unit0=int(r[1]),
                unit1=int(r[2]),
                record0=int(r[3]),
                records=int(r[4]),
                sha256=r[5],
                counts=_counts(json.loads(r[6])),
                sequences=tuple(json.loads(r[7])),
                stopped=r[8],
                stamp=r[9] or "",
                reconciled=tuple(Reconciled.of(one) for one in json.loads(r[10] or "[]")),
            )
            for r in rows
        ]

    def rejects(self, load_id: str) -> tuple[list[Reject], list[Discard]]:
        """Rejects and discards in record order."""
        names = ", ".join(REJECT_COLUMNS[1:])
        rejects = self._execute(
            f"SELECT {names} FROM {self._prefix}loadstone_reject WHERE load_id = ? ORDER BY record_no",
            [load_id],
        )
        names = ", ".join(DISCARD_COLUMNS[1:])
        discards = self._execute(
            f"SELECT {names} FROM {self._prefix}loadstone_discard WHERE load_id = ? ORDER BY record_no",
            [load_id],
        )
        return [reject_of(row) for row in rejects], [discard_of(row) for row in discards]

    # Private methods

    def _begin_load(self, load_id: str) -> None:
        top = self._execute(f"SELECT coalesce(max(seq), 0) FROM {self._prefix}loadstone_load", [])[0][0]
        self._execute(
            f"INSERT INTO {self._prefix}loadstone_load (load_id, status, prepared, frozen, receipt, begun_at, seq)"
            " VALUES (?, 'running', 0, '{}', NULL, ?, ?)",
            [load_id, datetime.now(UTC).isoformat(), int(top) + 1],
        )
        self._add_fence(load_id, 0)

    def _add_fence(self, load_id: str, part: int) -> None:
        self._execute(
            f"INSERT INTO {self._prefix}loadstone_fence (load_id, part, fence_no, beat) VALUES (?, ?, 0, 0)",
            [load_id, part],
        )
        self._execute(
            f"INSERT INTO {self._prefix}loadstone_claim (load_id, part, claim_no, claimant) VALUES (?, ?, 0, '-')",
            [load_id, part],
        )

    def _loads(self, which: str, load_id: str) -> list[LoadRow]:
        rows = self._execute(
            f"SELECT l.load_id, l.status, l.frozen, l.receipt, f.fence_no FROM {self._prefix}loadstone_load l"
            f" JOIN {self._prefix}loadstone_fence f ON f.load_id = l.load_id AND f.part = 0 WHERE {which}",
            [load_id],
        )
        return [
            LoadRow(
                load_id=found,
                fence=int(number),
                status=status,
                frozen=json.loads(frozen),
                receipt=json.loads(receipt) if receipt else None,
            )
            for found, status, frozen, receipt, number in rows
        ]

    def _claim(self, load_id: str) -> tuple[int, str]:
        rows = self._execute(CLAIM.format(self._prefix), [load_id, self._part])
        return int(rows[0][0]), str(rows[0][1])

    def _keep_lease(self, load_id: str, lease: Lease | None) -> None:
        """The highest lease that a repository had of the load; numbers of other repositories say nothing."""
        if lease is None:
            return
        table, where = f"{self._prefix}loadstone_lease", "WHERE load_id = ? AND repository = ?"
        # Each partition is a task of its own, with leases of its own.
        key = [f"{load_id}.{self._part}" if self._part else load_id, lease.repository_id]
        rows = self._execute(f"SELECT lease_no FROM {table} {where}", key)
        if not rows:
            self._execute(
                f"INSERT INTO {table} (load_id, repository, lease_no) VALUES (?, ?, ?)", [*key, lease.number]
            )
        elif int(rows[0][0]) > lease.number:
            raise taken_over(load_id)
        else:
            self._execute(f"UPDATE {table} SET lease_no = ? {where}", [lease.number, *key])


def stored_counts(counts: Contribution) -> str:
    """Counts as JSON, exact sums as text."""
    return json.dumps(asdict(counts), default=str)


def is_held(number: int, fence: Sequence[Any] | None, claim: Sequence[Any] | None) -> bool:
    """Whether the rows of ``FENCE`` and ``CLAIM``, read in this order, leave the load to fence ``number``."""
    return fence is not None and claim is not None and int(fence[0]) == number and int(claim[0]) <= number


def taken_over(load_id: str) -> Refused:
    """The error of a process whose load another one has."""
    return Refused(
        "LS-4003",
        f"load {load_id[:8]} was taken over by another process",
        hints=["its rows are safe; this process leaves it alone."],
    )


# Private functions


def _storable(text: str | None) -> str | None:
    """Text without NUL, which PostgreSQL cannot keep."""
    return text.replace("\0", "\ufffd") if text is not None else None


def _counts(values: dict[str, Any]) -> Contribution:
    tables = tuple(TableCount.of(table) for table in values.pop("tables"))
    return Contribution(tables=tables, **values)
