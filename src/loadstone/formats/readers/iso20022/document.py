"""
XML read as a stream: chosen elements as they end, by their local names, so that every version and prefix is the same.

Nothing outside of the file is ever read: a document type is refused, entities are not expanded, and there is no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from loadstone.errors import FixFile, Place

from ..model import Readable

DEPTH_MAX = 200
REPEATED = frozenset(("Ustrd", "AdrLine", "AddtlRmtInf", "AddtlTxInf"))
"""Elements whose repetitions are lines of one text."""

Element = Any
"""An element of lxml, which has no types."""


def elements_of(stream: Readable, names: tuple[str, ...], *, name: str) -> Iterator[tuple[str, Element]]:
    """
    Each element of one of the local ``names``, when it ends, with that name.

    Raises:
        FixFile: LS-2050 it is no XML, or has a document type; LS-2051 it ends before its last element; LS-2052 it is not well formed.
    """
    source = _Source(stream)
    try:
        events = etree.iterparse(
            source,
            events=("end",),
            tag=[f"{{*}}{one}" for one in names],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        checked = False
        for _, element in events:
            if not checked:
                checked = True
                if element.getroottree().docinfo.internalDTD is not None:
                    raise FixFile(
                        "LS-2050", "it has a document type, which no such message has", Place(file=name)
                    )
            yield local(element), element
    except etree.XMLSyntaxError as error:
        raise _broken(error, name, cut=source.ends_within_a_tag) from error


def local(element: Element) -> str:
    """Its name without the namespace."""
    tag: str = element.tag
    return tag.rpartition("}")[2]


def parent_of(element: Element) -> str:
    """The local name of what it stands in; empty at the root."""
    above = element.getparent()
    return "" if above is None else local(above)


def drop(element: Element) -> None:
    """Free an element that was read, and all before it beside it."""
    element.clear()
    above = element.getparent()
    if above is not None:
        while element.getprevious() is not None:
            del above[0]


def texts_of(element: Element, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """
    All texts below an element by their path, such as ``BookgDt/Dt``; the first where a path repeats, lines of it for ``REPEATED``.

    The currency of an amount stands at ``Amt@Ccy``. Elements of the names ``skip`` are left out.
    """
    found: dict[str, str] = {}
    _walk(element, "", found, skip, 0)
    return found


# Private functions


class _Source:
    """A stream that knows how it ended."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._tail = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""
        block = self._stream.read(size)
        self._ended = not block
        self._tail = (self._tail + block)[-64:]
        return block

    @property
    def ends_within_a_tag(self) -> bool:
        """Whether the file was read to its end, and that is no end of an element."""
        return self._ended and not self._tail.rstrip(b"\0 \t\r\n").endswith(b">")


def _walk(element: Element, prefix: str, found: dict[str, str], skip: tuple[str, ...], depth: int) -> None:
    for child in element:
        name = local(child)
        if name in skip:
            continue
        path = prefix + name
        if len(child):
            if depth < DEPTH_MAX:
                _walk(child, f"{path}/", found, skip, depth + 1)
            continue
        text = (child.text or "").strip()
        if path not in found:
            found[path] = text
            if currency := child.get("Ccy"):
                found[f"{path}@Ccy"] = currency
        elif name in REPEATED:
            found[path] += f"\n{text}"


def _broken(error: etree.XMLSyntaxError, name: str, *, cut: bool) -> FixFile:
    line, fact = error.lineno or 1, (error.msg or "it is not well formed").partition(", line")[0]
    place = Place(file=name, line=line)
    if "Document is empty" in fact or "Start tag expected" in fact or "no element found" in fact:
        return FixFile("LS-2050", f"the file is no XML: {fact}", place)
    if cut or "Premature end" in fact:
        return FixFile("LS-2051", f"the XML ends early: {fact}", place)
    return FixFile("LS-2052", f"the XML is not well formed: {fact}", place)
