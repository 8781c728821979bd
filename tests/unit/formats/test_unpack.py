"""Files in containers: what they hold, which member is meant, and the limits against bombs."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from loadstone.errors import FixFile
from loadstone.formats import unpack
from loadstone.formats.inputs import open_input, read_fully, size_of, unpacked
from tests.packed import PACKERS, tarred, zipped
from tests.tokens import records_of

DATA = bytes(range(256)) * 3000
PAIRS = [("zip", "gz"), ("gz", "zip"), ("tar", "gz"), ("gz", "tar"), ("zip", "zip"), ("xz", "tar"), ("bz2", "zst"), ("zip", "tar")]  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file whose name tells nothing."""
    return tmp_path / "x.dat"


def content(path: Path, member: str | None = None) -> bytes:
    """All of it."""
    with open_input(str(path), member) as stream:
        return read_fully(stream, 1 << 30, name="x")


@pytest.mark.parametrize("kind", PACKERS)
def test_each_container_gives_what_it_holds(kind: str, path: Path) -> None:
    """Whatever the name is; the size is told by the data or not at all."""
    path.write_bytes(PACKERS[kind](DATA))
    assert DATA == content(path)
    assert (kind,) == unpacked(str(path)).containers
    assert size_of(str(path)) in (None, len(DATA))


@pytest.mark.parametrize("pair", PAIRS, ids=" in ".join)
def test_containers_stand_in_one_another(pair: tuple[str, str], path: Path) -> None:
    """The inner one first in the name of the case."""
    path.write_bytes(PACKERS[pair[1]](PACKERS[pair[0]](DATA)))
    assert DATA == content(path)
    assert (pair[1], pair[0]) == unpacked(str(path)).containers


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_streams_follow_one_another(kind: str, path: Path) -> None:
    """As tools that append write them, with zeros behind the last as tapes do."""
    path.write_bytes(PACKERS[kind](DATA) + PACKERS[kind](b"more") + b"\0" * 512)
    assert DATA + b"more" == content(path)


