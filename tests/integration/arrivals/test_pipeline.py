"""From landed to settled: recognised, compared with what came before, launched once, and archived or held with the reason."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from loadstone.arrivals import decide, launch, settle
from loadstone.arrivals.content import digest_of
from loadstone.arrivals.model import Arrival, State
from loadstone.errors import FixFile, FixSpec, Refused, Stop
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Task
from loadstone.jobs.repository import definitions, executions
from loadstone.sources.model import Feed
from tests.arrivals import Bank, loaded
from tests.integration.arrivals.conftest import Make
from tests.repository import Doing, define

REGISTRY = """
layouts:
  - {{name: wide, columns: [{{name: id, start: 1, end: 3, type: integer}}, {{name: amount, start: 4, end: 8, type: decimal, mask: V99}},
      {{name: day, start: 9, end: 16, type: date, mask: YYYYMMDD}}, {{name: text, start: 17, end: 20}},
      {{name: at, start: 21, end: 34, type: timestamp, mask: YYYYMMDDHH24MISS}}]}}
sources:
  - name: core
    timezone: Europe/Berlin
    feeds:
      - name: GL
        connection: in
        patterns: [{{glob: "gl_{{business_date}}_*.csv*"}}, {{glob: "gl_now*"}}]
        target: bank.db
        {more}
