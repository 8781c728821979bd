"""
What rejects, fence and checkpoints cost: CPU seconds, client and server, against a bare loader.

``bare.py`` takes the same command line, loads the same file with the same chunks and the same kernel, and does
nothing else. Pairs are interleaved, and the one that goes first changes; the figure is the mean of their CPU
ratios with the upper bound of its 95 % interval. The control tables stand before, as in a target in use.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
from pathlib import Path

import data
from bare import WITHOUT_HASH
from load import Bench, open_bench
from measure import Cost, spread

BARE = Path(__file__).with_name("bare.py")

T_95 = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761,
        1.753, 1.746, 1.740, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708)  # fmt: skip
"""Student's t, one-sided 95 %, by degrees of freedom from 1 on."""


def main() -> int:
    """Print the cost; 1 if its upper bound is 5 % or more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument(
        "--no-hash",
        dest="hash",
        action="store_false",
        help="the bare loader does not even hash the file to know it again",
    )
    parser.add_argument("--pool", type=Path, help="file that keeps the pairs; those of earlier runs count too")
    arguments = parser.parse_args()
    folder = (arguments.folder / str(arguments.rows)).resolve()
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    if not arguments.hash:
        os.environ[WITHOUT_HASH] = "1"
    pairs = [_pair(bench, control, first=n % 2 == 0) for n in range(arguments.pairs)]
    found = [(ours.cpu_s / bare.cpu_s, ours.wall_s / bare.wall_s) for bare, ours in pairs]
    if arguments.pool is not None:
        found = pooled(arguments.pool, found)
    cpus, walls = [cpu for cpu, _ in found], [wall for _, wall in found]
    bound = upper_bound(cpus)
    print(f"{len(found)} pairs of {arguments.rows:,} rows; bare loader {'with' if arguments.hash else 'without'} hash")
    print(f"CPU ratio: mean {statistics.mean(cpus):.3f}, upper 95 % bound {bound:.3f}, median {spread(cpus)}")
    print(f"wall ratio: median {spread(walls)}")
    for name, costs in (("bare", [bare for bare, _ in pairs]), ("ours", [ours for _, ours in pairs])):
        cpu_s, wall_s = (statistics.median(getattr(one, what) for one in costs) for what in ("cpu_s", "wall_s"))
        print(f"{name}: median CPU {cpu_s:.3f} s, wall {wall_s:.3f} s")
    return int(bound >= 1.05)


def pooled(file: Path, found: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ratios of earlier runs and these, which the file keeps from now on."""
    earlier = [(cpu, wall) for cpu, wall in json.loads(file.read_text())] if file.exists() else []
    file.write_text(json.dumps([*earlier, *found]))
    return [*earlier, *found]


def upper_bound(values: list[float]) -> float:
    """Upper end of the one-sided 95 % interval of the mean; infinite for a single value."""
    if len(values) < 2:
        return math.inf
    t = T_95[min(len(values) - 2, len(T_95) - 1)]
    return statistics.mean(values) + t * statistics.stdev(values) / math.sqrt(len(values))


# Private functions


def _pair(bench: Bench, control: Path, *, first: bool) -> tuple[Cost, Cost]:
    """A load of each; ``first``: the bare one goes first."""
    bare = _bare(bench, control) if first else None
    ours = bench.load(control, "dirty.dat", init=True)
    return bare or _bare(bench, control), ours


def _bare(bench: Bench, control: Path) -> Cost:
    bench.empty()
    bench.init()
    cost = bench.loadstone(control, "dirty.dat", bench.url, program=(sys.executable, str(BARE)), code=0)
    bench.compare("rows that are not spoilt", bench.digest())
    return cost


if __name__ == "__main__":
    sys.exit(main())
