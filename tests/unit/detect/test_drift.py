"""What differs between a file and the last accepted one of its feed, in words, with both sides."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from loadstone.detect.drift import KINDS, Drift, drift_of
from loadstone.detect.file import detect_bytes
from loadstone.detect.shape import Shape, shape_from, shape_of, widened
from loadstone.sources.policies import DriftPolicy, Policy

HEAD = ("account", "currency", "amount", "booked", "branch")


def rows(seed: int, count: int = 60, *, mask: str = "{y}-{m:02}-{d:02}") -> list[list[str]]:
    """Rows of one day of a feed; another seed is another day of the same feed."""
    dice = random.Random(seed)
    return [
        [
            f"{dice.randrange(10**9, 10**10)}",
            dice.choice(("EUR", "USD", "GBP", "CHF")),
            f"{dice.uniform(1, 9999):.2f}",
            mask.format(y=2026, m=dice.randint(1, 12), d=dice.randint(1, 28)),
            f"B{dice.randint(100, 130)}",
        ]
        for _ in range(count)
    ]


def csv_bytes(table: list[list[str]], head: tuple[str, ...] | None = HEAD, *, mark: str = ";", end: str = "\n") -> bytes:
    """A delimited file of a table."""
    lines = [mark.join(head)] if head else []
    return (end.join([*lines, *(mark.join(row) for row in table)]) + end).encode()


def shape(data: bytes, before: Shape | None = None) -> Shape:
    """The shape of a file, with the names of the one before it."""
    names = [column.name for column in before.columns] if before else ()
    return shape_of(detect_bytes(data, names=names))


BEFORE = shape(csv_bytes(rows(1)))


def found(data: bytes) -> list[Drift]:
    """The drift of a file against the first day's."""
    return drift_of(BEFORE, shape(data, BEFORE))


def test_another_day_is_no_drift() -> None:
    """Other values of the same form say nothing, over many days."""
    told = [(seed, one.told) for seed in range(2, 22) for one in found(csv_bytes(rows(seed)))]
    assert [] == told


def test_a_column_more() -> None:
    """A column that is new is named, with its type and place."""
    table = [[*row[:2], "7", *row[2:]] for row in rows(2)]
    (one,) = found(csv_bytes(table, (*HEAD[:2], "priority", *HEAD[2:])))
    assert ("added", "", "priority") == (one.kind, one.was, one.now)
    assert "column priority (integer) is new, as field 3 of 6" == one.told


def test_a_column_less() -> None:
    """A column that is gone is named, with what it was."""
    (one,) = found(csv_bytes([row[:3] + row[4:] for row in rows(2)], (*HEAD[:3], HEAD[4])))
    assert ("removed", "booked", "") == (one.kind, one.was, one.now)
    assert "column booked (date), which was field 4 of 5, is missing" == one.told


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (("account", "CURRENCY ", "amount", "booked", "branch"), "only its spelling differs"),
        (("account", "ccy", "amount", "booked", "branch"), "it holds the same values"),
        (("account", "currency", "value", "booked", "branch"), "it stands between the same columns"),
    ],
    ids=["spelling", "values", "place"],
)
def test_a_column_renamed(head: tuple[str, ...], why: str) -> None:
    """A new name is known by spelling, by the same values, or by its place and kind of values."""
    (one,) = found(csv_bytes(rows(2), head))
    assert "renamed" == one.kind
    assert why in one.told
    assert one.was in HEAD and one.now == one.column


def test_renamed_and_moved_by_its_values() -> None:
    """A list of codes is found again under another name in another place; that is two findings."""
    table = [[row[1], row[0], *row[2:]] for row in rows(2)]
    kinds = sorted(one.kind for one in found(csv_bytes(table, ("ccy", "account", "amount", "booked", "branch"))))
    assert ["moved", "renamed"] == kinds


def test_another_name_and_another_kind_is_another_column() -> None:
    """In the same place, a date instead of an amount is a column less and one more."""
    table = [[*row[:2], row[3], *row[3:]] for row in rows(2)]
    kinds = sorted(one.kind for one in found(csv_bytes(table, ("account", "currency", "matures", "booked", "branch"))))
    assert ["added", "removed"] == kinds


