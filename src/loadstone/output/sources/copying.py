"""COPY TO STDOUT in blocks of whole rows, without a call of Python's own for each wait."""

from __future__ import annotations

import select
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import pq

BLOCK_SIZE_BYTES = 2 << 20


def copied(connection: psycopg.Connection[Any], copy: str) -> Iterator[bytes]:
    """
    The data of ``copy`` in blocks of some MiB.

    A driver's copy object takes twice the time for each row, and libpq's blocking call keeps other threads waiting;
    so rows are taken as long as there are any, and the socket is waited for.

    Raises:
        psycopg.Error: What the server says.
    """
    server = connection.pgconn
    _checked(server.exec_(copy.encode()), server)
    waiting = select.poll()
    waiting.register(server.socket, select.POLLIN)
    rows: list[Any] = []
    size = 0
    while True:
        length, row = server.get_copy_data(1)
        if length > 0:
            rows.append(row)
            size += length
            if size >= BLOCK_SIZE_BYTES:
                yield b"".join(rows)
                rows, size = [], 0
        elif length == 0:
            waiting.poll()
            server.consume_input()
        else:
            break
    if rows:
        yield b"".join(rows)
    while result := server.get_result():
        _checked(result, server)


# Private functions


def _checked(result: pq.abc.PGresult, server: pq.abc.PGconn) -> None:
    if result.status == pq.ExecStatus.FATAL_ERROR:
        raise psycopg.errors.error_from_result(result)
