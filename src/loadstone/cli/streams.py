"""Standard input, output and error of this process: there, able to say every name, and an end that is told."""

from __future__ import annotations

import codecs
import errno
import os
import sys

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What writing says where a disk is full; ``EIO`` is a terminal that is gone."""


def prepare_streams() -> None:
    """
    Open what the caller closed, and escape what an encoding does not have.

    A closed descriptor would be given to the next file that is opened, a database among them, and what is printed
    would stand in it. Names of files are bytes: those that are no UTF-8 are printed as ``\\udcXX``, as JSON has it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # in the order of their numbers, of which open takes the lowest
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    codecs.register_error("loadstone.escape", _escaped)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="loadstone.escape")  # type: ignore[union-attr]


def give_up_output() -> None:
    """Nobody takes what is still to be written to standard output; the end of the process must not try again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# Private functions


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Characters as ``\\uXXXX``, a pair of them beyond U+FFFF."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    raw = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    units = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
    return "".join(f"\\u{unit:04x}" for unit in units), error.end
