"""What a restart knows: sums of checkpoints, where to go on, and whether the inputs are still the same."""

from __future__ import annotations

import gzip
import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import Checkpoint, Contribution
from loadstone.errors import FixFile
from loadstone.load.inputs import LoadInput, stamp_of
from loadstone.load.resume import Progress, prefix_digest, progress_of, verify_inputs
from loadstone.spec import InputFile


def checkpoint(input_no: int, unit0: int, unit1: int, record0: int, **changed: Any) -> Checkpoint:
    """Two records, one of which was discarded."""
    values: dict[str, Any] = {
        "records": 2,
        "sha256": f"{input_no}:{unit1}",
        "counts": Contribution(read=2, loaded=1, discarded=1),
        "sequences": (1,),
        **changed,
    }
    return Checkpoint(input_no=input_no, unit0=unit0, unit1=unit1, record0=record0, **values)


def source(path: str | None = "in.dat", data: bytes | None = None) -> LoadInput:
    """An input."""
    return LoadInput(
        input_no=0, name=path or "inline", path=path, data=data, spec=InputFile(), bad="", discard=None
    )


def test_nothing_committed_is_the_beginning() -> None:
    """No checkpoints, no counts."""
    assert Progress() == progress_of([])
    assert (0, 0, 0) == (Progress().input_no, Progress().unit, Progress().record_no)


def test_checkpoints_add_up_in_any_order() -> None:
    """Sums, the place behind the last one, discards and digests of each input."""
    parts = [checkpoint(0, 0, 10, 0), checkpoint(0, 10, 25, 2), checkpoint(1, 0, 8, 4)]
    expected = progress_of(parts)
    for seed in range(5):
        random.Random(seed).shuffle(parts)
        assert expected == progress_of(parts)
    assert (1, 8, 6) == (expected.input_no, expected.unit, expected.record_no)
    assert (6, 3, 3, (3,)) == (
        expected.counts.read,
        expected.counts.loaded,
        expected.counts.discarded,
        expected.sequences,
    )
    assert {0: 2, 1: 1} == expected.discarded
    assert {0: (25, "0:25"), 1: (8, "1:8")} == expected.digests


def test_an_input_that_discardmax_ended_is_left_behind() -> None:
    """The next start begins with the next input; other stops stay in theirs."""
    ended = progress_of([checkpoint(0, 0, 10, 0, stopped="discardmax")])
    assert (1, 0, 2, frozenset({0}), None) == (
        ended.input_no,
        ended.unit,
        ended.record_no,
        ended.ended,
        ended.stopped,
    )
    stopped = progress_of([checkpoint(0, 0, 10, 0, stopped="errors")])
    assert (0, 10, frozenset(), "errors") == (stopped.input_no, stopped.unit, stopped.ended, stopped.stopped)


@pytest.mark.parametrize("size", [0, 1, 5, 10, None])
def test_a_digest_is_that_of_the_prefix(size: int | None, here: Path) -> None:
    """Of files, of compressed files, and of inline data."""
    data = b"0123456789"
    Path("in.dat").write_bytes(data)
    Path("in.gz").write_bytes(gzip.compress(data))
    wanted = data if size is None else data[:size]
    for one in (source(), source("in.gz"), source(None, data)):
        hasher, seen = prefix_digest(one, size)
        assert (hashlib.sha256(wanted).hexdigest(), len(wanted)) == (hasher.hexdigest(), seen)


def test_inputs_are_verified_up_to_what_was_loaded(here: Path) -> None:
    """The same beginning passes, and its digest runs on; a change or a loss is named with the file."""
    Path("in.dat").write_bytes(b"0123456789")
    digest = hashlib.sha256(b"01234").hexdigest()

    def progress() -> Progress:
        return Progress(digests={0: (5, digest)}, stamps={0: stamp_of(source())})

    running = verify_inputs([source()], progress())[0]
    running.update(b"56789")
    assert hashlib.sha256(b"0123456789").hexdigest() == running.hexdigest()
    Path("in.dat").write_bytes(b"01x3456789")
    with pytest.raises(
        FixFile, match=r"LS-4002.*in\.dat is not the file whose first 5 bytes are loaded\n"
    ) as caught:
        verify_inputs([source()], progress())
    assert "in.dat" == caught.value.place.file
    Path("in.dat").write_bytes(b"012")
    with pytest.raises(FixFile, match="it has 3 bytes now"):
        verify_inputs([source()], progress())
