"""A transaction spec against its load: clauses, graph, groups, and each thing that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.errors import FixSpec
from loadstone.spec.transactions import TransactionSpec
from loadstone.sqlldr.control import parse_control
from loadstone.transactions.picture import graph_svg, graph_text, graph_values
from loadstone.transactions.plan import TransactionPlan, plan_of, told_apart

CONTROL = b"""LOAD DATA INFILE 'day.dat' APPEND
INTO TABLE customers WHEN (1) = 'C' (id POSITION(2:3) CHAR)
INTO TABLE accounts WHEN (1) = 'A' (id POSITION(2:3) CHAR, customer POSITION(4:5) CHAR)
INTO TABLE moves WHEN (1) = 'P' (id POSITION(2:3) CHAR, account POSITION(4:5) CHAR)
INTO TABLE moves WHEN (1) = 'R' (id POSITION(2:3) CHAR, account POSITION(4:5) CHAR)
"""
TYPES: dict[str, Any] = {
    "customers": {"tables": ["customers"]},
    "accounts": {"tables": ["ACCOUNTS"], "requires": ["customers"]},
    "payments": {"tables": ["moves:1"], "requires": ["accounts"]},
    "reversals": {"tables": ["moves:2"], "requires": ["accounts"], "after": ["payments"]},
}


def plan(types: dict[str, Any] = TYPES, control: bytes = CONTROL, **options: Any) -> TransactionPlan:
    """The plan of types over the load above."""
    spec = TransactionSpec.model_validate({"load": "day.ctl", "types": types, **options})
    return plan_of(spec, "day.yaml", parse_control(control, "day.ctl"))


def changed(name: str, **options: Any) -> dict[str, Any]:
    """The types above with one of them changed."""
    return {**TYPES, name: {**TYPES[name], **options}}


def test_each_clause_is_in_its_type_and_levels_follow_what_is_needed() -> None:
    """NAME takes every clause of a table, NAME:2 the second one, in any case."""
    found = plan()
    assert {name: one.clauses for name, one in found.types.items()} == {
        "customers": (0,),
        "accounts": (1,),
        "payments": (2,),
        "reversals": (3,),
    }
    assert [("customers",), ("accounts",), ("payments",), ("reversals",)] == list(found.levels)
    assert (("accounts",), ("accounts", "payments")) == (
        found.types["reversals"].needs,
        found.types["reversals"].before,
    )


def test_groups_are_types_or_what_hangs_together_or_the_file() -> None:
    """The three units of publishing."""
    apart = {**TYPES, "customers": {"tables": ["customers"]}, "accounts": {"tables": ["accounts"]}}
    assert [("customers",), ("accounts",), ("payments",), ("reversals",)] == list(plan().groups)
    assert [("accounts", "payments", "reversals"), ("customers",)] == list(
        plan(apart, publish="component").groups
    )
    assert [("accounts", "customers", "payments", "reversals")] == list(plan(apart, publish="file").groups)


@pytest.mark.parametrize(
    ("types", "code", "told"),
    [
        (changed("accounts", requires=["customer"]), "LS-8303", "needs customer, which is no type"),
        (changed("accounts", tables=["acounts"]), "LS-8303", "the load has no table acounts"),
        (changed("payments", tables=["moves:3"]), "LS-8303", "no table moves:3"),
        (changed("payments", tables=["moves:x"]), "LS-8303", "no table moves:x"),
        (changed("payments", tables=["moves"]), "LS-8303", "in the types payments and reversals"),
        (changed("payments", tables=["moves:1", "moves:1"]), "LS-8303", "names table MOVES twice"),
        ({name: one for name, one in TYPES.items() if name != "reversals"}, "LS-8303", "no type has table MOVES"),
        (changed("customers", requires=["reversals"]), "LS-8304", "customers -> "),
        (
            changed("accounts", parents=[{"columns": ["customer", "id"], "type": "customers", "references": ["id"]}]),
            "LS-8305",
            "2 columns and 1 references",
        ),
        (
            changed("accounts", parents=[{"columns": ["id"], "type": "customers", "references": ["id"], "table": "moves"}]),
            "LS-8305",
            "type customers has no table moves",
        ),
        (
            changed("accounts", parents=[{"columns": ["id"], "type": "clients", "references": ["id"]}]),
            "LS-8303",
            "needs clients, which is no type",
        ),
    ],
    ids=[
        "unknown type", "unknown table", "no third clause", "no number", "in two types", "twice", "in none", "circle",
        "unpaired", "not its table", "unknown parent",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_code(types: dict[str, Any], code: str, told: str) -> None:
    """Each names the type or table, and the file."""
    with pytest.raises(FixSpec) as caught:
        plan(types)
    assert (code, "day.yaml") == (caught.value.code, caught.value.place.file)
    assert told in caught.value.message and (code == "LS-8305" or caught.value.hints or "clients" in told)


def test_a_circle_names_every_type_of_it() -> None:
    """In the order of running, the first again at the end."""
    with pytest.raises(FixSpec, match="accounts -> reversals -> customers -> accounts"):
        plan(changed("customers", requires=["reversals"]))


def test_a_type_with_several_tables_must_say_which_has_the_parents() -> None:
    """One table is no question; of several the edge names one."""
    both = {
        "people": {"tables": ["customers", "accounts"]},
        "moves": {
            "tables": ["moves"],
            "parents": [{"columns": ["account"], "type": "people", "references": ["id"]}],
        },
    }
    with pytest.raises(FixSpec, match="has several tables") as caught:
        plan(both)
    assert ("LS-8305", ("say table: TABLE.",)) == (caught.value.code, tuple(caught.value.hints))
    both["moves"]["parents"][0]["table"] = "accounts"  # type: ignore[index]
    edge = plan(both).types["moves"].edges[0]
    assert ((2, 3), (1,)) == (edge.clauses, edge.parents)


def test_a_table_that_two_types_fill_is_not_emptied() -> None:
    """The second type would take the first one's rows; in one transaction it does not."""
    control = CONTROL.replace(b"APPEND", b"REPLACE")
    with pytest.raises(FixSpec, match="filled by payments and reversals with REPLACE") as caught:
        plan(control=control)
    assert "LS-8306" == caught.value.code
    assert 1 == len(plan(control=control, publish="file").groups)


