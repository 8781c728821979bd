"""The two ways to run a kernel, and the switch between them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from loadstone.datatypes.days import days_of
from loadstone.datatypes.kernel import PLAIN, Kernel, available, kernel

ASK = "from loadstone.datatypes.kernel import available; print(available())"


def test_a_kernel_is_its_function() -> None:
    """Called, it runs as plain Python, with name and docstring of the function."""

    @kernel
    def twice(a: int) -> int:
        """Two of it."""
        return 2 * a

    assert isinstance(twice, Kernel)
    assert ("twice", "Two of it.", 14) == (twice.__name__, twice.__doc__, twice(7))
    assert twice.pick(False) is twice.function


@pytest.mark.skipif(not available(), reason="kernels run plain here")
def test_compiled_kernels_are_made_once() -> None:
    """``pick(True)`` gives the same machine code each time, with the same answers."""
    assert days_of.pick(True) is days_of.pick(True)
    assert days_of(2024, 2, 29) == days_of.pick(True)(2024, 2, 29)


@pytest.mark.parametrize(
    ("value", "expected"), [("1", "False"), ("0", "True"), ("", "True"), ("yes", "False")]
)
def test_the_environment_switches_compiling_off(value: str, expected: str) -> None:
    """LOADSTONE_PLAIN_KERNELS is read once, when the first kernel is picked."""
    found = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, PLAIN: value},
        capture_output=True,
        text=True,
        check=True,
    )
    assert expected == found.stdout.strip()
