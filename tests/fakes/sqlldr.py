"""
A stand-in for SQL*Loader's binary: takes a parameter file, checks how it was called, and leaves a log and a bad file.

What it does stands in the control file: a comment line ``-- fake: WORDS``.
"""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
import time
from pathlib import Path

LOG = """
SQL*Loader: Release 19.0.0.0.0 - Production on Thu Nov 6 10:00:00 2025
Version 19.3.0.0.0

Copyright (c) 1982, 2019, Oracle and/or its affiliates.  All rights reserved.

Control File:   {control}
Data File:      {data}
  Bad File:     {bad}
  Discard File:  none specified
 
 (Allow all discards)

Number to load: ALL
Number to skip: {skip}
Errors allowed: {errors}
Bind array:     250 rows, maximum of 1048576 bytes
Continuation:    none specified
Path used:      Conventional

Table EMP, loaded from every logical record.
Insert option in effect for this table: APPEND

   Column Name                  Position   Len  Term Encl Datatype
------------------------------ ---------- ----- ---- ---- ---------------------
EMPNO                               FIRST     *   ,       CHARACTER            

"""
REJECT = """Record {number}: Rejected - Error on table EMP, column EMPNO.
ORA-01722: invalid number

"""
TAIL = """
Table EMP:
  {loaded} Rows successfully loaded.
  {rejected} Rows not loaded due to data errors.
  0 Rows not loaded because all WHEN clauses were failed.
  0 Rows not loaded because all fields were null.


Space allocated for bind array:                  64500 bytes(250 rows)
Read   buffer bytes: 1048576

Total logical records skipped:          {skip}
Total logical records read:             {read}
Total logical records rejected:         {rejected}
Total logical records discarded:        0

Run began on Thu Nov 06 10:00:00 2025
Run ended on Thu Nov 06 10:00:01 2025

Elapsed time was:     00:00:01.00
CPU time was:         00:00:00.10
"""


def main() -> int:
    """Load as the control file wants; SQL*Loader's exit code."""
    assert len(sys.argv) == 2 and sys.argv[1].startswith("parfile="), "the command line shows the file alone"
    path = Path(sys.argv[1].partition("=")[2])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "LOADSTONE_ORACLE_PASSWORD" not in os.environ
    given = dict(line.split("=", 1) for line in path.read_text().splitlines())
    given = {name: value.strip("'") for name, value in given.items()}
    Path("seen.txt").write_text("\n".join(f"{name}={value}" for name, value in given.items()))
    control = Path(given["control"]).read_text()
    wanted = re.search(r"-- fake: (.*)", control)
    words = wanted[1].split() if wanted else []
    print("\nSQL*Loader: Release 19.0.0.0.0 - Production\nPath used:      Conventional", flush=True)
    if "login" in words:
        print("SQL*Loader-704: Internal error: ulconnect: OCISessionBegin [-1]")
        print("ORA-01017: invalid username/password; logon denied")
        return 1
    if "crash" in words:
        os.kill(os.getpid(), signal.SIGSEGV)
    log, data = Path(given["log"]), given.get("data") or re.findall(r"INFILE '([^']+)'", control)[0]
    log.write_text(
        LOG.format(**{"skip": 0, "errors": 50, **given, "data": data, "control": given["control"]})
    )
    if "describe" in words:
        with log.open("a") as file:
            file.write(
                "SQL*Loader-941: Error during describe of table EMP\nORA-04043: object EMP does not exist\n"
            )
        return 1
    return load(Path(data), log, given, words)


def load(data: Path, log: Path, given: dict[str, str], words: list[str]) -> int:
    """Count records; those that do not begin with a digit are refused."""
    skip = int(given.get("skip", 0))
    lines = data.read_bytes().splitlines(keepends=True)[skip:]
    bad = []
    with log.open("a") as file:
        for number, line in enumerate(lines, skip + 1):
            if not line[:1].isdigit():
                bad.append(line)
                file.write(REJECT.format(number=number))
                file.flush()
            print(f"Commit point reached - logical record count {number}", flush=True)
            if "slow" in words:
                time.sleep(0.1)
        if bad:
            Path(given["bad"]).write_bytes(b"".join(bad))
        lost = 3 if "exceeded" in words else 0
        if lost:
            file.write("\nMAXIMUM ERROR COUNT EXCEEDED - Above statistics reflect partial run.\n")
        loaded = len(lines) - len(bad)
        file.write(TAIL.format(loaded=loaded, rejected=len(bad), skip=skip, read=len(lines) + lost))
    return 2 if bad or lost else 0


if __name__ == "__main__":
    sys.exit(main())
