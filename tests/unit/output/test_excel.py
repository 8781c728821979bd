"""Sheets: which values are numbers and dates of Excel's own, and which are texts."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyarrow as pa
import pytest

from loadstone.errors import FixSpec
from loadstone.output.batches import Batch, Kind, SourceColumn
from loadstone.output.body import counted
from loadstone.output.excel import write_sheet
from loadstone.output.job import job_of
from loadstone.output.model import OutputSpec, Request


class Given:
    """A source of one column."""

    def __init__(self, kind: Kind) -> None:
        self.columns = (SourceColumn("c", kind),)

    def count_until(self, key: Any) -> int:
        """Nobody asks."""
        return 0

    def batches(self, after: Any) -> Any:
        """Nobody asks."""
        return iter(())

    def close(self) -> None:
        """Nothing is open."""


def cells(kind: Kind, values: list[str | None], folder: Path, **spec: Any) -> tuple[list[str], str]:
    """The cells of a sheet as ``reference=type:content`` (n for numbers), and the formats of the book."""
    model = OutputSpec.model_validate(
        {"file": "x.xlsx", "rows": {"table": "t"}, "layout": {"kind": "excel"}, **spec}
    )
    job = job_of(
        Request(spec=model, spec_path="x", source=None, folder=str(folder), variables={}), Given(kind)
    )
    body = BytesIO()
    batch = Batch(record0=0, columns=[pa.array(values, pa.string())])
    assert len(values) == write_sheet(body, job, counted(job, iter([batch])))
    with ZipFile(body) as book:
        sheet, styles = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    found = re.findall(r'<c r="(\w+)"([^>]*)>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>', sheet)
    shown = []
    for place, marks, text, number in found:
        kind_of = re.search(r't="(\w+)"', marks)
        shown.append(f"{place}={kind_of[1] if kind_of else 'n'}:{text or number}")
    return shown, styles


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        pytest.param("integer", ["12", "-3", None], ["A1=n:12", "A2=n:-3"], id="numbers and no cell for NULL"),
        pytest.param("decimal", ["0.00", "-0.50"], ["A1=n:0.00", "A2=n:-0.50"], id="decimals"),
        pytest.param("integer", ["123456789012345", "1234567890123456"], ["A1=n:123456789012345", "A2=inlineStr:1234567890123456"], id="15 digits"),
        pytest.param("decimal", ["NaN"], ["A1=inlineStr:NaN"], id="no number"),
        pytest.param("text", ["12", "=1+1", "http://x"], ["A1=inlineStr:12", "A2=inlineStr:=1+1", "A3=inlineStr:http://x"], id="texts stay texts"),
        pytest.param("boolean", ["true", "false"], ["A1=b:1", "A2=b:0"], id="booleans"),
        pytest.param("date", ["1900-03-01", "1899-12-31"], ["A1=n:61", "A2=inlineStr:1899-12-31"], id="dates"),
        pytest.param("date", ["infinity", "10000-01-01", "0044-03-15 BC"], ["A1=inlineStr:infinity", "A2=inlineStr:10000-01-01", "A3=inlineStr:0044-03-15 BC"], id="no dates of Excel"),
        pytest.param("timestamp", ["2026-11-24 12:00:00", "2026-11-24 06:00:00.000"], ["A1=n:46350.5", "A2=n:46350.25"], id="moments"),
    ],
)  # fmt: skip
def test_each_kind_has_its_cells(
    kind: Kind, values: list[str | None], expected: list[str], tmp_path: Path
) -> None:
    """What Excel cannot hold exactly, and what it has no form for, is written as text."""
    assert expected == cells(kind, values, tmp_path)[0]


@pytest.mark.parametrize(
    ("kind", "form", "shown"),
    [
        pytest.param("decimal", {"decimals": 2}, 'formatCode="0.00"', id="decimals"),
        pytest.param("decimal", {"decimals": 0}, 'numFmtId="1"', id="whole"),
        pytest.param("date", {"mask": "DD.MM.YYYY"}, 'formatCode="dd.mm.yyyy"', id="mask"),
        pytest.param("timestamp", {"mask": "DD-MON-YY HH24:MI"}, 'formatCode="dd-mmm-yy hh:mm"', id="mask with a clock"),
        pytest.param("date", {}, 'formatCode="yyyy-mm-dd"', id="date"),
        pytest.param("timestamp", {}, 'formatCode="yyyy-mm-dd hh:mm:ss"', id="moment"),
    ],
)  # fmt: skip
def test_cells_look_as_their_columns_say(
    kind: Kind, form: dict[str, Any], shown: str, tmp_path: Path
) -> None:
    """Numbers by their decimals, dates by masks in Excel's words."""
    value = "5" if kind == "decimal" else "2026-11-24"
    styles = cells(kind, [value], tmp_path, columns=[{"name": "c", **form}])[1]
    assert shown in styles or (form == {"decimals": 2} and 'numFmtId="2"' in styles)


def test_lines_stand_around_the_records(tmp_path: Path) -> None:
    """Each of their fields is a cell; a header cannot show totals."""
    lines = {"header": [{"names": True}], "footer": [{"fields": [{"value": "total"}, {"value": "{sum(c)}"}]}]}
    assert ["A1=inlineStr:c", "A2=n:5", "A3=inlineStr:total", "B3=inlineStr:5"] == cells(
        "integer", ["5"], tmp_path, **lines
    )[0]
    with pytest.raises(FixSpec, match="cannot show totals"):
        cells("integer", ["5"], tmp_path, header=["{count}"])
