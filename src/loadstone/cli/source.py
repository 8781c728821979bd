"""A spec from whichever form it is in."""

from __future__ import annotations

from loadstone.spec import LoadSpec
from loadstone.spec.files import is_spec_file, read_spec
from loadstone.sqlldr.control import read_control


def read_any(path: str) -> LoadSpec:
    """A spec by its ending (.yaml, .yml, .json), else a control file."""
    return read_spec(path) if is_spec_file(path) else read_control(path)
