"""SQL*Loader's own command line and PARFILE: keyword=value pairs, or values in their documented order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from loadstone.errors import FixSpec, Place
from loadstone.spec import Options
from loadstone.sqlldr.express import KEYWORDS as EXPRESS
from loadstone.sqlldr.express import express_spec
from loadstone.sqlldr.options import FALSE, TRUE

POSITIONS = (
    "userid",
    "control",
    "log",
    "bad",
    "data",
    "discard",
    "discardmax",
    "skip",
    "load",
    "errors",
    "rows",
    "bindsize",
    "silent",
    "direct",
    "parfile",
    "parallel",
    "file",
    "skip_unusable_indexes",
    "skip_index_maintenance",
    "commit_discontinued",
    "readsize",
    "external_table",
    "columnarrayrows",
    "streamsize",
    "multithreading",
    "resumable",
    "resumable_name",
    "resumable_timeout",
    "date_cache",
    "no_index_errors",
)
"""Keywords in the order of values without one."""

_NUMBERS = {
    "skip",
    "load",
    "errors",
    "discardmax",
    "rows",
    "bindsize",
    "readsize",
    "columnarrayrows",
    "streamsize",
    "date_cache",
    "resumable_timeout",
}
_FLAGS = {
    "direct",
    "parallel",
    "multithreading",
    "skip_unusable_indexes",
    "skip_index_maintenance",
    "resumable",
}
_PAIR = re.compile(r"""\s*(?:(\w+)\s*=\s*)?(\([^)]*\)|"[^"]*"|'[^']*'|[^\s,]+)\s*,?""")

_AS = re.compile(r"\s+as\s+sys\w+\s*$", re.IGNORECASE)
"""AS SYSDBA and its like, which are rights of Oracle's."""

_OPEN = re.compile(r"""(?:-?\w+\s*=\s*)?(?:'[^']*|"[^"]*)""")
"""A word that begins with a quote, or whose value does, and has not ended it."""


@dataclass(frozen=True)
class Login:
    """``user/password@alias``; the password is never shown."""

    user: str = ""
    password: str = field(default="", repr=False)
    alias: str = ""


@dataclass(frozen=True, kw_only=True)
class SqlldrCommand:
    """
    A parsed command line, PARFILE included; the command line beats the PARFILE.

    Attributes:
        options: Limits and accepted keywords, to be put before the control file's OPTIONS.
        data: Data files; several are parted by commas.
        control: The control file; None in express mode, whose keywords are in ``express``.
    """

    login: Login = Login()
    control: str | None = None
    log: str | None = None
    bad: str | None = None
    discard: str | None = None
    data: tuple[str, ...] = ()
    options: Options = Options()
    express: dict[str, str] = field(default_factory=dict)


def parse_command(words: Sequence[str]) -> SqlldrCommand:
    """
    The command that ``words`` (as the shell gives them) state.

    Raises:
        FixSpec: LS-1101 an unknown keyword; LS-1102 a value of the wrong kind; LS-1103 neither a control
            file nor a table; LS-1104 both, or words of the express mode without TABLE; LS-6020 a PARFILE
            that cannot be read.
    """
    values = _pairs(words)
    if "parfile" in values:
        values = {**_parfile(values["parfile"]), **values}
    # TRIM also speaks of loads through external tables, which have a control file.
    own = EXPRESS if "table" in values else set(EXPRESS) - {"trim"}
    express = {key: value for key, value in values.items() if key in own}
    _check_mode(values, express)
    return SqlldrCommand(
        login=_login(values.get("userid", "")),
        control=_with_suffix(values["control"], ".ctl") if "control" in values else None,
        log=values.get("log"),
        bad=values.get("bad"),
        discard=values.get("discard"),
        data=_list(values.get("data", "")),
        options=_options(values),
        express=express,
    )


def help_text() -> str:
    """What SQL*Loader prints without arguments, in our words."""
    lines = ["Usage: sqlldr keyword=value [,keyword=value,...]", "", "Valid keywords:", ""]
    lines += [f"  {name}" for name in POSITIONS]
    lines += ["", "Keywords of the express mode, which has no control file:", ""]
    return "\n".join(lines + [f"  {name}" for name in EXPRESS]) + "\n"


# Private functions


def _check_mode(values: dict[str, str], express: dict[str, str]) -> None:
    if "control" in values and express:
        raise FixSpec(
            "LS-1104",
            f"{', '.join(express).upper()} with CONTROL: those are keywords of the express mode, which has no control file",
            hints=["give TABLE= without CONTROL=, or say it in the control file."],
        )
    if express and "table" not in express:
        raise FixSpec(
            "LS-1104",
            f"{', '.join(express).upper()} without TABLE",
            hints=["the express mode loads TABLE=emp from emp.dat."],
        )
    if express:
        express_spec(express, (), "")
    if "control" not in values and not express:
        raise FixSpec(
            "LS-1103",
            "neither a control file nor a table is named",
            hints=[
                "sqlldr control=load.ctl userid=...",
                "or, without a control file: sqlldr table=emp userid=...",
            ],
        )


