"""What values are in machine code, and how arguments are passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

ENTRY = "entry"
"""Name of the function of a module that callers outside reach; it takes the words of ``words_of``."""


class Scalar(Enum):
    """A whole number of 64 bits, a truth, or a double; all integers of arrays become whole numbers."""

    WHOLE = "w"
    TRUTH = "t"
    REAL = "r"


@dataclass(frozen=True)
class Array:
    """
    The type of an array.

    Attributes:
        kind: ``u``, ``i``, ``f`` or ``b``, as in numpy. size: bytes of an element. ndim: 1 or 2.
        dense: Whether elements of the last axis follow each other without gaps.
    """

    kind: str
    size: int
    ndim: int
    dense: bool

    @property
    def words(self) -> int:
        """Machine words in which it is passed: address, then the length and the stride (bytes) of each axis."""
        return 1 + 2 * self.ndim


Type = Scalar | Array

BYTES = Array("u", 1, 1, True)


def type_of(value: Any) -> Type:
    """
    The type of an argument.

    Raises:
        TypeError: It is neither a number nor an array of one or two dimensions.
    """
    if isinstance(value, np.ndarray):
        kind, size = value.dtype.kind, value.dtype.itemsize
        if (kind in "uib" or kind == "f" and size == 8) and value.ndim in (1, 2):
            return Array(kind, size, value.ndim, value.strides[-1] == size or value.shape[-1] < 2)
    elif isinstance(value, bytes):
        return BYTES
    elif isinstance(value, bool | np.bool_):
        return Scalar.TRUTH
    elif isinstance(value, int | np.integer):
        return Scalar.WHOLE
    elif isinstance(value, float):
        return Scalar.REAL
    raise TypeError(f"a kernel takes no {type(value).__name__} {getattr(value, 'dtype', '')}")


def words_of(value: Any) -> list[Any]:
    """An argument as the machine words (or the double) in which it is passed."""
    if isinstance(value, bytes):
        value = np.frombuffer(value, np.uint8)
    if isinstance(value, np.ndarray):
        words: list[Any] = [value.__array_interface__["data"][0]]
        for length, stride in zip(value.shape, value.strides, strict=True):
            words += [length, stride]
        return words
    return [value if isinstance(value, float) else int(value)]
