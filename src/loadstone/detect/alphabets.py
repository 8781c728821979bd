"""
Letters beyond ASCII that languages write, how often, and where a word with them may be met in files of banks.

``LETTERS`` gives each language's own letters, common ones first, a blank, rarer ones; ``CODE_PAGES`` says which languages a code page
was made for; ``WORDS`` are names and terms that files of banks are full of.
"""

from __future__ import annotations

LETTERS = {
    "de": "äöüß é",
    "fr": "éèàçêô îïûùâëœæ",
    "es": "áéíóúñ ü",
    "pt": "ãçáéíóõêâ ôúàü",
    "it": "àèéìòù î",
    "nl": "ëéï öüèêáóí",
    "da": "æøå é",
    "sv": "åäö é",
    "fi": "äö åšž",
    "is": "áðéíóúýþæö ",
    "pl": "ąćęłńóśźż ",
    "cs": "áčďéěíňřšťůúýž ó",
    "sk": "áäčďéíľňóôšťúýž ĺŕ",
    "hu": "áéíóöőúüű ",
    "ro": "ăâîșțşţ ",
    "hr": "čćđšž ",
    "sl": "čšž ćđ",
    "tr": "çğıöşüi̇ âîû",
    "et": "äõöü šž",
    "lv": "āčēģīķļņšūž ",
    "lt": "ąčęėįšųūž ",
    "ca": "àçéèíïóòúü ·",
    "sq": "ëç ",
    "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ ϊϋΐΰ",
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя ё",
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяіїєґ ",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя ",
    "sr": "абвгдђежзијклљмнњопрстћуфхцчџш ",
    "he": "אבגדהוזחטיךכלםמןנסעףפץצקרשת ",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئ ًٌٍَُِّْ،؛؟",
    "th": "กขคฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮะัาำิีึืุูเแโใไ็่้๊๋์ ๆฯ",
}

_WEST = ("de", "fr", "es", "pt", "it", "nl", "da", "sv", "fi", "is", "ca", "sq")
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "de", "sq")

CODE_PAGES: dict[str, tuple[str, ...]] = {
    "cp1252": _WEST, "iso8859-1": _WEST, "iso8859-15": _WEST, "cp850": _WEST, "cp858": _WEST, "cp437": ("de", "fr", "es", "it", "nl", "sv"),
    "mac-roman": _WEST, "cp860": ("pt", "es"), "cp863": ("fr",), "cp865": ("da", "sv", "de"), "cp861": ("is", "da"),
    "cp1250": _CENTRAL, "iso8859-2": _CENTRAL, "cp852": _CENTRAL, "mac-latin2": _CENTRAL, "iso8859-16": ("ro", "pl", "hu", "sl"),
    "cp1254": ("tr", "de"), "iso8859-9": ("tr", "de"), "cp857": ("tr", "de"),
    "cp1257": ("et", "lv", "lt", "de"), "iso8859-13": ("et", "lv", "lt"), "cp775": ("et", "lv", "lt"), "iso8859-4": ("et", "lv", "lt"),
    "cp1253": ("el",), "iso8859-7": ("el",), "cp737": ("el",), "cp869": ("el",),
    "cp1251": ("ru", "uk", "bg", "sr"), "koi8-r": ("ru",), "koi8-u": ("uk", "ru"), "iso8859-5": ("ru", "bg", "sr"), "cp866": ("ru", "bg"),
    "cp855": ("ru", "bg", "sr"), "mac-cyrillic": ("ru", "uk", "bg"),
    "cp1255": ("he",), "iso8859-8": ("he",), "cp862": ("he",), "cp1256": ("ar",), "iso8859-6": ("ar",), "cp720": ("ar",), "cp864": ("ar",),
    "cp874": ("th",), "tis-620": ("th",),
}  # fmt: skip
"""Single-byte code pages that keep ASCII, the most common ones first."""

EBCDIC: dict[str, tuple[str, ...]] = {
    "cp037": _WEST, "cp500": _WEST, "cp1140": _WEST, "cp1148": _WEST, "cp273": ("de",), "cp1141": ("de",), "cp1047": _WEST, "cp277": ("da",), "cp278": ("sv", "fi"),
    "cp280": ("it",), "cp284": ("es",), "cp285": (), "cp297": ("fr",), "cp871": ("is",), "cp870": _CENTRAL, "cp1026": ("tr",), "cp875": ("el",),
    "cp424": ("he",), "cp1025": ("ru", "bg", "sr"), "cp880": ("ru",), "cp420": ("ar",),
}  # fmt: skip
"""Code pages of mainframes, the most common ones first."""

CJK = (
    "cp932",
    "shift_jis",
    "euc-jp",
    "gb18030",
    "gbk",
    "big5",
    "cp950",
    "cp949",
    "euc-kr",
    "iso2022-jp",
    "iso2022-kr",
    "hz",
    "johab",
)

WORDS = frozenset(
    """
    überweisung gebühr gebühren währung empfänger auftraggeber zahlungseingang kontoführung märz für über größe straße köln münchen zürich
    düsseldorf nürnberg müller schröder jäger könig krüger böhm kühn günther jürgen jörg björn österreich gutschrift rücklastschrift
    crédit débit prélèvement numéro libellé février août décembre société générale banque privée référence dépôt chèque intérêts opération
    café françois rené andré hélène élise chloé genève orléans besançon dupré lefèvre
    operación número crédito débito fecha valor descripción año señor núñez muñoz josé maría garcía martínez gonzález lópez pérez rodríguez
    sánchez hernández gómez díaz álvarez jiménez málaga córdoba león bogotá méxico américa compañía nómina interés españa
    descrição operação código são paulo joão conceição gonçalves março transferência lançamento histórico saldo agência débitos créditos
    città società però qualità università già
    ørsted københavn malmö göteborg århus ålesund søren jørgen bjørn løn æ överföring lön räntor belopp
    łódź kraków wrocław poznań gdańsk wójcik kowalski łukasz małgorzata zażółć opłata należność płatność
    příjem částka účet číslo měna převod poplatek plzeň brno české budějovice dvořák novák svoboda černý procházka kučera veselý
    összeg számla közlemény győr pécs székesfehérvár kovács szabó tóth horváth
    ödeme işlem tutarı açıklama şube bankası türkiye istanbul ığdır çelik yılmaz özgür şahin güneş
    bucurești plată sumă
    """.split()
)