def _pairs(words: Sequence[str]) -> dict[str, str]:
    """Keywords with their values; a value alone takes the keyword of its place."""
    found: dict[str, str] = {}
    place = 0
    for word in _joined(words):
        for key, value in _split(word):
            if key is None:
                if place >= len(POSITIONS):
                    raise FixSpec("LS-1101", "too many values without a keyword")
                key = POSITIONS[place]
                place += 1
                if key in found:
                    raise FixSpec("LS-1101", f"the value {value} has no keyword, and {key} is given already")
            found[_keyword(key)] = value
    return found


def _joined(words: Sequence[str]) -> list[str]:
    """``control= x`` and ``control = x`` are one pair; so is what stands in quotes that the shell left alone."""
    joined: list[str] = []
    for word in words:
        if joined and _OPEN.fullmatch(joined[-1]):
            joined[-1] += f" {word}"
        elif joined and (joined[-1].endswith("=") or word.startswith("=")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _split(word: str) -> list[tuple[str | None, str]]:
    """A word of the shell: one pair, whose value may hold anything; or several pairs with commas."""
    key, sign, value = word.partition("=")
    key = key.removeprefix("-")  # sqlldr takes -control=x as it takes control=x
    if sign and key.strip().replace("_", "").isalnum():
        rest = value.strip()
        more = re.search(r",\s*(\w+)\s*=", rest) if not rest.startswith("(") else None
        if more is not None and more[1].lower() in (*POSITIONS, *EXPRESS):
            return [(key.strip(), _bare(rest[: more.start()])), *_split(rest[more.start() + 1 :])]
        return [(key.strip(), _bare(rest))]
    return [(None, _bare(word))]


def _bare(value: str) -> str:
    """A value without the comma behind it and without the quotes around it."""
    value = value.strip() or value
    if len(value) > 1 and not value.startswith("("):
        value = value.removesuffix(",").rstrip()
    if len(value) > 2 and value[0] == value[-1] and value[0] in "'\"" and value[0] not in value[1:-1]:
        return value[1:-1]
    return "" if value in ("''", '""') else value


def _keyword(name: str, place: Place | None = None) -> str:
    lower = name.lower()
    known = (
        *POSITIONS,
        *EXPRESS,
        "degree_of_parallelism",
        "empty_lobs_are_null",
        "defaults",
        "dnfs_enable",
        "dnfs_readbuffers",
        "direct_path_lock_wait",
        "help",
        "credential",
        "partition_memory",
        "sdf_prefix",
    )
    if lower in known:
        return lower
    near = difflib.get_close_matches(lower, known, 1)
    hints = [f"did you mean {near[0]}?"] if near else []
    raise FixSpec("LS-1101", f"unknown keyword {name}", place, hints=hints)


def _parfile(path: str) -> dict[str, str]:
    """Pairs of a parameter file, over any number of lines; # or -- at the start of a line begins a comment."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error.strerror}", Place(file=path)) from error
    lines = ["" if line.lstrip().startswith(("#", "--")) else line for line in text.splitlines()]
    text = "\n".join(lines)
    found: dict[str, str] = {}
    for match in _PAIR.finditer(text):
        key, value = match.groups()
        place = Place(file=path, line=text.count("\n", 0, match.start(2)) + 1)
        if key is None:
            raise FixSpec("LS-1101", "a value has no keyword", place, hints=["write keyword=value."])
        found[_keyword(key, place)] = _bare(value)
    return found


def _login(text: str) -> Login:
    text = _AS.sub("", text)
    head, _, alias = text.rpartition("@") if "@" in text else (text, "", "")
    user, _, password = head.partition("/")
    return Login(user, password, alias)


def _list(text: str) -> tuple[str, ...]:
    if not text or ("," not in text and not text.startswith("(")) or Path(text).exists():
        return (text,) if text else ()
    parts = re.findall(r"""'[^']*'|"[^"]*"|[^,]+""", text.removeprefix("(").removesuffix(")"))
    return tuple(_bare(part) for part in parts if part.strip())


def _with_suffix(path: str, suffix: str) -> str:
    return path if Path(path).suffix else path + suffix


def _options(values: dict[str, str]) -> Options:
    made: dict[str, object] = {}
    for name, value in values.items():
        if name in _NUMBERS:
            number = re.fullmatch(r"(-?\d+)([kKmMgG]?)", value.strip())
            if number is None:
                raise FixSpec("LS-1102", f"{name}={value}: a number was expected")
            made[name] = int(number[1]) * {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[number[2].lower()]
        elif name in _FLAGS:
            if value.upper() not in (*TRUE, *FALSE):
                raise FixSpec("LS-1102", f"{name}={value}: TRUE or FALSE was expected")
            made[name] = value.upper() in TRUE
        elif name == "external_table" or (name == "trim" and "table" not in values):
            made[name] = value.lower()
        elif name == "silent":
            made[name] = tuple(part.strip().lower() for part in re.split(r"[,\s]+", value.strip("()")) if part)
    try:
        return Options.model_validate(made)
    except ValidationError as error:
        told = "; ".join(
            f"{one['loc'][0]}={values.get(str(one['loc'][0]))}: {one['msg']}" for one in error.errors()
        )
        raise FixSpec("LS-1102", told) from error
