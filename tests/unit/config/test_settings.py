"""Settings: which one wins, and what a broken configuration says."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from loadstone.config import (
    SETTINGS,
    Tuning,
    known_repository,
    resolve_repository,
    resolve_target,
    tuning,
    user_functions,
)
from loadstone.config.settings import fault_rules, named_targets
from loadstone.errors import FixSpec, Stop


@pytest.fixture(autouse=True)
def clean(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No setting of the machine: an empty home, an empty working directory, no variables."""
    for name in list(os.environ):
        if name.startswith("LOADSTONE_") and name not in ("LOADSTONE_SHARED", "LOADSTONE_TEST_POSTGRES"):
            monkeypatch.delenv(name)
    (here / "home").mkdir()
    monkeypatch.setenv("HOME", str(here / "home"))
    return here


def configure(path: Path, text: str) -> None:
    """A configuration file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


ONE = '[targets.bank]\nurl = "{}"\n'


def test_the_word_given_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """--target, then LOADSTONE_TARGET."""
    monkeypatch.setenv("LOADSTONE_TARGET", "env.db")
    assert "given.db" == resolve_target("given.db")
    assert "env.db" == resolve_target(None) == resolve_target("")


def test_no_target_is_an_error_with_examples() -> None:
    """LS-6001 tells how to give one."""
    with pytest.raises(FixSpec) as caught:
        resolve_target(None)
    assert "LS-6001" == caught.value.code
    assert any("LOADSTONE_TARGET" in hint for hint in caught.value.hints)
    assert any("postgresql://" in hint for hint in caught.value.hints)


@pytest.mark.parametrize("name", ["bank", "BANK", "Bank"])
def test_names_of_the_configuration_stand_for_urls(
    clean: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any case, given or from the environment; anything else is a URL itself."""
    configure(clean / "loadstone.toml", ONE.format("postgresql://u@h/bank"))
    assert "postgresql://u@h/bank" == resolve_target(name)
    monkeypatch.setenv("LOADSTONE_TARGET", name)
    assert "postgresql://u@h/bank" == resolve_target(None)
    assert "other.db" == resolve_target("other.db")


