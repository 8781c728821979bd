"""Which data files a load reads, in order, and the names of the files it leaves."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path

from loadstone.errors import FixFile, FixSpec, Place
from loadstone.spec import InputFile, LoadRequest

SAMPLE_SIZE_BYTES = 8 << 20


@dataclass(frozen=True, kw_only=True)
class LoadInput:
    """
    One data source of a load.

    Attributes:
        input_no: 0-based. name: as the log shows it. path: where it is; None for inline data.
        data: The bytes after BEGINDATA. spec: its INFILE clause.
        bad: Path of its bad file. discard: path of its discard file, None when discards are not kept.
    """

    input_no: int
    name: str
    path: str | None
    data: bytes | None
    spec: InputFile
    bad: str
    discard: str | None


def resolve_inputs(request: LoadRequest) -> list[LoadInput]:
    """
    The inputs of ``request``: command-line data replace the first INFILE, the others follow.

    Paths of a control file are looked up from the working directory, then beside the control file.

    Raises:
        FixFile: LS-2001 for each file that does not exist, all in one error.
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
    return [_input(request, number, *parts) for number, parts in enumerate(named)]


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
    beside = Path(spec_path).parent
    for candidate in (
        path,
        str(beside / path),
        path.replace("\\", "/"),
        str(beside / path.replace("\\", "/")),
    ):
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
        spec=clause,
        bad=_with_suffix(bad, ".bad"),
        discard=_with_suffix(discard, ".dsc") if discard else None,
    )


def _derived(name: str, suffix: str) -> str:
    stem, ending = os.path.splitext(name)
    return (stem if ending else name) + suffix


def _with_suffix(path: str, suffix: str) -> str:
    """SQL*Loader adds its suffix to a name without one."""
    return path if os.path.splitext(path)[1] else path + suffix
