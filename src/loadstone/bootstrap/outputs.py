"""Outgoing files, put together: the source by its URL, the spec by its path."""

from __future__ import annotations

from typing import Any

from loadstone.output.model import OutputReceipt, OutputSpec, Request
from loadstone.output.specs import read_output_spec
from loadstone.output.write import Report, write_file


def write(request: Request, report: Report = lambda records, size: None) -> OutputReceipt:
    """Write one file; errors are of class ``LoadstoneError``."""
    from loadstone.output.sources.opening import open_source

    source = open_source(request.source, request.spec.rows)
    try:
        return write_file(request, source, report)
    finally:
        source.close()


def spec_at(path: str) -> OutputSpec:
    """The output spec of a file."""
    return read_output_spec(path)


def schema() -> dict[str, Any]:
    """The JSON Schema of an output spec."""
    return OutputSpec.model_json_schema()
