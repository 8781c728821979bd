"""Parts on disk: each in a folder of its own, there as a whole or not at all, and never twice."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from loadstone.errors import FixFile, Place, Stop
from loadstone.filestore.atomic import sync_folder
from loadstone.load.spark.model import Part, name_of, part_of, part_values
from loadstone.telemetry.points import reach

FACTS, RECORDS, REJECTS = "part.json", "records.parquet", "rejects.parquet"
UNFINISHED = ".part-"
"""How names of folders begin that a task is writing, or was when it died."""


def table_file(table_no: int) -> str:
    """Name of the file with the rows of INTO TABLE ``table_no`` (0-based)."""
    return f"table-{table_no + 1}.parquet"


def packed(table: Any, *, plain: Sequence[str] = ()) -> bytes:
    """A ``pa.Table`` as a Parquet file; columns named in ``plain`` are not worth a dictionary."""
    import pyarrow.parquet as pq

    out = io.BytesIO()
    # Without statistics: they would show values of a part in its footer, and nothing of ours asks for them.
    coded = [name for name in table.column_names if name not in plain]
    pq.write_table(table, out, compression="zstd", use_dictionary=coded, write_statistics=False)
    return out.getvalue()


def write_part(folder: Path, part: Part, files: dict[str, bytes]) -> Part:
    """
    Put a part into ``folder``, unless another attempt of the same task was first; gives the one that is there.

    A crash leaves a folder whose name begins with ``.part-``, which nobody reads.

    Raises:
        Stop: LS-4020 the folder cannot be written.
    """
    final = folder / part.name
    made = folder / f"{UNFINISHED}{part.range.partition.number:06}.{uuid.uuid4().hex}"
    content = {**files, FACTS: json.dumps(part_values(part)).encode()}
    try:
        made.mkdir(mode=0o700)
        for name, data in content.items():
            _write(made / name, data)
        sync_folder(made)
        reach("part_written")
        try:
            os.rename(made, final)
        except OSError:
            # Never over one that stands: a second attempt of the task computes the same, and leaves.
            if not final.is_dir():
                raise
        else:
            sync_folder(folder)
        reach("part_renamed")
    except OSError as error:
        raise Stop(
            "LS-4020",
            f"cannot write {final}: {error.strerror}",
            Place(file=str(final)),
            hints=["is the disk full, and may the user of Spark's workers write in the folder?"],
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    there = facts_of(folder, part.range.partition.number)
    return there if there is not None else part


def facts_of(folder: Path, number: int) -> Part | None:
    """What the part ``number`` in ``folder`` says of itself; None where there is none, or none that can be read."""
    try:
        return part_of(json.loads((folder / name_of(number) / FACTS).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_whole(folder: Path, part: Part) -> bool:
    """Whether all files of a part are there, as they were written."""
    try:
        for name in part.files:
            read_file(folder, part, name)
    except FixFile:
        return False
    return True


def read_file(folder: Path, part: Part, name: str) -> bytes:
    """
    One file of a part.

    Raises:
        FixFile: LS-4031 it is missing, or other than what was computed.
    """
    path = folder / part.name / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise spoilt(path, f"cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != part.files.get(name):
        raise spoilt(path, "is not what was computed: its SHA-256 is another one than in the manifest")
    return data


def spoilt(path: Path, fact: str) -> FixFile:
    """The refusal of a part."""
    return FixFile(
        "LS-4031",
        f"{path} {fact}",
        Place(file=str(path)),
        hints=[
            "`loadstone spark run` with the same words computes the parts that are missing or changed again."
        ],
    )


def drop_part(folder: Path, number: int) -> None:
    """Take a part away."""
    shutil.rmtree(folder / name_of(number), ignore_errors=True)


def drop_unfinished(folder: Path) -> None:
    """Take away what attempts left that died, or were second."""
    for one in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(one, ignore_errors=True)


# Private functions


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
