"""Definitions: what is refused, where, and what two that say the same have in common."""

from __future__ import annotations

import pytest

from loadstone.errors import FixSpec
from loadstone.jobs.definition import parse_definition

GOOD = """
name: gl_daily
parameters:
  day: {type: date}
steps:
  load: {handler: load, config: {control: gl.ctl}}
  audit: {handler: audit, needs: [load]}
"""


def test_a_definition_says_what_its_yaml_says() -> None:
    """Short needs are edges that ask for completion; what is not said has its default."""
    definition = parse_definition(GOOD)
    assert definition.needs() == {"load": [], "audit": ["load"]}
    assert definition.steps["audit"].needs[0].when == "completed"
    assert definition.launch.completed == "cached"


def test_the_hash_is_of_the_content_not_of_its_form() -> None:
    """Comments, order of keys and defaults written out change nothing."""
    other = """
    steps:   # in another order
      load: {config: {control: gl.ctl}, handler: load, optional: false}
      audit: {needs: [{step: load, when: completed}], handler: audit}
    parameters: {day: {type: date, identifying: true}}
    name: gl_daily
    """
    assert parse_definition(GOOD).content_hash() == parse_definition(other).content_hash()
    assert (
        parse_definition(GOOD).content_hash()
        != parse_definition(GOOD.replace("gl.ctl", "x.ctl")).content_hash()
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("needs: [load]", "needs: [laod]", "step audit needs laod, which is no step"),
        ("config: {control: gl.ctl}", "needs: [audit]", "audit -> load -> audit"),
        ("type: date", "type: dato", "parameters.day.type"),
        ("handler: audit", "handlr: audit", "steps.audit.handlr"),
        ("name: gl_daily", "name: 1x", "name"),
    ],
)
def test_each_fault_is_named(old: str, new: str, told: str) -> None:
    """A fault of the form is refused with the place of the value."""
    with pytest.raises(FixSpec, match="LS-7102") as caught:
        parse_definition(GOOD.replace(old, new), "gl.yaml")
    assert told in caught.value.message
    assert caught.value.place.file == "gl.yaml"


def test_all_faults_come_in_one_error() -> None:
    """One round of mending is enough."""
    with pytest.raises(FixSpec) as caught:
        parse_definition("name: x\nprioriti: 3\nsteps: {a: {}}\n")
    assert "prioriti" in caught.value.message and "steps.a.handler" in caught.value.message


def test_what_is_no_yaml_is_refused_with_line_and_column() -> None:
    """The place is the parser's."""
    with pytest.raises(FixSpec, match="LS-7101") as caught:
        parse_definition("name: [x\nsteps: {", "gl.yaml")
    assert caught.value.place.line == 2
