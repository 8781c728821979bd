"""What each command refuses: its code and hints in words, the same in JSON, nothing half done, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.repository import put_repository
from tests.terminal import loadstone

FILES = {
    "broken.yaml": "a: [1\n",
    "empty.yaml": "{}\n",
    "lists.yaml": "sources: []\n",
    "broken.ctl": "LOAD DATA INTO t (a)\n",
    "good.ctl": "LOAD DATA INFILE 'good.dat' INTO TABLE t APPEND FIELDS TERMINATED BY ',' (a)\n",
    "good.dat": "1\n",
    "plain.txt": "plain\n",
    "deep.yaml": "[" * 5000,
    "endless.yaml": "a: &a [*a]\n",
    "other.db": "no database, however long one looks at it\n" * 30,
}

REFUSED = """
LS-1033 load none.ctl --target x.db
LS-1001 load broken.ctl --target x.db
LS-2001 load good.ctl --target x.db --data none.dat
LS-2001 load good.ctl --target x.db --data LONG
LS-3001 load good.ctl --target x.db
LS-3020 load good.ctl --target other.db
LS-3010 load good.ctl --target what://x
LS-6001 load good.ctl
LS-1094 load broken.yaml --target x.db
LS-1095 load empty.yaml --target x.db
LS-6006 load good.ctl --target x.db --errors many
LS-6006 load good.ctl --target x.db --no-such-option
LS-1097 load good.ctl --target x.db --bad good.dat
LS-1097 load good.ctl --target x.db --rejects-jsonl good.dat
LS-1097 load good.ctl --target x.db --log x.db
LS-1094 explain deep.yaml --target x.db
LS-1094 explain endless.yaml --target x.db
LS-7602 sources add deep.yaml
LS-3020 explain good.ctl --target other.db
LS-6060 rejects --target other.db --output other.db
LS-1033 check none.ctl
LS-1033 explain none.ctl --target x.db
LS-6020 check none.yaml
LS-6020 explain none.yaml --target x.db
LS-6020 load none.yaml --target x.db
LS-1001 explain broken.ctl --target x.db
LS-3001 explain good.ctl --target x.db
LS-2002 detect none.dat
LS-2002 totals none.dat
LS-2050 totals plain.txt
LS-6020 write none.yaml
LS-8001 write broken.yaml
LS-8002 write empty.yaml
LS-6004 rejects --target none.db
LS-6020 jobs store none.yaml
LS-7101 jobs store broken.yaml
LS-7102 jobs store empty.yaml
LS-7105 jobs approve none
LS-7105 jobs retire none
LS-7105 jobs show none
LS-6006 jobs pool none -1
LS-7105 jobs launch none
LS-7128 jobs launch none x
LS-7105 jobs runs none
LS-7115 jobs run 9
LS-6006 jobs run x
LS-7105 jobs tune none
LS-7129 jobs workers --stop none
LS-7115 jobs stop 9
LS-7115 jobs pause 9
LS-7115 jobs resume 9
LS-7115 jobs abandon 9 --reason r
LS-6006 jobs abandon 9
LS-6020 schedules store none.yaml
LS-7205 schedules store broken.yaml
LS-7205 schedules store empty.yaml
LS-7205 schedules store lists.yaml
LS-7208 schedules ticks none
LS-7208 schedules enable none
LS-7208 schedules disable none
LS-7208 schedules backfill none --from 2026-01-01 --to 2026-01-02
LS-7209 schedules backfill none --from 2026-01-03 --to 2026-01-02
LS-7209 schedules backfill none --from x --to 2026-01-02
LS-7301 deadletters show 9
LS-6006 deadletters correct 9
LS-7301 deadletters correct 9 --text x
LS-7301 deadletters replay 9
LS-7301 deadletters drop 9 --reason r
LS-7404 connections test none
LS-7404 connections reset none
LS-7604 sources show none
LS-6020 sources add none.yaml
LS-7602 sources add broken.yaml
LS-7602 sources add empty.yaml
LS-7602 sources add lists.yaml
LS-7602 sources import empty.yaml
LS-7604 sources edit none a=1
LS-7602 sources edit none a
LS-7602 sources edit none a=2026-13-45
LS-7602 sources edit none a=[
LS-7604 sources remove none
LS-6020 sources import none.yaml
LS-7602 sources import broken.yaml
LS-7604 sources export none
LS-7604 feeds list none
LS-7604 feeds show none
LS-6020 feeds add none.yaml
LS-7602 feeds add empty.yaml
LS-7602 feeds add lists.yaml
LS-7604 feeds edit none a=1
LS-7604 feeds remove none
LS-7504 notifications test none
LS-7503 notifications acknowledge 9
LS-6006 sources show ESCAPE
LS-6006 jobs launch ESCAPE
LS-6006 feeds list ESCAPE
LS-6005 errors LS-0000
LS-6006 nothing
"""

WITHOUT_JSON = """
LS-1033 convert none.ctl
LS-1094 convert broken.yaml
LS-2002 propose none.dat
LS-6060 propose good.dat --output good.dat
LS-6060 propose good.dat --copybook plain.txt -o plain.txt
LS-1120 propose plain.txt --copybook none.cpy
LS-3010 target init what://x
LS-3020 target prune other.db
LS-7009 repository downgrade zzz
"""


def rows_of(table: str) -> list[tuple[str, str]]:
    """Code and command of each line."""
    return [(line[:7], line[8:]) for line in table.strip().splitlines()]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files, and an empty repository in it; a refusal changes neither."""
    folder = tmp_path_factory.mktemp("refusals")
    for name, content in FILES.items():
        (folder / name).write_text(content)
    put_repository(folder / "repository.db")
    return folder


@pytest.fixture(autouse=True)
def inside(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That folder is the working directory, and nothing of the environment names a target."""
    monkeypatch.chdir(room)
    monkeypatch.setenv("LOADSTONE_REPOSITORY", "repository.db")
    monkeypatch.delenv("LOADSTONE_TARGET", raising=False)


@pytest.mark.parametrize(("code", "command"), rows_of(REFUSED), ids=lambda part: part)
def test_a_refusal_is_the_same_in_words_and_as_json(code: str, command: str) -> None:
    """Exit code 1 (3 where the system refuses), nothing but the error; the JSON has all that the words have."""
    words = command.replace("LONG", "n" * 300).replace("ESCAPE", "caf\udce9").split()
    said, told = loadstone(*words), loadstone(*words, "--json")
    exit_code = 3 if code == "LS-3020" else 1
    assert (exit_code, "", exit_code, "") == (said.code, said.out, told.code, told.err)
    assert said.err.startswith(f"[{code}] ") and "\nHINT: " in said.err and "Traceback" not in said.err
    answer = json.loads(told.out)
    assert {"ok", "errors"} <= set(answer) and answer["ok"] is False
    first = answer["errors"][0]
    assert {"code", "message", "file", "line", "column", "hints"} <= set(first)
    assert code == first["code"]
    assert first["message"] in said.err
    assert all(f"HINT: {hint}" in said.err for hint in first["hints"]) and first["hints"]
    if first["file"]:
        assert f"[{code}] {first['file']}" in said.err


@pytest.mark.parametrize(("code", "command"), rows_of(WITHOUT_JSON), ids=lambda part: part)
def test_a_command_without_json_says_so(code: str, command: str) -> None:
    """What prints a file or a script has no ``--json``: it refuses that by name, and its own faults in words."""
    words = command.split()
    said, told = loadstone(*words), loadstone(*words, "--json")
    assert (3 if code == "LS-3020" else 1, "") == (said.code, said.out)
    assert said.err.startswith(f"[{code}] ") and "\nHINT: " in said.err and "Traceback" not in said.err
    answer = json.loads(told.out)
    assert (1, "LS-6006") == (told.code, answer["errors"][0]["code"])
    assert answer["errors"][0]["message"].endswith("does not take --json")


def test_refusals_leave_nothing_behind(room: Path) -> None:
    """No target is made of a load that was refused before it began, no part file, no log."""
    for command in ("load broken.ctl --target new.db", "load good.ctl --target new.db --data none.dat"):
        assert 1 == loadstone(*command.split()).code
    left = {path.name for path in room.iterdir()} - set(FILES)
    assert not [name for name in left if name.endswith((".part", ".log", ".bad")) or name.startswith("new")]
