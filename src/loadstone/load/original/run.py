"""One load by the original: control file and parameter file in, log and bad files out, into a receipt like any other."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loadstone.books import LoadReceipt, Reject, Run, reject_values
from loadstone.clock import Clock, SystemClock
from loadstone.errors import FixSpec, LoadstoneError, Place, Stop
from loadstone.filestore.atomic import write_whole
from loadstone.load.inputs import default_log, resolve_inputs
from loadstone.load.original.binary import find_binary
from loadstone.load.original.parfile import OriginalRun, parfile_text
from loadstone.load.original.watch import Ended, run_watched
from loadstone.spec import LoadRequest
from loadstone.spec.files import is_spec_file
from loadstone.sqlldr.read_log import LogReport, read_log
from loadstone.sqlldr.write import control_bytes
from loadstone.targets.oracle.login import hint_of, login_of
from loadstone.targets.urls import kind_of, safe_url

if TYPE_CHECKING:
    from collections.abc import Iterator

WARNING, FAILURE = 2, 1
"""SQL*Loader's exit codes: some records were not loaded; the command, the control file or the database is wrong."""

_MESSAGES_MAX = 6


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Environment variables and the clock; ``binary`` is a path, ``timeout_s`` None for any time."""

    variables: Mapping[str, str]
    binary: str | None = None
    timeout_s: float | None = None
    clock: Clock = SystemClock()


def run_original(request: LoadRequest, surroundings: Surroundings, run: Run) -> LoadReceipt:
    """
    Load with SQL*Loader itself.

    A control file is given to it as it is; any other spec is written as one. Nothing is known to resume:
    every call loads.

    Raises:
        FixSpec: LS-3030 SQL*Loader is not installed; LS-3034 it refuses the control file or the login.
        Stop: LS-3032, LS-3033; LS-3035 it ended without totals in its log.
    """
    if kind_of(request.target) != "oracle":
        raise FixSpec(
            "LS-3036",
            f"{safe_url(request.target)}: SQL*Loader loads into Oracle alone",
            hints=["oracle://user@host:1521/service", "`loadstone load` loads into the others."],
        )
    binary = find_binary(surroundings.binary, surroundings.variables)
    began, begun_s = surroundings.clock.now(), surroundings.clock.monotonic()
    with _private_folder() as folder:
        job = _job(request, folder)
        before = {path: _state(path) for path in _outputs(job)}
        parfile = folder / "load.par"
        _write(parfile, parfile_text(job).encode("utf-8", "surrogateescape"))
        command = [binary, f"parfile={parfile}"]
        ended = run_watched(
            command, Path(job.log), run, variables=surroundings.variables, timeout_s=surroundings.timeout_s
        )
    fresh = [path for path, state in before.items() if _state(path) not in (None, state)]
    report = read_log(_text(job.log)) if job.log in fresh else LogReport()
    _raise_failure(job, ended, report)
    load_id = hashlib.sha256(f"{job.control}\0{began.isoformat()}\0{os.getpid()}".encode()).hexdigest()[:32]
    if request.rejects_jsonl is not None:
        write_whole(request.rejects_jsonl, _json_lines(load_id, report))
    counts = report.counts()
    warnings = [f"SQL*Loader: {line}" for line in report.errors]
    if report.lost():
        warnings.append(
            f"{report.lost()} records were read and given up with the load: neither loaded nor in the bad file"
        )
    return LoadReceipt(
        load_id=load_id,
        spec_path=request.spec_path,
        target=safe_url(request.target),
        outcome="errors" if report.exceeded else "stopped" if ended.stopped else "complete",
        exit_code=ended.code if ended.code >= 0 else WARNING,
        counts=counts,
        tables=_tables(report),
        bad_files=tuple(one.bad for one in job.inputs if one.bad in fresh),
        discard_files=tuple(one.discard for one in job.inputs if one.discard in fresh and one.discard),
        log_file=job.log,
        started_at=began,
        duration_s=round(surroundings.clock.monotonic() - begun_s, 3),
        warnings=tuple(warnings),
    )


# Private functions


@contextmanager
def _private_folder() -> Iterator[Path]:
    """A folder that only this user can look into; it goes with all that it holds."""
    with tempfile.TemporaryDirectory(prefix="loadstone-") as name:
        yield Path(name)


def _job(request: LoadRequest, folder: Path) -> OriginalRun:
    control = request.spec_path
    if is_spec_file(control):
        control = str(folder / f"{Path(request.spec_path).stem}.ctl")
        _write(Path(control), control_bytes(request.spec))
    return OriginalRun(
        request=request,
        login=login_of(request.target),
        control=control,
        inputs=tuple(resolve_inputs(request)),
        log=default_log(request),
    )


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _outputs(job: OriginalRun) -> list[str]:
    """All files that the run may write; what an earlier run left there is none of this one's."""
    discards = [one.discard for one in job.inputs if one.discard is not None]
    return [job.log, *(one.bad for one in job.inputs), *discards]


def _state(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _text(path: str) -> str:
    return Path(path).read_bytes().decode("utf-8", "replace")


def _tables(report: LogReport) -> dict[str, int]:
    tables: dict[str, int] = {}
    for name, count in report.tables:
        tables[name] = tables.get(name, 0) + count.loaded
    return tables


def _json_lines(load_id: str, report: LogReport) -> Iterator[bytes]:
    """Each reject of the log; where its bytes stand in the data file, the log does not tell."""
    for one in report.records:
        if one.kind == "rejected":
            reject = Reject(
                input_no=0,
                record_no=one.record_no,
                byte_offset=-1,
                length_bytes=-1,
                table=one.table or "",
                table_no=0,
                field=one.column,
                value=None,
                rule="refused",
                code=one.code,
                reason=one.reason,
            )
            values = reject_values(reject, load_id, None)
            unknown = {"input": None, "byte_offset": None, "length_bytes": None}
            yield json.dumps({**values, **unknown}, ensure_ascii=False).encode() + b"\n"


def _raise_failure(job: OriginalRun, ended: Ended, report: LogReport) -> None:
    """Raise what the run failed with; nothing when the log has its totals."""
    if report.complete:
        return
    told = (
        report.errors or [line for line in ended.printed if "-" in line and ":" in line] or ended.printed[-2:]
    )
    messages = "; ".join(dict.fromkeys(told[:_MESSAGES_MAX])) or "it printed nothing"
    place = Place(file=job.request.spec_path)
    codes = [word.rstrip(":") for line in told for word in line.split()[:1] if word.startswith("ORA-")]
    hints = [hint_of(codes[0])] if codes else []
    hints.append(f"its log is {job.log}.")
    error: LoadstoneError
    if ended.code == FAILURE:
        error = FixSpec("LS-3034", f"SQL*Loader refuses: {messages}", place, hints=hints)
    else:
        how = f"exit code {ended.code}" if ended.code >= 0 else f"signal {-ended.code}"
        hints.append("rows that it committed stay; it goes on with SKIP at the record after them.")
        error = Stop("LS-3035", f"SQL*Loader ended without totals ({how}): {messages}", place, hints=hints)
    raise error
