"""Dead letters, put together: taken from a target's rejects, replayed by a load of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.books import Contribution, Reject
from loadstone.bootstrap.repository import open_repository
from loadstone.config import resolve_target
from loadstone.database.open import Database
from loadstone.deadletters import collect, mend, repository
from loadstone.deadletters.mend import Loaded, Refusal
from loadstone.deadletters.model import FoundRecord, Letter, LetterState, Origin, Replay
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest, LoadSpec, Method
from loadstone.spec.files import spec_values

if TYPE_CHECKING:
    from loadstone.load.inputs import LoadInput

_KEPT = ("bad", "discard", "log", "skip", "load", "data", "spec", "again", "run_id", "errors", "target")
"""Parts of a request that are those of one run, or stored in another form."""


class DeadLetters:
    """The dead letters of a repository, as one person (``actor``) sees and changes them."""

    def __init__(self, database: Database, actor: str) -> None:
        self._database, self._actor = database, actor

    def listed(self, *, state: str | None, load: str | None, after: int = 0, limit: int = 50) -> list[Letter]:
        """Letters by id."""
        with self._database.read() as connection:
            wanted = LetterState(state) if state else None
            return repository.listed(connection, state=wanted, load=load, after=after, limit=limit)

    def show(self, letter_id: int) -> Letter:
        """One letter; ``FixSpec`` LS-7301 when there is none."""
        with self._database.read() as connection:
            found = repository.by_ids(connection, [letter_id])
        if not found:
            hints = ["`loadstone deadletters list` lists them."]
            raise FixSpec("LS-7301", f"there is no dead letter {letter_id}", hints=hints)
        return found[0]

    def correct(self, letter_id: int, content: bytes) -> Letter:
        """Say what a replay loads instead of the record."""
        return mend.correct(self._database, letter_id, content, actor=self._actor)

    def drop(self, ids: Sequence[int], reason: str) -> int:
        """Give letters up for good."""
        return mend.drop(self._database, ids, actor=self._actor, reason=reason)

    def replay(self, ids: Sequence[int]) -> list[Loaded]:
        """Replay letters, and go on first with replays that a death left unfinished."""
        with self._database.read() as connection:
            left = repository.running_replays(connection)
        begun = mend.begin_replay(self._database, ids, _folder(), actor=self._actor) if ids else []
        return [mend.run_replay(self._database, one, _load, actor=self._actor) for one in [*left, *begun]]

    def close(self) -> None:
        """Close the repository."""
        self._database.close()


def open_dead_letters(url: str, *, actor: str) -> DeadLetters:
    """The dead letters of the repository at ``url``."""
    return DeadLetters(open_repository(url), actor)


def collect_rejects(
    database: Database, request: LoadRequest, target_name: str | None, load_id: str, execution_id: int | None
) -> int:
    """
    Keep the rejects of a load as dead letters; how many are new.

    Args:
        target_name: The target as the job names it; a replay looks it up again, so no password is stored here.

    Raises:
        FixFile: LS-2001, LS-2002 the file of the load is gone, or cannot be read.
    """
    from loadstone.bootstrap.targets import open_target

    target = open_target(request.target, control_schema=request.control_schema)
    try:
        rejects, _ = target.rejects(load_id)
        url = target.url
    finally:
        target.close()
    values = {key: value for key, value in asdict(request).items() if key not in _KEPT}
    values |= {"spec": spec_values(request.spec), "target": target_name}
    origin = Origin(load_id=load_id, target=url, request=values, execution_id=execution_id)
    return collect.collect(database, origin, _records(request, rejects))


# Private functions


def _folder() -> Path:
    named = os.environ.get("LOADSTONE_LANDING")
    return Path(named) if named else Path.home() / ".local" / "state" / "loadstone" / "landing"


def _records(request: LoadRequest, rejects: Sequence[Reject]) -> Iterator[FoundRecord]:
    from loadstone.load.inputs import resolve_inputs

    inputs = resolve_inputs(request)
    seen: set[tuple[int, int]] = set()
    for one in rejects:
        if (one.input_no, one.record_no) in seen:
            continue
        seen.add((one.input_no, one.record_no))
        source = inputs[one.input_no]
        yield FoundRecord(
            input_no=one.input_no,
            input_name=source.name,
            record_no=one.record_no,
            byte_offset=one.byte_offset,
            raw=_whole(source, one),
            table_name=one.table,
            field=one.field,
            value=one.value,
            rule=one.rule,
            code=one.code,
            reason=one.reason,
        )


def _whole(one: LoadInput, reject: Reject) -> bytes:
    """All bytes of a record: what the target kept, or for a long one what the file holds; of a reader's row the line of a bad file."""
    if one.spec.reading is None:
        return _bytes(one, reject)
    from loadstone.formats.framing import unframed
    from loadstone.formats.readers.saved import saved_head, saved_row

    return saved_head(one.names) + saved_row(unframed(_bytes(one, reject)))


