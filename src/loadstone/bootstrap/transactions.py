"""Loads of transaction types, put together: the spec, and the load that it names."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest
from loadstone.spec.transactions import TransactionSpec, read_transactions


def spec_at(path: str) -> TransactionSpec:
    """The transaction spec of a file."""
    return read_transactions(path)


def load_path(spec: TransactionSpec, path: str) -> str:
    """Where the load that a transaction spec names stands."""
    return os.path.join(os.path.dirname(path), spec.load)


def by_types(spec: TransactionSpec, path: str, request: LoadRequest) -> LoadRequest:
    """
    The request that stages its load once, and publishes the types of ``spec`` in the order of what they need.

    ERRORS of a load counts over all types, so there is none unless the request or the load's OPTIONS have one.

    Raises:
        FixSpec: LS-8306 options that a load of types cannot have; LS-8303 to LS-8305 what the spec cannot be.
    """
    from loadstone.transactions.plan import plan_of, reconciled_columns, told_apart

    if request.load is not None or not request.resume:
        option = "LOAD" if request.load is not None else "--no-resume"
        raise FixSpec(
            "LS-8306", f"{option} cannot be: a type is published as a whole, from rows that are staged"
        )
    plan = plan_of(spec, path, request.spec)
    load, selects = told_apart(plan, request.spec)
    errors = request.errors if request.errors is not None else request.spec.options.errors
    return replace(
        request,
        atomic=True,
        errors=-1 if errors is None else errors,
        types=spec,
        types_path=path,
        spec=load,
        selects=selects,
        reconciled=reconciled_columns(plan, load),
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of a transaction spec."""
    return TransactionSpec.model_json_schema()
