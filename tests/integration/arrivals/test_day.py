"""
A day of files from twelve systems: late, sent twice, half-written, renamed, changed, corrupt, bombs, wrong totals.

Every file ends in exactly one right place, the books balance, and nothing needs a hand but what policy says.
"""

from __future__ import annotations

import gzip
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loadstone.arrivals import watch
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Outcome, Task
from tests.arrivals import Bank
from tests.bank_files import AchEntry, ach_file
from tests.integration.arrivals.test_kills import InProcess
from tests.repository import Doing, open_repository

FEED = """
  - name: {name}
    feeds:
      - name: {name}
        connection: in
        folder: {name}
        patterns: [{{glob: "{name}_{{business_date}}_*"}}]
        target: "{target}"
        sla: {{expected_until: "12:00", cutoff: "18:00"}}
        {more}
"""
TRAILER = """complete: {{stable_s: 10}}
        layout: {{spec: "{folder}/{name}.ctl"}}
        controls: {{trailer: {{starts_with: "T|", delimiter: "|", skip: 1, count: {{field: 2}},
          sums: [{{name: amount, stated: {{field: 3}}, of: {{field: 3}}}}]}}}}"""
FIXED = """complete: {{stable_s: 10}}
        layout: {{spec: "{folder}/{name}.ctl"}}
        controls: {{trailer: {{starts_with: "9", count: {{start: 2, end: 11}},
          sums: [{{name: amount, stated: {{start: 12, end: 20}}, of: {{start: 12, end: 20}}, decimals: 2}}]}}}}"""
CSV = "format: delimited"
ACH = "format: nacha"
CONTROL = {
    "trailer": "LOAD DATA APPEND INTO TABLE {name} WHEN (1:1) = 'D' FIELDS TERMINATED BY '|' (kind FILLER, id, amount)\n",
    "fixed": "LOAD DATA APPEND INTO TABLE {name} WHEN (1:1) = '1' (id POSITION(2:11), amount POSITION(12:20))\n",
}
SYSTEMS = {
    **{f"core{n}": "trailer" for n in range(1, 5)},
    **{f"host{n}": "fixed" for n in range(1, 4)},
    **{f"crm{n}": "csv" for n in range(1, 4)},
    **{f"ach{n}": "ach" for n in range(1, 3)},
}
MORE = {"trailer": TRAILER, "fixed": FIXED, "csv": CSV, "ach": ACH}


@dataclass
class Sent:
    """A file that came: where it should end, why it should be held, how many of its rows should be in the table."""

    name: str
    state: str = "archived"
    reason: str | None = None
    rows: int = 0


@dataclass
class Day:
    """The day: what was sent, by name."""

    bank: Bank
    chance: random.Random
    date: datetime
    serial: int = 0
    sent: dict[str, Sent] = field(default_factory=dict)
    first: dict[str, bytes] = field(default_factory=dict)

    def content(self, system: str, rows: int) -> bytes:
        """Good bytes that no other file has."""
        self.serial += 1
        items = [(self.serial * 1000 + n, self.chance.randrange(1, 10**6)) for n in range(rows)]
        total = sum(cents for _, cents in items)
        match SYSTEMS[system]:
            case "trailer":
                body = [f"D|{key}|{cents / 100:.2f}" for key, cents in items]
                lines = ["H|day", *body, f"T|{rows}|{total / 100:.2f}"]
            case "fixed":
                lines = [
                    *(f"1{key:010}{cents:09}" for key, cents in items),
                    f"9{rows:010}{total:09}",
                ]
            case "csv":
                lines = [
                    "id,amount,day",
                    *(f"{key},{c / 100:.2f},2026-11-{key % 28 + 1:02}" for key, c in items),
                ]
            case _:
                lines = ach_file([[AchEntry(cents=cents, name=f"N{key}") for key, cents in items]])
        return ("\n".join(lines) + "\n").encode()

    def send(self, system: str, data: bytes, sent: Sent) -> None:
        """A file comes."""
        self.sent[sent.name] = sent
        self.bank.put(sent.name, data, system)

    def name(self, system: str, ending: str = ".dat") -> str:
        """A name of the feed, of this day."""
        return f"{system}_{self.date:%Y%m%d}_{self.serial:04}{ending}"

    def round(self) -> None:
        """Time goes on, and everything is looked at and taken on."""
        self.bank.wait(60)
        known = self.bank.around.registry()
        for (connection, folder), feeds in watch.places(known).items():
            watch.look(self.bank.around, known, connection, folder, feeds)
        self.bank.settle()


