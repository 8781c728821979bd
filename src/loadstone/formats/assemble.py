"""Physical records into logical ones: CONCATENATE and CONTINUEIF."""

from __future__ import annotations

import numpy as np

from loadstone.formats.split import Offsets, Spans
from loadstone.spec import Concatenate, ContinueIf, Literal

Parts = tuple[Offsets, Offsets, Offsets, Offsets]


def assemble(rule: Concatenate | ContinueIf | None, data: bytes, parts: Parts, *, last: bool) -> Spans:
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
        firsts, texts = _continued(rule, texts, last=last)
    return _join(firsts, texts, (raw_start, raw_end))


# Private functions


def _join(firsts: list[int], texts: list[bytes], raw: tuple[Offsets, Offsets]) -> Spans:
    bounds = [*firsts, len(texts)]
    joined = [b"".join(texts[a:b]) for a, b in zip(bounds, bounds[1:], strict=False)]
    sizes = np.array([len(text) for text in joined], np.int64)
    end = np.cumsum(sizes)
    lasts = [bound - 1 for bound in bounds[1:]]
    return Spans(raw[0][firsts], raw[1][lasts], end - sizes, end, b"".join(joined))


def _continued(rule: ContinueIf, texts: list[bytes], *, last: bool) -> tuple[list[int], list[bytes]]:
    """Where logical records begin, and the texts of the finished ones."""
    more = [_continues(rule, text) for text in texts]
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
    return firsts, [_kept(rule, text) for text in texts]


def _literal(literal: Literal | None) -> tuple[bytes, bytes]:
    """The literal and what pads the shorter operand."""
    if literal is None:
        return b"", b" "
    if literal.hex is not None:
        return bytes.fromhex(literal.hex), b"\0"
    return (literal.text or "").encode(), b" "


def _columns(rule: ContinueIf) -> tuple[int, int]:
    position = rule.test.position
    if position is None:
        return 0, 0
    start = max(position.start - 1, 0)
    return start, position.end or start + len(_literal(rule.test.literal)[0])


def _continues(rule: ContinueIf, text: bytes) -> bool:
    wanted, pad = _literal(rule.test.literal)
    if rule.where == "last":
        found = text.rstrip(b" \t\r\n")[-1:]
    else:
        start, end = _columns(rule)
        found = text[start:end]
    width = max(len(found), len(wanted))
    return (found.ljust(width, pad) == wanted.ljust(width, pad)) == rule.test.equal


def _kept(rule: ContinueIf, text: bytes) -> bytes:
    if rule.where == "last" or rule.preserve:
        return text
    start, end = _columns(rule)
    return text[:start] + text[end:]
