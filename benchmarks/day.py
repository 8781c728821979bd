"""
A day of transactions, twelve types on a graph of four levels: several publishing at once against one after the other.

``make bench-day`` runs both graphs; ``python benchmarks/day.py --records 500000 --pairs 3 day`` less. Serial is one connection
and one worker, with the client held to one core. Each round loads into empty tables, and both must leave the same rows,
in the order of their records.

A simulation tells what more workers would give. It has the times of each type from the serial runs, and how much slower types
go while another one is published beside them (two backends share two cores with their client): that is measured in every
second parallel run, and the others are what the simulation is compared with. For more workers it supposes as many cores.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from load import LOADSTONE, Bench, open_bench
from measure import spread

Shares = Mapping[str, tuple[float, str | None]]

GRAPHS: Mapping[str, Shares] = {
    "day": {
        "currencies": (0.0001, None),
        "branches": (0.0005, None),
        "customers": (0.03, None),
        "rates": (0.0025, "currencies"),
        "accounts": (0.05, "customers"),
        "cards": (0.03, "customers"),
        "payments": (0.36, "accounts"),
        "transfers": (0.20, "accounts"),
        "purchases": (0.20, "cards"),
        "reversals": (0.03, "payments"),
        "fees": (0.0669, "payments"),
        "disputes": (0.03, "purchases"),
    },
    "wide": {
        "customers": (0.02, None),
        "accounts": (0.02, "customers"),
        "cards": (0.01, "customers"),
        "payments": (0.12, "accounts"),
        "purchases": (0.12, "cards"),
        "transfers": (0.12, "accounts"),
        "withdrawals": (0.12, "cards"),
        "standing": (0.12, "accounts"),
        "debits": (0.11, "accounts"),
        "credits": (0.11, "accounts"),
        "interest": (0.105, "accounts"),
        "fees": (0.025, "payments"),
    },
}
"""Share of the records, and the type of its parents; four levels. In the second graph no type is much longer than the others."""

WORKERS = (4, 8, 16)
RATIO_MAX, GAIN_MIN, OFF_MAX, ABOVE_MAX = 0.75, 0.70, 0.10, 1.15
"""Bars: parallel to serial; saving where the graph allows; simulation to measurement; schedule to its lower bound."""


@dataclass(frozen=True)
class Service:
    """Seconds that reading took, and when the publication of each type began and how long it took."""

    staging_s: float
    began_s: Mapping[str, float]
    types_s: Mapping[str, float]

    @property
    def publishing_s(self) -> float:
        """From the first type's begin to the last one's end."""
        return max(self.began_s[name] + self.types_s[name] for name in self.types_s)

    @property
    def total_s(self) -> float:
        """Both."""
        return self.staging_s + self.publishing_s


def main() -> int:
    """Print ratios and the simulation; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=5, help="at least 2")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("graphs", nargs="*", metavar="GRAPH", help=f"{', '.join(GRAPHS)}; all when absent")
    arguments = parser.parse_args()
    missed = [
        f"{name}: {one}"
        for name in arguments.graphs or GRAPHS
        for one in _measured(arguments.folder, name, arguments.records, arguments.pairs)
    ]
    print("\n".join(missed) if missed else "all bars hold")
    return int(bool(missed))


def makespan(
    times: Mapping[str, float], needs: Mapping[str, Sequence[str]], workers: int, slowdown: float = 1.0
) -> float:
    """
    Seconds that the types take: a free worker takes the ready one with the longest way behind it, as the board does.

    Args:
        slowdown: How much longer a type takes while others go on beside it.
    """
    path = paths(times, needs)
    left, done, now = dict(times), set[str](), 0.0
    running: list[str] = []
    while left:
        free = sorted((n for n in left if n not in running and set(needs[n]) <= done), key=lambda n: -path[n])
        running += free[: workers - len(running)]
        pace = 1.0 if len(running) == 1 else 1 / slowdown
        step = min(left[name] for name in running)
        now += step / pace
        for name in list(running):
            left[name] -= step
            if left[name] <= 1e-9:
                del left[name]
                running.remove(name)
                done.add(name)
    return now


