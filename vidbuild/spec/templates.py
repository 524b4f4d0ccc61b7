"""One text with `{{ names }}` -> the text they stand for, in a sandbox; it knows nothing of specs.

A template is given its variables and nothing else: no clock, no randomness, no environment, no Python. What it may
say is a short list of node types, so that it can neither reach out nor run away.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vidbuild.suggest import did_you_mean

MAX_SOURCE = 20_000  # characters of a text that is a template
MAX_VALUE = 10_000  # characters of a variable, or of what a filter is given
MAX_RESULT = 100_000  # characters, of a whole text and of each step on the way to it
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
OPENS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[{%#][^\n]*", re.DOTALL)
ONLY = "a template may only say '{{ name }}' and '{% if %}'"


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """What is wrong with a template. nth: which `{{ }}` or `{% %}` of the text it is in; token: what in it."""

    message: str
    nth: int = 0
    token: str = ""
    hint: str | None = None


class TemplateProblemError(Exception):
    """A template that cannot be expanded, with all that is wrong with it."""

    def __init__(self, *problems: TemplateProblem) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def is_template(text: str) -> bool:
    """Whether there is anything in the text to expand."""
    return "{{" in text or "{%" in text or "{#" in text


def names(text: str) -> set[str]:
    """The variables that a text asks for; where it is no proper template, every word of its expressions."""
    try:
        if len(text) <= MAX_SOURCE:
            from jinja2 import nodes

            return {node.name for node in _parse(text).find_all(nodes.Name)}
    except (TemplateProblemError, RecursionError):
        pass
    return {word for match in OPENS.finditer(text) for word in re.findall(r"[^\W\d]\w*", match[0])}


def expand(text: str, variables: Mapping[str, Any]) -> str:
    """The text with its variables in place. Raises TemplateProblemError."""
    if len(text) > MAX_SOURCE:
        raise TemplateProblemError(TemplateProblem(f"a template of more than {MAX_SOURCE} characters"))
    try:
        return _expand(text, variables)
    except RecursionError:
        raise TemplateProblemError(TemplateProblem(_TOO_DEEP)) from None


def _expand(text: str, variables: Mapping[str, Any]) -> str:
    tree = _parse(text)
    for name, value in variables.items():
        if isinstance(value, str) and len(value) > MAX_VALUE and name in text:
            raise TemplateProblemError(TemplateProblem(f"'{name}' has more than {MAX_VALUE} characters"))
    problems = tuple(dict.fromkeys(_refused(tree, text))) or tuple(_undefined(tree, text, variables))
    if problems:
        raise TemplateProblemError(*problems)
    result = _render(tree, text, variables)
    if len(result) > MAX_RESULT:
        raise TemplateProblemError(TemplateProblem(_TOO_LONG))
    return result


def _render(tree: Any, text: str, variables: Mapping[str, Any]) -> str:  # noqa: ANN401 - jinja2 is imported lazily
    import jinja2

    try:
        result: str = _environment().from_string(tree).render(dict(variables))
    except _FailedError as error:
        raise TemplateProblemError(TemplateProblem(str(error), *_find(text, ""))) from None
    except jinja2.UndefinedError as error:
        found = re.search(r"'(\w+)' is undefined", error.message or "")
        if found:
            raise TemplateProblemError(_missing(found[1], text, variables)) from None
        raise TemplateProblemError(TemplateProblem(f"the template fails: {error.message}", *_find(text, ""))) from None
    except NameError:  # how a number without end, as a filter may make it, looks to what jinja2 compiles
        raise TemplateProblemError(TemplateProblem(_TOO_LARGE, *_find(text, ""))) from None
    except (SyntaxError, MemoryError):
        raise TemplateProblemError(TemplateProblem(_TOO_DEEP)) from None
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise TemplateProblemError(TemplateProblem(f"the template fails: {error}", *_find(text, ""))) from None
    return result


_TOO_DEEP = "the template is nested too deep"
_TOO_LARGE = "a number that is larger than can be kept"
_TOO_LONG = f"the template makes more than {MAX_RESULT} characters"


class _FailedError(Exception):
    """An operation that a template may say, but not with these values."""


@functools.lru_cache(maxsize=1)
def _environment() -> Any:  # noqa: ANN401 - jinja2 is imported lazily
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//"})

        def call_binop(self, _context: object, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - whatever a template computes
            for side in (left, right):
                if isinstance(side, StrictUndefined):
                    str(side)  # raises: it has no value
            _bounded(left, right, operator)
            return self.binop_table[operator](left, right)

    sandbox = Sandbox(undefined=StrictUndefined, keep_trailing_newline=True)
    sandbox.globals.clear()
    own = {"replace": _replace, "round": _round}
    sandbox.filters = {name: _guarded(own.get(name, sandbox.filters[name])) for name in FILTERS}
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes no long text, so that none of it can be made longer and longer."""

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever a template computes
        if any(isinstance(value, str) and len(value) > MAX_VALUE for value in (*args, *kwargs.values())):
            raise _FailedError(f"a filter is given more than {MAX_VALUE} characters")
        return function(*args, **kwargs)

    return guarded


def _round(value: float, precision: int = 0) -> float:
    """The filter of that name; jinja2's own raises 10 to any power, and leaves '.0' on whole numbers."""
    digits = max(0, min(15, int(precision)))
    return round(float(value), digits) if digits else round(float(value))


