"""What is outside of a load."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from loadstone.clock import Clock, SystemClock
from loadstone.load.atomic import Publisher, PublishWhole
from loadstone.load.environment import Environment, read_environment


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What is outside of a load: variables, user and user functions, the clock, how to wait, what publishes staged rows."""

    variables: Mapping[str, str]
    user: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = SystemClock()
    sleep: Callable[[float], None] = time.sleep
    publish: Publisher = PublishWhole()

    def environment(self) -> Environment:
        """The environment of a load that begins now."""
        return read_environment(self.variables, self.clock.now(), user=self.user, functions=self.functions)
