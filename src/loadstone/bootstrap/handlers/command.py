"""The step ``command``: a program of the house, with its exit code as verdict."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from typing import Any

from pydantic import Field as Doc

from loadstone.bootstrap.handlers.configuration import check_config, typed_config
from loadstone.errors import FixSpec, Stop
from loadstone.jobs.handlers import TaskRun, WholeStep
from loadstone.jobs.model import Outcome, Status, Task
from loadstone.spec.fields import Part

TAIL_SIZE_BYTES = 4096
"""Bytes of a program's output that are kept, from its end."""

GRACE_S = 10.0
"""Time between SIGTERM and SIGKILL."""

LOOK_S_MIN, LOOK_S_MAX = 0.002, 0.05
"""Seconds between two looks at whether it has ended: short ones at first, for a program that takes a moment."""


class CommandConfig(Part):
    """What a command step says."""

    run: list[str] = Doc(min_length=1, description="Program and arguments; no shell reads them.")
    folder: str | None = Doc(None, description="Working directory; the worker's when absent.")
    environment: dict[str, str] = Doc({}, description="Variables added to the worker's.")


class CommandHandler(WholeStep):
    """Runs a program. It may run again after a worker's death, so it must be safe to repeat."""

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse what is no command."""
        check_config(CommandConfig, config)

    def run(self, task: Task, run: TaskRun) -> Outcome:
        """
        Run the program to its end; a stop is SIGTERM, and SIGKILL ten seconds later.

        Raises:
            FixSpec: LS-7126 it cannot be started. Stop: LS-7127 its exit code is not 0; the end of its output is told.
        """
        config = typed_config(CommandConfig, task.config)
        with tempfile.TemporaryFile() as output:
            process = _start(config, output)
            stopped = _wait(process, run)
            tail = _tail(output)
        if stopped:
            return Outcome(status=Status.STOPPED, result={"output": tail})
        if process.returncode != 0:
            raise Stop(
                "LS-7127",
                f"{config.run[0]} ended with exit code {process.returncode}: {tail.strip() or 'it said nothing'}",
                hints=["run it by hand as the worker's user, in the same folder."],
            )
        return Outcome(result={"output": tail})


# Private functions


def _start(config: CommandConfig, output: Any) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **config.environment}
    try:
        return subprocess.Popen(
            config.run,
            cwd=config.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise FixSpec(
            "LS-7126",
            f"{config.run[0]} cannot be started: {error.strerror}",
            hints=["is it on the worker's PATH, and may its user run it? does the folder exist?"],
        ) from error


def _wait(process: subprocess.Popen[bytes], run: TaskRun) -> bool:
    """Whether the program was stopped before its own end."""
    pause_s = LOOK_S_MIN
    while process.poll() is None:
        if run.stop_requested():
            process.terminate()
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return True
        time.sleep(pause_s)
        pause_s = min(1.5 * pause_s, LOOK_S_MAX)
    return False


def _tail(output: Any) -> str:
    size = output.seek(0, os.SEEK_END)
    output.seek(max(0, size - TAIL_SIZE_BYTES))
    text: str = output.read().decode(errors="replace")
    return text
