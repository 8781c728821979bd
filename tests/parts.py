"""Loads by parts for tests: computed by a cluster, taken in by a load, beside the same load in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from loadstone.books import LoadReceipt, reject_values
from loadstone.bootstrap import loads, spark
from loadstone.bootstrap.targets import open_target
from loadstone.load.spark.driver import Cluster, Computed, compute
from loadstone.load.spark.testing import InProcess
from loadstone.spec import LoadRequest
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, rows_of
from tests.targets import execute

Left = tuple[list[list[tuple[Any, ...]]], list[dict[str, Any]], dict[str, bytes], Any]
"""Rows of each table in record order, rejects, bytes of bad and discard files by name, books."""


def request_of(control: str, target: str, **options: Any) -> LoadRequest:
    """The request of a control file's text in the working directory."""
    Path("load.ctl").write_text(control)
    spec = parse_control(control.encode(), "load.ctl")
    return LoadRequest(spec=spec, spec_path="load.ctl", target=target, **options)


def computed(
    request: LoadRequest, cluster: Cluster | None = None, folder: str = "parts", size_bytes: int = 500
) -> Computed:
    """The parts of a request in ``folder``."""
    request = replace(request, parts=folder)
    target = open_target(request.target)
    try:
        return compute(
            request, target, loads.surroundings(request), cluster or InProcess(), part_size_bytes=size_bytes
        )
    finally:
        target.close()


def taken_in(target: str, folder: str = "parts", **options: Any) -> LoadReceipt:
    """The receipt of a load of computed parts."""
    values: Mapping[str, Any] = {**spark.request_values(f"{folder}/manifest.json"), **options}
    return loads.load(LoadRequest(target=target, **values), Undisturbed())


def left_by(receipt: LoadReceipt, target: str, queries: list[str]) -> Left:
    """What a load left; its bad and discard files are taken away."""
    rows = [rows_of(target, query) for query in queries]
    _, rejects = loads.rejects(target, receipt.load_id)
    told = [{**reject_values(one, "", ""), "raw": ""} for one in rejects]
    files = {}
    for name in (*receipt.bad_files, *receipt.discard_files):
        files[Path(name).name] = Path(name).read_bytes()
        Path(name).unlink()
    return rows, told, files, receipt.counts


def both(
    control: str,
    target: str,
    ddl: list[str],
    queries: list[str],
    *,
    cluster: Cluster | None = None,
    size_bytes: int = 500,
    **options: Any,
) -> tuple[Left, Left]:
    """What the load in one leaves, and what the same load by parts leaves in tables that are as empty."""
    request = request_of(control, target, **options)
    execute(target, *ddl)
    whole = left_by(loads.load(request, Undisturbed()), target, queries)
    execute(target, *(f"DELETE FROM {table}" for table in _tables(ddl)))
    computed(request, cluster, size_bytes=size_bytes)
    kept = {name: value for name, value in options.items() if name not in ("data", "skip", "load")}
    by_parts = left_by(taken_in(target, again=True, **kept), target, queries)
    return whole, by_parts


def _tables(ddl: list[str]) -> list[str]:
    return [one.split()[2].strip("(") for one in ddl if one.upper().startswith("CREATE TABLE")]
