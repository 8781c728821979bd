"""Physical records into logical ones: CONCATENATE and CONTINUEIF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loadstone.formats.setting import step
from loadstone.formats.split import Offsets, Spans
from loadstone.spec import Concatenate, ContinueIf

Parts = tuple[Offsets, Offsets, Offsets, Offsets]


@dataclass(frozen=True)
class Signs:
    """How signs stand in the data: what writes literals, and ``Charset.leads``."""

    encode: Callable[[str], bytes]
    leads: bytes = b""


def assemble(
    rule: Concatenate | ContinueIf | None,
    data: bytes,
    parts: Parts,
    signs: Signs,
    *,
    last: bool,
) -> Spans:
    """
    The logical records in ``data``; an unfinished one at the end is left for the next piece.

    Positions of CONTINUEIF count in physical records; THIS and NEXT without PRESERVE take their
    columns out of every physical record.
    """
    raw_start, raw_end, start, end = parts
    if rule is None:
        return Spans(raw_start, raw_end, start, end)
    texts = [data[a:b] for a, b in zip(start.tolist(), end.tolist(), strict=True)]
    if isinstance(rule, Concatenate):
        firsts = list(range(0, len(texts), rule.count))
        if not last and len(texts) % rule.count:
            texts = texts[: firsts.pop()]
    else:
        firsts, texts = _continued(_Rule(rule, signs), texts, last=last)
    return _join(firsts, texts, (raw_start, raw_end))


# Private functions


def _join(firsts: list[int], texts: list[bytes], raw: tuple[Offsets, Offsets]) -> Spans:
    bounds = [*firsts, len(texts)]
    joined = [b"".join(texts[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]
    sizes = np.array([len(text) for text in joined], np.int64)
    end = np.cumsum(sizes)
    lasts = [bound - 1 for bound in bounds[1:]]
    return Spans(raw[0][firsts], raw[1][lasts], end - sizes, end, b"".join(joined))


def _continued(rule: _Rule, texts: list[bytes], *, last: bool) -> tuple[list[int], list[bytes]]:
    """Where logical records begin, and the texts of the finished ones."""
    more = [rule.continues(text) for text in texts]
    if rule.where == "next":
        more = [*more[1:], False]
    firsts, open_at = [], True
    for index in range(len(texts)):
        if open_at:
            firsts.append(index)
        open_at = not more[index]
    unfinished = bool(texts) and not last and (not open_at or rule.where == "next")
    if unfinished:
        texts = texts[: firsts.pop()]
    return firsts, [rule.kept(text) for text in texts]


class _Rule:
    """CONTINUEIF with its literal as bytes of the data, and what pads the shorter operand."""

    def __init__(self, rule: ContinueIf, signs: Signs) -> None:
        encode, self.leads = signs.encode, signs.leads
        literal, position = rule.test.literal, rule.test.position
        self.where, self.equal = rule.where, rule.test.equal
        self.cuts = rule.where != "last" and not rule.preserve
        self.white = tuple(encode(char) for char in " \t\r\n")
        self.wanted, self.pad = b"", self.white[0]
        if literal is not None and literal.hex is not None:
            self.wanted, self.pad = bytes.fromhex(literal.hex), b"\0"
        elif literal is not None:
            self.wanted = encode(literal.text or "")
        self.start = max(position.start - 1, 0) if position is not None else 0
        self.end = (position.end if position is not None else 0) or self.start + len(self.wanted)

    def continues(self, text: bytes) -> bool:
        found = self._last(text) if self.where == "last" else text[self.start : self.end]
        width = max(len(found), len(self.wanted))
        return (self._padded(found, width) == self._padded(self.wanted, width)) == self.equal

    def kept(self, text: bytes) -> bytes:
        return text[: self.start] + text[self.end :] if self.cuts else text

    def _padded(self, operand: bytes, width: int) -> bytes:
        return (operand + self.pad * width)[:width]

    def _last(self, text: bytes) -> bytes:
        """The last sign that is not blank."""
        while text.endswith(self.white):
            text = text[: -len(self.white[0])]
        if not self.leads:
            return text[-len(self.white[0]) :]
        at = before = 0
        while at < len(text):
            before, at = at, at + step(text, at, len(text), self.leads)
        return text[before:]
