"""Scripts as they are: SQL*Plus commands, storage clauses, other dialects; what is not understood is passed over."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loadstone.targets.ddl.model import DdlColumn, DdlSchema, DdlTable, DdlType

# A quote that nobody closed, in prose or a shell script, ends before the next statement.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<quoted>"[^"\n]*"|`[^`\n]*`|\[[A-Za-z_][\w ]*\])
    | (?P<text>[nN]?'(?:[^'\n]|''|\n(?!\s*(?:CREATE|ALTER|DROP|INSERT|COMMENT|GRANT)\s))*')
    | (?P<word>[A-Za-z_\x80-\uffff][\w$\#\x80-\uffff]*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<sign>.)
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
_STARTS = {
    "CREATE",
    "ALTER",
    "DROP",
    "INSERT",
    "COMMENT",
    "GRANT",
    "REM",
    "PROMPT",
    "SET",
    "UPDATE",
    "DELETE",
    "COMMIT",
    "BEGIN",
    "DECLARE",
    "EXIT",
    "SPOOL",
    "CONNECT",
    "ANALYZE",
    "TRUNCATE",
    "SELECT",
    "WHENEVER",
    "EXEC",
    "EXECUTE",
}
_CONSTRAINT = {
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "FOREIGN",
    "CHECK",
    "KEY",
    "INDEX",
    "SUPPLEMENTAL",
    "FULLTEXT",
    "EXCLUDE",
}
_VARIABLE_SIGNS = ("&", "$", "{", ":", "@", "%")
_LONG_TYPES = {
    "DOUBLE": {"PRECISION"},
    "LONG": {"RAW", "VARCHAR"},
    "CHARACTER": {"VARYING"},
    "CHAR": {"VARYING"},
    "NATIONAL": {"CHARACTER", "CHAR", "VARYING"},
}


_CONSTANTS = {"SYSDATE", "SYSTIMESTAMP", "CURRENT_TIMESTAMP", "NULL"}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def upper(self) -> str:
        return (
            self.text.upper()
            if self.kind == "word"
            else ("" if self.kind in ("quoted", "text") else self.text)
        )


def read_ddl(script: str) -> DdlSchema:
    """All tables, keys and sequences that ``script`` makes; never raises, what is strange becomes a warning."""
    schema = DdlSchema()
    for tokens in _statements(script):
        try:
            _statement(schema, tokens)
        except (IndexError, ValueError) as error:
            text = " ".join(token.text for token in tokens[:6])
            schema.warnings.append(f"not understood: {text} ... ({error})")
    return schema


# Private functions


def _statements(script: str) -> list[list[_Token]]:
    """Statements end at ``;`` outside parentheses, at ``/`` alone on a line, or where the next one begins."""
    script = re.sub(
        r"(?im)^\s*(rem|prompt|set|spool|connect|whenever|accept|define|column|ttitle|@).*$", "", script
    )
    script = re.sub(r"(?m)^\s*/\s*$", ";", script)
    found: list[list[_Token]] = [[]]
    depth, fresh = 0, True
    for match in _TOKEN.finditer(script):
        kind = str(match.lastgroup)
        text = match.group()
        if kind == "space":
            fresh = fresh or "\n" in text
            continue
        token = _Token(kind, text)
        if text == ";" and kind == "sign":
            found.append([])
            depth = 0
        else:
            if (
                fresh
                and token.upper in ("CREATE", "ALTER", "DROP", "INSERT")
                and found[-1]
                and token.kind == "word"
            ):
                if depth == 0 or token.upper == "CREATE":
                    found.append([])
                    depth = 0
            depth += {"(": 1, ")": -1}.get(text, 0) if kind == "sign" else 0
            found[-1].append(token)
        fresh = False
    return [tokens for tokens in found if tokens]


def _statement(schema: DdlSchema, tokens: list[_Token]) -> None:
    words = [token.upper for token in tokens[:8]]
    if words[0] == "CREATE":
        if "TABLE" in words and words.index("TABLE") < 5 and "VIEW" not in words[: words.index("TABLE")]:
            _create_table(schema, _Cursor(tokens, words.index("TABLE") + 1))
        elif "SEQUENCE" in words[:3]:
            _create_sequence(schema, _Cursor(tokens, words.index("SEQUENCE") + 1))
        elif words[1:3] == ["UNIQUE", "INDEX"]:
            _unique_index(schema, _Cursor(tokens, 3))
    elif words[:2] == ["ALTER", "TABLE"]:
        _alter_table(schema, _Cursor(tokens, 2))


class _Cursor:
    def __init__(self, tokens: list[_Token], at: int) -> None:
        self.tokens, self.at = tokens, at

    @property
    def ended(self) -> bool:
        return self.at >= len(self.tokens)

    @property
    def here(self) -> str:
        """The word or sign that comes next in upper case; empty for names in quotes and for literals."""
        return self.tokens[self.at].upper if self.at < len(self.tokens) else ""

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> bool:
        if [token.upper for token in self.tokens[self.at : self.at + len(words)]] == list(words):
            self.at += len(words)
            return True
        return False

    def name(self) -> tuple[str, bool]:
        token = self.take()
        if token.kind == "quoted":
            inner = token.text[1:-1]
            return inner, inner != inner.upper() and token.text[0] == '"'
        if token.kind != "word":
            raise ValueError(f"a name was expected before {token.text!r}")
        return token.text.upper(), False

    def qualified(self) -> tuple[str | None, str, bool]:
        """Owner, name and whether it is quoted; the signs of a variable (&owner..t, ${owner}.t) are passed over."""
        schema: str | None = None
        name, quoted = self._of_variable()
        while self.accept("."):
            while self.accept("."):
                pass
            schema = name
            name, quoted = self._of_variable()
        return schema, name, quoted

    def _of_variable(self) -> tuple[str, bool]:
        while self.here in _VARIABLE_SIGNS:
            self.at += 1
        found = self.name()
        while self.here in ("}", "%"):
            self.at += 1
        return found

    def names(self) -> list[str]:
        """Names in parentheses; anything after a name (DESC, a length) is passed over."""
        if not self.accept("("):
            return []
        found = [self.name()[0]]
        depth = 1
        while depth:
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.text, 0)
            if token.text == "," and depth == 1:
                found.append(self.name()[0])
        return found

    def skip_parentheses(self) -> None:
        """Past the parenthesis that closes the one here."""
        depth = 0
        while self.at < len(self.tokens):
            depth += {"(": 1, ")": -1}.get(self.take().text, 0)
            if depth == 0:
                return

    def skip_item(self) -> None:
        """To the comma or parenthesis that ends this item of a list."""
        depth = 0
        while self.at < len(self.tokens):
            text = self.tokens[self.at].text
            if depth == 0 and text in (",", ")"):
                return
            depth += {"(": 1, ")": -1}.get(text, 0)
            self.at += 1


def _create_table(schema: DdlSchema, cursor: _Cursor) -> None:
    cursor.accept("IF", "NOT", "EXISTS")
    owner, name, quoted = cursor.qualified()
    table = DdlTable(name=name, quoted=quoted, schema=owner)
    if not cursor.accept("("):
        schema.warnings.append(f"table {name}: no column list")
        return
    while not cursor.ended and cursor.here != ")":
        if cursor.tokens[cursor.at].kind == "word" and cursor.here in _CONSTRAINT and _is_constraint(cursor):
            _table_constraint(table, cursor)
        else:
            table.columns.append(_column(table, cursor))
        cursor.skip_item()
        if not cursor.accept(","):
            break
    if table.columns:
        schema.tables.setdefault(name, table)
        schema.versions.setdefault(name, []).append(table)


def _is_constraint(cursor: _Cursor) -> bool:
    """A column may bear a keyword's name: KEY VARCHAR2(3) is a column."""
    following = cursor.tokens[cursor.at + 1] if cursor.at + 1 < len(cursor.tokens) else None
    if following is None or cursor.here in ("CONSTRAINT", "FOREIGN", "PRIMARY", "CHECK", "SUPPLEMENTAL"):
        return True
    return following.text == "(" or following.upper in ("KEY", "INDEX") or following.kind == "quoted"


