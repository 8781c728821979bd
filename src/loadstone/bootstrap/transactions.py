"""Loads of transaction types, put together: the spec, the load that it names, and the target."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from loadstone.books import LoadReceipt, Run
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest
from loadstone.spec.transactions import TransactionSpec, read_transactions
from loadstone.transactions.plan import plan_of


def spec_at(path: str) -> TransactionSpec:
    """The transaction spec of a file."""
    return read_transactions(path)


def load_path(spec: TransactionSpec, path: str) -> str:
    """Where the load that a transaction spec names stands."""
    return os.path.join(os.path.dirname(path), spec.load)


def run(spec: TransactionSpec, path: str, request: LoadRequest, run: Run) -> LoadReceipt:
    """
    Stage the load once, and publish its types in the order of what they need; go on with what waits.

    ERRORS of the load count over all types, so there is none unless the request or the load's OPTIONS have one.

    Raises:
        FixSpec: LS-8303 to LS-8307 what the spec cannot be; LS-8306 options that a load of types cannot have.
            Others as of a load.
    """
    from loadstone.bootstrap import loads
    from loadstone.transactions.publishing import TypePublisher

    if request.load is not None or not request.resume:
        option = "--load" if request.load is not None else "--no-resume"
        raise FixSpec(
            "LS-8306", f"{option} cannot be: a type is published as a whole, from rows that are staged"
        )
    publisher = TypePublisher(plan_of(spec, path, request.spec), spec.workers)
    errors = request.errors if request.errors is not None else request.spec.options.errors
    staged = replace(request, atomic=True, errors=-1 if errors is None else errors)
    return loads.load(staged, run, publish=publisher)


def schema() -> dict[str, Any]:
    """The JSON Schema of a transaction spec."""
    return TransactionSpec.model_json_schema()
