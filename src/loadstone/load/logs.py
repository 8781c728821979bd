"""The log of a load, in SQL*Loader's shape."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from datetime import datetime

from loadstone.books import Discard, LoadReceipt, Reject
from loadstone.load.plan.model import LoadPlan
from loadstone.spec.structured import shown_spec
from loadstone.sqlldr.log import LOB_MESSAGE, LogInput, LogRun, log_head, log_tail, record_messages
from loadstone.sqlldr.write import processing_options


def log_parts(
    plan: LoadPlan,
    receipt: LoadReceipt,
    refused: tuple[Iterable[Reject], Iterable[Discard]],
    times: tuple[datetime, datetime, float],
) -> Iterator[bytes]:
    """
    The whole log in parts.

    Args:
        refused: Rejects and discards, each in record order. times: begin, end and the seconds between them.
    """
    began, ended, elapsed_s = times
    told = dict.fromkeys(receipt.warnings)
    lobs = [one for one in told if one.startswith(LOB_MESSAGE)]
    run = LogRun(
        spec=shown_spec(plan.spec),
        spec_path=plan.request.spec_path,
        inputs=[
            LogInput(
                name=one.name,
                bad=one.bad,
                processing=processing_options(one.spec),
                discard=one.discard,
                discardmax=plan.discardmax(one.input_no),
            )
            for one in plan.inputs
        ],
        began=began,
        skip=plan.limits.skip,
        load=plan.limits.load,
        errors=plan.limits.errors,
        rows=plan.request.rows,
        express=plan.request.express,
        indexes=[table.info.indexes for table in plan.tables],
        warnings=[one for one in told if one not in lobs],
    )
    yield log_head(run).encode(errors="surrogateescape")  # names of files are bytes, as they stand there
    for message in record_messages(plan.spec, *refused):
        yield message.encode()
    for message in lobs:
        yield f"\n{message}\n".encode()
    tail = log_tail(run, receipt.counts, receipt.outcome, ended, (elapsed_s, time.process_time()))
    yield tail.encode(errors="surrogateescape")
