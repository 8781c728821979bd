"""Lines, totals and figures, which the readers of banks' files share."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.books import ControlTotal
from loadstone.errors import FixFile
from loadstone.formats.readers import ledger, lines
from loadstone.formats.readers.figures import iso_date, iso_time, places_of, pointed
from loadstone.formats.readers.ledger import Ledger
from loadstone.formats.readers.lines import peek, read_lines


class Drops:
    """A stream that gives a few bytes at a time."""

    def __init__(self, raw: bytes, size: int) -> None:
        self._stream, self._size = io.BytesIO(raw), size

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""
        return self._stream.read(min(size, self._size))


@given(st.lists(st.text("ab", min_size=1, max_size=5).map(str.encode), max_size=6), st.sampled_from([b"\n", b"\r\n", b"\r"]), st.integers(1, 9))  # fmt: skip
def test_lines_come_whole_however_they_are_read(texts: list[bytes], mark: bytes, size: int) -> None:
    """LF, CR LF and CR end lines, also where a block ends between them."""
    found = list(read_lines(Drops(b"".join(text + mark for text in texts), size), name="x"))
    assert list(enumerate(texts, 1)) == found


def test_a_control_z_and_a_byte_order_mark_are_no_line() -> None:
    """What editors put at the ends of a file is left out."""
    head, stream = peek(Drops(b"\xef\xbb\xbfab\ncd\n\x1a", 3), 5)
    assert b"ab" == head
    assert [(1, b"ab"), (2, b"cd")] == list(read_lines(stream, name="x"))


def test_an_endless_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond the limit is LS-2053 with its number, before it fills the memory."""
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 10)
    with pytest.raises(FixFile) as caught:
        list(read_lines(io.BytesIO(b"ab\n" + b"x" * 11), name="x"))
    assert ("LS-2053", 2) == (caught.value.code, caught.value.place.line)


def test_totals_are_kept_in_flat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits totals are only counted; those of the file are always kept."""
    monkeypatch.setattr(ledger, "AGREEING_MAX", 1)
    monkeypatch.setattr(ledger, "DIFFERING_MAX", 1)
    book = Ledger()
    for scope, stated in [("batch 1", 1), ("batch 2", 1), ("batch 3", 2), ("batch 4", 2), ("file", 1)]:
        book.state(ControlTotal(name="n", scope=scope, stated=Decimal(stated), counted=Decimal(1), origin=""))
    *kept, left = book.totals()
    assert ["batch 1", "batch 3", "file"] == [total.scope for total in kept]
    assert (2, 1, False) == (left.stated, left.counted, left.agrees)


@pytest.mark.parametrize(
    ("units", "places", "text"),
    [(0, 2, "0.00"), (5, 2, "0.05"), (100000, 2, "1000.00"), (-5, 2, "-0.05"), (7, 0, "7"), (1234, 3, "1.234")],
    ids=["zero", "cents", "dollars", "minus", "yen", "dinar"],
)  # fmt: skip
def test_amounts_get_their_point(units: int, places: int, text: str) -> None:
    """Smallest units become text with as many decimals as the currency has."""
    assert text == pointed(units, places)


def test_days_and_times_are_checked() -> None:
    """Years below 80 are of this century; what is no day or time is none."""
    assert ["2024-02-29", "1980-01-01", None, None, "2012-12-31"] == [
        iso_date(text) for text in ("240229", "800101", "230229", "24022x", "20121231")
    ]
    assert ["23:59", "24:00", None, None, None] == [iso_time(text) for text in ("2359", "2400", "2401", "1260", "12")]  # fmt: skip
    assert [2, 0, 3, 4] == [places_of(code) for code in ("EUR", "JPY", "KWD", "CLF")]
