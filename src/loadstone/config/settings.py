"""Where a target's URL comes from, and all environment variables."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from loadstone.errors import FixSpec, Place, Stop


@dataclass(frozen=True)
class Setting:
    """An environment variable, or a key of ``loadstone.toml``, and what it means."""

    name: str
    meaning: str


SETTINGS = (
    Setting(
        "LOADSTONE_TARGET", "URL of the target, or its name in the configuration, when --target is not given."
    ),
    Setting(
        "LOADSTONE_CONFIG",
        "Path of the configuration file; loadstone.toml here, then in ~/.config/loadstone.",
    ),
    Setting(
        "LOADSTONE_REPOSITORY",
        "URL of the repository of jobs; repository.url of the configuration, else a SQLite file in"
        " ~/.local/state/loadstone.",
    ),
    Setting("repository.url", "In loadstone.toml: the URL of the repository of jobs."),
    Setting("LOADSTONE_LANDING", "Folder where data from pipes are kept; ~/.local/state/loadstone/landing."),
    Setting("LOADSTONE_DEBUG", "1 shows the whole trace of an error that nobody expected (LS-6099)."),
    Setting(
        "targets.NAME.url", "In loadstone.toml: the URL that --target NAME and userid=...@NAME stand for."
    ),
    Setting(
        "connections.NAME.url",
        "In loadstone.toml: the URL of an external system that is no target. A database among them is found by --target"
        " NAME, too.",
    ),
    Setting(
        "connections.NAME.kind",
        "Its kind: directory, sftp, ftp, s3, http, query or database; by the scheme of the URL when absent.",
    ),
    Setting(
        "connections.NAME.OPTION",
        "What else a kind lets it say: user, password (env:NAME or file:/path), host_key, timeout_s and more; the"
        " connections page lists all.",
    ),
    Setting(
        "targets.NAME.breaker, connections.NAME.breaker",
        "A table: failures_max (5) outages in a row open the breaker, for cooldown_s (5), which grows by growth (2) each"
        " time up to cooldown_s_max (300); a probe may take probe_s (60).",
    ),
    Setting(
        "notifications.group_s, notifications.repeat_s",
        "How long a first message waits for more of the same (10), and how soon people are told again (3600).",
    ),
    Setting(
        "notifications.channels.NAME",
        "kind smtp: host, port (587), tls (starttls, tls, none), ca_file, user, password, sender, to, timeout_s (20);"
        " kind webhook: url, secret, ca_file, allow_private, allow_http, timeout_s (10); kind command: run, timeout_s"
        " (30). Passwords and secrets are env:NAME or file:/path.",
    ),
    Setting(
        "notifications.rules",
        "A list of tables that replaces the built-in rules: name, topics, jobs, severity (info, warning, error,"
        " critical), tell (names of channels), escalate (tables of after_s and tell), closed_by (topics).",
    ),
    Setting(
        "faults",
        "A list of tables in loadstone.toml: rules that classify faults before the built-in ones, each with kind and any"
        " of class, code, pattern and action.",
    ),
    Setting(
        "tuning.chunk_size_bytes, tuning.workers, tuning.threads",
        "In loadstone.toml: pins for all loads and workers on this machine, where a command or a step says nothing;"
        " without them they come from cores and memory, within the limits of the container, and adapt.",
    ),
    Setting(
        "tuning.adapt",
        "In loadstone.toml: false keeps the size of a load's chunks as it starts; true when absent.",
    ),
    Setting(
        "functions.NAME",
        "In loadstone.toml: the expression that a user function or package variable of SQL strings stands for,"
        ' with :1, :2 for its arguments: "PKG.CLEAN" = "UPPER(TRIM(:1))", "FND_GLOBAL.USER_ID" = "1001".',
    ),
    Setting("LOADSTONE_ORACLE_PASSWORD", "Password of an Oracle target whose URL has none."),
    Setting(
        "NLS_LANG",
        "language_territory.charset: names of months, date format, decimal character, character set.",
    ),
    Setting("NLS_DATE_FORMAT", "Mask of DATE columns whose field has none."),
    Setting("NLS_TIMESTAMP_FORMAT", "Mask of TIMESTAMP columns whose field has none."),
    Setting("NLS_TIMESTAMP_TZ_FORMAT", "Mask of TIMESTAMP WITH TIME ZONE columns whose field has none."),
    Setting("NLS_DATE_LANGUAGE", "Language of month and day names."),
    Setting("NLS_NUMERIC_CHARACTERS", "Decimal and group character."),
)
"""Every setting; the docs list them."""


def resolve_target(name: str | None) -> str:
    """
    The URL that ``name`` (a URL, a name of the configuration, or None for LOADSTONE_TARGET) stands for.

    Raises:
        FixSpec: LS-6001 no target is given; LS-6002 the configuration cannot be read; LS-3010 it is a name, and the
            configuration has others.
    """
    wanted = name or os.environ.get("LOADSTONE_TARGET")
    targets = named_targets()
    if not wanted:
        raise FixSpec(
            "LS-6001",
            "no target is given",
            hints=[
                "--target bank.db (SQLite), --target bank.duckdb, or --target postgresql://user@host/database.",
                "or set LOADSTONE_TARGET.",
            ],
        )
    if wanted.upper() not in targets and targets and _NAME.fullmatch(wanted):
        close = get_close_matches(wanted.upper(), targets, 1, 0.6)
        raise FixSpec(
            "LS-3010",
            f"{wanted!r} names no target",
            hints=[
                *(f"did you mean {name.lower()}?" for name in close),
                f"{_config_path()} names {', '.join(sorted(targets)).lower()}.",
                "a file ends in .db or .duckdb; a URL is as postgresql://user@host/database.",
            ],
        )
    return targets.get(wanted.upper(), wanted)


def resolve_repository(url: str | None) -> str:
    """
    The URL of the repository: as given, else LOADSTONE_REPOSITORY, the configuration's, or a file of the user's.

    Raises:
        FixSpec: LS-6002 the configuration cannot be read.
        Stop: LS-7003 there is none but the user's own, whose folder cannot be made.
    """
    found = url or known_repository()
    if found == str(_own_repository()):
        try:
            _own_repository().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise Stop(
                "LS-7003",
                f"the folder of the repository cannot be made: {error.strerror}",
                Place(file=str(_own_repository().parent)),
                hints=["set LOADSTONE_REPOSITORY, or HOME to a folder where this user may write."],
            ) from error
    return found


def known_repository() -> str:
    """As ``resolve_repository`` where no URL is given, and nothing is made."""
    found = os.environ.get("LOADSTONE_REPOSITORY") or _url_of("repository", section("repository"))
    return found or str(_own_repository())


def named_targets() -> dict[str, str]:
    """URLs by name (upper case) of the sections ``targets`` and ``connections``; empty where there is none."""
    urls = {
        name.upper(): _url_of(f"{kind}.{name}", one)
        for kind in ("connections", "targets")
        for name, one in section(kind).items()
    }
    return {name: url for name, url in urls.items() if url is not None}


def section(name: str) -> dict[str, Any]:
    """
    A section of the configuration file as it stands there; empty where there is none.

    Raises:
        FixSpec: LS-6002 the configuration cannot be read, or that is no section.
    """
    found = _configuration().get(name, {})
    if not isinstance(found, dict):
        raise FixSpec(
            "LS-6002", f"{name} of the configuration is no section", Place(file=str(_config_path()))
        )
    return found


def fault_rules() -> list[dict[str, Any]]:
    """The list ``faults`` of the configuration; empty where there is none. ``FixSpec`` LS-6002 as ``section``."""
    found = _configuration().get("faults", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FixSpec(
            "LS-6002",
            "faults of the configuration is no list of tables",
            Place(file=str(_config_path())),
            hints=["write [[faults]] before each rule."],
        )
    return found


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Pinned sizes; None where they come from the machine."""

    chunk_size_bytes: int | None = None
    workers: int | None = None
    threads: int | None = None
    adapt: bool = True


