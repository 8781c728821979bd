"""The options of each command, declared once; ``tools/docs.py`` writes the reference from them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

from loadstone.formats.readers.banks import BANKS

Subparsers = Any
"""argparse's action that holds the commands."""


def add_load(subparsers: Subparsers) -> None:
    """``loadstone load``."""
    parser = subparsers.add_parser("load", help="load data files by a control file or spec")
    _load_options(parser)
    parser.add_argument("--json", action="store_true", help="print one receipt as JSON")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    parser.add_argument(
        "--dry-run", action="store_true", help="show the first rows as they would be loaded; load none"
    )
    parser.add_argument(
        "--rows-shown", type=number(1), default=10, metavar="N", help="rows of a dry run (10)"
    )
    parser.set_defaults(run=late("load", "run_load"))


def add_original(subparsers: Subparsers) -> None:
    """``loadstone original``."""
    parser = subparsers.add_parser(
        "original",
        help="load with Oracle's own SQL*Loader, where it is installed, into a receipt like any other",
    )
    add = parser.add_argument
    add("control", metavar="CONTROL", help="control file, given to it as it is; or spec, written as one")
    _data_options(parser)
    _limit_options(parser)
    add("--binary", metavar="FILE", help="SQL*Loader itself; in ORACLE_HOME/bin or on the PATH when absent")
    add("--timeout", type=seconds, metavar="SECONDS", help="end it after so long; no limit")
    add("--json", action="store_true", help="print one receipt as JSON")
    add("--quiet", action="store_true", help="print nothing but errors")
    parser.set_defaults(run=late("original", "run_original"))


def add_explain(subparsers: Subparsers) -> None:
    """``loadstone explain``."""
    parser = subparsers.add_parser(
        "explain", help="show the plan of a load: inputs, lanes, what each column is made of"
    )
    _load_options(parser)
    parser.add_argument("--json", action="store_true", help="print the plan as JSON")
    parser.set_defaults(run=late("load", "run_explain"))


def add_spec(subparsers: Subparsers) -> None:
    """``loadstone spec``."""
    parser = subparsers.add_parser("spec", help="about load specs (YAML or JSON)")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    schema = actions.add_parser("schema", help="print the JSON Schema of a spec, for editors and checks")
    schema.set_defaults(run=late("convert", "run_schema"))


def add_errors(subparsers: Subparsers) -> None:
    """``loadstone errors``."""
    parser = subparsers.add_parser("errors", help="explain an error code, or list all")
    parser.add_argument("code", nargs="?", metavar="CODE", help="code such as LS-3001; all when absent")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=late("errors", "run_errors"))


def add_check(subparsers: Subparsers) -> None:
    """``loadstone check``."""
    parser = subparsers.add_parser(
        "check", help="judge a control file's language; needs no data and no database"
    )
    parser.add_argument("control", metavar="CONTROL", help="control file, or spec (.yaml, .yml, .json)")
    define_option(parser)
    parser.add_argument(
        "--target",
        metavar="KIND",
        choices=["postgresql", "duckdb", "sqlite", "oracle"],
        help="also fail for what this kind of target refuses",
    )
    parser.add_argument("--json", action="store_true", help="print {ok, errors, refused, warnings}")
    parser.set_defaults(run=late("check", "run_check"))


def add_detect(subparsers: Subparsers) -> None:
    """``loadstone detect``."""
    parser = subparsers.add_parser(
        "detect", help="say what files are: containers, character set, format, dialect, header, columns"
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="file of any kind")
    parser.add_argument(
        "--against",
        metavar="OLDFILE",
        help="a file of the same sender that was accepted: show what differs; 1 where a feed would hold the file for it",
    )
    parser.add_argument("--json", action="store_true", help="print one object a line for each file")
    parser.set_defaults(run=late("detect", "run_detect"))


