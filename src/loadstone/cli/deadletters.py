"""``loadstone deadletters``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from loadstone.cli.show import mask
from loadstone.cli.tables import print_record, print_table
from loadstone.cli.texts import read_bytes
from loadstone.config import current_user, resolve_repository

if TYPE_CHECKING:
    from loadstone.bootstrap.deadletters import DeadLetters
    from loadstone.deadletters.model import Letter


def run_list(arguments: argparse.Namespace) -> int:
    """Letters with their reasons."""
    with _letters(arguments) as letters:
        found = letters.listed(
            state=arguments.state, load=arguments.load, after=arguments.after, limit=arguments.limit
        )
    print_table([_values(one, shown=arguments.show_values) for one in found], as_json=arguments.json)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """One letter."""
    with _letters(arguments) as letters:
        letter = letters.show(arguments.letter)
    values = _values(letter, shown=arguments.show_values)
    record = letter.content.decode("utf-8", "backslashreplace").rstrip("\r\n")
    more = {
        "input": letter.input_name,
        "byte_offset": letter.byte_offset,
        "corrected": letter.corrected is not None,
        "record_text": record if arguments.show_values else mask(record),
    }
    if arguments.json:
        print_table([{**values, **more}], as_json=True)
        return 0
    print_record({**values, **more})
    return 0


def run_correct(arguments: argparse.Namespace) -> int:
    """Correct one letter."""
    content = arguments.text.encode() if arguments.text is not None else read_bytes(arguments.file)
    with _letters(arguments) as letters:
        letter = letters.correct(arguments.letter, content)
    print_table(
        [{"letter": letter.id, "state": str(letter.state), "bytes": len(letter.content)}],
        as_json=arguments.json,
    )
    return 0


def run_replay(arguments: argparse.Namespace) -> int:
    """Replay; 2 when a letter was refused again."""
    with _letters(arguments) as letters:
        done = letters.replay(arguments.letters)
    rows = [{"load": one.load_id[:8], "loaded": one.loaded, "refused": len(one.refused)} for one in done]
    print_table(rows, as_json=arguments.json)
    return 2 if any(one.refused for one in done) else 0


def run_drop(arguments: argparse.Namespace) -> int:
    """Drop."""
    with _letters(arguments) as letters:
        dropped = letters.drop(arguments.letters, arguments.reason)
    print_table([{"dropped": dropped}], as_json=arguments.json)
    return 0


# Private functions


@contextmanager
def _letters(arguments: argparse.Namespace) -> Iterator[DeadLetters]:
    from loadstone.bootstrap.deadletters import open_dead_letters

    url = resolve_repository(arguments.repository)
    letters = open_dead_letters(url, actor=arguments.actor or current_user())
    try:
        yield letters
    finally:
        letters.close()


def _values(letter: Letter, *, shown: bool) -> dict[str, Any]:
    return {
        "letter": letter.id,
        "state": str(letter.state),
        "load": letter.load_id[:8],
        "record": letter.record_no,
        "table": letter.table_name,
        "field": letter.field,
        "value": letter.value if shown else mask(letter.value),
        "attempts": letter.attempts,
        "reason": letter.reason,
    }
