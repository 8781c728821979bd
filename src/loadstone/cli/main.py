"""The command line. Each command imports its rooms when it runs, so that ``--help`` and ``check`` answer at once."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from loadstone import __version__
from loadstone.cli import commands, job_commands, source_commands
from loadstone.cli.parser import Parser, add_examples, parse
from loadstone.errors import LoadstoneError, Stop
from loadstone.secrets.passwords import hide_arguments, password_of_userid, passwords_in, remember

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a command that Ctrl-C ended, as shells give it; a load finishes its chunk instead, and exits 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Called by a link named ``sqlldr``, it is SQL*Loader's command line."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    if argv is None and Path(sys.argv[0]).stem == "sqlldr":
        words = ["sqlldr", *words]
    keep_passwords_secret(words, shown=argv is None)
    try:
        if words[:1] == ["sqlldr"]:
            from loadstone.cli.sqlldr import run_sqlldr

            return run_sqlldr(words[1:])
        arguments = parse(build_parser(), words)
        return int(arguments.run(arguments))
    except LoadstoneError as error:
        from loadstone.cli.show import show_error

        show_error(error, as_json=as_json)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        from loadstone.cli.show import show_defect

        show_defect(error, as_json=as_json)
        return Stop.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def keep_passwords_secret(words: Sequence[str], *, shown: bool) -> None:
    """Learn the passwords of the command line and the environment; hide those that ``ps`` would show."""
    given = [password for word in words for password in passwords_in(word)]
    if words[:1] == ["sqlldr"]:
        given += [password for word in words[1:] if (password := password_of_userid(word))]
    remember(
        [*given, *passwords_in(os.environ.get("LOADSTONE_TARGET", "")), os.environ.get("PGPASSWORD", "")]
    )
    if shown:
        hide_arguments(given)


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = Parser(
        prog="loadstone",
        description="Loads the files of Oracle SQL*Loader control files into PostgreSQL, DuckDB, SQLite or Oracle, exactly once.",
    )
    parser.add_argument("--version", action="version", version=f"loadstone {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_load(subparsers)
    commands.add_check(subparsers)
    commands.add_explain(subparsers)
    commands.add_convert(subparsers)
    commands.add_detect(subparsers)
    commands.add_propose(subparsers)
    commands.add_totals(subparsers)
    commands.add_rejects(subparsers)
    commands.add_target(subparsers)
    commands.add_spec(subparsers)
    job_commands.add_jobs(subparsers)
    job_commands.add_schedules(subparsers)
    job_commands.add_deadletters(subparsers)
    job_commands.add_connections(subparsers)
    source_commands.add_sources(subparsers)
    source_commands.add_feeds(subparsers)
    job_commands.add_notifications(subparsers)
    job_commands.add_worker(subparsers)
    job_commands.add_repository(subparsers)
    commands.add_original(subparsers)
    commands.add_errors(subparsers)
    sqlldr = subparsers.add_parser("sqlldr", help="SQL*Loader's own command line (keyword=value) and PARFILE")
    sqlldr.add_argument("words", nargs="*", metavar="KEYWORD=VALUE", help="as SQL*Loader takes them")
    add_examples(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