def add_propose(subparsers: Subparsers) -> None:
    """``loadstone propose``."""
    parser = subparsers.add_parser("propose", help="write a load spec for a file, by what it is found to be")
    parser.add_argument(
        "file", metavar="FILE", help="text, file of a bank, JSON, XML, workbook or Parquet; also packed"
    )
    parser.add_argument("--table", metavar="NAME", help="table to load; named after the file when absent")
    parser.add_argument(
        "--to", choices=["yaml", "json", "control"], help="form of the spec; yaml when absent"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output when absent")
    add = parser.add_argument
    add(
        "--rows",
        metavar="KIND",
        help="which rows: balances of a bank's file, a path in JSON, an element of XML, a sheet; found when absent",
    )
    add("--copybook", metavar="BOOK", help="COBOL copybook of the file's records; their spec is written then")
    add(
        "--encoding",
        metavar="NAME",
        help="with --copybook: character set, such as cp1140; detected when absent",
    )
    add(
        "--records",
        choices=["fixed", "rdw", "rdw-exclusive", "rdw-little", "bdw", "lines"],
        metavar="HOW",
        help="with --copybook, how records are told apart: fixed, rdw, rdw-exclusive, rdw-little, bdw, lines; found when absent",
    )
    parser.set_defaults(run=late("propose", "run_propose"))


def add_totals(subparsers: Subparsers) -> None:
    """``loadstone totals``."""
    parser = subparsers.add_parser(
        "totals",
        help="show the totals that a bank's file states, beside those of its records; 1 where they differ",
    )
    parser.add_argument("file", metavar="FILE", help="file of a bank, such as NACHA, BAI2, MT940 or camt.053")
    parser.add_argument(
        "--kind",
        choices=list(BANKS),
        metavar="KIND",
        help=f"its format; detected when absent: {', '.join(BANKS)}",
    )
    parser.add_argument("--encoding", metavar="NAME", help="its character set; detected when absent")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=late("totals", "run_totals"))


def add_convert(subparsers: Subparsers) -> None:
    """``loadstone convert``."""
    parser = subparsers.add_parser("convert", help="turn a control file into YAML or JSON, and back")
    parser.add_argument("source", metavar="FILE", help="control file, or spec (.yaml, .yml, .json)")
    parser.add_argument(
        "--to",
        choices=["yaml", "json", "control"],
        help="form of the result; yaml for control files and control for specs when absent",
    )
    define_option(parser)
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write; standard output when absent")
    parser.set_defaults(run=late("convert", "run_convert"))


def add_write(subparsers: Subparsers) -> None:
    """``loadstone write``."""
    parser = subparsers.add_parser("write", help="write an outgoing file from the rows of a database")
    add = parser.add_argument
    add("spec", nargs="?", metavar="SPEC", help="output spec (YAML or JSON)")
    add("--source", metavar="URL", help="database of the rows, or its name; LOADSTONE_TARGET when absent")
    add("--folder", default=".", metavar="DIR", help="where the file goes; the working directory")
    add("--business-date", type=iso_date, metavar="DATE", help="YYYY-MM-DD: the variable business_date")
    add("--define", action="append", default=[], metavar="NAME=VALUE", help="a variable of the templates")
    add("--replace", action="store_true", help="replace a file of that name, here and where it is delivered")
    add(
        "--repository",
        metavar="URL",
        help="repository of numbers and breakers; LOADSTONE_REPOSITORY when absent",
    )
    add("--json", action="store_true", help="print one receipt as JSON")
    add("--quiet", action="store_true", help="print nothing but errors")
    add("--schema", action="store_true", help="print the JSON Schema of an output spec, and write nothing")
    parser.set_defaults(run=late("write", "run_write"))


