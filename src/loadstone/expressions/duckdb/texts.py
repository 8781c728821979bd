"""Functions of texts as SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loadstone.expressions.duckdb.model import Declined, Emitter, Sql, text_literal
from loadstone.expressions.functions.regexps import replacement_parts
from loadstone.expressions.functions.texts import RESULT_SIZE_MAX, TEXT_SIZE_MAX
from loadstone.expressions.model import OraError, ResultType, Term
from loadstone.expressions.patterns import has_reference, translate

_CASED = {"UPPER": "ß", "LOWER": "İ"}
"""Letters that DuckDB maps in a way of its own; beyond U+0530 rows are computed one by one."""


def filled(value: str) -> str:
    """A text that may come out empty."""
    return f"nullif({value}, '')"


def _known(*parts: Sql) -> tuple[str, ...]:
    return tuple(one for part in parts for one in part.known)


def _holds(condition: str) -> str:
    """A condition as one that is never NULL."""
    return f"coalesce({condition}, TRUE)"


def _ascii(value: str) -> str:
    return _holds(f"strlen({value}) = length({value})")


def _trimmed(emitter: Emitter, term: Term) -> Sql:
    text, *chars = emitter.parts(term)
    if term.name == "TRIM" and chars and not (term.parts[1].op == "literal" and _one_char(term.parts[1])):
        raise Declined("TRIM of a character that is no literal")
    set_ = chars[0].value if chars else "' '"
    return Sql(filled(f"{term.name.lower()}({text.value}, {set_})"), _known(text, *chars))


def _one_char(term: Term) -> bool:
    return isinstance(term.value, str) and len(term.value) == 1


def _cased(emitter: Emitter, term: Term) -> Sql:
    if len(term.parts) > 1:
        raise Declined(f"{term.name} with parameters")
    (text,) = emitter.parts(term)
    name = term.name.removeprefix("NLS_")
    odd = text_literal(f"[{_CASED[name]}\\x{{530}}-\\x{{10FFFF}}]")
    return Sql(
        f"{name.lower()}({text.value})", (*text.known, _holds(f"NOT regexp_matches({text.value}, {odd})"))
    )


def _initcap(emitter: Emitter, term: Term) -> Sql:
    """Words of letters and digits of ASCII."""
    if len(term.parts) > 1:
        raise Declined("INITCAP with parameters")
    (text,) = emitter.parts(term)
    pieces = f"regexp_extract_all({text.value}, '[A-Za-z0-9]+|[^A-Za-z0-9]+')"
    cased = f"list_transform({pieces}, lambda word: concat(upper(word[1]), lower(word[2:])))"
    return Sql(f"array_to_string({cased}, '')", (*text.known, _ascii(text.value)))


def _soundex(emitter: Emitter, term: Term) -> Sql:
    """Codes of letters, of which neighbours that are alike are one, also over H and W; vowels part them."""
    (text,) = emitter.parts(term)
    letters = f"upper(regexp_replace({text.value}, '[^A-Za-z]', '', 'g'))"
    codes = f"translate({letters}, 'BFPVCGJKQSXZDTLMNRAEIOUYHW', '11112222222233455600000099')"
    codes = f"regexp_replace(regexp_replace({codes}, '^9', '0'), '9', '', 'g')"
    for digit in "123456":
        codes = f"regexp_replace({codes}, '{digit}+', '{digit}', 'g')"
    sounds = f"replace(substr({codes}, 2), '0', '')"
    found = f"substr(concat(substr({letters}, 1, 1), {sounds}, '000'), 1, 4)"
    return Sql(f"CASE WHEN {letters} <> '' THEN {found} END", (*text.known, _ascii(text.value)))


def raw_of(text: Sql) -> Sql:
    """Hexadecimal digits as bytes, which are kept as digits in upper case; other texts are not known."""
    even = f"CASE WHEN length({text.value}) % 2 = 1 THEN concat('0', {text.value}) ELSE {text.value} END"
    return Sql(f"upper({even})", (*text.known, _holds(f"regexp_full_match({text.value}, '[0-9A-Fa-f]+')")))


def _raw_text(emitter: Emitter, term: Term) -> Sql:
    """RAWTOHEX, HEXTORAW, and the bytes of a text as digits."""
    (part,) = emitter.parts(term)
    kind = term.parts[0].type
    if kind is ResultType.RAW:
        return part
    if kind is not ResultType.TEXT:
        raise Declined(f"{term.name} of what is no text")
    return Sql(filled(f"upper(hex({part.value}))"), part.known)


def _hashed(emitter: Emitter, term: Term) -> Sql:
    """MD5, SHA1 and SHA256 are DuckDB's too."""
    name = "SHA1"
    if len(term.parts) > 1:
        name = str(term.parts[1].value).upper() if term.parts[1].op == "literal" else ""
    if name not in ("MD5", "SHA1", "SHA256"):
        raise Declined("STANDARD_HASH by such an algorithm")
    text = emitter.sql(term.parts[0])
    return Sql(f"upper({name.lower()}({text.value}))", text.known)