def test_columns_in_another_order() -> None:
    """Only the column that left the order of the others is named."""
    table = [[row[4], *row[:4]] for row in rows(2)]
    (one,) = found(csv_bytes(table, (HEAD[4], *HEAD[:4])))
    assert ("moved", "branch", "field 5", "field 1") == (one.kind, one.column, one.was, one.now)
    assert "column branch was field 5, and is first now" == one.told


def test_another_type() -> None:
    """Words among amounts are told with both types."""
    table = rows(2)
    table[7][2] = "pending"
    (one,) = found(csv_bytes(table))
    assert ("type", "decimal", "string") == (one.kind, one.was, one.now)
    assert "column amount holds string, it held decimal" == one.told


@pytest.mark.parametrize("values", [["5", "17"], ["5.00", ""], [""]], ids=["whole", "gaps", "empty"])
def test_a_day_whose_amounts_say_less(values: list[str]) -> None:
    """Amounts without cents, or none at all, are no other type."""
    table = [[*row[:2], values[number % len(values)], *row[3:]] for number, row in enumerate(rows(2))]
    assert [] == [one.told for one in found(csv_bytes(table)) if one.kind != "nulls"]


def test_another_date_mask() -> None:
    """Days before months are told, with both masks."""
    (one,) = found(csv_bytes(rows(2, mask="{d:02}/{m:02}/{y}")))
    assert ("mask", "%Y-%m-%d", "%d/%m/%Y") == (one.kind, one.was, one.now)


def test_a_decimal_comma() -> None:
    """The other decimal sign is told as another mask."""
    table = [[*row[:2], row[2].replace(".", ","), *row[3:]] for row in rows(2)]
    (one,) = found(csv_bytes(table))
    assert ("mask", ".", ",") == (one.kind, one.was, one.now)


def test_longer_codes() -> None:
    """Where all codes had one length, a longer one is told."""
    table = [[*row[:4], row[4] + "0"] for row in rows(2)]
    (one,) = found(csv_bytes(table))
    assert ("width", "4", "5") == (one.kind, one.was, one.now)


def test_another_dialect() -> None:
    """Another delimiter and record end are told apart, and nothing else is."""
    told = [one.told for one in found(csv_bytes(rows(2), mark="|", end="\r\n"))]
    assert ["the delimiter is '|', it was ';'", "the record end is '\\r\\n', it was '\\n'"] == told


def test_no_header_any_more() -> None:
    """A file that lost its names is told so: a load that skips a row would lose a record."""
    assert ["header"] == [one.kind for one in found(csv_bytes(rows(2), None))]


def test_a_header_that_is_known_is_found_where_nothing_else_tells() -> None:
    """Names of the file before make a header of a row that looks like those below."""
    names = ("red", "green", "blue")
    table = [["oak", "ash", "elm"], ["fir", "yew", "box"]]
    assert detect_bytes(csv_bytes(table, names), names=names).has_header
    assert not detect_bytes(csv_bytes(table, None), names=names).has_header


def test_another_character_set() -> None:
    """UTF-8 where cp1252 was is told; ASCII, which both hold, is not."""
    table = [[*row[:4], "Zürich"] for row in rows(1)]
    before = shape_of(detect_bytes(csv_bytes(table).decode().encode("cp1252")))
    now = shape_of(detect_bytes(csv_bytes(table)))
    assert ["the character set is utf-8, it was cp1252"] == [one.told for one in drift_of(before, now)]
    assert [] == [one for one in drift_of(before, replace(now, encoding="ascii")) if one.kind == "encoding"]


def test_another_format() -> None:
    """A web page, or nothing, where records were."""
    page = shape_of(detect_bytes(b"<!doctype html><html><body>502 Bad Gateway</body></html>"))
    nothing = shape_of(detect_bytes(b""))
    assert ["format"] == [one.kind for one in drift_of(BEFORE, page)]
    assert ["format", "volume"] == [one.kind for one in drift_of(BEFORE, nothing)]


