"""The elements of one name in an XML document, read in flat memory, without DTDs, entities and network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from loadstone.books import ControlTotal
from loadstone.errors import FixFile, FixSpec, Place
from loadstone.formats.content import Content
from loadstone.formats.readers.guarded import Guarded
from loadstone.formats.readers.model import Row
from loadstone.spec.reading import XmlReading

SAMPLE_ROWS = 10_000
"""How many elements are looked at for the names of columns."""

_EVENTS_MAX = 500_000

Cells = dict[str, str | list[str]]


def reader_of(content: Content, reading: XmlReading) -> XmlReader:
    """The reader of ``content``."""
    return XmlReader(content, reading)


def element_of(content: Content) -> str:
    """The way to the element that repeats, the outermost that has parts; the first with parts where none does."""
    stream = Guarded(content, "element", recodes=False)
    seen: dict[str, int] = {}
    way: list[str] = []
    root = ""
    try:
        for event, element in islice(_events(stream, content.name), _EVENTS_MAX):
            stream.record()
            if event == "start":
                way.append(_local(element))
                root = root or way[0]
                continue
            if len(element) or element.attrib:
                path = "/".join(way)
                seen[path] = seen.get(path, 0) + 1
            way.pop()
            _drop_content(element)
    except etree.XMLSyntaxError as error:
        raise _damaged(content.name, error) from error
    finally:
        stream.close()
    often = [path for path, count in seen.items() if count > 1]
    below = [path for path in seen if "/" in path]
    return min(often or below or seen or [root], key=lambda path: (path.count("/"), -seen.get(path, 0)))


class XmlReader:
    """
    Rows of elements. Columns are the paths of their parts by local names, attributes behind ``@``; parts that come again are a JSON array.

    Raises:
        FixFile: LS-2032 no XML, or cut off; LS-2034 it has a document type; LS-2033 no such element; LS-2021.
        FixSpec: LS-1115 a path of ``fields`` is no XPath.
    """

    def __init__(self, content: Content, reading: XmlReading) -> None:
        self._content, self._reading = content, reading
        self._way = reading.row.strip("/").split("/")
        self._paths = {name: self._xpath(path) for name, path in reading.fields.items()}
        self._sampled = False
        self.columns = self._columns(SAMPLE_ROWS)
        if not self._rows:
            raise FixFile(
                "LS-2033",
                f"{content.name} has no element {reading.row}",
                Place(file=content.name),
                hints=[
                    "names count, prefixes do not; `loadstone propose FILE` takes the element that repeats."
                ],
            )

    def __iter__(self) -> Iterator[Row]:
        """The rows."""
        columns, name = self.columns, self._way[-1]
        for number, (cells, line) in enumerate(self._cells(), 1):
            values = tuple(_text(cells.get(column)) for column in columns)
            yield Row(f"{name} {number}, line {line}", values)

    def controls(self) -> tuple[ControlTotal, ...]:
        """A document of any kind states no totals."""
        return ()

    def widen(self) -> None:
        """Take the names of all elements, where they are of the first ones alone."""
        if self._sampled:
            self.columns = self._columns(None)

    # Private methods

    def _columns(self, limit: int | None) -> tuple[str, ...]:
        names: dict[str, None] = dict.fromkeys(self._paths)
        self._rows = 0
        for cells, _ in islice(self._cells(), limit):
            self._rows += 1
            names.update(dict.fromkeys(cells))
        self._sampled = self._rows == limit
        return tuple(names)

    def _cells(self) -> Iterator[tuple[Cells, int]]:
        stream = Guarded(self._content, f"element {self._way[-1]}", recodes=False)
        try:
            for element in self._elements(stream):
                stream.record()
                cells: Cells = {}
                _fill(cells, element, "", self._way[-1])
                for name, path in self._paths.items():
                    found = [
                        part if isinstance(part, str) else "".join(part.itertext())
                        for part in _listed(path(element))
                    ]
                    if found:
                        cells[name] = found[0] if len(found) == 1 else found
                yield cells, element.sourceline
        except etree.XMLSyntaxError as error:
            raise _damaged(self._content.name, error) from error
        finally:
            stream.close()

    def _elements(self, stream: Guarded) -> Iterator[Any]:
        """Each element of a row, whole; those before it are forgotten."""
        done = None
        keeps = any(".." in path for path in self._reading.fields.values())
        for event, element in _events(stream, self._content.name):
            if event == "start" or not self._is_row(element):
                continue
            if done is not None:
                _forget(done, element, keeps=keeps)
            yield element
            element.clear(keep_tail=True)
            done = element

    def _is_row(self, element: Any) -> bool:
        for name in reversed(self._way):
            if element is None or _local(element) != name:
                return False
            element = element.getparent()
        return True

    def _xpath(self, path: str) -> Any:
        try:
            return etree.XPath(path, namespaces=self._reading.namespaces or None)
        except etree.XPathSyntaxError as error:
            raise FixSpec(
                "LS-1115", f"{path} is no XPath: {error}", hints=["such as ../Acct/Id or @Ccy."]
            ) from error


# Private functions


def _events(stream: Guarded, name: str) -> Iterator[tuple[str, Any]]:
    """Starts and ends of elements, without what XML can do to its reader."""
    parse = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    first = True
    for event, element in parse:
        if first:
            first = False
            _check_type(element, name)
        yield event, element


def _check_type(root: Any, name: str) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise FixFile(
            "LS-2034",
            "it declares a document type, which can hold entities",
            Place(file=name),
            hints=["ask the sender for XML without DOCTYPE; no format of banks has one."],
        )


def _damaged(name: str, error: Any) -> FixFile:
    return FixFile(
        "LS-2032",
        f"no XML, or cut off: {error.msg}",
        Place(file=name, line=error.lineno, column=error.offset),
        hints=["was the transfer complete?"],
    )


def _drop_content(element: Any) -> None:
    """Keep an element that was counted, without what is in it, and no sibling before it."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _forget(done: Any, element: Any, *, keeps: bool) -> None:
    """Take rows that were read out of the tree; where paths lead upwards, only these."""
    if keeps:
        parent = done.getparent()
        if parent is not None:
            parent.remove(done)
        return
    while element is not None:
        while element.getprevious() is not None:
            del element.getparent()[0]
        element = element.getparent()


def _fill(cells: Cells, element: Any, prefix: str, name: str) -> None:
    """The parts of an element by their paths from the row; ``name`` is that of the row's own text."""
    for key, value in element.items():
        _put(cells, f"{prefix}@{_plain(key)}", value)
    children = False
    for child in element:
        if not isinstance(child.tag, str):
            continue
        children = True
        path = _plain(child.tag)
        _fill(cells, child, f"{prefix}.{path}" if prefix else path, name)
    text = element.text
    if text and (not children or text.strip()):
        _put(cells, prefix or name, text)
    elif not children:
        _put(cells, prefix or name, "")


def _put(cells: Cells, path: str, value: str) -> None:
    known = cells.get(path)
    if known is None:
        cells[path] = value
    elif isinstance(known, list):
        known.append(value)
    else:
        cells[path] = [known, value]


def _text(value: str | list[str] | None) -> str | None:
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, list)
        else value or None
    )


def _listed(found: Any) -> list[Any]:
    """What an XPath gives: nodes, or one text, number or truth."""
    if isinstance(found, list):
        return found
    return [str(found)] if not isinstance(found, float) else [f"{found:.15g}"]


def _local(element: Any) -> str:
    return _plain(element.tag) if isinstance(element.tag, str) else ""


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]