"""
NAME = "gl_20261124_1.csv"
ROWS = "id,amount\n1,10.50\n2,11.50\n3,12.25\n"


def registry(more: str = "") -> str:
    """One feed, with more of YAML."""
    return REGISTRY.format(more=more)


def test_a_good_file_is_loaded_and_archived(make: Make) -> None:
    """Its job is launched with its number and its business date, and the receipt is kept with the file."""
    bank = make(registry())
    one = bank.come(NAME, ROWS)
    assert (State.ARCHIVED, "GL", "core", date(2026, 11, 24)) == (
        one.state,
        one.feed,
        one.source,
        one.business_date,
    )
    (task,) = bank.loads.ran
    assert {"arrival": one.id, "name": NAME, "business_date": "2026-11-24", "target": "bank.db"}.items() <= (
        task.parameters.items()
    )
    assert {"load_id": f"load{one.id}", "rows_loaded": 4}.items() <= dict(one.receipt or {}).items()
    path = Path(str(one.kept_at))
    assert ("GL", "2026-11-24", f"{one.id}-{NAME}.gz") == path.parts[-3:]
    assert ROWS == gzip.decompress(path.read_bytes()).decode()
    assert [
        "file.seen",
        "file.complete",
        "file.landed",
        "file.recognised",
        "file.checked",
        "file.launched",
        "file.loaded",
        "file.archived",
    ] == bank.told(one)
    assert 0 == bank.look().seen, "it is left where it was, and not taken again"
    assert not list((bank.folder / "store" / "files").iterdir())


def test_the_copy_of_an_archived_file_goes_after_its_time(make: Make) -> None:
    """What is known of the file stays; one whose feed keeps files longer stays, too."""
    bank = make(registry("archive: {retention_days: 5, compress: false}"))
    one = bank.come(NAME, ROWS)
    path = Path(str(one.kept_at))
    assert ROWS == path.read_text()
    assert 0 == settle.expire(bank.around)
    bank.wait(6 * 86_400)
    assert 1 == settle.expire(bank.around)
    assert not path.exists()
    assert {NAME: ["expired"]} == bank.states()
    assert "file.expired" == bank.told(one)[-1]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("gl_20261124_2.csv", ROWS, "duplicate_checksum"),
        ("gl_20261124_2.csv", ROWS.replace("\n", "\r\n"), "duplicate_content"),
        ("gl_20261124_2.csv", "\ufeff" + ROWS + "\n\n", "duplicate_content"),
        ("gl_20261124_2.csv.gz", gzip.compress(ROWS.encode()), "duplicate_content"),
    ],
    ids=["same bytes", "other line ends", "byte order mark", "packed"],
)
def test_what_came_before_is_held(make_small: Make, name: str, text: Any, kind: str) -> None:
    """By its bytes, and by its records, whatever they are packed in."""
    bank = make_small(registry())
    first = bank.come(NAME, ROWS)
    one = bank.come(name, text)
    assert (State.QUARANTINED, kind) == (one.state, one.reason)
    assert f"file {first.id}" in next(finding["told"] for finding in one.findings if finding["kind"] == kind)
    assert 1 == len(bank.loads.ran)
    assert Path(str(one.kept_at)).is_file()


def test_duplicates_are_of_one_feed_and_of_its_window(make: Make) -> None:
    """And a file that was rejected counts for nothing; of a name without a business date, other bytes are noted and loaded."""
    bank = make(registry("duplicates: {window_days: 10}"))
    bank.come(NAME, ROWS)
    second = bank.come("gl_20261124_2.csv", ROWS)
    assert "duplicate_checksum" == second.reason
    bank.wait(11 * 86_400)
    third = bank.come("gl_20261124_3.csv", ROWS)
    assert State.ARCHIVED is third.state
    assert State.ARCHIVED is bank.come("gl_now.csv", "id,amount\n9,9.00\n").state
    bank.wait(60)
    again = bank.come("gl_now.csv", "id,amount\n8,8.00\n")
    assert (State.ARCHIVED, ["duplicate_name"]) == (again.state, [one["kind"] for one in again.findings])


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ("", "quarantined"),
        ("duplicates: {name: warn}", "archived"),
        ("duplicates: {name: accept}", "archived"),
    ],
    ids=["usual", "warn", "accept"],
)
def test_a_second_version_of_a_delivery_is_held(make_small: Make, more: str, state: str) -> None:
    """Its name tells the business date, whose rows are in: loaded without a word it would count them twice."""
    bank = make_small(registry(more))
    bank.come(NAME, ROWS)
    bank.wait(60)
    one = bank.come(NAME, ROWS.replace("12.25", "12.52"))
    assert (state, ["duplicate_name"] * ("accept" not in more)) == (
        str(one.state),
        [finding["kind"] for finding in one.findings],
    )


def test_a_rejected_file_makes_way_for_the_next(make: Make) -> None:
    """It is kept apart, with who and why; nothing of it is loaded."""
    bank = make(registry("format: xlsx"))
    one = bank.come(NAME, ROWS)
    assert (State.QUARANTINED, "format") == (one.state, one.reason)
    gone = decide.reject(bank.around, one.id, actor="ann", because="a wrong one")
    assert State.REJECTED is gone.state
    assert "rejected" == Path(str(gone.kept_at)).parents[1].name
    again = bank.come("gl_20261124_2.csv", ROWS)
    assert "format" == again.reason, "not a duplicate"
    with pytest.raises(Refused, match="LS-7702"):
        decide.release(bank.around, one.id, actor="ann")
    with pytest.raises(FixSpec, match="LS-7701"):
        decide.reject(bank.around, 99, actor="ann", because="?")


def test_a_released_file_goes_on(make_small: Make) -> None:
    """What it was held for is waived, and noted in the audit trail with the reason."""
    bank = make_small(registry())
    bank.come(NAME, ROWS)
    one = bank.come("gl_20261124_2.csv", ROWS)
    released = decide.release(bank.around, one.id, actor="ann", because="a correction")
    assert State.LANDED is released.state
    assert {"duplicate_checksum", "duplicate_content"} <= set(released.waived)
    bank.settle()
    assert ["archived"] == bank.states()["gl_20261124_2.csv"]
    assert 2 == len(bank.loads.ran)
    assert "file.released" in bank.told(one)


def test_an_unknown_file_is_held_until_it_has_a_feed(make_small: Make) -> None:
    """With what nearly took it; released, it is looked at again."""
    bank = make_small(registry())
    one = bank.come("gl_20269999_1.csv", ROWS)
    assert (State.QUARANTINED, "unknown_feed", None) == (one.state, one.reason, one.feed)
    assert "GL: 20269999 is no date in YYYYMMDD" in one.findings[0]["told"]
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    assert {"gl_20269999_1.csv": ["quarantined"]} == bank.states()
    from loadstone.bootstrap.sources import Sources

    patterns = [{"glob": "gl_*"}]
    Sources(bank.database, "ann").edit(Feed, "GL", {"patterns": patterns}, None)
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    assert {"gl_20269999_1.csv": ["archived"]} == bank.states()


def test_the_business_date_is_the_day_where_the_name_has_none(make_small: Make) -> None:
    """In the time zone of the source system."""
    bank = make_small(registry())
    one = bank.come("gl_now.csv", ROWS)
    from zoneinfo import ZoneInfo

    assert bank.clock.now().astimezone(ZoneInfo("Europe/Berlin")).date() == one.business_date


@pytest.mark.parametrize(
    ("hours", "told"),
    [(30, "late"), (40, "after the cut-off")],
    ids=["late", "cut-off"],
)
def test_a_late_file_is_loaded_and_noted(make_small: Make, hours: int, told: str) -> None:
    """With how late it came."""
    bank = make_small(registry('sla: {expected_until: "05:00", cutoff: "12:00", day_offset: 1}'))
    day = (bank.clock.now() - timedelta(hours=hours)).date()
    moment = bank.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    bank.wait((moment - bank.clock.now()).total_seconds() + (hours - 24) * 3600 + 3 * 3600)
    one = bank.come(f"gl_{day - timedelta(days=0):%Y%m%d}_1.csv", ROWS)
    assert State.ARCHIVED is one.state
    assert ["late"] == [finding["kind"] for finding in one.findings]


def test_more_files_of_a_day_than_there_may_be_are_held(make: Make) -> None:
    """What came first goes on; one that was rejected makes room, another day has its own, and a person may release one."""
    bank = make(registry("sla: {files_max: 2}"))
    for number in (1, 2, 3):
        bank.put(f"gl_20261124_{number}.csv", ROWS + f"{number},1\n")
    bank.put("gl_20261125_1.csv", ROWS + "9,9\n")
    bank.wait(60)
    bank.look()
    bank.settle()
    held = next(one for one in bank.all() if one.state is State.QUARANTINED)
    assert ("surplus", ["archived", "archived", "archived"]) == (
        held.reason,
        [str(one.state) for one in bank.all() if one.id != held.id],
    )
    assert "2 files for 2026-11-24 came before it, and its feed sends 2 at most" in held.findings[-1]["told"]
    decide.release(bank.around, held.id, actor="ann", because="announced")
    bank.settle()
    assert {"archived"} == {state for states in bank.states().values() for state in states}


@pytest.mark.parametrize(("allowed", "kinds"), [(30, ["slow"]), (3600, [])])
def test_a_file_that_took_long_is_noted(make_small: Make, allowed: int, kinds: list[str]) -> None:
    """From the moment that it was first seen to its rows."""
    bank = make_small(registry(f"sla: {{processing_s_max: {allowed}}}"))
    bank.put(NAME, ROWS)
    bank.look()
    bank.wait(60)
    bank.look()
    bank.settle()
    (one,) = bank.all()
    assert (State.ARCHIVED, kinds) == (one.state, [finding["kind"] for finding in one.findings])


@pytest.mark.parametrize(
    ("name", "data", "reason", "told"),
    [
        (NAME, b"", "empty", "not one byte"),
        (f"{NAME}.gz", gzip.compress(b"1,a\n" * 5000)[:-30], "unreadable", "cannot be decompressed"),
        (f"{NAME}.gz", gzip.compress(b""), "empty", "not one byte"),
    ],
    ids=["empty", "cut off", "empty, packed"],
)
def test_files_that_cannot_be_read_are_held(
    make_small: Make, name: str, data: bytes, reason: str, told: str
) -> None:
    """With the reason."""
    bank = make_small(registry())
    one = bank.come(name, data)
    assert (State.QUARANTINED, reason) == (one.state, one.reason)
    assert told in one.findings[0]["told"]
    assert [] == bank.loads.ran


def test_a_bomb_is_found_before_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading ends where more has come out than files hold; flat text of that size is none."""
    monkeypatch.setattr("loadstone.arrivals.content.BOMB_SIZE_BYTES", 1 << 21)
    bomb, plain = tmp_path / "bomb.gz", tmp_path / "plain"
    bomb.write_bytes(gzip.compress(bytes(1 << 23)))
    plain.write_bytes(bytes(1 << 22))
    with pytest.raises(FixFile, match="LS-7703"):
        digest_of(bomb, lambda: None)
    assert 1 << 22 == digest_of(plain, lambda: None)[1]


