"""Wrong command lines, and the help of each command."""

from __future__ import annotations

import gc
import os
import shlex
import sys

import pytest

from loadstone.cli.examples import EXAMPLES
from loadstone.cli.main import YOUNG_OBJECTS_MAX, build_parser, end_process, frugal_process
from loadstone.cli.parser import parse, subcommands
from loadstone.errors import FixSpec
from tests.terminal import COLUMNS, loadstone

PARSER = build_parser()


def all_commands() -> list[str]:
    """Every command and action that runs something."""
    found = []
    for name, command in subcommands(PARSER).items():
        below = subcommands(command)
        found += [f"{name} {action}" for action in below] or [name]
    return found


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ("", "required: COMMAND", "`loadstone --help`"),
        ("lod x.ctl", "invalid choice: 'lod'", "did you mean load?"),
        ("jobs lunch x", "invalid choice: 'lunch'", "did you mean launch?"),
        ("jobs", "required: ACTION", "`loadstone jobs --help`"),
        ("load x.ctl --eror 3", "loadstone load does not take --eror 3", "did you mean --errors?"),
        ("load x.ctl --eror=3", "loadstone load does not take --eror=3", "did you mean --errors?"),
        ("load x.ctl y.ctl", "loadstone load does not take y.ctl", "`loadstone load --help`"),
        ("jobs runs --actve", "loadstone jobs runs does not take --actve", "did you mean --active?"),
        ("load", "required: CONTROL", "`loadstone load --help`"),
        ("load x.ctl --errors many", "'many' is no whole number", "load --help"),
        ("load x.ctl --errors -2", "-2 is less than -1", "load --help"),
        ("load x.ctl --workers 0", "0 is less than 1", "load --help"),
        ("load x.ctl --business-date 24.11.2026", "'24.11.2026' is no date; write YYYY-MM-DD", "load --help"),
        ("load x.ctl --order random", "invalid choice: 'random'", "load --help"),
        ("original x.ctl --timeout never", "'never' is no time in seconds", "original --help"),
        ("original x.ctl --timeout 0", "'0' is no time in seconds", "original --help"),
        ("worker --threads 0", "0 is less than 1", "worker --help"),
        ("worker --lease -1", "'-1' is no time in seconds", "worker --help"),
        ("jobs runs --limit 0", "0 is less than 1", "jobs runs --help"),
        ("jobs pool slow -3", "-3 is less than 0", "jobs pool --help"),
        ("jobs run x", "'x' is no whole number", "jobs run --help"),
        ("jobs approve a --version 0", "0 is less than 1", "jobs approve --help"),
        ("check x.ctl --target mysql", "invalid choice: 'mysql'", "check --help"),
        ("deadletters drop 1", "required: --reason", "deadletters drop --help"),
        ("deadletters correct 1", "--text --file is required", "deadletters correct --help"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_refused(words: str, told: str, hint: str) -> None:
    """LS-6006 with the fact, the nearest word first, then the way to the help."""
    with pytest.raises(FixSpec) as caught:
        parse(PARSER, shlex.split(words))
    assert "LS-6006" == caught.value.code
    assert told in caught.value.message
    assert hint in " ".join(caught.value.hints)
    assert "--help" in caught.value.hints[-1]


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        ("load x.ctl --errors -1", "errors", -1),
        ("load x.ctl --business-date 2026-11-24", "business_date", "2026-11-24"),
        ("load x.ctl --data a --data b", "data", ["a", "b"]),
        ("original x.ctl --timeout 0.5", "timeout", 0.5),
        ("worker", "lease", 30.0),
        ("jobs pool slow 0", "slots", 0),
        ("jobs workers --stop", "stop", "all"),
        ("jobs workers --stop host:1:ab", "stop", "host:1:ab"),
        ("jobs workers", "stop", None),
    ],
)
def test_a_right_one_is_taken(words: str, name: str, expected: object) -> None:
    """Values in their types, at the edges of what is allowed."""
    assert expected == getattr(parse(PARSER, shlex.split(words)), name)


@pytest.mark.parametrize("name", sorted(all_commands()))
def test_each_help_has_an_example_and_fits(name: str) -> None:
    """What it does, every option with its meaning, an example that can be typed; at 80 columns."""
    if name == "sqlldr":
        return
    done = loadstone(*name.split(), "--help")
    assert 0 == done.code
    usage, _, rest = done.out.partition("\n\n")
    assert "examples:\n  " in rest and EXAMPLES[name]
    folded = rest.partition("examples:")[0].splitlines() + usage.splitlines()
    assert max(map(len, folded)) <= COLUMNS
    command = PARSER
    for word in name.split():
        command = subcommands(command)[word]
    assert all(action.help for action in command._actions)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_examples_can_be_typed(name: str) -> None:
    """Each is a command line that is taken, about the command that it stands below."""
    for line in EXAMPLES[name]:
        words = shlex.split(line.partition(" > ")[0].rpartition("| ")[2])
        if words[:2] == ["loadstone", "sqlldr"] or words[0] == "ln":
            continue
        assert "loadstone" == words[0]
        assert parse(PARSER, words[1:]).command == (name.split() or [words[1]])[0]


def test_a_load_makes_its_own_options_alone() -> None:
    """They are the same, with the same help, as where all commands are made."""
    alone = build_parser("load")
    assert ["load"] == list(subcommands(alone))
    assert subcommands(PARSER)["load"].format_help() == subcommands(alone)["load"].format_help()
    words = ["load", "emp.ctl", "--target", "bank.db", "--errors", "5"]
    both = [{**vars(parse(parser, words)), "run": None} for parser in (PARSER, alone)]
    assert both[0] == both[1]


@pytest.mark.parametrize(("loaded", "frozen"), [(False, True), (True, False)], ids=["others", "duckdb"])
def test_a_process_ends_without_a_look_for_garbage(
    monkeypatch: pytest.MonkeyPatch, loaded: bool, frozen: bool
) -> None:
    """But where DuckDB is, whose binding lists on standard error what it finds alive."""
    monkeypatch.setitem(sys.modules, "duckdb", sys)
    if not loaded:
        monkeypatch.delitem(sys.modules, "duckdb")
    gc.unfreeze()
    try:
        end_process()
        assert frozen == (gc.get_freeze_count() > 0)
    finally:
        gc.unfreeze()


def test_help_and_version_end_well() -> None:
    """Both go to standard output."""
    assert (0, True) == (loadstone("--help").code, "examples:" in loadstone("--help").out)
    assert loadstone("--version").out.startswith("loadstone ")


def test_a_process_of_one_command_spares_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy starts no threads, Arrow keeps no memory, garbage is looked for seldom; what the user set stands."""
    before = gc.get_threshold()
    for name in ("OPENBLAS_NUM_THREADS", "ARROW_DEFAULT_MEMORY_POOL"):
        monkeypatch.setenv(name, "9")  # so that what was before comes back
        monkeypatch.delenv(name)
    try:
        frugal_process()
        assert ("1", YOUNG_OBJECTS_MAX) == (os.environ["OPENBLAS_NUM_THREADS"], gc.get_threshold()[0])
        assert "system" == os.environ["ARROW_DEFAULT_MEMORY_POOL"]
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", "4")
        frugal_process()
        assert "4" == os.environ["OPENBLAS_NUM_THREADS"]
    finally:
        gc.set_threshold(*before)
