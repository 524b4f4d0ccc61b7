"""Expands one text with `{{ names }}` in a sandbox.

A template can use its variables and nothing else: no clock, no randomness, no environment, no Python. Only a short
list of node types is allowed, so that it can neither reach anything outside nor run for long.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.json_types import Json
from vidbuild.suggest import did_you_mean

MAX_SOURCE = 20_000  # characters of a template
MAX_VALUE = 10_000  # characters of a variable, or of an argument of a filter
MAX_RESULT = 100_000  # characters of the expanded text, and of the result of each filter
MAX_NUMBER = 10**15
ALLOWED = frozenset(
    {
        *("Template", "Output", "TemplateData", "Name", "Const", "Filter", "Test", "Compare", "Operand", "Keyword"),
        *("CondExpr", "And", "Or", "Not", "Neg", "Pos", "Concat", "Add", "Sub", "Mul", "Div", "FloorDiv", "If"),
        *("List", "Tuple"),
    }
)
FILTERS = (
    *("abs", "capitalize", "default", "first", "float", "int", "join", "last", "length", "lower", "replace"),
    *("round", "title", "trim", "upper"),
)
TESTS = (
    *("boolean", "defined", "undefined", "number", "string", "even", "odd", "in", "==", "!=", "<", "<=", ">", ">="),
    *("true", "false"),
)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[{%#][^\n]*", re.DOTALL)
UNSUPPORTED = "templates support only '{{ name }}' and '{% if %}'"
Node = Any  # a jinja2 node; jinja2 is imported when it is needed


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """A problem of a template.

    nth: index of the `{{ }}` or `{% %}` that it is in.
    token: the wrong part of that.
    """

    message: str
    nth: int = 0
    token: str = ""
    hint: str | None = None


class TemplateProblemError(Exception):
    """A template that cannot be expanded, with all of its problems."""

    def __init__(self, *problems: TemplateProblem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def is_template(text: str) -> bool:
    """Return whether a text has anything to expand."""
    return "{{" in text or "{%" in text or "{#" in text


def names(text: str) -> set[str]:
    """Return the variables that a text uses; every word in its expressions if it is not a valid template."""
    try:
        if len(text) <= MAX_SOURCE:
            from jinja2 import nodes

            return {node.name for node in _parse(text).find_all(nodes.Name)}
    except (TemplateProblemError, RecursionError):
        pass
    return {word for match in EXPRESSION.finditer(text) for word in re.findall(r"[^\W\d]\w*", match[0])}


def expand(text: str, variables: Mapping[str, Any]) -> str:
    """Return the text with its variables replaced. Raises TemplateProblemError."""
    if len(text) > MAX_SOURCE:
        raise TemplateProblemError(TemplateProblem(f"the template is too long: the maximum is {MAX_SOURCE} characters"))
    try:
        return _expand(text, variables)
    except RecursionError:
        raise TemplateProblemError(TemplateProblem(_TOO_DEEP)) from None


def _expand(text: str, variables: Mapping[str, Any]) -> str:
    tree = _parse(text)
    for name, value in variables.items():
        if isinstance(value, str) and len(value) > MAX_VALUE and name in text:
            message = f"the value of '{name}' is too long: the maximum is {MAX_VALUE} characters"
            raise TemplateProblemError(TemplateProblem(message))
    problems = tuple(dict.fromkeys(_unsupported(tree, text))) or tuple(_undefined(tree, text, variables))
    if problems:
        raise TemplateProblemError(*problems)
    result = _render(tree, text, variables)
    if len(result) > MAX_RESULT:
        raise TemplateProblemError(TemplateProblem(_TOO_LONG))
    return result


def _render(tree: Node, text: str, variables: Mapping[str, Any]) -> str:
    import jinja2

    try:
        result: str = _environment().from_string(tree).render(dict(variables))
    except _OperationError as error:
        raise TemplateProblemError(TemplateProblem(str(error), *_find(text, ""))) from None
    except jinja2.UndefinedError as error:
        found = re.search(r"'(\w+)' is undefined", error.message or "")
        if found:
            raise TemplateProblemError(_missing(found[1], text, variables)) from None
        raise TemplateProblemError(TemplateProblem(f"the template fails: {error.message}", *_find(text, ""))) from None
    except NameError:  # an infinite number, which a filter can make, is the name `inf` in jinja2's compiled code
        raise TemplateProblemError(TemplateProblem(_TOO_LARGE, *_find(text, ""))) from None
    except (SyntaxError, MemoryError):
        raise TemplateProblemError(TemplateProblem(_TOO_DEEP)) from None
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise TemplateProblemError(TemplateProblem(f"the template fails: {error}", *_find(text, ""))) from None
    return result


_TOO_DEEP = "the template is nested too deeply"
_TOO_LARGE = "number too large in a template"
_TOO_LONG = f"the expanded text is too long: the maximum is {MAX_RESULT} characters"


class _OperationError(Exception):
    """An operation that templates support, but not with these values."""


@functools.lru_cache(maxsize=1)
def _environment() -> Node:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//"})

        def call_binop(self, _context: object, operator: str, left: Json, right: Json) -> Json:
            for side in (left, right):
                if isinstance(side, StrictUndefined):
                    str(side)  # raises UndefinedError
            _check_operands(left, right, operator)
            return self.binop_table[operator](left, right)

    sandbox = Sandbox(undefined=StrictUndefined, keep_trailing_newline=True)
    sandbox.globals.clear()
    own = {"replace": _replace, "round": _round}
    sandbox.filters = {name: _limited(own.get(name, sandbox.filters[name])) for name in FILTERS}
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


def _limited(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses long texts, so that repeated filters cannot make a text longer and longer."""

    @functools.wraps(function)
    def limited(*args: Json, **kwargs: Json) -> Json:
        if any(isinstance(value, str) and len(value) > MAX_VALUE for value in (*args, *kwargs.values())):
            raise _OperationError(f"the argument of a filter is too long: the maximum is {MAX_VALUE} characters")
        return function(*args, **kwargs)

    return limited