def test_a_digest_gives_signs_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a large file is read; a line end that is parted by two reads counts as one."""
    monkeypatch.setattr("loadstone.arrivals.content.RENEW_S", -1.0)
    monkeypatch.setattr("loadstone.arrivals.content.READ_SIZE_BYTES", 3)
    one, other, signs = tmp_path / "one", tmp_path / "other", [0]

    def renew() -> None:
        signs[0] += 1

    one.write_bytes(b"ab\r\ncd\r\n\r\nef\r\n\r\n")
    other.write_bytes(b"ab\ncd\n\nef")
    assert digest_of(one, renew)[0] == digest_of(other, renew)[0]
    assert signs[0] > 5


def failed(task: Task, run: TaskRun) -> Outcome:
    """A load that fails."""
    raise FixFile("LS-7119", "7 records were rejected, more than ERRORS allows", hints=["look at them."])


def test_a_failed_load_is_held_and_goes_on_when_it_is_released(make: Make) -> None:
    """It is the same instance of the job, restarted, never a second load."""
    bank = make(registry())
    bank.loads = Doing(failed)
    one = bank.come(NAME, ROWS)
    assert (State.QUARANTINED, "load", "LS-7119") == (one.state, one.reason, one.findings[0]["code"])
    assert "7 records were rejected" in one.findings[0]["told"]
    bank.loads = Doing(loaded)
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    assert {NAME: ["archived"]} == bank.states()
    with bank.database.read() as connection:
        runs = executions.listed(connection)
    assert [(1, "failed"), (2, "completed")] == sorted((run.attempt, str(run.status)) for run in runs)
    assert 1 == len({run.instance_id for run in runs})


def rejecting(task: Task, run: TaskRun) -> Outcome:
    """A load that refuses a record."""
    done = dict(loaded(task, run).result)
    return Outcome(result={"whole": {**done, "rows_loaded": 3, "rows_rejected": 1}})


def test_rejected_records_are_noted(make_small: Make) -> None:
    """The file is loaded for all that."""
    bank = make_small(registry())
    bank.loads = Doing(rejecting)
    one = bank.come(NAME, ROWS)
    assert (State.ARCHIVED, ["rejects"]) == (one.state, [finding["kind"] for finding in one.findings])
    assert "1 of 4 records were rejected" == one.findings[0]["told"]


OWN_JOB = """name: own
parameters:
  {parameter}
  file: {{identifying: false}}
