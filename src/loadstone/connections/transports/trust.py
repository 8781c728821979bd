"""Whose certificates are trusted."""

from __future__ import annotations

import ssl

from loadstone.errors import FixSpec


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """
    A client's side of TLS that checks names and certificates against ``ca_file``, or those that the system trusts.

    Raises:
        FixSpec: LS-7401 the file cannot be read, or holds none.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        told = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise FixSpec("LS-7401", f"ca_file: cannot use {ca_file}: {told}") from error
