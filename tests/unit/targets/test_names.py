"""Names of a spec against names of a catalogue."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec
from loadstone.spec import TableName
from loadstone.targets.names import match_name, match_schema, quote_name


@pytest.mark.parametrize(
    ("name", "quoted", "candidates", "expected"),
    [
        ("EMP", False, ["emp", "dept"], "emp"),
        ("EMP", False, ["Emp"], "Emp"),
        ("EMP", False, ["emp", "EMP"], "EMP"),
        ("Emp", True, ["emp", "Emp"], "Emp"),
        ("Emp", True, ["emp"], None),
        ("EMP", True, ["emp"], "emp"),
        ("EMP", False, [], None),
        ("STRASSE", False, ["straße"], "straße"),
    ],
)
def test_any_case_unless_quoted(name: str, quoted: bool, candidates: list[str], expected: str | None) -> None:
    """The exact name first; a quoted name in mixed case means itself alone."""
    assert expected == match_name(name, candidates, quoted=quoted, what="table")


def test_an_ambiguous_name_lists_what_it_may_mean() -> None:
    """Sorted, with the hint to quote."""
    with pytest.raises(FixSpec, match=r"LS-3002.*column PAY is ambiguous: Pay, pay") as caught:
        match_name("PAY", ["pay", "Pay"], quoted=False, what="column")
    assert caught.value.hints


@pytest.mark.parametrize(
    ("schema", "quoted", "mapped", "expected"),
    [
        (None, False, {}, None),
        ("HR", False, {}, "hr"),
        ("HR", True, {}, "hr"),
        ("Hr", True, {}, None),
        ("NONE", False, {}, None),
        ("HR", False, {"HR": "STAGING"}, "staging"),
        ("hr", True, {"HR": "staging"}, "staging"),
        ("HR", False, {"OTHER": "staging"}, "hr"),
    ],
)
def test_a_schema_is_the_targets_own_or_the_one_it_is_mapped_to(
    schema: str | None, quoted: bool, mapped: dict[str, str], expected: str | None
) -> None:
    """None stands for the default schema of the target."""
    table = TableName(name="T", schema_name=schema, schema_quoted=quoted)
    assert expected == match_schema(table, mapped, ["hr", "staging"], "here")


def test_a_map_to_an_unknown_schema_is_refused() -> None:
    """A misspelling is no reason to load elsewhere."""
    with pytest.raises(FixSpec, match=r"LS-3001.*schema stagin does not exist in here"):
        match_schema(TableName(name="T", schema_name="HR"), {"HR": "stagin"}, ["hr"], "here")


def test_quotes_in_a_name_are_doubled() -> None:
    """A name cannot end its own quotes."""
    assert '"a ""b"""' == quote_name('a "b"')
