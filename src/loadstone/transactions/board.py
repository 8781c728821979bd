"""What several publishing threads share: states of types, the books, and the next group that may go."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from loadstone.books import TableCount
from loadstone.load.resume import Progress
from loadstone.transactions.plan import TransactionPlan
from loadstone.transactions.verdicts import ENDED, State, Verdict, group_verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loadstone.books import Checkpoint
    from loadstone.targets.staged import StagedTable


@dataclass
class Told:
    """What is told of a type: its state, why, when its publication began after the first one's start, and how long it took."""

    state: State = State.STAGED
    reason: str | None = None
    began_s: float = 0.0
    duration_s: float = 0.0


@dataclass(frozen=True)
class Turn:
    """A group, what to do with it, and of which type it comes and why."""

    group: tuple[str, ...]
    verdict: Verdict
    type: str | None = None
    why: str | None = None


@dataclass
class Board:
    """
    The shared state; every change under its lock.

    Attributes:
        progress: What is committed. error: what ended a thread, and so all.
    """

    plan: TransactionPlan
    progress: Progress
    types: dict[str, Told] = field(default_factory=dict)
    error: BaseException | None = None

    def __post_init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = self.progress.marks
        self._taken: set[tuple[str, ...]] = set()
        self._paths = _paths(self.plan, {name: self._waiting(name) for name in self.plan.types})
        self._stopped = False
        for name in self.plan.types:
            self.types.setdefault(name, Told()).state = self._state_before(name)

    def take(self) -> Turn | None:
        """
        The next group that is decided; waits for one, and is None when none is left.

        Of several the one of the highest priority goes first, and among those the one with the most rows to publish on
        the longest way from it to an end: what is on it holds up the others.
        """
        with self._changed:
            while True:
                left = [group for group in self.plan.groups if self._is_left(group)]
                if not left or self._stopped or self.error is not None:
                    return None
                turns = [Turn(group, *group_verdict(self.plan, group, self.states)) for group in left]
                decided = [turn for turn in turns if turn.verdict is not Verdict.LATER]
                if decided:
                    turn = max(decided, key=lambda one: self._rank(one.group))
                    self._taken.add(turn.group)
                    return turn
                self._changed.wait()

    def end(self, types: Mapping[str, Told]) -> None:
        """The types of a group are done with; those that wait for it look again."""
        with self._changed:
            self.types.update(types)
            self._changed.notify_all()

    def stop(self, error: BaseException | None = None) -> None:
        """Begin no further group; ``error`` is kept if it is the first."""
        with self._changed:
            self._stopped = True
            self.error = self.error or error
            self._changed.notify_all()

    def numbered(self) -> Progress:
        """The progress with the number of the next mark, which nobody else is given."""
        with self._changed:
            self._numbers += 1
            return replace(self.progress, marks=self._numbers - 1)

    def committed(self, mark: Checkpoint) -> None:
        """A mark is committed."""
        with self._changed:
            self.progress = self.progress.after(mark)

    def rejected(self, name: str) -> int:
        """Records of a type that are refused so far."""
        return sum(self._count(clause, "rejected") for clause in self.plan.types[name].clauses)

    def read(self, name: str) -> int:
        """Rows that a type's clauses made of the file, or were to make: loaded or rejected."""
        clauses = self.plan.types[name].clauses
        return sum(self._count(clause, "loaded") + self._count(clause, "rejected") for clause in clauses)

    def file(self, tables: Iterable[StagedTable]) -> dict[int, TableCount]:
        """What the books say of rows that wait."""
        counts = self.progress.counts.tables
        return {one.table_no: counts[one.table_no] if counts else TableCount() for one in tables}

    def staged(self, clause: int) -> int:
        """Rows that wait for an INTO TABLE clause."""
        return 0 if clause in self.progress.published_tables else self._count(clause, "loaded")

    @property
    def states(self) -> dict[str, State]:
        """State of each type."""
        return {name: told.state for name, told in self.types.items()}

    # Private methods

    def _count(self, clause: int, what: str) -> int:
        tables = self.progress.counts.tables
        return int(getattr(tables[clause], what)) if tables else 0

    def _is_left(self, group: tuple[str, ...]) -> bool:
        return group not in self._taken and any(self.types[name].state not in ENDED for name in group)

    def _rank(self, group: tuple[str, ...]) -> tuple[int, int]:
        priority = max(self.plan.types[name].spec.priority for name in group)
        return priority, max(self._paths[name] for name in group)

    def _waiting(self, name: str) -> int:
        return sum(self.staged(clause) for clause in self.plan.types[name].clauses)

    def _state_before(self, name: str) -> State:
        """The state that the checkpoints tell of, from this start or an earlier one."""
        clauses = set(self.plan.types[name].clauses)
        if clauses <= self.progress.skipped_tables:
            return State.SKIPPED
        if not clauses <= self.progress.published_tables:
            return State.STAGED
        return State.PARTIAL if self.rejected(name) else State.PUBLISHED


@contextmanager
def ending(board: Board) -> Iterator[None]:
    """An error in here ends the other threads too."""
    try:
        yield
    except BaseException as error:
        board.stop(error)


# Private functions


def _paths(plan: TransactionPlan, rows: Mapping[str, int]) -> dict[str, int]:
    """Of each type the rows on the longest way from it, through those that wait for it, to one that nobody waits for."""
    paths = dict.fromkeys(plan.types, 0)
    for name in reversed(list(plan.types)):
        paths[name] += rows[name]
        for other in plan.types[name].before:
            paths[other] = max(paths[other], paths[name])
    return paths
