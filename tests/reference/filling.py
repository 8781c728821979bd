"""Data for a random spec: mostly what its fields take, now and then what breaks its rules."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime

from loadstone.spec import ContinueIf, Field, LoadSpec, TableLoad
from tests.reference.dates import shown
from tests.reference.records import codec_of, literal_bytes

NUMBERS = ("0", "1", "-5", "+7", "12.345", "99999.995", "12 ", " 3", ".5", "1.", "-0.005", "1e3")
COUNTS = ("0", "1", "-5", "+7", "12.345", "999999", "12 ", " 3", "1e3", "0.4")
CODES = ("A", "B", "abc", "Éé", "0", "A ")
WORDS = ("A", "B", "Ada", "Émile", "東京", "a b", "O'Neil", "tab in", "y" * 12, "0")


class Filling:
    """Values by field (``kinds`` by its id), records by table, bytes by the record format."""

    def __init__(
        self, rng: random.Random, spec: LoadSpec, kinds: Mapping[int, str], variables: Mapping[str, str]
    ) -> None:
        self.rng, self.spec, self.kinds, self.variables = rng, spec, kinds, variables
        self.codec = codec_of(spec)

    def data(self, count: int) -> bytes:
        """The bytes of the data file."""
        rng, rule = self.rng, self.spec.assemble
        lines = [self._record() for _ in range(count)]
        if isinstance(rule, ContinueIf):
            lines = [rng.choice(["+", " ", " +", "++"]) + line for line in lines]
            lines = [line + rng.choice(["", "+"]) if rule.where == "last" else line for line in lines]
        encoded = [self._broken(line.encode(self.codec, "replace")) for line in lines]
        form = self.spec.inputs[0].record_format
        if form.kind == "var":
            return b"".join(f"{len(line):0{form.size or 5}}".encode() + line for line in encoded)
        if form.kind == "fix":
            return b"".join(line.ljust(form.size or 1)[: form.size] for line in encoded)
        ending = b"\n" if form.terminator is None else literal_bytes(form.terminator)
        data = ending.join(encoded)
        return data + ending if encoded and rng.random() < 0.8 else data

    def _broken(self, line: bytes) -> bytes:
        """Now and then a byte that is no character of UTF-8, or the first byte of one."""
        if self.rng.random() > 0.02 or not line:
            return line
        at = self.rng.randrange(len(line))
        return line[:at] + self.rng.choice([b"\xff", b"\xc3"]) + line[at + 1 :]

    def _record(self) -> str:
        rng = self.rng
        table = rng.choice(self.spec.tables)
        named = [one for one in table.fields if one.source is None]
        if table.terminated is None:
            widths = [_width(one) for one in named]
            cells = [self._ascii(one).ljust(width)[:width] for one, width in zip(named, widths, strict=True)]
            return "".join(cells[: rng.randint(0, len(cells))] if rng.random() < 0.1 else cells)
        parts = [self._quoted(self._value(one), table, one) + self._end(table, one) for one in named]
        cut = rng.random() < 0.1
        if cut:
            parts = parts[: rng.randint(0, len(parts))]
        if rng.random() < 0.05:
            parts.append("extra")
        elif parts and not cut and rng.random() < 0.9:
            parts[-1] = parts[-1].removesuffix(self._end(table, named[-1]))
        return "".join(parts)

    def _end(self, table: TableLoad, one: Field) -> str:
        found = table.delimiters(one)[0]
        if found is None or found.literal is None:
            return self.rng.choice([" ", " ", "\t", "  "])
        return literal_bytes(found.literal).decode()

    def _quoted(self, value: str, table: TableLoad, one: Field) -> str:
        rng = self.rng
        enclosed = table.delimiters(one)[1]
        if enclosed is None:
            return value
        left = enclosed.left.text or ""
        right = (enclosed.right.text if enclosed.right is not None else left) or ""
        if enclosed.optional and rng.random() < 0.5:
            return value
        if rng.random() < 0.04:
            return left + value
        inner = value
        if rng.random() < 0.15:
            embedded = table.csv is not None
            inner += rng.choice([right, self._end(table, one), "\n" if embedded else " "]) + "x"
        text = left + inner.replace(right, right * 2) + right
        odd = ["", "", "", " ", "z"] if rng.random() < 0.1 else [""]
        return rng.choice(["", "", "", " "]) + text + rng.choice(odd)

    def _value(self, one: Field) -> str:
        rng = self.rng
        roll = rng.random()
        if roll < 0.08:
            return ""
        if roll < 0.12:
            return rng.choice([" ", "  ", "\t", " A", "A ", "B"])
        kind = rng.choice(sorted(set(self.kinds.values()))) if rng.random() < 0.04 else self.kinds[id(one)]
        if kind in ("day", "shown", "stamp"):
            return self._day(one)
        if kind in ("amount", "any", "count"):
            number = rng.choice(COUNTS if kind == "count" else NUMBERS)
            decimal = self.variables.get("NLS_NUMERIC_CHARACTERS", ".")[0]
            return number.replace(".", decimal) if rng.random() < 0.9 else number
        return rng.choice(CODES if kind == "code" else WORDS)

    def _ascii(self, one: Field) -> str:
        """Fixed fields are bytes: other characters would be cut in two."""
        return self._value(one).encode("ascii", "replace").decode()

    def _day(self, one: Field) -> str:
        rng = self.rng
        mask = (one.type.mask if one.type else None) or self.variables.get("NLS_DATE_FORMAT", "DD-MON-RR")
        hour, minute, second = rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)
        moment = datetime(
            rng.randint(1900, 2099), rng.randint(1, 12), rng.randint(1, 28), hour, minute, second
        )
        text = shown(moment, mask, self.variables.get("NLS_DATE_LANGUAGE", "AMERICAN"))
        if rng.random() < 0.06:
            text = text.replace(rng.choice(["-", ".", "/"]), rng.choice(["-", "/", "."]))
        elif rng.random() < 0.06:
            text = text.replace(f"{moment.day:02}", rng.choice(["31", "00", "30", "x1"]), 1)
        elif rng.random() < 0.06 and mask.endswith("HH24:MI:SS"):
            text = text[: len(text) - rng.choice([3, 6])]
        return text.lower() if rng.random() < 0.1 else text


def _width(one: Field) -> int:
    assert one.position is not None and one.position.end is not None
    return one.position.end - one.position.start + 1
