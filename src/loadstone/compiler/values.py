"""Expressions of kernels as LLVM values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from loadstone.compiler.types import Array, Scalar

WORD, BIT, REAL, BYTE, POINTER = (
    ir.IntType(64),
    ir.IntType(1),
    ir.DoubleType(),
    ir.IntType(8),
    ir.PointerType(),
)
IR_OF = {Scalar.WHOLE: WORD, Scalar.TRUTH: BIT, Scalar.REAL: REAL}

_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_WHOLE_OPERATIONS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and_",
    ast.BitOr: "or_",
    ast.BitXor: "xor",
    ast.LShift: "shl",
    ast.RShift: "ashr",
}
_REAL_OPERATIONS = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}


class Untranslatable(Exception):
    """A kernel uses what the compiler does not know; the message names the line."""


@dataclass(frozen=True)
class Number:
    """A scalar."""

    type: Scalar
    ir: Any


@dataclass(frozen=True)
class View:
    """An array: where it begins, and its lengths and strides (bytes) by axis."""

    type: Array
    pointer: Any
    lengths: tuple[Any, ...]
    strides: tuple[Any, ...]


Value = Number | View | tuple[Number, ...]

Call = Callable[[Any, list[Value]], Value]
"""Emits the call of a kernel."""

Constant = Callable[[Any], View]
"""Gives an array among a kernel's globals as a view."""


def whole(number: int) -> Number:
    """A constant; beyond 63 bits it wraps as it does in a register."""
    number &= (1 << 64) - 1
    return Number(Scalar.WHOLE, ir.Constant(WORD, number - (1 << 64) if number >> 63 else number))


