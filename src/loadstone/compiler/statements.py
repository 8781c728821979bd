"""Kernels as LLVM functions: statements, control flow, calls; one module for a kernel and all that it calls."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from types import FunctionType
from typing import Any

import numpy as np
from llvmlite import ir

from loadstone.compiler.types import ENTRY, Array, Scalar, Type, type_of
from loadstone.compiler.values import (
    IR_OF,
    POINTER,
    REAL,
    WORD,
    Number,
    Untranslatable,
    Value,
    Values,
    View,
    unknown,
)

_SCALARS = {"int": Scalar.WHOLE, "bool": Scalar.TRUTH, "float": Scalar.REAL}


def translate(function: FunctionType, types: Sequence[Type]) -> str:
    """
    The text of an LLVM module with ``ENTRY``, for arguments of these types.

    Raises:
        Untranslatable: The function, or one that it calls, uses what kernels may not.
    """
    module = _Module()
    inner = module.function(function, tuple(types))
    returned = inner.function_type.return_type
    entry = ir.Function(module.ir, ir.FunctionType(returned, [p.type for p in inner.args]), ENTRY)
    for argument in entry.args:
        if argument.type == POINTER:
            argument.add_attribute("noalias")
    builder = ir.IRBuilder(entry.append_basic_block())
    result = builder.call(inner, entry.args)
    if returned == ir.VoidType():
        builder.ret_void()
    else:
        builder.ret(result)
    return str(module.ir)


def returns_of(function: FunctionType) -> tuple[Scalar, ...] | None:
    """What a kernel's annotation says it returns; None for nothing."""
    text = str(function.__annotations__["return"])
    if text == "None":
        return None
    inner = text.removeprefix("tuple[").removesuffix("]") if text.startswith("tuple[") else text
    return tuple(_SCALARS[part.strip()] for part in inner.split(","))


# Private functions


class _Module:
    """All functions of one module, each translated once for each combination of argument types."""

    def __init__(self) -> None:
        self.ir = ir.Module(name="kernels")
        self._functions: dict[tuple[FunctionType, tuple[Type, ...]], ir.Function] = {}
        self._arrays: dict[int, View] = {}

    def function(self, function: FunctionType, types: tuple[Type, ...]) -> ir.Function:
        key = (function, types)
        if key not in self._functions:
            parameters = [kind for one in types for kind in _words(one)]
            shape = ir.FunctionType(_returned(function), parameters)
            made = ir.Function(self.ir, shape, f"{function.__name__}.{len(self._functions)}")
            made.linkage = "internal"
            self._functions[key] = made
            try:
                _Body(self, function, made, types).emit()
            except Untranslatable as error:
                raise Untranslatable(f"{function.__module__}.{function.__name__}, {error}") from error
        return self._functions[key]

    def array(self, array: Any) -> View:
        """A global array as constant data."""
        if id(array) not in self._arrays:
            dense = np.ascontiguousarray(array)
            kind = type_of(dense)
            if not isinstance(kind, Array) or kind.ndim != 1:
                raise Untranslatable("a global array has one dimension")
            element = REAL if kind.kind == "f" else ir.IntType(8 * kind.size)
            data = ir.Constant(
                ir.ArrayType(element, len(dense)), [ir.Constant(element, v) for v in dense.tolist()]
            )
            stored = ir.GlobalVariable(self.ir, data.type, f"array.{len(self._arrays)}")
            stored.initializer, stored.global_constant, stored.linkage = data, True, "internal"
            pointer = stored.bitcast(POINTER)
            lengths, strides = ir.Constant(WORD, len(dense)), ir.Constant(WORD, kind.size)
            self._arrays[id(array)] = View(kind, pointer, (lengths,), (strides,))
        return self._arrays[id(array)]


