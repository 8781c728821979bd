"""A connection's kind decides which protocol is spoken."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from loadstone.connections.model import Connection
from loadstone.connections.transports.open import folder_of, open_transport
from loadstone.errors import FixSpec


def test_a_database_has_no_files() -> None:
    """LS-7402, with the kinds that have."""
    with pytest.raises(FixSpec, match="LS-7402"):
        open_transport(Connection(name="bank", kind="database", url="postgresql://h/d"))


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-7419, with what brings it."""
    monkeypatch.delitem(sys.modules, "loadstone.connections.transports.s3", raising=False)
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(FixSpec, match="LS-7419") as caught:
        open_transport(Connection(name="lake", kind="s3", url="s3://b"))
    assert ("pip install 'loadstone[s3]'",) == caught.value.hints


def test_a_folder_is_a_path_or_a_url(tmp_path: Path) -> None:
    """Either way it is listed."""
    (tmp_path / "a ä.csv").write_text("x")
    for url in (str(tmp_path), tmp_path.as_uri()):
        found = open_transport(Connection(name="in", kind="directory", url=url)).list()
        assert ["a ä.csv"] == [one.name for one in found]
    assert "/in put" == folder_of("file:///in%20put")