def _column(table: DdlTable, cursor: _Cursor) -> DdlColumn:
    name, quoted = cursor.name()
    if cursor.here in (",", ")", "GENERATED", "AS"):
        column = DdlColumn(name=name, quoted=quoted, type=DdlType(name="VARCHAR2", size=4000))
    else:
        column = DdlColumn(name=name, quoted=quoted, type=_type(cursor))
    while cursor.at < len(cursor.tokens) and cursor.tokens[cursor.at].text not in (",", ")"):
        if cursor.tokens[cursor.at].text == "(":
            cursor.skip_parentheses()
        elif not _column_clause(table, column, cursor):
            cursor.at += 1
    return column


def _column_clause(table: DdlTable, column: DdlColumn, cursor: _Cursor) -> bool:
    """Take one clause of a column; False for a word that says nothing here."""
    if cursor.accept("NOT", "NULL"):
        column.not_null = True
    elif cursor.accept("DEFAULT"):
        _ = cursor.accept("ON", "NULL", "FOR", "INSERT", "ONLY") or cursor.accept("ON", "NULL")
        column.default = _default(cursor)
        if column.default is None:
            table.passed_over.append(f"DEFAULT of {column.name}")
    elif cursor.accept("GENERATED") or cursor.accept("AS"):
        _generated(table, column, cursor)
    elif cursor.accept("PRIMARY", "KEY"):
        table.primary_key = [column.name]
    elif cursor.accept("UNIQUE"):
        table.uniques.append([column.name])
    elif cursor.accept("REFERENCES"):
        table.passed_over.append(f"FOREIGN KEY of {column.name}")
    elif cursor.accept("CHECK"):
        table.passed_over.append(f"CHECK of {column.name}")
    else:
        return False
    return True


