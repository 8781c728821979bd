"""Output specs as files."""

from __future__ import annotations

from loadstone.output.model import OutputSpec
from loadstone.spec.documents import file_text, parse_document


def read_output_spec(path: str) -> OutputSpec:
    """
    An output spec of YAML or JSON.

    Raises:
        FixSpec: LS-6020 it cannot be read; LS-8001 it is no YAML; LS-8002 every fault of its form, with its place.
    """
    document = parse_document(file_text(path), path, "LS-8001")
    return document.valid(OutputSpec, "LS-8002", "`loadstone write --schema` prints the schema.")
