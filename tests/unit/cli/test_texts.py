"""Files that commands are given, and those that they write."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from loadstone.cli.texts import read_bytes, read_text, refuse_overwriting
from loadstone.errors import FixSpec


def test_a_dash_is_standard_input(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text is UTF-8 whatever the locale; its bytes are those that came."""
    given = "name: caf\N{LATIN SMALL LETTER E WITH ACUTE}\r\n".encode()
    Path("x.yaml").write_bytes(given)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="ascii"))
    assert read_text("x.yaml") == read_text("-")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="ascii"))
    assert given == read_bytes("x.yaml") == read_bytes("-")


def test_input_that_is_no_text_is_refused_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file is."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\nname: caf\xe9\n")))
    with pytest.raises(FixSpec, match=r"LS-6020\] -:2:10: byte 0xe9 is not UTF-8"):
        read_text("-")


@pytest.mark.parametrize("output", ["a.dat", "./a.dat", "way/a.dat", "link.dat"])
def test_an_output_never_replaces_what_is_read(output: str, here: Path) -> None:
    """By whichever name."""
    Path("a.dat").write_text("1")
    Path("way").symlink_to(".")
    Path("link.dat").symlink_to("a.dat")
    with pytest.raises(FixSpec, match="LS-6060.*--output would replace it") as caught:
        refuse_overwriting(output, "b.dat", None, "a.dat")
    assert "a.dat" == caught.value.place.file


@pytest.mark.parametrize("output", [None, "b.dat", "a.dat.yaml", "new/a.dat"])
def test_another_output_is_taken(output: str | None, here: Path) -> None:
    """Or none."""
    refuse_overwriting(output, "a.dat", None)