def _length(emitter: Emitter, term: Term) -> Sql:
    (text,) = emitter.parts(term)
    call = "strlen" if term.name in ("LENGTHB", "VSIZE") else "length"
    return Sql(f"CAST({call}({text.value}) AS DECIMAL(10,0))", text.known, (10, 0))


def _joined(emitter: Emitter, term: Term) -> Sql:
    left, right = emitter.parts(term)
    value = filled(f"concat({left.value}, {right.value})")
    return Sql(value, (*_known(left, right), _sized(value)))


def _sized(value: str) -> str:
    return _holds(f"strlen({value}) <= {RESULT_SIZE_MAX}")


def _substring(emitter: Emitter, term: Term) -> Sql:
    text, *given = emitter.parts(term)
    known = _known(text, *given)
    if term.name == "SUBSTRB":
        known += (_ascii(text.value),)
    first = _integer(term.parts[1], given[0])
    known += first.known
    more = ""
    if len(given) > 1:
        size = _integer(term.parts[2], given[1])
        known += size.known
        more = f", CASE WHEN {size.value} >= 1 THEN {size.value} END"
    sql = (
        f"CASE WHEN {first.value} > 0 THEN substr({text.value}, {first.value}{more})"
        f" WHEN {first.value} = 0 THEN substr({text.value}, 1{more})"
        f" WHEN length({text.value}) >= -{first.value} THEN substr({text.value}, {first.value}{more}) END"
    )
    number = term.parts[1].value
    if term.parts[1].op == "literal" and number is not None and int(number) >= 0:  # type: ignore[arg-type]
        sql = f"substr({text.value}, {max(int(number), 1)}{more})"  # type: ignore[arg-type]
    return Sql(filled(sql), known)


def _integer(term: Term, sql: Sql) -> Sql:
    """A number cut to an integer within what DuckDB takes as a position."""
    if term.op == "literal" and term.value is not None:
        return Sql(f"({max(min(int(term.value), 10**9), -(10**9))})")  # type: ignore[arg-type]
    few = f"abs({sql.value}) < 1000000000"
    return Sql(f"CASE WHEN {few} THEN CAST(trunc({sql.value}) AS BIGINT) END", (_holds(few),))


def _replaced(emitter: Emitter, term: Term) -> Sql:
    parts = emitter.parts(term)
    text, search = parts[:2]
    new = f"coalesce({parts[2].value}, '')" if len(parts) > 2 else "''"
    value = filled(f"replace({text.value}, {search.value}, {new})")
    if term.parts[1].op != "literal" or term.parts[1].value is None:
        value = f"CASE WHEN {search.value} IS NULL THEN {text.value} ELSE {value} END"
    return Sql(value, (*_known(*parts), _sized(value)))


def _translated(emitter: Emitter, term: Term) -> Sql:
    text, old, new = term.parts
    if old.op != "literal" or new.op != "literal":
        raise Declined("TRANSLATE with characters that are no literals")
    if old.value is None or new.value is None:
        return Sql("CAST(NULL AS VARCHAR)", emitter.sql(text).known)
    pairs: dict[str, str] = {}
    kept, gone = str(new.value), []
    for number, char in enumerate(str(old.value)):
        if char not in pairs and char not in gone:
            if number < len(kept):
                pairs[char] = kept[number]
            else:
                gone.append(char)
    found = emitter.sql(text)
    olds, news = text_literal("".join([*pairs, *gone])), text_literal("".join(pairs.values()))
    return Sql(filled(f"translate({found.value}, {olds}, {news})"), found.known)