def tuning() -> Tuning:
    """
    The section ``tuning`` of the configuration.

    Raises:
        FixSpec: LS-6002 as ``section``, or a name or value there is none of these.
    """
    found = section("tuning")
    wrong = [
        name
        for name, value in found.items()
        if name not in Tuning.__dataclass_fields__
        or (name == "adapt") != isinstance(value, bool)
        or (name != "adapt" and not (isinstance(value, int) and value >= 1))
    ]
    if wrong:
        raise FixSpec(
            "LS-6002",
            f"tuning of the configuration is wrong: {', '.join(f'{name} = {found[name]!r}' for name in wrong)}",
            Place(file=str(_config_path())),
            hints=[
                "chunk_size_bytes, workers and threads are whole numbers from 1 on, adapt is true or false."
            ],
        )
    return Tuning(**found)


def user_functions() -> dict[str, str]:
    """
    Expressions that stand for user functions and package variables, by name in upper case.

    Raises:
        FixSpec: LS-6002 the configuration cannot be read, or one of them is no text.
    """
    found = section("functions")
    for name, expression in found.items():
        if not isinstance(expression, str | int | float):
            raise FixSpec(
                "LS-6002",
                f"functions.{name} of the configuration is no expression",
                Place(file=str(_config_path())),
                hints=['quote names with dots: "PKG.F" = "UPPER(:1)".'],
            )
    return {name.upper(): str(expression) for name, expression in found.items()}


