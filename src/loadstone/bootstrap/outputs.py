"""Outgoing files, put together: the source by its URL, the spec by its path, the place by its name, numbers from the repository."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from loadstone.errors import FixSpec
from loadstone.output.model import OutputReceipt, OutputSpec, Request, receipt_of, receipt_values
from loadstone.output.specs import read_output_spec
from loadstone.output.write import Outside, Report, write_file

if TYPE_CHECKING:
    from loadstone.connections.guarded import Guarded
    from loadstone.database.open import Database


def write(
    request: Request, report: Report = lambda records, size: None, *, repository: str | None = None
) -> OutputReceipt:
    """
    Write one file, and deliver it where its spec says so; errors are of class ``LoadstoneError``.

    Args:
        repository: URL of the repository, which a file with ``deliver`` or ``sequence`` needs; the configured one for None.
    """
    if request.spec.deliver is None and request.spec.sequence is None and request.run is None:
        return _write(request, Outside(_nowhere, _nothing), report)
    from loadstone.bootstrap.repository import open_repository
    from loadstone.config import resolve_repository

    database = open_repository(resolve_repository(repository))
    try:
        return write_known(request, database, report)
    finally:
        database.close()


def write_known(request: Request, database: Database, report: Report) -> OutputReceipt:
    """
    Write one file that the repository has to do with.

    A run of a job that has written its file gives its receipt again. What cannot be delivered is refused before it is written.
    """
    from loadstone.output import numbers, runs

    before = runs.find(database, request.run) if request.run is not None else None
    if before is not None:
        return receipt_of(before)
    place = _place(request.spec, database)
    with closing(place) if place is not None else nullcontext():
        opened = _nowhere if place is None else lambda name: place
        number = None
        if request.spec.sequence is not None and "sequence" not in request.variables:
            number = numbers.draw(database, request)
            numbered = replace(request, variables={**request.variables, "sequence": number})
        else:
            numbered = request

        def settled(receipt: OutputReceipt) -> None:
            with database.write() as connection:
                if number is not None:
                    numbers.settle(connection, request, number)
                if request.run is not None:
                    runs.keep(connection, request.run, receipt_values(replace(receipt, sequence=number)))

        return replace(_write(numbered, Outside(opened, settled), report), sequence=number)


def spec_at(path: str) -> OutputSpec:
    """The output spec of a file."""
    return read_output_spec(path)


def schema() -> dict[str, Any]:
    """The JSON Schema of an output spec."""
    return OutputSpec.model_json_schema()


# Private functions


def _write(request: Request, outside: Outside, report: Report) -> OutputReceipt:
    from loadstone.output.sources.opening import open_source

    with closing(open_source(request.source, request.spec.rows)) as source:
        return write_file(request, source, outside, report)


def _place(spec: OutputSpec, database: Database) -> Guarded | None:
    """
    Raises:
        FixSpec: LS-7404 there is no such connection, LS-7402 it has no files, LS-8018 it is not for writing.
    """
    if spec.deliver is None:
        return None
    from loadstone.bootstrap.configured import configured
    from loadstone.bootstrap.connections import unknown
    from loadstone.bootstrap.places import open_place
    from loadstone.connections.options import OPTIONS, options_of

    connection = configured().get(spec.deliver.connection.lower())
    if connection is None:
        raise unknown(spec.deliver.connection)
    model = OPTIONS.get(connection.kind)
    if model is None:
        raise FixSpec("LS-7402", f"connection {connection.name}: {connection.kind} has no files")
    if options_of(connection, model).access != "write":
        raise FixSpec(
            "LS-8018",
            f"connection {connection.name} is for reading",
            hints=[f'connections.{connection.name}.access = "write" lets files be delivered there.'],
        )
    return open_place(connection, database, owner="write")


def _nowhere(name: str) -> Guarded:
    raise AssertionError(f"nothing is delivered to {name}")


def _nothing(receipt: OutputReceipt) -> None:
    """Nobody is told."""
