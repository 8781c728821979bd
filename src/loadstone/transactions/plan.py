"""A transaction spec against the load that it names: clauses of each type, the graph, and what is published together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from loadstone.config import user_functions
from loadstone.errors import FixSpec, Place
from loadstone.expressions.model import Context
from loadstone.jobs.graph import Cycle, levels
from loadstone.load.plan.columns import select_plan
from loadstone.spec import Condition, Literal, LoadSpec, Method, Position, TableLoad, Test
from loadstone.spec.transactions import ParentKey, TransactionSpec, TransactionType, When


@dataclass(frozen=True, kw_only=True)
class Edge:
    """
    A data edge between two INTO TABLE clauses' tables.

    Attributes:
        clauses: Whose rows are checked. parents: clauses of the parent's table, of which rows may still wait.
        columns, references: Pairs of columns, as the spec names them.
    """

    clauses: tuple[int, ...]
    parents: tuple[int, ...]
    columns: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TypePlan:
    """
    One type.

    Attributes:
        clauses: 0-based INTO TABLE clauses of the load. needs: types that it requires.
        before: all that come before it, those of ``after`` too.
    """

    name: str
    spec: TransactionType
    clauses: tuple[int, ...]
    needs: tuple[str, ...]
    before: tuple[str, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, kw_only=True)
class TransactionPlan:
    """
    All types, in an order in which each comes behind those it needs.

    Attributes:
        groups: Names of types that are published in one transaction, in order; a partition of all types.
    """

    types: Mapping[str, TypePlan]
    levels: Sequence[tuple[str, ...]]
    groups: Sequence[tuple[str, ...]]


def plan_of(spec: TransactionSpec, path: str, load: LoadSpec) -> TransactionPlan:
    """
    The plan of a spec.

    Raises:
        FixSpec: LS-8303 a type or table that is not there, or is in two types, or in none; LS-8304 types that need
            each other, with the cycle; LS-8305 a data edge that cannot be; LS-8306 what a load of types cannot have;
            LS-8310 a column is to be reconciled that no table gets; LS-8311 what tells a type cannot.
    """
    place = Place(file=path)
    _refuse_options(load, place)
    clauses = _clauses_of(spec, load, place)
    types = {name: _type_of(name, spec, clauses, load, place) for name in spec.types}
    try:
        found = levels({name: one.before for name, one in types.items()})
    except Cycle as cycle:
        raise FixSpec(
            "LS-8304", f"types need each other: {cycle}", place, hints=["take one of these edges out."]
        ) from cycle
    _refuse_shared(spec, load, clauses, place)
    for name, one in types.items():
        _refuse_unfilled(name, one, load, place)
        _refuse_when(name, one, load, place)
    order = [name for level in found for name in level]
    return TransactionPlan(
        types={name: types[name] for name in order}, levels=found, groups=_groups(spec.publish, order, types)
    )


def told_apart(plan: TransactionPlan, load: LoadSpec) -> tuple[LoadSpec, tuple[str | None, ...]]:
    """The load with what its types say of fields and positions in each clause's WHEN; and their expressions, by clause."""
    tables = list(load.tables)
    expressions: list[str | None] = [None] * len(tables)
    for one in plan.types.values():
        when = one.spec.when
        for clause in one.clauses if when is not None else ():
            assert when is not None
            if when.expression is not None:
                expressions[clause] = when.expression
                continue
            before = tables[clause].when
            tests = (*(before.tests if before is not None else ()), _test(when))
            tables[clause] = tables[clause].model_copy(update={"when": Condition(tests=tests)})
    return load.model_copy(update={"tables": tuple(tables)}), tuple(expressions) if any(expressions) else ()


def reconciled_columns(plan: TransactionPlan, load: LoadSpec) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """The columns of each clause that its type reconciles, and whether by a hash total; of a clause without a field list all."""
    wanted: dict[int, tuple[tuple[str, bool], ...]] = {}
    for one in plan.types.values():
        columns = [(name, hashed) for name, hashed in _reconciled(one.spec)]
        for clause in one.clauses:
            filled = _filled(load.tables[clause])
            wanted[clause] = tuple(each for each in columns if not filled or each[0].upper() in filled)
    return tuple(wanted[clause] for clause in range(len(load.tables))) if any(wanted.values()) else ()


# Private functions


