"""The files of banks that were collected: amounts and counts equal the totals that each states, but for files that are wrong themselves."""

from __future__ import annotations

import pytest

from loadstone.cli.totals import totals_of
from loadstone.errors import LoadstoneError
from tests.shared import ROOT

FOLDER = ROOT / "corpora" / "detect" / "bank_formats"

WRONG = {
    "nacha__issue1620.ach": {"file: batches": ("2", "1")},
}
"""Files whose own totals are wrong, by name: each total that differs, as stated and as counted by hand."""

BROKEN: dict[str, str] = {}
"""Files that break their format's rules so that they cannot be read to the end, and the code that says so."""

FORMATS = {"nacha": 41, "bai2": 1}
"""How many files of each format there are."""


def files(kind: str) -> list[str]:
    """Names of the collected files of a format."""
    return sorted(path.name for path in FOLDER.glob(f"*{kind}__*")) if FOLDER.is_dir() else []


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the collected files of banks are not beside the checkout")
@pytest.mark.parametrize("kind", FORMATS)
def test_every_file_equals_its_own_totals(kind: str) -> None:
    """What was counted is what each file states; the files that differ are exactly those listed, by the figures listed."""
    wrong, broken = {}, {}
    names = files(kind)
    for name in names:
        try:
            found = totals_of(str(FOLDER / name), kind=kind)
        except LoadstoneError as error:
            broken[name] = error.code
            continue
        if found.error is not None:
            broken[name] = found.error.code
        differing = {
            f"{total.scope}: {total.name}": (str(total.stated), str(total.counted))
            for total in found.totals
            if not total.agrees
        }
        if differing:
            wrong[name] = differing
        assert found.totals or name in broken, name
    assert FORMATS[kind] == len(names)
    assert {name: WRONG[name] for name in names if name in WRONG} == wrong
    assert {name: BROKEN[name] for name in names if name in BROKEN} == broken
