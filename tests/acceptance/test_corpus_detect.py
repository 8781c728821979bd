"""Detection of labelled files that were collected, one in four; ``benchmarks/detect.py`` takes them all and prints the table."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from tests.shared import ROOT

FOLDER = ROOT / "corpora" / "detect"
BENCHMARK = "benchmarks/detect.py"
SLACK = 3
"""Per cent that a quarter of the files may be off by."""


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the labelled files are not beside the checkout")
def test_every_goal_is_met() -> None:
    """Delimiter, table, header, character set, type, name and column starts are right as often as promised."""
    spec = importlib.util.spec_from_file_location("detect_benchmark", BENCHMARK)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    scores = module.score(FOLDER, every=4)
    missed = {question: scores.share(question) for question, goal in module.GOALS.items() if scores.share(question) < goal - SLACK}
    assert {} == missed
    share, right = scores.sure()
    assert share >= 60 - SLACK
    assert right >= 99 - SLACK / 2
