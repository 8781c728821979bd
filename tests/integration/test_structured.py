"""Rows of readers through the whole load: rejects with their places, bad files that load again, limits, lanes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from loadstone.cli.main import main
from loadstone.errors import FixFile, FixSpec
from loadstone.spec.files import read_spec, to_json, to_yaml
from loadstone.sqlldr.write import control_bytes
from tests.runs import rows_of
from tests.structured import load_spec, spec_of

LINES = """\
{"id": 1, "amount": 12.50, "booked": "2026-01-02", "who": "Ada \\"L\\", \\u001e\\u001f|"}
{"id": 2, "amount": 1, "booked": "2026-13-02", "who": "Bob"}
{"id": 3, "amount": 7
{"who": "Zoë", "booked": null, "amount": 0.10, "id": 12345678901234567890, "more": [1]}
{"id": 1, "amount": 5, "who": "again"}
"""


def test_rows_rejects_and_places(target_url: str, here: Path) -> None:
    """Good rows are exact on every target; each reject tells the line it stands in, in the table, the JSON lines and the log."""
    Path("day.ndjson").write_text(LINES)
    receipt = load_spec(spec_of("day.ndjson", {"kind": "ndjson"}), target_url, rejects_jsonl="r.jsonl")
    assert (5, 2, 3) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)
    found = rows_of(target_url, "SELECT id, amount, who FROM pay ORDER BY who")
    assert [(1, Decimal("12.5"), 'Ada "L", \x1e\x1f|'), (12345678901234567890, Decimal("0.1"), "Zoë")] == [
        (Decimal(number), Decimal(amount), who) for number, amount, who in found
    ]
    told = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
    assert [("line 2", "date"), ("line 3", "unreadable"), ("line 5", "unique")] == [
        (one["origin"], one["rule"]) for one in told
    ]
    log = Path("load.log").read_text()
    assert "Record 3 (line 3): Rejected - Error on table PAY.\nno record of JSON: Expecting ','" in log
    assert "(origin)" not in log


def test_a_bad_file_loads_again_when_it_is_mended(target_url: str, here: Path) -> None:
    """It names its columns; what nobody mended is refused again, with its first place."""
    Path("day.ndjson").write_text(LINES)
    spec = spec_of("day.ndjson", {"kind": "ndjson"})
    load_spec(spec, target_url)
    bad = Path("day.bad").read_text()
    assert "loadstone:origin,AMOUNT,ID,BOOKED,WHO\nline 2,1,2,2026-13-02,Bob\nline 3,loadstone:unread," in bad
    Path("mended.csv").write_text(bad.replace("2026-13-02", "2026-12-02").replace("line 5,5,1", "line 5,5,6"))
    receipt = load_spec(spec, target_url, data=("mended.csv",))
    assert (3, 2, 1) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)
    assert "line 3,loadstone:unread," in Path("mended.bad").read_text()


def test_where_records_are_filtered_bad_lines_are_rejects(here: Path) -> None:
    """A line that cannot be read is no discard, whatever WHEN says."""
    Path("day.ndjson").write_text(LINES)
    when = {"tests": [{"field": "WHO", "literal": {"text": "Bob"}}]}
    receipt = load_spec(spec_of("day.ndjson", {"kind": "ndjson"}, when=when), "b.db")
    assert (0, 2, 3) == (receipt.counts.loaded, receipt.counts.rejected, receipt.counts.discarded)


def test_skip_and_load_count_records(here: Path) -> None:
    """As for every other file."""
    Path("day.ndjson").write_text(LINES)
    receipt = load_spec(spec_of("day.ndjson", {"kind": "ndjson"}), "b.db", skip=3, load=1)
    assert (3, 1, 1) == (receipt.counts.skipped, receipt.counts.read, receipt.counts.loaded)
    again = load_spec(spec_of("day.ndjson", {"kind": "ndjson"}), "b.db", skip=3, load=1)
    assert 0 == again.counts.read - receipt.counts.read


def test_a_finished_load_is_not_repeated(here: Path) -> None:
    """Its content is compared as its rows."""
    Path("day.ndjson").write_text('{"id": 1, "amount": 1, "booked": null, "who": "a"}\n')
    spec = spec_of("day.ndjson", {"kind": "ndjson"})
    assert [False, True] == [load_spec(spec, "b.db").repeated for _ in range(2)]


def test_a_large_file_takes_the_direct_lane(postgres_url: str, here: Path) -> None:
    """With bad lines and letters of every script among the rows, in pieces and over several workers."""
    lines = [
        f'{{"id": {n}, "amount": {n}.25, "booked": "2026-01-{n % 28 + 1:02}", "who": "Zoë {n}"}}' for n in range(20_000)
    ]
    lines[7_777] = '{"id": 7777, "amount":'
    Path("day.ndjson").write_text("\n".join(lines))
    receipt = load_spec(
        spec_of("day.ndjson", {"kind": "ndjson"}), postgres_url, chunk_size_bytes=100_000, workers=2
    )
    assert (19_999, 1) == (receipt.counts.loaded, receipt.counts.rejected)
    assert [(19_999, Decimal(sum(range(20_000)) - 7777) + Decimal(19_999) / 4)] == rows_of(
        postgres_url, "SELECT count(*), sum(amount) FROM pay WHERE who = 'Zoë ' || id"
    )


def test_a_column_that_is_missing_is_refused(here: Path) -> None:
    """Before a row moves, with what the file has."""
    Path("day.ndjson").write_text('{"id": 1, "amont": 1, "booked": null, "who": "a"}\n')
    with pytest.raises(FixFile) as caught:
        load_spec(spec_of("day.ndjson", {"kind": "ndjson"}), "b.db")
    assert ("LS-2020", "no column AMOUNT (did you mean amont?)") == (caught.value.code, caught.value.message)


def test_the_reading_survives_yaml_and_json_and_no_control_file(here: Path) -> None:
    """A control file has no clause for it, and says so."""
    spec = spec_of("day.ndjson", {"kind": "ndjson", "columns": {"ID": "key"}})
    for name, text in (("s.yaml", to_yaml(spec)), ("s.json", to_json(spec))):
        Path(name).write_text(text)
        assert spec == read_spec(name)
    with pytest.raises(FixSpec) as caught:
        control_bytes(spec)
    assert "LS-1112" == caught.value.code
    plain = spec.model_copy(update={"inputs": ()})
    assert b"reading" not in control_bytes(plain)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"charset": "WE8ISO8859P1"}, "charset"),
        ({"tables": [{"table": {"name": "T"}, "csv": {}, "fields": [{"name": "A"}]}]}, "csv of table T"),
        ({"tables": [{"table": {"name": "T"}, "fields": [{"name": "A", "position": {"start": 1}}]}]}, "position of field A"),
        ({"tables": [{"table": {"name": "T"}, "fields": [{"name": "A", "type": {"name": "zoned", "precision": 3}}]}]}, "type zoned of field A"),
        ({"inputs": [{"path": "a", "reading": {"kind": "ndjson"}}, {"path": "b"}]}, "an input without a reading"),
        ({"tables": [{"table": {"name": "T"}}]}, "needs the fields of its first table"),
    ],
    ids=["charset", "csv", "position", "packed", "mixed", "no fields"],
)  # fmt: skip
def test_clauses_about_bytes_are_refused(
    change: dict[str, object], fault: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``check`` names each with its line, and a load refuses them too."""
    values = {
        "inputs": [{"path": "a", "reading": {"kind": "ndjson"}}],
        "tables": [{"table": {"name": "T"}, "fields": [{"name": "A"}]}],
        **change,
    }
    Path("a").touch()
    Path("b").touch()
    Path("s.json").write_text(json.dumps(values, indent=1))
    assert 1 == main(["check", "s.json", "--json"])
    (error, *_) = json.loads(capsys.readouterr().out)["errors"]
    assert fault in error["message"] and error["line"] > 1
    assert error["code"] == ("LS-1111" if "needs" in fault else "LS-1110")
    with pytest.raises(FixSpec, match=fault):
        load_spec(read_spec("s.json"), "b.db")
