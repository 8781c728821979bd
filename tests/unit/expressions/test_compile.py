"""What expressions are refused, and where; user functions; the session's language and characters."""

from __future__ import annotations

from datetime import datetime

import pytest

from loadstone.datatypes.model import ColumnType, Kind, Nls
from loadstone.errors import FixSpec
from loadstone.expressions.compile import compile_expression
from loadstone.expressions.evaluate import Evaluator
from loadstone.expressions.model import BindType, Context, OraError, ResultType
from loadstone.expressions.session import UNANSWERED
from loadstone.expressions.spans import span_plan

BINDS = {"A": BindType.TEXT, "N": BindType.NUMBER}
GERMAN = Nls(
    decimal=",", group=".", date_language="GERMAN", date_format="DD.MON.YYYY", now=datetime(2024, 2, 29)
)


def answer(expression: str, value: str | None = None, **context: object) -> str | None:
    """The text of a result, or the code of its error."""
    compiled = compile_expression(expression, binds=BINDS, context=Context(**context))  # type: ignore[arg-type]
    (found,) = Evaluator(compiled).evaluate([[value] for _ in compiled.binds], rows=1)
    return found.code if isinstance(found, OraError) else found


@pytest.mark.parametrize(
    ("expression", "code", "column"),
    [
        ("TRIM(:A", "LS-5001", 8),
        (":A +", "LS-5001", 5),
        (":A ? 1", "LS-5001", 4),
        ("1 2", "LS-5001", 3),
        ("CASE :A END", "LS-5001", 9),
        ("CASE WHEN :A THEN 1 END", "LS-5001", 11),
        (":A = 1", "LS-5001", 1),
        ("NVL(:A = 1, 2)", "LS-5001", 5),
        ("a.", "LS-5001", 3),
        ("INTERVAL '1' WEEK", "LS-5001", 14),
        ("DATE '2024-13-01'", "LS-5001", 1),
        ("CAST(:A AS NUMBER(?))", "LS-5001", 19),
        ("EXISTS (1)", "LS-5001", 9),
        ("(" * 120 + "1" + ")" * 120, "LS-5001", 101),
        ("TRIMM(:A)", "LS-5002", 1),
        ("1 + FN_X(:A)", "LS-5002", 5),
        ("CAST(:A AS GEOMETRY)", "LS-5002", 12),
        (":B", "LS-5003", 1),
        ("A", "LS-5003", 1),
        ("FND_GLOBAL.USER_ID", "LS-5003", 1),
        ("TRIM()", "LS-5001", 6),
        ("SUBSTR(:A)", "LS-5004", 1),
        ("DECODE(:A, 1)", "LS-5004", 1),
        ("SYSDATE * 2", "LS-5005", 1),
        ("ABS(SYSDATE)", "LS-5005", 5),
        ("5 * INTERVAL '1' DAY + 'x' / INTERVAL '1' DAY", "LS-5005", 24),
        ("(SELECT 1 FROM t)", "LS-5010", 1),
        ("(SELECT 1 FROM (SELECT 1 FROM dual))", "LS-5010", 16),
        ("(SELECT 1 FROM t GROUP BY 1)", "LS-5010", 18),
        (":A AT TIME", "LS-5001", 11),
        (":A AT ZONE 'UTC'", "LS-5001", 7),
        ("TO_NUMBER(:A DEFAULT 0 ON ERROR)", "LS-5001", 27),
        ("TO_NUMBER(:A DEFAULT)", "LS-5001", 21),
        ("TO_DATE()", "LS-5004", 1),
        ("CAST(:A AS VARCHAR2(3), 'X')", "LS-5001", 1),
        ("VALIDATE_CONVERSION(:A, 'X')", "LS-5001", 23),
        ("USERENV('TERMINAL')", "LS-5002", 1),
        ("SYS_CONTEXT(:A, 'X')", "LS-5002", 1),
        ("SYS_CONTEXT('MINE', 'X')", "LS-5002", 1),
        ("DUMP(:A)", "LS-5002", 1),
        ("DBMS_RANDOM.VALUE()", "LS-5002", 1),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_at_its_place(expression: str, code: str, column: int) -> None:
    """With its code and its column."""
    with pytest.raises(FixSpec) as caught:
        compile_expression(expression, binds=BINDS, context=Context())
    assert (code, 1, column) == (caught.value.code, caught.value.place.line, caught.value.place.column)


def test_a_misspelt_name_is_guessed() -> None:
    """Functions and fields."""
    for expression, hint in (("TRIMM(:A)", "did you mean TRIM?"), (":AA", "did you mean :A?")):
        with pytest.raises(FixSpec) as caught:
            compile_expression(expression, binds=BINDS, context=Context())
        assert caught.value.hints == (hint,)


def test_what_has_no_answer_is_told_why() -> None:
    """Functions of Oracle that depend on how it stores rows, or that would differ when a load is resumed."""
    for name, why in UNANSWERED.items():
        with pytest.raises(FixSpec, match=f"function {name} has no answer here: {why}"):
            compile_expression(f"{name}(:A)", binds=BINDS, context=Context())


def test_the_session_is_asked() -> None:
    """USERENV and SYS_CONTEXT, of the target's user and of the environment's NLS."""
    assert "SCOTT" == answer("SYS_CONTEXT('USERENV', 'SESSION_USER')", user="scott")
    assert "SCOTT" == answer("sys_context('userenv', 'current_schema')", user="scott")
    assert "GERMAN_AMERICA.AL32UTF8" == answer("USERENV('LANGUAGE')", nls=GERMAN)
    assert "D" == answer("USERENV('LANG')", nls=GERMAN)
    assert None is answer("SYS_CONTEXT('USERENV', 'CURRENT_USER')")


def test_user_functions_stand_for_expressions() -> None:
    """Functions of packages with their arguments, variables without, and functions of functions."""
    functions = {
        "FN_DOB": "TO_DATE(:1, 'YYYYMMDD') + :2",
        "PKG.CLEAN": "UPPER(TRIM(:1))",
        "PKG.TWICE": "PKG.CLEAN(:1) || pkg.clean(:1)",
        "FND_GLOBAL.USER_ID": "1001",
    }
    assert "2024-03-01 00:00:00" == answer("fn_dob(:A, 1)", "20240229", functions=functions)
    assert "XX" == answer("pkg.twice(:A)", " x ", functions=functions)
    assert "1002" == answer("FND_GLOBAL.USER_ID + 1", functions=functions)


def test_user_functions_are_checked() -> None:
    """One that calls itself, and one that is called with too little."""
    for functions, code in (({"F": "F(:1)"}, "LS-5006"), ({"F": ":2"}, "LS-5001")):
        with pytest.raises(FixSpec) as caught:
            answer("F(:A)", "x", functions=functions)
        assert code == caught.value.code


def test_the_session_speaks() -> None:
    """Decimal comma, German months, and the date format of the session."""
    assert "1,5" == answer(":A / 2", "3", nls=GERMAN)
    assert "2,5" == answer(":A + 1", "1,5", nls=GERMAN)
    assert "ORA-01722" == answer(":A + 1", "1.5", nls=GERMAN)
    assert "01.MAI.2024x" == answer("TO_DATE(:A, 'YYYYMMDD') || 'x'", "20240501", nls=GERMAN)
    assert "Mai" == answer("TO_CHAR(TO_DATE(:A, 'YYYYMMDD'), 'fmMonth')", "20240501", nls=GERMAN)
    assert "2024-05-01 00:00:00" == answer("TO_DATE(:A, 'DD MONTH YYYY')", "1 Mai 2024", nls=GERMAN)
    assert "1.234,50" == answer("TO_CHAR(TO_NUMBER(:A), 'FM9G999D00')", "1234,5", nls=GERMAN)
    assert "2024-03-05 00:00:00" == answer("NEXT_DAY(SYSDATE, 'DIENSTAG')", nls=GERMAN)
    assert "May" == answer("TO_CHAR(SYSDATE + 70, 'fmMonth', 'NLS_DATE_LANGUAGE=AMERICAN')", nls=GERMAN)


def test_numbers_from_binary_have_a_point() -> None:
    """Whatever the session's decimal character is."""
    assert "3,5" == answer(":N + 1", "2.5", nls=GERMAN)


def test_the_user_is_the_targets() -> None:
    """USER, in upper case."""
    assert "SCOTT" == answer("USER", user="scott")


def test_types_are_known_before_a_row_is() -> None:
    """The static type of results, which tells how a column reads them."""
    kinds = {"'x'": "TEXT", "1": "NUMBER", "SYSDATE": "DATE", "SYSTIMESTAMP": "TIMESTAMPTZ", "NULL": "NULL"}
    kinds |= {"LOCALTIMESTAMP": "TIMESTAMP", "HEXTORAW('00')": "RAW", "INTERVAL '1' DAY": "INTERVAL_DS"}
    kinds |= {"SYS_GUID()": "RAW", "SYSTIMESTAMP AT TIME ZONE 'UTC'": "TIMESTAMPTZ"}
    kinds |= {"TO_NUMBER(:A DEFAULT 0 ON CONVERSION ERROR)": "NUMBER"}
    kinds |= {"NVL2(:A, SYSDATE, NULL)": "DATE", "DECODE(:A, 1, NULL, 2)": "TEXT", "TRUNC(SYSDATE)": "DATE"}
    for expression, kind in kinds.items():
        assert ResultType[kind] is compile_expression(expression, binds=BINDS, context=Context()).result


def test_a_kept_failure_keeps_nothing_else() -> None:
    """A traceback, also that of a cause, holds the frames of all callers, and with them their chunk."""
    compiled = compile_expression("TO_NUMBER(:a)", binds=BINDS, context=Context())
    (found,) = Evaluator(compiled).evaluate([["1x"]], rows=1)
    assert isinstance(found, OraError) and "ORA-01722" == found.code
    assert (None, None, None) == (found.__traceback__, found.__cause__, found.__context__)


NESTS = {
    "replace": ("REPLACE(" * 95 + ":A" + ",'x','y')" * 95, "y"),
    "case": ("CASE WHEN :A = 'y' THEN 'no' ELSE " * 95 + ":A" + " END" * 95, "x"),
    "joined": ("||".join([":A"] * 800), "x" * 800),
    "sum": ("+".join(["1"] * 800), "800"),
}


@pytest.mark.parametrize("name", NESTS)
def test_deep_expressions_are_computed(name: str) -> None:
    """What generators of control files write: REPLACE in REPLACE, the columns of a wide table in a row."""
    expression, expected = NESTS[name]
    assert expected == answer(expression, "x")


@pytest.mark.parametrize(
    "expression", ["(" * 101 + ":A" + ")" * 101, "||".join([":A"] * 9000)], ids=["nested", "in a row"]
)
def test_what_is_too_deep_is_refused(expression: str) -> None:
    """By code, not by the end of the stack."""
    with pytest.raises(FixSpec, match="levels of nesting|too many operators") as caught:
        compile_expression(expression, binds=BINDS, context=Context())
    assert "LS-5001" == caught.value.code


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("REPLACE(" * 30 + ":A" + ",'x','y')" * 30, ((30, "A"),)),
        ("REPLACE(REPLACE(:A, 'x', 'abc'), 'ab', 'x')", ((6, "A"),)),
        (":A || UPPER(:A) || '--'", ((8, "A"), (2, None))),
    ],
)
def test_the_room_that_spans_take_is_counted_once(expression: str, expected: tuple[tuple[int, str | None], ...]) -> None:
    """It grows with the levels of REPLACE, not with their power."""
    compiled = compile_expression(expression, binds=BINDS, context=Context())
    plan = span_plan(compiled, ColumnType(kind=Kind.TEXT))
    assert plan is not None
    assert expected == plan.writes


def test_what_would_take_too_much_room_is_no_matter_of_spans() -> None:
    """Each level may make four bytes of one: 4 to the tenth times the column."""
    compiled = compile_expression("REPLACE(" * 10 + ":A" + ",'x','xxxx')" * 10, binds=BINDS, context=Context())
    assert span_plan(compiled, ColumnType(kind=Kind.TEXT)) is None
