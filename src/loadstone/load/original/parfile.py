"""The parameter file of a run: with the password, so 0600 in a private folder, and never on a command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loadstone.errors import FixSpec
from loadstone.load.inputs import LoadInput
from loadstone.spec import LoadRequest
from loadstone.targets.oracle.login import Login

ALL_ERRORS = 2_147_483_647
"""ERRORS of a load that may refuse any number of records; releases before 12.2 know no -1."""

_UNSAFE = "\"'\r\n"


@dataclass(frozen=True, kw_only=True)
class OriginalRun:
    """
    One run of the original.

    Attributes:
        request: The load; ``request.target`` is the URL of an Oracle database.
        control: Path of the control file that SQL*Loader reads.
        inputs: Data files with their bad and discard files. log: path of its log.
    """

    request: LoadRequest
    login: Login
    control: str
    inputs: tuple[LoadInput, ...]
    log: str


def parfile_text(run: OriginalRun) -> str:
    """The lines of the parameter file, each ``keyword=value``."""
    return "".join(f"{keyword}={value}\n" for keyword, value in _pairs(run))


def userid(login: Login) -> str:
    """
    ``user/"password"@connect``; a wallet, when neither user nor password is given.

    Raises:
        FixSpec: LS-3013 a quote or line end in a part.
    """
    parts = (login.user or "", login.password or "", login.dsn or "")
    if any(mark in part for part in parts for mark in _UNSAFE):
        raise FixSpec(
            "LS-3013",
            f"{login.url}: a quote in the user, password or alias cannot be passed to SQL*Loader",
            hints=["keep the login in a wallet, and give the URL without user and password."],
        )
    password = f'"{login.password}"' if login.password else ""
    return f"{login.user or ''}/{password}@{connect_string(login)}"


def connect_string(login: Login) -> str:
    """An alias, ``//host:port/service``, or a description where a SID or TLS asks for one."""
    if login.dsn:
        return login.dsn
    host, port = login.options["host"], login.options["port"]
    if "sid" not in login.options and "protocol" not in login.options:
        return f"//{host}:{port}/{login.options['service_name']}"
    sid = login.options.get("sid")
    who = f"(SID={sid})" if sid else f"(SERVICE_NAME={login.options['service_name']})"
    protocol = str(login.options.get("protocol", "tcp")).upper()
    return f"(DESCRIPTION=(ADDRESS=(PROTOCOL={protocol})(HOST={host})(PORT={port}))(CONNECT_DATA={who}))"


# Private functions


def _pairs(run: OriginalRun) -> Iterator[tuple[str, str]]:
    request = run.request
    yield "userid", f"'{userid(run.login)}'"
    yield "control", _path(run.control)
    yield "log", _path(run.log)
    yield "bad", _path(run.inputs[0].bad)
    if run.inputs[0].discard is not None:
        yield "discard", _path(run.inputs[0].discard)
    if request.data:
        paths = [_path(path) for path in request.data]
        yield "data", paths[0] if len(paths) == 1 else f"({','.join(paths)})"
    options = request.spec.options
    errors = options.errors if request.errors is None else request.errors
    numbers = {
        "skip": request.skip,
        "load": request.load,
        "errors": ALL_ERRORS if errors == -1 else request.errors,
        "discardmax": request.discardmax,
        "rows": request.rows,
    }
    yield from ((name, str(number)) for name, number in numbers.items() if number is not None)


def _path(path: str) -> str:
    """
    A path in quotes.

    Raises:
        FixSpec: LS-3031 a quote or line end in it.
    """
    if any(mark in path for mark in _UNSAFE):
        raise FixSpec("LS-3031", f"a quote in the path {path!r} cannot be passed to SQL*Loader")
    return f"'{path}'"