def paths(times: Mapping[str, float], needs: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Of each type the seconds from its begin to the end of the longest way behind it; types stand behind their needs."""
    found = dict.fromkeys(times, 0.0)
    for name in reversed(list(times)):
        found[name] += times[name]
        for other in needs[name]:
            found[other] = max(found[other], found[name])
    return found


def slowdown_of(serial: Mapping[str, float], parallel: Sequence[Service]) -> float:
    """
    How much longer types take beside others: time beside others over the serial time that passed in it.

    A type's serial time is what it was alone, and the rest of it what it did beside others.
    """
    beside_s = worked_s = 0.0
    for run in parallel:
        for name, took_s in run.types_s.items():
            first, last = run.began_s[name], run.began_s[name] + took_s
            others = [
                (max(first, run.began_s[one]), min(last, run.began_s[one] + run.types_s[one]))
                for one in run.types_s
                if one != name
            ]
            shared_s = _covered(others)
            beside_s += shared_s
            worked_s += serial[name] - (took_s - shared_s)
    return max(1.0, beside_s / worked_s) if worked_s > 0 else 1.0


# Private functions


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Length of the union of spans; one that ends before it begins is none."""
    covered, reached = 0.0, float("-inf")
    for first, last in sorted(spans):
        covered += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return covered


def _measured(base: Path, name: str, records: int, pairs: int) -> list[str]:
    """Run one graph; gives the bars that are missed."""
    shares = GRAPHS[name]
    folder = (base / f"{name}-{records}").resolve()
    _lay_out(folder, shares, records)
    bench = open_bench(folder)
    _run(bench, shares, "parallel")
    ratios, serials, parallels = [], [], []
    for _ in range(pairs):
        serial, rows = _run(bench, shares, "serial")
        parallel, same = _run(bench, shares, "parallel")
        if rows != same:
            raise RuntimeError("the tables of both are not the same")
        ratios.append(parallel.total_s / serial.total_s)
        serials.append(serial)
        parallels.append(parallel)
    print(f"{name}: parallel to serial, staging and publishing: {spread(ratios)}")
    for how, runs in (("serial", serials), ("parallel", parallels)):
        staging = statistics.median(one.staging_s for one in runs)
        publishing = statistics.median(one.publishing_s for one in runs)
        print(f"{how}: {staging:.2f} s staging, {publishing:.2f} s publishing")
    times = {one: statistics.median(run.types_s[one] for run in serials) for one in shares}
    missed = _simulate(shares, times, parallels)
    if statistics.median(ratios) > RATIO_MAX:
        missed.append(f"parallel to serial {statistics.median(ratios):.2f}, bar {RATIO_MAX}")
    return missed


def _simulate(shares: Shares, times: Mapping[str, float], parallel: Sequence[Service]) -> list[str]:
    """Print what each number of workers would take; gives the bars that are missed."""
    needs = {name: [parent] if parent else [] for name, (_, parent) in shares.items()}
    work, longest = sum(times.values()), max(paths(times, needs).values())
    slowdown = slowdown_of(times, parallel[::2])
    measured_s = statistics.median(one.publishing_s for one in parallel[1::2])
    two = makespan(times, needs, 2, slowdown)
    off, missed = two / measured_s - 1, []
    print(f"publishing: {work:.2f} s of work, {longest:.2f} s on the longest path; types are {slowdown:.2f} times slower beside others")
    print(f"   2 workers on these cores: {two:.2f} s simulated, {measured_s:.2f} s measured, {off:+.0%}")
    if abs(off) > OFF_MAX:
        missed.append(f"2 workers: simulated {two:.2f} s, measured {measured_s:.2f} s")
    for workers in WORKERS:
        span, bound = makespan(times, needs, workers), max(longest, work / workers)
        print(f"  {workers:2} workers, each with a core: {span:.2f} s, {span / bound:.2f} of the least possible, {1 - span / work:.0%} less time")
        if span / bound > ABOVE_MAX:
            missed.append(f"{workers} workers: {span / bound:.2f} of the least possible, bar {ABOVE_MAX}")
    gain, allowed = 1 - makespan(times, needs, max(WORKERS)) / work, 1 - longest / work
    print(f"  the longest path allows {allowed:.0%} less time")
    if allowed >= GAIN_MIN and gain < GAIN_MIN:
        missed.append(f"{gain:.0%} less time, bar {GAIN_MIN:.0%}")
    return missed


def _run(bench: Bench, shares: Shares, how: str) -> tuple[Service, str]:
    """One run into empty tables: its times, and a hash of the rows of all tables in the order they stand."""
    drops = "; ".join(f"DROP TABLE IF EXISTS {name}" for name in shares)
    control = "DROP TABLE IF EXISTS " + ", ".join(f"loadstone_{name}" for name in _CONTROL)
    bench.sql(f"SET client_min_messages = error; {drops}; {control}", *_tables(shares), "CHECKPOINT")
    bench.init()
    words = [LOADSTONE, "transactions", "run", str(bench.folder / f"{how}.yaml"), "--target", bench.url, "--json"]
    if how == "serial":
        words = ["taskset", "-c", "0", *words, "--workers", "1"]
    outputs = ["--bad", str(bench.folder / "day.bad"), "--log", str(bench.folder / "day.log")]
    done = subprocess.run([*words, *outputs], capture_output=True, text=True, check=False, cwd=bench.folder)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    receipt = json.loads(done.stdout)
    began = {name: float(told["began_s"]) for name, told in receipt["types"].items()}
    took = {name: float(told["duration_s"]) for name, told in receipt["types"].items()}
    publishing_s = max(began[name] + took[name] for name in took)
    return Service(receipt["duration_s"] - publishing_s, began, took), _rows(bench, shares)


def _rows(bench: Bench, shares: Shares) -> str:
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS t, count(*), md5(string_agg(id::text || parent, ',' ORDER BY ctid)) FROM {name}" for name in shares
    )
    words = [bench.psql, "-q", "-X", "-At", "-c", f"{each} ORDER BY t", bench.url]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _tables(shares: Shares) -> list[str]:
    return [
        f"CREATE TABLE {name} (id integer PRIMARY KEY, parent integer, amount numeric(12,2), booked date, note varchar(30))"
        for name in shares
    ]


