"""Packed decimals, character sets, and the state of a file that was cut off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from loadstone.errors import FixFile, FixSpec
from loadstone.output.batches import Batch
from loadstone.output.encode import Unencodable, encode_of, mark_of
from loadstone.output.model import Column, OutputSpec
from loadstone.output.packed import encoder, packed_texts, single_byte
from loadstone.output.state import Progress, forget, resumed_hash, store, stored


def packed(values: list[str | None], width: int, **form: Any) -> str:
    """The bytes of packed fields one behind the other, in hexadecimal, as EBCDIC has them."""
    column = Column(name="c", packed=True, width=width, **form)
    batch = Batch(record0=0, columns=[pa.array(["9", *values], pa.string())[1:]])
    texts = "".join(packed_texts(batch, column, 0).to_pylist())
    spec = OutputSpec.model_validate(
        {
            "file": "x",
            "rows": {"table": "t"},
            "layout": {"kind": "fixed"},
            "encoding": "cp500",
            "columns": [column.model_dump()],
        }
    )
    return bytes(encode_of(spec)(memoryview(texts.encode()))).hex()


@pytest.mark.parametrize(
    ("values", "width", "form", "expected"),
    [
        pytest.param(["12345"], 3, {}, "12345c", id="full"),
        pytest.param(["-1", "0", None], 2, {}, "001d000c000c", id="minus, zero, null"),
        pytest.param(["1.5", "-0.07"], 3, {"decimals": 2}, "00150c00007d", id="decimals"),
        pytest.param(["1.005"], 2, {"decimals": 2, "rounding": "half_up"}, "101c", id="rounded"),
        pytest.param(["7"], 1, {}, "7c", id="one byte"),
        pytest.param(["99"] * 3, 2, {}, "099c" * 3, id="each byte of several rows"),
    ],
)
def test_packed_digits(values: list[str | None], width: int, form: dict[str, Any], expected: str) -> None:
    """Two digits a byte, the sign in the last half: C from zero on, D below; NULL is zero."""
    assert expected == packed(values, width, **form)


def test_a_packed_value_that_has_no_room_is_refused() -> None:
    """2n - 1 digits in n bytes, without the sign; the first record is named."""
    assert "999c" == packed(["999"], 2)
    with pytest.raises(FixFile) as told:
        packed(["1", "-1000", "2000"], 2)
    assert ("LS-8010", 2) == (told.value.code, told.value.place.record_no)


def test_every_byte_has_its_private_character() -> None:
    """What is packed comes out as it is, whatever the character set makes of such a byte; texts as the set has them."""
    table = encoder("cp500")
    assert list(range(256)) == [table[0xE000 + byte] for byte in range(256)]
    assert [0xC1, 0xF9, 0x40] == [table[ord(char)] for char in "A9 "]


@pytest.mark.parametrize(
    ("encoding", "single"),
    [("cp500", True), ("cp1252", True), ("ascii", True), ("utf-8", False), ("utf-16", False), ("cp932", False), ("no-such", False)],
)  # fmt: skip
def test_sets_of_single_bytes_are_told(encoding: str, single: bool) -> None:
    """Only those can hold packed bytes between their characters."""
    assert single is single_byte(encoding)


def test_text_is_encoded_or_the_character_is_named() -> None:
    """UTF-8 passes without a copy; another set tells the very character that it does not have."""
    base: dict[str, Any] = {"file": "x", "rows": {"table": "t"}, "layout": {"kind": "delimited"}}
    data = memoryview("aé".encode())
    assert data is encode_of(OutputSpec.model_validate(base))(data)
    assert b"a\xe9" == encode_of(OutputSpec.model_validate({**base, "encoding": "cp1252"}))(data)
    with pytest.raises(Unencodable, match=r"U\+65E5") as told:
        encode_of(OutputSpec.model_validate({**base, "encoding": "cp1252"}))(memoryview("a日".encode()))
    assert "日" == told.value.char
    packed_spec = {
        **base,
        "layout": {"kind": "fixed"},
        "columns": [{"name": "c", "packed": True, "width": 2}],
    }
    with pytest.raises(FixSpec, match="single bytes") as refused:
        encode_of(OutputSpec.model_validate(packed_spec))
    assert "LS-8002" == refused.value.code
    with pytest.raises(Unencodable):
        encode_of(OutputSpec.model_validate({**packed_spec, "encoding": "cp500"}))(memoryview("日".encode()))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-16", b"\xff\xfe"), ("UTF-8-SIG", b"\xef\xbb\xbf"), ("utf_32", b"\xff\xfe\0\0"), ("utf-16-be", b""), ("utf-8", b"")],
    ids=["utf-16", "utf-8-sig", "utf-32", "utf-16-be", "utf-8"],
)  # fmt: skip
def test_a_byte_order_mark_is_for_the_file_and_not_for_its_pieces(encoding: str, mark: bytes) -> None:
    """Pieces put together behind the mark are read as one text."""
    spec = OutputSpec.model_validate(
        {"file": "x", "rows": {"table": "t"}, "layout": {"kind": "delimited"}, "encoding": encoding}
    )
    encode = encode_of(spec)
    pieces = [bytes(encode(memoryview(one.encode()))) for one in ("é;", "日\n")]
    assert mark == mark_of(spec)
    assert "é;日\n" == b"".join([mark, *pieces]).decode(encoding)


@pytest.mark.parametrize("encoding", ["no-such", "hex", "rot13", "undefined"])
def test_what_is_no_character_set_is_refused(encoding: str) -> None:
    """Also codecs of Python's that make no text into bytes."""
    with pytest.raises(ValidationError, match="no character set"):
        OutputSpec.model_validate(
            {"file": "x", "rows": {"table": "t"}, "layout": {"kind": "delimited"}, "encoding": encoding}
        )


@pytest.fixture
def cut_off(tmp_path: Path) -> tuple[Path, Path, Progress]:
    """State, body with a tail that is not stored, and what was stored of it."""
    body, state = tmp_path / "out.part", tmp_path / "out.part.json"
    body.write_bytes(b"durable" * 1000 + b"tail")
    done = Progress(
        made_from="spec",
        size_bytes=7000,
        sha256=_hash(body, 7000),
        records=3,
        key=("5", "b"),
        totals={"count": "3", "max(a)": None},
        writer={"batch": 2},
    )
    store(state, done)
    return state, body, done


def _hash(body: Path, size: int) -> str:
    return resumed_hash(body, size).hexdigest()


def test_what_is_stored_comes_back(cut_off: tuple[Path, Path, Progress]) -> None:
    """All of it, for the same spec over a body that still has its prefix; and also where it has nothing more."""
    state, body, done = cut_off
    assert done == stored(state, body, "spec")
    body.write_bytes(b"durable" * 1000)
    assert done == stored(state, body, "spec")


def test_a_state_that_does_not_fit_is_none(cut_off: tuple[Path, Path, Progress]) -> None:
    """Another spec, a body that is shorter, changed or gone, and a state that is damaged or gone."""
    state, body, _ = cut_off
    assert stored(state, body, "other") is None
    body.write_bytes(b"durable" * 999)
    assert stored(state, body, "spec") is None
    body.write_bytes(b"Durable" + b"durable" * 999)
    assert stored(state, body, "spec") is None
    body.unlink()
    assert stored(state, body, "spec") is None
    whole = state.read_text()
    for damaged in (whole[:-5], "[]", "{}", json.dumps({**json.loads(whole), "more": 1})):
        state.write_text(damaged)
        assert stored(state, body, "spec") is None
    forget(state, body)
    assert not state.exists() and stored(state, body, "spec") is None
    forget(state)
