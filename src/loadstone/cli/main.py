"""The command line. Each command imports its rooms when it runs, so that ``--help`` and ``check`` answer at once."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from loadstone import __version__
from loadstone.cli import commands, job_commands, source_commands, spark_commands, transaction_commands
from loadstone.cli.parser import Parser, add_examples, parse
from loadstone.cli.streams import NO_ROOM, give_up_output, prepare_streams
from loadstone.errors import FixSpec, LoadstoneError, Stop
from loadstone.secrets.passwords import hide_arguments, password_of_userid, passwords_in, remember

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a command that Ctrl-C ended, as shells give it; a load finishes its chunk instead, and exits 2."""

YOUNG_OBJECTS_MAX = 200_000
"""Objects made between two looks for garbage; imports make hundreds of thousands, and all stay."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Called by a link named ``sqlldr``, it is SQL*Loader's command line."""
    if argv is not None:
        return _run(list(argv), shown=False)
    words = sys.argv[1:]
    prepare_streams()
    frugal_process()
    code = _run(["sqlldr", *words] if Path(sys.argv[0]).stem == "sqlldr" else words, shown=True)
    end_process()
    return code


def frugal_process() -> None:
    """This process runs one command: leave out what costs it tenths of a second and gives it nothing."""
    gc.set_threshold(YOUNG_OBJECTS_MAX)
    # NumPy starts a thread for each core, which spins for a while, and which only matrices would need.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Arrow's own allocator keeps what was freed for a while: 30 MB beside what a load holds.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")


def end_process() -> None:
    """What is left ends with the process, and is not searched for garbage before: a tenth of a second."""
    if "duckdb" not in sys.modules:  # its binding complains about what outlives it
        gc.freeze()


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


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """All commands and options; ``load`` alone where that is the command, for loads start by the thousand."""
    parser = Parser(
        prog="loadstone",
        description="Loads the files of Oracle SQL*Loader control files into PostgreSQL, DuckDB, SQLite or Oracle, exactly once.",
    )
    parser.add_argument("--version", action="version", version=f"loadstone {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_load(subparsers)
    if command != "load":
        _add_others(subparsers)
    add_examples(parser)
    return parser


# Private functions


def _add_others(subparsers: commands.Subparsers) -> None:
    commands.add_check(subparsers)
    commands.add_explain(subparsers)
    commands.add_convert(subparsers)
    commands.add_detect(subparsers)
    commands.add_propose(subparsers)
    commands.add_totals(subparsers)
    commands.add_write(subparsers)
    transaction_commands.add_transactions(subparsers)
    spark_commands.add_spark(subparsers)
    commands.add_rejects(subparsers)
    commands.add_target(subparsers)
    commands.add_spec(subparsers)
    job_commands.add_jobs(subparsers)
    job_commands.add_schedules(subparsers)
    job_commands.add_deadletters(subparsers)
    job_commands.add_connections(subparsers)
    source_commands.add_sources(subparsers)
    source_commands.add_feeds(subparsers)
    source_commands.add_files(subparsers)
    job_commands.add_notifications(subparsers)
    job_commands.add_worker(subparsers)
    job_commands.add_repository(subparsers)
    commands.add_original(subparsers)
    commands.add_errors(subparsers)
    sqlldr = subparsers.add_parser("sqlldr", help="SQL*Loader's own command line (keyword=value) and PARFILE")
    sqlldr.add_argument("words", nargs="*", metavar="KEYWORD=VALUE", help="as SQL*Loader takes them")


def _run(words: Sequence[str], *, shown: bool) -> int:
    """Run the command that ``words`` are; ``shown`` when they are this process's own, which ``ps`` shows."""
    keep_passwords_secret(words, shown=shown)
    try:
        code = _answered(words, as_json="--json" in words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # as `| head` does
        give_up_output()
        return 1
    except OSError as error:
        give_up_output()
        from loadstone.cli.show import show_error

        full = Stop("LS-6050", f"standard output cannot be written: {error.strerror}")
        show_error(full, as_json=False)
        return full.exit_code


def _answered(words: Sequence[str], *, as_json: bool) -> int:
    """Run the command, and say what stops it; ``OSError`` where standard output takes no more."""
    try:
        if words[:1] == ["sqlldr"]:
            from loadstone.cli.sqlldr import run_sqlldr

            return run_sqlldr(words[1:])
        arguments = parse(build_parser(next(iter(words), None)), words)
        return int(arguments.run(arguments))
    except LoadstoneError as error:
        from loadstone.cli.show import show_error

        show_error(error, as_json=as_json)
        return error.exit_code
    except Exception as error:
        if isinstance(error, BrokenPipeError) or (
            isinstance(error, OSError) and error.filename is None and error.errno in NO_ROOM
        ):
            raise
        from loadstone.cli.show import show_defect, show_error

        wrong = [word for word in words if any("\udc80" <= char <= "\udcff" for char in word)]
        if wrong and isinstance(error, UnicodeEncodeError):
            told = ", ".join(wrong).encode(errors="backslashreplace").decode()
            refused = FixSpec("LS-6006", f"{told} is no UTF-8, and cannot be a name here")
            show_error(refused, as_json=as_json)
            return refused.exit_code
        show_defect(error, as_json=as_json)
        return Stop.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
