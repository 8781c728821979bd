"""Paths stay below the folder of the connection."""

from __future__ import annotations

import pytest

from loadstone.connections.transports.paths import is_plain_name, joined, parts_of
from loadstone.errors import Refused


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a", "a/../../b", "a\\b", "a\0b", "a\nb", "x" * 1025],
    ids=["absolute", "up", "up later", "backslash", "nul", "line end", "long"],
)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    """LS-7414, before anything is asked of the place."""
    with pytest.raises(Refused) as caught:
        parts_of(path)
    assert "LS-7414" == caught.value.code


def test_paths_are_joined_with_single_slashes() -> None:
    """Whatever slashes they came with."""
    assert ("/in/a/b", "/in", "/", "") == (
        joined("/in/", "a//./b"),
        joined("/in", ""),
        joined("/", ""),
        joined("", ""),
    )


def test_names_of_servers_are_looked_at() -> None:
    """A server may not make a path of a name."""
    assert [True, False, False, False, False] == [
        is_plain_name(one) for one in ("a b.csv", "..", "a/b", "", "a\n")
    ]
