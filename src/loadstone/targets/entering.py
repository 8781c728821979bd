"""The beginning of a chunk's transaction, of targets that take one statement at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loadstone.telemetry.points import reach

if TYPE_CHECKING:
    from loadstone.books import Checkpoint, Fence
    from loadstone.targets.model import Session


def enter_stepwise(session: Session, fence: Fence, checkpoint: Checkpoint) -> bool:
    """Begin, check the fence, and only then add the checkpoint, as ``Session.enter`` says."""
    session.begin()
    if not session.check_fence(fence):
        return False
    reach("fence_checked")
    session.add_checkpoint(fence.load_id, checkpoint)
    return True
