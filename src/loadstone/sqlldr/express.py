"""Express mode: TABLE= instead of a control file; the load spec is made from the table's columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal as Only

from loadstone.errors import FixSpec
from loadstone.spec import (
    CsvFormat,
    Delimiter,
    Enclosure,
    Field,
    FieldNames,
    FieldType,
    InputFile,
    Literal,
    LoadSpec,
    Method,
    Options,
    TableLoad,
    TableName,
    Test,
    TypeName,
)
from loadstone.sqlldr.lexer import unescaped

KEYWORDS = (
    "table",
    "characterset",
    "csv",
    "date_format",
    "enclosed_by",
    "field_names",
    "nullif",
    "optionally_enclosed_by",
    "terminated_by",
    "timestamp_format",
    "trim",
)
"""Keywords that only the express mode has."""

LONG_SIZE_BYTES = 1_000_000
"""The longest value of a column without a limit."""

DEFAULT_SIZE_BYTES = 255
_CHAR_BYTES_MAX = 4
_NAMES = {
    "FIRST_FILE": FieldNames.FIRST_FILE,
    "FIRST": FieldNames.FIRST_FILE,
    "FIRST_FILE_IGNORE": FieldNames.FIRST_FILE_IGNORE,
    "FIRST_IGNORE": FieldNames.FIRST_FILE_IGNORE,
    "ALL_FILES": FieldNames.ALL_FILES,
    "ALL": FieldNames.ALL_FILES,
    "ALL_FILES_IGNORE": FieldNames.ALL_FILES_IGNORE,
    "ALL_IGNORE": FieldNames.ALL_FILES_IGNORE,
    "NONE": FieldNames.NONE,
}
_TRIMS = ("LRTRIM", "NOTRIM", "LTRIM", "RTRIM", "LDRTRIM")
_CSV = {"WITH_EMBEDDED": True, "WITHOUT_EMBEDDED": False}
_HEX = re.compile(r"[xX]'?((?:[0-9A-Fa-f]{2})+)'?")
_NAME = re.compile(r'(?:("[^"]+"|[\w$#]+)\.)?("[^"]+"|[\w$#]+)')


@dataclass(frozen=True, kw_only=True)
class ExpressColumn:
    """
    A column as the express mode sees it.

    Attributes:
        length: Characters of text or bytes, None without a limit; has a meaning for ``text`` and ``bytes``.
    """

    name: str
    kind: Only["text", "bytes", "date", "timestamp", "timestamp_tz", "other"]
    length: int | None = None
    quoted: bool = False


def express_table(text: str) -> TableName:
    """
    The table of ``TABLE=``: a name, perhaps with its schema, upper case unless quoted.

    Raises:
        FixSpec: LS-1102 it is no name.
    """
    found = _NAME.fullmatch(text.strip())
    if found is None:
        raise FixSpec(
            "LS-1102", f"table={text}: a table's name was expected", hints=["table=emp or table=scott.emp."]
        )
    schema, name = found.groups()
    return TableName(
        name=_folded(name),
        name_quoted=name.startswith('"'),
        schema_name=_folded(schema) if schema else None,
        schema_quoted=bool(schema) and schema.startswith('"'),
    )


def express_spec(values: Mapping[str, str], columns: Sequence[ExpressColumn], data: str) -> LoadSpec:
    """
    The load that express mode makes: APPEND, commas, one record a line, all columns in order, blanks trimmed.

    Args:
        values: Keywords of the command line, lower case. data: the data file where none is given.

    Raises:
        FixSpec: LS-1102 for a keyword with a wrong value.
    """
    trim = _choice(values, "trim", {word: word.lower() for word in _TRIMS}) or "lrtrim"
    embedded = _choice(values, "csv", _CSV)
    csv = CsvFormat(embedded=embedded) if embedded is not None else None
    table = TableLoad(
        table=express_table(values["table"]),
        csv=csv,
        terminated=_terminated(values, csv=csv is not None),
        enclosed=_enclosed(values),
        nullif=_nullif(values.get("nullif")),
        fields=tuple(_field(column, values) for column in columns),
    )
    options: dict[str, Any] = {"external_table": "execute", "trim": trim}
    return LoadSpec(
        options=Options.model_validate(options),
        charset=values.get("characterset"),
        field_names=_choice(values, "field_names", _NAMES),
        inputs=(InputFile(path=data),),
        method=Method.APPEND,
        tables=(table,),
    )


# Private functions


def _folded(name: str) -> str:
    return name[1:-1] if name.startswith('"') else name.upper()


def _choice(values: Mapping[str, str], key: str, choices: Mapping[str, Any]) -> Any:
    if key not in values:
        return None
    word = values[key].strip().upper().replace(" ", "_")
    if word not in choices:
        raise FixSpec(
            "LS-1102",
            f"{key}={values[key]}: one of {', '.join(choices)} was expected",
            hints=["look for a misspelling."],
        )
    return choices[word]


def _literal(text: str) -> Literal:
    found = _HEX.fullmatch(text)
    return Literal(hex=found[1].upper()) if found else Literal(text=unescaped(text, '"'))


def _terminated(values: Mapping[str, str], *, csv: bool) -> Delimiter | None:
    text = values.get("terminated_by")
    if text is None:
        return None if csv else Delimiter(literal=Literal(text=","))
    if text.upper() == "WHITESPACE":
        return Delimiter(whitespace=True)
    return Delimiter(literal=_literal(_some("terminated_by", text)))


def _enclosed(values: Mapping[str, str]) -> Enclosure | None:
    for key in ("enclosed_by", "optionally_enclosed_by"):
        if key in values:
            left, _, right = re.sub(r"(?i)\s+and\s+", "\0", _some(key, values[key]), count=1).partition("\0")
            return Enclosure(
                left=_literal(_bare(left)),
                right=_literal(_bare(right)) if right else None,
                optional=key.startswith("optionally"),
            )
    return None


def _nullif(text: str | None) -> Test | None:
    """``BLANKS``, or a value with an operator before it or none."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(!=|<>|=)?\s*(.+)", text, re.DOTALL)
    if found is None:
        raise FixSpec("LS-1102", f"nullif={text}: BLANKS or a value was expected", hints=["nullif=BLANKS."])
    equal = found[1] in (None, "=")
    if found[2].upper() == "BLANKS":
        return Test(equal=equal, blanks=True)
    return Test(equal=equal, literal=_literal(_bare(found[2])))


def _field(column: ExpressColumn, values: Mapping[str, str]) -> Field:
    made = None
    if column.kind == "date":
        made = FieldType(name=TypeName.DATE, mask=values.get("date_format"))
    elif column.kind == "timestamp":
        made = FieldType(name=TypeName.TIMESTAMP, mask=values.get("timestamp_format"))
    elif column.kind == "timestamp_tz":
        made = FieldType(name=TypeName.TIMESTAMP_TZ, mask=values.get("timestamp_format"))
    elif column.kind in ("text", "bytes"):
        length = LONG_SIZE_BYTES if column.length is None else column.length * _CHAR_BYTES_MAX
        if length > DEFAULT_SIZE_BYTES:
            made = FieldType(name=TypeName.CHAR, length=length)
    return Field(name=column.name, quoted=column.quoted, type=made)


def _some(key: str, text: str) -> str:
    if not text:
        raise FixSpec("LS-1102", f"{key} is empty", hints=["quote a comma or blank once more: \"','\"."])
    return text


def _bare(text: str) -> str:
    text = text.strip() or text
    if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text