def _bytes(one: LoadInput, reject: Reject) -> bytes:
    if len(reject.raw) >= reject.length_bytes or one.path is None:
        return reject.raw
    from loadstone.formats.inputs import read_fully
    from loadstone.formats.reader import skip_to
    from loadstone.formats.sources import open_source

    with open_source(one.source) as stream:
        skip_to(stream, reject.byte_offset)
        return read_fully(stream, reject.length_bytes, name=one.name)


def _load(origin: Origin, replay: Replay) -> Loaded:
    """A new load whose input is the letters; its identity is the replay, so it happens once."""
    from loadstone.bootstrap import loads
    from loadstone.bootstrap.targets import open_target

    request = _request_of(origin, replay)
    receipt = loads.load(request, _Unwatched())
    target = open_target(request.target, control_schema=request.control_schema)
    try:
        rejects, _ = target.rejects(receipt.load_id)
    finally:
        target.close()
    refused = {
        one.record_no: Refusal(
            record_no=one.record_no,
            field=one.field,
            value=one.value,
            rule=one.rule,
            code=one.code,
            reason=one.reason,
        )
        for one in reversed(rejects)
    }
    return Loaded(load_id=receipt.load_id, loaded=receipt.counts.loaded, refused=list(refused.values()))


def _request_of(origin: Origin, replay: Replay) -> LoadRequest:
    values: dict[str, Any] = dict(origin.request)
    output = str(Path(replay.path).with_suffix(""))
    changed = {
        "spec": _spec_of(LoadSpec.model_validate(values["spec"])),
        "target": resolve_target(values["target"]),
        "ddl": (),
        "data": (replay.path,),
        "bad": f"{output}.{replay.id}.bad",
        "log": f"{output}.{replay.id}.log",
        "errors": -1,
        "run_id": f"replay {replay.id} of {origin.load_id}",
    }
    return LoadRequest(**{**values, **changed})


def _spec_of(spec: LoadSpec) -> LoadSpec:
    """The spec for letters alone: no header to skip, no limits, and rows that the first load brought stay."""
    options = spec.options.model_copy(update={"skip": None, "load": None, "errors": None, "discardmax": None})
    tables = tuple(
        one.model_copy(update={"method": _appending(one.method), "skip": None}) for one in spec.tables
    )
    return spec.model_copy(
        update={
            "inputs": tuple(one.model_copy(update={"member": None}) for one in spec.inputs[:1]),
            "inline_data": None,
            "field_names": None,
            "options": options,
            "method": _appending(spec.method or Method.APPEND),
            "tables": tables,
        }
    )


def _appending(method: Method | None) -> Method | None:
    return method if method in (None, Method.UPSERT) else Method.APPEND


class _Unwatched:
    lease = None

    def stop_requested(self) -> bool:
        return False

    def report(self, contribution: Contribution, bytes_done: int, bytes_total: int | None) -> None:
        return None
