"""Loads in partitions, put together: begun by one worker, loaded by several, ended by the last."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from loadstone.books import LoadReceipt, Run
from loadstone.bootstrap.loads import load, surroundings
from loadstone.bootstrap.pipes import has_pipes
from loadstone.bootstrap.targets import open_target
from loadstone.errors import Refused
from loadstone.spec import LoadRequest, OrderPolicy

if TYPE_CHECKING:
    from loadstone.load.partitioned import Beginning, PartitionEnd

END_WAIT_S = 20.0
"""How long the last partition waits for the others, which have only to leave, before it asks to come back later."""

END_POLL_S = 0.05
"""How often it looks."""


def begin(request: LoadRequest, wanted: int) -> Beginning:
    """
    Cut a load into partitions and prepare its tables, or say why it is one piece.

    Only loads whose order of commits does not show are cut: ``order: free``, and all-or-nothing loads, which
    are published in record order.
    """
    from loadstone.load.partitioned import Beginning
    from loadstone.load.partitioned import begin as begin_load

    reasons = []
    if wanted < 2:
        reasons.append("one partition is asked for")
    if request.order is not OrderPolicy.FREE and not request.atomic:
        reasons.append("its chunks commit in file order (order: free, or atomic: true, would let it be cut)")
    if has_pipes(request):
        reasons.append("its data come from a pipe")
    if reasons:
        return Beginning(reasons=tuple(reasons))
    target = open_target(request.target, control_schema=request.control_schema)
    try:
        return begin_load(request, target, surroundings(request), wanted)
    finally:
        target.close()


def load_partition(request: LoadRequest, run: Run, number: int) -> tuple[PartitionEnd, LoadReceipt | None]:
    """Load one partition (from 1), and end the load with its receipt where it is the last one."""
    from loadstone.load import partitioned

    target = open_target(request.target, control_schema=request.control_schema, part=number)
    try:
        end = partitioned.load_partition(request, target, surroundings(request), run, number)
    finally:
        target.close()
    return end, _end_load(request, run) if end.last else None


# Private functions


def _end_load(request: LoadRequest, run: Run) -> LoadReceipt:
    """
    Write files and receipt of the whole load, once the other partitions' processes have left it.

    Raises:
        Refused: LS-3006 one of them does not leave.
    """
    whole = replace(request, take_over=False)
    deadline = time.monotonic() + END_WAIT_S
    while True:
        try:
            return load(whole, _Silent(run))
        except Refused as error:
            if error.code != "LS-3006" or time.monotonic() > deadline:
                raise
        time.sleep(END_POLL_S)


class _Silent:
    """
    A run whose sums are not told: those of the whole load are no partition's.

    It has no lease either, for each partition's task has leases of its own; the fence of the whole load is enough.
    """

    lease = None

    def __init__(self, run: Run) -> None:
        self._run = run

    def stop_requested(self) -> bool:
        return self._run.stop_requested()

    def report(self, *_: object) -> None:
        return