class _Body:
    """One function; ``loops`` holds where ``continue`` and ``break`` of the loops around go."""

    def __init__(
        self, module: _Module, function: FunctionType, made: ir.Function, types: Sequence[Type]
    ) -> None:
        self.module, self.function, self.made = module, function, made
        self.builder = ir.IRBuilder(made.append_basic_block("entry"))
        self.values = Values(self.builder, function.__globals__, self.call, module.array)
        self.loops: list[tuple[Any, Any]] = []
        self.returns = returns_of(function)
        text = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(text).body[0]
        assert isinstance(tree, ast.FunctionDef)
        self.tree = tree
        self._take_arguments(types)

    def emit(self) -> None:
        """Translate all statements."""
        self.block(self.tree.body)
        if not self.builder.block.is_terminated:
            if self.returns is None:
                self.builder.ret_void()
            else:
                self.builder.unreachable()

    def call(self, kernel: Any, arguments: list[Value]) -> Value:
        """Call another kernel; numbers become what its annotations say."""
        function: FunctionType = kernel.function
        names = function.__code__.co_varnames[: len(arguments)]
        words: list[Any] = []
        types: list[Type] = []
        for name, argument in zip(names, arguments, strict=True):
            if isinstance(argument, View):
                types.append(argument.type)
                words.append(argument.pointer)
                for length, stride in zip(argument.lengths, argument.strides, strict=True):
                    words += [length, stride]
            elif isinstance(argument, Number):
                wanted = _SCALARS[str(function.__annotations__[name])]
                types.append(wanted)
                words.append(self.values.as_type(argument, wanted).ir)
            else:
                raise Untranslatable(f"{function.__name__} takes a tuple")
        result = self.builder.call(self.module.function(function, tuple(types)), words)
        returns = returns_of(function)
        if returns is None:
            return ()
        if len(returns) == 1:
            return Number(returns[0], result)
        return tuple(
            Number(kind, self.builder.extract_value(result, number)) for number, kind in enumerate(returns)
        )

    def block(self, statements: Sequence[ast.stmt]) -> None:
        """Statements one after the other; what follows a jump is never reached."""
        for statement in statements:
            if self.builder.block.is_terminated:
                return
            emit = getattr(self, f"_{type(statement).__name__.lower()}", None)
            if emit is None:
                raise unknown(statement)
            emit(statement)

    # Private methods: one for each kind of statement, then what they share

    def _expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.values.value(node.value)

    def _pass(self, node: ast.Pass) -> None:
        pass

    def _assign(self, node: ast.Assign) -> None:
        value = self.values.value(node.value)
        for target in node.targets:
            self._set(target, value)

    def _set(self, target: ast.expr, value: Value) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, tuple):
            for part, number in zip(target.elts, value, strict=True):
                self._set(part, number)
        elif isinstance(target, ast.Name) and isinstance(value, View):
            self.values.views[target.id] = value
        elif isinstance(target, ast.Name) and isinstance(value, Number):
            self._set_variable(target, value)
        elif isinstance(target, ast.Subscript) and isinstance(value, Number):
            view, places = self.values.place(target)
            self.values.store(view, places, value)
        else:
            raise unknown(target)

    def _set_variable(self, target: ast.Name, value: Number) -> None:
        """A variable keeps the type of its first value; a truth cannot become a number later."""
        variables = self.values.variables
        if target.id not in variables:
            with self.builder.goto_entry_block():
                variables[target.id] = (value.type, self.builder.alloca(IR_OF[value.type]))
        kind, slot = variables[target.id]
        if value.type is not kind and (kind is Scalar.TRUTH or value.type is Scalar.REAL):
            raise Untranslatable(f"line {target.lineno}: {target.id} changes its type")
        self.builder.store(self.values.as_type(value, kind).ir, slot)

    def _augassign(self, node: ast.AugAssign) -> None:
        operand = self.values.number(node.value)
        if isinstance(node.target, ast.Subscript):
            view, places = self.values.place(node.target)
            before = self.values.load(view, places)
            self.values.store(view, places, self.values.operate(node.op, before, operand, node))
        elif isinstance(node.target, ast.Name):
            before = self.values.number(ast.copy_location(ast.Name(node.target.id), node))
            self._set_variable(node.target, self.values.operate(node.op, before, operand, node))
        else:
            raise unknown(node)

    def _return(self, node: ast.Return) -> None:
        if isinstance(node.value, ast.IfExp) and self.returns is not None and len(self.returns) > 1:
            body, orelse = ast.Return(node.value.body), ast.Return(node.value.orelse)
            self._if(ast.If(node.value.test, [body], [orelse]))
            return
        if self.returns is None or node.value is None:
            self.builder.ret_void()
            return
        value = self.values.value(node.value)
        parts = value if isinstance(value, tuple) else (value,)
        numbers = []
        for part, kind in zip(parts, self.returns, strict=True):
            if not isinstance(part, Number):
                raise unknown(node)
            numbers.append(self.values.as_type(part, kind).ir)
        if len(numbers) == 1:
            self.builder.ret(numbers[0])
            return
        result = ir.Constant(self.made.function_type.return_type, ir.Undefined)
        for place, number in enumerate(numbers):
            result = self.builder.insert_value(result, number, place)
        self.builder.ret(result)

    def _if(self, node: ast.If) -> None:
        body, end = self.builder.append_basic_block(), self.builder.append_basic_block()
        orelse = self.builder.append_basic_block() if node.orelse else end
        self.builder.cbranch(self.values.truth(node.test), body, orelse)
        for block, statements in ((body, node.body), (orelse, node.orelse)):
            if block is not end:
                self.builder.position_at_end(block)
                self.block(statements)
                self._go(end)
        self._continue_at(end)

    def _while(self, node: ast.While) -> None:
        if node.orelse:
            raise unknown(node.orelse[0])
        test, body, end = (self.builder.append_basic_block() for _ in range(3))
        self.builder.branch(test)
        self.builder.position_at_end(test)
        self.builder.cbranch(self.values.truth(node.test), body, end)
        self._loop(node.body, body, test, end)

    def _for(self, node: ast.For) -> None:
        call = node.iter
        if node.orelse:
            raise unknown(node.orelse[0])
        if (
            not isinstance(call, ast.Call)
            or ast.unparse(call.func) != "range"
            or not isinstance(node.target, ast.Name)
        ):
            raise unknown(node)
        bounds = [self.values.whole(argument) for argument in call.args]
        first, stop = (ir.Constant(WORD, 0), bounds[0]) if len(bounds) == 1 else bounds[:2]
        step = bounds[2] if len(bounds) == 3 else ir.Constant(WORD, 1)
        if not isinstance(step, ir.Constant):
            raise unknown(node)
        test, body, after, end = (self.builder.append_basic_block() for _ in range(4))
        with self.builder.goto_entry_block():
            counter = self.builder.alloca(WORD)
        self.builder.store(first, counter)
        self.builder.branch(test)
        self.builder.position_at_end(test)
        now = self.builder.load(counter, typ=WORD)
        self.builder.cbranch(
            self.builder.icmp_signed("<" if step.constant > 0 else ">", now, stop), body, end
        )
        self.builder.position_at_end(after)
        self.builder.store(
            self.builder.add(self.builder.load(counter, typ=WORD), step, flags=["nsw"]), counter
        )
        self.builder.branch(test)
        self.builder.position_at_end(body)
        self._set_variable(node.target, Number(Scalar.WHOLE, now))
        self._loop(node.body, body, after, end)

    def _loop(self, statements: Sequence[ast.stmt], body: Any, again: Any, end: Any) -> None:
        self.builder.position_at_end(body)
        self.loops.append((again, end))
        self.block(statements)
        self.loops.pop()
        self._go(again)
        self.builder.position_at_end(end)

    def _break(self, node: ast.Break) -> None:
        self.builder.branch(self.loops[-1][1])

    def _continue(self, node: ast.Continue) -> None:
        self.builder.branch(self.loops[-1][0])

    def _go(self, block: Any) -> None:
        if not self.builder.block.is_terminated:
            self.builder.branch(block)

    def _continue_at(self, end: Any) -> None:
        """Go on behind a branch; nowhere if no way leads there."""
        self.builder.position_at_end(end)
        if not any(_leads_to(block, end) for block in self.made.blocks):
            self.builder.unreachable()

    def _take_arguments(self, types: Sequence[Type]) -> None:
        words = iter(self.made.args)
        for name, kind in zip(self.function.__code__.co_varnames, types, strict=False):
            if isinstance(kind, Array):
                pointer, rest = next(words), [next(words) for _ in range(kind.words - 1)]
                self.values.views[name] = View(kind, pointer, tuple(rest[::2]), tuple(rest[1::2]))
            else:
                slot = self.builder.alloca(IR_OF[kind])
                self.builder.store(next(words), slot)
                self.values.variables[name] = (kind, slot)


def _leads_to(block: Any, end: Any) -> bool:
    return block.is_terminated and end in block.terminator.operands


def _words(kind: Type) -> list[ir.Type]:
    if isinstance(kind, Array):
        return [POINTER, *[WORD] * (kind.words - 1)]
    return [IR_OF[kind]]


def _returned(function: FunctionType) -> ir.Type:
    returns = returns_of(function)
    if returns is None:
        return ir.VoidType()
    if len(returns) == 1:
        return IR_OF[returns[0]]
    return ir.LiteralStructType([IR_OF[kind] for kind in returns])
