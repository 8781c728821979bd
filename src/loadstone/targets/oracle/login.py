"""Who logs in to Oracle and where, from a URL; and why a login fails. Needs no driver."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from loadstone.errors import FixSpec
from loadstone.secrets.passwords import remember
from loadstone.targets.urls import safe_url

PASSWORD = "LOADSTONE_ORACLE_PASSWORD"
"""Environment variable with the password of a URL that has none."""

_QUERY = {"sid", "service_name", "wallet_location", "config_dir", "protocol", "ssl_server_dn_match"}
_HINTS = {
    "ORA-01017": f"user or password is wrong; the password stands in the URL or in {PASSWORD}.",
    "ORA-28000": "the account is locked: ALTER USER ... ACCOUNT UNLOCK.",
    "ORA-28001": "the password has expired: ALTER USER ... IDENTIFIED BY ...",
    "ORA-01045": "GRANT CREATE SESSION to the user.",
    "ORA-12514": "the listener knows no such service: `lsnrctl services` lists them; for a SID write ?sid=NAME.",
    "DPY-6001": "the listener knows no such service: `lsnrctl services` lists them; for a SID write ?sid=NAME.",
    "DPY-6003": "the listener knows no such SID: `lsnrctl services` lists services; they stand after the port.",
    "ORA-12541": "no listener answers there: are host and port right, and does the listener run?",
    "DPY-6005": "nothing answers there: are host and port right, and does the listener run?",
    "DPY-4000": "tnsnames.ora has no such alias: write host:port/service, or name its folder with TNS_ADMIN.",
    "DPY-4026": "there is no tnsnames.ora: write host:port/service, or name its folder with TNS_ADMIN.",
    "DPY-4027": "an alias needs a tnsnames.ora: write host:port/service, or name its folder with TNS_ADMIN.",
    "DPY-3010": "thin mode needs Oracle Database 12.1 or later.",
    "DPY-3015": "the account has only the 10G verifier: set its password once more.",
    "DPY-4001": f"no password: put it in the URL or in {PASSWORD}.",
    "ORA-01033": "the database is starting or stopping: try again soon.",
    "ORA-01034": "the database is down.",
}


@dataclass(frozen=True, kw_only=True)
class Login:
    """
    Who logs in where.

    Attributes:
        dsn: ``host:port/service``, or an alias of tnsnames.ora. url: without password, for messages.
        options: Other arguments of the driver's ``connect``.
    """

    user: str | None
    password: str | None = field(repr=False)
    dsn: str | None
    url: str
    options: dict[str, Any] = field(default_factory=dict)


def login_of(url: str) -> Login:
    """
    The login that ``oracle://user:password@host:1521/service`` names.

    A host alone, without port and service, is an alias of tnsnames.ora. ``?sid=NAME`` stands for a service.

    Raises:
        FixSpec: LS-3013 an unknown parameter, or no host.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    unknown = sorted(set(query) - _QUERY)
    if unknown or not parts.hostname:
        fact = f"unknown parameter {', '.join(unknown)}" if unknown else "no host or alias"
        raise FixSpec(
            "LS-3013",
            f"{safe_url(url)}: {fact}",
            hints=["oracle://user@host:1521/service", f"known parameters: {', '.join(sorted(_QUERY))}."],
        )
    options: dict[str, Any] = {k: v for k, v in query.items() if k not in ("sid", "service_name")}
    service = query.get("service_name") or unquote(parts.path.lstrip("/"))
    host = parts.netloc.rpartition("@")[2].partition(":")[0]
    dsn: str | None = None
    if service or "sid" in query or parts.port is not None:
        options |= {"host": parts.hostname, "port": parts.port or 1521}
        options |= {"sid": query["sid"]} if "sid" in query else {"service_name": service}
    else:
        dsn = host
    password = unquote(parts.password) if parts.password else os.environ.get(PASSWORD)
    remember([password] if password else [])
    return Login(
        user=unquote(parts.username) if parts.username else None,
        password=password,
        dsn=dsn,
        url=safe_url(url),
        options=options,
    )


def hint_of(code: str) -> str:
    """What to look at when a login fails with ``code``."""
    return _HINTS.get(code, "is the server up, and are host, port and service right?")
