"""
What staging and publishing cost: transaction types, and --atomic, against loading the same rows directly (PostgreSQL).

``make bench-staging``; ``python benchmarks/staging.py --rows 200000 --pairs 2`` for less. Each way loads the same file into an
empty table with a key, with the control tables made before, and all must leave the same rows. Pairs are interleaved.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path

import data
from load import LOADSTONE, Bench, open_bench
from measure import Cost, run, spread

BAR = 1.8
"""Staging and publishing to loading directly, CPU and wall, where publishing copies."""

KEY = "id"


def main() -> int:
    """Print the ratios; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    arguments = parser.parse_args()
    folder = (arguments.folder / str(arguments.rows)).resolve()
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    ways: dict[str, Callable[[], Cost]] = {
        "direct": lambda: _load(bench, control),
        "atomic": lambda: _load(bench, control, "--atomic"),
        "types": lambda: _types(bench, control, ""),
        "types, reconciled": lambda: _types(bench, control, "reconcile: {sums: [amount], hash_totals: [id]}"),
    }
    ways["direct"]()
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(arguments.pairs):
        for name, way in ways.items():
            found[name].append(way())
    missed = 0
    for name, costs in found.items():
        pairs = list(zip(costs, found["direct"], strict=True))
        walls, cpus = [a.wall_s / b.wall_s for a, b in pairs], [a.cpu_s / b.cpu_s for a, b in pairs]
        print(
            f"{name:18} wall {statistics.median(one.wall_s for one in costs):6.2f} s, {spread(walls)} of direct;"
            f" CPU {statistics.median(one.cpu_s for one in costs):6.2f} s, {spread(cpus)}"
        )
        missed += name != "direct" and max(statistics.median(walls), statistics.median(cpus)) > BAR
    print("all bars hold" if not missed else f"{missed} ways are past {BAR}")
    return int(bool(missed))


# Private functions


def _load(bench: Bench, control: Path, *options: str) -> Cost:
    _empty(bench)
    cost = bench.loadstone(control, "dirty.dat", bench.url, *options)
    bench.compare("rows", bench.digest())
    return cost


def _types(bench: Bench, control: Path, more: str) -> Cost:
    _empty(bench)
    spec = bench.folder / "types.yaml"
    spec.write_text(f"load: {control.name}\ntypes:\n  payments:\n    tables: [payments]\n    {more}\n")
    words = [LOADSTONE, "transactions", "run", str(spec), "--data", str(bench.folder / "dirty.dat"), "--target", bench.url]
    outputs = ["--quiet", "--log", str(bench.folder / "bench.log"), "--bad", str(bench.folder / "bench.bad")]
    cost = run([*words, *outputs], postmaster=bench.postmaster, accept=(2,))
    bench.compare("rows", bench.digest())
    return cost


def _empty(bench: Bench) -> None:
    bench.sql("SET client_min_messages = error; DROP TABLE IF EXISTS loadstone_stage")
    bench.empty(key=True)
    bench.init()


if __name__ == "__main__":
    raise SystemExit(main())