@pytest.mark.parametrize("kind", PACKERS)
def test_what_packs_badly_comes_out_whole(kind: str, path: Path) -> None:
    """Packed bytes that are many times what is taken at once, and several streams of them."""
    data = random.Random(1).randbytes(300_000)
    streams = 1 if kind in ("zip", "tar", "zlib") else 3
    path.write_bytes(PACKERS[kind](data) * streams)
    assert data * streams == content(path)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_container_that_is_cut_off_is_damaged(kind: str, path: Path) -> None:
    """LS-2003, never a shorter file."""
    packed = PACKERS[kind](DATA)
    path.write_bytes(packed[: len(packed) - 8 if kind != "tar" else len(DATA) // 2])
    with pytest.raises(FixFile) as caught:
        content(path)
    assert "LS-2003" == caught.value.code


def test_records_load_from_containers(path: Path) -> None:
    """Delimited and fixed records, and from a byte in the middle of them."""
    path.write_bytes(PACKERS["zip"](PACKERS["bz2"](b"a,b\nc,d\n" * 50)))
    assert [["a", "b"], ["c", "d"]] * 50 == records_of(
        "INFILE 'x' INTO TABLE t FIELDS TERMINATED BY ',' (a, b)", str(path), chunk=33
    )


MEMBERS = {"a/pay.csv": b"pay", "b/acc.csv": b"acc", "README.txt": b"read", "__MACOSX/pay.csv": b"mac"}


@pytest.mark.parametrize("archive", [zipped, tarred], ids=["zip", "tar"])
def test_a_member_is_chosen_by_name_or_pattern(archive: object, path: Path) -> None:
    """The only file where nobody says which; what systems put beside it does not count."""
    path.write_bytes(archive(MEMBERS))  # type: ignore[operator]
    assert (b"pay", b"acc", b"read") == (content(path, "a/pay.csv"), content(path, "*acc*"), content(path, "README.txt"))
    for member, told in ((None, "2 members could be meant: a/pay.csv, b/acc.csv"), ("*.xls", "no member is named *.xls"), ("[ab]*", "2 members")):
        with pytest.raises(FixFile) as caught:
            content(path, member)
        assert "LS-2027" == caught.value.code and told in caught.value.message
    path.write_bytes(archive({name: MEMBERS[name] for name in ("README.txt", "a/pay.csv")}))  # type: ignore[operator]
    assert b"pay" == content(path)


def test_members_of_archives_in_one_another(path: Path) -> None:
    """Parted by two strokes; a name that nothing takes is refused."""
    path.write_bytes(zipped({"one.zip": zipped(MEMBERS), "two.zip": b"x"}))
    assert b"acc" == content(path, "one.zip//b/*")
    with pytest.raises(FixFile, match="it is no archive"):
        content(path, "two.zip//x")


def test_a_bomb_is_refused_while_it_grows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-2023, over all containers of a file together, after a bounded number of bytes."""
    zeros = bytes(8 << 20)
    for kind in ("bz2", "xz", "zst"):
        path.write_bytes(PACKERS[kind](zeros))
        with pytest.raises(FixFile, match="bomb") as caught:
            content(path)
        assert "LS-2023" == caught.value.code
    path.write_bytes(PACKERS["gz"](PACKERS["gz"](zeros)))
    with pytest.raises(FixFile, match="bomb"):
        content(path)
    monkeypatch.setattr(unpack, "SIZE_MAX_BYTES", 100)
    path.write_bytes(PACKERS["gz"](DATA * 3))
    with pytest.raises(FixFile) as caught:
        content(path)
    assert "LS-2024" == caught.value.code


def test_what_must_lie_on_the_disk_has_a_limit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip in a gz is put there, for its directory stands at its end."""
    monkeypatch.setattr(unpack, "SPOOL_MAX_BYTES", 100)
    path.write_bytes(PACKERS["gz"](zipped({"a": DATA})))
    with pytest.raises(FixFile) as caught:
        content(path)
    assert "LS-2024" == caught.value.code


def test_depth_and_members_have_limits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LS-2022 and LS-2025."""
    data = b"x"
    for _ in range(7):
        data = PACKERS["gz"](data)
    path.write_bytes(data)
    with pytest.raises(FixFile) as caught:
        content(path)
    assert "LS-2022" == caught.value.code
    monkeypatch.setattr(unpack, "MEMBERS_MAX", 1)
    for pack in (zipped, tarred):
        path.write_bytes(pack(MEMBERS))
        with pytest.raises(FixFile) as caught:
            content(path, "README.txt")
        assert "LS-2025" == caught.value.code


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "C:\\x", "..\\x"])
@pytest.mark.parametrize("archive", [zipped, tarred], ids=["zip", "tar"])
def test_names_that_lead_outside_are_refused(name: str, archive: object, path: Path) -> None:
    """The whole archive, also where another member is meant."""
    path.write_bytes(archive({name: b"x", "good": b"y"}))  # type: ignore[operator]
    with pytest.raises(FixFile) as caught:
        content(path, "good")
    assert "LS-2026" == caught.value.code


def test_links_are_refused(path: Path) -> None:
    """Of tar files, and of zip files that Unix wrote."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    linked = zipfile.ZipInfo("link")
    linked.external_attr = 0o120777 << 16
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr(linked, "/etc/passwd")
    for data in (out.getvalue(), other.getvalue()):
        path.write_bytes(data)
        with pytest.raises(FixFile) as caught:
            content(path)
        assert "LS-2026" == caught.value.code


@pytest.mark.parametrize("data", [b"7z\xbc\xaf\x27\x1c" + bytes(40), b"\x04\x22\x4d\x18" + bytes(40)], ids=["7z", "lz4"])
def test_other_containers_are_named(data: bytes, path: Path) -> None:
    """LS-2028 instead of a table of noise; so are encrypted members."""
    path.write_bytes(data)
    with pytest.raises(FixFile) as caught:
        content(path)
    assert "LS-2028" == caught.value.code
    packed = bytearray(zipped({"a": b"secret"}))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(packed))
    with pytest.raises(FixFile, match="encrypted"):
        content(path)


@pytest.mark.parametrize("data", [b"", b"P", b"PK\n", b"BZh,1\n", b"x\x9cyz,1\n", b"ustar," * 200], ids=str)
def test_text_that_looks_like_a_container_is_text(data: bytes, path: Path) -> None:
    """A few first letters do not make one."""
    path.write_bytes(data)
    assert data == content(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_stands_twice_is_not_guessed(kind: str, path: Path) -> None:
    """Which of both is meant cannot be told: the last one of a zip, as some tools take it, or the first, as others do."""
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("pay.csv", b"first")
            archive.writestr("pay.csv", b"second")
    else:
        out.write(tarred({"pay.csv": b"first"})[:1024] + tarred({"pay.csv": b"second"}))
    path.write_bytes(out.getvalue())
    for member in (None, "pay.csv", "p*"):
        with pytest.raises(FixFile) as caught:
            content(path, member)
        assert ("LS-2027", "2 members could be meant: pay.csv, pay.csv") == (caught.value.code, caught.value.message)