def good(day: Day, system: str) -> None:
    """As agreed."""
    rows = day.chance.randrange(21, 40)
    data = day.content(system, rows)
    day.first.setdefault(system, data)
    day.send(system, data, Sent(day.name(system), rows=rows))


def twice(day: Day, system: str) -> None:
    """The same bytes under another name."""
    day.serial += 1
    sent = Sent(day.name(system), "quarantined", "duplicate_checksum")
    day.send(system, day.first[system], sent)


def other_bytes(day: Day, system: str) -> None:
    """The same records with other line ends, and other ones each time at the end."""
    day.serial += 1
    data = day.first[system].replace(b"\n", b"\r\n") + b"\n" * day.serial
    day.send(system, data, Sent(day.name(system), "quarantined", "duplicate_content"))


def renamed(day: Day, system: str) -> None:
    """A name that no feed takes."""
    day.content(system, 1)
    day.send(system, b"who am I\n", Sent(f"{system}-export-{day.serial}.dat", "quarantined", "unknown_feed"))


def half(day: Day, system: str) -> None:
    """Cut off in the midst, though it stands still."""
    data = day.content(system, 30)
    if SYSTEMS[system] == "csv":  # it states nothing that would tell
        return
    day.send(system, data[: len(data) // 2], Sent(day.name(system), "quarantined", "totals"))


def growing(day: Day, system: str) -> None:
    """Seen while it is written, under a name of its own, and renamed when it is whole."""
    data = day.content(system, 25)
    name = day.name(system)
    part = day.bank.put(f"{name}.part", data[:50], system)
    known = day.bank.around.registry()
    feed = known.feeds[system]
    watch.look(day.bank.around, known, "in", system, [feed])
    part.unlink()
    day.send(system, data, Sent(name, rows=25))


def corrupt(day: Day, system: str) -> None:
    """Packed, and cut off."""
    data = gzip.compress(day.content(system, 30))
    day.send(system, data[:-20], Sent(day.name(system, ".gz"), "quarantined", "unreadable"))


def bomb(day: Day, system: str) -> None:
    """A little that becomes very much."""
    day.serial += 1
    data = gzip.compress(bytes(3 << 20) + day.serial.to_bytes(4, "big"))
    day.send(system, data, Sent(day.name(system, ".gz"), "quarantined", "unreadable"))


def empty(day: Day, system: str) -> None:
    """Not one byte."""
    day.serial += 1
    sent = Sent(day.name(system), "quarantined", "empty")
    if any(one.reason == "empty" and one.name.startswith(system) for one in day.sent.values()):
        sent.reason = "duplicate_checksum"  # nothing is what came before
    day.send(system, b"", sent)


def wrong_totals(day: Day, system: str) -> None:
    """An amount that is not the one that was summed."""
    data = day.content(system, 30)
    if SYSTEMS[system] == "csv":
        return
    lines = data.decode().splitlines()
    at = next(n for n, line in enumerate(lines) if line[0] in "D16" and n > 1)
    old = lines[at]
    spot = old.rindex(".") - 1 if "." in old else 38 if SYSTEMS[system] == "ach" else 19
    lines[at] = old[:spot] + ("1" if old[spot] != "1" else "2") + old[spot + 1 :]
    sent = Sent(day.name(system), "quarantined", "totals")
    day.send(system, ("\n".join(lines) + "\n").encode(), sent)


def drifted(day: Day, system: str) -> None:
    """A column of another name."""
    if SYSTEMS[system] != "csv":
        return
    data = day.content(system, 30).replace(b"amount", b"betrag")
    day.send(system, data, Sent(day.name(system), "quarantined", "drift"))


def other_format(day: Day, system: str) -> None:
    """A document where records should be."""
    if SYSTEMS[system] not in ("csv", "ach"):
        return
    day.serial += 1
    data = b"%PDF-1.7\n" + day.chance.randbytes(300)
    day.send(system, data, Sent(day.name(system), "quarantined", "format"))


FATES: list[Callable[[Day, str], None]] = [
    twice, other_bytes, renamed, half, growing, corrupt, bomb, empty, wrong_totals, drifted, other_format,
]  # fmt: skip


def in_tables(bank: Bank) -> dict[str, int]:
    """Rows of each table."""
    with sqlite3.connect(bank.folder / "target.db") as connection:
        return {
            system: connection.execute(f"SELECT count(*) FROM {system}").fetchone()[0] for system in SYSTEMS
        }


class Counting:
    """A load that only counts the data records of a file, each file once."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()

    def act(self, task: Task, run: TaskRun) -> Outcome:
        feed = str(task.parameters["feed"])
        lines = Path(task.config["data"]).read_text().splitlines()
        first = {"trailer": "D", "fixed": "1", "ach": "6"}.get(SYSTEMS[feed], "")
        rows = sum(line.startswith(first) for line in lines) - (SYSTEMS[feed] == "csv")
        self.rows[feed] += rows
        counts = {"rows_read": rows, "rows_loaded": rows, "rows_rejected": 0, "rows_discarded": 0}
        return Outcome(result={"load_id": str(task.parameters["arrival"]), "outcome": "complete", **counts})


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Twelve systems, each with its folder, its feed and its table."""
    monkeypatch.setattr("loadstone.arrivals.content.BOMB_SIZE_BYTES", 1 << 20)
    target = tmp_path / "bank" / "target.db"
    registry = "sources:" + "".join(
        FEED.format(name=name, target=target, more=MORE[kind].format(folder=tmp_path, name=name))
        for name, kind in SYSTEMS.items()
    )
    for name, kind in SYSTEMS.items():
        if kind in CONTROL:
            (tmp_path / f"{name}.ctl").write_text(CONTROL[kind].format(name=name))
    made = Bank(open_repository(str(tmp_path / "r.db")), tmp_path / "bank", registry)
    for name in SYSTEMS:
        (made.inbox / name).mkdir()
    with sqlite3.connect(target) as connection:
        for name, kind in SYSTEMS.items():
            if kind in CONTROL:
                connection.execute(f"CREATE TABLE {name} (id TEXT, amount TEXT)")
    return made


def run_day(bank: Bank, files: int) -> Day:
    """So many files, in waves; a tenth of them late."""
    now = datetime.now(UTC)
    bank.clock.later = (now + timedelta(days=1)).replace(hour=6, minute=0) - now
    day = Day(bank, random.Random(20261124), bank.clock.now().astimezone(UTC))
    for system in SYSTEMS:
        good(day, system)
    day.round()
    systems = list(SYSTEMS)
    fates = [fate for fate in FATES for _ in range(max(1, files // 40))]
    day.chance.shuffle(fates)
    number = 0
    while fates:
        fates.pop()(day, systems[number % len(systems)])
        number += 1
    while len(day.sent) < files * 9 // 10:
        good(day, day.chance.choice(systems))
    day.round()
    bank.wait(8 * 3600)
    while len(day.sent) < files:
        good(day, day.chance.choice(systems))
    day.round()
    return day


def balanced(day: Day, rows: dict[str, int]) -> None:
    """Each file is where it should be, once; and the rows are those of the files that were loaded."""
    found = {one.name: one for one in day.bank.all()}
    assert len(day.sent) == len(found) == len(day.bank.all())
    wrong = {
        name: (sent.state, sent.reason, str(found[name].state), found[name].reason, found[name].findings)
        for name, sent in day.sent.items()
        if (sent.state, sent.reason) != (str(found[name].state), found[name].reason)
    }
    assert {} == wrong
    expected: Counter[str] = Counter()
    for name, sent in day.sent.items():
        expected[name.partition("_")[0].partition("-")[0]] += sent.rows
        receipt = found[name].receipt
        assert sent.rows == (receipt["rows_loaded"] if receipt else 0), name
    assert {system: expected[system] for system in SYSTEMS} == {system: rows[system] for system in SYSTEMS}
    paths = [Path(str(one.kept_at)) for one in found.values()]
    kept = [
        path
        for path in (day.bank.folder / "store").rglob("*")
        if path.is_file() and "results" not in path.parts
    ]
    assert sorted(paths) == sorted(kept)
    late = [one for one in found.values() if any(finding["kind"] == "late" for finding in one.findings)]
    assert late and all("archived" == one.state for one in late)


def test_a_small_day_ends_well(bank: Bank) -> None:
    """Forty files, of every fate; loads are counted."""
    counting = Counting()
    bank.loads = Doing(counting.act)
    day = run_day(bank, 40)
    balanced(day, dict(counting.rows))


@pytest.mark.slow
def test_a_day_of_500_files_ends_well(bank: Bank) -> None:
    """Loaded into a real database, and counted there."""
    bank.loads = InProcess()  # type: ignore[assignment]
    day = run_day(bank, 500)
    balanced(day, in_tables(bank))
    assert 500 == len(day.sent)
