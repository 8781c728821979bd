"""Object code is kept, found again, and never stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.compiler import objects
from loadstone.compiler.objects import Compiled, fingerprint, folder
from loadstone.compiler.types import BYTES, Scalar
from tests.unit.compiler import samples

TWO = (Scalar.WHOLE, Scalar.WHOLE)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder.cache_clear()
    yield tmp_path / f"loadstone-{os.getuid()}"
    folder.cache_clear()


def test_an_object_is_kept_and_found_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second process compiles nothing."""
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)
    kept = list(cache.glob("*.o"))
    assert len(kept) == 1
    monkeypatch.setattr("loadstone.compiler.machine.compile_object", None)
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)


def test_a_damaged_object_is_compiled_anew(cache: Path) -> None:
    """Half a file, or another one, is never run."""
    Compiled(samples.loops.function)(3, 4)
    path = next(cache.glob("*.o"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)
    assert path.read_bytes() == whole


def test_what_a_kernel_depends_on_changes_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants that it names, kernels that it calls, their constants, and the types of its arguments."""
    names = {fingerprint(samples.loops.function, TWO), fingerprint(samples.several.function, TWO)}
    names.add(fingerprint(samples.count.function, (BYTES, Scalar.WHOLE)))
    names.add(fingerprint(samples.count.function, TWO))
    monkeypatch.setattr(samples, "LIMIT", 8)
    names.add(fingerprint(samples.loops.function, TWO))
    monkeypatch.setattr(samples, "split", samples.arithmetic)
    names.add(fingerprint(samples.several.function, TWO))
    monkeypatch.setattr(samples, "HALVES", samples.HALVES * 2)
    names.add(fingerprint(samples.reals.function, TWO))
    assert len(names) == 7


def test_only_the_newest_objects_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow with every version."""
    monkeypatch.setattr(objects, "KEPT_MAX", 2)
    for sample in (samples.loops, samples.several, samples.reals, samples.arithmetic):
        Compiled(sample.function)(3, 4)
    assert len(list(cache.glob("*.o"))) == 2


def test_a_folder_that_others_may_write_is_not_trusted(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machine code is read from a private folder only; without one, kernels are compiled each time."""
    cache.mkdir(mode=0o777)
    cache.chmod(0o777)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert folder() == tmp_path / "home" / ".cache" / f"loadstone-{os.getuid()}"
    folder.cache_clear()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert folder() is None
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)


def test_a_full_disk_costs_the_cache_only(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that cannot be stored is used all the same."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)
    assert not list(cache.glob("*.o"))


def test_nothing_is_compiled_where_that_is_switched_off() -> None:
    """LOADSTONE_PLAIN_KERNELS=1 runs the same kernels as Python, without LLVM."""
    code = (
        "import sys; from tests.unit.compiler import samples; "
        "assert samples.loops.pick(True)(3, 4) == samples.loops(3, 4); assert 'llvmlite' not in sys.modules"
    )
    environment = {**os.environ, "LOADSTONE_PLAIN_KERNELS": "1", "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
