"""A load held by the lock on its row of ``loadstone_holder``, which ends with the session that took it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from loadstone.errors import Refused
from loadstone.targets.control import Execute
from loadstone.targets.model import ConstraintRefusal, Redo


@dataclass(frozen=True)
class HolderRow:
    """
    The row of one load.

    Attributes:
        table: Qualified name of ``loadstone_holder``. ask: runs a statement on another session.
    """

    table: str
    load_id: str
    ask: Execute

    def lock(self, session: Any, execute: Execute, how: str) -> None:
        """
        Lock the row on ``session``, on which ``execute`` runs statements, and write down who has it.

        The row is made where it is missing. A session that does not get the lock is closed.

        Args:
            how: Behind FOR UPDATE: NOWAIT, or WAIT and seconds.

        Raises:
            Refused: LS-3006 names the holder.
        """
        try:
            self._lock(
                session, execute, f"SELECT holder FROM {self.table} WHERE load_id = ? FOR UPDATE {how}"
            )
        except Redo as error:
            session.close()
            rows = self.ask(f"SELECT holder FROM {self.table} WHERE load_id = ?", [self.load_id])
            raise Refused(
                "LS-3006",
                f"load {self.load_id[:8]} is run by another process" + (f": {rows[0][0]}" if rows else ""),
                hints=["wait for it, or stop it; a load that was stopped resumes."],
            ) from error
        except BaseException:
            session.close()
            raise

    def _lock(self, session: Any, execute: Execute, select: str) -> None:
        if not execute(f"SELECT 1 FROM {self.table} WHERE load_id = ?", [self.load_id]):
            with suppress(ConstraintRefusal):
                execute(f"INSERT INTO {self.table} (load_id) VALUES (?)", [self.load_id])
            session.commit()
        execute(select, [self.load_id])
        # The name must be committed to be seen, which frees the row: so it is locked once more.
        me = f"{socket.gethostname()} pid {os.getpid()}"
        execute(f"UPDATE {self.table} SET holder = ? WHERE load_id = ?", [me, self.load_id])
        session.commit()
        execute(select, [self.load_id])
