"""``loadstone sqlldr``, and a link named ``sqlldr``: scripts that call SQL*Loader keep working."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from loadstone.bootstrap.control import control_locale
from loadstone.cli.show import show_error
from loadstone.config import resolve_target
from loadstone.config.settings import named_targets
from loadstone.errors import LoadstoneError
from loadstone.spec import LoadRequest, LoadSpec, Options
from loadstone.sqlldr.command import SqlldrCommand, help_text, parse_command
from loadstone.sqlldr.control import read_control
from loadstone.sqlldr.express import express_spec, express_table
from loadstone.sqlldr.log import RELEASE, failed_log, path_used
from loadstone.sqlldr.messages import loader_exit_code, loader_messages


def run_sqlldr(words: Sequence[str]) -> int:
    """Load as SQL*Loader would; exit codes 0, 1, 2 and 3 as it gives them."""
    if not words or words[0].lower() in ("-h", "--help", "-help", "help=y"):
        print(help_text())
        return 0 if words else 1
    try:
        command = parse_command(words)
    except LoadstoneError as error:
        show_error(error, as_json=False)
        return error.exit_code
    try:
        return _load(command)
    except LoadstoneError as error:
        _tell(command, error)
        show_error(error, as_json=False)
        return loader_exit_code(error)


# Private functions


def _tell(command: SqlldrCommand, error: LoadstoneError) -> None:
    """SQL*Loader's own words on the terminal and in the log, for scripts that look there."""
    messages = loader_messages(error, _text_of(command.control))
    if not messages:
        return
    print("\n".join(messages))
    path = Path(command.log or f"{Path(command.control or error.place.file or 'sqlldr').stem}.log")
    try:
        path.with_suffix(path.suffix or ".log").write_text(failed_log(datetime.now(), messages))
    except OSError as failure:
        print(f"the log cannot be written: {failure}", file=sys.stderr)


def _text_of(path: str | None) -> str:
    try:
        return Path(path or "").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _load(command: SqlldrCommand) -> int:
    from loadstone.bootstrap import loads
    from loadstone.cli.progress import watched

    target = _target(command)
    spec_path, spec = _spec(command, target)
    silent = set(spec.options.silent)
    if not silent & {"header", "all"}:
        print(f"\nSQL*Loader: Release {RELEASE} - compatible, by Loadstone\n")
        if command.express:
            print(f"Express Mode Load, Table: {spec.tables[0].table}")
        print(f"Path used:      {path_used(spec)}")
    request = LoadRequest(
        spec=spec,
        spec_path=spec_path,
        target=target,
        express=bool(command.express),
        data=command.data,
        bad=command.bad,
        discard=command.discard,
        log=command.log,
        discardmax=spec.options.discardmax,
    )
    with watched(quiet=True) as run:
        receipt = loads.load_anew(request, run)
    if not silent & {"feedback", "all"}:
        print(f"Commit point reached - logical record count {receipt.counts.read + receipt.counts.skipped}")
    if not silent & {"header", "all"}:
        for table, rows in receipt.tables.items():
            print(f"\nTable {table}:\n  {rows} {'Row' if rows == 1 else 'Rows'} successfully loaded.")
        print(f"\nCheck the log file:\n  {receipt.log_file}\nfor more information about the load.")
    return receipt.exit_code


def _spec(command: SqlldrCommand, target: str) -> tuple[str, LoadSpec]:
    """The control file's spec and path; in express mode the one of the table, and a path that names the log."""
    if command.control is not None:
        spec = read_control(command.control, locale=control_locale(os.environ))
        return command.control, with_options(spec, command.options)
    from loadstone.bootstrap.loads import express_columns

    table = express_table(command.express["table"])
    spec = express_spec(command.express, express_columns(target, table), _express_data(table.name))
    return f"{_express_stem(table.name)}.ctl", with_options(spec, command.options)


def _express_data(name: str) -> str:
    """The data file of a table: its name with .dat, in lower case where no other is there."""
    spellings = [f"{spelling}.dat" for spelling in (name.lower(), name, name.capitalize())]
    return next((path for path in spellings if Path(path).exists()), spellings[0])


def _express_stem(name: str) -> str:
    return Path(_express_data(name)).stem


def with_options(spec: LoadSpec, options: Options) -> LoadSpec:
    """The spec with the command line's options before those of its OPTIONS clause."""
    given: dict[str, Any] = {name: getattr(options, name) for name in options.model_fields_set}
    return spec.model_copy(update={"options": spec.options.model_copy(update=given)})


def _target(command: SqlldrCommand) -> str:
    """``userid=...@alias`` names a target of the configuration; else LOADSTONE_TARGET."""
    alias = command.login.alias
    if alias and alias.upper() in named_targets():
        return resolve_target(alias)
    if alias:
        print(f"the configuration has no target {alias}; LOADSTONE_TARGET is taken", file=sys.stderr)
    return resolve_target(None)
