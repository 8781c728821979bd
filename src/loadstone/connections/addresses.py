"""
Addresses that a URL of a configuration or of an answer may lead to: public ones, unless its host is allowed by name.

The address that was checked is the one that is connected to, so that DNS cannot answer differently in between.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Addresses in which an IPv4 address is carried over IPv6 (RFC 6052)."""

_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")
"""The same for the addresses of one network (RFC 8215), which Python 3.11 holds for public."""


def checked(host: str, port: int, allowed: Collection[str] = ()) -> str:
    """
    One address of a host.

    Args:
        allowed: Hosts, as written in the URL, that may have an address that is not public; ``*`` is every host.

    Raises:
        PermissionError: one of its addresses is not public. OSError: the name is unknown.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if host.lower() not in {one.lower() for one in allowed} and "*" not in allowed:
        for address in addresses:
            if not is_public(address):
                raise PermissionError(f"{host} is {address}, which is no public address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the public network, also within an address of IPv6 that carries one of IPv4."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found in _NAT64_LOCAL:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast
