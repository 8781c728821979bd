"""Which data files a load reads, in order, and the names of the files it leaves."""

from __future__ import annotations

import glob
import os
import shlex
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.errors import FixFile, FixSpec, Place, Stop
from loadstone.formats.content import Content
from loadstone.formats.sources import Source, Structured
from loadstone.spec import InputFile, LoadRequest
from loadstone.spec.structured import framed_input, wanted_names
from loadstone.targets.urls import file_of, kind_of

SAMPLE_SIZE_BYTES = 8 << 20


@dataclass(frozen=True, kw_only=True)
class LoadInput:
    """
    One data source of a load.

    Attributes:
        input_no: 0-based. name: as the log shows it. path: where it is; None for inline data.
        data: The bytes after BEGINDATA. spec: its INFILE clause.
        bad: Path of its bad file. discard: path of its discard file, None when discards are not kept.
        names: Fields that its reader gives, in order; empty for an input without a reading.
    """

    input_no: int
    name: str
    path: str | None
    data: bytes | None
    spec: InputFile
    bad: str
    discard: str | None
    names: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        """Where its bytes come from."""
        data = self.path if self.path is not None else self.data or b""
        if self.spec.reading is not None:
            return Structured(Content.of(data, self.spec.member), self.spec.reading, self.names)
        return Content.of(data, self.spec.member) if self.spec.member is not None else data


def resolve_inputs(request: LoadRequest) -> list[LoadInput]:
    """
    The inputs of ``request``: command-line data replace the first INFILE, the others follow.

    Paths of a control file are looked up from the working directory, then beside the control file.

    Raises:
        FixFile: LS-2001 for each file that does not exist, all in one error.
        FixSpec: LS-1097 an output would overwrite what is read, the target or another output.
        Stop: LS-4020 the folder of an output does not exist.
        FixSpec: LS-1090 the spec has inline data asked for by ``*`` and none stands after BEGINDATA.
    """
    clauses = _clauses(request)
    named: list[tuple[str, str | None, InputFile]] = []
    missing: list[str] = []
    for clause in clauses:
        if clause.path is None:
            named.append((request.spec_path, None, clause))
            continue
        found = _find(clause.path, request.spec_path)
        if not found:
            missing.append(clause.path)
        named += [(clause.path if len(found) == 1 else path, path, clause) for path in found]
    if missing:
        raise FixFile(
            "LS-2001",
            f"data file not found: {', '.join(missing)}",
            Place(file=missing[0]),
            hints=[
                "paths count from the working directory, then from the control file's folder.",
                "give the file with --data.",
            ],
        )
    inputs = _apart([_input(request, number, *parts) for number, parts in enumerate(named)])
    outputs = _outputs(request, inputs)
    _refuse_clashes(request, inputs, outputs)
    _refuse_lost(outputs)
    return inputs


def stamp_of(one: LoadInput) -> str:
    """
    Size in bytes and time of the last change (nanoseconds since 1970), which tell whether a file was written to.

    Empty for inline data, which are part of the load's identity.
    """
    if one.path is None:
        return ""
    told = os.stat(one.path)
    return f"{told.st_size} {told.st_mtime_ns}"


def default_log(request: LoadRequest) -> str:
    """The log's path: as given, else the control file's name with ``.log`` in the working directory."""
    if request.log:
        return _with_suffix(request.log, ".log")
    return Path(request.spec_path).stem + ".log"


# Private functions


def _clauses(request: LoadRequest) -> list[InputFile]:
    clauses = list(request.spec.inputs)
    if request.data:
        first = clauses[0] if clauses else InputFile()
        rest = [clause for clause in clauses[1:] if clause.path is not None]
        return [first.model_copy(update={"path": path}) for path in request.data] + rest
    if clauses:
        return clauses
    if request.spec.inline_data is not None:
        return [InputFile()]
    return [InputFile(path=str(Path(request.spec_path).with_suffix(".dat")))]


def _find(path: str, spec_path: str) -> list[str]:
    """The files that a path means; SQL*Loader adds .dat to a name without a suffix."""
    beside = Path(spec_path).parent
    names = [path] if os.path.splitext(path)[1] else [path, path + ".dat"]
    names += [name.replace("\\", "/") for name in names if "\\" in name]
    for candidate in (one for name in names for one in (name, str(beside / name))):
        if os.path.exists(candidate):
            return [candidate]
        if any(mark in candidate for mark in "*?"):
            found = sorted(glob.glob(candidate))
            if found:
                return found
    return []


def _input(request: LoadRequest, number: int, name: str, path: str | None, clause: InputFile) -> LoadInput:
    inline = request.spec.inline_data
    if path is None and inline is None:
        raise FixSpec(
            "LS-1090",
            "INFILE * asks for data after BEGINDATA, and there are none",
            Place(file=request.spec_path),
            hints=["give the data file with --data."],
        )
    bad = (request.bad if number == 0 else None) or clause.bad or _derived(name, ".bad")
    wanted = clause.discard is not None or clause.discardmax is not None or request.discardmax is not None
    wanted = wanted or request.spec.options.discardmax is not None
    discard = (request.discard if number == 0 else None) or clause.discard
    if discard is None and wanted:
        discard = _derived(name, ".dsc")
    return LoadInput(
        input_no=number,
        name=name,
        path=path,
        data=inline.bytes() if path is None and inline is not None else None,
        spec=framed_input(clause),
        bad=_with_suffix(bad, ".bad"),
        discard=_with_suffix(discard, ".dsc") if discard else None,
        names=wanted_names(request.spec) if clause.reading is not None else (),
    )


def _apart(inputs: list[LoadInput]) -> list[LoadInput]:
    """Inputs whose outputs have names of their own: the first one keeps what several would write."""
    taken: set[str] = set()
    made = []
    for one in inputs:
        bad = _free(one.bad, one.name, ".bad", taken)
        discard = _free(one.discard, one.name, ".dsc", taken) if one.discard is not None else None
        made.append(replace(one, bad=bad, discard=discard))
    return made


def _free(path: str, name: str, suffix: str, taken: set[str]) -> str:
    """``path``, else one derived from the data file's name, else that name with the suffix behind it."""
    for candidate in (path, _derived(name, suffix), name + suffix):
        if _absolute(candidate) not in taken:
            break
    if not _is_device(candidate):
        taken.add(_absolute(candidate))
    return candidate


def _outputs(request: LoadRequest, inputs: list[LoadInput]) -> list[tuple[str, str]]:
    """What each file is that the load may write, and its path; devices left out."""
    outputs = [("bad file", one.bad) for one in inputs]
    outputs += [("discard file", one.discard) for one in inputs if one.discard is not None]
    outputs += [("log file", default_log(request))]
    if request.rejects_jsonl is not None:
        outputs.append(("file of rejects", request.rejects_jsonl))
    return [(what, path) for what, path in outputs if not _is_device(path)]


def _refuse_lost(outputs: list[tuple[str, str]]) -> None:
    """Outputs are written when rows are in: that a folder is missing is told before."""
    for what, path in outputs:
        folder = Path(path).parent
        if not folder.is_dir():
            raise Stop(
                "LS-4020",
                f"the {what} {path} cannot be written: there is no folder {folder}",
                Place(file=path),
                hints=[f"make it: mkdir -p {shlex.quote(str(folder))}", "or name another file."],
            )


def _refuse_clashes(request: LoadRequest, inputs: list[LoadInput], outputs: list[tuple[str, str]]) -> None:
    kept = _kept(request, inputs)
    written: dict[str, str] = {}
    for what, path in outputs:
        other = kept.get(_absolute(path)) or written.get(_absolute(path))
        if other is not None:
            raise FixSpec(
                "LS-1097",
                f"the {what} {path} would overwrite the {other}",
                Place(file=request.spec_path),
                hints=["name another file with --bad, --discard, --log or --rejects-jsonl."],
            )
        written[_absolute(path)] = f"{what} {path}"


def _kept(request: LoadRequest, inputs: list[LoadInput]) -> dict[str, str]:
    """What no output may replace, by real path: all that is read, and a target that is a file."""
    kept = {_absolute(one.path): f"data file {one.path}" for one in inputs if one.path is not None}
    kept.setdefault(_absolute(request.spec_path), f"control file {request.spec_path}")
    for path in request.ddl:
        kept.setdefault(_absolute(path), f"DDL file {path}")
    if kind_of(request.target) in ("sqlite", "duckdb"):
        path = file_of(request.target)
        kept.setdefault(_absolute(path), f"target {path}")
    return kept


def _absolute(path: str) -> str:
    return os.path.realpath(path)


def _derived(name: str, suffix: str) -> str:
    stem, ending = os.path.splitext(name)
    return (stem if ending else name) + suffix


def _with_suffix(path: str, suffix: str) -> str:
    """SQL*Loader adds its suffix to a name without one; a device, as ``/dev/null``, keeps its name."""
    return path if os.path.splitext(path)[1] or _is_device(path) else path + suffix


def _is_device(path: str) -> bool:
    """Whether what is written there is kept nowhere, so that several outputs may share it."""
    try:
        return stat.S_ISCHR(os.stat(path).st_mode)
    except OSError:
        return False
