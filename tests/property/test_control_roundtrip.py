"""Specs written as control files read as the same specs, and no text crashes the reader."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone import spec as s
from loadstone.errors import FixSpec
from loadstone.sqlldr.check import check_control
from loadstone.sqlldr.control import parse_control
from loadstone.sqlldr.testing import HEAD
from loadstone.sqlldr.write import control_bytes

LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00\x1a"), max_size=12)
SOME = LINE.filter(bool)
PLAIN = st.from_regex(r"[A-Z][A-Z0-9_$#]{0,8}", fullmatch=True)
NUMBER = st.integers(1, 4000)
DIGITS = st.binary(min_size=1, max_size=4).map(lambda data: s.Literal(hex=data.hex().upper()))
DELIMITER_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1a"), min_size=1, max_size=4)


@st.composite
def names(draw: st.DrawFn) -> tuple[str, bool]:
    """A name and whether it is quoted."""
    if draw(st.booleans()):
        return draw(PLAIN.filter(lambda name: name != "CONSTANT")), False
    return draw(SOME.filter(lambda name: len(name.encode()) <= 100)), True


def literals() -> st.SearchStrategy[s.Literal]:
    """What a condition compares with."""
    return st.one_of(LINE.map(lambda text: s.Literal(text=text)), DIGITS)


def delimiter_literals() -> st.SearchStrategy[s.Literal]:
    """What ends or encloses a field."""
    return st.one_of(DELIMITER_TEXT.map(lambda text: s.Literal(text=text)), DIGITS)


def terminators() -> st.SearchStrategy[s.Delimiter]:
    """All kinds of terminators."""
    return st.one_of(
        delimiter_literals().map(lambda literal: s.Delimiter(literal=literal)),
        st.just(s.Delimiter(whitespace=True)),
    )


@st.composite
def enclosures(draw: st.DrawFn) -> s.Enclosure:
    """Enclosures with one or two literals."""
    right = draw(st.none() | delimiter_literals())
    return s.Enclosure(left=draw(delimiter_literals()), right=right, optional=draw(st.booleans()))


@st.composite
def positions(draw: st.DrawFn) -> s.Position:
    """Absolute and relative positions."""
    relative = draw(st.booleans())
    start = draw(st.integers(0 if relative else 1, 500))
    end = draw(st.none() | st.integers(max(start, 1), 900))
    return s.Position(start=start, relative=relative, end=end)


@st.composite
def conditions(draw: st.DrawFn, fields: list[str]) -> s.Condition:
    """Tests of ``fields`` or of positions."""
    tests = []
    for _ in range(draw(st.integers(1, 3))):
        by_field = bool(fields) and draw(st.booleans())
        blanks = draw(st.booleans())
        tests.append(
            s.Test(
                field=draw(st.sampled_from(fields)) if by_field else None,
                position=None if by_field else draw(positions()),
                equal=draw(st.booleans()),
                literal=None if blanks else draw(literals()),
                blanks=blanks,
            )
        )
    return s.Condition(tests=tuple(tests))


@st.composite
def types(draw: st.DrawFn) -> s.FieldType:
    """Datatypes with arguments of the right kind."""
    name = draw(st.sampled_from(list(s.TypeName)))
    few, size = st.none() | st.integers(1, 9), draw(st.none() | NUMBER)
    match name:
        case s.TypeName.DATE:
            return s.FieldType(name=name, length=size, mask=draw(SOME), external=draw(st.booleans()))
        case s.TypeName.TIME | s.TypeName.TIME_TZ | s.TypeName.TIMESTAMP | s.TypeName.TIMESTAMP_TZ:
            return s.FieldType(name=name, precision=draw(few), mask=draw(SOME))
        case s.TypeName.TIMESTAMP_LTZ:
            return s.FieldType(name=name, precision=draw(few), mask=draw(SOME))
        case s.TypeName.INTERVAL_YM:
            return s.FieldType(name=name, precision=draw(few))
        case s.TypeName.INTERVAL_DS:
            return s.FieldType(name=name, precision=draw(few), scale=draw(few))
        case s.TypeName.DECIMAL | s.TypeName.ZONED | s.TypeName.NUMBER:
            return s.FieldType(
                name=name, precision=draw(st.integers(1, 38)), scale=draw(st.none() | st.integers(-9, 9))
            )
        case s.TypeName.VARCHARC | s.TypeName.VARRAWC:
            return s.FieldType(name=name, length_digits=draw(st.integers(1, 9)), length=size)
        case s.TypeName.INTEGER:
            length = draw(st.none() | st.sampled_from([1, 2, 4, 8]))
            return s.FieldType(name=name, length=length, unsigned=draw(st.none() | st.booleans()))
        case s.TypeName.SMALLINT | s.TypeName.BYTEINT:
            return s.FieldType(name=name, unsigned=draw(st.none() | st.booleans()))
        case s.TypeName.FLOAT | s.TypeName.DOUBLE:
            return s.FieldType(name=name)
        case _:
            return s.FieldType(name=name, length=size)


def expressions() -> st.SearchStrategy[str]:
    """Texts in SQL strings, without binds."""
    return st.text(
        st.characters(codec="utf-8", exclude_characters=":\r\x00\x1a"), min_size=1, max_size=20
    ).filter(lambda text: bool(text.strip()))


def generated() -> st.SearchStrategy[s.Source]:
    """Values that SQL*Loader makes."""
    return st.one_of(
        st.just(s.Recnum()),
        st.just(s.Sysdate()),
        LINE.map(lambda value: s.Constant(value=value)),
        st.from_regex(r"-?[0-9]{1,5}(\.[0-9]{1,3})?", fullmatch=True).map(
            lambda v: s.Constant(value=v, quoted=False)
        ),
        expressions().map(lambda sql: s.Expression(sql=sql)),
        st.builds(
            s.Sequence,
            base=st.sampled_from(["count", "max", 1, -7]),
            increment=st.none() | st.integers(-5, 5),
        ),
    )


@st.composite
def fields(draw: st.DrawFn, name: tuple[str, bool], known: list[str]) -> s.Field:
    """One field that may name the fields ``known``."""
    if draw(st.integers(0, 4)) == 0:
        return s.Field(name=name[0], quoted=name[1], source=draw(generated()))
    filler = draw(st.sampled_from([None, None, "filler", "boundfiller"]))
    kind = draw(st.none() | types())
    raw = kind is not None and kind.name is s.TypeName.RAW
    return s.Field(
        name=name[0],
        quoted=name[1],
        filler=filler,
        position=draw(st.none() | positions()),
        type=kind,
        terminated=None if raw else draw(st.none() | terminators()),
        enclosed=draw(st.none() | enclosures()),
        nullif=None if filler == "filler" else draw(st.none() | conditions(known)),
        defaultif=None if filler == "filler" else draw(st.none() | conditions(known)),
        no_nullif=draw(st.booleans()),
        preserve_blanks=draw(st.none() | st.booleans()),
        sql=None if filler == "filler" else draw(st.none() | expressions()),
    )


@st.composite
def tables(draw: st.DrawFn) -> s.TableLoad:
    """A table whose conditions name its own fields."""
    listed = draw(st.lists(names(), unique_by=lambda name: name[0], min_size=1, max_size=4))
    known = [name for name, _ in listed if "." not in name]
    made = [draw(fields(name, known)) for name in listed]
    made[-1] = made[-1].model_copy(update={"filler": None, "pieced": made[-1].source is None})
    own, schema = draw(names()), draw(st.none() | names())
    blocked = own[0] in ("INSERT", "APPEND", "REPLACE", "TRUNCATE", "FIELDS", "WHEN", "TRAILING")
    return s.TableLoad(
        table=s.TableName(
            name=own[0] + "X" if blocked else own[0],
            name_quoted=own[1],
            schema_name=schema[0] + "X" if schema else None,
            schema_quoted=schema[1] if schema else False,
            partition=draw(st.none() | PLAIN),
        ),
        method=draw(st.none() | st.sampled_from([s.Method.INSERT, s.Method.APPEND, s.Method.REPLACE])),
        when=draw(st.none() | conditions(known)),
        terminated=draw(terminators()),
        enclosed=draw(st.none() | enclosures()),
        trailing_nullcols=draw(st.booleans()),
        formats=tuple(
            s.Format(kind=kind, mask=draw(LINE))
            for kind in draw(st.lists(st.sampled_from(["date", "timestamp", "timestamp_tz"]), unique=True))
        ),
        nullif=draw(
            st.none() | st.just(s.Test(blanks=True)) | literals().map(lambda found: s.Test(literal=found))
        ),
        no_nullif=draw(st.booleans()),
        reenable=draw(st.booleans()),
        singlerow=draw(st.booleans()),
        skip=draw(st.none() | NUMBER),
        fields=tuple(made),
    )


@st.composite
def inputs(draw: st.DrawFn) -> s.InputFile:
    """A data file with its record format and its files."""
    formats = st.one_of(
        st.just(s.RecordFormat()),
        delimiter_literals().map(lambda found: s.RecordFormat(kind="str", terminator=found)),
        st.builds(s.RecordFormat, kind=st.just("fix"), size=NUMBER),
        st.builds(s.RecordFormat, kind=st.just("var"), size=st.integers(1, 40)),
    )
    return s.InputFile(
        path=draw(st.none() | SOME.filter(lambda path: path != "*")),
        record_format=draw(formats),
        bad=draw(st.none() | SOME),
        discard=draw(st.none() | SOME),
        discardmax=draw(st.none() | NUMBER),
    )


@st.composite
def assemblies(draw: st.DrawFn) -> s.Concatenate | s.ContinueIf:
    """CONCATENATE and CONTINUEIF."""
    if draw(st.booleans()):
        return s.Concatenate(count=draw(NUMBER))
    where = draw(st.sampled_from(["this", "next", "last"]))
    compared = literals()
    if where == "last":
        compared = compared.filter(lambda found: bool(found.hex or (found.text or "").strip()))
    test = s.Test(
        position=None if where == "last" else draw(positions()),
        equal=draw(st.booleans()),
        literal=draw(compared),
    )
    return s.ContinueIf(where=where, preserve=draw(st.booleans()), test=test)


@st.composite
def specs(draw: st.DrawFn) -> s.LoadSpec:
    """Specs that a control file can say."""
    loaded = draw(st.lists(tables(), min_size=1, max_size=2))
    files = draw(st.lists(inputs(), max_size=2))
    return s.LoadSpec(
        continue_load=any(table.skip is not None for table in loaded),
        options=s.Options(
            skip=draw(st.none() | st.integers(0, 9)),
            errors=draw(st.none() | st.integers(-1, 9)),
            direct=draw(st.none() | st.booleans()),
            silent=tuple(draw(st.lists(st.sampled_from(["header", "all"]), unique=True))),
            resumable_name=draw(st.none() | SOME),
        ),
        recoverable=draw(st.none() | st.booleans()),
        charset=draw(st.none() | st.sampled_from(["AL32UTF8", "WE8ISO8859P1"])),
        length_semantics=draw(st.sampled_from([None, "byte", "char"])),
        byte_order=draw(st.sampled_from([None, "big", "little"])),
        field_names=draw(st.none() | st.sampled_from(list(s.FieldNames))),
        inputs=(*files[:1], *(file for file in files[1:] if file.path is not None)),
        method=draw(st.none() | st.just(s.Method.TRUNCATE)),
        assemble=draw(st.none() | assemblies()),
        preserve_blanks=draw(st.booleans()),
        tables=tuple(loaded),
        inline_data=draw(st.none() | st.binary(max_size=40).map(s.InlineData.of)),
    )


@settings(max_examples=150, deadline=None)
@given(specs())
def test_a_written_spec_reads_as_itself(spec: s.LoadSpec) -> None:
    """Writing then parsing gives the same model."""
    written = control_bytes(spec)
    assert parse_control(written, "x.ctl") == spec


WORDS = st.sampled_from(
    "LOAD DATA INFILE INTO TABLE FIELDS TERMINATED BY ENCLOSED OPTIONALLY WHEN AND NULLIF"
    " = != ( ) , : ; / -- * + . 1 0"
    " 'x' ' \" \"s\" X'0D' t a b CHAR DATE POSITION FILLER CONSTANT SEQUENCE LOBFILE COLUMN OBJECT"
    " BEGINDATA OPTIONS"
    " SKIP TRAILING NULLCOLS CSV WITH EMBEDDED APPEND CONTINUEIF LAST ${x} &1 \\ é \n".split(" ")
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join) | st.binary(max_size=60), st.booleans())
def test_no_text_crashes_the_reader(text: str | bytes, after_head: bool) -> None:
    """Whatever the bytes: a report, with a place for every error."""
    data = text if isinstance(text, bytes) else text.encode()
    report = check_control(HEAD.encode() + b"(" + data if after_head else data, "x.ctl")
    assert report.ok == (not report.errors)
    assert all(error.line and error.column for error in report.errors if error.code != "LS-1032")


@settings(max_examples=100, deadline=None)
@given(specs(), st.data())
def test_a_cut_control_file_is_an_error_or_valid(spec: s.LoadSpec, data: st.DataObject) -> None:
    """A file cut anywhere gives a spec or a FixSpec, nothing else."""
    written = control_bytes(spec)
    cut = written[: data.draw(st.integers(0, len(written)))]
    try:
        parse_control(cut, "x.ctl")
    except FixSpec as error:
        assert error.code.startswith("LS-1")
