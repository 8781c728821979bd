"""
What rejects, fence and checkpoints cost: CPU seconds, client and server, against a bare loader.

``bare.py`` loads the same file with the same chunks and the same kernel, and does nothing else. Pairs
are interleaved; the figure is the mean of their CPU ratios with the upper bound of its 95 % interval.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from pathlib import Path

import data
from load import Bench, open_bench
from measure import Cost, run, spread

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
    arguments = parser.parse_args()
    folder = (arguments.folder / str(arguments.rows)).resolve()
    data.make(folder, arguments.rows)
    bench = open_bench(folder)
    control = data.control_file(bench.folder, "delimited", data.delimited())
    pairs = [_pair(bench, control, hashing=arguments.hash) for _ in range(arguments.pairs)]
    cpus = [ours.cpu_s / bare.cpu_s for bare, ours in pairs]
    walls = [ours.wall_s / bare.wall_s for bare, ours in pairs]
    bound = upper_bound(cpus)
    print(f"{len(pairs)} pairs of {arguments.rows:,} rows; bare loader {'with' if arguments.hash else 'without'} hash")
    print(f"CPU ratio: mean {statistics.mean(cpus):.3f}, upper 95 % bound {bound:.3f}, median {spread(cpus)}")
    print(f"wall ratio: median {spread(walls)}")
    return int(bound >= 1.05)


def upper_bound(values: list[float]) -> float:
    """Upper end of the one-sided 95 % interval of the mean; infinite for a single value."""
    if len(values) < 2:
        return math.inf
    t = T_95[min(len(values) - 2, len(T_95) - 1)]
    return statistics.mean(values) + t * statistics.stdev(values) / math.sqrt(len(values))


# Private functions


def _pair(bench: Bench, control: Path, *, hashing: bool) -> tuple[Cost, Cost]:
    bench.empty()
    words = [sys.executable, str(BARE), str(control), str(bench.folder / "dirty.dat"), bench.url]
    bare = run([*words, *(["--hash"] if hashing else [])], postmaster=bench.postmaster)
    bench.compare("rows that are not spoilt", bench.digest())
    return bare, bench.load(control, "dirty.dat")


if __name__ == "__main__":
    sys.exit(main())