def _replace(text: object, old: object, new: object) -> str:
    """The filter of that name; jinja2's own may make texts of any length."""
    whole, before, after = str(text), str(old), str(new)
    if len(whole) + (whole.count(before) + 1) * len(after) > MAX_RESULT:
        raise _FailedError(_TOO_LONG)
    return whole.replace(before, after)


def _bounded(left: object, right: object, operator: str) -> None:
    """Arithmetic is for numbers of a sensible size; text can only be joined."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return
    for side in (left, right):
        if not isinstance(side, int | float) or isinstance(side, bool):
            raise _FailedError(f"'{operator}' is for numbers, not for {'text' if isinstance(side, str) else 'this'}")
        if abs(side) > MAX_NUMBER:
            raise _FailedError(f"a number of more than {len(str(MAX_NUMBER)) - 1} digits")


def _parse(text: str) -> Any:  # noqa: ANN401 - whatever a template computes
    import jinja2

    try:
        return _environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        nth, token = _broken(text, error.lineno)
        said = (error.message or "").rstrip(".").split(". ")[0]
        known = re.match(r"No (filter|test) named '(.*)'", said)
        message = f"the template cannot be read: {said[:1].lower()}{said[1:]}"
        if known:
            message, token = f"a template has no {known[1]} '{known[2]}'", known[2]
        elif said.startswith("Encountered unknown tag"):
            message = ONLY
        raise TemplateProblemError(TemplateProblem(message, nth, token)) from None
    except ValueError as error:
        raise TemplateProblemError(TemplateProblem(f"the template cannot be read: {error}", *_find(text, ""))) from None


def _broken(text: str, line: int) -> tuple[int, str]:
    """Which of a text's expressions is the one that cannot be read: alone, or else by its line."""
    import jinja2

    found = list(OPENS.finditer(text))
    for nth, match in enumerate(found):
        if match[0].startswith("{{"):
            try:
                _environment().parse(match[0])
            except jinja2.TemplateSyntaxError:
                return nth, match[0]
    statements = [nth for nth, match in enumerate(found) if match[0].startswith("{%")]
    there = [nth for nth in statements if text.count("\n", 0, found[nth].start()) + 1 == line]
    nth = (there or statements or [len(found) - 1])[-1]
    return (nth, found[nth][0]) if found else (0, "")


def _refused(tree: Any, text: str) -> Iterator[TemplateProblem]:  # noqa: ANN401 - whatever a template computes
    """What a template may not say, whether or not it would be harmless."""
    from jinja2 import nodes

    reaching = [*tree.find_all((nodes.Getattr, nodes.Getitem))]
    if reaching:
        node = reaching[-1]  # the innermost: what it reaches for first
        name = str(node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "["))
        yield TemplateProblem(f"a template cannot reach into a value for '{name}'", *_find(text, name))
        return
    if any(node.value in (math.inf, -math.inf) for node in tree.find_all(nodes.Const)):
        yield TemplateProblem(_TOO_LARGE, *_find(text, ""))
    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        if kind == "Filter" and node.name not in FILTERS:
            yield TemplateProblem(f"a template has no filter '{node.name}'", *_find(text, str(node.name)))
        elif kind == "Test" and node.name not in TESTS:
            yield TemplateProblem(f"a template has no test '{node.name}'", *_find(text, str(node.name)))
        elif kind == "Call":
            name = getattr(node.node, "name", "")
            yield TemplateProblem(f"a template cannot call '{name}'", *_find(text, name))
        elif kind in {"Pow", "Mod"}:
            operator = "**" if kind == "Pow" else "%"
            yield TemplateProblem(f"a template cannot use '{operator}'", *_find(text, operator))
        elif kind not in ALLOWED:
            yield TemplateProblem(ONLY, *_find(text, ""))
            return


def _undefined(tree: Any, text: str, variables: Mapping[str, Any]) -> Iterator[TemplateProblem]:  # noqa: ANN401 - whatever a template computes
    """Names without a value, where each is certainly asked for; else rendering finds the one that is."""
    from jinja2 import nodes

    called = {id(node.node) for node in tree.find_all(nodes.Call)}
    spared = {id(node.node) for node in tree.find_all((nodes.Test, nodes.Filter))}
    conditional = next(tree.find_all((nodes.If, nodes.CondExpr, nodes.And, nodes.Or)), None) is not None
    for node in tree.find_all(nodes.Name):
        reserved = node.name == "self"  # jinja2 gives it a value of its own
        if node.name not in variables and (reserved or not conditional) and id(node) not in called | spared:
            yield _missing(node.name, text, variables)


def _missing(name: str, text: str, variables: Mapping[str, Any]) -> TemplateProblem:
    hint = did_you_mean(name, variables) or f"--var {name}=… or 'vars: {{{name}: …}}' defines it"
    return TemplateProblem(f"'{name}' is not defined", *_find(text, name), hint)


def _find(text: str, token: str) -> tuple[int, str]:
    """The first of a text's expressions in which the token stands as a whole, and the token (or all of it)."""
    word = token[:1].isalnum() or token[:1] == "_"
    pattern = re.compile(rf"(?<!\w){re.escape(token)}(?!\w)" if word else re.escape(token))
    for nth, match in enumerate(OPENS.finditer(text)):
        if pattern.search(match[0], 2, len(match[0]) - 2):
            return nth, token or match[0]
    return 0, ""
