"""
How often detection is right on labelled files: a table with the sets as columns, and the calibration of its confidence.

``python benchmarks/detect.py FOLDER`` reads the ``manifest.tsv`` of a folder of labelled files (one row a file: ``set``, ``file``, ``kind``,
``encoding``, ``delimiter``, ``quotechar``, ``escapechar``, ``has_header``, ``notes``); an error or a wrong answer counts as wrong. The last two
columns are halves of the files by the SHA-256 of their paths: a rule that was learned on one must hold on the other.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.detect.dialect import parse
from loadstone.detect.file import detect_file
from loadstone.detect.model import Detection, Dialect

DELIMITED = ("pollock_survey", "pollock_polluted", "csv_wrangling", "csv_wrangling_more", "csvsniffer_extra", "duckdb_declared", "w3c_csvw", "bank_synth", "csv_spectrum")  # fmt: skip
ENCODINGS = {"ansi": "cp1252", "shif-jis": "shift_jis"}
GOALS = {"delimiter": 97, "table": 95, "header": 95, "encoding": 95, "type": 98, "format": 98, "starts": 90}
SURE = 0.99


@dataclass
class Scores:
    """Right and wrong answers by question and group of files, and what was said with which confidence."""

    counts: dict[str, dict[str, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(lambda: [0, 0]))
    )
    said: list[tuple[float, bool]] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)

    def share(self, question: str, group: str = "ALL") -> float:
        """Per cent right."""
        right, asked = self.counts[question][group]
        return 100 * right / asked if asked else 100.0

    def sure(self) -> tuple[float, float]:
        """Per cent of files answered with 0.99 or more, and per cent of those that are right."""
        sure = [right for confidence, right in self.said if confidence >= SURE]
        return 100 * len(sure) / max(len(self.said), 1), 100 * sum(sure) / max(len(sure), 1)


def main() -> int:
    """Print the tables; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    scores = score(parser.parse_args().folder)
    groups = sorted({group for groups in scores.counts.values() for group in groups if group != "ALL"})
    for question, answers in scores.counts.items():
        cells = [
            f"{group} {scores.share(question, group):.1f} ({answers[group][1]})"
            for group in groups
            if group in answers
        ]
        print(
            f"{question:<10} ALL {scores.share(question):5.1f} ({answers['ALL'][1]}), goal {GOALS.get(question, 0)}: {', '.join(cells)}"
        )
    share, right = scores.sure()
    times = sorted(scores.times_ms)
    print(
        f"answers with {SURE} or more: {share:.1f} % of files (goal 60), {right:.1f} % of them right (goal 99)"
    )
    print(f"a file: median {times[len(times) // 2]:.1f} ms, longest {times[-1]:.0f} ms")
    return int(
        any(scores.share(question) < goal for question, goal in GOALS.items()) or share < 60 or right < 99
    )


def score(folder: Path, *, every: int = 1) -> Scores:
    """Detect the files of the manifest, or one in ``every``, and compare."""
    scores = Scores()
    with (folder / "manifest.tsv").open(newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    for row in rows[::every]:
        path = folder / row["set"] / row["file"]
        found = detect_file(path)
        scores.times_ms.append(found.duration_ms)
        name = f"{row['set']}/{row['file']}"
        half = f"half {int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2}"
        answers = dict(judge(row, found, path.read_bytes()))
        for question, right in answers.items():
            for group in ("ALL", row["set"], half):
                scores.counts[question][group][0] += right
                scores.counts[question][group][1] += 1
        asked = [right for question, right in answers.items() if question != "starts"]
        if asked:
            scores.said.append((found.confidence, all(asked)))
    return scores


def judge(row: dict[str, str], found: Detection, data: bytes) -> Iterator[tuple[str, bool]]:
    """Each question that the label answers, and whether we answer it alike."""
    delimited = row["set"] in DELIMITED and "delim_label_bad" not in row["notes"]
    encoding = ENCODINGS.get(row["encoding"], row["encoding"])
    truth = _decode(data, encoding)
    if delimited:
        text = truth if truth is not None else _decode(data, found.encoding or "utf-8") or ""
        true = Dialect(
            _plain(row["delimiter"]), _plain(row["quotechar"]), _plain(row["escapechar"]).strip("\"'")
        )
        yield "delimiter", found.delimiter == true.delimiter
        ours = Dialect(found.delimiter or "", found.quotechar or "", found.escapechar or "")
        yield (
            "table",
            list(parse(_decode(data, found.encoding or "ascii") or "", ours)) == list(parse(text, true)),
        )
        if row["has_header"]:
            yield "header", found.has_header == (row["has_header"] == "1")
    if (
        row["encoding"]
        and truth is not None
        and "enc_label_bad" not in row["notes"]
        and row["set"] != "fixed_width"
    ):
        yield "encoding", _decode(data, found.encoding or "ascii") == truth
    if row["set"] == "bank_formats":
        yield "format", found.format == row["kind"]
    if row["set"] == "types_files":
        yield "type", row["kind"] in (found.format, *found.containers[:1])
    if row["set"] == "fixed_width" and "gapped" in row["file"]:
        yield "starts", _starts(row, found, truth or "")


# Private functions


def _plain(text: str) -> str:
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape") if text else ""


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding or "utf-8").lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError):
        return None


def _starts(row: dict[str, str], found: Detection, text: str) -> bool:
    """Whether all columns begin where the label says, or within the same gap of blanks."""
    lines = text.splitlines()
    width = max(map(len, lines), default=0)
    blank = [all(line[at : at + 1] in (" ", "") for line in lines) for at in range(width)]

    def gap(start: int) -> tuple[int, int]:
        first = last = start
        while first > 0 and blank[first - 1]:
            first -= 1
        while last < width and blank[last]:
            last += 1
        return first, last

    wanted = sorted(gap(start) for start, _ in json.loads(row["notes"])["colspecs"])
    return wanted == sorted(gap(column.start) for column in found.columns if column.start is not None)


if __name__ == "__main__":
    sys.exit(main())
