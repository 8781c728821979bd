"""A cluster without Spark: tasks run here, one after the other, and what they are given is pickled as it would be."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from loadstone.load.spark.compute import Task
from loadstone.load.spark.model import Range

R = TypeVar("R")


@dataclass
class InProcess:
    """
    Runs tasks in this process.

    Attributes:
        attempts: How often each task runs, as when Spark tries again or speculates.
        ran: Numbers of the ranges that were run, in order, for each call.
    """

    attempts: int = 1
    ran: list[list[int]] = field(default_factory=list)

    def run(self, function: Callable[[Task, Range], R], task: Task, ranges: Sequence[Range]) -> list[R]:
        """The results of the last attempts."""
        self.ran.append([one.partition.number for one in ranges])
        found = []
        for one in ranges:
            for _ in range(self.attempts):
                given, place = pickle.loads(pickle.dumps((task, one)))
                result = pickle.loads(pickle.dumps(function(given, place)))
            found.append(result)
        return found
