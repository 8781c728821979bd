"""Launch the job that loads a file, in the transaction in which the file becomes launched: once, whatever dies."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from loadstone.arrivals.check import feed_of
from loadstone.arrivals.model import Arrival, Finding, Hold, State, Step
from loadstone.arrivals.specs import spec_for
from loadstone.arrivals.surroundings import LOAD_JOB, Surroundings
from loadstone.arrivals.totals import columns_of
from loadstone.audit import trail
from loadstone.database.open import Database, one_at_a_time
from loadstone.errors import FixSpec, LoadstoneError
from loadstone.jobs import registry
from loadstone.jobs.definition import Definition, parse_definition
from loadstone.jobs.launch import launch_within, runnable
from loadstone.jobs.model import Answer
from loadstone.jobs.parameters import keys_of, typed_parameters
from loadstone.jobs.repository import definitions
from loadstone.sources.model import Feed
from loadstone.sources.policies import Policy
from loadstone.telemetry.points import reach

BUILT_IN = f"""
name: {LOAD_JOB}
description: Loads one file of a feed, and keeps its rejected records as dead letters.
parameters:
  arrival: {{type: integer, help: number of the file}}
  file: {{identifying: false, help: our copy of it}}
  name: {{identifying: false, help: its name where it came from}}
  feed: {{identifying: false, help: name of its feed}}
  business_date: {{type: date, identifying: false, help: the day that it belongs to}}
  control: {{identifying: false, help: load spec or control file}}
  target: {{identifying: false, help: target URL or name}}
  create_tables: {{type: boolean, identifying: false, default: false, help: make missing tables}}
  results: {{identifying: false, help: folder of the bad file and the log}}
  summed: {{required: false, identifying: false, help: columns whose sums over the rows loaded are told}}
steps:
  load:
    handler: load
    config: &load
      control: "{{control}}"
      data: "{{file}}"
      target: "{{target}}"
      create_tables: "{{create_tables}}"
      business_date: "{{business_date}}"
      summed: "{{summed}}"
      bad: "{{results}}/load.bad"
      discard: "{{results}}/load.dsc"
      log: "{{results}}/load.log"
  deadletters:
    handler: deadletters
    needs: [load]
    optional: true
    config: *load
"""
"""The job of feeds that name none."""


def launch(around: Surroundings, arrival: Arrival, renew: Callable[[], None]) -> Step:
    """
    Launch the load of a file that was checked.

    Raises:
        Hold: There is no spec, no such job, or the job does not take the file.
        FixSpec: LS-6001 neither the feed nor LOADSTONE_TARGET names a target.
    """
    feed = feed_of(around, arrival)
    data, folder = around.store.back(arrival), around.store.results(arrival)
    layout = around.registry().layouts.get(feed.layout.fixed) if feed.layout.fixed else None
    spec = spec_for(feed, layout, data, folder)
    given = {
        "arrival": arrival.id,
        "file": str(data),
        "name": arrival.name,
        "feed": feed.name,
        "business_date": arrival.business_date.isoformat() if arrival.business_date else None,
        "control": spec.path,
        "target": _target(feed),
        "create_tables": spec.create_tables,
        "results": str(folder),
        "summed": ",".join(columns_of(feed.controls)) or None,
    }

    def within(connection: Connection) -> Mapping[str, Any]:
        execution = _launched(connection, feed.job or LOAD_JOB, given, around.worker)
        reach("arrival_launching")
        return {"execution_id": execution}

    return Step(state=State.LAUNCHED, values={"kept_at": str(data)}, within=within)


def keep_built_in(database: Database) -> None:
    """Store the built-in job where it is missing, or another version of this program made it; a changed one of a person's stays."""
    definition = built_in()
    with database.write() as connection:
        one_at_a_time(connection, registry.LOCK)
        newest = definitions.find(connection, definition.name)
        if newest is not None and (
            newest.content_hash == definition.content_hash() or newest.created_by != _MAKER
        ):
            return
        stored = definitions.add(connection, definition, _MAKER)
        definitions.set_state(connection, stored.id, "approved", _MAKER)
        told = {"version": stored.version, "content_hash": stored.content_hash}
        trail.record(connection, _MAKER, "job.store", f"job:{definition.name}", told)


def built_in() -> Definition:
    """The definition of the built-in job."""
    return parse_definition(BUILT_IN)


# Private functions

_MAKER = "loadstone"
"""Who made the built-in job: it comes with the program, and was reviewed with it."""


def _launched(connection: Connection, job: str, given: Mapping[str, Any], actor: str) -> int:
    """The execution that loads the file; it is the same instance however often a file is launched."""
    try:
        stored = runnable(connection, job)
        parameters = stored.definition.parameters
        if "arrival" not in parameters or not parameters["arrival"].identifying:
            raise FixSpec(
                "LS-7705",
                f"job {job} has no identifying parameter arrival, so it could load a file twice",
                hints=[f"add it: `loadstone jobs show {LOAD_JOB}` shows how the built-in job has it."],
            )
        values = typed_parameters(
            stored.definition, {name: value for name, value in given.items() if name in parameters}
        )
        done = launch_within(connection, stored, values, keys_of(stored.definition, values), actor=actor)
    except LoadstoneError as error:
        raise Hold(_refused(error.message, error.hints, error.code)) from error
    if done.answer is Answer.REFUSED or done.execution_id is None:
        raise Hold(_refused(done.reason, (), None))
    return done.execution_id


def _refused(told: str, hints: tuple[str, ...], code: str | None) -> Finding:
    more = "mend that, and `loadstone files release` launches it again."
    return Finding(kind="launch", told=told, policy=Policy.HOLD, hints=(*hints, more), code=code)


def _target(feed: Feed) -> str:
    named = feed.target or os.environ.get("LOADSTONE_TARGET")
    if not named:
        raise FixSpec(
            "LS-6001",
            f"feed {feed.name} names no target",
            hints=[f"`loadstone feeds edit {feed.name} target=NAME`, or set LOADSTONE_TARGET."],
        )
    return named
