"""The options of ``sources`` and ``feeds``, declared once."""

from __future__ import annotations

import argparse

from loadstone.cli.commands import Subparsers, iso_date, number
from loadstone.cli.job_commands import repository_action

FILE_STATES = (
    "seen",
    "complete",
    "landed",
    "recognised",
    "checked",
    "launched",
    "loaded",
    "archived",
    "quarantined",
    "rejected",
    "gone",
    "expired",
)
"""States of ``arrivals``, which is not imported for a list of options."""


def add_sources(subparsers: Subparsers) -> None:
    """``loadstone sources``."""
    parser = subparsers.add_parser("sources", help="who sends files: the registry of source systems")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    repository_action(actions, "list", "all source systems", module="sources")
    _crud(actions, "sources", "SOURCE", "a source system")
    remove = actions.choices["remove"]
    remove.add_argument("--feeds", action="store_true", help="remove its feeds, too")
    take = repository_action(
        actions, "import", "keep what files say: all of it, or nothing", module="sources"
    )
    take.add_argument("files", metavar="FILE", nargs="+", help="YAML; - is standard input")
    take.add_argument("--prune", action="store_true", help="remove what the files do not say")
    take.add_argument("--dry-run", action="store_true", help="only tell every problem of the files")
    export = repository_action(actions, "export", "print the registry as YAML", module="sources")
    export.add_argument("source", metavar="SOURCE", nargs="?", help="of this system only")
    export.add_argument("-o", "--output", metavar="FILE", help="write it there")


def add_feeds(subparsers: Subparsers) -> None:
    """``loadstone feeds``."""
    parser = subparsers.add_parser("feeds", help="which files come, and what is demanded of them")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = repository_action(actions, "list", "all feeds", module="feeds")
    listed.add_argument("source", metavar="SOURCE", nargs="?", help="of this system only")
    _crud(actions, "feeds", "FEED", "a feed")
    match = repository_action(
        actions, "match", "which feed takes a file of this name, and why the others do not", module="feeds"
    )
    match.add_argument("name", metavar="NAME", help="name of a file, without folders")
    match.add_argument("--connection", metavar="NAME", help="by which connection it comes")
    match.add_argument("--folder", metavar="FOLDER", help="in which folder there")


def add_files(subparsers: Subparsers) -> None:
    """``loadstone files``."""
    parser = subparsers.add_parser(
        "files", help="files on their way: look for them, take them in, decide about them"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = repository_action(actions, "list", "files, and how far each has come", module="files")
    listed.add_argument(
        "--state", choices=FILE_STATES, metavar="STATE", help=f"those in this state: {', '.join(FILE_STATES)}"
    )
    listed.add_argument("--feed", metavar="FEED", help="of this feed only")
    listed.add_argument("--source", metavar="SOURCE", help="of this source system only")
    listed.add_argument("--limit", type=number(1), default=100, metavar="N", help="the newest N (100)")
    show = repository_action(actions, "show", "a file with its findings and its history", module="files")
    release = repository_action(
        actions, "release", "let files in quarantine go on; what they were held for is waived", module="files"
    )
    reject = repository_action(actions, "reject", "take files in quarantine out for good", module="files")
    for one in (show, release, reject):
        one.add_argument("files", metavar="FILE", type=number(1), nargs="+", help="its number")
    release.add_argument("--because", metavar="TEXT", help="why, for the audit trail")
    reject.add_argument("--because", metavar="TEXT", required=True, help="why, for the audit trail")
    due = repository_action(
        actions,
        "expected",
        "what feeds owe, and whether it came; exit code 1 while anything is late or missing",
        module="files",
    )
    due.add_argument("--feed", metavar="FEED", help="of this feed only")
    due.add_argument("--overdue", action="store_true", help="only what is late or missing")
    excuse = repository_action(
        actions, "excuse", "no file of a feed will come for a business date", module="files"
    )
    excuse.add_argument("feed", metavar="FEED", help="its name")
    excuse.add_argument("date", metavar="DATE", type=iso_date, help="such as 2026-11-24")
    excuse.add_argument("--because", metavar="TEXT", required=True, help="why, for the audit trail")
    poll = repository_action(
        actions, "poll", "look at every place once, and take what is there as far as it goes", module="files"
    )
    watch = repository_action(
        actions, "watch", "look again and again, as often as each feed says, until Ctrl-C", module="files"
    )
    for one in (poll, watch):
        one.add_argument(
            "--no-load", action="store_true", help="launch loads, and leave them to `loadstone worker`"
        )


# Private functions


def _crud(actions: Subparsers, module: str, metavar: str, told: str) -> None:
    show = repository_action(actions, "show", f"{told} with all that is said of it", module=module)
    add = repository_action(actions, "add", "keep what a file says, all of it new", module=module)
    add.add_argument("file", metavar="FILE", help="YAML; - is standard input")
    edit = repository_action(actions, "edit", f"set values of {told}", module=module)
    remove = repository_action(actions, "remove", f"take {told} away", module=module)
    for one in (show, edit, remove):
        one.add_argument("name", metavar=metavar, help="its name")
    edit.add_argument(
        "values",
        metavar="PATH=VALUE",
        nargs="+",
        help="such as sla.cutoff=06:30, as YAML writes values; nothing takes the default back",
    )
    for one in (edit, remove):
        _version(one)


def _version(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version",
        type=number(1),
        metavar="N",
        help="only if this is its version; whatever it is when absent",
    )
