"""One catalogue of errors: every code, its class, its text and its hints stand in ``catalogue``."""

from loadstone.errors.model import (
    FixFile,
    FixSpec,
    LoadstoneError,
    Place,
    Refused,
    Retry,
    Stop,
)

__all__ = ["FixFile", "FixSpec", "LoadstoneError", "Place", "Refused", "Retry", "Stop"]
