"""The story of a run: plan the ranges, have them computed, list what was computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from loadstone import __version__
from loadstone.errors import FixSpec, Place, Refused
from loadstone.filestore.atomic import write_whole
from loadstone.load.environment import thaw
from loadstone.load.frozen import freeze_plan
from loadstone.load.identity import spec_digest
from loadstone.load.inputs import LoadInput, resolve_inputs
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.reading import ChunkSource
from loadstone.load.resume import Progress, prefix_digest
from loadstone.load.spark.catalogue import Remembering
from loadstone.load.spark.compute import Failure, Task, compute_part, count_steps
from loadstone.load.spark.model import MANIFEST, RUN, Manifest, Part, Range, manifest_bytes
from loadstone.load.spark.shape import shape_of
from loadstone.load.spark.store import drop_part, drop_unfinished, facts_of, is_whole
from loadstone.load.surroundings import Surroundings
from loadstone.spec import LoadRequest, Partition
from loadstone.targets.model import Target

PART_SIZE_BYTES = 16 << 20
"""Bytes of the data file for each part, unless the user says otherwise; a part is one transaction of the load."""

R = TypeVar("R")


class Cluster(Protocol):
    """What runs tasks, each at least once, on any machine that sees the same folders."""

    def run(self, function: Callable[[Task, Range], R], task: Task, ranges: Sequence[Range]) -> list[R]:
        """The results, in the order of ``ranges``."""
        ...


@dataclass(frozen=True, kw_only=True)
class Computed:
    """
    What a run has done.

    Attributes:
        manifest: All parts. fresh: how many of them this run computed; the others were there.
    """

    manifest: Manifest
    fresh: int


def compute(
    request: LoadRequest,
    target: Target,
    surroundings: Surroundings,
    cluster: Cluster,
    *,
    part_size_bytes: int = PART_SIZE_BYTES,
) -> Computed:
    """
    Compute the rows of ``request`` into its folder ``parts``; nothing goes into the target.

    A run that died goes on: what it froze is kept, and of the parts only what is missing or changed is computed.

    Raises:
        FixSpec: LS-4034 the spec needs the target, or the order of all records, while rows are computed.
        Refused: LS-4035 the folder holds another run. FixFile: LS-4002 an input changes meanwhile.
    """
    folder = Path(request.parts or "").resolve()
    asked = Remembering(target)
    inputs = [_anywhere(one) for one in resolve_inputs(request)]
    request = replace(request, spec_path=str(Path(request.spec_path).resolve()))
    known = _known_run(folder)
    frozen = known["frozen"] if known else None
    environment = thaw(frozen["environment"]) if frozen else surroundings.environment()
    plan = compile_plan(
        request, cast(Target, asked), environment, inputs, charsets=frozen["charsets"] if frozen else None
    )
    _refuse_bound(plan)
    ranges, known_contents = _ranges(plan, part_size_bytes)
    contents = _contents(plan, known_contents)
    frozen = frozen or _frozen(plan)
    key = _run_key(plan, ranges, contents, frozen)
    _enter(folder, known, key, frozen)
    remembered = replace(request, ddl=(), create_tables=False, target=target.url)
    task = Task(
        run=key,
        folder=str(folder),
        request=remembered,
        catalogue=asked.catalogue,
        inputs=tuple(inputs),
        frozen=frozen,
    )
    ranges = _numbered(cluster, task, plan, ranges)
    parts, fresh = _parts(cluster, task, ranges)
    manifest = Manifest(
        run=key,
        program=__version__,
        request=_request_values(request, plan),
        spec_sha256=spec_digest(request.spec),
        inputs=contents,
        shape=shape_of(plan),
        frozen=frozen,
        parts=tuple(parts),
    )
    drop_unfinished(folder)
    write_whole(folder / MANIFEST, [manifest_bytes(manifest)])
    return Computed(manifest=manifest, fresh=fresh)


# Private functions


def _anywhere(one: LoadInput) -> LoadInput:
    """The input by a path that means the same in every process."""
    return one if one.path is None else replace(one, path=str(Path(one.path).resolve()))


def _refuse_bound(plan: LoadPlan) -> None:
    reasons = list(dict.fromkeys(_bounds(plan)))
    if reasons:
        raise FixSpec(
            "LS-4034",
            f"rows of this load cannot be computed apart from it: {'; '.join(reasons)}",
            Place(file=plan.request.spec_path),
            hints=["`loadstone load` without parts computes and loads in one."],
        )


def _bounds(plan: LoadPlan) -> Iterator[str]:
    for table in plan.tables:
        if any(expression.compiled.sequences for expression in table.expressions):
            yield "NEXTVAL draws from the target with each chunk"
        if any(column.source == "lobfile" for column in table.columns):
            yield "LOBFILE fields name files that the log tells of"
    if len(plan.inputs) > 1 and any(plan.discardmax(one.input_no) is not None for one in plan.inputs):
        yield "DISCARDMAX ends a data file early, and the numbers of the records behind it hang on that"


def _ranges(plan: LoadPlan, part_size_bytes: int) -> tuple[list[Range], dict[int, tuple[int, str]]]:
    """
    The chunks that a load of this size of chunk would read, each with its digests; nothing is taken apart yet.

    Returns:
        The ranges, and size and digest of each input that was read to its end.
    """
    source = ChunkSource(plan, Progress(), {}, lambda: part_size_bytes)
    found: list[Range] = []
    whole: dict[int, tuple[int, str]] = {}
    while (read := source.next()) is not None:
        chunk = read.chunk
        partition = Partition(
            number=len(found) + 1,
            input_no=chunk.input_no,
            unit0=chunk.unit0,
            unit1=chunk.unit1,
            record0=chunk.record0,
            records=len(chunk),
        )
        own = hashlib.sha256(memoryview(chunk.data)[: chunk.size_bytes]).hexdigest()
        prefix = str(read.digest_after.hexdigest())
        found.append(Range(partition=partition, sha256=own, prefix_sha256=prefix, before=()))
        if chunk.last:
            whole[chunk.input_no] = chunk.unit1, prefix
        del read, chunk
    return found, whole


def _contents(plan: LoadPlan, known: dict[int, tuple[int, str]]) -> tuple[tuple[str, int, str], ...]:
    """Name, size and digest of each input; those that are not ``known`` are read for that."""
    found = []
    for one in plan.inputs:
        if one.input_no not in known:
            hasher, size_bytes = prefix_digest(one)
            known[one.input_no] = size_bytes, hasher.hexdigest()
        found.append((one.name, *known[one.input_no]))
    return tuple(found)


def _run_key(
    plan: LoadPlan,
    ranges: Sequence[Range],
    contents: Sequence[tuple[str, int, str]],
    frozen: dict[str, Any],
) -> str:
    """A digest of all that the rows of a run depend on."""
    told = {
        "program": __version__,
        "spec": spec_digest(plan.request.spec),
        "shape": shape_of(plan),
        "limits": [plan.limits.skip, plan.limits.load],
        "contents": [digest for _, _, digest in contents],
        "ranges": [[one.partition.unit0, one.partition.unit1] for one in ranges],
        "frozen": frozen,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _known_run(folder: Path) -> dict[str, Any] | None:
    """The run that a folder belongs to; None for a new one."""
    try:
        known: dict[str, Any] = json.loads((folder / RUN).read_bytes())
    except (OSError, ValueError):
        return None
    return known


def _enter(folder: Path, known: dict[str, Any] | None, key: str, frozen: dict[str, Any]) -> None:
    """Make the folder this run's, unless it is another's."""
    others = known is None and folder.is_dir() and any(folder.iterdir())
    if others or (known is not None and known.get("run") != key):
        why = "holds files that are no run of ours" if others else "holds the parts of another run"
        raise Refused(
            "LS-4035",
            f"{folder} {why}",
            Place(file=str(folder)),
            hints=["name another folder with --parts, or take this one away."],
        )
    if known is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(folder / RUN, [json.dumps({"run": key, "frozen": frozen}).encode()])


def _frozen(plan: LoadPlan) -> dict[str, Any]:
    """What is fixed from now on, as it reads back from JSON; how its rows are published is the load's matter."""
    values: dict[str, Any] = json.loads(json.dumps(freeze_plan(plan)))
    return {**values, "atomic": False, "reconciled": []}


