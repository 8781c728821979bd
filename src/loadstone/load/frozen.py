"""What is fixed when a load begins, kept in the target, and taken up by whoever goes on with it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadstone.load.columnar import Columnar
from loadstone.load.environment import freeze
from loadstone.load.lookups import read_lookups
from loadstone.load.plan.model import LoadPlan
from loadstone.load.sequences import numbered_tables, sequence_bases
from loadstone.load.totals import wanted_totals


def freeze_plan(plan: LoadPlan) -> dict[str, Any]:
    """The values of a load that begins now, as JSON."""
    return {
        "environment": freeze(plan.environment),
        "charsets": list(plan.charsets),
        "sequences": sequence_bases(plan),
        "numbered": numbered_tables(plan),
        "lookups": read_lookups(plan),
        "atomic": plan.request.atomic,
        "reconciled": wanted_totals(plan),
        "guids": uuid.uuid4().hex,
    }


def columnar_of(plan: LoadPlan, frozen: Mapping[str, Any]) -> Columnar:
    """What values need beyond the record, with the first numbers of sequences and the seed of SYS_GUID as they were."""
    bases = {name: (first, step) for name, (first, step) in frozen["sequences"].items()}
    folder = Path(plan.request.spec_path).resolve().parent
    return Columnar(plan, bases, folder, seed=frozen.get("guids", ""))
