"""Small parts of a load: tickets, cuts, charset guesses, steps of sequences."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from loadstone.books import Reject
from loadstone.datatypes.model import Nls
from loadstone.load.batch import Batch
from loadstone.load.charset import FALLBACK, charset_of, is_utf8
from loadstone.load.environment import Environment
from loadstone.load.inputs import LoadInput
from loadstone.load.limits import Cut, find_cut
from loadstone.load.tickets import Closed, Tickets, Waiting
from loadstone.spec import InputFile
from loadstone.sqlldr.control import parse_control


def test_tickets_are_called_in_order() -> None:
    """Whoever comes first, number 0 goes first."""
    tickets, order = Tickets(), list[int]()

    def work(number: int) -> None:
        time.sleep(0.01 * (5 - number))
        assert not tickets.wait(number)
        order.append(number)
        tickets.done(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ([0, 1, 2, 3, 4], 5) == (order, tickets.turn)


def test_a_closed_counter_sends_everybody_away() -> None:
    """Those who wait, and those who come later."""
    tickets, sent_away = Tickets(), threading.Event()

    def wait() -> None:
        with pytest.raises(Closed):
            tickets.wait(3)
        sent_away.set()

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.02)
    tickets.close()
    assert sent_away.wait(60) and tickets.closed
    with pytest.raises(Closed):
        tickets.wait(0)
    thread.join(60)


def test_later_ones_give_way_once_when_asked() -> None:
    """The one whose turn it is needs a lock: those behind roll back, and say so when they are called."""
    tickets, gave, told = Tickets(), list[int](), list[bool]()

    def later() -> None:
        told.append(tickets.wait(1, Waiting(give_way=lambda: gave.append(1), stay=lambda: None)))

    thread = threading.Thread(target=later)
    thread.start()
    time.sleep(0.02)
    tickets.ask_later_to_yield()
    tickets.ask_later_to_yield()
    time.sleep(0.02)
    assert [1] == gave
    tickets.done(0)
    thread.join(60)
    assert [True] == told


def batch(rejects: list[int], discards: list[int]) -> Batch:
    """A batch of ten records, some refused, some discarded."""
    made = {
        n: Reject(
            input_no=0, record_no=n + 1, byte_offset=0, length_bytes=0, table="T", table_no=0, field=None, value=None,
            rule="r", code=None, reason="", raw=b"",
        )
        for n in rejects
    }  # fmt: skip
    return Batch(
        chunk=None, first=0, stop=10, verdict=np.zeros((10, 1), np.uint8), tables=(), rejects=made, discards=np.array(discards, np.int64)
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("rejects", "discards", "limits", "expected"),
    [
        ([2, 5, 7], [], {"errors": 3}, None),
        ([2, 5, 7], [], {"errors": 2}, Cut(8, "errors")),
        ([7, 5, 2], [], {"errors": 0}, Cut(3, "errors")),
        ([2, 5, 7], [], {"errors": 4, "rejected": 3}, Cut(6, "errors")),
        ([2], [], {"errors": 0, "rejected": 5}, Cut(3, "errors")),
        ([], [], {"errors": 0}, None),
        ([2, 5], [], {"errors": None}, None),
        ([], [1, 4], {"discardmax": 2}, None),
        ([], [1, 4], {"discardmax": 1}, Cut(5, "discardmax")),
        ([], [1, 4], {"discardmax": 1, "discarded": 1}, Cut(2, "discardmax")),
        ([3], [1], {"errors": 0, "discardmax": 0}, Cut(2, "discardmax")),
        ([1], [3], {"errors": 0, "discardmax": 0}, Cut(2, "errors")),
    ],
)
def test_the_first_limit_that_is_passed_cuts(
    rejects: list[int], discards: list[int], limits: dict[str, int | None], expected: Cut | None
) -> None:
    """Behind the record that passes it, counting what was committed before."""
    values: dict[str, int | None] = {
        "rejected": 0,
        "errors": None,
        "discarded": 0,
        "discardmax": None,
        **limits,
    }
    assert expected == find_cut(batch(rejects, discards), **values)  # type: ignore[arg-type]


def test_a_cut_batch_knows_nothing_of_what_is_behind() -> None:
    """Rejects, discards and counts are those before the cut."""
    whole = batch([2, 5], [1, 7])
    part = whole.cut(5)
    assert ([2], [1], 5) == (sorted(part.rejects), part.discards.tolist(), part.stop)
    counts = part.counts
    assert (5, 3, 1, 1) == (counts.read, counts.loaded, counts.rejected, counts.discarded) and counts.balanced


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (b"", True),
        (b"plain", True),
        ("äöü€😀".encode(), True),
        ("ä".encode()[:1], True),
        ("😀".encode()[:3], True),
        (b"\xe4\xf6", False),
        (b"\xff\xfe", False),
        (b"\xc0\x80", False),
        (b"\xed\xa0\x80", False),
    ],
)
def test_utf8_is_told_from_what_is_not(sample: bytes, expected: bool) -> None:
    """A character that the sample cuts off is no fault; overlong forms and surrogates are."""
    assert expected == is_utf8(sample)


def charset(
    head: str, data: bytes, charset: str | None = None, inline: bool = False
) -> tuple[str, str | None]:
    """The character set of one input."""
    spec = parse_control(f"LOAD DATA {head} INFILE 'x' INTO TABLE t (a CHAR(1))".encode(), "x.ctl")
    path = Path("in.dat")
    path.write_bytes(data)
    one = LoadInput(
        input_no=0, name="in.dat", path=None if inline else str(path), data=data if inline else None, spec=InputFile(), bad="", discard=None
    )  # fmt: skip
    return charset_of(spec, one, Environment(nls=Nls(), charset=charset))


def test_a_declared_character_set_stands(here: Path) -> None:
    """Before NLS_LANG and before what the bytes look like; not for data after BEGINDATA."""
    assert ("WE8ISO8859P1", None) == charset("CHARACTERSET we8iso8859p1", "ä".encode(), "AL32UTF8")
    assert ("AL32UTF8", None) == charset("CHARACTERSET WE8ISO8859P1", b"x", "AL32UTF8", inline=True)


def test_nls_lang_stands_before_a_guess(here: Path) -> None:
    """Without a warning."""
    assert ("WE8ISO8859P15", None) == charset("", "ä".encode(), "WE8ISO8859P15")


def test_undeclared_data_are_utf8_or_windows_1252_with_a_warning(here: Path) -> None:
    """The warning names the file and the way out."""
    assert ("AL32UTF8", None) == charset("", "ä".encode())
    name, warning = charset("", b"caf\xe9")
    assert FALLBACK == name and warning is not None
    assert "in.dat" in warning and "CHARACTERSET" in warning


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [("订单号码|交易成功", "gbk", "ZHS32GB18030"), ("表示|ソース", "cp932", "JA16SJIS"), ("Москва|Да", "cp1251", "CL8MSWIN1251")],
)  # fmt: skip
def test_undeclared_data_are_read_in_the_set_that_they_look_like(
    here: Path, text: str, encoding: str, expected: str
) -> None:
    """With a warning that names it: a bar inside a character would part fields in code page 1252."""
    name, warning = charset("", text.encode(encoding))
    assert expected == name and warning is not None and expected in warning
