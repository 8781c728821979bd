"""What a load remembers of its refused records is what the target holds, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from loadstone.books import Contribution, Reject
from loadstone.formats.model import Chunk
from loadstone.load import remembered as module
from loadstone.load.batch import Batch
from loadstone.load.remembered import Remembered


def reject(record_no: int, **changed: Any) -> Reject:
    """A reject of ten bytes."""
    made = Reject(
        input_no=0, record_no=record_no, byte_offset=0, length_bytes=10, table="T", table_no=0, field="V",
        value="x", rule="number", code="ORA-01722", reason="ORA-01722: invalid number", raw=b"0123456789",
    )  # fmt: skip
    return replace(made, **changed)


def batch(record0: int, rejects: list[Reject], discards: tuple[int, ...] = ()) -> Batch:
    """A committed batch of ten records."""
    places = np.arange(10, dtype=np.int64)
    chunk = Chunk(
        input_no=0, unit0=0, unit1=100, record0=record0, raw_start=places * 10, raw_end=places * 10 + 10,
        start=places * 10, end=places * 10 + 9, text=b"", data=b"", last=False,
    )  # fmt: skip
    return Batch(
        chunk=chunk,
        first=0,
        stop=10,
        verdict=np.ones((10, 1), np.uint8),
        tables=(),
        rejects=dict(enumerate(rejects)),
        discards=np.array(discards, np.int64),
    )


def counts(rejected: int, discarded: int = 0) -> Contribution:
    """The books of a load."""
    return Contribution(read=rejected + discarded, rejected=rejected, discarded=discarded)


def test_all_refused_records_come_in_record_order() -> None:
    """Chunks of a load in free order are committed in any."""
    remembered = Remembered()
    remembered.add(batch(10, [reject(12), reject(11)], (4,)))
    remembered.add(batch(0, [reject(3)], (0, 1)))
    records = remembered.all_of(counts(3, 3))
    assert records is not None
    assert [3, 11, 12] == [one.record_no for one in records.rejects("a", 0, 10)]
    assert [11] == [one.record_no for one in records.rejects("a", 3, 1)]
    assert [1, 2, 15] == [one.record_no for one in records.discards("a", 0, 10)]


@pytest.mark.parametrize(("rejected", "discarded"), [(2, 0), (0, 0), (1, 1)])
def test_where_the_target_has_others_it_is_asked(rejected: int, discarded: int) -> None:
    """A load that another process began, or a COMMIT that nobody saw succeed."""
    remembered = Remembered()
    remembered.add(batch(0, [reject(1)]))
    assert remembered.all_of(counts(rejected, discarded)) is None
    assert remembered.all_of(counts(1)) is not None


def test_a_load_with_many_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept has a bound, the records' own bytes among it, and is let go where it is passed."""
    monkeypatch.setattr(module, "SIZE_MAX_BYTES", 3 * (module.RECORD_SIZE_BYTES + 10))
    remembered = Remembered()
    remembered.add(batch(0, [reject(1), reject(2)], ()))
    remembered.add(batch(10, [reject(11)]))
    assert remembered.all_of(counts(3)) is not None
    remembered.add(batch(20, [reject(21)]))
    remembered.add(batch(30, []))
    assert remembered.all_of(counts(4)) is None
    assert remembered.all_of(counts(0)) is not None, "nothing is kept any more"


@pytest.mark.parametrize("text", ["", "a\0b"], ids=["empty", "nul"])
def test_texts_that_a_target_changes_are_read_back(text: str) -> None:
    """Files are the same whether or not the load was resumed."""
    for field in ("value", "reason", "origin"):
        remembered = Remembered()
        remembered.add(batch(0, [reject(1, **{field: text})]))
        remembered.add(batch(10, [reject(11)]))
        assert remembered.all_of(counts(2)) is None
