"""``loadstone sqlldr``, and a link named ``sqlldr``: scripts that call SQL*Loader keep working."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from loadstone.cli.show import show_error
from loadstone.config import resolve_target
from loadstone.config.settings import named_targets
from loadstone.errors import LoadstoneError
from loadstone.spec import LoadRequest, LoadSpec, Options
from loadstone.sqlldr.command import SqlldrCommand, help_text, parse_command
from loadstone.sqlldr.control import read_control
from loadstone.sqlldr.log import RELEASE


def run_sqlldr(words: Sequence[str]) -> int:
    """Load as SQL*Loader would; exit codes 0, 1, 2 and 3 as it gives them."""
    if not words or words[0].lower() in ("-h", "--help", "-help", "help=y"):
        print(help_text())
        return 0 if words else 1
    try:
        return _load(parse_command(words))
    except LoadstoneError as error:
        show_error(error, as_json=False)
        return error.exit_code


# Private functions


def _load(command: SqlldrCommand) -> int:
    from loadstone.bootstrap import loads
    from loadstone.cli.progress import watched

    assert command.control is not None
    spec = with_options(read_control(command.control), command.options)
    silent = set(spec.options.silent)
    if not silent & {"header", "all"}:
        print(f"\nSQL*Loader: Release {RELEASE} - compatible, by Loadstone\n")
        print(f"Path used:      {'Direct' if spec.options.direct else 'Conventional'}")
    request = LoadRequest(
        spec=spec,
        spec_path=command.control,
        target=_target(command),
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
