"""Totals of columns: of COPY's bytes, of Arrow and of plain values, against sums in Python."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest

from loadstone.books import Checkpoint, Contribution, Reconciled, TableCount, exact_sum
from loadstone.datatypes.model import ColumnType, Kind
from loadstone.errors import FixSpec
from loadstone.targets.model import Column
from loadstone.targets.postgresql import totals
from loadstone.targets.postgresql.rows import PgRows
from loadstone.targets.totals import Total, arrow_total, plain_total, total_of


def numeric(value: Decimal) -> bytes:
    """The value as PostgreSQL's binary numeric, made the slow way."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    scale = max(-exponent, 0)
    whole = int("".join(map(str, digits))) * 10 ** (max(exponent, 0) + (-scale) % 4)
    words = []
    while whole:
        whole, word = divmod(whole, 10_000)
        words.insert(0, word)
    weight = len(words) - (scale + 3) // 4 - 1
    while words and not words[-1]:
        words.pop()
    parts = [len(words), weight & 0xFFFF if words else 0, 0x4000 if sign and words else 0, scale, *words]
    return b"".join(part.to_bytes(2, "big") for part in parts)


def rows_of(columns: list[list[bytes | None]]) -> PgRows:
    """Rows of the binary COPY format."""
    made = []
    for values in zip(*columns, strict=True):
        fields = [b"\xff\xff\xff\xff" if one is None else len(one).to_bytes(4, "big") + one for one in values]
        made.append(len(values).to_bytes(2, "big") + b"".join(fields))
    offsets = np.cumsum([3, *map(len, made)]).astype(np.int64)
    return PgRows(np.frombuffer(b"xyz" + b"".join(made), np.uint8), offsets, np.arange(len(made)))


CHANCE = random.Random(7)
DECIMALS = [None, Decimal(0), Decimal("-0.0001"), Decimal("1E+7"), Decimal("-99999999999999999999999.9999")] + [
    Decimal(CHANCE.randrange(-(10**20), 10**20)).scaleb(-CHANCE.randrange(9)) for _ in range(200)
]
TEXTS = [None, "", "DE-12 3", "no digits", "\u0663 4", "0" * 30 + "7"] + [str(CHANCE.randrange(10**30)) for _ in range(50)]


