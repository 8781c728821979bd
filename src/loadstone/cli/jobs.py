"""``loadstone jobs``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loadstone.cli.tables import json_text, print_table
from loadstone.cli.texts import read_text
from loadstone.config import current_user, resolve_repository
from loadstone.errors import FixSpec

if TYPE_CHECKING:
    from loadstone.bootstrap.jobs import Jobs


def run_store(arguments: argparse.Namespace) -> int:
    """Keep a definition."""
    with _jobs(arguments) as jobs:
        stored = jobs.store(read_text(arguments.file), arguments.file)
    told = {"job": stored.name, "version": stored.version, "state": stored.state}
    _say(arguments, told, f"job {stored.name}, version {stored.version}: {stored.state}")
    return 0


def run_approve(arguments: argparse.Namespace) -> int:
    """Approve a version."""
    with _jobs(arguments) as jobs:
        stored = jobs.approve(arguments.job, arguments.version)
    told = {"job": stored.name, "version": stored.version, "state": stored.state}
    _say(
        arguments,
        told,
        f"job {stored.name}, version {stored.version}: {stored.state} by {stored.approved_by}",
    )
    return 0


def run_retire(arguments: argparse.Namespace) -> int:
    """Retire a version."""
    with _jobs(arguments) as jobs:
        stored = jobs.retire(arguments.job, arguments.version)
    told = {"job": stored.name, "version": stored.version, "state": stored.state}
    _say(arguments, told, f"job {stored.name}, version {stored.version}: {stored.state}")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """All jobs."""
    with _jobs(arguments) as jobs:
        rows = jobs.listed()
    print_table(rows, as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """One job."""
    with _jobs(arguments) as jobs:
        shown = jobs.show(arguments.job, arguments.version)
    if arguments.json:
        print(json_text(shown))
        return 0
    import yaml

    print(yaml.safe_dump(shown["definition"], sort_keys=False, allow_unicode=True), end="")
    print("\nruns in this order: " + " | ".join(", ".join(level) for level in shown["levels"]))
    print_table(shown["versions"])
    return 0


def run_schema(arguments: argparse.Namespace) -> int:
    """The schema of definitions."""
    from loadstone.jobs.definition import Definition

    print(json.dumps(Definition.model_json_schema(), indent=2))
    return 0


def run_pool(arguments: argparse.Namespace) -> int:
    """Set or list pools."""
    with _jobs(arguments) as jobs:
        if arguments.slots is not None:
            jobs.set_pool(arguments.name, arguments.slots)
        rows = [row for row in jobs.pools() if arguments.name in (None, row["pool"])]
    print_table(rows, as_json=arguments.json)
    return 0


def run_launch(arguments: argparse.Namespace) -> int:
    """Launch; 0 unless it is refused, or waited for and not completed."""
    from loadstone.cli.progress import watched

    given = dict(_pair(word) for word in arguments.parameters)
    with _jobs(arguments) as jobs:
        answer = jobs.launch(arguments.job, given, run=arguments.run_name)
        told = {"answer": answer.answer, "execution": answer.execution_id, "reason": answer.reason}
        if not arguments.wait or answer.execution_id is None or answer.answer == "refused":
            _say(arguments, told, f"{answer.answer}: {answer.reason}" + _number(answer.execution_id))
            return 2 if answer.answer == "refused" else 0
        with watched(quiet=arguments.json) as run:
            shown = jobs.work_until_ended(answer.execution_id, run)
    _show_execution(arguments, {**told, **shown})
    return 0 if shown["status"] == "completed" else 2


def run_runs(arguments: argparse.Namespace) -> int:
    """Executions."""
    with _jobs(arguments) as jobs:
        rows = jobs.executions(job=arguments.job, active=arguments.active, limit=arguments.limit)
    print_table(rows, as_json=arguments.json)
    return 0


def run_run(arguments: argparse.Namespace) -> int:
    """One execution."""
    with _jobs(arguments) as jobs:
        _show_execution(arguments, jobs.execution(arguments.execution))
    return 0


def run_tune(arguments: argparse.Namespace) -> int:
    """Recommendations, those that change something first."""
    with _jobs(arguments) as jobs:
        told = jobs.tune(arguments.job, arguments.last)
    if arguments.json:
        print(json_text(told))
        return 0
    print(f"job {told['job']}, version {told['version']}: by {told['executions']} executions that completed")
    rows = sorted(told["settings"], key=lambda one: not one["changes"])
    print_table([{key: row[key] for key in ("step", "setting", "now", "recommended")} for row in rows])
    for row in rows:
        where = f"{row['step']}, " if row["step"] else ""
        print(f"{where}{row['setting']}: {row['measured']}; {row['why']}.")
    return 0


def run_prune(arguments: argparse.Namespace) -> int:
    """Take out what is past, and say how much."""
    with _jobs(arguments) as jobs:
        told = jobs.prune(days=arguments.days, events_days=arguments.events_days)
    _say(
        arguments,
        told,
        f"{told['instances']:,} instances, {told['ticks']:,} ticks and {told['events']:,} events are gone.",
    )
    return 0


def run_workers(arguments: argparse.Namespace) -> int:
    """List workers, or ask them to end."""
    with _jobs(arguments) as jobs:
        if arguments.stop is not None:
            jobs.stop_workers(None if arguments.stop == "all" else arguments.stop)
        rows = jobs.workers()
    print_table(rows, as_json=arguments.json)
    return 0


def run_stop(arguments: argparse.Namespace) -> int:
    """Stop."""
    return _operate(arguments, "stop")


def run_pause(arguments: argparse.Namespace) -> int:
    """Pause."""
    return _operate(arguments, "pause")


def run_resume(arguments: argparse.Namespace) -> int:
    """Resume."""
    return _operate(arguments, "resume")


def run_abandon(arguments: argparse.Namespace) -> int:
    """Abandon."""
    return _operate(arguments, "abandon", reason=arguments.reason)


# Private functions


@contextmanager
def _jobs(arguments: argparse.Namespace) -> Iterator[Jobs]:
    from loadstone.bootstrap.jobs import open_jobs

    jobs = open_jobs(resolve_repository(arguments.repository), actor=arguments.actor or current_user())
    try:
        yield jobs
    finally:
        jobs.close()


def _operate(arguments: argparse.Namespace, verb: str, **more: str) -> int:
    with _jobs(arguments) as jobs:
        execution = jobs.operate(verb, arguments.execution, **more)
    told = {"execution": execution.id, "status": execution.status, "request": execution.request}
    asked = (
        f", asked to {execution.request}"
        if execution.status == "running" and execution.request != "none"
        else ""
    )
    _say(arguments, told, f"execution {execution.id}: {execution.status}{asked}")
    return 0


def _show_execution(arguments: argparse.Namespace, shown: dict[str, Any]) -> None:
    if arguments.json:
        print(json_text(shown))
        return
    print(
        f"execution {shown['id']} of job {shown['job']} (version {shown['version']}, attempt {shown['attempt']}): {shown['status']}"
    )
    print_table([{key: step[key] for key in STEP_COLUMNS} for step in shown["steps"]])
    for step in shown["steps"]:
        if step["error"]:
            _show_fault(step["step"], step["error"])
        for wait in step["waits"]:
            _show_fault(f"{step['step']}, again at {wait['until'].astimezone():%H:%M:%S}", wait)


def _show_fault(where: str, error: dict[str, Any]) -> None:
    print(f"\n[{error['code']}] step {where}: {error['message']}")
    for hint in error["hints"]:
        print(f"HINT: {hint}")


STEP_COLUMNS = ("step", "status", "read", "loaded", "rejected", "discarded", "duration_s")
"""Columns of the steps of an execution on a terminal."""


def _say(arguments: argparse.Namespace, values: dict[str, Any], text: str) -> None:
    print(json.dumps(values, ensure_ascii=False) if arguments.json else text)


def _number(execution_id: int | None) -> str:
    return f" (`loadstone jobs run {execution_id}` shows it)" if execution_id is not None else ""


def _pair(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not sign or not name:
        raise FixSpec(
            "LS-7128", f"{word!r} is not NAME=VALUE", hints=["for example business_date=2026-11-24."]
        )
    return name, value