def _reconciled(spec: TransactionType) -> list[tuple[str, bool]]:
    named = spec.reconcile
    return [(name, False) for name in named.sums] + [(name, True) for name in named.hash_totals]


def _filled(table: TableLoad) -> set[str]:
    """Columns that a clause's field list fills, in upper case; empty for one without a list."""
    return {field.name.upper() for field in table.fields if not field.filler}


def _test(when: When) -> Test:
    literal = Literal(text=when.equals)
    if when.field is not None:
        return Test(field=when.field.upper(), literal=literal)
    first, _, last = str(when.position).partition(":")
    return Test(position=Position(start=int(first), end=int(last) if last else None), literal=literal)


def _refuse_when(name: str, one: TypePlan, load: LoadSpec, place: Place) -> None:
    """What tells the type must be there in each of its clauses that has a field list."""
    when = one.spec.when
    for table in [load.tables[clause] for clause in one.clauses if load.tables[clause].fields]:
        known = [field.name.upper() for field in table.fields]
        if when is not None and when.field is not None and when.field.upper() not in known:
            close = get_close_matches(when.field.upper(), known, 1, 0.6)
            hint = f"did you mean {close[0]}?" if close else f"its fields are {', '.join(known)}."
            raise FixSpec(
                "LS-8311", f"type {name}: table {table.table} has no field {when.field}", place, hints=[hint]
            )
        if when is not None and when.expression is not None:
            try:
                select_plan(table, when.expression, Context(functions=user_functions()))
            except FixSpec as error:
                raise FixSpec(
                    "LS-8311",
                    f"type {name}: {when.expression}: {error.message}",
                    place,
                    hints=[*error.hints, "a field that is FILLER alone cannot be named; say BOUNDFILLER."],
                ) from error


def _refuse_unfilled(name: str, one: TypePlan, load: LoadSpec, place: Place) -> None:
    """A column to be reconciled is one that a table of the type gets from the file."""
    tables = [load.tables[clause] for clause in one.clauses]
    if not all(table.fields for table in tables):
        return
    known = sorted({column for table in tables for column in _filled(table)})
    for column, _ in _reconciled(one.spec):
        if column.upper() not in known:
            close = get_close_matches(column.upper(), known, 1, 0.6)
            hint = f"did you mean {close[0]}?" if close else f"they fill {', '.join(known)}."
            raise FixSpec(
                "LS-8310",
                f"type {name} reconciles {column}, which none of its tables gets",
                place,
                hints=[hint],
            )


def _refuse_options(load: LoadSpec, place: Place) -> None:
    if load.options.load is not None:
        raise FixSpec(
            "LS-8306",
            "the load has a LOAD limit, and a type is published as a whole",
            place,
            hints=["take LOAD out of its OPTIONS."],
        )


def _clauses_of(spec: TransactionSpec, load: LoadSpec, place: Place) -> dict[str, tuple[int, ...]]:
    """The clauses of each type; every clause of the load is in exactly one."""
    owner: dict[int, str] = {}
    for name, one in spec.types.items():
        for word in one.tables:
            for clause in clauses_named(word, load.tables, name, place):
                if clause in owner:
                    table = load.tables[clause].table
                    told = (
                        f"table {table} is in the types {owner[clause]} and {name}"
                        if owner[clause] != name
                        else (f"type {name} names table {table} twice")
                    )
                    raise FixSpec(
                        "LS-8303",
                        told,
                        place,
                        hints=[f"tell its clauses apart: {table.name}:1, {table.name}:2."],
                    )
                owner[clause] = name
    missing = [str(table.table) for number, table in enumerate(load.tables) if number not in owner]
    if missing:
        raise FixSpec(
            "LS-8303",
            f"no type has table {', '.join(dict.fromkeys(missing))}",
            place,
            hints=["give each INTO TABLE clause of the load to a type."],
        )
    return {name: tuple(sorted(n for n, mine in owner.items() if mine == name)) for name in spec.types}


