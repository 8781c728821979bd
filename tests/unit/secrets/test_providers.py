"""Secrets come from the environment or from a file of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import FixSpec
from loadstone.secrets.passwords import without_passwords
from loadstone.secrets.providers import secret


def test_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """From then on its value is taken out of messages."""
    monkeypatch.setenv("HOOK", "geheimnis")
    assert "geheimnis" == secret("env:HOOK", "the secret")
    assert "geheimnis" not in without_passwords("refused geheimnis here")


def test_the_first_line_of_a_file(tmp_path: Path) -> None:
    """If only its owner may use it."""
    path = tmp_path / "s"
    path.write_text("hush-hush\nmore\n")
    path.chmod(0o600)
    assert "hush-hush" == secret(f"file:{path}", "the secret")


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("env:NOT_THERE", "no NOT_THERE"),
        ("plain-password", "names no place"),
        ("env:", "names no place"),
        ("file:/no/such/file", "cannot read"),
    ],
)
def test_what_is_not_there_is_refused(reference: str, told: str) -> None:
    """A secret in clear is not repeated in the message."""
    with pytest.raises(FixSpec, match="LS-6040") as caught:
        secret(reference, "the secret")
    assert told in caught.value.message and "plain-password" not in str(caught.value)


@pytest.mark.parametrize(("text", "mode", "told"), [("x\n", 0o644, "others"), ("", 0o600, "is empty")])
def test_a_file_that_others_may_read_or_that_is_empty(
    tmp_path: Path, text: str, mode: int, told: str
) -> None:
    """Refused with what to do."""
    path = tmp_path / "s"
    path.write_text(text)
    path.chmod(mode)
    with pytest.raises(FixSpec, match=f"LS-6040.*{told}"):
        secret(f"file:{path}", "the secret")
