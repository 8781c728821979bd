"""Loads, put together: the target by its URL, the environment of the process, pipes landed first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from loadstone.books import LoadReceipt, Reject, Run
from loadstone.bootstrap.pipes import land_data, land_pipes
from loadstone.bootstrap.targets import open_rehearsal, open_target
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest, LoadSpec, TableName
from loadstone.targets.unrecorded import UnrecordedTarget
from loadstone.targets.urls import file_of, kind_of

if TYPE_CHECKING:
    from loadstone.load.preview import Preview
    from loadstone.load.surroundings import Surroundings
    from loadstone.sqlldr.express import ExpressColumn
    from loadstone.sqlldr.findings import Finding
    from loadstone.targets.model import Column, RefusedRecords


def load(request: LoadRequest, run: Run) -> LoadReceipt:
    """Load, resume, or give the receipt of a finished load; errors are of class ``LoadstoneError``."""
    from loadstone.load import pipeline
    from loadstone.load.inputs import resolve_inputs

    _refuse_repository(request.target)
    request = _tuned(land_pipes(request))
    resolve_inputs(request)  # what is refused here must not leave an empty file of a target
    if request.take_over:
        end_file_holder(request)
    target = open_target(request.target, control_schema=request.control_schema)
    if not request.resume:
        target = UnrecordedTarget(target)
    try:
        return pipeline.run(request, target, _publishing(request), run)
    finally:
        target.close()


def end_file_holder(request: LoadRequest) -> None:
    """Kill the process that holds a file target for this very load; a file must be free before it is opened."""
    if kind_of(request.target) not in ("sqlite", "duckdb"):
        return
    from loadstone.config import user_functions
    from loadstone.load.identity import is_of, load_key
    from loadstone.load.inputs import resolve_inputs
    from loadstone.targets.holder import end_holder

    key = load_key(request, request.target, resolve_inputs(request), user_functions())
    end_holder(file_of(request.target), lambda load_id: is_of(key, load_id))


def load_anew(request: LoadRequest, run: Run) -> LoadReceipt:
    """Load as SQL*Loader does: always once more, unless the last run of the same load died."""
    return load(replace(request, again=True, resume_unfinished=True), run)


def load_original(
    request: LoadRequest, run: Run, *, binary: str | None = None, timeout_s: float | None = None
) -> LoadReceipt:
    """Load with Oracle's own SQL*Loader; ``binary`` None = where it is installed."""
    from loadstone.load.original.run import Surroundings, run_original

    surroundings = Surroundings(variables=os.environ, binary=binary, timeout_s=timeout_s)
    return run_original(land_data(request), surroundings, run)


def preview(request: LoadRequest, rows: int = 10) -> Preview:
    """The first rows as they would be loaded; nothing of the target changes, and no missing table is made there."""
    from loadstone.load import preview as previews

    target = open_rehearsal(request.target, request.control_schema)
    try:
        return previews.preview(land_pipes(request), target, surroundings(request), rows=rows)
    finally:
        target.close()


def explain(request: LoadRequest) -> dict[str, Any]:
    """What the plan of a load would do, as JSON values."""
    from loadstone.load.inputs import resolve_inputs
    from loadstone.load.plan.compile import compile_plan
    from loadstone.load.plan.explain import explain as told

    target = open_rehearsal(request.target, request.control_schema)
    try:
        environment = surroundings(request).environment()
        return told(compile_plan(request, target, environment, resolve_inputs(request)))
    finally:
        target.close()


def refusals(spec: LoadSpec, spec_path: str, kind: str) -> list[Finding]:
    """What target ``kind`` would refuse of a spec, without connecting to one."""
    from loadstone.load.plan.refusals import refusals_of
    from loadstone.sqlldr.findings import Finding

    return [
        Finding(
            code=error.code,
            line=error.place.line or 1,
            column=error.place.column or 1,
            message=error.message,
            hints=error.hints,
        )
        for error in refusals_of(spec, kind)
    ]


@contextmanager
def refused_records(
    target_url: str, load_id: str | None, control_schema: str | None
) -> Iterator[tuple[str, RefusedRecords]]:
    """
    The one load whose id begins with ``load_id`` (the latest for None), and its rejects and discards.

    Raises:
        FixSpec: LS-6004 there is none, or no load has ever gone into this target; LS-6009 several.
    """
    if kind_of(target_url) in ("sqlite", "duckdb") and not Path(file_of(target_url)).exists():
        raise FixSpec("LS-6004", f"there is no database {target_url}", hints=["is its name right?"])
    target = open_target(target_url, control_schema=control_schema)
    try:
        try:
            ids = target.find_loads(load_id)
        except FixSpec as error:
            raise _no_load(load_id) from error
        if not ids:
            raise _no_load(load_id)
        if len(ids) > 1:
            told = ", ".join(one[:12] for one in ids[:5])
            raise FixSpec("LS-6009", f"{len(ids)} loads have ids that begin with {load_id}: {told}")
        yield ids[0], target.refused
    finally:
        target.close()


