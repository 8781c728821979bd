"""The registry in a repository: kept, changed, removed, imported and exported, each change with its version and audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.audit import trail
from loadstone.bootstrap.schedules import Schedules
from loadstone.bootstrap.sources import Sources
from loadstone.cli.main import main
from loadstone.database.open import Database
from loadstone.errors import FixSpec, Refused
from loadstone.sources import registry
from loadstone.sources.model import Feed, FixedLayout, SourceSystem
from tests.repository import open_repository, put_repository

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
FILE = """
layouts:
  - {name: wide, columns: [{name: a, start: 1, end: 4}]}
sources:
  - name: core
    kind: core_banking
    owners: [{name: Ann}]
    feeds:
      - {name: ACCOUNTS, patterns: [{glob: "acc_{business_date}.csv", examples: [acc_20261124.csv]}], sla: {cutoff: 22:30}}
      - {name: WIDE, patterns: [{glob: "wide*"}], layout: {fixed: wide}}
  - {name: crm}
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty repository of each kind."""
    postgres = request.param == "postgresql"
    opened = open_repository(
        str(request.getfixturevalue("postgres_url")) if postgres else str(tmp_path / "r.db")
    )
    yield opened
    opened.close()


@pytest.fixture
def sources(tmp_path: Path) -> Iterator[Sources]:
    """An empty registry in SQLite."""
    opened = Sources(open_repository(str(tmp_path / "r.db")), "ann")
    yield opened
    opened.close()


def edit(sources: Sources, name: str, version: int | None = None, **values: Any) -> dict[str, Any]:
    """Change a feed."""
    return sources.edit(Feed, name, values, version)


def test_what_is_imported_is_there(database: Database) -> None:
    """With feeds below their systems, on both kinds of repository; a second import changes nothing."""
    sources = Sources(database, "ann")
    done = [(one.word, one.name, one.done) for one in sources.take([("r.yaml", FILE)], prune=False)]
    assert [
        ("layout", "wide", "added"),
        ("source", "core", "added"),
        ("source", "crm", "added"),
        ("feed", "ACCOUNTS", "added"),
        ("feed", "WIDE", "added"),
    ] == done
    assert [("core", 2), ("crm", 0)] == [(one["source"], one["feeds"]) for one in sources.systems()]
    assert "22:30:00" == sources.show(Feed, "ACCOUNTS")["sla"]["cutoff"]
    assert {"unchanged"} == {one.done for one in sources.take([("r.yaml", FILE)], prune=True)}
    assert [1, 1] == [one["version"] for one in sources.feeds("core")]


def test_a_change_counts_its_version(database: Database) -> None:
    """And is refused when somebody else has changed it since."""
    sources = Sources(database, "bob")
    sources.take([("r.yaml", FILE)], prune=False)
    assert {"feed": "ACCOUNTS", "version": 2} == sources.edit(Feed, "ACCOUNTS", {"sla.cutoff": "06:00"}, 1)
    with pytest.raises(Refused, match="LS-7607") as caught:
        sources.edit(Feed, "ACCOUNTS", {"sla.cutoff": "07:00"}, 1)
    assert "version 2, changed by bob" in caught.value.message
    with database.read() as connection:
        told = trail.entries(connection, object_="feed:ACCOUNTS")
    assert ["feed.add", "feed.change"] == [one.action for one in told]
    assert {"sla": [{"cutoff": "22:30:00"}, {"cutoff": "06:00:00"}]} == told[1].detail


def test_a_race_is_noticed(database: Database) -> None:
    """Somebody else's change between the look and the write is not overwritten."""
    sources = Sources(database, "ann")
    sources.take([("r.yaml", FILE)], prune=False)
    with database.read() as connection:
        old = registry.find(connection, Feed, "ACCOUNTS")
    edit(sources, "ACCOUNTS", description="first")
    with database.write() as connection:
        assert not registry.repository.change(connection, old, old.item, "bob")
        assert not registry.repository.remove(connection, old)


