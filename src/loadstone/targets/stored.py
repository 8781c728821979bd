"""What every target of its own control tables reads of them in the same words."""

from __future__ import annotations

from loadstone.books import Checkpoint, Discard, Reject
from loadstone.targets.control import Control
from loadstone.targets.model import LoadRow
from loadstone.targets.upgrade import Known


class StoredLoads:
    """
    Loads by their rows in the control tables, which ``_control`` reads on the control connection.

    Attributes:
        _of_this_version: Whether all columns of the control tables are known to be there.
    """

    _of_this_version = False

    @property
    def _control(self) -> Control:
        raise NotImplementedError

    def read_load(self, load_id: str) -> LoadRow | None:
        """The load's row."""
        return self._control.read_load(load_id)

    def unfinished(self, besides: str) -> list[LoadRow]:
        """The rows of other loads that run, or that may go on."""
        return self._control.unfinished(besides)

    def find_loads(self, prefix: str | None) -> list[str]:
        """Ids of loads."""
        return self._control.find_loads(prefix)

    def checkpoints(self, load_id: str) -> list[Checkpoint]:
        """Committed chunks."""
        return self._control.checkpoints(load_id)

    def rejects(self, load_id: str) -> tuple[list[Reject], list[Discard]]:
        """Rejects and discards."""
        return self._control.rejects(load_id)

    # Private methods

    def _control_columns(self) -> Known:
        raise NotImplementedError

    def _columns_to_read(self) -> Known:
        """What is known of the control tables; nothing need be where they are of this version."""
        return {} if self._of_this_version else self._control_columns()
