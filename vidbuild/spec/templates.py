"""Expands one text with `{{ names }}` in a sandbox.

Only a short list of node types is allowed, so that a template can neither reach anything outside nor run for long.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vidbuild.frozen import dataclass, replaced
from vidbuild.patterns import later
from vidbuild.spec.scalars import NumberError, read_plain
from vidbuild.spec.template_sandbox import (
    FILTERS,
    MAX_RESULT,
    MAX_VALUE,
    TESTS,
    TEXT_FILTER,
    TOO_LONG,
    OperationError,
    environment,
)
from vidbuild.suggest import did_you_mean

MAX_SOURCE = 20_000  # characters of a template
ALLOWED = frozenset(
    {
        *("Template", "Output", "TemplateData", "Name", "Const", "Filter", "Test", "Compare", "Operand", "Keyword"),
        *("CondExpr", "And", "Or", "Not", "Neg", "Pos", "Concat", "Add", "Sub", "Mul", "Div", "FloorDiv", "If"),
        *("List", "Tuple"),
    }
)
EXPRESSION = later(r"\{\{.*?\}\}|\{%.*?%\}|\{[{%][^\n]*", re.DOTALL)
RESERVED = "self"  # jinja2 defines it
_NAME = later(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_SHOWN = 60  # characters of an expression in a hint
UNSUPPORTED = "templates support only '{{ name }}' and '{% if %}'"
Node = Any  # a jinja2 node; jinja2 is imported when it is needed


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """A problem of a template.

    nth: index of the `{{ }}` or `{% %}` that it is in.
    token: the wrong part of that.
    literal: whether the text may only look like a template, so that a hint must say how to show its braces.
    """

    message: str
    nth: int = 0
    token: str = ""
    hint: str | None = None
    literal: bool = False


class TemplateProblemError(Exception):
    """A template that cannot be expanded, with all of its problems."""

    def __init__(self, *problems: TemplateProblem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def is_template(text: str) -> bool:
    """Return whether a text has anything to expand."""
    return "{{" in text or "{%" in text


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
    except TemplateProblemError as error:
        raise TemplateProblemError(*(_with_way_out(problem, text) for problem in error.problems)) from None


def _with_way_out(problem: TemplateProblem, text: str) -> TemplateProblem:
    """Add to a problem's hint how to show braces, unless the text is surely a template."""
    if not problem.literal or (problem.hint or "").startswith("did you mean"):
        return problem
    found = [match[0] for match in EXPRESSION.finditer(text)]
    written = found[problem.nth] if problem.nth < len(found) else ""
    if written.startswith("{{") and written.endswith("}}") and len(written) <= MAX_SHOWN and "\n" not in written:
        way_out = f"write '{{% raw %}}{written}{{% endraw %}}' to show it as it is"
    else:
        start = written[:2] or "{{"
        way_out = (
            f"write '{{% raw %}}' before '{start}' and '{{% endraw %}}' at the end of the text to show it as it is"
        )
    return replaced(problem, hint=f"{problem.hint}, or {way_out}" if problem.hint else way_out)


def _expand(text: str, variables: Mapping[str, Any]) -> str:
    from jinja2 import nodes

    tree = _parse(text)
    for name, value in variables.items():
        if isinstance(value, str) and len(value) > MAX_VALUE and name in text:
            message = f"the value of '{name}' is too long: the maximum is {MAX_VALUE} characters"
            raise TemplateProblemError(TemplateProblem(message))
    problems = tuple(dict.fromkeys(_unsupported(tree, text))) or tuple(_undefined(tree, text, variables))
    if problems:
        raise TemplateProblemError(*problems)
    for node in tree.find_all(nodes.Concat):
        node.nodes = [nodes.Filter(each, TEXT_FILTER, [], [], None, None) for each in node.nodes]
    result = _render(tree, text, variables)
    if len(result) > MAX_RESULT:
        raise TemplateProblemError(TemplateProblem(TOO_LONG))
    return result


