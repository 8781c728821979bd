"""The receipt: the books of a load, asserted to balance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loadstone.books import Contribution, LoadReceipt, TableCount
from loadstone.errors import Stop
from loadstone.load.atomic import published_part, staged_tables
from loadstone.load.identity import Identity
from loadstone.load.inputs import LoadInput
from loadstone.load.plan.model import LoadPlan
from loadstone.load.resume import Progress, prefix_digest
from loadstone.load.totals import sums_of
from loadstone.targets.model import LoadRow


def make_receipt(
    plan: LoadPlan, identity: Identity, progress: Progress, outcome: str, *, resumed: bool
) -> LoadReceipt:
    """
    The receipt of what is committed.

    Raises:
        Stop: LS-4001 the books do not balance, which is a defect of the product.
    """
    counts = _with_tables(progress.counts, len(plan.tables))
    warnings = plan.warnings
    if not plan.request.resume:
        warnings = (
            *warnings,
            "no control tables were made: this load cannot resume, and a start loads again",
        )
    unpublished = bool(staged_tables(plan)) and progress.published_at != progress.record_no
    if unpublished:
        counts = published_part(counts, progress)
        changed = "what they need is not there" if progress.published_tables else "no table has changed"
        warnings = (*warnings, f"all or nothing: {counts.staged} records wait, and {changed}")
    if not counts.balanced:
        raise Stop("LS-4001", f"the books do not balance: {counts}")
    tables: dict[str, int] = {}
    for table, count in zip(plan.tables, counts.tables, strict=True):
        name = str(table.spec.table)
        tables[name] = tables.get(name, 0) + count.loaded
    return LoadReceipt(
        load_id=identity.load_id,
        spec_path=plan.request.spec_path,
        target=plan.target.url,
        outcome=outcome,
        exit_code=_exit_code(counts, outcome, unpublished=unpublished),
        counts=counts,
        tables=tables,
        sums=sums_of(plan, counts.tables),
        resumed=resumed,
        warnings=warnings,
        inputs=_digests(plan, progress, outcome),
    )


def finished_before(row: LoadRow, inputs: list[LoadInput]) -> LoadReceipt | None:
    """The receipt of a finished load if its inputs are the same to the byte, else None."""
    if row.receipt is None:
        return None
    receipt = receipt_of(row.receipt)
    if len(receipt.inputs) != len(inputs):
        return None
    for one, (size_bytes, digest) in zip(inputs, receipt.inputs, strict=True):
        hasher, seen = prefix_digest(one)
        if seen != size_bytes or hasher.hexdigest() != digest:
            return None
    return replace(receipt, repeated=True)


def receipt_of(values: dict[str, Any]) -> LoadReceipt:
    """The receipt that ``asdict`` and JSON kept."""
    counts = dict(values["counts"])
    counts["tables"] = tuple(TableCount.of(table) for table in counts.get("tables", ()))
    rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    rest.update(counts=Contribution(**counts), started_at=None)
    rest["inputs"] = tuple((int(size), str(digest)) for size, digest in values.get("inputs", ()))
    return LoadReceipt(**rest)


# Private functions


def _digests(plan: LoadPlan, progress: Progress, outcome: str) -> tuple[tuple[int, str], ...]:
    """Length and digest of each input: of the whole of it where the load is complete, else of what was read."""
    found = dict(progress.digests)
    for one in plan.inputs if outcome == "complete" else ():
        # Empty inputs have no chunk, and what DISCARDMAX left unread belongs to the contents too.
        if one.input_no not in found or one.input_no in progress.ended:
            hasher, size_bytes = prefix_digest(one)
            found[one.input_no] = size_bytes, hasher.hexdigest()
    return tuple(found[number] for number in sorted(found))


def _exit_code(counts: Contribution, outcome: str, *, unpublished: bool) -> int:
    """2 for any reject, discard or stop; 1 where all or nothing came to nothing."""
    if unpublished and outcome == "errors":
        return 1
    return 2 if counts.rejected or counts.discarded or outcome in ("errors", "stopped", "waiting") else 0


def _with_tables(counts: Contribution, tables: int) -> Contribution:
    return counts if counts.tables else replace(counts, tables=(TableCount(),) * tables)