def _place(emitter: Emitter, term: Term) -> Sql:
    text, search, *given = emitter.parts(term)
    numbers = [part.value for part in term.parts[2:]]
    if any(part.op != "literal" or part.value is None for part in term.parts[2:]):
        raise Declined("INSTR with positions that are no literals")
    start, occurrence = [*(int(number) for number in numbers), 1, 1][:2]  # type: ignore[arg-type]
    known = _known(text, search, *given)
    if term.name == "INSTRB":
        known += (_ascii(text.value),)
    if occurrence == 1 and start == 1:
        value = f"strpos({text.value}, {search.value})"
    elif occurrence == 1 and start > 1:
        found = f"strpos(substr({text.value}, {start}), {search.value})"
        value = f"CASE WHEN {found} = 0 THEN 0 ELSE {found} + {start - 1} END"
    elif occurrence == 1 and start == -1:
        found = f"strpos(reverse({text.value}), reverse({search.value}))"
        value = f"CASE WHEN {found} = 0 THEN 0 ELSE length({text.value}) - {found} - length({search.value}) + 2 END"
        known += (_ascii(text.value), _ascii(search.value))
    elif start == 1 and occurrence > 1 and _one_char(term.parts[1]):
        pieces = f"string_split({text.value}, {search.value})"
        before = f"array_to_string(list_slice({pieces}, 1, {occurrence}), {search.value})"
        value = (
            f"CASE WHEN len({pieces}) > {occurrence} THEN length({before}) + 1"
            f" WHEN {text.value} IS NOT NULL THEN 0 END"
        )
    else:
        raise Declined("INSTR from there")
    return Sql(f"CAST({value} AS DECIMAL(10,0))", known, (10, 0))


def _padded(emitter: Emitter, term: Term) -> Sql:
    text, _, *fill = emitter.parts(term)
    width = term.parts[1]
    if width.op != "literal" or width.value is None:
        raise Declined(f"{term.name} to a length that is no literal")
    size = min(int(width.value), TEXT_SIZE_MAX)  # type: ignore[arg-type]
    pad = fill[0].value if fill else "' '"
    if size < 1:
        return Sql("CAST(NULL AS VARCHAR)", _known(text, *fill))
    return Sql(f"{term.name.lower()}({text.value}, {size}, {pad})", _known(text, *fill))


def _reversed(emitter: Emitter, term: Term) -> Sql:
    (text,) = emitter.parts(term)
    return Sql(f"reverse({text.value})", (*text.known, _ascii(text.value)))


def _code(emitter: Emitter, term: Term) -> Sql:
    (text,) = emitter.parts(term)
    return Sql(
        f"CAST(ascii({text.value}) AS DECIMAL(10,0))",
        (*text.known, _holds(f"ascii({text.value}) < 128")),
        (10, 0),
    )


def _itself(emitter: Emitter, term: Term) -> Sql:
    return emitter.sql(term.parts[0])


def _cut(emitter: Emitter, term: Term) -> Sql:
    text, _ = emitter.parts(term)
    size = int(term.parts[1].value)  # type: ignore[arg-type]
    return Sql(filled(f"substr({text.value}, 1, {size})"), text.known)


def _pattern(term: Term, flags: Term | None, others: Sequence[Term], wanted: Sequence[int]) -> str:
    """The pattern as RE2's; numbers between it and the flags must be literals that change nothing."""
    import regex

    given = [term, *others] if flags is None else [term, flags, *others]
    if any(part.op != "literal" or part.value is None for part in given):
        raise Declined("REGEXP with arguments that are no literals")
    if [int(part.value) for part in others] != list(wanted)[: len(others)]:  # type: ignore[arg-type]
        raise Declined("REGEXP from there")
    pattern = str(term.value)
    if has_reference(pattern):
        raise Declined("REGEXP with a reference to a group")
    try:
        own = regex.compile(translate(pattern, str(flags.value) if flags else "", end=r"\Z"))
    except (OraError, regex.error) as error:
        raise Declined("REGEXP with a wrong pattern") from error
    if own.match("") is not None or "\\Z" in pattern:
        raise Declined("REGEXP that matches nothing at all")
    return text_literal(translate(pattern, str(flags.value) if flags else "", end=r"\z"))


def _regexp_like(emitter: Emitter, term: Term) -> Sql:
    text = emitter.sql(term.parts[0])
    pattern = _pattern(term.parts[1], term.parts[2] if len(term.parts) > 2 else None, (), ())
    return Sql(f"regexp_matches({text.value}, {pattern})", text.known)


