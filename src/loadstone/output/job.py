"""One outgoing file, put together: its names on the disk, its lines, records and totals."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from loadstone.errors import FixSpec
from loadstone.output.banks.model import Bai2, Nacha
from loadstone.output.banks.rows import BankWriter
from loadstone.output.batches import Source, column_no
from loadstone.output.encode import Encode, Unencodable, encode_of, mark_of
from loadstone.output.lines import Lines
from loadstone.output.model import OutputSpec, Request, Value
from loadstone.output.records import Records
from loadstone.output.templates import Total, parse
from loadstone.output.totals import Totals


@dataclass(frozen=True, kw_only=True)
class Job:
    """
    One file.

    Attributes:
        made_from: Hash of spec, source and variables: only the same may go on with a body.
        writer: What writes a bank's file; None for the layouts that `records` knows.
        tracked: Whether it has further to go than its folder, or somebody is told that it is there.
    """

    spec: OutputSpec
    path: Path
    variables: dict[str, Value]
    header: Lines
    footer: Lines
    totals: Totals
    records: Records
    encode: Encode
    writer: BankWriter | None
    made_from: str
    tracked: bool

    @property
    def part(self) -> Path:
        """The body while it grows."""
        return self.path.with_name(self.path.name + ".part")

    @property
    def state(self) -> Path:
        """How far the body is durable."""
        return self.path.with_name(self.path.name + ".part.json")

    @property
    def whole(self) -> Path:
        """Header, body and footer before the rename, where the header shows totals."""
        return self.path.with_name(self.path.name + ".whole")

    @property
    def early(self) -> bool:
        """Whether the header can be written before the totals are known."""
        return not self.header.totals()

    def head(self) -> bytes:
        """What comes before the records, a byte order mark first; ``FixSpec`` LS-8003, LS-8005."""
        head = self._line(self.header) if self.writer is None else self._encoded(self.writer.head())
        return mark_of(self.spec) + head

    def foot(self) -> bytes:
        """What comes behind the records; errors as ``head``."""
        return self._line(self.footer) if self.writer is None else self._encoded(self.writer.foot())

    # Private methods

    def _line(self, lines: Lines) -> bytes:
        return self._encoded(lines.text(self.records, self.variables, self.totals.values))

    def _encoded(self, text: str) -> bytes:
        try:
            return bytes(self.encode(memoryview(text.encode())))
        except Unencodable as error:
            raise FixSpec(
                "LS-8003", f"a line holds {error}, which {self.spec.encoding} does not have"
            ) from error


def job_of(request: Request, source: Source) -> Job:
    """
    The job of ``request``.

    Raises:
        FixSpec: LS-8002 to LS-8005 the spec does not fit the rows, or its name cannot be filled.
    """
    spec = request.spec
    variables: dict[str, Value] = {"now": datetime.now(UTC).replace(tzinfo=None), **request.variables}
    name = _name(spec, variables)
    header, footer = Lines(spec.header), Lines(spec.footer)
    for column in spec.rows.order:
        column_no(source.columns, column)
    given = {name: str(value) for name, value in request.variables.items()}
    made_from = json.dumps([spec.model_dump(mode="json"), request.source, given])
    return Job(
        spec=spec,
        path=Path(request.folder) / name,
        variables={**variables, "file_name": name},
        header=header,
        footer=footer,
        totals=Totals({Total("count"), *header.totals(), *footer.totals()}, source.columns, spec.type_column),
        records=Records(spec, source.columns),
        encode=encode_of(spec),
        writer=_writer(spec, source, variables),
        made_from=hashlib.sha256(made_from.encode()).hexdigest(),
        tracked=spec.deliver is not None or spec.sequence is not None or request.run is not None,
    )


# Private functions


def _writer(spec: OutputSpec, source: Source, variables: dict[str, Value]) -> BankWriter | None:
    if isinstance(spec.layout, Nacha):
        from loadstone.output.banks.nacha import NachaWriter

        return NachaWriter(spec, spec.layout, source.columns, variables)
    if isinstance(spec.layout, Bai2):
        from loadstone.output.banks.bai2 import Bai2Writer

        return Bai2Writer(spec, spec.layout, source.columns, variables)
    return None


def _name(spec: OutputSpec, variables: dict[str, Value]) -> str:
    template = parse(spec.file)
    if any(template.totals()):
        raise FixSpec(
            "LS-8003", f"the name {spec.file!r} cannot show totals: the file has its name before them"
        )
    name = template.filled(variables, {})
    if os.path.basename(name) != name or name in ("", ".", ".."):
        raise FixSpec("LS-8003", f"{name!r} is no file name", hints=["say the folder with --folder."])
    return name
