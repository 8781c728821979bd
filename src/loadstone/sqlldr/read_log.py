"""What a log of SQL*Loader tells: files, record messages, rows of each table, totals, errors; releases 10.2 to 23."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from loadstone.books import Contribution, TableCount

_FILES = {"Data File:": "data", "Bad File:": "bad", "Discard File:": "discard"}
_MESSAGE = re.compile(r"Record (\d+): (Rejected|Discarded|Warning) (?:- |on )(.*)")
_BLAMED = re.compile(r"(?:Error on )?table (.+?)(?:, column (.+?))?\.?$")
_TABLE = re.compile(r"Table (.+):$")
_ROWS = re.compile(r"\s+(\d+) Rows? (successfully loaded|not loaded .*)\.$")
_TOTAL = re.compile(r"Total logical records (skipped|read|rejected|discarded):\s+(\d+)")
_RELEASE = re.compile(r"SQL\*Loader: Release (\S+)")
_ERROR = re.compile(r"(?:SQL\*Loader-\d+|ORA-\d+|LRM-\d+|OSD-\d+|KUP-\d+):")
_EXCEEDED = "MAXIMUM ERROR COUNT EXCEEDED"
_WORDS = {
    "successfully loaded": "loaded",
    "not loaded due to data errors": "rejected",
    "not loaded because all WHEN clauses were failed": "when_failed",
    "not loaded because all fields were null": "all_null",
}


@dataclass(frozen=True, kw_only=True)
class LoggedFiles:
    """A data file and the files that its bad and discarded records go to, as the log names them; None = none."""

    data: str | None = None
    bad: str | None = None
    discard: str | None = None


@dataclass(frozen=True, kw_only=True)
class LoggedRecord:
    """
    A message about a record.

    Attributes:
        record_no: 1-based, of the whole load. kind: ``rejected``, ``discarded`` or ``warning``.
        table, column: What is to blame, where the message says so.
        reason: The line or lines below, or why it was discarded.
    """

    record_no: int
    kind: str
    table: str | None = None
    column: str | None = None
    reason: str = ""

    @property
    def code(self) -> str | None:
        """``ORA-01722`` of the reason; None for SQL*Loader's own sentences."""
        found = re.match(r"ORA-\d+", self.reason)
        return found[0] if found else None


@dataclass(kw_only=True)
class LogReport:
    """
    A log, read.

    Attributes:
        tables: Name as written, and its rows; one for each INTO TABLE clause.
        totals: Logical records by ``skipped``, ``read``, ``rejected``, ``discarded``; not all of them are there when
            the load was cut off.
        errors: Lines of errors outside of record messages. exceeded: more rejects than ERRORS allowed.
    """

    release: str | None = None
    control_file: str | None = None
    files: list[LoggedFiles] = field(default_factory=list)
    records: list[LoggedRecord] = field(default_factory=list)
    tables: list[tuple[str, TableCount]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    exceeded: bool = False

    @property
    def complete(self) -> bool:
        """Whether the load came to its end and the log tells its totals."""
        return {"skipped", "read", "rejected", "discarded"} <= set(self.totals)

    def lost(self) -> int:
        """
        Records that were read and have no fate: what was left of the bind array when the load was given up.

        Where several tables share the records, the log does not tell; 0 then.
        """
        if not self.exceeded or len(self.tables) != 1:
            return 0
        count = self.tables[0][1]
        return max(0, self.totals["read"] - count.loaded - self.totals["rejected"] - self.totals["discarded"])

    def counts(self) -> Contribution:
        """The books: read = loaded + rejected + discarded, without records that have no fate."""
        totals = self.totals
        read = totals["read"] - self.lost()
        return Contribution(
            read=read,
            loaded=read - totals["rejected"] - totals["discarded"],
            rejected=totals["rejected"],
            discarded=totals["discarded"],
            skipped=totals["skipped"],
            tables=tuple(count for _, count in self.tables),
        )


def read_log(text: str) -> LogReport:
    """Read a log, also one that is still being written; what is not known is passed over."""
    report = LogReport()
    lines = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        message = _MESSAGE.match(lines[number])
        if message is not None:
            number = _record(report, message, lines, number)
            continue
        _line(report, lines[number], lines, number)
        number += 1
    return report


# Private functions


def _line(report: LogReport, line: str, lines: list[str], number: int) -> None:
    release, total, table = _RELEASE.match(line), _TOTAL.match(line), _TABLE.match(line)
    if release is not None:
        report.release = release[1]
    elif line.startswith("Control File:"):
        report.control_file = line.partition(":")[2].strip()
    elif line.strip().startswith(tuple(_FILES)):
        _file(report, line.strip())
    elif table is not None:
        report.tables.append((table[1], _rows(lines, number + 1)))
    elif total is not None:
        report.totals[total[1]] = int(total[2])
    elif _ERROR.match(line):
        report.errors.append(line.strip())
    report.exceeded = report.exceeded or line.startswith(_EXCEEDED)


def _file(report: LogReport, line: str) -> None:
    label = next(one for one in _FILES if line.startswith(one))
    name: str | None = line[len(label) :].strip()
    name = None if name == "none specified" else name
    if label == "Data File:":
        report.files.append(LoggedFiles(data=name))
    elif report.files:
        last = report.files[-1]
        given = {"data": last.data, "bad": last.bad, "discard": last.discard, _FILES[label]: name}
        report.files[-1] = LoggedFiles(**given)


def _record(report: LogReport, message: re.Match[str], lines: list[str], number: int) -> int:
    """Take a message with the lines below it; the number of the line after it."""
    kind = message[2].lower()
    blamed = _BLAMED.fullmatch(message[3])
    stop = number + 1
    if kind == "discarded":
        reason = message[3].rstrip(".")
    else:
        while stop < len(lines) and lines[stop].strip() and not lines[stop].startswith(("Record ", "Table ")):
            stop += 1
        reason = " ".join(line.strip() for line in lines[number + 1 : stop])
    report.records.append(
        LoggedRecord(
            record_no=int(message[1]),
            kind=kind,
            table=blamed[1] if blamed and kind != "discarded" else None,
            column=blamed[2] if blamed and kind != "discarded" else None,
            reason=reason,
        )
    )
    return stop


def _rows(lines: list[str], start: int) -> TableCount:
    found: dict[str, int] = {}
    for line in lines[start : start + 8]:
        rows = _ROWS.match(line)
        if rows is None:
            if found:
                break
            continue
        word = _WORDS.get(rows[2])
        if word is not None:
            found[word] = int(rows[1])
    return TableCount.of({**found})
