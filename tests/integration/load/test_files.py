"""Bad, discard and log files: of each data file its own, byte for byte, written anew by every start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runs import load, rows_of

DDL = "CREATE TABLE t (id NUMBER(9) PRIMARY KEY, v VARCHAR2(9));"
FIELDS = "INTO TABLE t WHEN v <> 'skip' FIELDS TERMINATED BY ',' TRAILING NULLCOLS (id, v)"


def test_each_data_file_has_files_of_its_own(target_url: str, here: Path) -> None:
    """In the order of the files, whichever rejects and discards they have."""
    Path("a.dat").write_text("1,a\nx,a\n2,skip\n")
    Path("b.dat").write_text("3,b\n")
    Path("c.dat").write_text("y,c\nz,c\n4,skip\n1,c\n")
    names = (
        "INFILE 'a.dat' DISCARDFILE 'a.dsc' INFILE 'b.dat' DISCARDFILE 'b.dsc' INFILE 'c.dat' BADFILE 'c.rej'"
    )
    receipt = load(f"LOAD DATA {names} APPEND {FIELDS}", target_url, ddl=DDL)
    assert (("a.bad", "c.rej"), ("a.dsc",)) == (receipt.bad_files, receipt.discard_files)
    assert ("x,a\n", "y,c\nz,c\n1,c\n", "2,skip\n") == tuple(
        Path(n).read_text() for n in ("a.bad", "c.rej", "a.dsc")
    )
    assert not Path("b.bad").exists() and not Path("b.dsc").exists() and not Path("c.dsc").exists()
    assert [(1, "a"), (3, "b")] == rows_of(target_url, "SELECT id, v FROM t ORDER BY id")


@pytest.mark.parametrize(
    ("clause", "data", "bad"),
    [
        ("", b"1,a\nx,b", b"x,b\n"),
        ("", b"1,a\r\nx,b\r\n2,c\r\n", b"x,b\r\n"),
        ("\"str '|'\"", b"1,a|x,b|2,c", b"x,b|"),
        ("\"str X'0d0a'\"", b"x,b\r\n1,a\r\n", b"x,b\r\n"),
        ('"fix 4"', b"1,a x,b 2,c ", b"x,b "),
        ('"var 2"', b"031,a03x,b032,c", b"03x,b"),
    ],
    ids=["no newline at the end", "crlf", "str", "hex", "fix", "var"],
)
def test_a_refused_record_keeps_its_bytes_and_its_frame(
    clause: str, data: bytes, bad: bytes, tmp_path: Path, here: Path
) -> None:
    """In the record format of the data file, so that the bad file can be loaded again; a lost terminator is given."""
    url = str(tmp_path / "bank.db")
    Path("in.dat").write_bytes(data)
    control = f"LOAD DATA INFILE 'in.dat' {clause} APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS (id, v)"
    assert 1 == load(control, url, ddl=DDL).counts.rejected
    assert bad == Path("in.bad").read_bytes()
    again = load(control.replace("in.dat", "in.bad"), url, bad="next.bad")
    assert (1, 1) == (again.counts.read, again.counts.rejected)
    assert bad == Path("next.bad").read_bytes()


def test_records_of_several_lines_are_refused_whole(tmp_path: Path, here: Path) -> None:
    """CONTINUEIF and CONCATENATE: all physical records of the logical one, as they stood."""
    Path("in.dat").write_text("*1\n ,a\n*x\n ,b\n*2\n ,c\n")
    control = "LOAD DATA INFILE 'in.dat' APPEND CONTINUEIF THIS (1) = '*' INTO TABLE t FIELDS TERMINATED BY ',' (id, v)"
    assert 2 == load(control, str(tmp_path / "a.db"), ddl=DDL).counts.loaded
    assert "*x\n ,b\n" == Path("in.bad").read_text()
    Path("in.dat").write_text("1,\na\nx,\nb\n")
    control = "LOAD DATA INFILE 'in.dat' APPEND CONCATENATE 2 INTO TABLE t FIELDS TERMINATED BY ',' (id, v)"
    assert 1 == load(control, str(tmp_path / "b.db"), ddl=DDL).counts.loaded
    assert "x,\nb\n" == Path("in.bad").read_text()


def test_a_second_start_writes_the_files_anew(target_url: str, here: Path) -> None:
    """Also under other names, from what the target holds; only a finished load leaves them alone."""
    Path("in.dat").write_text("1,a\nx,b\ny,c\n2,d\n")
    control = f"LOAD DATA INFILE 'in.dat' APPEND {FIELDS}"
    load(control, target_url, ddl=DDL, load=2)
    assert "x,b\n" == Path("in.bad").read_text()
    Path("in.bad").unlink()
    load(control, target_url, bad="other.bad")
    assert "x,b\ny,c\n" == Path("other.bad").read_text() and not Path("in.bad").exists()


def test_a_load_without_rejects_leaves_no_bad_file(target_url: str, here: Path) -> None:
    """And does not touch an old one of that name."""
    Path("in.dat").write_text("1,a\n")
    Path("in.bad").write_text("old")
    receipt = load(f"LOAD DATA INFILE 'in.dat' APPEND {FIELDS}", target_url, ddl=DDL)
    assert ((), "old") == (receipt.bad_files, Path("in.bad").read_text())
    assert Path("load.log").stat().st_mode & 0o077 == 0


def test_inline_data_have_their_rejects_beside_the_control_file(target_url: str, here: Path) -> None:
    """After BEGINDATA everything is data, comments too."""
    control = f"LOAD DATA INFILE * APPEND {FIELDS}\nBEGINDATA\n1,a\n-- no comment,x\n2,b\n"
    receipt = load(control, target_url, ddl=DDL)
    assert (3, 2, 1) == (receipt.counts.read, receipt.counts.loaded, receipt.counts.rejected)
    assert "-- no comment,x\n" == Path("load.bad").read_text()


def test_lob_files_become_values(target_url: str, here: Path) -> None:
    """Named by a field, from here or from beside the control file; a missing one is NULL with a warning."""
    Path("one.txt").write_text("text ünd\nlines")
    Path("in.dat").write_text("1,one.txt\n2,none.txt\n3,\n")
    control = (
        "LOAD DATA CHARACTERSET AL32UTF8 INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ',' TRAILING NULLCOLS"
        " (id, f FILLER CHAR(40), doc LOBFILE(f) TERMINATED BY EOF)"
    )
    receipt = load(control, target_url, ddl="CREATE TABLE t (id NUMBER(3), doc CLOB);")
    assert [(1, "text ünd\nlines"), (2, None), (3, None)] == rows_of(
        target_url, "SELECT id, doc FROM t ORDER BY id"
    )
    assert any("none.txt" in warning for warning in receipt.warnings)
    told = Path(receipt.log_file or "").read_text()
    for row, reason in ((2, "none.txt: No such file or directory"), (3, "it has no name")):
        assert (
            f"\nSQL*Loader-462: error inserting LOB into column DOC, row {row}, table T\n"
            f"SQL*Loader-646: lob set to EMPTY in column DOC, row {row}, table T\n"
            f"the file of the LOB cannot be read: {reason}\n"
        ) in told
    assert told.index("SQL*Loader-462") < told.index("\nTable T:\n")


def test_lob_files_have_a_prefix_and_a_condition(here: Path) -> None:
    """SDF_PREFIX stands in front of their names; where NULLIF holds no file is looked for."""
    Path("lobs").mkdir()
    Path("lobs/one.txt").write_text("one")
    Path("in.dat").write_text("1,one.txt\n2,none\n")
    control = (
        "OPTIONS (SDF_PREFIX='lobs/') LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ','"
        " (id, f FILLER CHAR(40), doc LOBFILE(f) TERMINATED BY EOF NULLIF f = 'none',"
        " same LOBFILE(CONSTANT 'one.txt') TERMINATED BY EOF NULLIF id = '1')"
    )
    receipt = load(control, "bank.db", ddl="CREATE TABLE t (id NUMBER(3), doc CLOB, same CLOB);")
    assert [(1, "one", None), (2, None, "one")] == rows_of(
        "bank.db", "SELECT id, doc, same FROM t ORDER BY id"
    )
    assert not receipt.warnings


def test_binary_lob_files_are_bytes(target_url: str, here: Path) -> None:
    """A picture is no text: into a BLOB it goes as it is."""
    picture = bytes(range(256)) * 3
    Path("p.png").write_bytes(picture)
    Path("in.dat").write_text("1,p.png\n")
    control = (
        "LOAD DATA INFILE 'in.dat' APPEND INTO TABLE t FIELDS TERMINATED BY ','"
        " (id, f FILLER CHAR(40), pic LOBFILE(f) TERMINATED BY EOF)"
    )
    load(control, target_url, ddl="CREATE TABLE t (id NUMBER(3), pic BLOB);")
    [(found,)] = rows_of(target_url, "SELECT pic FROM t")
    assert picture == bytes(found)


@pytest.mark.parametrize("order", ["BIG", "LITTLE"])
def test_hexadecimal_literals_name_code_units(order: str, here: Path) -> None:
    """Delimiters, record ends and conditions of UTF-16 data, the higher byte first whatever the data's order is."""
    codec = f"utf-16-{order[0].lower()}e"
    Path("in.dat").write_bytes("1|,é,|~\r\n2|,b,|~\r\n9|,c,|~\r\n".encode(codec))
    control = (
        f"LOAD DATA CHARACTERSET UTF16 BYTEORDER {order} INFILE 'in.dat' \"str X'007E000D000A'\" APPEND INTO TABLE t"
        " WHEN id <> X'0039' FIELDS TERMINATED BY X'007C' OPTIONALLY ENCLOSED BY X'002C' (id, name)"
    )
    receipt = load(control, "bank.db", ddl="CREATE TABLE t (id NUMBER(3), name VARCHAR2(9));")
    assert [(1, "é"), (2, "b")] == rows_of("bank.db", "SELECT id, name FROM t ORDER BY id")
    assert 1 == receipt.counts.discarded
