"""Write the reference pages that are made from the code: commands, error codes, settings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docs_documents import documents_page
from docs_tables import tables_page

from loadstone.bootstrap.gauges import GAUGES_S
from loadstone.cli.examples import EXAMPLES
from loadstone.cli.main import build_parser
from loadstone.config import SETTINGS
from loadstone.connections.options import OPTIONS
from loadstone.errors.catalogue import catalogue
from loadstone.expressions.duckdb.emit import emitted_names
from loadstone.expressions.functions import FUNCTIONS
from loadstone.expressions.session import UNANSWERED
from loadstone.expressions.spans import span_names
from loadstone.formats.readers.banks import BANKS
from loadstone.telemetry.metrics import LABEL_VALUES_MAX, METRICS, OTHER

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
    return {
        "bank-formats.md": banks_page(),
        "cli.md": cli_page(),
        "connections.md": connections_page(),
        "documents.md": documents_page(MADE.strip()),
        "errors.md": errors_page(),
        "functions.md": functions_page(),
        "metrics.md": metrics_page(),
        "settings.md": settings_page(),
        "tables.md": tables_page(MADE.strip()),
    }


def cli_page() -> str:
    """All commands and options."""
    lines = ["# Commands", "", MADE.strip(), ""]
    parser = build_parser()
    for name, command in _commands(parser):
        lines += [f"## loadstone {name}", ""]
        lines += ["| argument | meaning |", "|---|---|"]
        lines += [_row(action) for action in command._actions if action.nargs != argparse.PARSER]
        if name in EXAMPLES:
            lines += ["", "```", *EXAMPLES[name], "```"]
        lines.append("")
    return "\n".join(lines)


def banks_page() -> str:
    """All formats of banks, their rows and columns."""
    lines = ["# Formats of banks", "", MADE.strip(), ""]
    lines += [
        "Amounts are exact decimals with the places that the file or its currency has, dates are ISO (`2026-11-24`), and what",
        "a file does not say is NULL. A record that cannot be read is one rejected row with its place; `loadstone totals FILE`",
        "shows the totals that a file states beside those that were counted.",
        "",
    ]
    for kind, bank in BANKS.items():
        lines += [
            f"## {bank.title}",
            "",
            f"`kind: {kind}`; rows: {', '.join(f'`{rows}`' for rows in bank.rows)}.",
            "",
        ]
        for rows in bank.rows:
            lines += [f"### {bank.title}: {rows}", "", "| column | meaning |", "|---|---|"]
            lines += [f"| `{column.name}` | {_cell(column.meaning)} |" for column in bank.columns_of(rows)]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def connections_page() -> str:
    """What connections may say, kind by kind."""
    lines = ["# Options of connections", "", MADE.strip(), ""]
    lines.append("Of `[connections.NAME]` in `loadstone.toml`, beside `url`, `kind` and `breaker`.")
    for kind, model in OPTIONS.items():
        lines += [
            "",
            f"## {kind}",
            "",
            _plain(model.__doc__ or ""),
            "",
            "| option | default | meaning |",
            "|---|---|---|",
        ]
        for name, one in model.model_fields.items():
            default = "" if one.is_required() or one.default in (None, "", (), {}) else f"`{one.default}`"
            lines.append(f"| `{name}` | {default} | {_cell(one.description or '')} |")
    return "\n".join(lines) + "\n"


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


def functions_page() -> str:
    """All functions of SQL strings, and what computes each."""
    lines = ["# Functions of SQL strings", "", MADE.strip(), ""]
    lines.append(
        "Besides: literals of text, numbers, dates, timestamps and intervals; `||`, arithmetic with numbers, dates and"
    )
    lines.append(
        "intervals; comparisons, `IN`, `BETWEEN`, `LIKE`, `IS NULL`, `EXISTS`, `AND`, `OR`, `NOT`; `CASE` in both forms,"
    )
    lines.append(
        "`DECODE`, `CAST`; `SYSDATE`, `SYSTIMESTAMP`, `CURRENT_DATE`, `CURRENT_TIMESTAMP`, `LOCALTIMESTAMP`, `USER`,"
    )
    lines.append(
        "`SESSIONTIMEZONE`, `DBTIMEZONE`; `NEXTVAL` and `CURRVAL` of sequences; sub-SELECTs as lookups."
    )
    lines += [
        "",
        "Conversions take `DEFAULT value ON CONVERSION ERROR`; `VALIDATE_CONVERSION(value AS type [, mask])` is 1 or 0. Moments"
        " take `AT TIME ZONE 'zone'`, an offset or a region, and `AT LOCAL`. `SYS_GUID()` is a digest of the load, the table and"
        " the record's number, so a load that is resumed gives the same. `USERENV(name)` and `SYS_CONTEXT('USERENV', name)` know"
        " the user and the NLS settings.",
        "",
        f"Refused, with the reason: {', '.join(f'{name} ({why})' for name, why in sorted(UNANSWERED.items()))}.",
        "",
        "`spans`: the kernels of the direct lane, for arguments that are texts and literals. `duckdb`: DuckDB, a chunk at a"
        " time; rows whose answer it may not know are computed one by one. `rows`: one by one. A call with arguments that a"
        " way does not know goes to the next; `loadstone explain` tells which way an expression takes and why.",
        "",
        "| function | takes | gives | computed by |",
        "|---|---|---|---|",
    ]
    for name in sorted({*FUNCTIONS, "DECODE"}):
        ways = [way for way, names in (("spans", span_names()), ("duckdb", emitted_names())) if name in names]
        one = FUNCTIONS.get(name)
        takes = one.signature if one else "value, search, result [, ...] [, default]"
        gives = one.doc if one else "The result of the first search that equals the value; NULL equals NULL"
        lines.append(f"| {name} | {_cell(takes)} | {_cell(gives)} | {', '.join([*ways, 'rows'])} |")
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """All metrics."""
    lines = ["# Metrics", "", MADE.strip(), ""]
    lines.append(
        "`loadstone worker --metrics HOST:PORT` serves them at `/metrics`, with those of the process (`process_...`)."
    )
    lines.append(
        f"A worker tells of its own work; gauges of the queue, breakers, letters and notices are those of the"
        f" repository, read every {GAUGES_S:g} s. A label has at most {LABEL_VALUES_MAX} values, further ones count as"
        f" `{OTHER}`."
    )
    lines += ["", "| metric | type | labels | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{metric.name}` | {metric.kind} | {', '.join(metric.labels)} | {_cell(metric.meaning)} |"
        for metric in METRICS
    ]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """All settings."""
    lines = ["# Settings", "", MADE.strip(), "", "| setting | meaning |", "|---|---|"]
    lines += [f"| `{setting.name}` | {_cell(setting.meaning)} |" for setting in SETTINGS]
    return "\n".join(lines) + "\n"


# Private functions


def _plain(text: str) -> str:
    """A docstring as Markdown."""
    return " ".join(text.replace("``", "`").split())


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
