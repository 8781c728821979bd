"""Oracle's names of character sets, and the codecs that read them."""

from __future__ import annotations

UNICODE = {
    "UTF8": "utf-8",
    "AL32UTF8": "utf-8",
    "UTFE": "utf-8",
    "UTF-8": "utf-8",
    "AL16UTF16": "utf-16-be",
    "AL16UTF16LE": "utf-16-le",
    "UTF16": "utf-16",
    "UTF-16": "utf-16",
    "UTF16LE": "utf-16-le",
    "UTF16BE": "utf-16-be",
}
CODECS = {
    **UNICODE,
    "US7ASCII": "ascii",
    **{f"WE8ISO8859P{n}": f"iso8859-{n}" for n in (1, 9, 15)},
    **{
        f"{area}8ISO8859P{n}": f"iso8859-{n}"
        for area, n in (
            ("EE", 2),
            ("SE", 3),
            ("NEE", 4),
            ("CL", 5),
            ("AR", 6),
            ("EL", 7),
            ("IW", 8),
            ("NE", 10),
            ("BLT", 13),
            ("CEL", 14),
        )
    },
    **{
        f"{area}8MSWIN{n}": f"cp{n}"
        for area, n in (
            ("EE", 1250),
            ("CL", 1251),
            ("WE", 1252),
            ("EL", 1253),
            ("TR", 1254),
            ("IW", 1255),
            ("AR", 1256),
            ("BLT", 1257),
            ("VN", 1258),
        )
    },
    **{
        f"{area}8PC{n}": f"cp{n}"
        for area, n in (
            ("US", 437),
            ("WE", 850),
            ("EE", 852),
            ("CL", 855),
            ("TR", 857),
            ("WE", 858),
            ("RU", 866),
            ("WE", 860),
            ("CDN", 863),
            ("N", 865),
            ("EL", 737),
            ("EL", 869),
            ("LT", 775),
        )
    },
    **{
        f"{area}8EBCDIC{n}": f"cp{n:03}"
        for area, n in (
            ("WE", 37),
            ("WE", 500),
            ("WE", 1047),
            ("WE", 1140),
            ("WE", 1148),
            ("D", 273),
            ("EE", 870),
            ("CL", 1025),
            ("TR", 1026),
            ("EL", 875),
            ("I", 280),
            ("F", 297),
            ("S", 278),
            ("UK", 285),
            ("DK", 277),
        )
    },
    "WE8EBCDIC37C": "cp037",
    "WE8EBCDIC500C": "cp500",
    "WE8EBCDIC1140C": "cp1140",
    "WE8EBCDIC1148C": "cp1148",
    "TH8TISASCII": "tis-620",
    "CL8KOI8R": "koi8-r",
    "CL8KOI8U": "koi8-u",
    "RU8PC866": "cp866",
    "WE8DEC": "iso8859-1",
    "WE8ROMAN8": "hp-roman8",
    "WE8MACROMAN8": "mac-roman",
    "WE8MACROMAN8S": "mac-roman",
    "JA16SJIS": "cp932",
    "JA16SJISTILDE": "cp932",
    "JA16EUC": "euc-jp",
    "JA16EUCTILDE": "euc-jp",
    "ZHS16GBK": "gbk",
    "ZHS16CGB231280": "gb2312",
    "ZHS32GB18030": "gb18030",
    "ZHT16BIG5": "big5",
    "ZHT16MSWIN950": "cp950",
    "ZHT16HKSCS": "big5hkscs",
    "KO16KSC5601": "euc-kr",
    "KO16MSWIN949": "cp949",
    "KO16KSCCS": "euc-kr",
}
"""Python codec of each Oracle character set."""