def add_rejects(subparsers: Subparsers) -> None:
    """``loadstone rejects``."""
    parser = subparsers.add_parser("rejects", help="show the records that a load refused, and why")
    parser.add_argument(
        "load_id",
        metavar="LOAD",
        nargs="?",
        help="first digits of the load's id; the latest load when absent",
    )
    parser.add_argument("--target", metavar="URL", help="target, or its name in the configuration")
    parser.add_argument("--control-schema", metavar="NAME", help="schema of the control tables")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--show-values", action="store_true", help="do not mask the values")
    parser.add_argument(
        "--limit", type=number(1), metavar="N", help="rejects at most; 20 on a terminal, else all"
    )
    parser.add_argument(
        "--after", type=number(0), default=0, metavar="RECORD", help="only those behind this record"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write them to a file: .csv, else JSON lines")
    parser.set_defaults(run=late("rejects", "run_rejects"))


def add_target(subparsers: Subparsers) -> None:
    """``loadstone target``."""
    parser = subparsers.add_parser("target", help="prepare a target for loads")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    init = actions.add_parser("init", help="make the control tables")
    init.add_argument("target", metavar="URL", nargs="?", help="target, or its name in the configuration")
    init.add_argument("--sql", action="store_true", help="print the statements and run none")
    init.add_argument("--role", metavar="NAME", help="also give the role that loads its rights")
    init.add_argument("--control-schema", metavar="NAME", help="schema of the control tables")
    init.set_defaults(run=late("target", "run_init"))
    prune = actions.add_parser(
        "prune", help="take out chunk rows of finished loads, and staged rows that nobody resumes"
    )
    prune.add_argument("target", metavar="URL", nargs="?", help="target, or its name in the configuration")
    prune.add_argument("--days", type=number(0), default=30, metavar="N", help="what is older; 30")
    prune.add_argument(
        "--rejects-days", type=number(0), metavar="N", help="rejects and discards that are older, too; kept"
    )
    prune.add_argument("--control-schema", metavar="NAME", help="schema of the control tables")
    prune.set_defaults(run=late("target", "run_prune"))


def late(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    """The function of a command, imported when it is called."""

    def run(arguments: argparse.Namespace) -> int:
        import importlib

        return int(getattr(importlib.import_module(f"loadstone.cli.{module}"), function)(arguments))

    return run


def define_option(parser: argparse.ArgumentParser) -> None:
    """``--define``, for every command that reads a control file."""
    parser.add_argument(
        "--define",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="fill the placeholders ${NAME}, &NAME, {{NAME}} and their like in the control file",
    )


def schema_options(parser: argparse.ArgumentParser) -> None:
    """``--schema-map`` and ``--control-schema``."""
    parser.add_argument(
        "--schema-map",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="schema of the spec and of the target",
    )
    parser.add_argument("--control-schema", metavar="NAME", help="schema of the control tables")


def number(least: int) -> Callable[[str], int]:
    """A whole number of at least ``least``."""

    def parsed(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} is less than {least}")
        return value

    return parsed


def seconds(text: str) -> float:
    """A time of more than 0 s."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in seconds")
    return value


def iso_date(text: str) -> str:
    """A date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


# Private functions


def _load_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "control",
        metavar="CONTROL",
        help="control file, or spec (.yaml, .yml, .json), or the manifest.json of rows that Spark has computed",
    )
    run_options(parser)
    parser.add_argument(
        "--atomic",
        action="store_true",
        help="all or nothing: rows wait, and appear in one transaction at the end",
    )


def run_options(parser: argparse.ArgumentParser) -> None:
    """The options of a load, for its own command and for those that load in another way."""
    add = parser.add_argument
    define_option(parser)
    _data_options(parser)
    _limit_options(parser)
    add("--ddl", action="append", default=[], metavar="FILE", help="Oracle DDL: makes missing tables")
    add("--create-tables", action="store_true", help="make missing tables from the spec")
    add("--again", action="store_true", help="load once more what is loaded already")
    add("--take-over", action="store_true", help="end a process that hangs with this very load, and go on")
    add("--run-id", metavar="TEXT", help="tells loads of the same files apart")
    add(
        "--business-date",
        type=iso_date,
        metavar="DATE",
        help="YYYY-MM-DD: tells loads of the same files apart",
    )
    schema_options(parser)
    add("--no-resume", action="store_true", help="make no control tables; a load that dies begins anew")
    add("--workers", type=number(1), metavar="N", help="parallel workers; 2, or 1 for small files")
    add(
        "--order",
        choices=["file", "free"],
        default="file",
        help="whether chunks commit in file order, or as they are ready (PostgreSQL); file",
    )
    add(
        "--chunk-size",
        type=number(1),
        metavar="BYTES",
        help="bytes of a chunk, which is a transaction; 8 MiB, on DuckDB 17 MiB",
    )
    add("--show-values", action="store_true", help="do not mask values of rejected records")


def _data_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--data",
        action="append",
        default=[],
        metavar="FILE",
        help="data file instead of the first INFILE; - is standard input",
    )
    add(
        "--target",
        metavar="URL",
        help="target, or its name in the configuration; LOADSTONE_TARGET when absent",
    )
    add("--bad", metavar="FILE", help="bad file; the data file's name with .bad")
    add("--discard", metavar="FILE", help="discard file")
    add("--rejects-jsonl", metavar="FILE", help="also write each reject with its reason as one line of JSON")
    add("--log", metavar="FILE", help="log file; the control file's name with .log, here")


def _limit_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--skip", type=number(0), metavar="N", help="records to skip")
    add("--load", type=number(0), metavar="N", help="records to read after them; all")
    add("--errors", type=number(-1), metavar="N", help="rejects allowed; 50, -1 for any number")
    add("--discardmax", type=number(0), metavar="N", help="discards allowed in a data file; any number")
    add("--rows", type=number(1), metavar="N", help="rows of a bind array, for the log")
