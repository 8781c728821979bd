"""Data that come through pipes are kept first: a pipe can be read once, and a load reads its input several times."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from loadstone.spec import InputFile, LoadRequest


def land_pipes(request: LoadRequest) -> LoadRequest:
    """
    The request with a file in place of each pipe: of ``--data`` (``-`` is standard input), and of INFILE.

    Raises:
        Stop: LS-4020 the folder of LOADSTONE_LANDING cannot be written, or its disk is full.
    """
    request = land_data(request)
    pipes = _pipes_of_clauses(request)
    if not pipes:
        return request
    clauses = list(_clauses(request.spec.inputs))
    for number, pipe in pipes.items():
        landed = {"path": _land(pipe), **_outputs_of(request, clauses[number], Path(pipe).stem)}
        clauses[number] = clauses[number].model_copy(update=landed)
    return replace(request, spec=request.spec.model_copy(update={"inputs": tuple(clauses)}))


def land_data(request: LoadRequest) -> LoadRequest:
    """As ``land_pipes``, but what INFILE names stays as it is: SQL*Loader itself reads its pipes."""
    if not any(_is_pipe(path) for path in request.data):
        return request
    data = tuple(_land(path) if _is_pipe(path) else path for path in request.data)
    clause = next(iter(request.spec.inputs), InputFile())
    named = _outputs_of(request, clause, Path(request.spec_path).stem)
    return replace(
        request, data=data, bad=request.bad or named["bad"], discard=request.discard or named["discard"]
    )


def has_pipes(request: LoadRequest) -> bool:
    """Whether any data come from standard input or a named pipe."""
    return any(_is_pipe(path) for path in request.data) or bool(_pipes_of_clauses(request))


# Private functions


def _clauses(inputs: tuple[InputFile, ...]) -> tuple[InputFile, ...]:
    return inputs or (InputFile(),)


def _pipes_of_clauses(request: LoadRequest) -> dict[int, str]:
    """Number of each INFILE (0-based) that means a pipe and is read, and that pipe; none is opened."""
    found = {}
    for number, clause in enumerate(_clauses(request.spec.inputs)):
        path = clause.path
        if path is None and not request.spec.inputs and request.spec.inline_data is None:
            path = str(Path(request.spec_path).with_suffix(".dat"))
        if path is None or (number == 0 and request.data):
            continue
        for candidate in (path, str(Path(request.spec_path).parent / path)):
            if os.path.exists(candidate):
                if _is_pipe(candidate):
                    found[number] = candidate
                break
    return found


def _outputs_of(request: LoadRequest, clause: InputFile, stem: str) -> dict[str, str | None]:
    """Bad and discard file of a clause; those that would be named after a landed file are named ``stem``."""
    limits = (request.discardmax, clause.discardmax, request.spec.options.discardmax)
    discard = f"{stem}.dsc" if any(limit is not None for limit in limits) else None
    return {"bad": clause.bad or f"{stem}.bad", "discard": clause.discard or discard}


def _is_pipe(path: str) -> bool:
    """Standard input or a named pipe; a path that no file can have is none."""
    try:
        return path == "-" or Path(path).is_fifo()
    except OSError:
        return False


def _land(path: str) -> str:
    from loadstone.filestore.landing import receive

    folder = Path(
        os.environ.get("LOADSTONE_LANDING") or Path.home() / ".local" / "state" / "loadstone" / "landing"
    )
    if path == "-":
        return str(receive(sys.stdin.buffer, folder).path)
    with open(path, "rb") as stream:
        return str(receive(stream, folder).path)
