"""Progress on a terminal, and what signals do to a run."""

from __future__ import annotations

import io
import signal
import subprocess
import sys

import pytest

from loadstone.books import Contribution
from loadstone.cli import progress


class Terminal(io.StringIO):
    """Text that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_first_signal_asks_to_stop_and_handlers_come_back() -> None:
    """SIGINT and SIGTERM alike; afterwards they do what they did before."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    for number in (signal.SIGTERM, signal.SIGINT):
        with progress.watched(quiet=True) as run:
            assert not run.stop_requested()
            signal.raise_signal(number)
            assert run.stop_requested()
        assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


def test_a_second_signal_is_no_longer_held_back() -> None:
    """An operator who insists gets what the signal does by itself."""
    code = (
        "import signal; from loadstone.cli.progress import watched\n"
        "with watched(quiet=True):\n    signal.raise_signal(signal.SIGTERM); print('held', flush=True)\n"
        "    signal.raise_signal(signal.SIGTERM); print('never', flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ("held\n", -signal.SIGTERM) == (done.stdout, done.returncode)


@pytest.mark.parametrize(
    ("quiet", "terminal", "shown"), [(False, True, True), (True, True, False), (False, False, False)]
)
def test_sums_are_shown_on_a_terminal_alone(
    quiet: bool, terminal: bool, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records, rate and rejects; nothing where nobody looks."""
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "SHOW_FROM_S", 0.0)
    with progress.watched(quiet=quiet) as run:
        run.report(Contribution(read=1234, loaded=1200, rejected=34), 5_000_000, 10_000_000)
    assert shown == ("1,234" in stream.getvalue()) == ("34" in stream.getvalue())
