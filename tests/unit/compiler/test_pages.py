"""LLVM's own memory goes once kernels are linked, and comes back when further ones are."""

from __future__ import annotations

import mmap
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.compiler import objects, pages
from loadstone.compiler.objects import Compiled, release_pages
from tests.unit.compiler import samples

linux = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="/proc is Linux's own")


def resident_bytes(name: str) -> int:
    """What of a library's file is in this process's memory."""
    found, inside = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if ":" not in line.split()[0]:
            inside = name in line
        elif inside and line.startswith("Rss:"):
            found += int(line.split()[1]) << 10
    return found


@linux
def test_what_llvm_only_reads_goes_and_kernels_run_on() -> None:
    """Those that are linked, and those that are linked later."""
    assert Compiled(samples.loops.function)(3, 4) == samples.loops(3, 4)
    before = resident_bytes("libllvmlite")
    assert pages.release("libllvmlite") > 50 << 20
    assert resident_bytes("libllvmlite") < before / 4
    assert Compiled(samples.loops.function)(5, 6) == samples.loops(5, 6)
    assert Compiled(samples.several.function)(5, 6) == samples.several(5, 6)


@linux
def test_a_load_lets_it_go_once_for_the_kernels_that_it_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunk after chunk it has nothing more to do."""
    released: list[str] = []
    monkeypatch.setattr(pages, "release", released.append)
    Compiled(samples.loops.function)(3, 4)
    for _ in range(3):
        release_pages()
    assert ["libllvmlite"] == released
    assert not objects._linked.is_set()


@linux
def test_what_is_no_library_is_left_alone(tmp_path: Path) -> None:
    """A file that is mapped tells nothing of what may be let go."""
    (tmp_path / "mapped.bin").write_bytes(b"x" * 8192)
    with (tmp_path / "mapped.bin").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ):
        assert 0 == pages.release("mapped.bin")


@linux
def test_a_library_whose_file_is_gone_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update replaced it while the load ran."""
    maps = tmp_path / "maps"
    maps.write_text(
        f"7f0000000000-7f0000001000 r-xp 00000000 00:01 7   {tmp_path}/libllvmlite.so (deleted)\n"
    )
    monkeypatch.setattr(pages, "_MAPS", maps)
    assert 0 == pages.release("libllvmlite")


def test_other_systems_keep_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``/proc`` nothing is known of the process's memory."""
    monkeypatch.setattr(pages, "_MAPS", tmp_path / "maps")
    assert 0 == pages.release("libllvmlite")


FREED = """
import resource, threading
import numpy as np
from loadstone.compiler.pages import keep_freed

def faults():
    def piece():
        [np.ones(100_000) for _ in range(20)]
    piece(); piece()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        piece()
    found.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)

found = []
keep_freed()
faults()
worker = threading.Thread(target=faults)
worker.start()
worker.join()
print(*found)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_freed_arrays_serve_the_next_piece() -> None:
    """Else each of ten pieces of 16 MB has 3,900 new pages from the system; in every thread."""
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    assert all(int(faults) < 2_000 for faults in done.stdout.split()), done.stdout
