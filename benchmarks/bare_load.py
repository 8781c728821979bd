"""
The least that loads the same rows: the product's plan, chunks and kernels, COPY, and nothing around them.

Records that are not plain are set and converted as in the product, which tells the good ones from the bad; what is bad is
dropped. No fence, no checkpoints, no rejects, no order, no files: what ``overhead.py`` measures the product against.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psycopg

from loadstone.bootstrap.loads import surroundings
from loadstone.bootstrap.targets import open_target
from loadstone.formats.model import Chunk, Verdict
from loadstone.formats.reader import open_records
from loadstone.formats.tokenize import tokenize
from loadstone.load.direct import Direct
from loadstone.load.inputs import resolve_inputs
from loadstone.load.plan.compile import compile_plan
from loadstone.load.plan.model import LoadPlan
from loadstone.load.reading import Read
from loadstone.load.values import field_values
from loadstone.spec import LoadRequest
from loadstone.targets.postgresql.encode import encode_pgcopy
from loadstone.targets.postgresql.rows import PgRows
from loadstone.targets.postgresql.session import HEADER, TRAILER

WORKERS = 2


def load(request: LoadRequest, *, hashing: bool = True) -> int:
    """
    Load by as many workers as the product has; how many rows.

    ``hashing``: hash the file too, as the product does to know it again.
    """
    target = open_target(request.target)
    plan = compile_plan(request, target, surroundings(request).environment(), resolve_inputs(request))
    target.close()
    lane = Direct.of(plan)
    assert lane is not None
    chunks, lock = chunks_of(plan, hashing=hashing), threading.Lock()

    def work(_: int) -> int:
        loaded = 0
        with psycopg.connect(request.target, autocommit=True) as connection:
            while True:
                with lock:
                    chunk = next(chunks, None)
                if chunk is None:
                    return loaded
                loaded += send(connection, plan, lane, chunk)

    with ThreadPoolExecutor(WORKERS) as workers:
        return sum(workers.map(work, range(WORKERS)))


def chunks_of(plan: LoadPlan, *, hashing: bool) -> Iterator[Chunk]:
    """The chunks of the plan's only input."""
    digest = hashlib.sha256()
    one = plan.inputs[0]
    for chunk in open_records(
        plan.layouts[plan.charsets[0]],
        one.spec,
        one.path or "",
        input_no=0,
        unit0=0,
        record0=0,
        chunk_size_bytes=plan.target.chunk_size_bytes,
        compiled=True,
    ):
        if hashing:
            digest.update(memoryview(chunk.data)[: chunk.size_bytes])
        yield chunk


def send(connection: psycopg.Connection[Any], plan: LoadPlan, lane: Direct, chunk: Chunk) -> int:
    """Copy the plain rows of one chunk in a transaction; how many."""
    read = Read(
        number=0,
        chunk=chunk,
        first=0,
        stop=len(chunk),
        ended=False,
        digest_before=None,
        digest_after=None,
        stamp="",
    )
    encoded = lane.encode(read)
    assert encoded is not None
    names = ", ".join(column.column.name for column in plan.tables[0].columns)
    statement = f"COPY {plan.tables[0].info.name} ({names}) FROM STDIN (FORMAT BINARY)"
    rows = lane.merge(encoded, others_of(plan, encoded.others(read))) if len(encoded.rest) else encoded.rows
    with connection.transaction(), connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(HEADER)
        copy.write(rows.data())
        copy.write(TRAILER)
    lane.give_back(rows)
    return len(rows)


def others_of(plan: LoadPlan, read: Read) -> PgRows:
    """The good ones of the records that are not plain, as rows."""
    table = plan.tables[0]
    tokens = tokenize(plan.layouts[plan.charsets[0]], read.chunk, compiled=True)
    taken = np.flatnonzero(tokens.verdict[:, 0] == Verdict.TAKE)
    conversions = [column.conversion for column in table.columns]
    rows, _ = encode_pgcopy(field_values(table, tokens, taken), conversions, plan.environment.nls, compiled=True)
    return rows
