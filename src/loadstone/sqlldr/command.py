"""SQL*Loader's own command line and PARFILE: keyword=value pairs, or values in their documented order."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.errors import FixSpec, Place
from loadstone.spec import Options

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

EXPRESS = (
    "table",
    "characterset",
    "csv",
    "date_format",
    "degree_of_parallelism",
    "enclosed_by",
    "field_list",
    "field_names",
    "nullif",
    "optionally_enclosed_by",
    "terminated_by",
    "timestamp_format",
    "trim",
)
"""Keywords of the express mode, which has no control file."""

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
        data: Data files; several are parted by commas in parentheses.
    """

    login: Login = Login()
    control: str | None = None
    log: str | None = None
    bad: str | None = None
    discard: str | None = None
    data: tuple[str, ...] = ()
    options: Options = Options()
    table: str | None = None


def parse_command(words: Sequence[str]) -> SqlldrCommand:
    """
    The command that ``words`` (as the shell gives them) state.

    Raises:
        FixSpec: LS-1101 an unknown keyword; LS-1102 a value of the wrong kind; LS-1103 no control file;
            LS-1104 the express mode; LS-6020 a PARFILE that cannot be read.
    """
    values = _pairs(words)
    if "parfile" in values:
        values = {**_parfile(values["parfile"]), **values}
    if "table" in values:
        raise FixSpec(
            "LS-1104",
            "the express mode (TABLE=) is not supported",
            hints=["write a control file: LOAD DATA INFILE ... INTO TABLE ... FIELDS CSV (columns)."],
        )
    if "control" not in values:
        raise FixSpec("LS-1103", "no control file is named", hints=["sqlldr control=load.ctl userid=..."])
    return SqlldrCommand(
        login=_login(values.get("userid", "")),
        control=_with_suffix(values["control"], ".ctl"),
        log=values.get("log"),
        bad=values.get("bad"),
        discard=values.get("discard"),
        data=_list(values.get("data", "")),
        options=_options(values),
        table=values.get("table"),
    )


def help_text() -> str:
    """What SQL*Loader prints without arguments, in our words."""
    lines = ["Usage: sqlldr keyword=value [,keyword=value,...]", "", "Valid keywords:", ""]
    return "\n".join(lines + [f"  {name}" for name in POSITIONS]) + "\n"


# Private functions


def _pairs(words: Sequence[str]) -> dict[str, str]:
    """Keywords with their values; a value alone takes the keyword of its place."""
    found: dict[str, str] = {}
    place = 0
    for word in _joined(words):
        for key, value in _split(word):
            if key is None:
                if place >= len(POSITIONS):
                    raise FixSpec("LS-1101", f"too many values without a keyword: {value}")
                key = POSITIONS[place]
                place += 1
            found[_keyword(key)] = value
    return found


def _joined(words: Sequence[str]) -> list[str]:
    """``control= x`` and ``control = x`` are one pair."""
    joined: list[str] = []
    for word in words:
        if joined and (joined[-1].endswith("=") or word.startswith("=")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _split(word: str) -> list[tuple[str | None, str]]:
    """A word of the shell: one pair, whose value may hold anything; or several pairs with commas."""
    key, sign, value = word.partition("=")
    if sign and key.strip().replace("_", "").isalnum():
        rest = value.strip()
        more = re.search(r",\s*(\w+)\s*=", rest) if not rest.startswith("(") else None
        if more is not None and more[1].lower() in (*POSITIONS, *EXPRESS):
            return [(key.strip(), _bare(rest[: more.start()])), *_split(rest[more.start() + 1 :])]
        return [(key.strip(), _bare(rest))]
    return [(None, _bare(word))]


def _bare(value: str) -> str:
    value = value.strip().rstrip(",") if not value.strip().startswith("(") else value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def _keyword(name: str) -> str:
    lower = name.lower()
    known = (
        *POSITIONS,
        *EXPRESS,
        "empty_lobs_are_null",
        "defaults",
        "dnfs_enable",
        "direct_path_lock_wait",
        "help",
        "credential",
        "partition_memory",
        "sdf_prefix",
    )
    if lower in known:
        return lower
    near = difflib.get_close_matches(lower, known, 1)
    raise FixSpec("LS-1101", f"unknown keyword {name}", hints=[f"did you mean {near[0]}?"] if near else [])


def _parfile(path: str) -> dict[str, str]:
    """Pairs of a parameter file, over any number of lines; # begins a comment."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error.strerror}", Place(file=path)) from error
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("#", "--"))]
    found: dict[str, str] = {}
    for match in _PAIR.finditer("\n".join(lines)):
        key, value = match.groups()
        if key is not None:
            found[_keyword(key)] = _bare(value)
    return found


def _login(text: str) -> Login:
    head, _, alias = text.rpartition("@") if "@" in text else (text, "", "")
    user, _, password = head.partition("/")
    return Login(user, password, alias)


def _list(text: str) -> tuple[str, ...]:
    if text.startswith("("):
        return tuple(part.strip().strip("'\"") for part in text.strip("()").split(",") if part.strip())
    return (text,) if text else ()


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
            if value.lower() not in ("true", "false", "y", "n", "yes", "no"):
                raise FixSpec("LS-1102", f"{name}={value}: TRUE or FALSE was expected")
            made[name] = value.lower() in ("true", "y", "yes")
        elif name == "silent":
            made[name] = tuple(part.strip().lower() for part in value.strip("()").split(",") if part.strip())
    return Options.model_validate(made)
