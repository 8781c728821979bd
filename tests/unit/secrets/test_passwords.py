"""Passwords are found wherever they stand, and never leave."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.secrets import passwords as p


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test remembers is forgotten behind it."""
    monkeypatch.setattr(p, "_known", set())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://u:secret@h/db", "postgresql://u:***@h/db"), ("postgresql://u@h/db", "postgresql://u@h/db"), ("postgresql://h/db", "postgresql://h/db"), ("oracle://u:p@ss@h:1521/x", "oracle://u:***@h:1521/x"),
        ("host=h password=secret user=u", "host=h password=*** user=u"), ("password = 'a b' x", "password = *** x"), ("PASSWORD=x", "PASSWORD=***"), ("postgresql://h/db?password=x&a=b", "postgresql://h/db?password=***&a=b"),
        ("cannot reach postgresql://u:pw@h/db: refused", "cannot reach postgresql://u:***@h/db: refused"), ("bank.db", "bank.db"), ("", ""), ("at 10:20:30 a@b", "at 10:20:30 a@b"),
    ],
)  # fmt: skip
def test_passwords_are_taken_out_of_texts(text: str, shown: str) -> None:
    """Of URLs, of connection strings, amid sentences; all else stays as it is."""
    assert shown == p.without_passwords(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("postgresql://u:secret@h/db", ["secret"]), ("password='a b' x", ["a b"]), ("u:secret@h", []), ("postgresql://u:@h/db", []), ("bank.db", [])],
)  # fmt: skip
def test_passwords_are_found(text: str, expected: list[str]) -> None:
    """In a URL or a pair."""
    assert expected == p.passwords_in(text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("scott/tiger@bank", "tiger"), ("userid=scott/tiger", "tiger"), ("USERID = scott/tiger@h:1521/x", "tiger"), ("scott@bank", None), ("control=x.ctl", None), ("/tmp/x.ctl", None), ("'scott/tiger'", "tiger")],
)  # fmt: skip
def test_passwords_of_sqlldr_logins(word: str, expected: str | None) -> None:
    """With userid= before it or not; a path is no login."""
    assert expected == p.password_of_userid(word)


def test_known_passwords_vanish_wherever_they_stand() -> None:
    """Longer ones first, so that one within another leaves no rest; short ones would tear words apart."""
    p.remember(["tiger", "tigers-lair", "abc", "four"])
    assert "*** and *** abc, ***" == p.without_passwords("tigers-lair and tiger abc, four")


def test_hiding_nothing_does_nothing() -> None:
    """No passwords, no memory is touched."""
    p.hide_arguments([])


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="the system shows no arguments of a process")
def test_a_process_shows_asterisks_for_its_passwords() -> None:
    """As long as they were, wherever they stand among its arguments; all else of them stays as it was."""
    code = (
        "import sys; from loadstone.secrets.passwords import hide_arguments;"
        " hide_arguments(['s3cret', 'caf\\xe9']); print(open('/proc/self/cmdline', 'rb').read().split(b'\\0')[-4:])"
    )
    words = ["s3cret", "--target=pg://u:s3cret@h/x", "caf\N{LATIN SMALL LETTER E WITH ACUTE}"]
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code, *words], capture_output=True, check=True)
    assert "[b'******', b'--target=pg://u:******@h/x', b'*****', b'']" == done.stdout.decode().strip()