def test_a_load_with_a_limit_has_no_types() -> None:
    """LOAD would cut a type anywhere."""
    with pytest.raises(FixSpec, match="LOAD limit") as caught:
        plan(control=b"OPTIONS (LOAD=5)\n" + CONTROL)
    assert "LS-8306" == caught.value.code


def test_the_graph_is_shown_as_values_text_and_picture() -> None:
    """Every type and edge is in each of them; an edge that need not come is dashed."""
    parents = [{"columns": ["customer"], "type": "customers", "references": ["id"]}]
    found = plan(changed("accounts", parents=parents))
    values = graph_values(found)
    assert [["customers"], ["accounts"], ["payments"], ["reversals"]] == values["levels"]
    assert (["accounts"], ["payments"]) == (
        values["types"]["reversals"]["requires"],
        values["types"]["reversals"]["after"],
    )
    assert "customer must stand in customers (id)" in graph_text(found)
    assert "reversals: after payments" in graph_text(found)
    picture = graph_svg(found)
    assert (4, 4, 1) == (picture.count("<rect"), picture.count("marker-end"), picture.count("dasharray"))
    assert "in one transaction: customers, accounts, payments, reversals" in graph_text(plan(publish="file"))


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"field": "kid", "equals": "A"}, "has no field kid"),
        ({"expression": ":customer ="}, "type accounts: :customer ="),
        ({"expression": ":owner = 'A'"}, "OWNER"),
        ({"expression": "things.NEXTVAL > 3"}, "draws numbers"),
    ],
    ids=["no field", "grammar", "no bind", "sequence"],
)
def test_what_tells_a_type_is_checked_with_the_spec(when: dict[str, str], told: str) -> None:
    """Before any target is opened."""
    with pytest.raises(FixSpec, match=f"(?i){told}") as caught:
        plan(changed("accounts", when=when))
    assert ("LS-8311", "day.yaml") == (caught.value.code, caught.value.place.file)


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"field": "id"},
        {"equals": "A"},
        {"expression": "1 = 1", "equals": "A"},
        {"field": "id", "position": "1", "equals": "A"},
    ],
    ids=["nothing", "no value", "value alone", "both", "two"],
)
def test_a_type_is_told_in_one_way(when: dict[str, str]) -> None:
    """The form of the spec says so."""
    with pytest.raises(ValueError, match="give"):
        plan(changed("accounts", when=when))


def test_what_tells_types_joins_the_clauses_and_is_shown() -> None:
    """A field or a position is one more test of the WHEN; an expression stands apart."""
    found = plan(
        {
            **TYPES,
            "customers": {"tables": ["customers"], "when": {"field": "id", "equals": "11"}},
            "accounts": {"tables": ["accounts"], "when": {"expression": ":customer > '5'"}},
            "payments": {"tables": ["moves:1"], "when": {"position": "4:5", "equals": "77"}},
        }
    )
    load, selects = told_apart(found, parse_control(CONTROL, "day.ctl"))
    assert (None, ":customer > '5'", None, None) == selects
    assert [2, 1, 2, 1] == [len(table.when.tests) for table in load.tables if table.when is not None]
    text = graph_text(found)
    assert (
        "customers: its records are those of which id is '11'" in text
        and "of which bytes 4:5 is '77'" in text
    )
    assert "accounts: its records are those of which :customer > '5'" in text
    assert {"expression": ":customer > '5'"} == graph_values(found)["types"]["accounts"]["when"]
