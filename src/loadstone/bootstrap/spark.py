"""Runs of Spark, put together: the target by its URL, Spark itself started when all else is known to be there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.bootstrap.loads import surroundings
from loadstone.bootstrap.targets import open_target, require
from loadstone.errors import FixSpec, Place
from loadstone.spec import LoadRequest, LoadSpec

if TYPE_CHECKING:
    from loadstone.load.spark.driver import Computed


def compute(
    request: LoadRequest, *, master: str, settings: Mapping[str, str], part_size_bytes: int | None = None
) -> Computed:
    """
    Compute the rows of a load into its folder ``parts`` by Spark.

    Raises:
        FixSpec: LS-3012 pyspark is not installed; others as of ``load.spark.driver.compute`` and ``started``.
    """
    require("pyspark", "spark")
    from loadstone.load.inputs import resolve_inputs
    from loadstone.load.spark.cluster import started
    from loadstone.load.spark.driver import PART_SIZE_BYTES
    from loadstone.load.spark.driver import compute as run

    resolve_inputs(request)  # what is refused here must not leave an empty file of a target
    target = open_target(request.target, control_schema=request.control_schema)
    try:
        with started(master, settings) as cluster:
            return run(
                request,
                target,
                surroundings(request),
                cluster,
                part_size_bytes=part_size_bytes or PART_SIZE_BYTES,
            )
    finally:
        target.close()


def request_values(path: str) -> dict[str, Any]:
    """
    What a load of the parts of a manifest is asked for: fields of ``LoadRequest``, without the target.

    Raises:
        FixFile: LS-4030 it is none.
    """
    from loadstone.load.spark.model import read_manifest

    folder = Path(path).parent
    values = dict(read_manifest(folder).request)
    return {
        **values,
        "spec": LoadSpec.model_validate(values["spec"]),
        "data": tuple(values["data"]),
        "parts": str(folder),
    }


def settings_of(pairs: list[str]) -> dict[str, str]:
    """
    Properties of Spark by name, from ``NAME=VALUE``.

    Raises:
        FixSpec: LS-6003 one has no value.
    """
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise FixSpec("LS-6003", f"--conf takes NAME=VALUE, and got {pair}", Place())
        found[name] = value
    return found