class Values:
    """
    Emits the expressions of one function.

    Attributes:
        variables: Type and stack slot of each local number. views: local arrays, rows and slices.
    """

    def __init__(self, builder: ir.IRBuilder, names: dict[str, Any], call: Call, constant: Constant) -> None:
        """``names``: what the function's globals hold."""
        self.builder, self._names, self._call_kernel, self._constant_array = builder, names, call, constant
        self.variables: dict[str, tuple[Scalar, Any]] = {}
        self.views: dict[str, View] = {}

    def value(self, node: ast.expr) -> Value:
        """The value of any expression."""
        emit = getattr(self, f"_{type(node).__name__.lower()}", None)
        if emit is None:
            raise unknown(node)
        found: Value = emit(node)
        return found

    def number(self, node: ast.expr) -> Number:
        """The value of an expression that is a scalar."""
        found = self.value(node)
        if not isinstance(found, Number):
            raise unknown(node)
        return found

    def whole(self, node: ast.expr) -> Any:
        """The value of an expression as a whole number."""
        return self.as_type(self.number(node), Scalar.WHOLE).ir

    def truth(self, node: ast.expr) -> Any:
        """Whether an expression holds; here operands of ``and`` and ``or`` may be numbers."""
        if isinstance(node, ast.BoolOp):
            return self._short_circuit(node)
        return self.as_type(self.number(node), Scalar.TRUTH).ir

    def as_type(self, number: Number, wanted: Scalar) -> Number:
        """A number as another type: truths count 0 and 1, zero is false."""
        if number.type is wanted:
            return number
        if wanted is Scalar.REAL:
            return Number(wanted, self.builder.sitofp(self.as_type(number, Scalar.WHOLE).ir, REAL))
        if wanted is Scalar.TRUTH and number.type is Scalar.REAL:
            return Number(wanted, self.builder.fcmp_ordered("!=", number.ir, ir.Constant(REAL, 0.0)))
        if wanted is Scalar.TRUTH:
            return Number(wanted, self.builder.icmp_signed("!=", number.ir, ir.Constant(WORD, 0)))
        if number.type is Scalar.TRUTH:
            return Number(wanted, self.builder.zext(number.ir, WORD))
        return Number(wanted, self.builder.fptosi(number.ir, WORD))

    def place(self, node: ast.Subscript) -> tuple[View, list[Any]]:
        """The array and the places that a subscript names."""
        view = self.value(node.value)
        if not isinstance(view, View):
            raise unknown(node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return view, [self.whole(part) for part in parts]

    def load(self, view: View, places: list[Any]) -> Number:
        """An element."""
        raw = self.builder.load(self._address(view, places), typ=_element(view.type), align=view.type.size)
        if view.type.kind == "f":
            return Number(Scalar.REAL, raw)
        if view.type.size < 8:
            raw = (self.builder.sext if view.type.kind == "i" else self.builder.zext)(raw, WORD)
        return Number(Scalar.WHOLE, raw)

    def store(self, view: View, places: list[Any], number: Number) -> None:
        """Change an element; whole numbers are cut to its size."""
        real = view.type.kind == "f"
        raw = self.as_type(number, Scalar.REAL if real else Scalar.WHOLE).ir
        if not real and view.type.size < 8:
            raw = self.builder.trunc(raw, _element(view.type))
        self.builder.store(raw, self._address(view, places), align=view.type.size)

    def operate(self, operator: ast.operator, left: Number, right: Number, node: ast.AST) -> Number:
        """An arithmetic operation; ``//`` and ``%`` round down as in Python."""
        if isinstance(operator, ast.Div) or Scalar.REAL in (left.type, right.type):
            name = _REAL_OPERATIONS.get(type(operator))
            if name is None:
                raise unknown(node)
            sides = [self.as_type(side, Scalar.REAL).ir for side in (left, right)]
            return Number(Scalar.REAL, getattr(self.builder, name)(*sides))
        a, b = (self.as_type(side, Scalar.WHOLE).ir for side in (left, right))
        if isinstance(operator, ast.FloorDiv | ast.Mod):
            return Number(Scalar.WHOLE, self._divide(a, b, remainder=isinstance(operator, ast.Mod)))
        name = _WHOLE_OPERATIONS.get(type(operator))
        if name is None:
            raise unknown(node)
        return Number(Scalar.WHOLE, getattr(self.builder, name)(a, b))

    # Private methods: one for each kind of expression, then what they share

    def _constant(self, node: ast.Constant) -> Value:
        return self._known(node.value, node)

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.views:
            return self.views[node.id]
        if node.id in self.variables:
            kind, slot = self.variables[node.id]
            return Number(kind, self.builder.load(slot, typ=IR_OF[kind]))
        if node.id not in self._names:
            raise unknown(node)
        return self._known(self._names[node.id], node)

    def _known(self, value: Any, node: ast.expr) -> Value:
        if isinstance(value, bool):
            return Number(Scalar.TRUTH, ir.Constant(BIT, int(value)))
        if isinstance(value, int):
            return whole(int(value))
        if isinstance(value, float):
            return Number(Scalar.REAL, ir.Constant(REAL, value))
        if isinstance(value, np.ndarray):
            return self._constant_array(value)
        raise unknown(node)

    def _tuple(self, node: ast.Tuple) -> Value:
        return tuple(self.number(part) for part in node.elts)

    def _binop(self, node: ast.BinOp) -> Value:
        return self.operate(node.op, self.number(node.left), self.number(node.right), node)

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        if isinstance(node.op, ast.Not):
            return Number(Scalar.TRUTH, self.builder.not_(self.truth(node.operand)))
        if not isinstance(node.op, ast.USub):
            raise unknown(node)
        if isinstance(node.operand, ast.Constant) and isinstance(node.operand.value, int):
            return whole(-node.operand.value)
        operand = self.number(node.operand)
        if operand.type is Scalar.REAL:
            return Number(Scalar.REAL, self.builder.fneg(operand.ir))
        return Number(Scalar.WHOLE, self.builder.neg(self.as_type(operand, Scalar.WHOLE).ir))

    def _compare(self, node: ast.Compare) -> Value:
        left, result = self.number(node.left), None
        for operator, operand in zip(node.ops, node.comparators, strict=True):
            right = self.number(operand)
            sign = _COMPARISONS.get(type(operator))
            if sign is None:
                raise unknown(node)
            if Scalar.REAL in (left.type, right.type):
                sides = [self.as_type(side, Scalar.REAL).ir for side in (left, right)]
                holds = self.builder.fcmp_ordered(sign, *sides)
            else:
                sides = [self.as_type(side, Scalar.WHOLE).ir for side in (left, right)]
                holds = self.builder.icmp_signed(sign, *sides)
            result = holds if result is None else self.builder.and_(result, holds)
            left = right
        return Number(Scalar.TRUTH, result)

    def _boolop(self, node: ast.BoolOp) -> Value:
        """As a value, ``and`` and ``or`` take truths only: of numbers Python would give an operand."""
        return Number(Scalar.TRUTH, self._short_circuit(node, strict=True))

    def _short_circuit(self, node: ast.BoolOp, *, strict: bool = False) -> Any:
        end, stops = self.builder.append_basic_block(), isinstance(node.op, ast.Or)
        incoming = []
        for number, operand in enumerate(node.values):
            if strict and not isinstance(operand, ast.BoolOp) and self._type_of(operand) is not Scalar.TRUTH:
                raise unknown(node)
            holds = self.truth(operand)
            incoming.append((holds, self.builder.block))
            if number == len(node.values) - 1:
                self.builder.branch(end)
                continue
            following = self.builder.append_basic_block()
            self.builder.cbranch(holds, *((end, following) if stops else (following, end)))
            self.builder.position_at_end(following)
        return self._merge(end, BIT, incoming)

    def _ifexp(self, node: ast.IfExp) -> Value:
        blocks = [self.builder.append_basic_block() for _ in range(2)]
        end = self.builder.append_basic_block()
        self.builder.cbranch(self.truth(node.test), *blocks)
        sides, ends = [], []
        for block, branch in zip(blocks, (node.body, node.orelse), strict=True):
            self.builder.position_at_end(block)
            found = self.value(branch)
            if isinstance(found, View):
                raise unknown(node)
            sides.append(found if isinstance(found, tuple) else (found,))
            ends.append(self.builder.block)
        kinds = [_joined(a.type, b.type) for a, b in zip(*sides, strict=True)]
        incoming = []
        for block, side in zip(ends, sides, strict=True):
            self.builder.position_at_end(block)
            incoming.append([self.as_type(part, kind).ir for part, kind in zip(side, kinds, strict=True)])
            self.builder.branch(end)
        merged = tuple(
            Number(kind, self._merge(end, IR_OF[kind], list(zip(parts, ends, strict=True))))
            for kind, parts in zip(kinds, zip(*incoming, strict=True), strict=True)
        )
        return merged if isinstance(node.body, ast.Tuple) else merged[0]

    def _subscript(self, node: ast.Subscript) -> Value:
        if isinstance(node.slice, ast.Slice):
            return self._sliced(node)
        view, places = self.place(node)
        if len(places) == view.type.ndim:
            return self.load(view, places)
        row = Array(view.type.kind, view.type.size, 1, view.type.dense)
        return View(row, self._address(view, places), view.lengths[1:], view.strides[1:])

    def _sliced(self, node: ast.Subscript) -> Value:
        view, bounds = self.value(node.value), node.slice
        if (
            not isinstance(view, View)
            or not isinstance(bounds, ast.Slice)
            or not bounds.lower
            or not bounds.upper
            or bounds.step
        ):
            raise unknown(node)
        first, stop = self.whole(bounds.lower), self.whole(bounds.upper)
        length = self.builder.sub(stop, first)
        return View(view.type, self._address(view, [first]), (length, *view.lengths[1:]), view.strides)

    def _call(self, node: ast.Call) -> Value:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if node.keywords:
            raise unknown(node)
        if hasattr(self._names.get(name), "function"):
            return self._call_kernel(self._names[name], [self.value(argument) for argument in node.args])
        if name == "len":
            view = self.value(node.args[0])
            if isinstance(view, View):
                return Number(Scalar.WHOLE, view.lengths[0])
        if name in ("int", "float", "bool"):
            wanted = {"int": Scalar.WHOLE, "float": Scalar.REAL, "bool": Scalar.TRUTH}[name]
            return self.as_type(self.number(node.args[0]), wanted)
        if name in ("min", "max", "abs"):
            numbers = [self.number(argument) for argument in node.args]
            if all(number.type is not Scalar.REAL for number in numbers):
                return self._extreme(name, [self.as_type(number, Scalar.WHOLE).ir for number in numbers])
        raise unknown(node)

    def _extreme(self, name: str, sides: list[Any]) -> Number:
        if name == "abs":
            sides = [*sides, self.builder.neg(sides[0])]
        best = sides[0]
        for side in sides[1:]:
            better = self.builder.icmp_signed("<" if name == "min" else ">", side, best)
            best = self.builder.select(better, side, best)
        return Number(Scalar.WHOLE, best)

    def _divide(self, a: Any, b: Any, *, remainder: bool) -> Any:
        """Rounded down; by a power of two a shift or a mask."""
        if isinstance(b, ir.Constant) and b.constant > 0 and b.constant & (b.constant - 1) == 0:
            if remainder:
                return self.builder.and_(a, ir.Constant(WORD, b.constant - 1))
            return self.builder.ashr(a, ir.Constant(WORD, b.constant.bit_length() - 1))
        quotient, rest = self.builder.sdiv(a, b), self.builder.srem(a, b)
        zero = ir.Constant(WORD, 0)
        differ = self.builder.icmp_signed("<", self.builder.xor(rest, b), zero)
        low = self.builder.and_(self.builder.icmp_signed("!=", rest, zero), differ)
        if remainder:
            return self.builder.add(rest, self.builder.select(low, b, zero))
        return self.builder.sub(quotient, self.builder.zext(low, WORD))

    def _merge(self, end: Any, kind: ir.Type, incoming: list[tuple[Any, Any]]) -> Any:
        self.builder.position_at_end(end)
        phi = self.builder.phi(kind)
        for value, block in incoming:
            phi.add_incoming(value, block)
        return phi

    def _address(self, view: View, places: list[Any]) -> Any:
        """Where an element, or a row, stands."""
        at = view.pointer
        for axis, place in enumerate(places):
            if axis == view.type.ndim - 1 and view.type.dense:
                at = self.builder.gep(at, [place], inbounds=True, source_etype=_element(view.type))
            else:
                offset = self.builder.mul(place, view.strides[axis])
                at = self.builder.gep(at, [offset], inbounds=True, source_etype=BYTE)
        return at

    def _type_of(self, node: ast.expr) -> Scalar | None:
        """The type of a simple operand without emitting it."""
        if isinstance(node, ast.Compare) or isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Scalar.TRUTH
        if isinstance(node, ast.Name) and node.id in self.variables:
            return self.variables[node.id][0]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            kernel = getattr(self._names.get(node.func.id), "function", None)
            return Scalar.TRUTH if kernel is not None and kernel.__annotations__["return"] == "bool" else None
        return None


def unknown(node: ast.AST) -> Untranslatable:
    """The error for what the compiler does not know."""
    return Untranslatable(f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)}")


# Private functions


def _element(array: Array) -> ir.Type:
    return REAL if array.kind == "f" else ir.IntType(8 * array.size)


def _joined(left: Scalar, right: Scalar) -> Scalar:
    if left is right:
        return left
    return Scalar.REAL if Scalar.REAL in (left, right) else Scalar.WHOLE
