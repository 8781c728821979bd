"""Connections to Oracle, with the session's settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import oracledb

from loadstone.errors import Stop
from loadstone.targets.oracle.faults import code_of, text_of
from loadstone.targets.oracle.login import Login, hint_of, login_of

CONNECT_TIMEOUT_S = 15.0
PROBE_EVERY_MIN = 1
"""Minutes of silence after which the driver asks whether the other side still lives; its least."""

SETTINGS = (
    "ALTER SESSION SET TIME_ZONE = '+00:00' NLS_NUMERIC_CHARACTERS = '.,' NLS_LENGTH_SEMANTICS = 'BYTE'"
    " NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'",
)
"""What the server converts by itself must not depend on where the loader runs."""


def connect_thin(login: Login) -> Any:
    """A connection of python-oracledb, in thin mode."""
    return oracledb.connect(
        user=login.user,
        password=login.password,
        dsn=login.dsn,
        tcp_connect_timeout=CONNECT_TIMEOUT_S,
        expire_time=PROBE_EVERY_MIN,
        **login.options,
    )


driver: Callable[[Login], Any] = connect_thin
"""How connections are made; ``testing.install`` puts the stand-in here."""


def connect(url: str, name: str) -> Any:
    """
    A connection, registered as module ``name`` in V$SESSION; LOBs are read as text and bytes.

    Raises:
        Stop: LS-3020 the server cannot be reached or refuses the login.
    """
    login = login_of(url)
    try:
        connection = driver(login)
        connection.outputtypehandler = _plain_lobs
        connection.module = name
        with connection.cursor() as cursor:
            for statement in SETTINGS:
                cursor.execute(statement)
    except oracledb.Error as error:
        hint = hint_of(code_of(error))
        raise Stop("LS-3020", f"cannot connect to {login.url}: {text_of(error)}", hints=[hint]) from error
    return connection


# Private functions


def _plain_lobs(cursor: Any, metadata: Any) -> Any:
    """CLOBs and BLOBs as str and bytes, in one round trip."""
    if metadata.type_code in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
        return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
    if metadata.type_code is oracledb.DB_TYPE_BLOB:
        return cursor.var(oracledb.DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None
