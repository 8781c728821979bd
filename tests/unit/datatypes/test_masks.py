"""Date masks: what an input mask may hold, and the errors that Oracle names for the rest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.datatypes import masks as m
from loadstone.datatypes.masks import compile_mask
from loadstone.errors import FixSpec


def kinds(mask: str) -> list[int]:
    """The elements of a mask, in order."""
    return [int(step[0]) for step in compile_mask(mask).steps]


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("YYYY", [m.YEAR4]), ("YYY", [m.YEAR3]), ("YY", [m.YEAR2]), ("Y", [m.YEAR1]), ("RR", [m.RR]), ("RRRR", [m.RRRR]),
        ("SYYYY", [m.SYEAR]), ("Y,YYY", [m.YEAR_COMMA]), ("MM", [m.MONTH]), ("MON", [m.MON]), ("MONTH", [m.MONTH_NAME]),
        ("RM", [m.ROMAN]), ("DD", [m.DAY]), ("DDD", [m.DAY_OF_YEAR]), ("DAY", [m.DAY_NAME]), ("DY", [m.DY]), ("D", [m.DAY_OF_WEEK]),
        ("J", [m.JULIAN]), ("HH", [m.HOUR12]), ("HH12", [m.HOUR12]), ("HH24", [m.HOUR24]), ("MI", [m.MINUTE]), ("SS", [m.SECOND]),
        ("SSSSS", [m.SECONDS_OF_DAY]), ("FF", [m.FRACTION]), ("FF1", [m.FRACTION]), ("FF9", [m.FRACTION]), ("X", [m.RADIX]),
        ("AM", [m.MERIDIAN]), ("PM", [m.MERIDIAN]), ("A.M.", [m.MERIDIAN]), ("P.M.", [m.MERIDIAN]),
        ("AD", [m.ERA]), ("BC", [m.ERA]), ("A.D.", [m.ERA]), ("B.C.", [m.ERA]),
        ("TZH", [m.ZONE_HOUR]), ("TZM", [m.ZONE_MINUTE]), ("TZR", [m.ZONE_NAME]), ("TZD", [m.ZONE_NAME]),
        ("-", [m.PUNCTUATION]), ('"at"', [m.TEXT]), ("FM", []), ("FX", []),
    ],
)  # fmt: skip
def test_every_element_that_reads_is_known(mask: str, expected: list[int]) -> None:
    """Each input element of the manual's table compiles to its own step, whatever its case."""
    assert kinds(mask) == expected
    assert kinds(mask.lower()) == expected


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("YYYYMMDD", [m.YEAR4, m.MONTH, m.DAY]),
        ("DDMONRR", [m.DAY, m.MON, m.RR]),
        ("HH24MISS", [m.HOUR24, m.MINUTE, m.SECOND]),
        ("DDDYYYY", [m.DAY_OF_YEAR, m.YEAR4]),
        ("YYYYDDD", [m.YEAR4, m.DAY_OF_YEAR]),
        ("MISSFF3TZH", [m.MINUTE, m.SECOND, m.FRACTION, m.ZONE_HOUR]),
        ("MONTHDD", [m.MONTH_NAME, m.DAY]),
        ("SSSSSFF", [m.SECONDS_OF_DAY, m.FRACTION]),
        ("DYDDMON", [m.DY, m.DAY, m.MON]),
        ("HHMIAM", [m.HOUR12, m.MINUTE, m.MERIDIAN]),
    ],
)
def test_the_longest_element_wins(mask: str, expected: list[int]) -> None:
    """Elements without punctuation between them are cut greedily, as Oracle cuts them."""
    assert kinds(mask) == expected


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("DS", [m.MONTH, m.PUNCTUATION, m.DAY, m.PUNCTUATION, m.YEAR4]),
        ("TS", [m.HOUR12, m.PUNCTUATION, m.MINUTE, m.PUNCTUATION, m.SECOND, m.PUNCTUATION, m.MERIDIAN]),
        ("DL", [m.DAY_NAME, *[m.PUNCTUATION] * 2, m.MONTH_NAME, m.PUNCTUATION, m.DAY, *[m.PUNCTUATION] * 2, m.YEAR4]),
    ],
)  # fmt: skip
def test_short_forms_stand_for_masks(mask: str, expected: list[int]) -> None:
    """DS, DL and TS are the American long and short forms."""
    assert kinds(mask) == expected


def test_digits_at_most_are_those_of_the_element() -> None:
    """A number takes no more digits than its element has, FF3 three of them."""
    program = compile_mask("YYYY-DDD-HH24-MI-SS-FF3")
    assert [int(step[2]) for step in program.steps if step[0] != m.PUNCTUATION] == [4, 3, 2, 2, 2, 3]
    assert int(compile_mask("FF").steps[0, 2]) == 9


