"""A load spec to the text of a control file."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.errors import FixSpec
from loadstone.spec import (
    Concatenate,
    ContinueIf,
    Format,
    InlineData,
    InputFile,
    LoadSpec,
    Method,
    Options,
    RecordFormat,
    TableLoad,
)
from loadstone.sqlldr import write_text as text
from loadstone.sqlldr.write_field import argument, condition, enclosure, field_list


def write_control(spec: LoadSpec) -> str:
    """
    The control file that reads as ``spec``; data that are not UTF-8 stand in it as surrogate escapes.

    Raises:
        FixSpec: The spec says what the language cannot: upsert, or text over several lines.
    """
    lines = [*_load(spec)]
    for table in spec.tables:
        lines += _into(table)
    head = "\n".join(lines) + "\n"
    return head + _inline(spec.inline_data) if spec.inline_data is not None else head


def control_bytes(spec: LoadSpec) -> bytes:
    """``write_control`` in UTF-8, with inline data byte for byte."""
    return write_control(spec).encode("utf-8", "surrogateescape")


def processing_options(file: InputFile) -> str:
    """The file processing options of an INFILE clause, without quotes; empty for a stream of lines."""
    if file.reading is not None:
        return f"reading {file.reading.kind}"
    return file.os_options or _record_format(file.record_format)


# Private functions


def _load(spec: LoadSpec) -> Iterator[str]:
    yield from _options(spec.options)
    if spec.recoverable is not None:
        yield "RECOVERABLE" if spec.recoverable else "UNRECOVERABLE"
    yield "CONTINUE_LOAD DATA" if spec.continue_load else "LOAD DATA"
    yield from _data(spec)
    for file in spec.inputs:
        yield from _infile(file)
    if spec.readsize is not None:
        yield f"READSIZE {spec.readsize}"
    if spec.readbuffers is not None:
        yield f"READBUFFERS {spec.readbuffers}"
    if spec.method:
        yield _method(spec.method)
    if spec.assemble:
        yield _assemble(spec.assemble)
    if spec.preserve_blanks:
        yield "PRESERVE BLANKS"


def _options(options: Options) -> Iterator[str]:
    parts = []
    for key, value in options:
        if value is None or value == ():
            continue
        parts.append(f"{key.upper()}={_option(key, value)}")
    if parts:
        yield f"OPTIONS ({', '.join(parts)})"


def _option(key: str, value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, tuple):
        return f"({', '.join(word.upper() for word in value)})"
    if key in ("external_table", "trim"):
        return str(value).upper()
    return text.quoted(value) if isinstance(value, str) else str(value)


def _data(spec: LoadSpec) -> Iterator[str]:
    if spec.default_expression_cache is not None:
        yield f"DEFAULT EXPRESSION CACHE {spec.default_expression_cache}"
    if spec.charset:
        yield f"CHARACTERSET {text.bare(spec.charset)}"
    if spec.length_semantics:
        yield f"LENGTH SEMANTICS {spec.length_semantics.upper()}"
    if spec.byte_order:
        yield f"BYTEORDER {spec.byte_order.upper()} ENDIAN"
    if spec.byte_order_mark:
        yield f"BYTEORDERMARK {spec.byte_order_mark.upper()}"
    if spec.field_names:
        yield f"FIELD NAMES {spec.field_names.upper().replace('_', ' ')}"


def _infile(file: InputFile) -> Iterator[str]:
    what = f"reading ({file.reading.kind})" if file.reading is not None else "member" if file.member else ""
    if what:
        raise FixSpec(
            "LS-1112",
            f"{what} of {file.path or 'the data'} has no clause in a control file",
            hints=["keep the spec as YAML or JSON."],
        )
    parts = ["INFILE", "*" if file.path is None else text.quoted(file.path)]
    clause = processing_options(file)
    if clause:
        parts.append(text.quoted(clause, '"'))
    yield " ".join(parts)
    if file.bad is not None:
        yield f"BADFILE {text.quoted(file.bad)}"
    if file.discard is not None:
        yield f"DISCARDFILE {text.quoted(file.discard)}"
    if file.discardmax is not None:
        yield f"DISCARDMAX {file.discardmax}"


def _record_format(found: RecordFormat) -> str:
    if found.kind == "stream":
        return ""
    if found.terminator is not None:
        terminator = found.terminator
        if terminator.hex is not None:
            return f"str X'{terminator.hex}'"
        return f"str '{text.delimiter_text(terminator.text or '')}'"
    return f"{found.kind} {found.size}" if found.size is not None else found.kind


def _method(method: Method) -> str:
    if method is Method.UPSERT:
        raise text.unwritable("the method is UPSERT")
    return method.upper()


def _assemble(found: Concatenate | ContinueIf) -> str:
    if isinstance(found, Concatenate):
        return f"CONCATENATE {found.count}"
    preserve = "PRESERVE " if found.preserve else ""
    return f"CONTINUEIF {found.where.upper()} {preserve}{text.test(found.test)}"


def _into(table: TableLoad) -> Iterator[str]:
    yield f"INTO TABLE {text.table(table.table)}{_partition(table)}"
    yield from _table_options(table)
    if table.when:
        yield f"WHEN {condition(table.when)}"
    for kind, found in zip(table.object_id[0::2], table.object_id[1::2], strict=True):
        yield f"{kind.upper()}({argument(found)})"
    yield from _fields(table)
    if table.trailing_nullcols:
        yield "TRAILING NULLCOLS"
    for found_format in table.formats:
        yield _format(found_format)
    if table.nullif:
        yield f"NULLIF {text.test(table.nullif)}"
    if table.no_nullif:
        yield "NO NULLIF"
    if table.treat_as:
        yield f"TREAT AS {text.reference(table.treat_as)}"
    if table.skip is not None:
        yield f"SKIP {table.skip}"
    if table.fields:
        yield field_list(table.fields)


def _partition(table: TableLoad) -> str:
    found = table.table
    for word, partition in (("PARTITION", found.partition), ("SUBPARTITION", found.subpartition)):
        if partition is not None:
            return f" ({word} {text.name(partition)})"
    return ""


def _table_options(table: TableLoad) -> Iterator[str]:
    if table.key:
        raise text.unwritable(f"the table {table.table} has a key for UPSERT")
    if table.method:
        yield _method(table.method)
    if table.resume:
        yield f"RESUME {table.resume.upper().replace('_', ' ')}"
    if table.replace_using:
        yield f"REPLACE USING {table.replace_using.upper()}"
    if table.sorted_indexes:
        yield f"SORTED INDEXES ({', '.join(text.reference(index) for index in table.sorted_indexes)})"
    if table.singlerow:
        yield "SINGLEROW"
    if table.table_options:
        yield f"OPTIONS ({', '.join(_table_option(found) for found in table.table_options)})"
    if table.evaluate_check_constraints:
        yield "EVALUATE CHECK_CONSTRAINTS"
    if table.reenable:
        yield "REENABLE DISABLED_CONSTRAINTS"
    if table.exceptions:
        yield f"EXCEPTIONS {text.table(table.exceptions)}"


def _table_option(found: str) -> str:
    key, _, value = found.partition("=")
    return f"{key.upper()}={text.bare(value)}"


def _fields(table: TableLoad) -> Iterator[str]:
    parts = ["FIELDS"] if table.fields_clause or table.csv or table.terminated or table.enclosed else []
    if table.csv:
        embedded = table.csv.embedded
        parts.append("CSV" if embedded is None else f"CSV {'WITH' if embedded else 'WITHOUT'} EMBEDDED")
    if table.terminated:
        parts.append(text.terminator(table.terminated))
    if table.enclosed:
        parts.append(enclosure(table.enclosed))
    if parts:
        yield " ".join(parts)


def _format(found: Format) -> str:
    words = {
        "date": "DATE FORMAT",
        "timestamp": "TIMESTAMP FORMAT",
        "timestamp_tz": "TIMESTAMP WITH TIME ZONE",
        "timestamp_ltz": "TIMESTAMP WITH LOCAL TIME ZONE",
    }
    return f"{words[found.kind]} {text.quoted(found.mask, chr(34))}"


def _inline(data: InlineData) -> str:
    return "BEGINDATA\n" + data.bytes().decode("utf-8", "surrogateescape")
