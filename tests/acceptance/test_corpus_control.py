"""Real control files: each valid one parses and round trips, each refused one has a reason and a place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadstone.sqlldr.check import check_control
from loadstone.sqlldr.control import examine, parse_control
from loadstone.sqlldr.write import control_bytes

SHARED = Path(os.environ.get("LOADSTONE_SHARED", Path(__file__).parents[2] / ".." / "shared"))
CORPUS = SHARED / "corpora" / "sqlldr"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of control files in {CORPUS}")

# Unflagged files that SQL*Loader would not take: code and line of the first error, by the end of the path.
BROKEN = {
    "av-edson__DB1_PROYECTO1/control.ctl": ("LS-1022", 34),  # names :CODIGO_POSTAL_TIENDAZ, which is no field
    "DataCollection_Tesis_MCD/control.ctl": ("LS-1009", 3),  # SKIP 1 as a clause of LOAD DATA
    "litkhai__tpcds-oracle/tpcds.ctl": ("LS-1034", 10),  # several LOAD statements in one file
    "scripted_cdm_ctl__": ("LS-1001", 6),  # ten files without commas between the fields
}


@dataclass(frozen=True)
class Case:
    """A control file of the corpus and what its collectors say of it."""

    path: Path
    flags: str

    def __str__(self) -> str:
        """The path below the corpus."""
        return self.path.relative_to(CORPUS).as_posix()


def cases() -> list[Case]:
    """All control files of the manifest."""
    if not CORPUS.is_dir():
        return []
    lines = (CORPUS / "manifest.tsv").read_text(encoding="utf-8", errors="replace").splitlines()
    header = lines[0].split("\t")
    rows = [dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:]]
    return [Case(CORPUS / row["local_file"], row["flags"]) for row in rows]


def broken(case: Case) -> tuple[str, int] | None:
    """Code and line of the error that this file is known to have."""
    return next((error for part, error in BROKEN.items() if part in str(case)), None)


@pytest.mark.parametrize("case", [case for case in cases() if not case.flags], ids=str)
def test_unflagged_files_are_judged_rightly(case: Case) -> None:
    """A valid file has no error; a broken one has the known error at its place."""
    report = check_control(case.path.read_bytes(), str(case))
    expected = broken(case)
    if expected is None:
        assert report.errors == ()
    else:
        assert (report.errors[0].code, report.errors[0].line) == expected


@pytest.mark.parametrize("case", [case for case in cases() if case.flags], ids=str)
def test_flagged_files_are_valid_or_named(case: Case) -> None:
    """Templates fail by their placeholders, other dialects by their name; many are valid all the same."""
    report = check_control(case.path.read_bytes(), str(case))
    allowed = {"LS-1007"} if "template" in case.flags else {"LS-1003", "LS-1008"}
    assert {error.code for error in report.errors} <= allowed


@pytest.mark.parametrize("case", cases(), ids=str)
def test_round_trip_gives_equal_models(case: Case) -> None:
    """Control file to spec to control file to spec: the specs are equal, as JSON too."""
    data = case.path.read_bytes()
    spec, findings = examine(data, str(case))
    if spec is None:
        assert findings.errors
        return
    assert parse_control(control_bytes(spec), str(case)) == spec
    assert type(spec).model_validate_json(spec.model_dump_json()) == spec


def test_the_reader_is_fast() -> None:
    """All files together are judged in well under a second."""
    import time

    files = [case.path.read_bytes() for case in cases()]
    begun = time.perf_counter()
    for data in files:
        check_control(data, "x.ctl")
    assert time.perf_counter() - begun < 2.0
