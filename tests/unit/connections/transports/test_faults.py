"""What goes wrong outside says what to do next."""

from __future__ import annotations

import pytest

from loadstone.connections.transports import faults
from loadstone.errors import FixFile, FixSpec, LoadstoneError, Refused, Retry


@pytest.mark.parametrize(
    ("found", "kind", "code"),
    [
        (faults.gone("sftp://h", "timed out"), Retry, "LS-7411"),
        (faults.not_the_one("sftp://h", "another host key"), FixSpec, "LS-7412"),
        (faults.login_refused("sftp://h", "no"), FixSpec, "LS-7413"),
        (faults.no_rights("sftp://h", "in", "permission denied"), Refused, "LS-7414"),
        (faults.no_file("in/a"), FixFile, "LS-7415"),
        (faults.cannot("https://h", "move files"), Refused, "LS-7416"),
        (faults.changed("in/a", "it has 3 bytes, not 4"), FixFile, "LS-7417"),
        (faults.exists("in/a"), Refused, "LS-7418"),
    ],
    ids=["gone", "not the one", "login", "rights", "no file", "cannot", "changed", "exists"],
)
def test_each_fault_has_its_class(found: LoadstoneError, kind: type[LoadstoneError], code: str) -> None:
    """A transient one is tried again, all others wait for somebody."""
    assert (kind, code) == (type(found), found.code)
