"""Checks of fields: what is refused by which rule, on every target and by both ways of computing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loadstone.books import LoadReceipt
from loadstone.bootstrap import loads
from loadstone.errors import FixSpec
from loadstone.spec import Checks, LoadRequest, LoadSpec
from loadstone.sqlldr.control import parse_control
from tests.runs import Undisturbed, rows_of
from tests.targets import opened

DDL = "CREATE TABLE pay (id VARCHAR2(10), amount NUMBER(12,2), cur CHAR(3), d DATE, note VARCHAR2(40));"
CONTROL = """LOAD DATA INFILE 'in.dat' APPEND INTO TABLE pay FIELDS TERMINATED BY ',' TRAILING NULLCOLS
(id CHAR, amount CHAR, cur CHAR, d DATE 'YYYYMMDD', note CHAR "UPPER(:note)")"""


def spec_with(control: str = CONTROL, **checks: dict[str, Any]) -> LoadSpec:
    """The spec of a control file with checks by field name."""
    spec = parse_control(control.encode(), "load.ctl")
    fields = tuple(
        one.model_copy(update={"checks": Checks(**checks[one.name])}) if one.name in checks else one
        for one in spec.tables[0].fields
    )
    return spec.model_copy(update={"tables": (spec.tables[0].model_copy(update={"fields": fields}),)})


def load_lines(target: str, lines: str, spec: LoadSpec, **options: Any) -> LoadReceipt:
    """Load lines into table PAY."""
    Path("in.dat").write_text(lines)
    Path("tables.sql").write_text(DDL)
    request = LoadRequest(spec=spec, spec_path="load.yaml", target=target, ddl=("tables.sql",), **options)
    return loads.load(request, Undisturbed())


def refusals(target: str, receipt: LoadReceipt) -> list[tuple[int, str | None, str | None, str, str]]:
    """Record, field, value, rule and reason of each reject."""
    with opened(target) as one:
        found = [reject for page in one.rejects(receipt.load_id) for reject in page]
    return [(r.record_no, r.field, r.value, r.rule, r.reason) for r in found]


def broken(asked: str) -> str:
    """The reason of a reject that broke a check."""
    return f"ORA-02290: check constraint ({asked}) violated"


@pytest.mark.parametrize("records", [1, 40_000], ids=["small", "large"])
def test_a_value_that_breaks_a_check_is_refused(records: int, target_url: str, here: Path) -> None:
    """By its rule, with its value; NULL passes all but ``required``; small and large files alike."""
    spec = spec_with(
        ID={"required": True, "pattern": "P[0-9]{3}"},
        AMOUNT={"minimum": Decimal("0.01"), "maximum": 1000},
        CUR={"allowed": ["EUR", "USD"]},
        D={"minimum": "2020-01-01", "maximum": "2030-12-31"},
        NOTE={"condition": "LENGTH(:note) < 5 OR :cur = 'USD'"},
    )
    bad = [
        ("P002,0.00,EUR,20240105,abc", "AMOUNT", "0.00", "minimum", broken("AMOUNT >= 0.01")),
        ("P003,1000.01,EUR,20240105,abc", "AMOUNT", "1000.01", "maximum", broken("AMOUNT <= 1000")),
        ("X004,5,EUR,20240105,abc", "ID", "X004", "pattern", broken("ID like P[0-9]{3}")),
        ("P0055,5,EUR,20240105,abc", "ID", "P0055", "pattern", broken("ID like P[0-9]{3}")),
        (",5,EUR,20240105,abc", "ID", None, "required", broken("ID required")),
        ("P007,5,GBP,20240105,abc", "CUR", "GBP", "allowed", broken("CUR in 'EUR', 'USD'")),
        ("P008,5,EUR,20191231,abc", "D", "20191231", "minimum", broken("D >= 2020-01-01")),
        ("P009,5,EUR,20310101,abc", "D", "20310101", "maximum", broken("D <= 2030-12-31")),
        (
            "P010,5,EUR,20240105,abcde",
            "NOTE",
            "ABCDE",
            "condition",
            broken("LENGTH(:note) < 5 OR :cur = 'USD'"),
        ),
        ("P011,x,EUR,20240105,abc", "AMOUNT", "x", "number", "ORA-01722: invalid number"),
        ("X012,x,GBP,20240105,abc", "ID", "X012", "pattern", broken("ID like P[0-9]{3}")),
    ]
    good = ["P001,0.01,EUR,20200101,abc", "P013,1000.00,USD,20301231,abcde", "P014,,,,", "P015,5"]
    filler = "P001,0.01,EUR,20200101,abc\n" * records
    lines = filler + "".join(f"{line}\n" for line, *_ in bad) + "".join(f"{line}\n" for line in good)
    receipt = load_lines(target_url, lines, spec)
    assert (records + len(good), len(bad)) == (receipt.counts.loaded, receipt.counts.rejected)
    expected = [(records + n, *facts) for n, (_, *facts) in enumerate(bad, start=1)]
    assert expected == refusals(target_url, receipt)
    assert "".join(f"{line}\n" for line, *_ in bad) == Path("in.bad").read_text()
    rows = rows_of(target_url, "SELECT id, amount FROM pay WHERE id > 'P001' ORDER BY id")
    assert [("P013", Decimal(1000)), ("P014", None), ("P015", Decimal(5))] == [
        (name, None if amount is None else Decimal(amount)) for name, amount in rows
    ]


@pytest.mark.parametrize(
    ("field", "checks", "good", "bad"),
    [
        ("AMOUNT", {"allowed": [1, 2]}, "1.00", "3"),
        ("AMOUNT", {"minimum": -5}, "-5.00", "-5.01"),
        ("AMOUNT", {"minimum": "1E3"}, "1000", "999.99"),
        ("ID", {"allowed": ["it's"]}, "it's", "its"),
        ("ID", {"pattern": "a|bc"}, "bc", "abc"),
        ("D", {"maximum": datetime(2024, 1, 5, 12)}, "20240105", "20240106"),
    ],
)
def test_what_a_check_takes(
    field: str, checks: dict[str, Any], good: str, bad: str, tmp_path: Path, here: Path
) -> None:
    """Numbers by value, texts by character, a pattern by the whole text, moments within a day."""
    names = ["ID", "AMOUNT", "CUR", "D"]
    lines = "".join(
        ",".join(value if name == field else "" for name in names) + ",n\n" for value in (good, bad)
    )
    receipt = load_lines(str(tmp_path / "bank.db"), lines, spec_with(**{field: checks}))
    assert [(2, field)] == [one[:2] for one in refusals(str(tmp_path / "bank.db"), receipt)]


@pytest.mark.parametrize(
    ("name", "field", "checks", "fact"),
    [
        ("a number", "N", {"required": True}, "field N is not read from the record"),
        ("a date for a number", "AMOUNT", {"minimum": "2024-01-01"}, "is a date, and the field is none"),
        ("a number for a date", "D", {"maximum": 5}, "is a number, and the field is none"),
        ("a drawn value", "CUR", {"condition": "pay_seq.NEXTVAL > 1"}, "draws numbers or reads tables"),
    ],
    ids=lambda one: one.replace(" ", "-") if isinstance(one, str) else "",
)
def test_a_check_that_cannot_be_made_is_refused(
    name: str, field: str, checks: dict[str, Any], fact: str, tmp_path: Path, here: Path
) -> None:
    """When the load is planned, by code and field; nothing is loaded."""
    ddl = DDL.replace("note VARCHAR2(40)", "note VARCHAR2(40), n NUMBER") + "CREATE SEQUENCE pay_seq;"
    control = CONTROL.replace('"UPPER(:note)")', '"UPPER(:note)", n RECNUM)')
    Path("in.dat").write_text("a\n")
    Path("tables.sql").write_text(ddl)
    request = LoadRequest(
        spec=spec_with(control, **{field: checks}),
        spec_path="load.yaml",
        target=str(tmp_path / "bank.db"),
        ddl=("tables.sql",),
    )
    with pytest.raises(FixSpec, match=fact) as caught:
        loads.load(request, Undisturbed())
    assert ("LS-1084", field) == (caught.value.code, caught.value.place.field)
    assert [(0,)] == rows_of(request.target, "SELECT count(*) FROM pay")


def test_other_checks_are_another_load(tmp_path: Path, here: Path) -> None:
    """A load with checks is not taken for the one without."""
    url = str(tmp_path / "bank.db")
    first = load_lines(url, "P1,1,EUR,,\n", spec_with())
    second = load_lines(url, "P1,1,EUR,,\n", spec_with(AMOUNT={"minimum": 2}))
    assert (1, 0) == (first.counts.loaded, second.counts.loaded)
    assert first.load_id != second.load_id


def test_the_first_column_to_blame_is_blamed(tmp_path: Path, here: Path) -> None:
    """A conversion before the checked column, a check before a conversion, and one check for each record."""
    url = str(tmp_path / "bank.db")
    spec = spec_with(ID={"pattern": "P.*"}, D={"required": True})
    receipt = load_lines(url, "P1,x,EUR,,n\nX2,x,EUR,,n\nX3,1,EUR,,n\n", spec)
    assert [(1, "AMOUNT", "number"), (2, "ID", "pattern"), (3, "ID", "pattern")] == [
        (record, field, rule) for record, field, _, rule, _ in refusals(url, receipt)
    ]
