"""
Files written from PostgreSQL, DuckDB and Parquet against psql's own ``\\copy to`` of the same rows, interleaved.

``make bench-output`` runs all series; ``python benchmarks/output.py --rows 1000000 --pairs 3 postgresql-fixed`` some.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
from pathlib import Path

import data
from load import LOADSTONE, Bench, open_bench
from measure import Cost, run, spread

MASKS = {"booked": "YYYYMMDD", "entered": "YYYY-MM-DD HH24:MI:SS"}
NAMES = [
    part.split()[0]
    for part in data.COLUMNS.replace("\n", " ").replace("(18,2)", "").replace("(12,6)", "").split(", ")
]
NUMBERS = {"amount": 2, "rate": 6}
MEMORY_MB_MAX, GROWTH_MAX = 300, 1.15
"""Of the client: the most, and that against what a tenth of the rows takes."""


def main() -> int:
    """Print a table of ratios; 1 if a median or the peak memory is past its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("series", nargs="*", metavar="SERIES", help=f"{', '.join(BARS)}; all when absent")
    arguments = parser.parse_args()
    folder = (arguments.folder / str(arguments.rows)).resolve()
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    _fill(bench, arguments.rows)
    print(f"{'series':22} {'wall ratio':>20} {'CPU ratio':>20} {'reference s':>12} {'ours s':>8} {'MB':>5} {'growth':>6}")
    missed = []
    for name in arguments.series or BARS:
        pairs = [(_copy(bench), _ours(bench, name, arguments.rows)) for _ in range(arguments.pairs)]
        walls = [ours.wall_s / reference.wall_s for reference, ours in pairs]
        cpus = [ours.cpu_s / reference.cpu_s for reference, ours in pairs]
        memory = max(ours.memory_mb for _, ours in pairs)
        growth = memory / _ours(bench, name, arguments.rows // 10, "small.payments").memory_mb
        reference_s = statistics.median(reference.wall_s for reference, _ in pairs)
        ours_s = statistics.median(ours.wall_s for _, ours in pairs)
        print(
            f"{name:22} {spread(walls):>20} {spread(cpus):>20} {reference_s:12.2f} {ours_s:8.2f} {memory:5.0f} {growth:6.2f}",
            flush=True,
        )
        missed += [
            f"{name}: {what} {value:.2f}, bar {bar:.2f}"
            for what, value, bar in (
                ("wall", statistics.median(walls), BARS[name]),
                ("MB", memory, MEMORY_MB_MAX),
                ("growth", growth, GROWTH_MAX),
            )
            if value > bar
        ]
    print("\n".join(missed) if missed else "all bars hold")
    return int(bool(missed))


BARS = {
    "duckdb-delimited": 1.0,
    "duckdb-fixed": 1.2,
    "parquet-delimited": 1.0,
    "parquet-fixed": 1.2,
    "postgresql-delimited": 2.0,
    "postgresql-fixed": 3.2,
}


# Private functions


def _fill(bench: Bench, rows: int) -> None:
    """The clean rows in a table of each kind, once, and a tenth of them in schema ``small``."""
    if not (bench.folder / "small.parquet").exists():
        # In a process of its own: what is started from a large one counts its memory as having been theirs.
        child = multiprocessing.get_context("spawn").Process(target=_fill_embedded, args=(bench.folder, rows))
        child.start()
        child.join()
        if child.exitcode:
            raise RuntimeError(f"the rows could not be made: {child.exitcode}")
    bench.empty()
    bench.sql(
        f"\\copy payments from '{bench.folder / 'clean.dat'}' csv delimiter '|'",
        "SET client_min_messages = error; DROP SCHEMA IF EXISTS small CASCADE; CREATE SCHEMA small",
        f"CREATE TABLE small.payments AS SELECT * FROM payments LIMIT {rows // 10}",
        "VACUUM ANALYZE payments",
        "CHECKPOINT",
    )


def _fill_embedded(folder: Path, rows: int) -> None:
    import duckdb

    (folder / "rows.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(folder / "rows.duckdb")) as connection:
        connection.execute(f"CREATE TABLE payments ({data.COLUMNS.replace('numeric', 'decimal')})")
        clean = folder / "clean.dat"
        connection.execute(f"COPY payments FROM '{clean}' (DELIMITER '|', HEADER false, DATEFORMAT '%Y%m%d')")
        connection.execute(
            f"CREATE SCHEMA small; CREATE TABLE small.payments AS SELECT * FROM payments LIMIT {rows // 10}"
        )
        for table in ("payments", "small.payments"):
            connection.execute(f"COPY {table} TO '{_parquet(folder, table)}' (FORMAT parquet)")


def _parquet(folder: Path, table: str) -> Path:
    return folder / ("small.parquet" if table.startswith("small.") else "rows.parquet")


def _copy(bench: Bench) -> Cost:
    """The reference."""
    path = bench.folder / "copied.dat"
    path.unlink(missing_ok=True)
    copy = f"\\copy payments to '{path}' csv delimiter '|'"
    return run([bench.psql, "-q", "-X", "-c", copy, bench.url], postmaster=bench.postmaster)


def _ours(bench: Bench, series: str, rows: int, table: str = "payments") -> Cost:
    """One file; RuntimeError where its records or its total are not those of the reference."""
    kind, _, layout = series.partition("-")
    spec = bench.folder / f"{series}.yaml"
    spec.write_text(_spec(bench, kind, layout, table))
    source = {"postgresql": bench.url, "duckdb": str(bench.folder / "rows.duckdb"), "parquet": "none.duckdb"}[
        kind
    ]
    words = [str(spec), "--source", source, "--folder", str(bench.folder), "--replace", "--quiet"]
    cost = run([LOADSTONE, "write", *words], postmaster=bench.postmaster if kind == "postgresql" else None)
    with open(bench.folder / f"{layout}.out", "rb") as file:
        file.seek(-64, 2)
        last = file.read().rpartition(b"T")[2].decode().strip()
        bench.compare(f"count and sum of the footer of {table}", last)
    if not last.startswith(f"{rows:010}"):
        raise RuntimeError(f"{series}: the footer says {last}")
    return cost


def _spec(bench: Bench, kind: str, layout: str, table: str) -> str:
    columns = []
    for name, width in zip(NAMES, data.WIDTHS, strict=True):
        form = f", mask: '{MASKS[name]}'" if name in MASKS else ""
        if layout == "fixed":
            form += f", width: {width}"
            form += f", decimals: {NUMBERS[name]}, pad: '0'" if name in NUMBERS else ""
        columns.append(f"  - {{name: {name}{form}}}")
    rows = f"parquet: ['{_parquet(bench.folder, table)}']" if kind == "parquet" else f"table: {table}"
    form = "{kind: fixed}" if layout == "fixed" else "{kind: delimited, delimiter: '|'}"
    lines = [f"file: {layout}.out", f"rows: {{{rows}}}", f"layout: {form}", "columns:", *columns]
    return "\n".join([*lines, "footer: ['T{count:010}{sum(amount):024.2}']", ""])


if __name__ == "__main__":
    raise SystemExit(main())