def _regexp_replace(emitter: Emitter, term: Term) -> Sql:
    text = emitter.sql(term.parts[0])
    flags = term.parts[5] if len(term.parts) > 5 else None
    numbers = [_number(term, place, otherwise) for place, otherwise in ((3, 1), (4, 0))]
    if numbers not in ([1, 0], [1, 1]):
        raise Declined("REGEXP_REPLACE from there")
    pattern = _pattern(term.parts[1], flags, (), ())
    new = term.parts[2] if len(term.parts) > 2 else None
    if new is not None and new.op != "literal":
        raise Declined("REGEXP_REPLACE with a replacement that is no literal")
    parts = replacement_parts(str(new.value or "")) if new is not None else []
    if any(isinstance(part, int) and part > _groups(term.parts[1]) for part in parts):
        raise Declined("REGEXP_REPLACE with a group that is not there")
    shown = "".join(f"\\{part}" if isinstance(part, int) else part.replace("\\", "\\\\") for part in parts)
    every = "" if numbers[1] else ", 'g'"
    value = filled(f"regexp_replace({text.value}, {pattern}, {text_literal(shown)}{every})")
    return Sql(value, (*text.known, _sized(value)))


def _groups(term: Term) -> int:
    import regex

    return int(regex.compile(translate(str(term.value), "", end=r"\Z")).groups)


def _regexp_substr(emitter: Emitter, term: Term) -> Sql:
    text = emitter.sql(term.parts[0])
    flags = term.parts[4] if len(term.parts) > 4 else None
    pattern = _pattern(term.parts[1], flags, term.parts[2:3], (1,))
    occurrence, group = _number(term, 3, 1), _number(term, 5, 0)
    if occurrence < 1 or not 0 <= group <= _groups(term.parts[1]):
        raise Declined("REGEXP_SUBSTR with such a number")
    found = f"regexp_extract_all({text.value}, {pattern}, {group})[{occurrence}]"
    if occurrence == 1:
        found = f"regexp_extract({text.value}, {pattern}, {group})"
    return Sql(filled(found), text.known)


def _number(term: Term, place: int, otherwise: int) -> int:
    if len(term.parts) <= place:
        return otherwise
    part = term.parts[place]
    if part.op != "literal" or part.value is None:
        raise Declined("REGEXP with arguments that are no literals")
    return int(part.value)  # type: ignore[arg-type]


def _regexp_count(emitter: Emitter, term: Term) -> Sql:
    text = emitter.sql(term.parts[0])
    pattern = _pattern(term.parts[1], term.parts[3] if len(term.parts) > 3 else None, term.parts[2:3], (1,))
    value = f"len(regexp_extract_all({text.value}, {pattern}))"
    return Sql(f"CAST({value} AS DECIMAL(10,0))", text.known, (10, 0))


EMITTERS: dict[str, Callable[[Emitter, Term], Sql]] = {
    **dict.fromkeys(("TRIM", "LTRIM", "RTRIM"), _trimmed),
    **dict.fromkeys(("UPPER", "LOWER", "NLS_UPPER", "NLS_LOWER"), _cased),
    **dict.fromkeys(("LENGTH", "LENGTHC", "LENGTH2", "LENGTH4", "LENGTHB", "VSIZE"), _length),
    **dict.fromkeys(("||", "CONCAT"), _joined),
    **dict.fromkeys(("SUBSTR", "SUBSTRC", "SUBSTR2", "SUBSTR4", "SUBSTRB"), _substring),
    **dict.fromkeys(("INSTR", "INSTRC", "INSTR2", "INSTR4", "INSTRB"), _place),
    **dict.fromkeys(("TO_CLOB", "TO_NCHAR", "TO_NCLOB", "TO_LOB", "TO_SINGLE_BYTE"), _itself),
    **dict.fromkeys(("LPAD", "RPAD"), _padded),
    **dict.fromkeys(("INITCAP", "NLS_INITCAP"), _initcap),
    **dict.fromkeys(("RAWTOHEX", "HEXTORAW", "UTL_RAW.CAST_TO_RAW"), _raw_text),
    "SOUNDEX": _soundex,
    "STANDARD_HASH": _hashed,
    "REPLACE": _replaced,
    "TRANSLATE": _translated,
    "REVERSE": _reversed,
    "ASCII": _code,
    "CAST TEXT": _cut,
    "REGEXP_LIKE": _regexp_like,
    "REGEXP_REPLACE": _regexp_replace,
    "REGEXP_SUBSTR": _regexp_substr,
    "REGEXP_COUNT": _regexp_count,
}
