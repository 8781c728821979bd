"""What Oracle's error codes mean for a load."""

from __future__ import annotations

import oracledb
import pytest

from loadstone.errors import FixSpec, Refused, Retry, Stop
from loadstone.targets.model import ConstraintRefusal, Redo
from loadstone.targets.oracle.connection import connect
from loadstone.targets.oracle.faults import error_of, is_refusal, refusal_of, translate
from loadstone.targets.oracle.login import login_of
from loadstone.targets.oracle.testing import FakeError


def driver_error(code: str, text: str = "something") -> oracledb.DatabaseError:
    """An exception as the driver raises it; 23ai adds a line about a help page."""
    return oracledb.DatabaseError(FakeError(code, f"{code}: {text}\nHelp: on a page"))


@pytest.mark.parametrize(
    ("code", "kind", "ours"),
    [
        ("ORA-00060", Redo, "LS-3024"),
        ("ORA-08177", Redo, "LS-3024"),
        ("ORA-03113", Retry, "LS-3022"),
        ("ORA-03114", Retry, "LS-3022"),
        ("ORA-00028", Retry, "LS-3022"),
        ("ORA-12537", Retry, "LS-3022"),
        ("DPY-4011", Retry, "LS-3022"),
        ("DPY-1001", Retry, "LS-3022"),
        ("ORA-01653", Stop, "LS-3021"),
        ("ORA-01654", Stop, "LS-3021"),
        ("ORA-01536", Stop, "LS-3021"),
        ("ORA-30036", Stop, "LS-3021"),
        ("ORA-00600", Stop, "LS-3020"),
        ("ORA-16000", Stop, "LS-3020"),
        ("ORA-01031", Refused, "LS-3008"),
        ("ORA-01950", Refused, "LS-3008"),
        ("ORA-00904", FixSpec, "LS-3023"),
        ("ORA-00942", FixSpec, "LS-3023"),
        ("ORA-99999", FixSpec, "LS-3023"),
        ("DPY-2005", FixSpec, "LS-3023"),
    ],
)
def test_a_code_says_what_to_do_next(code: str, kind: type[Exception], ours: str) -> None:
    """Lost connections come back, deadlocks are redone, a full tablespace stops, a missing right is named."""
    error = error_of(driver_error(code))
    assert (type(error), error.code) == (kind, ours)
    assert code in error.message and "Help" not in error.message
    assert not is_refusal(driver_error(code))


@pytest.mark.parametrize(
    ("code", "text", "rule", "field"),
    [
        ("ORA-00001", "unique constraint (BANK.PK) violated", "unique", None),
        ("ORA-01400", 'cannot insert NULL into ("BANK"."T"."AMOUNT")', "not_null", "AMOUNT"),
        ("ORA-12899", 'value too large for column "BANK"."T"."NOTE" (actual: 12, maximum: 10)', "length", "NOTE"),
        ("ORA-02291", "integrity constraint (BANK.FK) violated - parent key not found", "foreign_key", None),
        ("ORA-02290", "check constraint (BANK.C) violated", "check", None),
        ("ORA-01438", "value larger than specified precision allowed for this column", "precision", None),
        ("ORA-01843", "not a valid month", "date", None),
        ("ORA-14400", "inserted partition key does not map to any partition", "partition", None),
        ("ORA-20001", "the trigger says no", "value", None),
    ],
)  # fmt: skip
def test_a_refused_row_is_told_in_oracles_words(code: str, text: str, rule: str, field: str | None) -> None:
    """Code, sentence, rule, and the column where the message names one."""
    error = driver_error(code, text)
    assert is_refusal(error)
    refusal = refusal_of(error, None)
    assert (refusal.code, refusal.reason, refusal.rule, refusal.field) == (
        code,
        f"{code}: {text}",
        rule,
        field,
    )


def test_a_commit_that_a_deferred_constraint_rolls_back_names_that_constraint() -> None:
    """ORA-02091 says only that all is rolled back; the next line says why."""
    text = "ORA-02091: transaction rolled back\nORA-02291: integrity constraint (BANK.FK) violated"
    refusal = refusal_of(oracledb.IntegrityError(FakeError("ORA-02091", text)), None)
    assert (refusal.code, refusal.rule) == ("ORA-02291", "foreign_key")


def test_errors_of_statements_and_of_rows_are_told_apart() -> None:
    """Without rows, what would be a row's fault is the statement's."""
    with pytest.raises(FixSpec, match="ORA-00001"), translate():
        raise driver_error("ORA-00001")
    from tests.unit.targets.oracle.test_statements import rows

    with pytest.raises(ConstraintRefusal, match="ORA-00001"), translate(rows("ID")):
        raise driver_error("ORA-00001")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("oracle://scott:t%40ger@db:1522/BANK", ("scott", "t@ger", None, {"host": "db", "port": 1522, "service_name": "BANK"})),
        ("oracle://scott@db/BANK", ("scott", "env", None, {"host": "db", "port": 1521, "service_name": "BANK"})),
        ("oracle+oracledb://scott@db?sid=XE", ("scott", "env", None, {"host": "db", "port": 1521, "sid": "XE"})),
        ("oracle://scott@BankDB", ("scott", "env", "BankDB", {})),
        ("oracle://scott@db:1521/?service_name=B&protocol=tcps", ("scott", "env", None, {"host": "db", "port": 1521, "service_name": "B", "protocol": "tcps"})),
    ],
)  # fmt: skip
def test_a_url_names_a_login(url: str, told: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Host, port and service, a SID, or an alias; the password of the URL, else of the environment."""
    monkeypatch.setenv("LOADSTONE_ORACLE_PASSWORD", "env")
    login = login_of(url)
    assert (login.user, login.password, login.dsn, login.options) == told
    assert "t@ger" not in repr(login) and "env" not in repr(login)


@pytest.mark.parametrize("url", ["oracle://scott@db/BANK?encoding=utf8", "oracle:///BANK"])
def test_a_wrong_url_is_refused(url: str) -> None:
    """An unknown parameter, or no host."""
    with pytest.raises(FixSpec, match="LS-3013"):
        login_of(url)


def test_a_refused_login_says_where_to_look(oracle_url: str) -> None:
    """The password is never part of it."""
    with pytest.raises(Stop, match="LS-3020") as refused:
        connect(oracle_url.replace("tiger", "lion"), "loadstone")
    assert "password is wrong" in str(refused.value) and "lion" not in str(refused.value)


def test_an_unreachable_server_is_named() -> None:
    """The real driver, with nobody listening."""
    with pytest.raises(Stop, match="LS-3020") as refused:
        connect("oracle://scott:tiger@127.0.0.1:1/BANK", "loadstone")
    assert "HINT" in str(refused.value) and "tiger" not in str(refused.value)
    with pytest.raises(Stop, match=r"tnsnames\.ora"):
        connect("oracle://scott:tiger@NOWHERE", "loadstone")
