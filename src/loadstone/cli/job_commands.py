"""The options of ``jobs``, ``worker`` and ``repository``, declared once."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable

from loadstone.cli.commands import Subparsers, late, number, seconds


def add_jobs(subparsers: Subparsers) -> None:
    """``loadstone jobs``."""
    parser = subparsers.add_parser("jobs", help="define jobs, launch them, and see how they stand")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _definitions(actions)
    _executions(actions)


def add_worker(subparsers: Subparsers) -> None:
    """``loadstone worker``."""
    parser = subparsers.add_parser("worker", help="run the tasks of jobs, until stopped by SIGINT or SIGTERM")
    parser.add_argument("--threads", type=number(1), metavar="N", help="tasks at once; by cores and memory")
    parser.add_argument(
        "--until-idle", action="store_true", help="end when nothing is ready, running or due later"
    )
    parser.add_argument(
        "--lease",
        type=seconds,
        default=30.0,
        metavar="S",
        help="seconds that a lease holds without renewal (30)",
    )
    parser.add_argument("--json-log", action="store_true", help="log one JSON object a line")
    parser.add_argument(
        "--metrics",
        metavar="HOST:PORT",
        help="serve Prometheus metrics at /metrics there; :9464 is this machine only",
    )
    _repository(parser)
    parser.set_defaults(run=late("worker", "run_worker"))


def add_repository(subparsers: Subparsers) -> None:
    """``loadstone repository``."""
    parser = subparsers.add_parser("repository", help="the tables of jobs, schedules and audit")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    upgrade = actions.add_parser(
        "upgrade", help="make the tables, or bring them up to this program's version"
    )
    _repository(upgrade)
    upgrade.set_defaults(run=late("repository", "run_upgrade"))
    downgrade = actions.add_parser("downgrade", help="bring the tables down; what they held goes")
    downgrade.add_argument(
        "version", metavar="VERSION", help="version to go back to; base removes all tables"
    )
    _repository(downgrade)
    downgrade.set_defaults(run=late("repository", "run_downgrade"))
    audit = actions.add_parser("audit", help="show the audit trail, and verify its chain")
    audit.add_argument("--object", metavar="NAME", help="entries about this object, such as execution:17")
    audit.add_argument("--after", type=number(0), default=0, metavar="ENTRY", help="those behind this entry")
    audit.add_argument("--limit", type=number(1), default=1000, metavar="N", help="at most so many (1,000)")
    audit.add_argument("--verify", action="store_true", help="seal what is new, and check every seal")
    _form(audit)
    _repository(audit)
    audit.set_defaults(run=late("repository", "run_audit"))


def add_schedules(subparsers: Subparsers) -> None:
    """``loadstone schedules``."""
    parser = subparsers.add_parser("schedules", help="say when jobs start, and see what became of each tick")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    store = repository_action(
        actions, "store", "keep schedules and calendars of a YAML file", module="schedules"
    )
    store.add_argument("file", metavar="FILE", help="one schedule, or lists under schedules: and calendars:")
    repository_action(actions, "list", "all schedules with their next due time", module="schedules")
    repository_action(actions, "calendars", "all calendars", module="schedules")
    for name, told in (
        ("ticks", "what became of the ticks of a schedule, the latest first"),
        ("enable", "let a schedule fire"),
        ("disable", "let a schedule not fire; its ticks do not come later"),
    ):
        one = repository_action(actions, name, told, module="schedules")
        one.add_argument("schedule", metavar="SCHEDULE", help="name of the schedule")
        if name == "ticks":
            one.add_argument("--limit", type=number(1), default=20, metavar="N", help="at most so many (20)")
    backfill = repository_action(
        actions, "backfill", "launch what was due in a span and never had a tick", module="schedules"
    )
    backfill.add_argument("schedule", metavar="SCHEDULE", help="name of the schedule")
    backfill.add_argument(
        "--from", dest="start", required=True, metavar="TIME", help="first moment, as 2026-11-01T00:00+01:00"
    )
    backfill.add_argument("--to", dest="end", required=True, metavar="TIME", help="last moment")
    backfill.add_argument("--preview", action="store_true", help="show the due times, launch nothing")


def add_deadletters(subparsers: Subparsers) -> None:
    """``loadstone deadletters``."""
    parser = subparsers.add_parser("deadletters", help="correct, replay and drop records that a load refused")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = repository_action(actions, "list", "dead letters with their reasons", module="deadletters")
    listed.add_argument(
        "--state", choices=["open", "replaying", "replayed", "dropped"], help="of this state only"
    )
    listed.add_argument("--load", metavar="LOAD", help="of loads whose id begins so")
    listed.add_argument("--limit", type=number(1), default=50, metavar="N", help="at most so many (50)")
    listed.add_argument("--after", type=number(0), default=0, metavar="ID", help="those behind this one")
    show = repository_action(actions, "show", "one letter with its record", module="deadletters")
    show.add_argument("letter", type=number(1), metavar="ID", help="number of the letter")
    for one in (listed, show):
        one.add_argument("--show-values", action="store_true", help="do not mask values and records")
    correct = repository_action(
        actions, "correct", "say what a replay loads instead of the record", module="deadletters"
    )
    correct.add_argument("letter", type=number(1), metavar="ID", help="number of the letter")
    content = correct.add_mutually_exclusive_group(required=True)
    content.add_argument("--text", metavar="TEXT", help="the record as it should be, in UTF-8")
    content.add_argument(
        "--file", metavar="FILE", help="file with the bytes of the record; - is standard input"
    )
    replay = repository_action(
        actions, "replay", "load letters again, each exactly once", module="deadletters"
    )
    drop = repository_action(actions, "drop", "give letters up for good", module="deadletters")
    drop.add_argument("--reason", required=True, metavar="TEXT", help="why; it goes into the audit trail")
    replay.add_argument(
        "letters",
        type=number(1),
        nargs="*",
        metavar="ID",
        help="numbers of letters; replays left over when absent",
    )
    drop.add_argument("letters", type=number(1), nargs="+", metavar="ID", help="numbers of letters")


def add_connections(subparsers: Subparsers) -> None:
    """``loadstone connections``."""
    parser = subparsers.add_parser(
        "connections", help="external systems: how their breakers stand, and whether they answer"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    repository_action(
        actions,
        "list",
        "connections and targets of the configuration, with their breakers",
        module="connections",
    )
    test = repository_action(
        actions,
        "test",
        "log in, and name what is wrong: DNS, port, host key or certificate, login, path, rights",
        module="connections",
    )
    reset = repository_action(
        actions, "reset", "close a breaker by hand; work that waits for it goes on", module="connections"
    )
    for one in (test, reset):
        one.add_argument("connection", metavar="NAME", help="name of the connection; test takes a URL, too")


def add_notifications(subparsers: Subparsers) -> None:
    """``loadstone notifications``."""
    parser = subparsers.add_parser(
        "notifications", help="what people were told, who looks after it, and by which channel"
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = repository_action(
        actions, "list", "notices that are not closed, the latest first", module="notifications"
    )
    listed.add_argument("--all", action="store_true", help="closed ones, too")
    listed.add_argument("--limit", type=number(1), default=50, metavar="N", help="at most so many (50)")
    repository_action(
        actions, "rules", "who is told of what, and whether they have channels", module="notifications"
    )
    test = repository_action(actions, "test", "send a message that says it is a test", module="notifications")
    test.add_argument("channel", metavar="CHANNEL", help="name of a channel of the configuration")
    one = repository_action(
        actions,
        "acknowledge",
        "say that you look after it: nothing is escalated more",
        module="notifications",
    )
    one.add_argument("notice", type=number(1), metavar="ID", help="number of the notice")


def repository_action(
    actions: Subparsers, name: str, told: str, *, module: str = "jobs"
) -> argparse.ArgumentParser:
    """An action on the repository, with its URL, who acts, and ``--json``; ``run_NAME`` of ``cli.MODULE`` does it."""
    parser: argparse.ArgumentParser = actions.add_parser(name, help=told)
    _form(parser)
    _repository(parser)
    parser.add_argument(
        "--as", dest="actor", metavar="NAME", help="who acts, for the audit trail; the system's user"
    )
    parser.set_defaults(run=_quiet(late(module, f"run_{name}")))
    return parser


# Private functions


def _definitions(actions: Subparsers) -> None:
    store = repository_action(actions, "store", "keep a definition of YAML as a draft")
    store.add_argument("file", metavar="FILE", help="the definition; - is standard input")
    for name, told in (
        ("approve", "let a version run; another person than its author"),
        ("retire", "let no new instance start with a version"),
    ):
        one = repository_action(actions, name, told)
        one.add_argument("job", metavar="JOB", help="name of the job")
        one.add_argument("--version", type=number(1), metavar="N", help="the newest when absent")
    repository_action(actions, "list", "all jobs with their newest version")
    show = repository_action(actions, "show", "a definition, with its versions and the levels of its steps")
    show.add_argument("job", metavar="JOB", help="name of the job")
    show.add_argument("--version", type=number(1), metavar="N", help="the newest when absent")
    schema = actions.add_parser("schema", help="the JSON Schema of definitions")
    schema.set_defaults(run=late("jobs", "run_schema"))
    pool = repository_action(actions, "pool", "set how many tasks of a pool run at once, or list pools")
    pool.add_argument("name", metavar="POOL", nargs="?", help="name of the pool")
    pool.add_argument("slots", metavar="N", nargs="?", type=number(0), help="tasks at once; 0 holds the pool")


def _executions(actions: Subparsers) -> None:
    launch = repository_action(actions, "launch", "launch a job; its answer says what was done")
    launch.add_argument("job", metavar="JOB", help="name of the job")
    launch.add_argument("parameters", metavar="NAME=VALUE", nargs="*", help="its parameters")
    launch.add_argument(
        "--run", dest="run_name", metavar="TEXT", help="another instance of the same parameters"
    )
    launch.add_argument(
        "--wait", action="store_true", help="work until it has ended; exit 0 when it completed"
    )
    runs = repository_action(actions, "runs", "executions, the newest first")
    runs.add_argument("job", metavar="JOB", nargs="?", help="of this job only")
    runs.add_argument("--active", action="store_true", help="only those that have not ended")
    runs.add_argument("--limit", type=number(1), default=20, metavar="N", help="at most so many (20)")
    run = repository_action(actions, "run", "one execution with its steps, counts and errors")
    run.add_argument("execution", type=number(1), metavar="ID", help="number of the execution")
    tune = repository_action(
        actions, "tune", "what stored executions measured, and which settings they recommend"
    )
    tune.add_argument("job", metavar="JOB", help="name of the job")
    tune.add_argument(
        "--last", type=number(1), default=50, metavar="N", help="by so many executions that completed (50)"
    )
    prune = repository_action(
        actions, "prune", "take out instances that completed long ago, old ticks and events"
    )
    prune.add_argument(
        "--days", type=number(1), default=400, metavar="N", help="instances and ticks that are older (400)"
    )
    prune.add_argument(
        "--events-days",
        type=number(1),
        default=30,
        metavar="N",
        help="events that are older and that all have seen (30)",
    )
    workers = repository_action(
        actions, "workers", "workers and their last sign of life; with --stop, ask them to end"
    )
    workers.add_argument(
        "--stop",
        nargs="?",
        const="all",
        metavar="WORKER",
        help="finish running tasks, claim no more, and end: this worker, or all",
    )
    for name, told in (
        ("stop", "finish the chunks that run, and end; a launch restarts it"),
        ("pause", "finish the chunks that run, and wait"),
        ("resume", "go on with a paused execution"),
        ("abandon", "give an execution up for good"),
    ):
        one = repository_action(actions, name, told)
        one.add_argument("execution", type=number(1), metavar="ID", help="number of the execution")
        if name == "abandon":
            one.add_argument(
                "--reason", required=True, metavar="TEXT", help="why; it goes into the audit trail"
            )


def _quiet(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command whose events are told on standard error, and only those that somebody must see."""

    def quiet(arguments: argparse.Namespace) -> int:
        from loadstone.telemetry.logs import log_to_stderr

        log_to_stderr(as_json=arguments.json, level=logging.WARNING)
        return run(arguments)

    return quiet


def _form(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _repository(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repository",
        metavar="URL",
        help="path of a SQLite file, or postgresql://...; LOADSTONE_REPOSITORY when absent",
    )