steps:
  load: {{handler: load, config: {{control: x, data: "{{file}}"}}}}
"""


@pytest.mark.parametrize(
    ("parameter", "answer"),
    [
        ("arrival: {type: integer}", "archived"),
        ("arrival: {type: integer, identifying: false}", "LS-7705"),
        ("other: {required: false}", "LS-7705"),
        ("arrival: {type: integer}\n  other: {}", "LS-7103"),
        (None, "LS-7105"),
    ],
    ids=["its own", "not identifying", "no number", "missing parameter", "no job"],
)
def test_a_feed_may_have_its_own_job(make_small: Make, parameter: str | None, answer: str) -> None:
    """If that cannot load a file twice, and takes what is given."""
    bank = make_small(registry("job: own"))
    if parameter is not None:
        define(bank.database, OWN_JOB.format(parameter=parameter), {"load": bank.loads})
    bank.loads = Doing(lambda task, run: Outcome(result=dict(loaded(task, run).result)))
    one = bank.come(NAME, ROWS)
    if answer == "archived":
        assert State.ARCHIVED is one.state
        assert {"arrival", "file"} == set(bank.loads.ran[0].parameters)
        return
    assert ("launch", answer) == (one.reason, one.findings[0]["code"])
    assert State.CHECKED is one.held_from


def test_a_job_without_a_receipt_is_noted(make_small: Make) -> None:
    """It may do what no load does."""
    bank = make_small(registry())
    bank.loads = Doing(lambda task, run: Outcome())
    one = bank.come(NAME, ROWS)
    assert (State.ARCHIVED, ["receipt"]) == (one.state, [finding["kind"] for finding in one.findings])


def test_an_abandoned_instance_is_not_launched_again(make_small: Make) -> None:
    """The refusal is the reason."""
    from loadstone.jobs import operate

    bank = make_small(registry())
    bank.loads = Doing(failed)
    one = bank.come(NAME, ROWS)
    operate.abandon(bank.database, int(one.execution_id or 0), actor="ann", reason="never")
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    one = bank.all()[0]
    assert (State.QUARANTINED, "launch") == (one.state, one.reason)
    assert "was abandoned, which is final" in one.findings[-1]["told"]


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("", "TOTAL"),
        ("layout: {fixed: wide}", "AMOUNT"),
        ("layout: {inline: {tables: [{table: {name: T}, fields: [{name: ONLY}]}]}}", "ONLY"),
    ],
    ids=["proposed", "fixed", "inline"],
)
def test_a_spec_is_written_for_the_load(make_small: Make, layout: str, expected: str) -> None:
    """As the feed says; where it says nothing, the one that detection proposes."""
    from loadstone.bootstrap.handlers.configuration import spec_at

    bank = make_small(registry(layout))
    text = "0011050020261124abcd20261124235959\n" * 3 if "fixed" in layout else ROWS.replace("id", "total")
    bank.come(NAME, text)
    (task,) = bank.loads.ran
    spec = spec_at(task.config["control"])
    assert expected in [field.name for field in spec.tables[0].fields]
    assert task.config["create_tables"] is ("inline" not in layout)


def test_a_spec_of_a_file_is_used_as_it_is(make_small: Make, tmp_path: Path) -> None:
    """And one that is not there holds the file; released when it is, the file goes on."""
    path = tmp_path / "gl.ctl"
    bank = make_small(registry(f"layout: {{spec: {path}}}"))
    one = bank.come(NAME, ROWS)
    assert ("spec", True) == (one.reason, str(path) in one.findings[0]["told"])
    path.write_text("LOAD DATA INTO TABLE t FIELDS TERMINATED BY ',' (a, b)\n")
    decide.release(bank.around, one.id, actor="ann")
    bank.settle()
    assert {NAME: ["archived"]} == bank.states()
    assert str(path) == bank.loads.ran[0].config["control"]


def test_what_no_spec_can_say_is_held(make_small: Make) -> None:
    """With the reason, and what to do."""
    bank = make_small(registry())
    one = bank.come(NAME, b"%PDF-1.7\n" + bytes(range(256)))
    assert ("spec", "LS-2012") == (one.reason, one.findings[0]["code"])
    assert "give the feed a layout" in one.findings[0]["hints"][-1]


def test_without_a_target_the_file_waits(make_small: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the file; it goes on when there is one."""
    monkeypatch.delenv("LOADSTONE_TARGET", raising=False)
    bank = make_small(registry().replace("target: bank.db", ""))
    one = bank.come(NAME, ROWS)
    assert (State.CHECKED, "file.delayed") == (one.state, bank.told(one)[-1])
    monkeypatch.setenv("LOADSTONE_TARGET", "here.db")
    wake(bank)
    bank.settle()
    assert {NAME: ["archived"]} == bank.states()
    assert "here.db" == bank.loads.ran[0].config["target"]


