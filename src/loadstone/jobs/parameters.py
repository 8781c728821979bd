"""Parameters of a launch: typed, completed, and hashed into the launch key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from loadstone.errors import FixFile, FixSpec, Place
from loadstone.jobs.definition import Definition, Parameter, canonical
from loadstone.secrets.passwords import passwords_in

_CONTENT = "#sha256"
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def typed_parameters(definition: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    All parameters of a launch as JSON values: text is read by type, defaults fill what is missing.

    Decimals and dates stay text, in one form for equal values (``12.50`` and ``12.5`` are ``12.5``).

    Raises:
        FixSpec: LS-7103 names every unknown, missing or wrong parameter in one error; LS-7131 a password stands in one.
    """
    faults = [_unknown(name, definition) for name in given if name not in definition.parameters]
    values: dict[str, Any] = {}
    for name, parameter in definition.parameters.items():
        value = given.get(name, parameter.default)
        if value is None:
            if parameter.required:
                faults.append(f"{name} ({parameter.type}) is missing")
            continue
        try:
            values[name] = _typed(parameter, value)
        except (ValueError, InvalidOperation):
            faults.append(f"{name} must be {_ARTICLES[parameter.type]}, and is {value!r}")
    if faults:
        raise FixSpec(
            "LS-7103",
            f"job {definition.name}: {'; '.join(faults)}",
            hints=[f"`loadstone jobs show {definition.name}` lists its parameters."],
        )
    for name, value in values.items():
        refuse_passwords(value, f"job {definition.name}, parameter {name}")
    return values


@dataclass(frozen=True)
class Keys:
    """
    What tells instances apart.

    Attributes:
        content: SHA-256 over the job's name, its identifying parameters and the content of identifying files.
        launch: The same with the name of the run, where there is one; unique in a repository.
    """

    content: str
    launch: str


def keys_of(definition: Definition, values: Mapping[str, Any], *, run: str | None = None) -> Keys:
    """
    The keys of a launch. ``run`` tells launches apart that are otherwise the same.

    Raises:
        FixFile: LS-7104 an identifying file cannot be read.
    """
    identity: dict[str, Any] = {}
    for name, parameter in definition.parameters.items():
        if parameter.identifying and name in values:
            identity[name] = values[name]
            if parameter.type == "file":
                identity[name + _CONTENT] = _content(name, str(values[name]))
    parts = {"job": definition.name, "parameters": identity}
    content = _digest(parts)
    return Keys(content=content, launch=_digest({**parts, "run": run}) if run else content)


def filled(config: Any, values: Mapping[str, Any]) -> Any:
    """
    ``config`` with ``{name}`` replaced by parameters; a text that is one place alone takes the value's type.

    One that is None is nothing within a longer text; places that ``values`` does not name stay.
    """
    if isinstance(config, dict):
        return {key: filled(value, values) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return [filled(value, values) for value in config]
    if not isinstance(config, str):
        return config
    whole = _PLACE.fullmatch(config)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _PLACE.sub(lambda found: _shown(values.get(found[1], found[0])), config)


def places(config: Any) -> set[str]:
    """Names of the parameters that ``config`` asks for."""
    if isinstance(config, dict):
        return {name for value in config.values() for name in places(value)}
    if isinstance(config, list | tuple):
        return {name for value in config for name in places(value)}
    return set(_PLACE.findall(config)) if isinstance(config, str) else set()


def refuse_passwords(values: Any, where: str) -> None:
    """
    Refuse texts with a password in a URL or a pair such as ``password=...``, for what is stored is stored in the clear.

    Raises:
        FixSpec: LS-7131; the message does not repeat it.
    """
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, list | tuple):
        for value in values:
            refuse_passwords(value, where)
        return
    found = passwords_in(values) if isinstance(values, str) else []
    if any(not _PLACE.fullmatch(one) for one in found):
        raise FixSpec(
            "LS-7131",
            f"{where}: a password stands in it, and it would be stored in the clear",
            hints=[
                "name a target of loadstone.toml, which is not stored with the job.",
                "PostgreSQL takes passwords from ~/.pgpass and PGPASSWORD; connections take env:NAME and file:/path.",
            ],
        )


# Private functions

_ARTICLES = {
    "text": "text",
    "integer": "a whole number",
    "decimal": "a decimal number",
    "date": "a date such as 2026-11-24",
    "timestamp": "a time such as 2026-11-24T02:00:00+01:00",
    "boolean": "true or false",
    "file": "a path",
}


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _typed(parameter: Parameter, value: Any) -> Any:
    text = str(value).strip()
    match parameter.type:
        case "integer":
            if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d{1,18}", text):
                raise ValueError(text)
            return int(text)
        case "decimal":
            number = Decimal(text)
            if not number.is_finite() or isinstance(value, bool):
                raise ValueError(text)
            return format(number.normalize() + 0, "f")
        case "date":
            return date.fromisoformat(text).isoformat()
        case "timestamp":
            return datetime.fromisoformat(text).isoformat()
        case "boolean":
            if text.lower() not in ("true", "false"):
                raise ValueError(text)
            return text.lower() == "true"
    if not isinstance(value, str) or not value:
        raise ValueError(text)
    return value


def _digest(parts: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def _content(name: str, path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FixFile(
            "LS-7104",
            f"parameter {name}: cannot read the file: {error.strerror or error}",
            Place(file=path),
            hints=["its content is part of the job's identity, so it must be there before the launch."],
        ) from error


def _unknown(name: str, definition: Definition) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, definition.parameters, 1)
    return f"{name} is no parameter" + (f"; did you mean {near[0]}?" if near else "")
