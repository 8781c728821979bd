"""What a file looks like, as it is kept for comparison: format, character set, dialect, columns, number of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.detect.model import Detection

VOLUMES_MAX = 10
"""Numbers of records of so many files are what is usual."""

DELIMITED = ("csv", "tsv")

NAMES = {"csv": "delimited", "tsv": "delimited", "fwf": "fixed"}
"""Names that feeds use for formats beside those of detection."""


def shape_of(found: Detection, records: int | None, width: int | None) -> dict[str, Any]:
    """
    The shape of a file as JSON.

    Args:
        records: Data records as they were counted. width: characters of a record of a fixed-width file.
    """
    return {
        "format": found.format,
        "variant": found.variant,
        "containers": list(found.containers),
        "encoding": found.encoding,
        "delimiter": found.delimiter,
        "quotechar": found.quotechar,
        "terminator": found.record_terminator,
        "has_header": found.has_header,
        "records": records,
        "width": width,
        "confidence": found.confidence,
        "columns": [
            {
                "name": one.name,
                "type": one.type,
                "masks": [mask for mask in (one.oracle_mask or one.mask, *one.ambiguous) if mask],
                "empty": one.length == 0,
                "personal": one.personal,
            }
            for one in found.columns
        ],
        "volumes": [records] if records is not None else [],
    }


def widened(before: Mapping[str, Any] | None, shape: Mapping[str, Any]) -> dict[str, Any]:
    """
    The shape that the next file is compared with: this one's, where it says less than before as it was before.

    A column of whole numbers may be one of decimals whose day had none.
    """
    if before is None or not same_columns(before, shape):
        return {**shape, "volumes": _volumes(before, shape)}
    columns = [
        {**one, **_wider(old, one)} for old, one in zip(before["columns"], shape["columns"], strict=True)
    ]
    encoding = before["encoding"] if is_within(shape["encoding"], before["encoding"]) else shape["encoding"]
    return {**shape, "columns": columns, "encoding": encoding, "volumes": _volumes(before, shape)}


def same_columns(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two shapes have the same columns in the same order."""
    names = [[column["name"] for column in shape["columns"]] for shape in (one, other)]
    return names[0] == names[1]


def fits(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether the values of a column go where those before went, masks aside."""
    if new["empty"] or old["empty"] or old["type"] == new["type"] or old["type"] == "string":
        return True
    return (old["type"], new["type"]) in _WITHIN


def is_within(encoding: str | None, other: str | None) -> bool:
    """Whether all text of one character set reads the same in the other."""
    return encoding == other or (encoding == "ascii" and other is not None and not other.startswith("utf_16"))


def family(format_: str) -> str:
    """The name that a feed has for a format."""
    return NAMES.get(format_, format_)


# Private functions

_WITHIN = {("decimal", "integer"), ("timestamp", "date")}
"""Pairs of the type before and the type now that need no other column."""


def _wider(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    if new["empty"] or not fits(old, new) or old["empty"]:
        return {key: old[key] for key in ("type", "masks", "empty")} if new["empty"] else {}
    masks = [mask for mask in old["masks"] if mask in new["masks"]] if old["type"] == new["type"] else old["masks"]
    return {"type": old["type"], "masks": masks or new["masks"]}


def _volumes(before: Mapping[str, Any] | None, shape: Mapping[str, Any]) -> Sequence[int]:
    return [*(before or {}).get("volumes", ()), *shape["volumes"]][-VOLUMES_MAX:]
