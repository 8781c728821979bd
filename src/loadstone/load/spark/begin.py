"""How a load begins from parts: with what was fixed when they were computed, and only if they are its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.errors import Refused
from loadstone.load.identity import spec_digest
from loadstone.load.plan.model import LoadPlan
from loadstone.load.sequences import sequence_bases
from loadstone.spec import LoadRequest

if TYPE_CHECKING:
    from loadstone.load.spark.model import Manifest


def begun_from_parts(request: LoadRequest) -> dict[str, Any]:
    """
    What is fixed for a new load whose rows were computed before, as it was when they were; empty for any other load.

    Raises:
        FixFile: LS-4030 there is no manifest.
    """
    if request.parts is None:
        return {}
    from loadstone.load.spark.model import read_manifest

    manifest = read_manifest(Path(request.parts))
    return {
        **manifest.frozen,
        "atomic": request.atomic,
        "reconciled": request.reconciled,
        "parts": manifest.run,
    }


def with_parts(plan: LoadPlan, frozen: dict[str, Any], *, begins: bool) -> LoadPlan:
    """
    The plan with the parts that its request names, which are those of this very load.

    Args:
        begins: Whether nothing is loaded yet.

    Raises:
        Refused: LS-4032 the parts were computed for something else; LS-4033 the load began without them.
    """
    if plan.request.parts is None:
        return plan
    from loadstone.load.spark.intake import Intake
    from loadstone.load.spark.model import read_manifest

    folder = Path(plan.request.parts)
    manifest = read_manifest(folder)
    if frozen.get("parts") != manifest.run:
        raise Refused(
            "LS-4033",
            f"this load began without the parts in {folder}",
            hints=["finish it as it was begun.", "to load all anew from the parts: --again."],
        )
    unlike = list(_differences(plan, manifest, begins=begins))
    if unlike:
        raise Refused(
            "LS-4032",
            f"the parts in {folder} were computed for another load: {'; '.join(unlike)}",
            hints=["compute them for this one: `loadstone spark run` into another folder."],
        )
    return replace(plan, parts=Intake(folder, manifest))


def refuse_moved(plan: LoadPlan, moved: list[str]) -> None:
    """
    Numbers that are computed already cannot go on behind what others wrote meanwhile.

    Raises:
        Refused: LS-4032 some of the numbers would have to.
    """
    if moved and plan.parts is not None:
        raise Refused(
            "LS-4032",
            f"the numbers of the parts in {plan.request.parts} are taken: {'; '.join(moved)}",
            hints=["finish the load without its parts: `loadstone load` with the control file."],
        )


# Private functions


def _differences(plan: LoadPlan, manifest: Manifest, *, begins: bool) -> Iterator[str]:
    """What is not as it was when the parts were computed."""
    from loadstone.load.spark.shape import shape_of

    if spec_digest(plan.request.spec) != manifest.spec_sha256:
        yield "the spec is another one"
    if any(plan.request.selects):
        yield "its transaction types are told apart by expressions"
    if len(plan.inputs) != len(manifest.inputs):
        yield f"it has {len(plan.inputs)} data files, and had {len(manifest.inputs)}"
    limits = {"skip": plan.limits.skip, "load": plan.limits.load}
    for name, value in limits.items():
        if manifest.request[name] != value:
            yield f"{name.upper()} is {value}, and was {manifest.request[name]}"
    if shape_of(plan) != manifest.shape:
        yield f"the columns of {plan.target.url} are not those of the computed rows"
    elif begins and sequence_bases(plan) != manifest.frozen["sequences"]:
        yield "the tables that SEQUENCE numbers go on from have changed"