def test_nothing_is_kept_of_a_wrong_file(sources: Sources) -> None:
    """Every problem has its place, and the registry stays as it was."""
    text = """sources:
  - name: core
    kind: bank
    feeds:
      - {name: A, patterns: [{glob: "("}, {regex: "("}]}
      - {name: B, patern: []}
      - {name: A, patterns: [{glob: x}]}
  - name: core
  - name: 7x
feeds: 5
colour: blue
"""
    problems = [
        (one.code, one.place.line, one.place.column, one.message)
        for one in sources.problems([("r.yaml", text)])
    ]
    assert [
        ("LS-7602", 3, 11),
        ("LS-7602", 6, 9),
        ("LS-7602", 6, 19),
        ("LS-7602", 7, 16),
        ("LS-7602", 9, 11),
        ("LS-7602", 10, 8),
        ("LS-7602", 11, 1),
    ] == [one[:3] for one in problems]
    assert "name: A stands in r.yaml:5:9 already" == problems[3][3]
    with pytest.raises(FixSpec) as caught:
        sources.take([("r.yaml", text)], prune=False)
    assert "r.yaml:10:8: feeds: must be a list" in caught.value.message
    assert [] == sources.systems()


@pytest.mark.parametrize(
    ("text", "code", "place", "told"),
    [
        ("sources: [{name: a, timezone: Mars/Olympus}]", "LS-7603", (1, 31), "no time zone Mars/Olympus"),
        ("sources: [{name: a, calendar: moon}]", "LS-7603", (1, 31), "no calendar moon"),
        ("feeds: [{name: F, source: b, patterns: [{glob: x}]}]", "LS-7603", (1, 27), "no source b"),
        (
            "sources: [{name: a, feeds: [{name: F, patterns: [{glob: x}], layout: {fixed: y}}]}]",
            "LS-7603",
            (1, 78),
            "no layout y",
        ),
        (
            'sources: [{name: a, feeds: [{name: F, patterns: [{regex: "("}]}]}]',
            "LS-7601",
            (1, 50),
            "cannot be used",
        ),
        (
            "sources: [{name: a, feeds: [{name: F, patterns: [{glob: x}]}, {name: G, patterns: [{glob: x}]}]}]",
            "LS-7605",
            (1, 84),
            "feed G: x is a pattern of F, too",
        ),
        (
            "sources: [{name: a, feeds: [{name: F, patterns: [{glob: x*, examples: [y]}]}]}]",
            "LS-7605",
            (1, 50),
            "its example y does not fit",
        ),
        (
            'sources: [{name: a, feeds: [{name: F, patterns: [{glob: "x*", examples: [xyz]}]}, {name: G, patterns: [{glob: "xy*"}]}]}]',
            "LS-7605",
            (1, 50),
            "its example xyz would go to G",
        ),
        (
            "sources: [{name: a, feeds: [{name: F, source: b, patterns: [{glob: x}]}]}]",
            "LS-7602",
            (1, 47),
            "not the system that it stands below",
        ),
        (
            "sources: [{name: a, feeds: [{name: F, patterns: [{glob: x}], sla: {timezone: Mars}}]}]",
            "LS-7603",
            (1, 78),
            "no time zone Mars",
        ),
        ("- a", "LS-7602", (1, 1), "must be a mapping"),
        ("a: [", "LS-7602", (1, 5), "not YAML"),
        ("sources: [5]", "LS-7602", (1, 11), "mapping of names"),
    ],
    ids=[
        "zone",
        "calendar",
        "source",
        "layout",
        "pattern",
        "overlap",
        "example",
        "stolen example",
        "other system",
        "zone of a feed",
        "list",
        "no YAML",
        "number",
    ],
)
def test_a_problem_has_its_place(
    sources: Sources, text: str, code: str, place: tuple[int, int], told: str
) -> None:
    """Code, line, column, and what there is instead."""
    (problem,) = sources.problems([("r.yaml", text)])
    assert (code, *place) == (problem.code, problem.place.line, problem.place.column)
    assert told in problem.message


