"""
The most memory that loads take, and how much more for a file ten times as large.

``make bench-memory`` runs all series; ``python benchmarks/memory.py --rows 1000000 order duckdb`` some. Counted is
what all processes of a load hold at once, DuckDB and SQLite in them, and not a PostgreSQL server; where several
share pages, those count in each. Needs Linux (/proc). The server is that of ``load.py``.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import data
from jobs import PARTITIONED, define, ended, repository_in, workers
from load import LOADSTONE, SQLITE_COLUMNS, Bench, open_bench

from loadstone.jobs import launch

MEMORY_MB_MAX = 300
GROWTH_MAX = 1.15
TIMES = 10
"""How much larger the larger file is."""

SAMPLE_S = 0.02

CODE_PAGE = "cp037"


@dataclass(frozen=True)
class Bound:
    """A bench of one size."""

    bench: Bench
    rows: int

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.bench.folder

    def load(self, control: Path, dat: str, target: str, *options: str) -> float:
        """Peak memory of one load in MB."""
        words = [str(control), "--data", str(self.folder / dat), "--target", target, "--errors", "-1"]
        more = ["--quiet", "--log", str(self.folder / "memory.log"), *options]
        return peak_mb([LOADSTONE, "load", *words, *more], accept=(0, 2))


def main() -> int:
    """Print a table of peaks; 1 if one is past its bar, or has grown past it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000, help="of the larger file")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"{', '.join(SERIES)}; all when absent")
    arguments = parser.parse_args()
    sizes = []
    for rows in (arguments.rows // TIMES, arguments.rows):
        folder = (arguments.folder / str(rows)).resolve()
        print(f"writing {rows} rows to {folder} ...", flush=True)
        data.make(folder, rows)
        sizes.append(Bound(open_bench(folder), rows))
    print(f"{'series':18} {sizes[0].rows:>10} rows {sizes[1].rows:>10} rows {'growth':>7}")
    missed = []
    for name in arguments.series or SERIES:
        small, large = (SERIES[name](one) for one in sizes)
        growth = large / small
        print(f"{name:18} {small:12.0f} MB {large:12.0f} MB {growth:7.2f}", flush=True)
        missed += [f"{name}: {large:.0f} MB, bar {MEMORY_MB_MAX}"] if large > MEMORY_MB_MAX else []
        missed += [f"{name}: {growth:.2f} times, bar {GROWTH_MAX}"] if growth > GROWTH_MAX else []
    print("\n".join(missed) if missed else "all bars hold")
    return int(bool(missed))


def peak_mb(words: Sequence[str], *, accept: tuple[int, ...] = (0,)) -> float:
    """
    Run a command to its end; the most that it and its children held at once, in MB.

    Of one process the kernel tells the peak; sums over several are sampled. Raises RuntimeError with the output
    where the exit code is another.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT)
        with Watch([process.pid]) as watch:
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accept:
            output.seek(0)
            raise RuntimeError(f"{' '.join(words)}: {process.returncode}\n{output.read().decode()}")
    return max(watch.peak_mb, usage.ru_maxrss / 1024)


class Watch:
    """Samples what some processes and all their children hold, until it is left."""

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots, self._left = roots, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._left.wait(SAMPLE_S):
            kilobytes = sum(resident_kb(pid) for root in self._roots for pid in tree_of(root))
            self.peak_mb = max(self.peak_mb, kilobytes / 1024)


def tree_of(pid: int) -> Iterator[int]:
    """A process and its children, and theirs."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:
            continue
        for child in found:
            yield from tree_of(int(child))


def resident_kb(pid: int) -> int:
    """What a process holds in memory; 0 for one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)


# Private functions


def _postgres(
    fields: str = data.FIELDS, dat: str = "dirty.dat", *options: str, key: bool = False, when: str = ""
) -> Callable[[Bound], float]:
    """A series into PostgreSQL."""

    def run(bound: Bound) -> float:
        bound.bench.empty(key=key)
        body = data.delimited(fields).replace("FIELDS", f"{when} FIELDS", 1)
        control = data.control_file(bound.folder, "memory", body)
        made = _MADE.get(dat)
        if made is not None and not (bound.folder / dat).exists():
            made(bound.folder)
        return bound.load(control, dat, bound.bench.url, *options)

    return run


def _file(kind: str, fields: str = data.FIELDS, dat: str = "dirty.dat") -> Callable[[Bound], float]:
    """A series into a new file of DuckDB (``duckdb``) or SQLite (``db``)."""

    def run(bound: Bound) -> float:
        path = bound.folder / f"memory.{kind}"
        path.unlink(missing_ok=True)
        if kind == "db":
            with sqlite3.connect(path) as connection:
                connection.execute(f"CREATE TABLE payments ({SQLITE_COLUMNS})")
            connection.close()
        else:
            import duckdb

            with duckdb.connect(str(path)) as made:
                made.execute(f"CREATE TABLE payments ({data.COLUMNS.replace('numeric', 'decimal')})")
        control = data.control_file(bound.folder, "memory", data.delimited(fields))
        maker = _MADE.get(dat)
        if maker is not None and not (bound.folder / dat).exists():
            maker(bound.folder)
        peak = bound.load(control, dat, str(path))
        path.unlink()
        return peak

    return run


def _fixed(bound: Bound) -> float:
    bound.bench.empty()
    control = data.control_file(bound.folder, "memory", data.positions())
    return bound.load(control, "fixed.dat", bound.bench.url)


def _ebcdic(bound: Bound) -> float:
    bound.bench.empty()
    if not (bound.folder / "ebcdic.dat").exists():
        _make_ebcdic(bound.folder)
    size_bytes = sum(data.WIDTHS)
    control = bound.folder / "ebcdic.ctl"
    body = data.positions()
    control.write_text(f"LOAD DATA\nCHARACTERSET WE8EBCDIC37\nINFILE 'x' \"fix {size_bytes}\"\n{body}\n")
    return bound.load(control, "ebcdic.dat", bound.bench.url)


def _partitions(bound: Bound) -> float:
    """One worker with two threads that take a partition each."""
    bound.bench.empty()
    control = data.control_file(bound.folder, "memory", data.delimited())
    job = PARTITIONED.format(
        control=control,
        target=bound.bench.url,
        dat=bound.folder / "dirty.dat",
        partitions=2,
        log=bound.folder / "memory.log",
    )
    with (
        tempfile.TemporaryDirectory() as here,
        repository_in(None, Path(here)) as database,
        workers(1, 2) as started,
        Watch([one.pid for one in started]) as watch,
    ):
        define(database, job)
        answer = launch.launch(database, "partitions", {"run": "1"}, actor="ann")
        ended(database, [answer.execution_id or 0])
    return watch.peak_mb


def _make_zstd(folder: Path) -> None:
    import zstandard

    with (folder / "dirty.dat").open("rb") as source, (folder / "dirty.dat.zst").open("wb") as packed:
        zstandard.ZstdCompressor().copy_stream(source, packed)


def _make_bad(folder: Path) -> None:
    """One record in ten is bad."""
    with (
        (folder / "clean.dat").open(encoding="utf-8") as clean,
        (folder / "bad.dat").open("w", encoding="utf-8") as bad,
    ):
        for n, line in enumerate(clean):
            bad.write(line if n % 10 else "|".join(data.spoil(line.rstrip("\n").split("|"), n * 100)) + "\n")


def _make_ebcdic(folder: Path) -> None:
    with (
        (folder / "dirty.dat").open(encoding="utf-8") as dirty,
        (folder / "ebcdic.dat").open("wb") as made,
    ):
        for line in dirty:
            values = zip(line.rstrip("\n").split("|"), data.WIDTHS, strict=True)
            made.write("".join(value.ljust(width)[:width] for value, width in values).encode(CODE_PAGE))


_MADE = {"dirty.dat.zst": _make_zstd, "bad.dat": _make_bad}
"""How files that ``data.make`` does not make are made from its own."""

COMPUTED = data.EXPRESSIONS.replace(
    '"TRIM(:name)"', "\"REGEXP_REPLACE(UPPER(:name), '[AEIOU]+', '*')\""
).replace('"TO_NUMBER(:amount)"', '"ROUND(TO_NUMBER(:amount) * 1.19, 2)"')
"""Expressions of which DuckDB computes two."""

SERIES: dict[str, Callable[[Bound], float]] = {
    "order": _postgres(),
    "key": _postgres(key=True),
    "expr": _postgres(data.EXPRESSIONS),
    "computed": _postgres(COMPUTED),
    "rejects": _postgres(data.FIELDS, "bad.dat"),
    "discards": _postgres(when="WHEN (currency <> 'EUR')"),
    "fixed": _fixed,
    "ebcdic": _ebcdic,
    "zstd": _postgres(data.FIELDS, "dirty.dat.zst"),
    "partitions": _partitions,
    "duckdb": _file("duckdb"),
    "duckdb-computed": _file("duckdb", COMPUTED),
    "duckdb-rejects": _file("duckdb", data.FIELDS, "bad.dat"),
    "sqlite": _file("db"),
    "sqlite-computed": _file("db", COMPUTED),
    "sqlite-rejects": _file("db", data.FIELDS, "bad.dat"),
}


if __name__ == "__main__":
    sys.exit(main())
