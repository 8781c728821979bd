"""
Other loaders on 200,000 of the same rows, against ``psql \\copy`` of them; and how many times faster ours is.

The figure is (peer / \\copy, both at 200,000 rows) / (ours / \\copy, both at 5,000,000). Peers' packages are
none of the project's: they go into an environment of their own under the folder, with pinned versions.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import data
from load import Bench, open_bench
from measure import Cost, run, spread

PINS = (
    "dlt[postgres]==1.31.0",
    "pandas==3.1.1",
    "psycopg[binary]==3.3.9",
    "pyarrow==26.0.1",
    "SQLAlchemy==2.1.9",
)
SCRIPTS = Path(__file__).with_name("peer_scripts")
GOALS = {
    "pgloader": 15,
    "dlt, Arrow": 12,
    "pandas.to_sql": 15,
    "csv + executemany": 10,
    "csv + hand checks + copy": 5,
}


def main() -> int:
    """Print a table of peers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows that peers load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--our-rows", type=int, default=5_000_000)
    parser.add_argument("--our-pairs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    arguments = parser.parse_args()
    home = arguments.folder.resolve()
    python = environment(home / "peers-venv")
    bench = _bench(home, arguments.our_rows)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    pairs = [(bench.copy(), bench.load(control, "dirty.dat")) for _ in range(arguments.our_pairs)]
    ours = statistics.median(mine.wall_s / reference.wall_s for reference, mine in pairs)
    print(f"ours / \\copy at {arguments.our_rows:,} rows: {ours:.2f}", flush=True)
    small = _bench(home, arguments.rows, url=bench)
    peers = {name: peer for name, peer in _peers(python).items() if not _skipped(name)}
    ratios: dict[str, list[float]] = {name: [] for name in peers}
    for _ in range(arguments.rounds):
        reference = small.copy()
        for name, peer in peers.items():
            small.empty()
            ratios[name].append(peer(small).wall_s / reference.wall_s)
            small.count(arguments.rows)
    print(f"{'peer':28} {'peer / copy':>24} {'times ours':>11} {'goal':>5}")
    for name, values in ratios.items():
        times = statistics.median(values) / ours
        print(f"{name:28} {spread(values):>24} {times:11.1f} {GOALS[name]:5}", flush=True)
    return 0


def environment(folder: Path) -> str:
    """The Python of the peers' environment, made where it is missing."""
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        print(f"making {folder} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *PINS]
        subprocess.run(install, check=True)
        (folder / "made").touch()
    return str(python)


# Private functions


def _bench(home: Path, rows: int, url: Bench | None = None) -> Bench:
    """The files of so many rows, with the server of another bench where there is one."""
    folder = home / str(rows)
    data.make(folder, rows)
    if url is None:
        return open_bench(folder)
    return Bench(folder, url.url, url.postmaster, url.psql)


def _skipped(name: str) -> bool:
    if name != "pgloader" or shutil.which("pgloader"):
        return False
    print("skipped: pgloader is not installed")
    return True


def _peers(python: str) -> dict[str, Callable[[Bench], Cost]]:
    return {
        "pgloader": _pgloader,
        "dlt, Arrow": _script(python, "dlt_arrow.py"),
        "pandas.to_sql": _script(python, "pandas_to_sql.py"),
        "csv + executemany": _script(python, "csv_executemany.py"),
        "csv + hand checks + copy": _script(python, "csv_checked_copy.py", dat="dirty.dat"),
    }


def _script(python: str, name: str, dat: str = "clean.dat") -> Callable[[Bench], Cost]:
    def peer(bench: Bench) -> Cost:
        words = [python, str(SCRIPTS / name), str(bench.folder / dat), bench.url]
        return run(words, postmaster=bench.postmaster)

    return peer


def _pgloader(bench: Bench) -> Cost:
    command = bench.folder / "peers.load"
    names = ", ".join(part.split()[0] for part in data.COLUMNS.replace("\n", " ").split(", "))
    command.write_text(
        f"LOAD CSV FROM '{bench.folder / 'clean.dat'}' ({names}) INTO {bench.url}\n"
        f"TARGET TABLE payments ({names}) WITH fields terminated by '|';\n"
    )
    return run(["pgloader", str(command)], postmaster=bench.postmaster)


if __name__ == "__main__":
    sys.exit(main())
