"""Single mutations of a module: a comparison, a constant, an operator, a condition, a call or two arguments changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SYMBOLS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}
_SWAPPED: dict[type[ast.AST], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.And: "or",
    ast.Or: "and",
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "*",
    ast.LShift: ">>",
    ast.RShift: "<<",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}
_LARGE = 1000
_TEXT = (ast.JoinedStr, ast.FormattedValue)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mutation: the bytes [start, end) of a source replaced. line: where it is; kind: what was changed."""

    start: int
    end: int
    text: str
    line: int
    kind: str

    def apply(self, source: bytes) -> bytes:
        """Return the mutated source."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants(source: bytes) -> list[Mutant]:
    """Return all mutations of a source; annotations, docstrings and messages stay as they are."""
    tree = ast.parse(source)
    return sorted(_Finder(source).found(tree), key=lambda mutant: (mutant.start, mutant.end, mutant.text))


class _Finder:
    """Finds mutations, with the offsets of lines to turn positions into bytes."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lines = [0]
        for line in source.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def found(self, node: ast.AST) -> Iterator[Mutant]:
        """Yield the mutations of a node and of those below it."""
        yield from self._own(node)
        if isinstance(node, ast.If | ast.IfExp | ast.While) and not _is_plain(node.test):
            yield self._replace(node.test, f"(not ({self._text(node.test)}))", "condition")
        for child in _mutable_children(node):
            yield from self.found(child)

    def _own(self, node: ast.AST) -> Iterator[Mutant]:
        match node:
            case ast.Compare():
                for left, operator, right in zip(
                    (node.left, *node.comparators), node.ops, node.comparators, strict=False
                ):
                    yield from self._between(left, right, operator, "comparison")
            case ast.BoolOp():
                for left, right in pairwise(node.values):
                    yield from self._between(left, right, node.op, "boolean operator")
            case ast.BinOp() if not _is_text(node):
                yield from self._between(node.left, node.right, node.op, "operator")
            case ast.Constant():
                yield from self._constant(node)
            case ast.UnaryOp(op=ast.Not()):
                yield self._replace(node, f"({self._text(node.operand)})", "negation")
            case ast.Expr(value=ast.Call()):
                yield self._replace(node.value, "None", "removed call")
            case ast.Call(args=[first, second, *_]) if not _has_no_order(node.func):
                yield from self._swapped(first, second)

    def _swapped(self, first: ast.expr, second: ast.expr) -> Iterator[Mutant]:
        """Swap the first two arguments of a call."""
        if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
            between = self._source[self._end(first) : self._start(second)].decode()
            text = f"{self._text(second)}{between}{self._text(first)}"
            yield Mutant(self._start(first), self._end(second), text, first.lineno, "swapped arguments")

    def _between(self, left: ast.expr, right: ast.expr, operator: ast.AST, kind: str) -> Iterator[Mutant]:
        """Replace the operator between two operands, whose own parentheses stay."""
        start, end = self._end(left), self._start(right)
        between = self._source[start:end].decode()
        old, new = _SYMBOLS.get(type(operator), ""), _SWAPPED.get(type(operator), "")
        if old and new and between.count(old) == 1:
            yield Mutant(start, end, between.replace(old, new), left.end_lineno or left.lineno, kind)

    def _constant(self, node: ast.Constant) -> Iterator[Mutant]:
        if isinstance(node.value, bool):
            yield self._replace(node, str(not node.value), "constant")
        elif isinstance(node.value, int | float):
            change = "* 2" if abs(node.value) >= _LARGE else "+ 1"  # one more of a large number changes little
            yield self._replace(node, f"({self._text(node)} {change})", "constant")

    def _replace(self, node: ast.expr, text: str, kind: str) -> Mutant:
        return Mutant(self._start(node), self._end(node), text, node.lineno, kind)

    def _text(self, node: ast.expr) -> str:
        return self._source[self._start(node) : self._end(node)].decode()

    def _start(self, node: ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.expr) -> int:
        if node.end_lineno is None or node.end_col_offset is None:
            raise AssertionError("a parsed expression has an end")
        return self._lines[node.end_lineno - 1] + node.end_col_offset


def _is_text(node: ast.BinOp) -> bool:
    """Whether an operator joins or formats text, or types."""
    operands = (node.left, node.right)
    return any(isinstance(each, _TEXT) or (isinstance(each, ast.Constant) and each.value is None) for each in operands)


def _has_no_order(function: ast.expr) -> bool:
    """Whether a function gives the same for its arguments in any order."""
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    return name in {"min", "max", "hypot", "contrast", "suppress"}


def _is_plain(condition: ast.expr) -> bool:
    """Whether a condition is a comparison, which has mutants of its own, or is for types alone."""
    return isinstance(condition, ast.Compare) or _is_for_types(condition)


def _is_for_types(condition: ast.expr) -> bool:
    return isinstance(condition, ast.Name) and condition.id == "TYPE_CHECKING"


def _mutable_children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the children that a test could judge: no annotations, decorators, assertions or imports for types."""
    skipped: list[ast.AST | None] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        skipped = [*node.decorator_list, node.returns]
    elif isinstance(node, ast.ClassDef):
        skipped = [*node.decorator_list]
    elif isinstance(node, ast.AnnAssign):
        skipped = [node.annotation]
    elif isinstance(node, ast.arg | ast.Raise | ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return  # `zip(strict=True)` is an assertion
    elif isinstance(node, ast.If) and _is_for_types(node.test):
        skipped = [node.test, *node.body]
    yield from (child for child in ast.iter_child_nodes(node) if child not in skipped)