def test_fx_and_fm_toggle() -> None:
    """Each FX and each FM turns the modifier on or off for what follows."""
    flags = [int(step[1]) & (m.FX_FLAG | m.FM_FLAG) for step in compile_mask("DDFXMMFMYYYYFXHH24FMMI").steps]
    assert flags == [0, m.FX_FLAG, m.FX_FLAG | m.FM_FLAG, m.FM_FLAG, 0]


def test_quoted_texts_are_kept_apart() -> None:
    """Two texts lie behind each other in the pool, in upper case, with their lengths."""
    program = compile_mask('YYYY"t"HH24"uhr"')
    texts = [(int(step[1]), int(step[2])) for step in program.steps if step[0] == m.TEXT]
    assert texts == [(0, 1), (1, 3)]
    assert program.pool == b"TUHR"


@pytest.mark.parametrize("element", "IYYY IYY IY I IW WW W Q CC SCC YEAR SYEAR SP TH SPTH E EE".split())
def test_elements_of_output_cannot_read(element: str) -> None:
    """Weeks, quarters, centuries and spelled numbers are for TO_CHAR alone: ORA-01820."""
    with pytest.raises(FixSpec) as caught:
        compile_mask(f"DD-{element}")
    assert caught.value.code == "LS-5101"
    assert "ORA-01820" in caught.value.message
    assert "column 4" in caught.value.message


@pytest.mark.parametrize(
    ("mask", "column"), [("YYYY-QX", 6), ("ZZ", 1), ("YYYY-MM-DDB", 11), ("年", 1), ("YYYY.5", 6)]
)
def test_unknown_letters_are_named_with_their_column(mask: str, column: int) -> None:
    """Letters and digits that are no element are ORA-01821 (or 01820), at their place."""
    with pytest.raises(FixSpec) as caught:
        compile_mask(mask)
    assert f"column {column}:" in caught.value.message


def test_a_quoted_text_must_end() -> None:
    """A quote that is not closed is an error at the quote."""
    with pytest.raises(FixSpec) as caught:
        compile_mask('YYYY"T')
    assert "column 5" in caught.value.message


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        ("YYYY-MM-DD HH24:MM:SS", 1810), ("DD-DD", 1810), ("MI MI", 1810), ("SS SS", 1810), ("FF3 FF6", 1810), ("AM PM", 1810),
        ("YYYY-RR", 1812), ("YY-SYYYY", 1812), ("Y,YYY RRRR", 1812), ("MM-MON", 1816), ("MONTH RM", 1816),
        ("HH24 HH12", 1813), ("HH24:MI AM", 1818), ("A.M. HH24", 1818), ("DAY DY", 1817), ("D DAY", 1817),
        ("J DDD", 1811), ("SYYYY BC", 1819), ("AD SYYYY", 1819),
    ],
)  # fmt: skip
def test_elements_that_exclude_each_other(mask: str, code: int) -> None:
    """A mask that says a thing twice is refused before a row is read: MM for MI would change months unseen."""
    with pytest.raises(FixSpec) as caught:
        compile_mask(mask)
    assert f"(ORA-{code:05})" in caught.value.message


@pytest.mark.parametrize("mask", ["YYYY TZR TZD", "SSXFFX", "DD.MM.YYYY", "HH12:MI AM", "J SSSSS"])
def test_elements_that_may_stand_together(mask: str) -> None:
    """Punctuation, radix characters and the two names of a zone may repeat."""
    assert len(compile_mask(mask).steps)


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ("YYYY-MM-DD", [0, 5, 8, -1, -1, -1, 10]),
        ("YYYYMMDDHH24MISS", [0, 4, 6, 8, 10, 12, 14]),
        ("DD.MM.YYYY HH24:MI", [6, 3, 0, 11, 14, -1, 16]),
        ("DD-MON-YYYY", []), ("MM/DD/RR", []), ("YYYY-MM", []), ("HH24:MI:SS", []), ("YYYYDDD", []), ("YYYY-MM-DD HH:MI AM", []),
        ('YYYY-MM-DD"T"HH24', []),
    ],
)  # fmt: skip
def test_the_quick_way_is_for_digits_at_fixed_places(mask: str, expected: list[int]) -> None:
    """Only masks of YYYY, MM, DD, HH24, MI and SS with punctuation have places; others are parsed in full."""
    assert compile_mask(mask).quick_at.tolist() == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='YRMDHISFTZQWJAPOBCX0124.,-/: "é', max_size=14))
def test_any_mask_compiles_or_is_refused(mask: str) -> None:
    """No mask crashes the compiler; what is refused has the code of masks and Oracle's number or a quote."""
    try:
        compile_mask(mask)
    except FixSpec as error:
        assert error.code == "LS-5101"
        assert "ORA-018" in error.message or "quoted" in error.message