def _generated(table: DdlTable, column: DdlColumn, cursor: _Cursor) -> None:
    """``[ALWAYS | BY DEFAULT [ON NULL]] AS IDENTITY [(options)]``, or ``[ALWAYS] AS (expression)``."""
    _ = cursor.accept("ALWAYS") or (cursor.accept("BY", "DEFAULT") and cursor.accept("ON", "NULL"))
    cursor.accept("AS")
    if not cursor.accept("IDENTITY"):
        table.passed_over.append(f"expression of {column.name}")
        return
    first = cursor.at
    if cursor.here == "(":
        cursor.skip_parentheses()
    column.identity = _start_and_step([token.upper for token in cursor.tokens[first : cursor.at]])
    column.not_null = True


def _default(cursor: _Cursor) -> str | None:
    """A literal default, or the moment; None for anything longer, which is passed over."""
    first = cursor.at
    sign = cursor.take().text if cursor.here in ("-", "+") else ""
    token = cursor.take()
    if cursor.here in (".", "(", "|", "+", "-", "*", "/"):
        return None
    if token.kind == "number" or (not sign and token.kind == "text"):
        return sign + token.text
    if not sign and token.upper in _CONSTANTS:
        return token.upper
    if token.text == "(":
        cursor.at = first
        cursor.skip_parentheses()
    return None


