"""Header and footer lines: their templates, the totals they show, and their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from loadstone.output.model import Line, Value
from loadstone.output.records import Records
from loadstone.output.templates import Template, Total, parse


class Lines:
    """The lines before or behind the records."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """``FixSpec`` LS-8003 a template is wrong."""
        self._lines = [(line, _templates(line)) for line in lines]

    def totals(self) -> set[Total]:
        """The totals that they show."""
        return {total for _, templates in self._lines for one in templates for total in one.totals()}

    def filled(
        self, records: Records, variables: Mapping[str, Value], totals: Mapping[Total, Value]
    ) -> Iterable[list[str]]:
        """The texts of each line's parts; ``FixSpec`` LS-8003, LS-8005."""
        for line, templates in self._lines:
            yield records.titles if line.names else [one.filled(variables, totals) for one in templates]

    def text(self, records: Records, variables: Mapping[str, Value], totals: Mapping[Total, Value]) -> str:
        """All lines, ends included; errors as ``filled``."""
        parts = self.filled(records, variables, totals)
        return "".join(
            records.line(line, filled) for (line, _), filled in zip(self._lines, parts, strict=True)
        )


# Private functions


def _templates(line: Line) -> list[Template]:
    texts = [line.text] if line.text is not None else [field.value for field in line.fields]
    return [parse(text) for text in texts]
