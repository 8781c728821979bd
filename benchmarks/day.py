"""
A day of transactions, twelve types on a graph of four levels: several publishing at once against one after the other.

``make bench-day``; ``python benchmarks/day.py --records 500000 --pairs 3`` for less. Serial is one connection and one worker,
with the client held to one core. Each round loads into empty tables, and both must leave the same rows, in the order of
their records. A simulation from the serial run's times of each type tells what more workers would give.
"""

from __future__ import annotations

import argparse
import heapq
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

SHARES = {
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
}
"""Share of the records, and the type of its parents; four levels."""

WORKERS = (2, 4, 8, 16)
RATIO_MAX, GAIN_MIN, OFF_MAX, ABOVE_MAX = 0.75, 0.70, 0.10, 1.15
"""Bars: parallel to serial; saving where the graph allows; simulation to measurement; schedule to its lower bound."""


@dataclass(frozen=True)
class Service:
    """Seconds that reading took, and that the publication of each type took."""

    staging_s: float
    types_s: Mapping[str, float]


def main() -> int:
    """Print ratios and the simulation; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    arguments = parser.parse_args()
    folder = (arguments.folder / f"day-{arguments.records}").resolve()
    _lay_out(folder, arguments.records)
    bench = open_bench(folder)
    _run(bench, "parallel")
    ratios, serials, parallels = [], [], []
    for _ in range(arguments.pairs):
        serial, rows = _run(bench, "serial")
        parallel, same = _run(bench, "parallel")
        if rows != same:
            raise RuntimeError("the tables of both are not the same")
        ratios.append(_total(parallel) / _total(serial))
        serials.append(serial)
        parallels.append(parallel)
    print(f"parallel to serial, staging and publishing: {spread(ratios)}")
    for name, runs in (("serial", serials), ("parallel", parallels)):
        staging = statistics.median(one.staging_s for one in runs)
        print(f"{name}: {staging:.2f} s staging, {statistics.median(map(_total, runs)) - staging:.2f} s publishing")
    missed = _simulate(_median(serials), statistics.median(one.types_s["all"] for one in parallels))
    if statistics.median(ratios) > RATIO_MAX:
        missed.append(f"parallel to serial {statistics.median(ratios):.2f}, bar {RATIO_MAX}")
    print("\n".join(missed) if missed else "all bars hold")
    return int(bool(missed))


def makespan(times: Mapping[str, float], needs: Mapping[str, Sequence[str]], workers: int) -> float:
    """Seconds that list scheduling takes: a free worker takes the next type whose needs are done, in order of ``times``."""
    left, done, now = list(times), set(), 0.0
    busy: list[tuple[float, str]] = []
    while left or busy:
        free = [name for name in left if set(needs[name]) <= done]
        while free and len(busy) < workers:
            name = free.pop(0)
            left.remove(name)
            heapq.heappush(busy, (now + times[name], name))
        now, name = heapq.heappop(busy)
        done.add(name)
    return now


# Private functions


def _needs() -> dict[str, list[str]]:
    return {name: [parent] if parent else [] for name, (_, parent) in SHARES.items()}


def _simulate(serial: Service, measured_s: float) -> list[str]:
    """Print what each number of workers would take; gives the bars that are missed."""
    times, needs, missed = serial.types_s, _needs(), []
    types = {name: times[name] for name in SHARES}
    work = sum(types.values())
    path = {}
    for name in SHARES:
        path[name] = types[name] + max((path[one] for one in needs[name]), default=0.0)
    print(f"publishing: {work:.2f} s of work, {max(path.values()):.2f} s on the longest path")
    for workers in WORKERS:
        span = makespan(types, needs, workers)
        bound = max(max(path.values()), work / workers)
        print(f"  {workers:2} workers: {span:.2f} s, {span / bound:.2f} of the least possible, {1 - span / work:.0%} less time")
        if workers == 2 and abs(span / measured_s - 1) > OFF_MAX:
            missed.append(f"2 workers: simulated {span:.2f} s, measured {measured_s:.2f} s")
        if workers > 2 and span / bound > ABOVE_MAX:
            missed.append(f"{workers} workers: {span / bound:.2f} of the least possible, bar {ABOVE_MAX}")
    wide = makespan(types, needs, len(types))
    allowed = 1 - max(path.values()) / work
    if allowed >= GAIN_MIN and 1 - wide / work < GAIN_MIN:
        missed.append(f"{1 - wide / work:.0%} less time, bar {GAIN_MIN:.0%}")
    return missed


def _run(bench: Bench, how: str) -> tuple[Service, str]:
    """One run into empty tables: its times, and a hash of the rows of all tables in the order they stand."""
    drops = "; ".join(f"DROP TABLE IF EXISTS {name}" for name in SHARES)
    control = "DROP TABLE IF EXISTS " + ", ".join(f"loadstone_{name}" for name in _CONTROL)
    bench.sql(f"SET client_min_messages = error; {drops}; {control}", *_tables(), "CHECKPOINT")
    bench.init()
    words = [LOADSTONE, "transactions", "run", str(bench.folder / f"{how}.yaml"), "--target", bench.url, "--json"]
    if how == "serial":
        words = ["taskset", "-c", "0", *words, "--workers", "1"]
    outputs = ["--bad", str(bench.folder / "day.bad"), "--log", str(bench.folder / "day.log")]
    done = subprocess.run([*words, *outputs], capture_output=True, text=True, check=False, cwd=bench.folder)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    receipt = json.loads(done.stdout)
    types = {name: told["duration_s"] for name, told in receipt["types"].items()}
    types["all"] = max(told["began_s"] + told["duration_s"] for told in receipt["types"].values())
    return Service(receipt["duration_s"] - types["all"], types), _rows(bench)


def _rows(bench: Bench) -> str:
    each = " UNION ALL ".join(
        f"SELECT '{name}' AS t, count(*), md5(string_agg(id::text || parent, ',' ORDER BY ctid)) FROM {name}" for name in SHARES
    )
    words = [bench.psql, "-q", "-X", "-At", "-c", f"{each} ORDER BY t", bench.url]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def _total(one: Service) -> float:
    return one.staging_s + one.types_s["all"]


def _median(runs: Sequence[Service]) -> Service:
    names = runs[0].types_s
    times = {name: statistics.median(one.types_s[name] for one in runs) for name in names}
    return Service(statistics.median(one.staging_s for one in runs), times)


def _tables() -> list[str]:
    return [
        f"CREATE TABLE {name} (id integer PRIMARY KEY, parent integer, amount numeric(12,2), booked date, note varchar(30))"
        for name in SHARES
    ]


def _lay_out(folder: Path, records: int) -> None:
    """The file with its types mixed, the control file, and a spec for each way."""
    if (folder / "day.dat").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(6)
    counts = {name: max(1, round(share * records)) for name, (share, _) in SHARES.items()}
    kinds = [name for name, count in counts.items() for _ in range(count)]
    chance.shuffle(kinds)
    numbers = dict.fromkeys(counts, 0)
    with open(folder / "day.dat.part", "w") as file:
        for name in kinds:
            numbers[name] += 1
            parent = SHARES[name][1]
            up = chance.randrange(counts[parent]) + 1 if parent else 0
            amount = chance.randrange(10_000_000)
            day = 1 + amount % 28
            file.write(f"{name[:4].upper()}|{numbers[name]}|{up}|{amount / 100:.2f}|202611{day:02}|note {amount % 977}\n")
    (folder / "day.dat.part").rename(folder / "day.dat")
    clauses = [
        f"INTO TABLE {name} WHEN kind = '{name[:4].upper()}' FIELDS TERMINATED BY '|'\n(kind FILLER POSITION(1) CHAR,"
        " id INTEGER EXTERNAL, parent INTEGER EXTERNAL, amount DECIMAL EXTERNAL, booked DATE \"YYYYMMDD\", note CHAR(30))"
        for name in SHARES
    ]
    (folder / "day.ctl").write_text(f"LOAD DATA INFILE '{folder / 'day.dat'}' APPEND\n" + "\n".join(clauses) + "\n")
    for how, workers in (("serial", 1), ("parallel", 2)):
        types: dict[str, Any] = {name: {"tables": [name]} for name in SHARES}
        for name, (_, parent) in SHARES.items():
            if parent:
                types[name]["parents"] = [{"columns": ["parent"], "type": parent, "references": ["id"]}]
        (folder / f"{how}.yaml").write_text(json.dumps({"load": "day.ctl", "workers": workers, "types": types}))


_CONTROL = ("chunk", "reject", "discard", "fence", "load", "claim", "lease", "stage")

if __name__ == "__main__":
    raise SystemExit(main())