def test_files_fit_with_what_is_there(sources: Sources) -> None:
    """A feed of the repository would lose its example to a new one, so the new one is refused."""
    sources.take([("r.yaml", FILE)], prune=False)
    text = 'feeds: [{name: NEW, source: crm, priority: 1, patterns: [{glob: "acc*"}]}]'
    (problem,) = sources.problems([("new.yaml", text)])
    assert ("LS-7605", "feed ACCOUNTS: its example acc_20261124.csv would go to NEW") == (
        problem.code,
        problem.message,
    )
    with pytest.raises(FixSpec, match="LS-7605"):
        sources.edit(Feed, "WIDE", {"priority": 1, "patterns": [{"glob": "acc*"}]}, None)


def test_an_export_is_what_was_imported(sources: Sources, tmp_path: Path) -> None:
    """Of all examples of the project, and of one system with the layouts that its feeds need."""
    Schedules(sources._database, "ann").store((EXAMPLES / "calendars.yaml").read_text(), "calendars.yaml")
    files = sorted((EXAMPLES / "sources").glob("*.yaml"))
    sources.take([(file.name, file.read_text()) for file in files], prune=False)
    assert 12 <= len(sources.systems()) and 45 <= len(sources.feeds())
    assert 10 <= len({one["kind"] for one in sources.systems()})
    text = sources.export()
    other = Sources(open_repository(str(tmp_path / "other.db")), "bob")
    Schedules(other._database, "bob").store((EXAMPLES / "calendars.yaml").read_text(), "calendars.yaml")
    other.take([("export.yaml", text)], prune=False)
    with sources._database.read() as one, other._database.read() as two:
        assert registry.known(one) == registry.known(two)
    assert text == other.export()
    part = yaml.safe_load(other.export("general-ledger"))
    assert (["gl-journal"], ["general-ledger"]) == tuple(
        [one["name"] for one in part[key]] for key in ("layouts", "sources")
    )
    other.close()


def test_each_example_goes_to_its_feed(sources: Sources) -> None:
    """Names of the examples, without a word about where they came."""
    Schedules(sources._database, "ann").store((EXAMPLES / "calendars.yaml").read_text(), "calendars.yaml")
    files = sorted((EXAMPLES / "sources").glob("*.yaml"))
    sources.take([(file.name, file.read_text()) for file in files], prune=False)
    with sources._database.read() as connection:
        feeds = registry.known(connection).feeds.values()
    names = [(name, feed.name) for feed in feeds for one in feed.patterns for name in one.examples]
    found = [(name, match.feed.name) for name, _ in names if (match := sources.match(name, None, None).match)]
    assert names == found and 25 <= len(names)


def test_pruning_removes_what_files_do_not_say(sources: Sources) -> None:
    """And a feed may go to another system in the same import."""
    sources.take([("r.yaml", FILE)], prune=False)
    text = "sources: [{name: crm, feeds: [{name: ACCOUNTS, patterns: [{glob: x}]}]}]"
    done = {(one.name, one.done) for one in sources.take([("r.yaml", text)], prune=True)}
    assert {
        ("crm", "unchanged"),
        ("ACCOUNTS", "changed"),
        ("WIDE", "removed"),
        ("core", "removed"),
        ("wide", "removed"),
    } == done
    assert [("ACCOUNTS", "crm")] == [(one["feed"], one["source"]) for one in sources.feeds()]


