"""The environment in which templates are expanded: a few filters and tests, and arithmetic on numbers of limited size.

A template can use its variables and nothing else: no clock, no randomness, no environment, no Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from vidbuild.json_types import Json

MAX_VALUE = 10_000  # characters of a variable, or of an argument of a filter
MAX_RESULT = 100_000  # characters of the expanded text, and of the result of each filter
MAX_NUMBER = 10**15
FILTERS = (
    *("abs", "capitalize", "default", "first", "float", "int", "join", "last", "length", "lower", "replace"),
    *("round", "title", "trim", "upper"),
)
TESTS = (
    *("boolean", "defined", "undefined", "number", "string", "even", "odd", "in", "==", "!=", "<", "<=", ">", ">="),
    *("true", "false"),
)
TEXT_FILTER = "text of"  # a filter that no template can name; it writes values as in YAML
TOO_LONG = f"the expanded text is too long: the maximum is {MAX_RESULT} characters"
# Comments of templates would vanish from texts about templates, and `${#name}` would begin one. No text contains this.
_NO_COMMENTS = "{#\x00no comments\x00"
Environment = Any  # a jinja2 environment; jinja2 is imported when it is needed


class OperationError(Exception):
    """An operation that templates support, but not with these values."""


@functools.lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment."""
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

    sandbox = Sandbox(
        undefined=StrictUndefined, keep_trailing_newline=True, finalize=as_text, comment_start_string=_NO_COMMENTS
    )
    sandbox.globals.clear()
    own = {"replace": _replace, "round": _round}
    sandbox.filters = {name: _limited(name, own.get(name, sandbox.filters[name])) for name in FILTERS}
    sandbox.filters[TEXT_FILTER] = as_text
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


def as_text(value: Json) -> Json:
    """Return a boolean as YAML writes it, and any other value as it is."""
    return str(value).lower() if isinstance(value, bool) else value


def _limited(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that refuses long texts, so that repeated filters cannot make a text longer and longer."""
    from jinja2 import Undefined

    @functools.wraps(function)
    def limited(*args: Json, **kwargs: Json) -> Json:
        for value in (*args, *kwargs.values()):
            if isinstance(value, str) and len(value) > MAX_VALUE:
                raise OperationError(f"the argument of a filter is too long: the maximum is {MAX_VALUE} characters")
            if isinstance(value, Undefined) and name != "default":
                str(value)  # raises UndefinedError; some filters complain of the type instead
        return function(*args, **kwargs)

    return limited


def _round(value: float, precision: int = 0) -> float:
    """The filter `round`; jinja2's own can take forever, and leaves '.0' on whole numbers."""
    digits = max(0, min(15, int(precision)))
    return round(float(value), digits) if digits else round(float(value))


def _replace(text: object, old: object, new: object) -> str:
    """The filter `replace`; jinja2's own can make texts of any length."""
    source, before, after = str(as_text(text)), str(as_text(old)), str(as_text(new))
    if len(source) + (source.count(before) + 1) * len(after) > MAX_RESULT:
        raise OperationError(TOO_LONG)
    return source.replace(before, after)


def _check_operands(left: object, right: object, operator: str) -> None:
    """Raise OperationError unless both are numbers of a limited size, or texts to join."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        return
    for side in (left, right):
        if not isinstance(side, int | float) or isinstance(side, bool):
            found = "text" if isinstance(side, str) else type(side).__name__
            raise OperationError(f"'{operator}' needs numbers, not {found}")
        if abs(side) > MAX_NUMBER:
            raise OperationError(f"number too large: the maximum is {len(str(MAX_NUMBER)) - 1} digits")
