"""Batches on their way: numbered, counted once each, in order whatever thread makes them, with the record to blame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import SourceColumn, column_no
from loadstone.output.body import counted, encoded, numbered
from loadstone.output.job import Job, job_of
from loadstone.output.model import OutputSpec, Request
from loadstone.output.templates import Total

COLUMNS = (SourceColumn("a", "text"), SourceColumn("n", "integer"))


class Given:
    """Rows that are there already."""

    columns = COLUMNS

    def __init__(self, parts: Sequence[Sequence[tuple[str, str]]]) -> None:
        self.parts = parts

    def count_until(self, key: Sequence[str]) -> int:
        """Nobody asks."""
        return 0

    def batches(self, after: Sequence[str] | None) -> Iterator[Sequence[Any]]:
        """Each part as columns."""
        for part in self.parts:
            yield [pa.array(list(values), pa.string()) for values in zip(*part, strict=True)]

    def close(self) -> None:
        """Nothing is open."""


def job(given: Given, folder: Path, **spec: Any) -> Job:
    """A job over the rows."""
    full = {
        "file": "x",
        "rows": {"table": "t"},
        "layout": {"kind": "delimited"},
        "footer": ["{sum(n)}"],
        **spec,
    }
    model = OutputSpec.model_validate(full)
    return job_of(Request(spec=model, spec_path="x", source=None, folder=str(folder), variables={}), given)


def test_batches_stay_in_order_and_are_counted_once_each(tmp_path: Path) -> None:
    """More batches than are made at once, the first ones much the longest; totals are those of what was given so far."""
    given = Given([[("x" * (40 - n), str(n))] * (2000 if n < 2 else 1) for n in range(12)])
    made = job(given, tmp_path)
    records, text = [], b""
    for batch, data in encoded(made, numbered(given.batches(None), 5)):
        records.append(batch.record0)
        text += bytes(data)
        assert made.totals.values[Total("count")] == batch.record0 - 5 + len(batch)
    assert [5, 2005, 4005, *range(4006, 4015)] == records
    expected = b"".join(b"%s,%d\n" % (b"x" * (40 - n), n) * (2000 if n < 2 else 1) for n in range(12))
    assert expected == text
    assert 2000 * 1 + sum(range(2, 12)) == made.totals.values[Total("sum", "n")]


def test_counted_batches_are_counted_before_they_are_used(tmp_path: Path) -> None:
    """For layouts that are not bytes."""
    given = Given([[("a", "1")], [("b", "2"), ("c", "3")]])
    made = job(given, tmp_path)
    seen = [made.totals.values[Total("sum", "n")] for _ in counted(made, numbered(given.batches(None), 0))]
    assert [1, 6] == seen


def test_a_character_that_the_set_has_not_is_blamed_on_its_record(tmp_path: Path) -> None:
    """Behind the batches before it; on the first column where the layout itself holds the character."""
    given = Given([[("a", "1")], [("b", "2"), ("日", "3")]])
    made = job(given, tmp_path, encoding="cp1252")
    found = encoded(made, numbered(given.batches(None), 0))
    assert b"a,1\n" == bytes(next(found)[1])
    with pytest.raises(FixFile, match="U\\+65E5") as told:
        next(found)
    assert ("LS-8012", 3, "a") == (told.value.code, told.value.place.record_no, told.value.place.field)
    made = job(given, tmp_path, encoding="cp1252", layout={"kind": "delimited", "delimiter": "→"})
    with pytest.raises(FixFile) as told:
        next(encoded(made, numbered(given.batches(None), 0)))
    assert ("LS-8012", 1, "a") == (told.value.code, told.value.place.record_no, told.value.place.field)


def test_a_file_has_one_byte_order_mark(tmp_path: Path) -> None:
    """At its head, whatever header there is; lines and records behind it are read as one text."""
    given = Given([[("é", "1")], [("b", "2")]])
    made = job(given, tmp_path, encoding="utf-16", header=["head"])
    pieces = [bytes(data) for _, data in encoded(made, numbered(given.batches(None), 0))]
    whole = b"".join([made.head(), *pieces, made.foot()])
    assert "head\né,1\nb,2\n3\n" == whole.decode("utf-16")
    assert b"\xff\xfe" == job(given, tmp_path, encoding="utf-16").head()


def test_a_column_is_found_in_any_case_where_that_is_clear() -> None:
    """The very name first; a name that is near is told, and what is ambiguous refused."""
    columns = [SourceColumn("Id", "text"), SourceColumn("ID", "text"), SourceColumn("amount", "text")]
    assert [1, 0, 2] == [column_no(columns, name) for name in ("ID", "Id", "AMOUNT")]
    with pytest.raises(FixSpec, match="ambiguous"):
        column_no(columns, "id")
    with pytest.raises(FixSpec, match="none of") as told:
        column_no(columns, "amont")
    assert ["did you mean amount?"] == list(told.value.hints)
    with pytest.raises(FixSpec) as told:
        column_no(columns, "zzz")
    assert [] == list(told.value.hints)