def rejects(
    target_url: str, load_id: str | None = None, control_schema: str | None = None
) -> tuple[Sequence[str], list[Reject]]:
    """
    Ids of the loads whose id begins with ``load_id`` (the latest one for None), and their rejects.

    Raises:
        FixSpec: LS-6004 there is no such database file; it is not made.
    """
    if kind_of(target_url) in ("sqlite", "duckdb") and not Path(file_of(target_url)).exists():
        raise FixSpec("LS-6004", f"there is no database {target_url}", hints=["is its name right?"])
    target = open_target(target_url, control_schema=control_schema)
    try:
        if target.find_table(TableName(name="LOADSTONE_LOAD", schema_name=control_schema), {}) is None:
            return [], []
        ids = target.find_loads(load_id)
        return ids, [reject for one in ids for reject in target.rejects(one)[0]]
    finally:
        target.close()


def express_columns(target_url: str, table: TableName) -> list[ExpressColumn]:
    """
    The columns of a table as the express mode of SQL*Loader takes them, in order.

    Raises:
        FixSpec: LS-3001 the table does not exist.
    """
    target = open_target(target_url)
    try:
        info = target.find_table(table, {})
        if info is None:
            raise FixSpec(
                "LS-3001", f"table {table} does not exist in {target.url}", hints=["is its name right?"]
            )
        return [_express_column(column) for column in info.columns if not column.generated]
    finally:
        target.close()


def surroundings(request: LoadRequest) -> Surroundings:
    """The process and the configuration; USER is the target's user, else the one who runs the load."""
    from loadstone.config import current_user, user_functions
    from loadstone.load.surroundings import Surroundings

    user = urlsplit(request.target).username or current_user()
    return Surroundings(variables=os.environ, user=user, functions=user_functions())


# Private functions


def _publishing(request: LoadRequest) -> Surroundings:
    """The surroundings of a load that publishes by types where the request has them."""
    around = surroundings(request)
    if request.types is None:
        return around
    from loadstone.transactions.plan import plan_of
    from loadstone.transactions.publishing import TypePublisher

    plan = plan_of(request.types, request.types_path, request.spec)
    return replace(around, publish=TypePublisher(plan, request.types.workers))


def _tuned(request: LoadRequest) -> LoadRequest:
    """The request with what the configuration pins, where it says nothing itself."""
    from loadstone.config import tuning

    pins = tuning()
    return replace(
        request,
        workers=request.workers or pins.workers,
        chunk_size_bytes=request.chunk_size_bytes or pins.chunk_size_bytes,
        adapt=request.adapt and pins.adapt,
    )


def _refuse_repository(target: str) -> None:
    """The repository's file is no target; a worker that was told of another one refuses that by itself."""
    if kind_of(target) not in ("sqlite", "duckdb"):
        return
    from loadstone.config import known_repository
    from loadstone.database.files import refuse_same_file

    repository = known_repository()
    if not repository.startswith("postgres"):
        refuse_same_file(file_of(repository), file_of(target))


def _no_load(load_id: str | None) -> FixSpec:
    if load_id is None:
        return FixSpec(
            "LS-6004", "nothing was ever loaded into this target", hints=["is it the right target?"]
        )
    return FixSpec("LS-6004", f"no load of this target has an id that begins with {load_id}")


def _express_column(column: Column) -> ExpressColumn:
    from loadstone.datatypes.model import Kind
    from loadstone.sqlldr.express import ExpressColumn

    kind, length = column.type.kind, column.type.length
    name, upper = column.name, column.name.upper()
    quoted = name not in (upper, name.lower())
    name = name if quoted else upper
    if kind is Kind.TIMESTAMP and column.type.fraction_digits == 0:
        return ExpressColumn(name=name, quoted=quoted, kind="date")
    if kind in (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ):
        kinds: dict[Kind, Literal["date", "timestamp", "timestamp_tz"]] = {
            Kind.DATE: "date",
            Kind.TIMESTAMP: "timestamp",
            Kind.TIMESTAMPTZ: "timestamp_tz",
        }
        return ExpressColumn(name=name, quoted=quoted, kind=kinds[kind])
    if kind in (Kind.TEXT, Kind.BYTES, Kind.JSON, Kind.JSONB):
        text: Literal["text", "bytes"] = "bytes" if kind is Kind.BYTES else "text"
        return ExpressColumn(name=name, quoted=quoted, kind=text, length=length)
    return ExpressColumn(name=name, quoted=quoted, kind="other")
