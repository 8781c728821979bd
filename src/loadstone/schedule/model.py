"""A schedule: which job, when, and what happens when it is late or the run before still goes on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self
from typing import Literal as Only

from pydantic import Field as Doc
from pydantic import model_validator

from loadstone.schedule.calendar import Roll
from loadstone.spec.fields import Part


class Overlap(StrEnum):
    """What a tick does while an execution of the same schedule goes on."""

    SKIP = "skip"
    BUFFER_ONE = "buffer_one"
    BUFFER_ALL = "buffer_all"
    CANCEL = "cancel"
    ALLOW = "allow"


class CatchUp(Part):
    """What happens to ticks that came while no worker ran."""

    policy: Only["all", "last", "none"] = Doc("all", description="Which of them still start.")
    window_s: float = Doc(86_400.0, gt=0, description="Ticks older than this have been missed for good.")


class OnEvent(Part):
    """Start on an event of the outbox; its body's values fill {event.NAME} places of the parameters."""

    topic: str = Doc(description="Topic of the event, such as file.arrived.")
    match: dict[str, str] = Doc({}, description="Values that the event's body must have.")


class OnChange(Part):
    """Start when the answer of a query has changed; it fills the {value} place of the parameters."""

    target: str = Doc(description="Target URL or name.")
    query: str = Doc(description="Query of one row and one column, such as SELECT max(id) FROM t.")
    every_s: float = Doc(60.0, ge=1, description="Seconds between two looks.")


class After(Part):
    """Start when all jobs named have ended well with the same values of some parameters."""

    jobs: tuple[str, ...] = Doc(min_length=1, description="Jobs that come before.")
    same: tuple[str, ...] = Doc(
        (), description="Parameters whose values they must share, and that this job is given."
    )


class Schedule(Part):
    """One schedule; exactly one of cron, on_event, on_change and after says when."""

    name: str = Doc(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$", description="Name of the schedule.")
    job: str = Doc(description="Job that it launches.")
    parameters: dict[str, Any] = Doc(
        {}, description="Parameters; {due_date}, {due_time} and {business_date} are filled."
    )
    cron: str | None = Doc(None, description="Minute, hour, day of month, month, day of week.")
    timezone: str = Doc("UTC", description="IANA time zone of the cron expression and of dates.")
    calendar: str | None = Doc(None, description="Business-day calendar; every day counts when absent.")
    roll: Roll = Doc(Roll.NONE, description="What happens on days that are no business days.")
    business_date_offset: int = Doc(
        0, description="Business days from the due date to the business date, such as -1."
    )
    cutoff_s: float | None = Doc(
        None, gt=0, description="Seconds after the due time past which a tick no longer starts."
    )
    overlap: Overlap = Doc(Overlap.BUFFER_ALL, description="While an execution before still goes on.")
    catch_up: CatchUp = Doc(CatchUp(), description="After a time without workers.")
    on_event: OnEvent | None = Doc(None, description="Start on an event.")
    on_change: OnChange | None = Doc(None, description="Start when data change.")
    after: After | None = Doc(None, description="Start behind other jobs.")
    enabled: bool = Doc(True, description="Whether it fires.")

    @property
    def topic(self) -> str | None:
        """Topic of the events that may start it; None where no event does."""
        if self.on_event is not None:
            return self.on_event.topic
        return "execution.completed" if self.after is not None else None

    @property
    def reader(self) -> str:
        """Its name among the readers of the outbox; queries make it too."""
        return f"schedule:{self.name}"

    @model_validator(mode="after")
    def _one_trigger(self) -> Self:
        given = [
            name for name in ("cron", "on_event", "on_change", "after") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError(
                f"give one of cron, on_event, on_change and after, not {' and '.join(given) or 'none'}"
            )
        return self


class TickState(StrEnum):
    """What became of a tick."""

    LAUNCHED = "launched"
    BUFFERED = "buffered"
    SKIPPED = "skipped"
    MISSED = "missed"
    REFUSED = "refused"