def _lay_out(folder: Path, shares: Shares, records: int) -> None:
    """The file with its types mixed, the control file, and a spec for each way."""
    if (folder / "day.dat").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(6)
    counts = {name: max(1, round(share * records)) for name, (share, _) in shares.items()}
    kinds = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(kinds)
    numbers = dict.fromkeys(counts, 0)
    with open(folder / "day.dat.part", "w") as file:
        for name in kinds:
            numbers[name] += 1
            parent = shares[name][1]
            up = chance.randrange(counts[parent]) + 1 if parent else 0
            amount = chance.randrange(10_000_000)
            day = 1 + amount % 28
            file.write(f"{name[:4].upper()}|{numbers[name]}|{up}|{amount / 100:.2f}|202611{day:02}|note {amount % 977}\n")
    (folder / "day.dat.part").rename(folder / "day.dat")
    clauses = [
        f"INTO TABLE {name} WHEN kind = '{name[:4].upper()}' FIELDS TERMINATED BY '|'\n(kind FILLER POSITION(1) CHAR,"
        " id INTEGER EXTERNAL, parent INTEGER EXTERNAL, amount DECIMAL EXTERNAL, booked DATE \"YYYYMMDD\", note CHAR(30))"
        for name in shares
    ]
    (folder / "day.ctl").write_text(f"LOAD DATA INFILE '{folder / 'day.dat'}' APPEND\n" + "\n".join(clauses) + "\n")
    for how, workers in (("serial", 1), ("parallel", 2)):
        types: dict[str, Any] = {name: {"tables": [name]} for name in shares}
        for name, (_, parent) in shares.items():
            if parent:
                types[name]["parents"] = [{"columns": ["parent"], "type": parent, "references": ["id"]}]
        (folder / f"{how}.yaml").write_text(json.dumps({"load": "day.ctl", "workers": workers, "types": types}))


_CONTROL = ("chunk", "reject", "discard", "fence", "load", "claim", "lease", "stage")

if __name__ == "__main__":
    raise SystemExit(main())
