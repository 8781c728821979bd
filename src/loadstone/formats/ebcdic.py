"""EBCDIC code pages that Python lacks, as what differs from one that it has."""

from __future__ import annotations

DERIVED: dict[str, tuple[str, str, str]] = {
    "cp277": (
        "cp500",
        "474A5A5B676A707B7C809C9E9FA1C0D0DC",
        "}#¤Å$ø¦ÆØ@{[]üæå~",
    ),
    "cp278": (
        "cp500",
        "43474A515A5B63676A797B7C9FA1B5C0CCD0DCEC",
        "{}§`¤Å#$öéÄÖ]ü[ä¦å~@",
    ),
    "cp280": (
        "cp500",
        "44484A5154585A6A797B7C90A1B1B5C0CDD0DDE0",
        "{\\°]}~éòù£§[ì#@à¦è`ç",
    ),
    "cp285": (
        "cp037",
        "4A5BA1B0B1BABC",
        "$£¯¢[^~",
    ),
    "cp297": (
        "cp500",
        "44484A51545A6A797B7C90A0A1B1B5BDC0D0DDE0",
        "@\\°{}§ùµ£à[`¨#]~éè¦ç",
    ),
    "cp870": (
        "cp500",
        "4446474952545758646667696A7072747778808A8B8C8E8F9A9B9C9EA0AAABACAEAFB0B1B2B3B4B6B7B8B9BABBBCCDCF"
        "DADBDDDFEAEDEFFAFBFD",
        "ţăčćęůľĺ˝ĂČĆ|ˇĘŮĽĹ˘śňđřşłńš˛ąŚŇĐŘŞ·ĄżŢŻžźŽŹŁŃŠŕőĚűťěďŔŐĎŰŤ",
    ),
    "cp1025": (
        "cp500",
        "424344454647484951525354555657585962636465666768696A707172737475767778808A8B8C8D8E8F909A9B9C9D9E"
        "9FA0AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFCACBCCCDCECFDADBDCDDDEDFE1EAEBECEDEEEFFAFBFCFDFE",
        "ђѓёєѕіїјљњћќўџЪ№ЂЃЁЄЅІЇЈЉ|ЊЋЌ\xadЎЏюабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРС§ТУЖВЬЫЗШЭЩЧ",
    ),
    "cp1047": (
        "cp037",
        "15255FADB0BABBBD",
        "\n\x85^[¬Ý¨]",
    ),
    "cp1148": (
        "cp500",
        "9F",
        "€",
    ),
}
"""By code page: the page it derives from, the bytes that differ, in hexadecimal, and their characters, in order."""
