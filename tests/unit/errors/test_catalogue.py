"""The catalogue of errors: complete, and true to the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import loadstone
from loadstone import errors
from loadstone.errors.catalogue import Entry, catalogue

SOURCE = Path(loadstone.__file__).parent
RAISED = re.compile(r'"(LS-\d{4})"')
CLASSES = {name: getattr(errors, name) for name in ("FixFile", "FixSpec", "Refused", "Retry", "Stop")}


def test_codes_ascend() -> None:
    """All codes have four digits, and come in their order."""
    codes = list(catalogue())
    assert sorted(codes) == codes
    assert all(re.fullmatch(r"LS-\d{4}", code) for code in codes)


def test_each_code_stands_in_one_file() -> None:
    """No code is declared twice, for one would hide the other."""
    files = (SOURCE / "errors" / "codes").glob("*.toml")
    declared = [code for file in files for code in re.findall(r'^\["(LS-\d{4})"\]', file.read_text(), re.M)]
    assert sorted(catalogue()) == sorted(declared)


@pytest.mark.parametrize("entry", catalogue().values(), ids=lambda entry: entry.code)
def test_every_entry_helps(entry: Entry) -> None:
    """An entry has the name of a class, a title in a few words, and a sentence that says what to do."""
    assert issubclass(CLASSES[entry.class_name], errors.LoadstoneError)
    assert 0 < len(entry.title) <= 80 and not entry.title.endswith(".")
    assert entry.help.endswith((".", "?")) and entry.help != entry.title


def test_every_code_of_the_source_is_in_the_catalogue() -> None:
    """What is raised can be looked up with `loadstone errors`."""
    used = {code for path in SOURCE.rglob("*.py") for code in RAISED.findall(path.read_text())}
    assert set() == used - set(catalogue())


def test_every_code_of_the_catalogue_is_in_the_source() -> None:
    """What can be looked up is raised somewhere."""
    used = {code for path in SOURCE.rglob("*.py") for code in re.findall(r"LS-\d{4}", path.read_text())}
    assert set() == set(catalogue()) - used


def test_classes_are_those_that_are_raised() -> None:
    """``raise FixSpec("LS-1003", ...)`` and the catalogue name the same class."""
    raised = re.compile(r'\b(FixFile|FixSpec|Refused|Retry|Stop)\(\s*"(LS-\d{4})"')
    wrong = {
        (code, name, path.name)
        for path in SOURCE.rglob("*.py")
        for name, code in raised.findall(path.read_text())
        if catalogue()[code].class_name != name
    }
    assert set() == wrong
