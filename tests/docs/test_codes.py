"""Error codes: each is raised somewhere, by the class that the catalogue says, and by some test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from loadstone import errors
from loadstone.errors.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"LS-\d{4}")
CLASSES = {name for name in errors.__all__ if name not in ("LoadstoneError", "Place")}

GUARDS = {"LS-4001", "LS-4007", "LS-4009"}
"""What no test can bring about: books that a defect of ours unbalances, and refusals that isolation cannot pin down."""


def used(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Codes that are given to a call or stand as a value, with the function called; those only compared do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for part in [*node.args, *(word.value for word in node.keywords)]:
                yield from ((code, name) for code in _codes(part))
        elif isinstance(node, ast.arguments):
            for default in [*node.defaults, *(one for one in node.kw_defaults if one is not None)]:
                yield from ((code, "") for code in _codes(default))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Dict | ast.IfExp):
            for child in ast.iter_child_nodes(node):
                yield from ((code, "") for code in _codes(child))


def _codes(node: ast.AST) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    constants = [part.value for part in parts if isinstance(part, ast.Constant)]
    return [value for value in constants if isinstance(value, str) and CODE.fullmatch(value)]


@cache
def sources() -> dict[str, set[str]]:
    """The functions that each code of the source is given to."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "src").rglob("*.py"):
        for code, name in used(ast.parse(path.read_text("utf-8"))):
            found.setdefault(code, set()).add(name)
    return found


@cache
def codes_in_tests() -> set[str]:
    """Codes that the tests name, this file apart."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    return {code for path in files for code in CODE.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("code", list(catalogue()))
def test_each_code_is_raised_somewhere(code: str) -> None:
    """A code that no call is given explains what never happens."""
    assert sources().get(code), f"{code} stands in the catalogue, and nothing raises it"


@pytest.mark.parametrize("code", list(catalogue()))
def test_a_code_is_raised_with_its_own_class(code: str) -> None:
    """The catalogue tells what to do next; so does the class, by which exit codes and retries go."""
    raised = sources().get(code, set()) & {*CLASSES, "LoadstoneError"}
    assert raised <= {catalogue()[code].class_name}


@pytest.mark.parametrize("code", list(catalogue()))
def test_each_code_has_a_test(code: str) -> None:
    """Somebody has seen it once, but for guards against what should not happen."""
    assert code in codes_in_tests() or code in GUARDS


def test_a_code_that_is_only_compared_does_not_count() -> None:
    """What this file would find in a source: calls, defaults and values."""
    text = 'x = "LS-0001"\ndef f(c="LS-0002"): return c == "LS-0003"\nraise FixSpec("LS-0004", "")\n'
    assert {("LS-0001", ""), ("LS-0002", ""), ("LS-0004", "FixSpec")} == set(used(ast.parse(text)))