def _numbered(cluster: Cluster, task: Task, plan: LoadPlan, ranges: list[Range]) -> list[Range]:
    """The ranges with what the records before them step; they are counted first where a column needs it."""
    none = (0,) * len(plan.tables)
    if not any(column.source == "sequence" for table in plan.tables for column in table.columns):
        return [replace(one, before=none) for one in ranges]
    steps = _settled(cluster.run(count_steps, task, ranges))
    sums = accumulate(steps, lambda a, b: tuple(x + y for x, y in zip(a, b, strict=True)), initial=none)
    return [replace(one, before=before) for one, before in zip(ranges, sums, strict=False)]


def _parts(cluster: Cluster, task: Task, ranges: Sequence[Range]) -> tuple[list[Part], int]:
    """All parts, and how many of them were not there before."""
    folder, there = Path(task.folder), {}
    for one in ranges:
        number = one.partition.number
        part = facts_of(folder, number)
        if part is not None and (part.run, part.range) == (task.run, one) and is_whole(folder, part):
            there[number] = part
        else:
            drop_part(folder, number)
    wanted = [one for one in ranges if one.partition.number not in there]
    fresh = _settled(cluster.run(compute_part, task, wanted)) if wanted else []
    there |= {part.range.partition.number: part for part in fresh}
    return [there[one.partition.number] for one in ranges], len(fresh)


def _settled(results: Sequence[R | Failure]) -> list[R]:
    """The results, or the first error among them."""
    for one in results:
        if isinstance(one, Failure):
            raise one.error()
    return [cast(R, one) for one in results]


def _request_values(request: LoadRequest, plan: LoadPlan) -> dict[str, Any]:
    """What a load of the parts is asked for, as JSON values."""
    return {
        "spec": request.spec.model_dump(mode="json"),
        "spec_path": request.spec_path,
        "data": [str(Path(path).resolve()) for path in request.data],
        "skip": plan.limits.skip,
        "load": plan.limits.load,
        "schema_map": request.schema_map,
        "control_schema": request.control_schema,
    }
