"""Tables that a script changes after it has made them, as exports do."""

from __future__ import annotations

from loadstone.targets.ddl import DdlTable, read_ddl
from loadstone.targets.ddl.model import DdlType

MADE = 'CREATE TABLE "HR"."T" ("ID" NUMBER, "NAME" VARCHAR2(25 BYTE), "PAID" DATE);\n'


def after(script: str, name: str = "T") -> DdlTable:
    """The table when the script has run behind ``MADE``."""
    schema = read_ddl(MADE + script)
    assert [] == schema.warnings
    return schema.tables[name]


def names_of(table: DdlTable) -> list[str]:
    """Names of columns in order."""
    return [column.name for column in table.columns]


def test_an_export_says_not_null_afterwards() -> None:
    """SQL Developer writes a MODIFY for each column, with or without a name of the constraint."""
    made = after(
        'ALTER TABLE "HR"."T" MODIFY ("ID" NOT NULL ENABLE);\n'
        "ALTER TABLE HR.T MODIFY (PAID CONSTRAINT CC_PAID_NN NOT NULL ENABLE NOVALIDATE)\n/\n"
    )
    assert [True, False, True] == [column.not_null for column in made.columns]


def test_modify_changes_what_it_says() -> None:
    """Type and default of several columns; NULL takes NOT NULL back; what is no column of it is passed over."""
    made = after(
        "ALTER TABLE t MODIFY (id NUMBER(9) DEFAULT 0 NOT NULL, name VARCHAR2(50 CHAR));\n"
        "ALTER TABLE t MODIFY COLUMN paid TIMESTAMP(3) MODIFY id NULL;\n"
        "ALTER TABLE t MODIFY CONSTRAINT x DISABLE;\nALTER TABLE t MODIFY PARTITION p1 SHRINK SPACE;"
    )
    number, name, paid = made.columns
    assert (DdlType(name="NUMBER", size=9), "0", False) == (number.type, number.default, number.not_null)
    assert DdlType(name="VARCHAR2", size=50, chars=True) == name.type
    assert DdlType(name="TIMESTAMP", size=3) == paid.type


def test_columns_and_keys_are_added_in_every_form() -> None:
    """One, several in parentheses, several ADDs, constraints between them; a column that is there stays."""
    made = after(
        "ALTER TABLE t ADD a NUMBER DEFAULT 1 NOT NULL ADD CONSTRAINT t_pk PRIMARY KEY (id) USING INDEX ENABLE;\n"
        "ALTER TABLE t ADD (b DATE, c VARCHAR2(3), UNIQUE (name), CHECK (c > 0));\nALTER TABLE t ADD COLUMN name DATE;"
    )
    assert ["ID", "NAME", "PAID", "A", "B", "C"] == names_of(made)
    assert (["ID"], [["NAME"]], ["CHECK"]) == (made.primary_key, made.uniques, made.passed_over)
    assert ("1", True) == (made.columns[3].default, made.columns[3].not_null)


def test_what_is_dropped_is_gone() -> None:
    """Columns in both forms with the keys over them, keys by themselves, unused columns."""
    keys = "ALTER TABLE t ADD PRIMARY KEY (id);\nALTER TABLE t ADD (UNIQUE (name), UNIQUE (paid), e DATE, f DATE);\n"
    made = after(keys + "ALTER TABLE t DROP COLUMN name CASCADE CONSTRAINTS;\nALTER TABLE t DROP (id, e);")
    assert (["PAID", "F"], [], [["PAID"]]) == (names_of(made), made.primary_key, made.uniques)
    made = after(
        keys
        + "ALTER TABLE t DROP PRIMARY KEY;\nALTER TABLE t DROP UNIQUE (name);\nALTER TABLE t SET UNUSED COLUMN e;\n"
        "ALTER TABLE t SET UNUSED (f);\nALTER TABLE t DROP CONSTRAINT x;"
    )
    assert (["ID", "NAME", "PAID"], [], [["PAID"]]) == (names_of(made), made.primary_key, made.uniques)


def test_keys_are_enabled_and_disabled_by_name_and_columns() -> None:
    """A key that is made disabled holds when it is enabled later, as scripts do around an index of their own."""
    keys = (
        "ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY (id) DISABLE NOVALIDATE;\n"
        "ALTER TABLE t ADD CONSTRAINT t_u UNIQUE (name);\n"
    )
    assert ([], [["NAME"]]) == (after(keys).primary_key, after(keys).uniques)
    made = after(keys + "ALTER TABLE t ENABLE CONSTRAINT t_pk DISABLE NOVALIDATE UNIQUE (name);")
    assert (["ID"], []) == (made.primary_key, made.uniques)
    made = after(
        keys + "ALTER TABLE t MODIFY PRIMARY KEY ENABLE;\nALTER TABLE t MODIFY CONSTRAINT t_u RELY DISABLE;\n"
        "ALTER TABLE t ENABLE ROW MOVEMENT;\nALTER TABLE t DISABLE CONSTRAINT other;"
    )
    assert (["ID"], []) == (made.primary_key, made.uniques)
    made = after(
        keys + "ALTER TABLE t RENAME CONSTRAINT t_pk TO p;\nALTER TABLE t ENABLE VALIDATE CONSTRAINT p;\n"
        "ALTER TABLE t DROP CONSTRAINT t_u CASCADE DROP COLUMN paid;"
    )
    assert (["ID"], [], ["ID", "NAME"]) == (made.primary_key, made.uniques, names_of(made))


def test_names_change_with_their_keys() -> None:
    """A column with what is over it, and the table itself."""
    made = after(
        "ALTER TABLE t ADD PRIMARY KEY (id);\nALTER TABLE t ADD UNIQUE (id, name);\n"
        'ALTER TABLE t RENAME COLUMN id TO "Key";\nALTER TABLE t RENAME TO u;',
        "U",
    )
    assert ("U", ["Key", "NAME", "PAID"], True) == (made.name, names_of(made), made.columns[0].quoted)
    assert (["Key"], [["Key", "NAME"]]) == (made.primary_key, made.uniques)


def test_every_definition_of_a_name_is_changed() -> None:
    """A script that makes a table twice says afterwards what holds for both; of a table that it does not make, nothing."""
    schema = read_ddl(
        MADE + "DROP TABLE t;\n" + MADE + "ALTER TABLE t ADD x DATE;\nALTER TABLE other ADD x DATE;"
    )
    assert [["ID", "NAME", "PAID", "X"]] * 2 == [names_of(one) for one in schema.versions["T"]]
