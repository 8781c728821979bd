"""What a SQLite repository cannot be: on a network file system, or shared by hosts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Column, Table, Text, select

from loadstone.database.metadata import METADATA, Instant
from loadstone.database.open import Database, now
from loadstone.database.put import put
from loadstone.errors import Refused

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "9p",
        "ceph",
        "glusterfs",
        "lustre",
        "fuse.sshfs",
        "fuse.s3fs",
    }
)
"""File systems whose locks SQLite cannot trust."""

HOST_TTL = timedelta(minutes=2)
"""A host whose last beat is older has left."""

HOST = Table(
    "host",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("beat_at", Instant, nullable=False),
    info={
        "meaning": "A machine that uses this SQLite repository; a second one is refused.",
        "natural_key": ("id",),
    },
)


@dataclass(frozen=True)
class Host:
    """This machine since its last boot: ``id`` is machine id and boot id."""

    id: str
    name: str


def this_host() -> Host:
    """The machine that runs this process."""
    parts = [_first(Path("/etc/machine-id")), _first(Path("/proc/sys/kernel/random/boot_id"))]
    name = os.uname().nodename
    return Host(id=":".join(part for part in parts if part) or name, name=name)


def refuse_network_file_system(path: str, mounts: str | None = None) -> None:
    """
    Refuse a repository whose file system keeps no locks between machines.

    Args:
        mounts: Content of ``/proc/mounts``; read from there when None. Other systems pass unchecked.

    Raises:
        Refused: LS-7005.
    """
    if mounts is None:
        mounts = _text(Path("/proc/mounts"))
    kind = _file_system(str(Path(path).resolve()), mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise Refused(
            "LS-7005",
            f"{path} is on a network file system ({kind}); a SQLite repository must be on a local disk",
            hints=["put the repository on a local disk.", "several machines need a PostgreSQL repository."],
        )


def register_host(database: Database, host: Host | None = None) -> None:
    """
    Say that this host works on the repository; on SQLite only one host may.

    Call it again at least every minute while workers run.

    Raises:
        Refused: LS-7006 another host was here less than two minutes ago.
    """
    me = host or this_host()
    with database.write() as connection:
        moment = now(connection)
        if database.kind == "sqlite":
            others = select(HOST.c.name).where(HOST.c.id != me.id, HOST.c.beat_at > moment - HOST_TTL)
            other = connection.execute(others).scalar()
            if other is not None:
                raise Refused(
                    "LS-7006",
                    f"host {other} works on this repository; a SQLite repository serves one host",
                    hints=[
                        "stop its workers and wait two minutes.",
                        "several hosts need a PostgreSQL repository.",
                    ],
                )
        put(connection, HOST, {"id": me.id}, {"name": me.name, "beat_at": moment})


# Private functions


def _file_system(path: str, mounts: str) -> str:
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _first(path: Path) -> str:
    return _text(path).strip()


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