def _render(tree: Node, text: str, variables: Mapping[str, Any]) -> str:
    import jinja2

    try:
        result: str = environment().from_string(tree).render(dict(variables))
    except OperationError as error:
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
    except TypeError as error:
        raise TemplateProblemError(_wrong_type(str(error), text, variables)) from None
    except (jinja2.TemplateError, ArithmeticError, ValueError, LookupError) as error:
        raise TemplateProblemError(TemplateProblem(f"the template fails: {error}", *_find(text, ""))) from None
    return result


def _wrong_type(reason: str, text: str, variables: Mapping[str, Any]) -> TemplateProblem:
    """Return a problem for an operation on values that it cannot take."""
    compared = re.match(r"'([<>]=?)' not supported", reason)
    if compared is None:
        return TemplateProblem(f"the template fails: {reason}", *_find(text, ""))
    numbers = [name for name in sorted(names(text)) if _is_number(variables.get(name))]
    hint = f"declare it as a number: 'vars: {{{numbers[0]}: {variables[numbers[0]]}}}'" if numbers else None
    message = f"'{compared[1]}' cannot compare text with a number"
    return TemplateProblem(message, *_find(text, numbers[0] if numbers else ""), hint)


def _is_number(value: object) -> bool:
    """Return whether a value is text that reads as a number."""
    try:
        return isinstance(value, str) and isinstance(read_plain(value.strip()), int | float)
    except NumberError:
        return False


_TOO_DEEP = "the template is nested too deeply"
_TOO_LARGE = "number too large in a template"


def _parse(text: str) -> Node:
    import jinja2

    try:
        return environment().parse(text)
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
        raise TemplateProblemError(TemplateProblem(message, nth, token, hint, literal=True)) from None
    except ValueError as error:
        problem = TemplateProblem(f"invalid template: {error}", *_find(text, ""), literal=True)
        raise TemplateProblemError(problem) from None


def _invalid_expression(text: str, line: int) -> tuple[int, str]:
    """Return the index and text of the invalid expression: one that is invalid alone, or else one in the line."""
    import jinja2

    found = list(EXPRESSION.finditer(text))
    for nth, match in enumerate(found):
        if match[0].startswith("{{"):
            try:
                environment().parse(match[0])
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
        yield TemplateProblem(f"templates cannot access '{name}' of a value", *_find(text, name), literal=True)
        return
    if any(node.value in (math.inf, -math.inf) for node in tree.find_all(nodes.Const)):
        yield TemplateProblem(_TOO_LARGE, *_find(text, ""))
    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        if kind == "Filter" and node.name not in FILTERS:
            hint = _suggestion(node.name, FILTERS)
            yield TemplateProblem(
                f"templates have no filter '{node.name}'", *_find(text, node.name), hint, literal=True
            )
        elif kind == "Test" and node.name not in TESTS:
            hint = _suggestion(node.name, TESTS)
            yield TemplateProblem(f"templates have no test '{node.name}'", *_find(text, node.name), hint, literal=True)
        elif kind == "Call":
            name = getattr(node.node, "name", "")
            yield TemplateProblem(f"templates cannot call '{name}'", *_find(text, name), literal=True)
        elif kind in {"Pow", "Mod"}:
            operator = "**" if kind == "Pow" else "%"
            yield TemplateProblem(f"templates do not support '{operator}'", *_find(text, operator), literal=True)
        elif kind not in ALLOWED:
            yield TemplateProblem(UNSUPPORTED, *_find(text, ""), literal=True)
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
        reserved = node.name == RESERVED
        if node.name not in variables and (reserved or not conditional) and id(node) not in called | tested:
            yield _missing(node.name, text, variables)


def _missing(name: str, text: str, variables: Mapping[str, Any]) -> TemplateProblem:
    definable = _NAME.fullmatch(name) and name != RESERVED
    define = f"define it with 'vars: {{{name}: ...}}' or '--var {name}=...'" if definable else None
    hint = did_you_mean(name, variables) or define
    return TemplateProblem(f"'{name}' is not defined", *_find(text, name), hint, literal=True)


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
