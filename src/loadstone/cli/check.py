"""``loadstone check``."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from loadstone.errors import FixSpec, Place
from loadstone.sqlldr.check import check_control

if TYPE_CHECKING:
    from loadstone.sqlldr.findings import Report


def run_check(arguments: argparse.Namespace) -> int:
    """0 when the language is right (and the target named refuses nothing), else 1."""
    data = read_bytes(arguments.control)
    report = check_control(data, arguments.control)
    values: dict[str, Any] = report.to_json()
    ok = report.ok
    if arguments.target and ok:
        values["refused"] = values["refused"] + _refusals(data, arguments)
        ok = not values["refused"]
    if arguments.json:
        print(json.dumps({**values, "ok": ok}, ensure_ascii=False))
    else:
        _show(arguments.control, values, report, ok=ok)
    return 0 if ok else 1


def read_bytes(path: str) -> bytes:
    """The file's bytes; ``FixSpec`` LS-6020 where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise FixSpec("LS-6020", f"cannot read {path}: {error.strerror}", Place(file=path)) from error


# Private functions


def _refusals(data: bytes, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from loadstone.bootstrap.loads import refusals
    from loadstone.sqlldr.control import parse_control

    spec = parse_control(data, arguments.control)
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
