"""A spec from whichever form it is in."""

from __future__ import annotations

import os
from collections.abc import Sequence

from loadstone.bootstrap.control import control_locale
from loadstone.errors import FixSpec
from loadstone.spec import LoadSpec
from loadstone.spec.files import is_spec_file, read_spec
from loadstone.sqlldr.control import read_control


def read_any(path: str, defines: Sequence[str] = ()) -> LoadSpec:
    """A spec by its ending (.yaml, .yml, .json), else a control file, whose placeholders ``NAME=VALUE`` fill."""
    if is_spec_file(path):
        return read_spec(path)
    return read_control(path, defined(defines), control_locale(os.environ))


def defined(defines: Sequence[str]) -> dict[str, str]:
    """
    Values by name.

    Raises:
        FixSpec: LS-6007 a definition without ``=``.
    """
    pairs = [one.partition("=") for one in defines]
    for name, sign, _ in pairs:
        if not sign or not name:
            raise FixSpec("LS-6007", f"--define {name} has no value")
    return {name: value for name, _, value in pairs}
