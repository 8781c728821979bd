"""The tools of the house measure and write what they say."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from loadstone.cli.main import build_parser
from loadstone.errors.catalogue import catalogue

TOOLS = Path(__file__).resolve().parents[3] / "tools"


def tool(name: str) -> ModuleType:
    """A tool, imported from its file; its parts lie beside it."""
    if str(TOOLS) not in sys.path:
        sys.path.append(str(TOOLS))
    spec = importlib.util.spec_from_file_location(f"tool_{name}", TOOLS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SOURCE = '''"""Module."""

# A comment.
def public(a):
    """What it does.

    More.
    """
    return a  # why


def _private():
    pass


class Thing:
    def method(self):
        pass

    def _hidden(self):
        pass
'''


def test_shape_counts_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Public functions and methods, code lines, comment lines; quantiles and the exit code."""
    shape = tool("shape")
    names = [node.name for node in shape.public_functions(ast.parse(SOURCE))]
    assert ["public", "method"] == names
    assert 13 == shape.code_lines(SOURCE)
    assert [1, 9, 10] == [shape.quantile(list(range(1, 11)), share) for share in (0.0, 0.85, 1.0)]
    assert shape.comments(SOURCE) > 20
    room = tmp_path / "room"
    room.mkdir()
    (room / "short.py").write_text('def short():\n    """One line."""\n')
    monkeypatch.setattr(shape, "SOURCE", tmp_path)
    monkeypatch.setattr(shape, "TESTS", tmp_path)
    assert 0 == shape.main()
    told = capsys.readouterr().out
    assert "beyond the bar" not in told and "test code to code" in told and "mocks per 100 tests" in told
    (room / "long.py").write_text('def long():\n    """Too long."""\n' + "    print()\n" * 70)
    assert 1 == shape.main()
    assert re.search(r"functions: longest +72 <= 70 +<-- beyond the bar", capsys.readouterr().out)


def test_the_pages_name_every_command_option_and_code() -> None:
    """Made from the code, so that none is missing."""
    docs = tool("docs")
    pages = docs.pages()
    parser = build_parser()
    commands = next(action.choices for action in parser._actions if action.choices)
    for name in commands:  # type: ignore[union-attr]
        assert f"## loadstone {name}\n" in pages["cli.md"]
    assert "`--chunk-size BYTES`" in pages["cli.md"]
    assert all(f"| {code} |" in pages["errors.md"] for code in catalogue())


def test_the_pages_that_are_kept_are_those_that_are_made() -> None:
    """``make docs`` would change nothing."""
    docs = tool("docs")
    for name, text in docs.pages().items():
        assert text == (docs.REFERENCE / name).read_text(encoding="utf-8"), name