def clauses_named(word: str, tables: Sequence[TableLoad], name: str, place: Place) -> list[int]:
    """
    The clauses that a type's ``NAME`` or ``NAME:2`` means, any case unless it is quoted.

    Raises:
        FixSpec: LS-8303 the load has no such table or clause.
    """
    table, _, number = word.partition(":")
    found = [
        n for n, one in enumerate(tables) if table.upper() in (str(one.table).upper(), one.table.name.upper())
    ]
    if number:
        chosen = int(number) if number.isdigit() else 0
        found = found[chosen - 1 : chosen] if chosen else []
    if not found:
        known = list(dict.fromkeys(str(one.table) for one in tables))
        close = get_close_matches(word.upper(), [one.upper() for one in known], 1, 0.6)
        hint = f"did you mean {close[0]}?" if close else f"its tables are {', '.join(known)}."
        raise FixSpec("LS-8303", f"type {name}: the load has no table {word}", place, hints=[hint])
    return found


def _type_of(
    name: str, spec: TransactionSpec, clauses: Mapping[str, tuple[int, ...]], load: LoadSpec, place: Place
) -> TypePlan:
    one = spec.types[name]
    needs = tuple(dict.fromkeys([*one.requires, *(key.type for key in one.parents if key.type != name)]))
    before = tuple(dict.fromkeys([*needs, *one.after]))
    for other in before:
        if other not in spec.types:
            close = get_close_matches(other, spec.types, 1, 0.6)
            hint = f"did you mean {close[0]}?" if close else f"the types are {', '.join(spec.types)}."
            raise FixSpec("LS-8303", f"type {name} needs {other}, which is no type", place, hints=[hint])
    edges = tuple(_edge_of(name, key, clauses, load, place) for key in one.parents)
    return TypePlan(name=name, spec=one, clauses=clauses[name], needs=needs, before=before, edges=edges)


def _edge_of(
    name: str, key: ParentKey, clauses: Mapping[str, tuple[int, ...]], load: LoadSpec, place: Place
) -> Edge:
    if len(key.columns) != len(key.references):
        told = f"{len(key.columns)} columns and {len(key.references)} references"
        raise FixSpec(
            "LS-8305", f"type {name}: a data edge has {told}", place, hints=["pair them, in the same order."]
        )
    if key.type not in clauses:
        raise FixSpec("LS-8303", f"type {name} has parents of {key.type}, which is no type", place)
    mine = _only_table(name, "of", key.of, clauses[name], load, place)
    parents = _only_table(key.type, "table", key.table, clauses[key.type], load, place)
    return Edge(clauses=mine, parents=parents, columns=key.columns, references=key.references)


def _only_table(
    name: str, option: str, word: str | None, clauses: tuple[int, ...], load: LoadSpec, place: Place
) -> tuple[int, ...]:
    """The clauses of one table of a type: the one that is named, or its only one."""
    if word is not None:
        found = tuple(n for n in clauses_named(word, load.tables, name, place) if n in clauses)
        if not found:
            raise FixSpec("LS-8305", f"type {name} has no table {word}", place)
        return found
    tables = {str(load.tables[n].table) for n in clauses}
    if len(tables) > 1:
        told = f"type {name} has several tables, and a data edge says not which: {', '.join(sorted(tables))}"
        raise FixSpec("LS-8305", told, place, hints=[f"say {option}: TABLE."])
    return clauses


def _refuse_shared(
    spec: TransactionSpec, load: LoadSpec, clauses: Mapping[str, tuple[int, ...]], place: Place
) -> None:
    """A table that two types fill must not be emptied: the second one would take the first one's rows."""
    users: dict[str, set[str]] = {}
    for name, numbers in clauses.items():
        for n in numbers:
            users.setdefault(str(load.tables[n].table).upper(), set()).add(name)
    for table in load.tables:
        method = table.method or load.method or Method.INSERT
        shared = users[str(table.table).upper()]
        if len(shared) > 1 and spec.publish != "file" and method not in (Method.APPEND, Method.UPSERT):
            raise FixSpec(
                "LS-8306",
                f"table {table.table} is filled by {' and '.join(sorted(shared))} with {method.upper()}",
                place,
                hints=["say APPEND there, or publish: file."],
            )


def _groups(publish: str, order: Sequence[str], types: Mapping[str, TypePlan]) -> list[tuple[str, ...]]:
    if publish == "type":
        return [(name,) for name in order]
    if publish == "file":
        return [tuple(order)]
    root = {name: name for name in order}

    def top(name: str) -> str:
        while root[name] != name:
            name = root[name]
        return name

    for name in order:
        for other in types[name].before:
            root[top(name)] = top(other)
    groups: dict[str, list[str]] = {}
    for name in order:
        groups.setdefault(top(name), []).append(name)
    return [tuple(names) for names in groups.values()]
