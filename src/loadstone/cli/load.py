"""``loadstone load`` and ``loadstone explain``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loadstone.books.values import receipt_values
from loadstone.cli.show import mask, receipt_text
from loadstone.cli.source import read_any
from loadstone.config import resolve_target
from loadstone.errors import FixSpec
from loadstone.spec import LoadRequest, OrderPolicy

if TYPE_CHECKING:
    from loadstone.load.preview import Preview

_REJECTS_SHOWN = 20


def run_load(arguments: argparse.Namespace) -> int:
    """Load; the exit code is the receipt's."""
    from loadstone.bootstrap import loads

    request = request_of(arguments)
    if arguments.dry_run:
        _show_preview(loads.preview(request, rows=arguments.rows_shown), arguments)
        return 0
    from loadstone.cli.progress import watched

    with watched(quiet=arguments.quiet or arguments.json) as run:
        receipt = loads.load(request, run)
    if arguments.json:
        print(json.dumps(receipt_values(receipt), ensure_ascii=False))
    elif not arguments.quiet:
        print(receipt_text(receipt))
    return receipt.exit_code


def run_explain(arguments: argparse.Namespace) -> int:
    """Show the plan."""
    from loadstone.bootstrap import loads

    plan = loads.explain(request_of(arguments))
    if arguments.json:
        print(json.dumps(plan, ensure_ascii=False))
    else:
        import yaml

        print(yaml.safe_dump(plan, sort_keys=False, allow_unicode=True), end="")
    return 0


def request_of(arguments: argparse.Namespace) -> LoadRequest:
    """The request that the options make."""
    if arguments.no_resume and (arguments.atomic or arguments.take_over):
        raise FixSpec(
            "LS-6008", "--no-resume keeps no record of the load, which --atomic and --take-over need"
        )
    return LoadRequest(
        **_what(arguments),
        target=resolve_target(arguments.target),
        bad=arguments.bad,
        discard=arguments.discard,
        log=arguments.log,
        rejects_jsonl=arguments.rejects_jsonl,
        errors=arguments.errors,
        discardmax=arguments.discardmax,
        rows=arguments.rows,
        run_id=arguments.run_id,
        business_date=arguments.business_date,
        again=arguments.again,
        take_over=arguments.take_over,
        resume=not arguments.no_resume,
        atomic=arguments.atomic,
        ddl=tuple(arguments.ddl),
        create_tables=arguments.create_tables,
        workers=arguments.workers,
        order=OrderPolicy(arguments.order),
        chunk_size_bytes=arguments.chunk_size,
        show_values=arguments.show_values,
    )


def schema_pairs(given: list[str]) -> dict[str, str]:
    """
    New names of schemas by the old ones in upper case, from ``OLD=NEW``.

    Raises:
        FixSpec: LS-6003 one has no new name.
    """
    pairs = [pair.partition("=") for pair in given]
    if any(not sign for _, sign, _ in pairs):
        raise FixSpec(
            "LS-6003", "--schema-map takes OLD=NEW", hints=["for example --schema-map SCOTT=public."]
        )
    return {old.upper(): new for old, _, new in pairs}


# Private functions


def _what(arguments: argparse.Namespace) -> dict[str, Any]:
    """What is loaded: by a control file or spec, or by the manifest of parts that Spark computed."""
    given = {
        "data": tuple(arguments.data),
        "skip": arguments.skip,
        "load": arguments.load,
        "schema_map": schema_pairs(arguments.schema_map),
        "control_schema": arguments.control_schema,
    }
    if Path(arguments.control).name == "manifest.json":
        from loadstone.bootstrap.spark import request_values

        return {
            **request_values(arguments.control),
            **{name: value for name, value in given.items() if value},
        }
    spec = read_any(arguments.control, arguments.define)
    return {"spec": spec, "spec_path": arguments.control, **given}


def _show_preview(preview: Preview, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print(json.dumps(_preview_values(preview), ensure_ascii=False, default=str))
        return
    for table in preview.tables:
        print(f"{table.table} ({preview.records:,} records looked at)")
        print("  " + " | ".join(table.columns))
        for row in table.rows:
            print("  " + " | ".join("NULL" if value is None else str(value) for value in row))
    for one in preview.rejects[:_REJECTS_SHOWN]:
        value = one.value if arguments.show_values else mask(one.value)
        place = [one.field] if one.field else []
        place += [repr(value)] if value is not None else []
        told = ": ".join(filter(None, [" ".join(place), one.reason]))
        print(f"  record {one.record_no} would be refused: {told}", file=sys.stderr)
    if len(preview.rejects) > _REJECTS_SHOWN:
        print(f"  and {len(preview.rejects) - _REJECTS_SHOWN} more", file=sys.stderr)
    for warning in preview.warnings:
        print(f"  warning: {warning}", file=sys.stderr)


def _preview_values(preview: Preview) -> dict[str, Any]:
    return {
        "records": preview.records,
        "tables": [{"table": t.table, "columns": t.columns, "rows": t.rows} for t in preview.tables],
        "rejects": [
            {"record": r.record_no, "field": r.field, "rule": r.rule, "code": r.code, "reason": r.reason}
            for r in preview.rejects
        ],
        "warnings": list(preview.warnings),
    }
