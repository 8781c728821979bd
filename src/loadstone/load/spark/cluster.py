"""Spark, started for one run: its tasks run our functions, one for each range."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from loadstone.errors import Stop
from loadstone.load.spark.compute import Task
from loadstone.load.spark.model import Range

JAVA_LEAST = 17
"""Spark 4 runs on this version of Java and later ones."""

_TOLD_CHARS_MAX = 2000

R = TypeVar("R")


class SparkCluster:
    """Runs tasks by a Spark context."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def run(self, function: Callable[[Task, Range], R], task: Task, ranges: Sequence[Range]) -> list[R]:
        """
        The results in the order of ``ranges``; each range is a task of its own.

        Raises:
            Stop: LS-4037 a task failed as often as Spark allows, for a reason that is not in the data.
        """
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        tasks = self._context.parallelize(list(ranges), len(ranges))
        try:
            found: list[R] = tasks.map(partial(function, task)).collect()
        except (Py4JError, PySparkException) as error:
            raise Stop(
                "LS-4037",
                f"a task of Spark failed: {_told(str(error))}",
                hints=[
                    "can every worker import loadstone, and see the data file and the folder of parts?",
                    "run it again: parts that are computed stay.",
                ],
            ) from error
        return found


@contextmanager
def started(master: str, settings: Mapping[str, str]) -> Iterator[SparkCluster]:
    """
    A Spark session on ``master``, ended behind the block; one that runs already is used and left alone.

    Args:
        settings: Properties of Spark, such as ``spark.executor.memory``.

    Raises:
        Stop: LS-4036 there is no Java of version 17 or later, or Spark does not start.
    """
    _find_java()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    known = SparkSession.getActiveSession()
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    builder = SparkSession.builder.master(master).appName("loadstone")
    for name, value in {**quiet, **settings}.items():
        builder = builder.config(name, value)
    try:
        session = known or builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise Stop(
            "LS-4036",
            f"Spark does not start on {master}: {_told(str(error))}",
            hints=["is the master right? `local[2]` runs on this machine."],
        ) from error
    try:
        yield SparkCluster(session.sparkContext)
    finally:
        if known is None:
            session.stop()


def java_version() -> int | None:
    """The version of the Java that Spark would start, such as 17; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None:
        return None
    try:
        told = subprocess.run([program, "-version"], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr)
    return int(found.group(1)) if found else None


# Private functions


def _find_java() -> None:
    version = java_version()
    if version is None or version < JAVA_LEAST:
        found = "there is none" if version is None else f"this one is {version}"
        raise Stop(
            "LS-4036",
            f"Spark needs Java {JAVA_LEAST} or later, and {found}",
            hints=["install one (such as openjdk-17-jre-headless), or say in JAVA_HOME where it is."],
        )


def _told(text: str) -> str:
    """What Spark says, without the stack of the JVM."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("at ")]
    return " | ".join(lines)[-_TOLD_CHARS_MAX:]