def test_the_nearest_configuration_wins(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LOADSTONE_CONFIG, then the working directory, then the home."""
    configure(clean / "home/.config/loadstone/loadstone.toml", ONE.format("home.db"))
    assert "home.db" == resolve_target("bank")
    configure(clean / "loadstone.toml", ONE.format("here.db"))
    assert "here.db" == resolve_target("bank")
    configure(clean / "named.toml", ONE.format("named.db"))
    monkeypatch.setenv("LOADSTONE_CONFIG", str(clean / "named.toml"))
    assert "named.db" == resolve_target("bank")


def test_no_configuration_names_nothing() -> None:
    """Without a file every word is a URL."""
    assert {} == named_targets()
    assert "bank" == resolve_target("bank")


@pytest.mark.parametrize(
    "text",
    ["[targets.bank\n", "targets = \n", "[targets.a]\n[targets.a]\n"],
    ids=["open", "no value", "twice"],
)
def test_a_broken_configuration_is_named(clean: Path, text: str) -> None:
    """LS-6002 with the path, and what TOML says; it is not passed over in silence."""
    configure(clean / "loadstone.toml", text)
    with pytest.raises(FixSpec) as caught:
        resolve_target("bank")
    assert ("LS-6002", "loadstone.toml") == (caught.value.code, caught.value.place.file)


def test_a_named_configuration_must_exist(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong LOADSTONE_CONFIG is an error, not another file."""
    configure(clean / "loadstone.toml", ONE.format("here.db"))
    monkeypatch.setenv("LOADSTONE_CONFIG", str(clean / "missing.toml"))
    with pytest.raises(FixSpec) as caught:
        resolve_target("bank")
    assert "LS-6002" == caught.value.code


def test_targets_without_url_stand_for_nothing(clean: Path) -> None:
    """A section of another use does no harm."""
    configure(clean / "loadstone.toml", '[targets.a]\nnote = "x"\n[targets.b]\nurl = "b.db"\n')
    assert {"B": "b.db"} == named_targets()


def test_the_repository_is_given_named_or_the_users_own(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word, LOADSTONE_REPOSITORY, the configuration, then a private folder of the user."""
    own = resolve_repository(None)
    assert str(clean / "home/.local/state/loadstone/repository.db") == own
    assert 0o700 == stat.S_IMODE(Path(own).parent.stat().st_mode)
    configure(clean / "loadstone.toml", '[repository]\nurl = "configured.db"\n')
    assert "configured.db" == resolve_repository(None)
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "env.db")
    assert "env.db" == resolve_repository(None)
    assert "given.db" == resolve_repository("given.db")


def test_every_setting_is_declared_once_with_a_meaning() -> None:
    """Each has a sentence for the docs."""
    names = [setting.name for setting in SETTINGS]
    assert sorted(set(names)) == sorted(names)
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def test_every_variable_of_the_source_is_declared() -> None:
    """No hidden setting: what the product reads from the environment is in the list."""
    import re

    import loadstone

    root = Path(loadstone.__file__).parent
    read = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'environ(?:\.get\(|\[)\s*"(LOADSTONE_[A-Z_]+)"', path.read_text())
    }
    assert len(read) > 2
    assert set() == read - {setting.name for setting in SETTINGS}


def test_functions_are_expressions_by_upper_case_names(clean: Path) -> None:
    """Numbers may stand without quotes; none where there is no such section."""
    assert {} == user_functions()
    configure(clean / "loadstone.toml", '[functions]\n"pkg.clean" = "UPPER(:1)"\n"g.id" = 1001\nrate = 0.5\n')
    assert {"PKG.CLEAN": "UPPER(:1)", "G.ID": "1001", "RATE": "0.5"} == user_functions()


@pytest.mark.parametrize("text", ["a = []", "pkg.clean = 'UPPER(:1)'", "a = {x = 1}"])
def test_a_function_that_is_no_expression_is_named(clean: Path, text: str) -> None:
    """LS-6002 with the file, and how names with dots are written."""
    configure(clean / "loadstone.toml", f"[functions]\n{text}\n")
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        user_functions()
    assert ("loadstone.toml", True) == (caught.value.place.file, "quote names" in caught.value.hints[0])


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("targets", named_targets),
        ("connections", named_targets),
        ("repository", lambda: resolve_repository(None)),
        ("functions", user_functions),
    ],
)
def test_what_should_be_a_section_and_is_none_is_named(clean: Path, name: str, ask: Callable[[], object]) -> None:
    """As LS-6002; no trace of Python."""
    configure(clean / "loadstone.toml", f"{name} = 3\n")
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        ask()
    assert f"{name} of the configuration is no section" == caught.value.message


@pytest.mark.parametrize(
    ("content", "line", "column", "told"),
    [
        (b"[targets.bank]\nurl = \n", 2, 7, "Invalid value"),
        (b"[a]\n[a]\n", 2, 3, "Cannot declare"),
        (b"a = '\xe4'\n", None, None, "can't decode"),
    ],
)
def test_a_configuration_that_cannot_be_read_has_its_place(
    clean: Path, content: bytes, line: int | None, column: int | None, told: str
) -> None:
    """Line and column where the parser tells them, and told once."""
    (clean / "loadstone.toml").write_bytes(content)
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        named_targets()
    assert (line, column) == (caught.value.place.line, caught.value.place.column)
    assert told in caught.value.message and "at line" not in caught.value.message


@pytest.mark.parametrize("rules", ["3", "[1]", "{kind = 'system'}"])
def test_fault_rules_are_a_list_of_tables(clean: Path, rules: str) -> None:
    """LS-6002 with the way to write them."""
    assert [] == fault_rules()
    configure(clean / "loadstone.toml", f"faults = {rules}\n")
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        fault_rules()
    assert "[[faults]]" in caught.value.hints[0]


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        ("[target.bank]\nurl = 'b.db'", "has no section target", "did you mean targets?"),
        ("[conections.bank]\nurl = 'b.db'", "has no section conections", "did you mean connections?"),
        ("[[fault]]\nkind = 'x'", "has no section fault", "did you mean faults?"),
        ("url = 'b.db'", "has no section url", "there are connections, faults, functions, notifications,"),
        ("[targets]\nbank = 'b.db'", "targets.bank of the configuration is no section", "[targets.bank], and below it url"),
        ("[targets.bank]\nurl = 5", "targets.bank.url of the configuration is no text", "[targets.bank]"),
        ("[connections.bank]\nurl = ['b.db']", "connections.bank.url of the configuration is no text", "url"),
    ],
)  # fmt: skip
def test_what_nobody_would_read_is_named(clean: Path, text: str, told: str, hint: str) -> None:
    """It was passed over in silence, and the target that it should name was unknown for no reason that one could see."""
    configure(clean / "loadstone.toml", text)
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        resolve_target("bank")
    assert "loadstone.toml" == caught.value.place.file
    assert told in caught.value.message and hint in " ".join(caught.value.hints)


def test_a_configuration_never_shows_a_url_that_is_wrong(clean: Path) -> None:
    """For it may hold a password."""
    configure(clean / "loadstone.toml", "[targets]\nbank = 'postgresql://u:s3cret@h/x'\n")
    with pytest.raises(FixSpec) as caught:
        named_targets()
    assert "s3cret" not in f"{caught.value} {caught.value.hints}"


def test_a_name_that_is_none_has_those_that_are(clean: Path) -> None:
    """The nearest first; files and URLs are what they are."""
    configure(clean / "loadstone.toml", "[targets.bank]\nurl = 'b.db'\n[connections.ledger]\nurl = 'l.db'\n")
    with pytest.raises(FixSpec, match="LS-3010.*'bnak' names no target") as caught:
        resolve_target("bnak")
    assert ["did you mean bank?", "loadstone.toml names bank, ledger."] == list(caught.value.hints)[:2]
    with pytest.raises(FixSpec) as caught:
        resolve_target("x")
    assert "loadstone.toml names bank, ledger." == caught.value.hints[0]
    for other in ("bnak.db", "./bnak", "sqlite:///bnak", "host=bnak"):
        assert other == resolve_target(other)


def test_targets_win_over_connections_of_their_name(clean: Path) -> None:
    """In whichever case and order they stand."""
    configure(clean / "loadstone.toml", "[targets.BANK]\nurl = 't.db'\n[connections.bank]\nurl = 'c.db'\n")
    assert {"BANK": "t.db"} == named_targets()


@pytest.mark.parametrize("url", ["5", "['x.db']", "{a = 1}"])
def test_the_url_of_a_repository_is_a_text(clean: Path, url: str) -> None:
    """No file is made whose name is a list."""
    configure(clean / "loadstone.toml", f"[repository]\nurl = {url}\n")
    with pytest.raises(FixSpec, match="LS-6002.*repository.url of the configuration is no text"):
        resolve_repository(None)


def test_a_home_where_nothing_can_be_written_is_told(clean: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the folder, and the setting that names another place."""
    (clean / "file").write_text("")
    monkeypatch.setenv("HOME", str(clean / "file"))
    with pytest.raises(Stop, match="LS-7003.*cannot be made: Not a directory") as caught:
        resolve_repository(None)
    assert str(clean / "file/.local/state/loadstone") == caught.value.place.file
    assert "LOADSTONE_REPOSITORY" in caught.value.hints[0]
    assert "given.db" == resolve_repository("given.db")


def test_sizes_are_pinned_by_the_configuration(clean: Path) -> None:
    """From 1 on; what is not said comes from the machine, and adapts."""
    assert Tuning() == tuning()
    assert (None, None, None, True) == (Tuning().chunk_size_bytes, Tuning().workers, Tuning().threads, Tuning().adapt)
    configure(clean / "loadstone.toml", "[tuning]\nworkers = 1\nthreads = 4\nadapt = false\n")
    assert Tuning(workers=1, threads=4, adapt=False) == tuning()
    configure(clean / "loadstone.toml", "[tuning]\nchunk_size_bytes = 1\nadapt = true\n")
    assert Tuning(chunk_size_bytes=1) == tuning()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("workers = 0", "workers = 0"),
        ("workers = true", "workers = True"),
        ("threads = 1.5", "threads = 1.5"),
        ('chunk_size_bytes = "8m"', "chunk_size_bytes = '8m'"),
        ("adapt = 1", "adapt = 1"),
        ("worker = 2", "worker = 2"),
        ("workers = 2\nthreads = -1\nadapt = 'no'", "threads = -1, adapt = 'no'"),
    ],
)  # fmt: skip
def test_a_pin_that_is_no_size_is_named(clean: Path, line: str, told: str) -> None:
    """Each of them, in one error; right ones are not."""
    configure(clean / "loadstone.toml", f"[tuning]\n{line}\n")
    with pytest.raises(FixSpec, match="LS-6002") as caught:
        tuning()
    assert f"tuning of the configuration is wrong: {told}" == caught.value.message
    assert "loadstone.toml" == caught.value.place.file


def test_the_repository_is_known_without_making_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would be resolved; its folder is not made."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOADSTONE_REPOSITORY", raising=False)
    assert str(tmp_path / ".local/state/loadstone/repository.db") == known_repository()
    assert not (tmp_path / ".local").exists()
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "env.db")
    assert "env.db" == known_repository()
