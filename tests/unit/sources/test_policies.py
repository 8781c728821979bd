"""What a feed's policies may say: each rule between their parts, by the message that a person reads."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from loadstone.sources.policies import DriftPolicy, Pickup, Policy, Spot, StatedSum, Trailer

FIELD = {"field": 2}
PLACE = {"start": 3, "end": 8}
SUM = {"name": "amount", "stated": FIELD, "of": FIELD}


@pytest.mark.parametrize(
    ("made", "values", "told"),
    [
        (Spot, {}, "give either field, or start and end"),
        (Spot, {"field": 1, "start": 1, "end": 2}, "give either field, or start and end"),
        (Spot, {"start": 3}, "give either field, or start and end"),
        (Spot, {"field": 1, "end": 2}, "give either field, or start and end"),
        (Spot, {"start": 3, "end": 2}, "end is before start"),
        (Spot, {"field": 0}, "greater than or equal to 1"),
        (StatedSum, {**SUM, "decimals": 19}, "less than or equal to 18"),
        (StatedSum, {**SUM, "digits": 0}, "greater than or equal to 1"),
        (StatedSum, {**SUM, "point": ";"}, "Input should be '.' or ','"),
        (Trailer, {"starts_with": ""}, "at least 1 character"),
        (Trailer, {"starts_with": "T", "count": FIELD}, "fields need a delimiter"),
        (Trailer, {"starts_with": "T", "sums": [{**SUM, "stated": PLACE}]}, "fields need a delimiter"),
        (Trailer, {"starts_with": "T", "delimiter": "||"}, "at most 1 character"),
        (Pickup, {"after": "move"}, "folder goes with after: move"),
        (Pickup, {"after": "delete", "folder": "done"}, "folder goes with after: move"),
        (Pickup, {"every_s": 0}, "greater than or equal to 1"),
        (DriftPolicy, {"volume_ratio": 1}, "greater than 1"),
        (DriftPolicy, {"added": "shrug"}, "Input should be 'accept', 'warn' or 'hold'"),
        (DriftPolicy, {"colour": "hold"}, "Extra inputs are not permitted"),
    ],
    ids=lambda part: part.__name__ if isinstance(part, type) else None,
)
def test_a_policy_that_contradicts_itself_is_refused(
    made: type[BaseModel], values: dict[str, Any], told: str
) -> None:
    """The message says what goes with what, or the bound."""
    with pytest.raises(ValidationError) as caught:
        made.model_validate(values)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("made", "values"),
    [
        (Spot, FIELD),
        (Spot, PLACE),
        (Spot, {"start": 3, "end": 3}),
        (Trailer, {"starts_with": "T", "delimiter": ";", "count": FIELD, "sums": [SUM]}),
        (Trailer, {"starts_with": "T", "count": PLACE, "sums": [{**SUM, "stated": PLACE, "of": PLACE}]}),
        (Pickup, {"after": "move", "folder": "done"}),
        (Pickup, {}),
    ],
    ids=["field", "characters", "one", "delimited", "fixed", "move", "default"],
)
def test_a_policy_that_holds_together_is_kept(made: type[BaseModel], values: dict[str, Any]) -> None:
    """It goes through its own form and back."""
    one = made.model_validate(values)
    assert one == made.model_validate(one.model_dump(mode="json", exclude_defaults=True))


def test_each_kind_of_drift_has_its_policy() -> None:
    """Those that could lose data hold the file, the others warn; each may be set by itself."""
    policy = DriftPolicy(added=Policy.ACCEPT)
    kinds = [name for name in DriftPolicy.model_fields if name != "volume_ratio"]
    found = {kind: policy.of(kind) for kind in kinds}
    held = {kind for kind, one in found.items() if one is Policy.HOLD}
    assert Policy.ACCEPT is found["added"]
    assert {"removed", "renamed", "type", "mask", "width", "header", "format"} == held
