"""The docs are true: generated pages are fresh, links lead somewhere, codes and commands exist."""

from __future__ import annotations

import importlib
import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from loadstone import errors
from loadstone.cli.main import build_parser, main
from loadstone.errors.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"\"(LS-\d{4})\"")


def test_generated_pages_are_fresh() -> None:
    """``make docs`` would change nothing."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        made = importlib.import_module("docs").pages()
    finally:
        sys.path.pop(0)
    for name, text in made.items():
        assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == text, f"run `make docs`: {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    """Every relative link of a page exists."""
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_docs_exist(page: Path) -> None:
    """Every ``$ loadstone ...`` line of a page names a command and options that exist."""
    parser = build_parser()
    for line in re.findall(r"^\$ loadstone ([^#|\n]*)", page.read_text("utf-8"), re.MULTILINE):
        words = shlex.split(line)
        if words[0] == "sqlldr":
            continue
        parser.parse_args(words)


def test_every_make_target_is_told() -> None:
    """How to work on Loadstone lists them all, and no other."""
    made = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    told = re.findall(r"`make ([a-z-]+)", (ROOT / "docs" / "howto" / "develop.md").read_text("utf-8"))
    assert sorted(set(made)) == sorted(set(told))


def test_every_room_is_told_on_its_floor() -> None:
    """The page on architecture lists the rooms of the import contract, from the top."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    floors = [
        (str(floor), room)
        for floor, rooms in enumerate(contract["layers"], start=1)
        for room in rooms.split(" | ")
    ]
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    assert re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE) == floors


def test_every_code_is_in_the_catalogue_with_its_class() -> None:
    """Codes that the source raises are those of the catalogue, no more and no fewer."""
    raised: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        raised.update(CODE.findall(path.read_text("utf-8")))
    assert raised == set(catalogue())
    for entry in catalogue().values():
        assert issubclass(getattr(errors, entry.class_name), errors.LoadstoneError)
        assert entry.title and entry.help.endswith((".", "?"))


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """``loadstone errors 3001`` and its long form."""
    assert main(["errors", "3001"]) == 0
    short = capsys.readouterr().out
    assert main(["errors", "LS-3001"]) == 0
    assert capsys.readouterr().out == short
    assert "a table does not exist" in short and "HINT" in short


def test_an_unknown_code_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An error about an error has a code too."""
    assert main(["errors", "LS-9999"]) == 1
    assert "LS-6005" in capsys.readouterr().err