def test_what_is_needed_is_not_removed(sources: Sources) -> None:
    """A system with feeds, a layout of a feed; and what is not there is said."""
    sources.take([("r.yaml", FILE)], prune=False)
    with pytest.raises(Refused, match="LS-7608.*ACCOUNTS, WIDE"):
        sources.remove(SourceSystem, "core", None)
    with pytest.raises(Refused, match="LS-7608.*WIDE"):
        sources.remove(FixedLayout, "wide", None)
    with pytest.raises(Refused, match="LS-7607"):
        sources.remove(Feed, "WIDE", 5)
    assert ["WIDE"] == sources.remove(Feed, "WIDE", 1)
    assert ["wide"] == sources.remove(FixedLayout, "wide", None)
    assert ["ACCOUNTS", "core"] == sources.remove(SourceSystem, "core", None, feeds=True)
    for act in (
        lambda: sources.remove(Feed, "WIDE", None),
        lambda: sources.edit(Feed, "WIDE", {}, None),
        lambda: sources.show(FixedLayout, "wide"),
        lambda: sources.feeds("core"),
        lambda: sources.export("core"),
    ):
        with pytest.raises(FixSpec, match="LS-7604"):
            act()


def test_values_are_set_by_their_paths(sources: Sources) -> None:
    """None takes the default back; a wrong one changes nothing."""
    sources.take([("r.yaml", FILE)], prune=False)
    edit(sources, "ACCOUNTS", **{"sla.timezone": "UTC", "drift.added": "hold", "priority": 3})
    values = sources.show(Feed, "ACCOUNTS")
    assert ("UTC", "hold", 3) == (values["sla"]["timezone"], values["drift"]["added"], values["priority"])
    edit(sources, "ACCOUNTS", sla=None, priority=None)
    assert {"drift"} == {"sla", "priority", "drift"} & set(sources.show(Feed, "ACCOUNTS"))
    assert 3 == edit(sources, "ACCOUNTS", priority=0)["version"]
    for wrong in ({"drift.added": "perhaps"}, {"priority.x": 1}, {"name.x": 1}, {"colour": "blue"}):
        with pytest.raises(FixSpec, match="LS-7602"):
            sources.edit(Feed, "ACCOUNTS", wrong, None)
    with pytest.raises(Refused, match="LS-7608.*cannot become"):
        sources.edit(Feed, "ACCOUNTS", {"name": "OTHER"}, None)
    with pytest.raises(FixSpec, match="LS-7603"):
        edit(sources, "ACCOUNTS", source="nobody")


def test_add_keeps_only_what_is_new(sources: Sources) -> None:
    """All of a file, or nothing of it."""
    sources.add(FILE, "r.yaml")
    with pytest.raises(Refused, match="LS-7606.*source core, source crm, feed ACCOUNTS"):
        sources.add(FILE, "r.yaml")
    sources.add('feeds: [{name: MORE, source: crm, patterns: [{glob: "more*"}]}]', "more.yaml")
    assert ["MORE"] == [one["feed"] for one in sources.feeds("crm")]


