"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from typing import Any


def at_pointer(document: Any, pointer: str) -> Any:
    """What stands at ``pointer``; None where there is nothing. The empty pointer is the document."""
    found = document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found
