"""Compiled kernels give what plain ones give."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import loadstone
from loadstone.compiler.statements import translate
from loadstone.compiler.types import BYTES, Array, Scalar, Type
from loadstone.compiler.values import Untranslatable
from loadstone.datatypes.kernel import Kernel
from tests.unit.compiler import samples

SMALL = st.integers(-60, 60)

needs_compiler = pytest.mark.skipif(
    os.environ.get("LOADSTONE_PLAIN_KERNELS") == "1", reason="kernels run plain"
)
"""Of what only machine code does."""


@given(SMALL, SMALL.filter(bool))
@settings(max_examples=200, deadline=None)
@pytest.mark.parametrize(
    "sample", [samples.arithmetic, samples.comparisons, samples.loops, samples.several, samples.reals]
)
def test_a_compiled_kernel_gives_what_python_gives(sample: Kernel, a: int, b: int) -> None:
    """Division, short circuits, loops, tuples and doubles, for numbers of either sign."""
    assert sample.pick(True)(a, b) == sample(a, b)


EDGES = [
    0,
    1,
    -1,
    2,
    -2,
    7,
    -7,
    8,
    -8,
    63,
    -64,
    255,
    1000,
    -1001,
    2**31 - 1,
    -(2**31),
    2**32,
    2**53 + 1,
    -(2**59),
    2**59 + 7,
]


@pytest.mark.parametrize(
    "sample", [samples.divisions, samples.bits, samples.order], ids=lambda one: one.__name__
)
def test_numbers_at_the_edges_are_computed_as_in_python(sample: Kernel) -> None:
    """Quotients round down and remainders have the divisor's sign, shifts keep the sign, up to 60 bits."""
    compiled = sample.pick(True)
    for a in EDGES:
        for b in EDGES:
            if b or sample is not samples.divisions:
                plain, fast = np.zeros(8, np.int64), np.zeros(8, np.int64)
                sample(a, b, plain)
                compiled(a, b, fast)
                assert plain.tolist() == fast.tolist(), (a, b)


@pytest.mark.parametrize("a", range(-1, 7))
def test_loops_take_their_bounds_once(a: int) -> None:
    """Whatever the body does to them; jumps are of the inner loop."""
    assert samples.stays(a) == samples.stays.pick(True)(a)
    for b in range(7):
        assert samples.nested(a, b) == samples.nested.pick(True)(a, b)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8, np.uint64])
@pytest.mark.parametrize("dense", [True, False])
def test_arrays_of_every_size_are_read_and_written(dtype: Any, dense: bool) -> None:
    """Elements are widened when read and cut when written; gaps between them are passed over."""

    def arguments() -> tuple[Any, ...]:
        table = np.arange(12, dtype=dtype).reshape(2, 6)
        flags = np.array([1, 0, 1, 1, 0, 0], np.bool_)
        out = np.full(12, 250, dtype)
        if not dense:
            return table[:, ::2], flags[::2], out[::2]
        return table, flags, out

    plain, compiled = arguments(), arguments()
    results = [
        run(b"abcabc", *given)
        for run, given in ((samples.arrays, plain), (samples.arrays.pick(True), compiled))
    ]
    assert results[0] == results[1] == 2
    for left, right in zip(plain, compiled, strict=True):
        assert left.tolist() == right.tolist()


@needs_compiler
def test_a_kernel_may_return_nothing() -> None:
    """A procedure changes what it is given; what does not fit its element is cut."""
    out = np.zeros(2, np.uint8)
    assert samples.no_result.pick(True)(out) is None
    assert out.tolist() == [300 - 256, 0]
    long = np.zeros(3, np.uint8)
    samples.no_result.pick(True)(long)
    assert long.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("sample", "line"),
    [
        (samples.calls_nothing_known, "line 4: sorted"),
        (samples.changes_a_type, "line 5: flag changes its type"),
        (samples.gives_an_operand, "line 4: a or b"),
        (samples.ends_a_loop, "line 8: return -1"),
        (samples.ends_a_while, "line 7: a \\+= 100"),
        (samples.steps_over, r"line 4: data\[0:4:2\]"),
        (samples.names_an_argument, r"line 4: max\(a, b, key=abs\)"),
        (samples.compares_doubles, r"line 4: min\(a / 2, b / 2\)"),
        (samples.joins_texts, "line 4: 'a'"),
        (samples.turns_round, "line 4: ~a"),
        (samples.says_what, "line 4: found: int = a"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, Kernel) else "",
)
def test_what_kernels_may_not_do_is_named_with_its_line(sample: Kernel, line: str) -> None:
    """The error says which function, which line and what; nothing is left out in silence."""
    code = sample.function.__code__
    given = sample.function.__annotations__
    types = [
        BYTES if given[name] == "Buffer" else Scalar.WHOLE for name in code.co_varnames[: code.co_argcount]
    ]
    with pytest.raises(Untranslatable, match=f"samples.{sample.__name__}, {line}"):
        translate(sample.function, types)


@needs_compiler
def test_an_argument_that_no_kernel_takes_is_refused() -> None:
    """Lists, single floats and cubes are named."""
    run = samples.count.pick(True)
    for wrong in ([1, 2], np.zeros(2, np.float32), np.zeros((2, 2, 2), np.uint8)):
        with pytest.raises(TypeError, match="a kernel takes no"):
            run(wrong, 1)


def kernels() -> list[Kernel]:
    """All kernels of the product."""
    found: dict[str, Kernel] = {}
    for module in pkgutil.walk_packages(loadstone.__path__, "loadstone."):
        if (
            module.name.endswith(("_kernel", "_kernels"))
            or ".formats." in module.name
            or ".datatypes." in module.name
        ):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Kernel):
                    found[f"{value.function.__module__}.{value.__name__}"] = value
    return list(found.values())


@pytest.mark.parametrize("one", kernels(), ids=lambda one: one.__name__)
def test_every_kernel_of_the_product_translates(one: Kernel) -> None:
    """None uses what the compiler does not know: such a kernel would fail on large files only."""
    code = one.function.__code__
    types: list[Type] = []
    for name in code.co_varnames[: code.co_argcount]:
        kind = one.function.__annotations__[name]
        if kind in ("int", "bool"):
            types.append(Scalar.WHOLE if kind == "int" else Scalar.TRUTH)
        else:
            rank = 2 if has_two_axes(one, name) else 1
            types.append(Array("u", 1, rank, True) if kind == "Buffer" else Array("i", 8, rank, True))
    assert "define" in translate(one.function, types)


def has_two_axes(one: Kernel, name: str) -> bool:
    """Whether the kernel, or one that it hands the array on to, reads ``name[a, b]`` or a row ``name[a]``."""
    tree = ast.parse(inspect.getsource(one.function))
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name:
            if isinstance(node.slice, ast.Tuple):
                return True
        called = one.function.__globals__.get(getattr(getattr(node, "func", None), "id", ""))
        if isinstance(node, ast.Call) and isinstance(called, Kernel) and called is not one:
            for place, argument in enumerate(node.args):
                parameter = called.function.__code__.co_varnames[place]
                sliced = isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Slice)
                whole = argument.value if sliced else argument
                if isinstance(whole, ast.Name) and whole.id == name and has_two_axes(called, parameter):
                    return True
                row = isinstance(argument, ast.Subscript) and not sliced
                taken = called.function.__annotations__[parameter] in ("Buffer", "Ints")
                if row and taken and isinstance(argument.value, ast.Name) and argument.value.id == name:
                    return True
    return False