@pytest.mark.parametrize(
    ("file", "spec", "expected"),
    [
        ("registry/core.yaml", "specs/gl.ctl", "registry/specs/gl.ctl"),
        ("registry/core.yaml", "../gl.yaml", "gl.yaml"),
        ("core.yaml", "gl.ctl", "gl.ctl"),
        ("-", "gl.ctl", "gl.ctl"),
        ("registry/core.yaml", "/etc/gl.ctl", "/etc/gl.ctl"),
    ],
)
def test_the_path_of_a_spec_counts_from_the_file_that_says_it(
    file: str, spec: str, expected: str, sources: Sources, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker runs somewhere else; read again, and exported and read elsewhere, it is the same path."""
    text = FILE.replace("{fixed: wide}", f"{{spec: {spec}}}")
    for take in (sources.add, lambda text, file: sources.take([(file, text)], prune=False)):
        done = take(text, file)
        assert str(here / expected) == sources.show(Feed, "WIDE")["layout"]["spec"]
    assert {"unchanged"} == {one.done for one in done}
    exported = sources.export()
    monkeypatch.chdir("/")
    assert {"unchanged"} == {one.done for one in sources.take([("elsewhere.yaml", exported)], prune=True)}


def test_a_path_that_is_typed_counts_from_where_one_is(sources: Sources, here: Path) -> None:
    """And stays as it is kept when something else is changed elsewhere."""
    sources.add(FILE, "r.yaml")
    sources.edit(Feed, "WIDE", {"layout": {"spec": "a.ctl"}}, None)
    sources.edit(Feed, "WIDE", {"priority": 2}, None)
    assert {"spec": str(here / "a.ctl")} == sources.show(Feed, "WIDE")["layout"]
    sources.edit(Feed, "WIDE", {"layout.spec": "b/c.ctl"}, None)
    assert {"spec": str(here / "b" / "c.ctl")} == sources.show(Feed, "WIDE")["layout"]
    sources.edit(Feed, "WIDE", {"layout.spec": None}, None)
    assert "layout" not in sources.show(Feed, "WIDE")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """A command's exit code, output and errors."""
    code = main(list(words))
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_commands(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Import, list, show, edit, match, export and remove, as tables and as JSON."""
    monkeypatch.setenv("LOADSTONE_REPOSITORY", str(here / "r.db"))
    put_repository(here / "r.db")
    (here / "r.yaml").write_text(FILE.replace("name: Ann", "name: Ann, colour: blue"))
    assert 1 == run(capsys, "sources", "import", "r.yaml")[0]
    code, out, _ = run(capsys, "sources", "import", "r.yaml", "--json")
    assert (1, ["r.yaml", 7, 26]) == (
        code,
        [json.loads(out)["errors"][0][key] for key in ("file", "line", "column")],
    )
    (here / "r.yaml").write_text(
        FILE.replace("kind: core_banking", "kind: core_banking\n    connections: [far]")
    )
    assert (0, '{"file": "r.yaml", "problems": 0}\n') == run(
        capsys, "sources", "import", "r.yaml", "--dry-run", "--json"
    )[:2]
    code, _, err = run(capsys, "sources", "import", "r.yaml")
    assert (0, "warning: connections that are none of this configuration: far\n") == (code, err)
    assert "core_banking" in run(capsys, "sources", "list")[1]
    assert "acc_{business_date}.csv" in run(capsys, "feeds", "list", "core")[1]
    assert "cutoff: '22:30:00'" in run(capsys, "feeds", "show", "ACCOUNTS")[1]
    assert {"name": "Ann"} == json.loads(run(capsys, "sources", "show", "core", "--json")[1])["owners"][0]
    assert (
        0
        == run(capsys, "feeds", "edit", "ACCOUNTS", "sla.cutoff=06:30", "sla.files_max=2", "--version", "1")[
            0
        ]
    )
    assert 1 == run(capsys, "feeds", "edit", "ACCOUNTS", "sla.cutoff")[0]
    assert 1 == run(capsys, "feeds", "edit", "ACCOUNTS", "sla={")[0]
    assert 0 == run(capsys, "sources", "edit", "core", "timezone=Europe/Berlin")[0]
    code, out, _ = run(capsys, "feeds", "match", "acc_20261124.csv")
    assert code == 0 and out.startswith("business_date 20261124\n") and "ACCOUNTS" in out
    values = json.loads(run(capsys, "feeds", "match", "acc_20261124.csv", "--json")[1])
    assert ("ACCOUNTS", "2026-11-24") == (values["feed"], values["business_date"])
    assert 2 == run(capsys, "feeds", "match", "acc_20261324.csv")[0]
    assert 0 == run(capsys, "sources", "export", "-o", "out.yaml")[0]
    assert (here / "out.yaml").read_text() == run(capsys, "sources", "export")[1]
    (here / "more.yaml").write_text('feeds: [{name: MORE, source: crm, patterns: [{glob: "more*"}]}]')
    assert 0 == run(capsys, "feeds", "add", "more.yaml")[0]
    assert '{"removed": "MORE"}\n' == run(capsys, "feeds", "remove", "MORE", "--json")[1]
    assert 0 == run(capsys, "sources", "remove", "core", "--feeds")[0]
