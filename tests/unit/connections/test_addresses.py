"""Which addresses a URL may lead to."""

from __future__ import annotations

import pytest

from loadstone.connections.addresses import checked, is_public


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::127.0.0.1", False),
        ("64:ff9b::8.8.8.8", True),
        ("64:ff9b:1::8.8.8.8", False),
    ],
)
def test_public_is_what_everybody_can_reach(address: str, public: bool) -> None:
    """Of IPv4, of IPv6, and of IPv4 within IPv6."""
    assert public == is_public(address)


def test_a_host_may_be_allowed_by_name() -> None:
    """Its own name in any case, or all; another name, even of the same address, is not meant."""
    assert "127.0.0.1" == checked("127.0.0.1", 80, ["127.0.0.1"]) == checked("127.0.0.1", 80, ["*"])
    for allowed in ([], ["localhost"]):
        with pytest.raises(PermissionError, match="127.0.0.1 is 127.0.0.1, which is no public address"):
            checked("127.0.0.1", 80, allowed)
    with pytest.raises(OSError):
        checked("no-such-host.invalid", 80)
