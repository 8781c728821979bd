"""The files of banks that were collected: amounts and counts equal the totals that each states, but for files that are wrong themselves."""

from __future__ import annotations

import pytest

from loadstone.cli.totals import totals_of
from loadstone.errors import FixSpec, LoadstoneError
from loadstone.formats.readers.copybook import CopybookReader, parse_copybook
from loadstone.formats.readers.copybook.layout import Layout
from tests.shared import ROOT

FOLDER = ROOT / "corpora" / "detect" / "bank_formats"

NO_TOTALS = {"camt.052", "camt.053", "camt.054"}
"""Formats whose files may state no total."""


def _closing(statement: int, stated: str, counted: str) -> dict[str, tuple[str, str]]:
    return {f"statement {statement}: closing balance": (stated, counted)}


def _batch(*figures: tuple[str, str]) -> dict[str, tuple[str, str]]:
    names = ("transactions", "sum of transactions")
    return {f"entry 1 of statement 1, batch 1: {name}": figure for name, figure in zip(names, figures)}


WRONG = {
    # it states two batches and has one
    "nacha__issue1620.ach": {"file: batches": ("2", "1")},
    # examples of fields 86: one entry of a longer statement, whose balances stayed
    "mt940__details_60-63.sta": _closing(1, "12345.98", "12111.97"),
    "mt940__malformed_details.sta": _closing(1, "12345.98", "12111.97"),
    "mt940__overly_long_details.sta": _closing(1, "12345.98", "12111.97"),
    "mt940__raiffeisen-cmi.sta": _closing(1, "25281687.60", "24158423.60"),
    "mt940__with_newline_in_tnr.sta": _closing(1, "860.17", "89.46"),
    # entries were taken out or amounts changed to hide whose they were, and the closing balances stayed
    "mt940__ing.sta": _closing(1, "3.47", "-45.59"),
    "mt940__knab.sta": _closing(2, "798.98", "-3701.02"),
    "mt940__postfinance.sta": _closing(2, "159.6", "159.4"),
    "mt940__rabobank.sta": _closing(1, "395.82", "-740.11") | _closing(3, "1250.87", "1014.31"),
    "mt940__sepa_snippet.sta": _closing(2, "-4472049.09", "-4472349.17"),
    "mt940__triodos.sta": _closing(1, "4370.79", "4259.39"),
    # an example of decimals: 18.150 and 8.85 are 27.000
    "camt.053__camt053.v2.five.decimals.xml": {"statement 1: closing balance EUR": ("27.050", "27.000")},
    # examples of batches, with fewer or more transactions than they state
    "camt.052__camt052.v2.xml": _batch(("20", "1")),
    "camt.054__camt054.v4.xml": _batch(("2", "3"), ("6.3", "9.5")),
    "camt.054__camt054.v8.xml": _batch(("2", "3"), ("6.3", "9.5")),
}
"""Files whose own totals are wrong, and why: each total that differs, as stated and as added up with another tool."""

MALFORMED = {"mt940__february_30.sta": 1, "mt940__wrapped_timestamp.sta": 1, "mt940__multiline.sta": 1}
"""Malformed records by file: a value date on 30 February, twice, and an entry behind the end of the statement."""

BROKEN: dict[str, str] = {}
"""Files that break their format's rules so that they cannot be read to the end, and the code that says so."""

FORMATS = {"nacha": 41, "bai2": 1, "mt940": 20, "camt.052": 5, "camt.053": 7, "camt.054": 4}
"""How many files of each format there are."""


def files(kind: str) -> list[str]:
    """Names of the collected files of a format."""
    patterns = (f"*{kind}__*", f"iso20022__{kind}*")
    return sorted({path.name for pattern in patterns for path in FOLDER.glob(pattern)})


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the collected files of banks are not beside the checkout")
@pytest.mark.parametrize("kind", FORMATS)
def test_every_file_equals_its_own_totals(kind: str) -> None:
    """What was counted is what each file states; the files that differ are exactly those listed, by the figures listed."""
    wrong, broken, malformed = {}, {}, {}
    names = files(kind)
    for name in names:
        try:
            found = totals_of(str(FOLDER / name))
        except LoadstoneError as error:
            broken[name] = error.code
            continue
        if found.error is not None:
            broken[name] = found.error.code
        if found.bad:
            malformed[name] = found.bad
        differing = {
            f"{total.scope}: {total.name}": (str(total.stated), str(total.counted))
            for total in found.totals
            if not total.agrees
        }
        if differing:
            wrong[name] = differing
        assert found.totals or kind in NO_TOTALS, name
    assert FORMATS[kind] == len(names)
    assert {name: WRONG[name] for name in names if name in WRONG} == wrong
    assert {name: MALFORMED[name] for name in names if name in MALFORMED} == malformed
    assert {name: BROKEN[name] for name in names if name in BROKEN} == broken


RECORDS = {
    "copybook__test12_copybook.cob": 46, "copybook__test12_copybook_b.cob": 46, "copybook__test13a_file_header_footer.cob": 45,
    "copybook__test19_display_num.cob": 80, "copybook__test5d_copybook.cob": 68, "copybook__test8_copybook.cob": 45,
    "copybook__test11_copybook.cob": 64, "copybook__test15_copybook.cob": 2202, "copybook__test1a_copybook.cob": 2173,
    "copybook__test21_copybook.cob": 9, "copybook__test25_copybook.cob": 6,
}  # fmt: skip
"""Bytes of the records of copybooks, at their longest, counted by hand."""

UNKNOWN_USAGE = {"copybook__test6_copybook.cob", "copybook__test24_copybook.cob"}
"""Copybooks with COMP-0, which no compiler of mainframes has."""

DATA = {
    "ebcdic__data_test19_display_num_data.dat": ("copybook__test19_display_num.cob", 7, 1),
    "ebcdic__data_test3_data_TRAN2.AUG31.DATA.dat": ("copybook__test8_copybook.cob", 1000, 0),
}
"""Files of fixed records whose copybook is among the files: it, their records, and how many of these are no numbers where they should be."""


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the collected files of banks are not beside the checkout")
def test_copybooks_and_their_records_are_read() -> None:
    """Each copybook declares records of the size that it should, or is refused for its one unknown word; files by them are read whole."""
    sizes, refused = {}, set()
    for path in FOLDER.glob("copybook__*"):
        try:
            sizes[path.name] = Layout(parse_copybook(path.read_text("utf-8", "replace"))).size
        except FixSpec as error:
            assert "COMP-0" in error.message
            refused.add(path.name)
    assert (RECORDS, UNKNOWN_USAGE) == (sizes, refused)
    for name, (copybook, count, bad) in DATA.items():
        with (FOLDER / name).open("rb") as stream:
            rows = list(CopybookReader(stream, name=name, copybook=(FOLDER / copybook).read_text("utf-8")))
        assert (count, bad) == (len(rows), sum(row.fault is not None for row in rows))
