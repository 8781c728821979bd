"""The character set that a load takes where nobody declares one, in Oracle's words."""

from __future__ import annotations

_NAMES = {
    **dict.fromkeys(("gb18030", "gbk"), "ZHS32GB18030"),
    **dict.fromkeys(("big5", "cp950"), "ZHT16MSWIN950"),
    **dict.fromkeys(("cp932", "shift_jis"), "JA16SJIS"),
    "euc-jp": "JA16EUC",
    **dict.fromkeys(("cp949", "euc-kr"), "KO16MSWIN949"),
    "cp1250": "EE8MSWIN1250",
    "iso8859-2": "EE8ISO8859P2",
    "cp1251": "CL8MSWIN1251",
    "koi8-r": "CL8KOI8R",
    "cp866": "RU8PC866",
    "cp1253": "EL8MSWIN1253",
    "cp1254": "TR8MSWIN1254",
    "cp1255": "IW8MSWIN1255",
    "cp1256": "AR8MSWIN1256",
    "cp1257": "BLT8MSWIN1257",
}
"""Sets that are often met, and that a few words tell apart; a page of DOS or Macintosh is more often a wrong guess."""


def likely_charset(sample: bytes) -> str | None:
    """Oracle's name of the set that ``sample``, which is no UTF-8, looks like; None where code page 1252 says the same."""
    from loadstone.detect.charset import find_charset

    found = find_charset(sample, whole=False).name
    name = _NAMES.get(found)
    if name is None or sample.decode(found, "replace") == sample.decode("cp1252", "replace"):
        return None
    return name