def test_another_container() -> None:
    """A packed file is the same format in another container."""
    (one,) = drift_of(BEFORE, replace(BEFORE, containers=("gz",)))
    assert ("container", "csv", "csv in gz") == (one.kind, one.was, one.now)


def test_records_of_another_width() -> None:
    """Fixed-width records that grew are told in characters."""
    old, new = (
        shape_of(detect_bytes("".join(f"{number:06d}  {'AB'}   {number * 7:>{size}}\n" for number in range(40)).encode()))
        for size in (10, 12)
    )
    assert ["fwf", "fwf"] == [old.format, new.format]
    assert ["records have 25 characters, they had 23"] == [one.told for one in drift_of(old, new) if one.kind == "width"]


def test_fields_without_names() -> None:
    """Without a header, a field that came between others is told by its place."""
    table = [[str(number), *row] for number, row in enumerate(rows(1))]
    before = shape_of(detect_bytes(csv_bytes(rows(1), None)))
    now = shape_of(detect_bytes(csv_bytes([[row[1], *row[1:4], "x y", *row[4:]] for row in table], None)))
    assert {"added"} == {one.kind for one in drift_of(before, now)}
    fewer = shape_of(detect_bytes(csv_bytes([row[:3] + row[4:] for row in rows(2)], None)))
    (one,) = drift_of(before, fewer)
    assert "field 4 (date) is missing: records have 4 fields, they had 5" == one.told


@pytest.mark.parametrize(
    ("records", "history", "told"),
    [
        (1000, (950, 1100, 990), 0), (5000, (950, 1100, 990), 1), (100, (950, 1100, 990), 1), (0, (5, 4, 6), 1), (19, (4, 5, 3), 0), (60, (), 0), (200, (), 1),
    ],
    ids=["usual", "many", "few", "none", "small", "no history", "far from the last"],
)  # fmt: skip
def test_the_number_of_records(records: int, history: tuple[int, ...], told: int) -> None:
    """Far more or fewer than the median of those before is told; among few records nothing is far, except none at all."""
    assert told == len(drift_of(BEFORE, replace(BEFORE, records=records), volumes=history))


def test_empty_values() -> None:
    """A column that is suddenly empty in most records is told with both shares."""
    table = [[*row[:4], "" if number % 2 else row[4]] for number, row in enumerate(rows(2))]
    (one,) = found(csv_bytes(table))
    assert ("nulls", "0%", "50%") == (one.kind, one.was, one.now)


def test_a_shape_survives_json() -> None:
    """What is kept with a feed is read again, also with fields of a later release in it."""
    kept = json.loads(json.dumps({**BEFORE.to_json(), "later": 1}))
    assert BEFORE == shape_from(kept)


def test_a_shape_holds_no_personal_value() -> None:
    """Names of people leave no trace, not even as checksums."""
    data = csv_bytes([["1", "Anna Kowalska"], ["2", "Jane Doe"], ["3", "Bo Li"]], ("id", "customer_name"))
    kept = shape_of(detect_bytes(data))
    assert () == kept.columns[1].sketch
    assert "Kowalska" not in json.dumps(kept.to_json())


def test_what_was_accepted_widens_the_shape() -> None:
    """After a day without cents and letters beyond ASCII, the day after is held against all that was seen."""
    umlauts = replace(BEFORE, encoding="utf-8")
    whole = shape(csv_bytes([[*row[:2], "5", *row[3:]] for row in rows(2)]), BEFORE)
    kept = widened(umlauts, whole)
    assert ("utf-8", "decimal") == (kept.encoding, kept.columns[2].type)
    assert [] == drift_of(kept, shape(csv_bytes(rows(3)), kept))


def test_nothing_is_widened_over_other_columns() -> None:
    """Where the columns are others, only the new file counts; so does the first one."""
    other = replace(BEFORE, columns=BEFORE.columns[1:])
    assert other == widened(BEFORE, other)
    assert other == widened(None, other)


def test_every_kind_has_a_policy() -> None:
    """A feed says for each kind of finding what becomes of the file."""
    assert set(Policy) >= {DriftPolicy().of(kind) for kind in KINDS}
    assert Policy.ACCEPT == DriftPolicy(moved=Policy.ACCEPT).of("moved")