def wake(bank: Bank) -> None:
    """The pause is over, by the database's clock."""
    from sqlalchemy import update

    from loadstone.arrivals.tables import ARRIVAL

    with bank.database.write() as connection:
        connection.execute(update(ARRIVAL).values(not_before=None))


def test_a_feed_that_is_gone_holds_its_files(make_small: Make) -> None:
    """And they go on when it is there again."""
    from loadstone.arrivals import work
    from loadstone.bootstrap.sources import Sources

    bank = make_small(registry())
    bank.put(NAME, ROWS)
    bank.wait(60)
    bank.look()
    for _ in range(2):
        work.take_on(bank.around)
    sources = Sources(bank.database, "ann")
    sources.remove(Feed, "GL", None)
    bank.settle()
    assert "unknown_feed" == bank.all()[0].reason
    sources.take([("r.yaml", registry())], prune=False)
    decide.release(bank.around, 1, actor="ann")
    bank.settle()
    assert {NAME: ["archived"]} == bank.states()


def test_a_copy_that_is_gone_is_told_and_waits(make_small: Make) -> None:
    """Nothing is made up; when it is there again the file goes on."""
    from loadstone.arrivals import work
    from loadstone.arrivals.check import kept

    bank = make_small(registry())
    bank.put(NAME, ROWS)
    bank.wait(60)
    bank.look()
    for _ in range(2):
        work.take_on(bank.around)
    (one,) = bank.all()
    path = Path(str(one.kept_at))
    path.unlink()
    with pytest.raises(Stop, match="LS-7704"):
        kept(bank.around, one)
    bank.settle()
    assert "file.delayed" == bank.told(one)[-1]
    path.write_text(ROWS)
    wake(bank)
    bank.settle()
    assert {NAME: ["archived"]} == bank.states()