def _type(cursor: _Cursor) -> DdlType:
    name = cursor.take().text.upper().strip('"')
    while cursor.accept("."):
        name = cursor.take().text.upper().strip('"')
    more = _LONG_TYPES.get(name, set())
    while cursor.here in more:
        name += f" {cursor.take().upper}"
    size = scale = None
    chars = name.startswith("N") and name not in ("NUMBER", "NUMERIC")
    if cursor.accept("("):
        numbers: list[int | None] = []
        while not cursor.ended and cursor.here != ")":
            token = cursor.take()
            if token.kind == "number":
                sign = -1 if cursor.tokens[cursor.at - 2].text == "-" else 1
                numbers.append(sign * int(float(token.text)))
            elif token.text == "*":
                numbers.append(None)
            chars = chars or token.upper in ("CHAR", "CHARACTER")
        cursor.accept(")")
        size = numbers[0] if numbers else None
        scale = numbers[1] if len(numbers) > 1 else None
    if cursor.accept("WITH", "LOCAL", "TIME", "ZONE") or cursor.accept("WITH", "TIME", "ZONE"):
        name += " TZ"
    return DdlType(name=name, size=size, scale=scale, chars=chars)


def _table_constraint(table: DdlTable, cursor: _Cursor) -> None:
    if cursor.accept("CONSTRAINT"):
        cursor.name()
    if cursor.accept("PRIMARY", "KEY"):
        table.primary_key = cursor.names() or table.primary_key
    elif cursor.accept("UNIQUE"):
        _ = cursor.accept("KEY") or cursor.accept("INDEX")
        if cursor.here != "(":
            cursor.name()
        table.uniques.append(cursor.names())
    elif cursor.accept("FOREIGN", "KEY"):
        table.passed_over.append(f"FOREIGN KEY of {', '.join(cursor.names())}")
    elif cursor.accept("CHECK"):
        table.passed_over.append("CHECK")


def _alter_table(schema: DdlSchema, cursor: _Cursor) -> None:
    _, name, _ = cursor.qualified()
    table = schema.tables.get(name)
    if table is None:
        return
    while cursor.at < len(cursor.tokens):
        if cursor.accept("ADD"):
            wrapped = cursor.accept("(")
            if cursor.here in _CONSTRAINT and _is_constraint(cursor):
                _table_constraint(table, cursor)
            elif cursor.at < len(cursor.tokens) and cursor.tokens[cursor.at].kind in ("word", "quoted"):
                cursor.accept("COLUMN")
                table.columns.append(_column(table, cursor))
            while wrapped and cursor.here == ",":
                cursor.at += 1
                if cursor.here in _CONSTRAINT and _is_constraint(cursor):
                    _table_constraint(table, cursor)
                else:
                    table.columns.append(_column(table, cursor))
        else:
            cursor.at += 1


def _unique_index(schema: DdlSchema, cursor: _Cursor) -> None:
    cursor.qualified()
    if cursor.accept("ON"):
        _, name, _ = cursor.qualified()
        inside = cursor.tokens[cursor.at :]
        plain = all(token.kind in ("word", "quoted") or token.text in "(),." for token in inside[:3])
        columns = cursor.names() if plain else []
        table = schema.tables.get(name)
        if table is not None and columns and set(columns) <= {column.name for column in table.columns}:
            table.uniques.append(columns)


def _create_sequence(schema: DdlSchema, cursor: _Cursor) -> None:
    cursor.accept("IF", "NOT", "EXISTS")
    _, name, _ = cursor.qualified()
    schema.sequences[name] = _start_and_step([token.upper for token in cursor.tokens])


def _start_and_step(words: list[str]) -> tuple[int, int]:
    """``START WITH n`` and ``INCREMENT BY n``, which may be negative; 1 where they are not said."""
    found = {"START": 1, "INCREMENT": 1}
    for number, word in enumerate(words):
        if word not in found:
            continue
        rest = [one for one in words[number + 1 : number + 4] if one not in ("WITH", "BY")]
        sign = -1 if rest[:1] == ["-"] else 1
        digits = rest[1:2] if rest[:1] == ["-"] else rest[:1]
        if digits and digits[0].isdigit():
            found[word] = sign * int(digits[0])
    return found["START"], found["INCREMENT"]