@pytest.fixture(autouse=True, params=[0, 1_000_000], ids=["compiled", "plain"])
def kernels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether few rows are added up by compiled kernels too."""
    monkeypatch.setattr(totals, "COMPILED_ROWS_MIN", request.param)


def total(kind: Kind, place: int = 0, *, hashed: bool = False) -> Total:
    """A total of a column of some kind."""
    return Total(column="c", place=place, hashed=hashed, kind=kind)


def expected(values: list[Decimal | None], *, hashed: bool = False) -> Decimal:
    """The sum, the plain way."""
    return exact_sum(abs(one) if hashed else one for one in values if one is not None)


@pytest.mark.parametrize("kind", [Kind.INT2, Kind.INT4, Kind.INT8])
@pytest.mark.parametrize("hashed", [False, True], ids=["sum", "hash"])
def test_integers_of_each_width(kind: Kind, hashed: bool) -> None:
    """Behind columns of other lengths and NULLs; the least and the greatest value, many times."""
    size = {Kind.INT2: 2, Kind.INT4: 4, Kind.INT8: 8}[kind]
    end = 1 << (8 * size - 1)
    values = [None, 0, -1, 1, *[-end] * 5, *[end - 1] * 4] + [CHANCE.randrange(-end, end) for _ in range(100)]
    before = [None if n % 3 else b"x" * n for n in range(len(values))]
    rows = rows_of([before, [None if one is None else one.to_bytes(size, "big", signed=True) for one in values]])
    wanted = expected([None if one is None else Decimal(one) for one in values], hashed=hashed)
    assert wanted == rows.total(total(kind, 1, hashed=hashed))
    assert expected([None if one is None else Decimal(one) for one in values[3:5]]) == rows.slice(3, 5).total(total(kind, 1))


@pytest.mark.parametrize("hashed", [False, True], ids=["sum", "hash"])
def test_numerics_of_any_size(hashed: bool) -> None:
    """Words of four digits on both sides of the point, exact beyond any float; the same as Arrow and Python have it."""
    import pyarrow as pa

    rows = rows_of([[None if one is None else numeric(one) for one in DECIMALS]])
    wanted = total(Kind.DECIMAL, hashed=hashed)
    assert expected(DECIMALS, hashed=hashed) == rows.total(wanted) == plain_total(DECIMALS, wanted)
    narrow = [None if one is None else Decimal(int(one)) for one in DECIMALS]
    array = pa.chunked_array([pa.array(narrow, pa.decimal128(38, 0))])
    assert expected(narrow, hashed=hashed) == arrow_total(array, wanted)
    none: list[bytes | None] = [None, None]
    assert Decimal(0) == rows_of([none]).total(wanted) == PgRows(*_empty()).total(wanted)


def test_numerics_of_the_greatest_powers_are_exact() -> None:
    """Numbers that have more digits than there is room for at first: all are added up again, none twice."""
    values = [Decimal("1.5"), Decimal("7E+1000"), Decimal("-3E-900"), Decimal("7E+1000")]
    rows = rows_of([[numeric(one) for one in values]])
    assert expected(list(values)) == rows.total(total(Kind.DECIMAL))
    for edge in (Decimal("3E+508"), Decimal("3E+512"), Decimal("3E-512"), Decimal("3E-516")):
        assert edge == rows_of([[numeric(edge)]]).total(total(Kind.DECIMAL))


def test_a_numeric_that_is_no_number_makes_the_sum_none() -> None:
    """PostgreSQL sums it to NaN too, and both sides then agree."""
    rows = rows_of([[bytes.fromhex("00000000c0000000"), numeric(Decimal(3))]])
    found = rows.total(total(Kind.DECIMAL))
    assert found.is_nan()
    one = Reconciled(
        table_no=0, figure="sum", column="c", file=found, staged=Decimal("NaN"), superseded=Decimal(0), target=found
    )
    assert one.agrees and not Reconciled(**{**one.__dict__, "target": Decimal(3)}).agrees


def test_digits_of_texts() -> None:
    """ASCII digits alone, read as one number; whatever else stands between them."""
    import pyarrow as pa

    wanted = total(Kind.TEXT, hashed=True)
    digits = [int("".join(c for c in one if c in "0123456789") or 0) for one in TEXTS if one is not None]
    rows = rows_of([[None if one is None else one.encode() for one in TEXTS]])
    assert Decimal(sum(digits)) == rows.total(wanted) == plain_total(TEXTS, wanted)
    assert Decimal(sum(digits)) == arrow_total(pa.chunked_array([TEXTS]), wanted)
    assert Decimal("9" * 5000) == plain_total(["9" * 5000], wanted)


@pytest.mark.parametrize(
    ("kind", "scale", "hashed"),
    [(Kind.FLOAT8, None, False), (Kind.TEXT, None, False), (Kind.DECIMAL, 2, True), (Kind.DATE, None, True)],
    ids=["sum of a float", "sum of text", "digits of a fraction", "digits of a date"],
)
def test_what_has_no_exact_total_is_refused(kind: Kind, scale: int | None, hashed: bool) -> None:
    """The column and its type are named."""
    column = Column(name="c", type=ColumnType(kind=kind, scale=scale, declared="kind of it"))
    with pytest.raises(FixSpec, match="column c is kind of it") as caught:
        total_of(column, 0, hashed=hashed)
    assert "LS-8310" == caught.value.code


def test_sums_add_up_over_chunks_and_through_json() -> None:
    """Exact, also where one chunk has none."""
    one, other = TableCount(loaded=1, sums=(Decimal("0.1"),)), TableCount(loaded=2, sums=(Decimal(10) ** 40,))
    both = one + other + TableCount()
    assert (3, (Decimal("10000000000000000000000000000000000000000.1"),)) == (both.loaded, both.sums)
    from loadstone.targets.control import stored_counts

    assert '"sums": ["0.1"]' in stored_counts(Contribution(tables=(one,)))
    assert one == TableCount.of({"loaded": 1, "rejected": 0, "when_failed": 0, "all_null": 0, "sums": ["0.1"]})
    figure = Reconciled(
        table_no=1, figure="rows", column=None, file=Decimal(3), staged=Decimal(3), superseded=Decimal(1), target=None
    )
    assert figure == Reconciled.of(figure.values()) and figure.agrees
    assert () == Checkpoint(
        input_no=-1, unit0=0, unit1=0, record0=0, records=0, sha256="", counts=Contribution()
    ).reconciled


def _empty() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.zeros(0, np.uint8), np.zeros(1, np.int64), np.zeros(0, np.int64)
