"""The command line's parser: errors with a code and the nearest word, examples in every help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NoReturn

from loadstone.cli.examples import EXAMPLES
from loadstone.errors import FixSpec

_CHOICE = re.compile(r"invalid choice: '([^']*)' \(choose from (.*)\)")


class Parser(argparse.ArgumentParser):
    """A parser whose errors have a code, and the exit code 1 of a wrong command line."""

    def error(self, message: str) -> NoReturn:
        """Raise ``FixSpec`` LS-6006 instead of leaving the process."""
        choice = _CHOICE.search(message)
        near = _near(choice[1], re.findall(r"[\w-]+", choice[2])) if choice else []
        raise FixSpec("LS-6006", message, hints=[*near, f"`{self.prog} --help` lists all options."])


def parse(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """
    The arguments that ``words`` are.

    Raises:
        FixSpec: LS-6006 what is wrong, with the nearest command or option.
    """
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        command = _command_of(parser, words)
        options = [option for action in command._actions for option in action.option_strings]
        word = unknown[0].partition("=")[0]
        hints = [*_near(word, options), f"`{command.prog} --help` lists all options."]
        raise FixSpec("LS-6006", f"{command.prog} does not take {' '.join(unknown)}", hints=hints)
    return arguments


def add_examples(parser: argparse.ArgumentParser, name: str = "") -> None:
    """Put the examples of each command below its help."""
    examples = EXAMPLES.get(name)
    if examples:
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = "examples:\n" + "\n".join(f"  {line}" for line in examples)
    for word, command in subcommands(parser).items():
        add_examples(command, f"{name} {word}".strip())


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a parser by name; empty where there are none."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices)
    return found


# Private functions


def _command_of(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.ArgumentParser:
    for word in words:
        parser = subcommands(parser).get(word, parser)
    return parser


def _near(word: str, known: Sequence[str]) -> list[str]:
    close = get_close_matches(word, known, 1, 0.6)
    return [f"did you mean {close[0]}?"] if close else []
