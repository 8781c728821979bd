"""Whose process this is."""

from __future__ import annotations

import getpass
import os

import pytest

from loadstone.config import current_user


def test_the_user_is_who_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every other program."""
    monkeypatch.setenv("LOGNAME", "ada")
    assert "ada" == current_user()


@pytest.mark.parametrize("fault", [KeyError, OSError])
def test_a_number_without_a_name_is_a_user_too(fault: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that runs as a user whom its system does not list; Python 3.13 says so with another class."""

    def nobody() -> str:
        raise fault("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert f"uid:{os.getuid()}" == current_user()
