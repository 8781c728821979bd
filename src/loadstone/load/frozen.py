"""What is fixed when a load begins, kept in the target, and taken up by whoever goes on with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadstone.load.columnar import Columnar
from loadstone.load.environment import freeze
from loadstone.load.lookups import read_lookups
from loadstone.load.plan.model import LoadPlan
from loadstone.load.sequences import sequence_bases


def freeze_plan(plan: LoadPlan) -> dict[str, Any]:
    """The values of a load that begins now, as JSON."""
    return {
        "environment": freeze(plan.environment),
        "charsets": list(plan.charsets),
        "sequences": sequence_bases(plan),
        "lookups": read_lookups(plan),
        "atomic": plan.request.atomic,
    }


def columnar_of(plan: LoadPlan, frozen: Mapping[str, Any]) -> Columnar:
    """What values need beyond the record, with the first numbers of sequences as they were."""
    bases = {name: (first, step) for name, (first, step) in frozen["sequences"].items()}
    return Columnar(plan, bases, Path(plan.request.spec_path).resolve().parent)
