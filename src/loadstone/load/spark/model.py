"""The parts that Spark's tasks compute, and the manifest that lists them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loadstone.errors import FixFile, Place
from loadstone.spec import Partition

FORMAT = 1
"""Version of the manifest and of the files of a part."""

MANIFEST, RUN = "manifest.json", "run.json"
"""Names of the files that list the parts, and that say which run a folder belongs to."""


@dataclass(frozen=True, kw_only=True)
class Range:
    """
    What one task computes.

    Attributes:
        partition: The records, which end where the range does. sha256: of the bytes of the range.
        prefix_sha256: of the input from its start to the end of the range.
        before: Records of each INTO TABLE before it that step its SEQUENCE.
    """

    partition: Partition
    sha256: str
    prefix_sha256: str
    before: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """
    A range as it was computed.

    Attributes:
        run: Key of the run that computed it. range: its records.
        read, loaded, rejected, discarded, skipped: logical records, as in the books of a chunk.
        rows: Rows of each INTO TABLE. sums: exact sums of their numeric columns, as text by column.
        files: SHA-256 of each file of the part, by name.
    """

    run: str
    range: Range
    read: int
    loaded: int
    rejected: int
    discarded: int
    skipped: int
    rows: tuple[int, ...]
    sums: tuple[dict[str, str], ...]
    files: dict[str, str]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return name_of(self.range.partition.number)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """
    All parts of a load that Spark has computed.

    Attributes:
        run: Key of the run: a digest of all that its rows depend on. program: version that computed it.
        request: What was asked for: spec, spec_path, data, skip, load, schema_map, as JSON values.
        spec_sha256: Digest of the spec without its limits.
        inputs: Name, size in bytes and SHA-256 of the decompressed content of each data file.
        shape: Digest of the columns and of how each gets its value, as the target's catalogue had them.
        frozen: What is fixed when a load begins. parts: in record order.
    """

    run: str
    program: str
    request: dict[str, Any]
    spec_sha256: str
    inputs: tuple[tuple[str, int, str], ...]
    shape: str
    frozen: dict[str, Any]
    parts: tuple[Part, ...]


def name_of(number: int) -> str:
    """Name of the folder of part ``number``."""
    return f"part-{number:06}"


def part_values(part: Part) -> dict[str, Any]:
    """A part as JSON values."""
    return asdict(part)


def part_of(values: dict[str, Any]) -> Part:
    """The part that ``part_values`` gave."""
    place = dict(values["range"])
    partition = Partition(**place.pop("partition"))
    before = tuple(place.pop("before"))
    rest: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    rest["range"] = Range(partition=partition, before=before, **place)
    return Part(**rest)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as the file holds it."""
    values = {"format": FORMAT, **asdict(manifest)}
    return json.dumps(values, ensure_ascii=False, indent=1).encode() + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """
    The manifest in a folder of parts.

    Raises:
        FixFile: LS-4030 there is none, or none of ours.
    """
    path = folder / MANIFEST
    try:
        values = json.loads(path.read_bytes())
        if values.pop("format") != FORMAT:
            raise ValueError("it has a form that this version does not know")
        values["inputs"] = tuple((name, size, digest) for name, size, digest in values["inputs"])
        values["parts"] = tuple(part_of(one) for one in values["parts"])
        return Manifest(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FixFile(
            "LS-4030",
            f"{path} is no manifest of computed parts: {_why(error)}",
            Place(file=str(path)),
            hints=[
                "`loadstone spark run` writes it when all parts are computed: run it again, it goes on where it was.",
            ],
        ) from error


# Private functions


def _why(error: Exception) -> str:
    return str(error.strerror if isinstance(error, OSError) else error)
