"""
The figures of the house style, measured on the code; exits 1 where a bar is broken.

Run it with the project's Python from the root of the checkout: ``python tools/shape.py``.
"""

from __future__ import annotations

import ast
import re
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE, TESTS = ROOT / "src" / "loadstone", ROOT / "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print the table; 1 if a figure is beyond its bar."""
    files = sorted(SOURCE.rglob("*.py"))
    lengths = [len(path.read_text().splitlines()) for path in files if path.name != "__init__.py"]
    trees = {path: ast.parse(path.read_text()) for path in files}
    functions = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, Function)]
    sizes = [int(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
    public = [node for tree in trees.values() for node in public_functions(tree)]
    documented = sum(ast.get_docstring(node) is not None for node in public) / max(len(public), 1)
    source = "\n".join(path.read_text() for path in files)
    tests = "\n".join(path.read_text() for path in sorted(TESTS.rglob("*.py")))
    rooms = sorted(path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__")
    ratio = code_lines(tests) / max(code_lines(source), 1)
    mocks = (
        len(re.findall(r"\bmock\b|MagicMock|patch\(", tests))
        * 100
        / max(len(re.findall(r"def test_", tests)), 1)
    )
    todos = len(re.findall(r"\b(TODO|FIXME|XXX)\b", source))
    rows = [
        ("files: median lines", statistics.median(lengths), 130, True),
        ("files: 90 % at most", quantile(lengths, 0.9), 400, True),
        ("files: longest", max(lengths), 700, True),
        ("functions: median lines", statistics.median(sizes), 10, True),
        ("functions: 90 % at most", quantile(sizes, 0.9), 35, True),
        ("functions: longest", max(sizes), 70, True),
        ("public functions with a docstring, %", round(100 * documented, 1), 85, False),
        ("rooms", len(rooms), 30, True),
        ("mocks per 100 tests", round(mocks, 1), 5, True),
        ("TODOs", todos, 0, True),
    ]
    broken = False
    for name, value, bar, at_most in rows:
        good = value <= bar if at_most else value >= bar
        broken = broken or not good
        print(
            f"{name:<40} {value:>8} {'<=' if at_most else '>='} {bar:<6} {'' if good else '<-- beyond the bar'}"
        )
    print(f"{'test code to code (1.5 to 2.5)':<40} {ratio:>8.2f}")
    print(f"{'comments per 100 code lines (5 to 10)':<40} {comments(source):>8.1f}")
    return int(broken)


def public_functions(tree: ast.Module) -> list[Function]:
    """Functions and methods whose names do not begin with an underscore, of public classes."""
    found = [node for node in tree.body if isinstance(node, Function) and not node.name.startswith("_")]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += [
                item for item in node.body if isinstance(item, Function) and not item.name.startswith("_")
            ]
    return found


def quantile(values: list[int], share: float) -> int:
    """The value that ``share`` of them do not pass."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def code_lines(text: str) -> int:
    """Lines that are neither blank nor a comment."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def comments(text: str) -> float:
    """Comment lines, and lines of docstrings below the first, per 100 lines of code."""
    marked = len(re.findall(r"(?m)^\s*#|\s#\s", text))
    marked += sum(block.count("\n") for block in re.findall(r'"""(.*?)"""', text, re.DOTALL))
    return marked * 100 / max(code_lines(text), 1)


if __name__ == "__main__":
    sys.exit(main())
