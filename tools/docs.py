"""Write the reference pages that are made from the code: commands, error codes, settings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from loadstone.cli.main import build_parser
from loadstone.config import SETTINGS
from loadstone.errors.catalogue import catalogue

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE = "<!-- Made by `make docs`; edit the code, not this page. -->\n\n"


def main() -> int:
    """Write all pages."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
        print(f"docs/reference/{name}")
    return 0


def pages() -> dict[str, str]:
    """Text of each page by file name."""
    return {"cli.md": cli_page(), "errors.md": errors_page(), "settings.md": settings_page()}


def cli_page() -> str:
    """All commands and options."""
    lines = ["# Commands", "", MADE.strip(), ""]
    parser = build_parser()
    for name, command in _commands(parser):
        lines += [f"## loadstone {name}", ""]
        lines += ["| argument | meaning |", "|---|---|"]
        lines += [_row(action) for action in command._actions if action.nargs != argparse.PARSER]
        lines.append("")
    return "\n".join(lines)


def errors_page() -> str:
    """All error codes."""
    lines = ["# Error codes", "", MADE.strip(), ""]
    lines.append(
        "The class says what to do next: `FixSpec` mend the control file, spec or command line, `FixFile` mend"
    )
    lines.append(
        "the data file, `Refused` a rule forbids it now, `Retry` start again, `Stop` the system below failed."
    )
    lines += ["", "| code | class | meaning | what to do |", "|---|---|---|---|"]
    lines += [
        f"| {entry.code} | {entry.class_name} | {_cell(entry.title)} | {_cell(entry.help)} |"
        for entry in catalogue().values()
    ]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """All settings."""
    lines = ["# Settings", "", MADE.strip(), "", "| setting | meaning |", "|---|---|"]
    lines += [f"| `{setting.name}` | {_cell(setting.meaning)} |" for setting in SETTINGS]
    return "\n".join(lines) + "\n"


# Private functions


def _commands(parser: argparse.ArgumentParser, prefix: str = "") -> list[tuple[str, argparse.ArgumentParser]]:
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                found.append((prefix + name, command))
                found += _commands(command, f"{prefix}{name} ")
    return found


def _row(action: argparse.Action) -> str:
    name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    value = (
        "" if action.nargs == 0 or not action.option_strings else f" {action.metavar or action.choices or ''}"
    )
    return f"| `{(name + value).strip()}` | {_cell(action.help or '')} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("%%", "%")


if __name__ == "__main__":
    sys.exit(main())
