"""LLVM: modules into object code, and object code into this process."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache
from types import FunctionType
from typing import Any

import llvmlite.binding as llvm

from loadstone.compiler.types import ENTRY, Type

_numbers = itertools.count()


def compile_object(function: FunctionType, types: Sequence[Type]) -> bytes:
    """Translate a kernel and all that it calls, optimise, and give the object code."""
    from loadstone.compiler.statements import translate  # what is compiled already needs none of it

    module = llvm.parse_assembly(translate(function, types))
    module.verify()
    target = _target()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    builder = llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    code: bytes = target.emit_object(module)
    return code


def load_object(code: bytes) -> tuple[int, Any]:
    """The address of ``ENTRY``, and what must be kept as long as it is called."""
    name = f"kernel{next(_numbers)}"
    library = llvm.JITLibraryBuilder().add_object_img(code).add_current_process().export_symbol(ENTRY)
    tracker = library.link(_jit(), name)
    return int(tracker[ENTRY]), tracker


# Private functions


@cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2, reloc="pic", codemodel="jitdefault", jit=True
    )
    return machine


@cache
def _jit() -> Any:
    return llvm.create_lljit_compiler(_target())
