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

RARE_PAGES = frozenset({"mac-latin2", "mac-cyrillic", "iso8859-16", "iso8859-4", "cp775", "cp861", "cp863", "cp855", "cp869"})
"""Those of them that files of today are seldom written in."""

EBCDIC: dict[str, tuple[str, ...]] = {
    "cp037": _WEST, "cp500": _WEST, "cp1140": _WEST, "cp1148": _WEST, "cp273": ("de",), "cp1141": ("de",), "cp1047": _WEST, "cp277": ("da",), "cp278": ("sv", "fi"),
    "cp280": ("it",), "cp284": ("es",), "cp285": (), "cp297": ("fr",), "cp871": ("is",), "cp870": _CENTRAL, "cp1026": ("tr",), "cp875": ("el",),
    "cp424": ("he",), "cp1025": ("ru", "bg", "sr"), "cp420": ("ar",),
}  # fmt: skip
"""Code pages of mainframes, the most common ones first."""

CJK = {
    "cp932": "ja", "shift_jis": "ja", "euc-jp": "ja", "gb18030": "zh", "gbk": "zh", "big5": "tw", "cp950": "tw", "cp949": "ko", "euc-kr": "ko", "iso2022-jp": "ja",
    "iso2022-kr": "ko", "hz": "zh", "johab": "ko",
}  # fmt: skip
"""Multi-byte character sets, and the language that each was made for."""

COMMON = {
    "zh": "的一是不了人在有中大国上为个地到时出会可主发年生成方行进动分学同工也能下过子说产种面后多定法所民得经十三之实家现本水理二高制力等电开全长度量重两部业物同"
    "银账户转款付收支金额号日期余款名称交易手续费贷借利息税公司有限省市区县路东西南北京海王李张刘陈杨黄赵周吴林明华小红军平文伟房租资工话信用卡"
    "订单编码客数据导入测试字段表状态类型间备注址邮箱身份证机姓性别项目录初始值默认清加载文件源",
    "tw": "的一是不了人在有中大國上為個地到時出會可主發年生成方行進動分學同工也能下過子說產種面後多定法所民得經十三之實家現本水理二高制力等電開全長度量重兩部業物"
    "銀帳戶轉款付收支金額號日期餘名稱交易手續費貸借利息稅公司有限省市區縣路東西南北臺台灣京海王李張劉陳楊黃趙周吳林明華小紅軍平文偉房租薪資入信用卡繳"
    "訂單編碼客戶數據匯測試欄位表狀態類型間備註址郵箱身份證機姓性別項目錄初始值預設清載檔案源",
    "ja": "日本人年大十二出中三見上生国月会事時行本者今高金学前方間手部長立場地合新東京都道府県市区町村田山川木小野井原藤佐鈴高橋渡辺伊中村加吉松島清水林子太郎花"
    "銀支店普通当座預口座振込替入出残給料手数利息税株式有限社名義番号取引払電気水代円額期引落",
}
"""Characters that half of all text is made of, names, places and words of banks among them."""

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