# Private functions

SECTIONS = tuple(sorted({setting.name.partition(".")[0] for setting in SETTINGS if setting.name[0].islower()}))
"""What a configuration may have at its top."""

_NAME = re.compile(r"[A-Za-z][\w-]*")
"""What may be a name of the configuration, and is no file and no URL."""

_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)")


def _own_repository() -> Path:
    return Path.home() / ".local" / "state" / "loadstone" / "repository.db"


def _config_path() -> Path | None:
    named = os.environ.get("LOADSTONE_CONFIG")
    candidates = (
        [Path(named)] if named else [Path("loadstone.toml"), Path.home() / ".config/loadstone/loadstone.toml"]
    )
    return next((path for path in candidates if path.is_file()), Path(named) if named else None)


def _configuration() -> dict[str, Any]:
    path = _config_path()
    if path is None:
        return {}
    import tomllib

    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(path, error) from error
    _refuse_unknown(values, path)
    return values


def _url_of(name: str, values: object) -> str | None:
    """The ``url`` of a section; None where it has none. ``FixSpec`` LS-6002 for a section that is none, and no text."""
    url = values.get("url") if isinstance(values, dict) else None
    if isinstance(values, dict) and (url is None or isinstance(url, str)):
        return url
    told = f"{name}.url of the configuration is no text" if url else f"{name} of the configuration is no section"
    raise FixSpec(
        "LS-6002",
        told,
        Place(file=str(_config_path())),
        hints=[f'write [{name}], and below it url = "...".'],
    )


def _refuse_unknown(values: dict[str, Any], path: Path) -> None:
    """A section that nobody reads is a wrong word, and what it says would be passed over in silence."""
    for name in values:
        if name not in SECTIONS:
            close = get_close_matches(name, SECTIONS, 1, 0.6)
            near = [f"did you mean {close[0]}?"] if close else []
            raise FixSpec(
                "LS-6002",
                f"the configuration has no section {name}",
                Place(file=str(path)),
                hints=[*near, f"there are {', '.join(SECTIONS)}."],
            )


def _unreadable(path: Path, error: OSError | ValueError) -> FixSpec:
    """What is wrong with the file, at the place that the parser tells."""
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    told = _TOML_PLACE.search(why)
    place = Place(file=str(path), line=int(told[1]), column=int(told[2])) if told else Place(file=str(path))
    return FixSpec("LS-6002", f"the configuration cannot be read: {_TOML_PLACE.sub('', why)}", place)
