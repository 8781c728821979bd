"""The step ``write``: a file is written, numbered and delivered once, however often the step is tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from loadstone.bootstrap.handlers import handlers
from loadstone.bootstrap.handlers.write import WriteHandler
from loadstone.database.open import Database
from loadstone.errors import FixSpec
from loadstone.jobs.handlers import TaskRun
from loadstone.jobs.model import Status, Task
from loadstone.output import deliver as delivering
from tests.integration.jobs.test_handlers import run_job
from tests.integration.output.rows import fill
from tests.repository import define, open_repository

JOB = """
name: outgoing
parameters: {day: {type: date}}
steps:
  write:
    handler: write
    retry: {attempts: 3, pause_s: 0.01}
    config: {spec: out.yaml, source: bank.db, folder: out, business_date: "{day}", define: {bank: north}}
"""
SPEC: dict[str, Any] = {
    "file": "{bank}_{sequence:03}.txt",
    "rows": {"table": "payments", "order": ["id"]},
    "layout": {"kind": "delimited"},
    "footer": ["{count}|{sum(amount)}"],
    "sequence": {"id": "north"},
    "deliver": {"connection": "agency", "folder": "{business_date:YYYYMM}"},
}


@pytest.fixture
def database(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A repository beside rows, a spec and a folder that stands for the agency."""
    fill("bank.db")
    Path("far").mkdir()
    Path("out.yaml").write_text(json.dumps(SPEC))
    Path("loadstone.toml").write_text(
        '[connections.agency]\nurl = "far"\nkind = "directory"\naccess = "write"\n'
    )
    monkeypatch.setenv("LOADSTONE_CONFIG", "loadstone.toml")
    opened = open_repository("repository.db")
    yield opened
    opened.close()


class Told:
    """A run that keeps what it is told."""

    def __init__(self) -> None:
        self.records: list[int] = []

    def report(self, contribution: Any, bytes_done: int, bytes_total: int | None) -> None:
        """Take the counts."""
        self.records.append(contribution.read)


def task_of(instance_id: int, **config: Any) -> Task:
    """A task of the step, as a worker claims it."""
    usual = {"spec": "out.yaml", "source": "bank.db", "folder": "out", "define": {"bank": "north"}}
    values = dict.fromkeys(Task.__dataclass_fields__, cast(Any, 0))
    values |= {"repository_id": "r", "instance_id": instance_id, "step": "write", "job": "outgoing"}
    return Task(**{**values, "config": {**usual, "business_date": "2026-11-25", **config}})


def test_a_job_writes_and_delivers(database: Database) -> None:
    """Its result is the receipt; another business date is another file with the next number."""
    define(database, JOB, handlers(database))
    for number, day in enumerate(("2026-11-24", "2026-11-25"), 1):
        (step,) = run_job(database, "outgoing", day=day)
        assert Status.COMPLETED is step.status
        told = step.result or {}
        name = f"north_00{number}.txt"
        assert (number, f"agency:202611/{name}", 5) == (told["sequence"], told["delivered"], told["records"])
        assert Path("far/202611", name).read_bytes() == Path("out", name).read_bytes()
    assert 5 == step.read


def test_a_step_that_is_tried_again_writes_no_second_file(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its worker died on the way, right behind the last word, or before the engine heard of it."""

    class Died(BaseException):
        pass

    handler, told = WriteHandler(database), Told()
    for instance, point in enumerate(("delivery_sent", "delivery_moved", "delivery_settled"), 1):

        def reach(name: str, wanted: str = point) -> None:
            if name == wanted:
                raise Died

        with monkeypatch.context() as patched:
            patched.setattr(delivering, "reach", reach)
            with pytest.raises(Died):
                handler.run(task_of(instance), cast(TaskRun, told))
        first, second = (handler.run(task_of(instance), cast(TaskRun, told)) for _ in range(2))
        assert instance == (first.result or {})["sequence"]
        assert {**(first.result or {}), "duration_s": 0} == {**(second.result or {}), "duration_s": 0}
        assert instance == len(list(Path("far/202611").iterdir()))
    assert 5 in told.records


def test_it_waits_for_the_place_of_its_delivery(database: Database) -> None:
    """That place and a server of its rows are its systems; a spec that is not there is told when it runs."""
    handler = WriteHandler(database)
    assert ["agency"] == [one.name for one in handler.systems(task_of(1))]
    server = task_of(1, source="postgresql://h/d")
    assert ["h/d", "agency"] == [one.name for one in handler.systems(server)]
    assert [] == list(handler.systems(replace(server, config={"spec": "none.yaml", "source": "bank.db"})))
    with pytest.raises(FixSpec, match="LS-6020"):
        handler.run(task_of(1, spec="none.yaml"), cast(TaskRun, Told()))


def test_a_wrong_step_is_refused_when_it_is_stored(database: Database) -> None:
    """Its configuration, and an output spec that is there and wrong."""
    with pytest.raises(FixSpec, match="LS-7121"):
        define(database, JOB.replace("folder: out", "floder: out"), handlers(database))
    Path("out.yaml").write_text("file: [")
    with pytest.raises(FixSpec, match="LS-8001"):
        define(database, JOB, handlers(database))
