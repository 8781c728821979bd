"""Checks of a field's value, beyond what its type and its column ask: a row that fails one is refused."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StrictInt, StrictStr, model_validator
from pydantic import Field as Doc

Bound = Annotated[Decimal | date | datetime, Doc(union_mode="left_to_right")]
"""A number, a date, or a moment without zone."""


class Checks(BaseModel):
    """
    What a value must be. All checks see the value that goes into the column, after NULLIF and the SQL string.

    NULL passes all but ``required``, as with a CHECK constraint.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: bool = Doc(False, description="The value must not be NULL.")
    minimum: Bound | None = Doc(None, description="The least number, date or moment.")
    maximum: Bound | None = Doc(None, description="The greatest number, date or moment.")
    pattern: str | None = Doc(
        None, min_length=1, description="Regular expression, as REGEXP_LIKE has it, of the whole text."
    )
    allowed: tuple[StrictInt | StrictStr, ...] = Doc((), description="The values there are; any when empty.")
    condition: str | None = Doc(
        None, min_length=1, description="SQL condition on :fields, which must not be false."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.minimum, self.maximum
        if low is None or high is None:
            return self
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            crossed = low > high
        elif isinstance(low, date) and isinstance(high, date):
            crossed = _moment(low) > _moment(high)
        else:
            raise ValueError("minimum and maximum must both be numbers, or both dates")
        if crossed:
            raise ValueError(f"minimum {low} is greater than maximum {high}")
        return self


# Private functions


def _moment(bound: date) -> datetime:
    if isinstance(bound, datetime):
        return bound
    return datetime(bound.year, bound.month, bound.day)
