"""Which character set an input has: as declared, as the environment says, or as its bytes show."""

from __future__ import annotations

import codecs

from loadstone.formats.inputs import read_fully
from loadstone.formats.sources import open_source
from loadstone.load.environment import Environment
from loadstone.load.inputs import SAMPLE_SIZE_BYTES, LoadInput
from loadstone.spec import LoadSpec

FALLBACK = "WE8MSWIN1252"


def charset_of(spec: LoadSpec, one: LoadInput, environment: Environment) -> tuple[str, str | None]:
    """
    Oracle name of the input's character set, and a warning where it was guessed.

    Rows of a reader are UTF-8. CHARACTERSET does not apply to data after BEGINDATA, which are in the set of NLS_LANG. Where nobody
    declares a set, UTF-8 is taken if the first 8 MiB are valid UTF-8, else the set that they look like, or Windows-1252, with a warning.
    """
    if one.spec.reading is not None:
        return "AL32UTF8", None
    if spec.charset and one.data is None:
        return spec.charset.upper(), None
    if environment.charset:
        return environment.charset, None
    sample = _sample(one)
    if is_utf8(sample, whole=len(sample) < SAMPLE_SIZE_BYTES):
        return "AL32UTF8", _mark_warning(one) if sample.startswith(codecs.BOM_UTF8) else None
    from loadstone.detect.likely import likely_charset

    name = likely_charset(sample) or FALLBACK
    warning = (
        f"{one.name}: no character set is declared and the data are not UTF-8; read as {name}"
        " (declare CHARACTERSET or NLS_LANG)"
    )
    return name, warning


def is_utf8(sample: bytes, *, whole: bool = False) -> bool:
    """Whether ``sample`` is valid UTF-8; a character cut off at its end is a fault only of a ``whole`` file."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=whole)
    except UnicodeDecodeError:
        return False
    return True


# Private functions


def _mark_warning(one: LoadInput) -> str:
    return (
        f"{one.name}: the byte order mark at its start is data of the first field, as no character set"
        " is declared (declare CHARACTERSET UTF8 or NLS_LANG)"
    )


def _sample(one: LoadInput) -> bytes:
    with open_source(one.source) as stream:
        return read_fully(stream, SAMPLE_SIZE_BYTES, name=one.name)