def _round(value: float, precision: int = 0) -> float:
    """The filter `round`; jinja2's own can take forever, and leaves '.0' on whole numbers."""
    digits = max(0, min(15, int(precision)))
    return round(float(value), digits) if digits else round(float(value))


def _replace(text: object, old: object, new: object) -> str:
    """The filter `replace`; jinja2's own can make texts of any length."""
    source, before, after = str(text), str(old), str(new)
    if len(source) + (source.count(before) + 1) * len(after) > MAX_RESULT:
        raise _OperationError(_TOO_LONG)
    return source.replace(before, after)


def _check_operands(left: object, right: object, operator: str) -> None:
    """Raise _OperationError unless both are numbers of a limited size, or texts to join."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return
    for side in (left, right):
        if not isinstance(side, int | float) or isinstance(side, bool):
            found = "text" if isinstance(side, str) else type(side).__name__
            raise _OperationError(f"'{operator}' needs numbers, not {found}")
        if abs(side) > MAX_NUMBER:
            raise _OperationError(f"number too large: the maximum is {len(str(MAX_NUMBER)) - 1} digits")


def _parse(text: str) -> Node:
    import jinja2

    try:
        return _environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        nth, token = _invalid_expression(text, error.lineno)
        reason = (error.message or "").rstrip(".").split(". ")[0]
        reason = reason.replace("end of print statement", "}}").replace("end of statement block", "%}")
        unknown = re.match(r"No (filter|test) named '(.*)'", reason)
        message, hint = f"invalid template: {reason[:1].lower()}{reason[1:]}", None
        if unknown:
            message, token = f"templates have no {unknown[1]} '{unknown[2]}'", unknown[2]
            hint = _suggestion(unknown[2], FILTERS if unknown[1] == "filter" else TESTS)
        elif reason.startswith("Encountered unknown tag"):
            message = UNSUPPORTED
        raise TemplateProblemError(TemplateProblem(message, nth, token, hint)) from None
    except ValueError as error:
        raise TemplateProblemError(TemplateProblem(f"invalid template: {error}", *_find(text, ""))) from None


def _invalid_expression(text: str, line: int) -> tuple[int, str]:
    """Return the index and text of the invalid expression: one that is invalid alone, or else one in the line."""
    import jinja2

    found = list(EXPRESSION.finditer(text))
    for nth, match in enumerate(found):
        if match[0].startswith("{{"):
            try:
                _environment().parse(match[0])
            except jinja2.TemplateSyntaxError:
                return nth, match[0]
    statements = [nth for nth, match in enumerate(found) if match[0].startswith("{%")]
    in_line = [nth for nth in statements if text.count("\n", 0, found[nth].start()) + 1 == line]
    nth = (in_line or statements or [len(found) - 1])[-1]
    return (nth, found[nth][0]) if found else (0, "")


def _unsupported(tree: Node, text: str) -> Iterator[TemplateProblem]:
    """Yield what templates do not support."""
    from jinja2 import nodes

    accesses = [*tree.find_all((nodes.Getattr, nodes.Getitem))]
    if accesses:
        node = accesses[-1]  # the innermost, which is evaluated first
        name = str(node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "["))
        yield TemplateProblem(f"templates cannot access '{name}' of a value", *_find(text, name))
        return
    if any(node.value in (math.inf, -math.inf) for node in tree.find_all(nodes.Const)):
        yield TemplateProblem(_TOO_LARGE, *_find(text, ""))
    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        if kind == "Filter" and node.name not in FILTERS:
            hint = _suggestion(node.name, FILTERS)
            yield TemplateProblem(f"templates have no filter '{node.name}'", *_find(text, str(node.name)), hint)
        elif kind == "Test" and node.name not in TESTS:
            hint = _suggestion(node.name, TESTS)
            yield TemplateProblem(f"templates have no test '{node.name}'", *_find(text, str(node.name)), hint)
        elif kind == "Call":
            name = getattr(node.node, "name", "")
            yield TemplateProblem(f"templates cannot call '{name}'", *_find(text, name))
        elif kind in {"Pow", "Mod"}:
            operator = "**" if kind == "Pow" else "%"
            yield TemplateProblem(f"templates do not support '{operator}'", *_find(text, operator))
        elif kind not in ALLOWED:
            yield TemplateProblem(UNSUPPORTED, *_find(text, ""))
            return


def _suggestion(name: str, known: Sequence[str]) -> str:
    return did_you_mean(name, known) or f"use one of {', '.join(known)}"


def _undefined(tree: Node, text: str, variables: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    """Yield the undefined names that are certainly evaluated; rendering finds one of the others if it is."""
    from jinja2 import nodes

    called = {id(node.node) for node in tree.find_all(nodes.Call)}
    tested = {id(node.node) for node in tree.find_all((nodes.Test, nodes.Filter))}
    conditional = next(tree.find_all((nodes.If, nodes.CondExpr, nodes.And, nodes.Or)), None) is not None
    for node in tree.find_all(nodes.Name):
        reserved = node.name == "self"  # jinja2 defines it
        if node.name not in variables and (reserved or not conditional) and id(node) not in called | tested:
            yield _missing(node.name, text, variables)


def _missing(name: str, text: str, variables: Mapping[str, Any]) -> TemplateProblem:
    hint = did_you_mean(name, variables) or f"define it with 'vars: {{{name}: ...}}' or '--var {name}=...'"
    return TemplateProblem(f"'{name}' is not defined", *_find(text, name), hint)


def _find(text: str, token: str) -> tuple[int, str]:
    """Return the index of the first expression with the token as a whole word, and the token.

    For an empty token, return the first expression and its text.
    """
    word = token[:1].isalnum() or token[:1] == "_"
    pattern = re.compile(rf"(?<!\w){re.escape(token)}(?!\w)" if word else re.escape(token))
    for nth, match in enumerate(EXPRESSION.finditer(text)):
        if pattern.search(match[0], 2, len(match[0]) - 2):
            return nth, token or match[0]
    return 0, ""
