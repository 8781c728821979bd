"""A running SQL*Loader: its messages as progress, its end by itself, on request or after too long."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.books import Contribution, Run
from loadstone.errors import Stop
from loadstone.targets.oracle.login import PASSWORD

POLL_S = 0.2
GRACE_S = 30.0
"""How long SQL*Loader may take to end after SIGTERM."""

KEPT_LINES = 200
_COUNT = re.compile(rb"logical record count (\d+)")
_REJECTED = re.compile(rb"^Record \d+: Rejected", re.MULTILINE)
_LOG_SLICE_BYTES = 4 << 20


@dataclass(kw_only=True)
class Ended:
    """How a run ended: its exit code (negative: the signal that ended it), and the last lines that it printed."""

    code: int
    stopped: bool = False
    printed: list[str] = field(default_factory=list)


def run_watched(
    command: list[str], log: Path, run: Run, *, variables: Mapping[str, str], timeout_s: float | None = None
) -> Ended:
    """
    Run ``command`` until it ends; report records read and refused meanwhile.

    SIGTERM is passed on when ``run`` asks to stop, and after ``timeout_s``; SIGKILL when that does not help.

    Raises:
        Stop: LS-3032 it cannot be started; LS-3033 it ran longer than ``timeout_s``.
    """
    environment = {name: value for name, value in variables.items() if name != PASSWORD}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    except OSError as error:
        raise Stop("LS-3032", f"cannot start {command[0]}: {error.strerror}") from error
    watch = _Watch(process, log, run, timeout_s)
    try:
        return watch.wait()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


# Private functions


class _Watch:
    def __init__(
        self, process: subprocess.Popen[bytes], log: Path, run: Run, timeout_s: float | None
    ) -> None:
        self._process, self._log, self._run = process, log, run
        self._deadline = time.monotonic() + timeout_s if timeout_s is not None else None
        self._timeout_s = timeout_s
        self._lines: list[str] = []
        self._read = self._rejected = self._log_at = 0
        self._reader = threading.Thread(target=self._listen, daemon=True)

    def wait(self) -> Ended:
        self._reader.start()
        stopped = late = False
        while (code := self._poll()) is None:
            self._look_at_log()
            self._run.report(
                Contribution(read=self._read, loaded=self._read - self._rejected, rejected=self._rejected),
                0,
                None,
            )
            late = self._deadline is not None and time.monotonic() > self._deadline
            stopped = self._run.stop_requested()
            if late or stopped:
                code = self._end()
                break
        self._reader.join(5)
        if late and self._timeout_s is not None:
            raise Stop(
                "LS-3033",
                f"SQL*Loader was ended after {self._timeout_s:g} s",
                hints=[f"rows that it committed stay; its log is {self._log}."],
            )
        return Ended(code=code if code is not None else 0, stopped=stopped, printed=self._lines)

    def _poll(self) -> int | None:
        try:
            return self._process.wait(POLL_S)
        except subprocess.TimeoutExpired:
            return None

    def _end(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            return self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            found = _COUNT.search(line)
            if found is not None:
                self._read = int(found[1])
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._lines = [*self._lines[-KEPT_LINES + 1 :], text]

    def _look_at_log(self) -> None:
        """Count the rejects that the log has gained."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._log_at)
                data = file.read(_LOG_SLICE_BYTES)
        except OSError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._rejected += len(_REJECTED.findall(whole))
        self._log_at += len(whole)