def test_a_place_that_refuses_to_be_tidied_is_noted(
    make_small: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is loaded, and not taken again."""
    from loadstone.arrivals import recognise

    def refuse(around: Any, arrival: Arrival, feed: Any) -> bool:
        raise Refused("LS-7414", "no right to delete")

    monkeypatch.setattr(recognise, "pick_up", refuse)
    bank = make_small(registry("pickup: {after: delete}"))
    one = bank.come(NAME, ROWS)
    assert (State.ARCHIVED, ["pickup"]) == (one.state, [finding["kind"] for finding in one.findings])
    assert 0 == bank.look().seen


def test_a_file_that_is_taken_away_may_come_again(make: Make) -> None:
    """Even the same one to the nanosecond: it is seen, and held as a duplicate, not lost."""
    bank = make(registry("pickup: {after: move, folder: done}"))
    bank.come(NAME, ROWS)
    (bank.inbox / "done" / NAME).rename(bank.inbox / NAME)
    assert 1 == bank.look().completed
    bank.settle()
    assert {NAME: ["archived", "quarantined"]} == bank.states()


def test_the_built_in_job_is_kept_once(make: Make) -> None:
    """A newer program brings its own; one that a person stored stays."""
    bank = make(registry())
    launch.keep_built_in(bank.database)
    with bank.database.read() as connection:
        assert [(1, "approved")] == [
            (one.version, one.state) for one in definitions.versions(connection, "load-file")
        ]
    mine = launch.BUILT_IN.replace("Loads one file", "Loads my files")
    define(bank.database, mine, {"load": bank.loads, "deadletters": bank.loads})
    launch.keep_built_in(bank.database)
    with bank.database.read() as connection:
        stored = definitions.approved(connection, "load-file")
    assert stored is not None
    assert (2, "ann") == (stored.version, stored.created_by)


def test_people_are_told_of_held_files(make_small: Make) -> None:
    """With the reason, what to do and where to look; it is over when somebody has decided."""
    from loadstone.alerts import collect
    from loadstone.alerts.rules import default_rules

    bank = make_small(registry())
    bank.come(NAME, ROWS)
    one = bank.come("gl_20261124_2.csv", ROWS)
    collect.collect(bank.database, default_rules(), collect.Pace())
    (told,) = notices_of(bank)
    assert "file held" == told.rule
    assert f"file:{one.id}" == told.about
    assert told.fact.startswith(
        "file gl_20261124_2.csv of feed GL is quarantined (duplicate_checksum): it has the very"
    )
    assert f"`loadstone files show {one.id}` shows all that is known of it." == told.steps[-1]
    decide.reject(bank.around, one.id, actor="ann", because="sent twice")
    collect.collect(bank.database, default_rules(), collect.Pace())
    assert ["closed"] == [str(notice.state) for notice in notices_of(bank)]


def notices_of(bank: Bank) -> list[Any]:
    """Notices, the closed ones too."""
    from loadstone.alerts import repository as notices

    with bank.database.read() as connection:
        found = [notices.by_id(connection, number) for number in range(1, 10)]
    return [one for one in found if one is not None]
