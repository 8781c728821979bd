"""``loadstone check``."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from loadstone.bootstrap.control import control_locale
from loadstone.cli.source import defined, read_any
from loadstone.errors import FixSpec
from loadstone.errors.catalogue import catalogue
from loadstone.spec import Expression, LoadSpec
from loadstone.spec.documents import file_bytes, parse_document
from loadstone.spec.files import is_spec_file, read_spec
from loadstone.spec.structured import structure_faults
from loadstone.sqlldr.check import check_control
from loadstone.sqlldr.control import control_file, filled
from loadstone.sqlldr.findings import Finding, Report


def run_check(arguments: argparse.Namespace) -> int:
    """0 when the language is right (and the target named refuses nothing), else 1."""
    report = _judge(arguments)
    values: dict[str, Any] = report.to_json()
    ok = report.ok
    if arguments.target and ok:
        values["refused"] = values["refused"] + _refusals(arguments)
        ok = not values["refused"]
    for one in (one for kind in ("errors", "refused", "warnings") for one in values[kind]):
        one["hints"] = one["hints"] or [catalogue()[one["code"]].help]
    if arguments.json:
        print(json.dumps({**values, "ok": ok}, ensure_ascii=False))
    else:
        _show(arguments.control, values, report, ok=ok)
    return 0 if ok else 1


# Private functions


def _judge(arguments: argparse.Namespace) -> Report:
    """The judgement of a control file, or of a spec, whose faults are all one error."""
    if not is_spec_file(arguments.control):
        locale = control_locale(os.environ)
        path = arguments.control
        control = filled(control_file(path), path, defined(arguments.define), locale)
        return check_control(control, path, _read_sql, locale)
    data = file_bytes(arguments.control)
    try:
        spec = read_spec(arguments.control)
    except FixSpec as error:
        return Report(ok=False, errors=(Finding.of(error),))
    faults = tuple(_structure_faults(spec, data))
    return Report(ok=not faults, errors=faults, refused=tuple(_sql_faults(spec, data)))


def _read_sql(sql: str) -> None:
    """The grammar of a SQL string; ``FixSpec`` LS-5001. Types and names are judged with the table, by ``explain``."""
    from loadstone.expressions.parse import parse_expression

    parse_expression(sql)


def _sql_faults(spec: LoadSpec, data: bytes) -> Iterator[Finding]:
    """SQL strings of a spec in YAML that are not understood, at the place of their value."""
    document = parse_document(data.decode(), None, "LS-1094")
    for number, table in enumerate(spec.tables):
        for position, field in enumerate(table.fields):
            within: tuple[str, ...] = ("sql",) if field.sql is not None else ("source", "sql")
            sql = field.sql or (field.source.sql if isinstance(field.source, Expression) else None)
            try:
                _read_sql(sql) if sql is not None else None
            except FixSpec as error:
                place = document.place(("tables", number, "fields", position, *within))
                yield replace(Finding.of(error), line=place.line, column=place.column)


def _structure_faults(spec: LoadSpec, data: bytes) -> Iterator[Finding]:
    """What has no meaning beside a reading, at its place."""
    document = parse_document(data.decode(), None, "LS-1094")
    for keys, error in structure_faults(spec):
        place = document.place(keys, key=isinstance(keys[-1], str))
        yield replace(Finding.of(error), line=place.line, column=place.column)


def _refusals(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from loadstone.bootstrap.loads import refusals

    spec = read_any(arguments.control, arguments.define)
    return [finding.to_json() for finding in refusals(spec, arguments.control, arguments.target)]


def _show(path: str, values: dict[str, Any], report: Report, *, ok: bool) -> None:
    for kind in ("errors", "refused", "warnings"):
        for one in values[kind]:
            print(
                f"{path}:{one['line']}:{one['column']}: {kind.rstrip('s')} [{one['code']}] {one['message']}"
            )
            for hint in one["hints"]:
                print(f"HINT: {hint}")
    print(f"{path}: {'ok' if ok else 'not ok'}")
