"""One text with `{{ names }}` -> the text they stand for, in a sandbox; it knows nothing of specs.

A template is given its variables and nothing else: no clock, no randomness, no environment, no Python. What it may
say is a short list of node types, so that it can neither reach out nor run away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

MAX_SOURCE = 20_000  # characters of a text that is a template
MAX_RESULT = 100_000  # characters, of a whole text and of each step on the way to it
MAX_NUMBER = 10**15
ALLOWED = frozenset(
    "Template Output TemplateData Name Const Getattr Getitem Filter Test Compare Operand CondExpr And Or Not Neg Pos "
    "Concat Add Sub Mul Div FloorDiv List Tuple If Keyword Slice".split()  # noqa: SIM905 - a list this long reads better so
)
OPENS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{[{%#][^\n]*", re.DOTALL)


class TemplateProblemError(Exception):
    """A template that cannot be expanded. nth: which `{{ }}` or `{% %}` of the text it is; token: what in it."""

    def __init__(self, message: str, nth: int = 0, token: str = "", hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.nth, self.token, self.hint = message, nth, token, hint


def is_template(text: str) -> bool:
    """Whether there is anything in the text to expand."""
    return "{{" in text or "{%" in text or "{#" in text


def expand(text: str, variables: Mapping[str, Any]) -> str:
    """The text with its variables in place. Raises TemplateProblemError."""
    import jinja2  # noqa: PLC0415 - only a spec with templates needs it

    if len(text) > MAX_SOURCE:
        raise TemplateProblemError(f"a template of more than {MAX_SOURCE} characters")
    tree = _parse(text)
    _refuse(tree, text)
    try:
        result: str = _environment().from_string(tree).render(dict(variables))
    except _MissingError as error:
        raise _missing(error.name, text, variables) from None
    except TemplateProblemError as error:
        raise TemplateProblemError(error.message, *_find(text, error.token), error.hint) from None
    except jinja2.TemplateError as error:
        raise TemplateProblemError(f"the template fails: {error.message}", *_find(text, "")) from None
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise TemplateProblemError(f"the template fails: {error}", *_find(text, "")) from None
    if len(result) > MAX_RESULT:
        raise TemplateProblemError(f"the template makes more than {MAX_RESULT} characters")
    return result


class _MissingError(Exception):
    """A name that has no value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@lru_cache(maxsize=1)
def _environment() -> Any:  # noqa: ANN401 - jinja2 is imported lazily
    from jinja2 import StrictUndefined, Undefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    class Missing(StrictUndefined):
        def _fail_with_undefined_error(self, *_args: object, **_kwargs: object) -> Any:  # noqa: ANN401
            raise _MissingError(str(self._undefined_name))

        __str__ = __iter__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = _fail_with_undefined_error
        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _fail_with_undefined_error
        __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _fail_with_undefined_error
        __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = __neg__ = __pos__ = _fail_with_undefined_error
        __call__ = __getitem__ = __contains__ = _fail_with_undefined_error

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"+", "-", "*", "/", "//"})

        def call_binop(self, _context: object, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
            for side in (left, right):
                if isinstance(side, Undefined):
                    str(side)
            _bounded(left, right, operator)
            return self.binop_table[operator](left, right)

    sandbox = Sandbox(undefined=Missing, keep_trailing_newline=True, autoescape=False)
    sandbox.globals.clear()
    sandbox.filters = {name: _guarded(name, sandbox.filters[name]) for name in FILTERS}
    sandbox.tests = {name: sandbox.tests[name] for name in TESTS}
    return sandbox


FILTERS = (
    *("abs", "capitalize", "default", "first", "float", "int", "join", "last", "length", "lower", "replace"),
    *("round", "title", "trim", "upper"),
)
TESTS = (
    *("boolean", "defined", "undefined", "number", "string", "even", "odd", "in", "==", "!=", "<", "<=", ">", ">="),
    *("true", "false"),
)


def _guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that neither takes nor makes more than it may; jinja2's own marks on it are kept."""

    def guarded(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        texts = [arg for arg in args if isinstance(arg, str)]
        if name == "replace" and len(texts) == 3:  # noqa: PLR2004 - the text, what is replaced, and by what
            text, old, new = texts
            if len(text) + (text.count(old) + 1) * len(new) > MAX_RESULT:
                raise TemplateProblemError(f"the template makes more than {MAX_RESULT} characters", token=name)
        result = function(*args, **kwargs)
        if isinstance(result, str) and len(result) > MAX_RESULT:
            raise TemplateProblemError(f"the template makes more than {MAX_RESULT} characters", token=name)
        return result

    guarded.__dict__.update(getattr(function, "__dict__", {}))
    return guarded


def _bounded(left: object, right: object, operator: str) -> None:
    """Arithmetic is for numbers of a sensible size; text can only be joined."""
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > MAX_RESULT:
            raise TemplateProblemError(f"the template makes more than {MAX_RESULT} characters")
        return
    for side in (left, right):
        if not isinstance(side, int | float) or isinstance(side, bool):
            what = "text" if isinstance(side, str) else type(side).__name__
            raise TemplateProblemError(f"'{operator}' is for numbers, not for {what}")
        if abs(side) > MAX_NUMBER:
            raise TemplateProblemError(f"a number of more than {len(str(MAX_NUMBER)) - 1} digits")


def _parse(text: str) -> Any:  # noqa: ANN401 - jinja2 is imported lazily
    import jinja2  # noqa: PLC0415

    try:
        return _environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        nth, token = _broken(text, error.lineno)
        known = re.match(r"No (filter|test) named '(.*)'", error.message or "")
        message = f"the template cannot be read: {_said(error.message)}"
        if known:
            message, token = f"a template has no {known[1]} '{known[2]}'", known[2]
        elif (error.message or "").startswith("Encountered unknown tag"):
            message = "a template may only say '{{ name }}' and '{% if %}'"
        raise TemplateProblemError(message, nth, token) from None
    except RecursionError:
        raise TemplateProblemError("the template is nested too deep") from None


def _said(message: str | None) -> str:
    said = (message or "").rstrip(".").split(". ")[0]
    return said[:1].lower() + said[1:]


def _broken(text: str, line: int) -> tuple[int, str]:
    """Which of a text's expressions is the one that cannot be read: alone, or else by its line."""
    import jinja2  # noqa: PLC0415

    found = list(OPENS.finditer(text))
    for nth, match in enumerate(found):
        if match[0].startswith("{{"):
            try:
                _environment().parse(match[0])
            except jinja2.TemplateSyntaxError:
                return nth, match[0]
    for nth, match in enumerate(found):
        if text.count("\n", 0, match.start()) + 1 == line:
            return nth, match[0]
    return max(len(found) - 1, 0), found[-1][0] if found else ""


def _refuse(tree: Any, text: str) -> None:  # noqa: ANN401
    """Raise for what a template may not say, whether or not it would be harmless."""
    from jinja2 import nodes  # noqa: PLC0415

    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        name = node.attr if kind == "Getattr" else node.name if kind == "Name" else ""
        if kind == "Getitem" and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            name = node.arg.value
        if name.startswith("_"):
            raise TemplateProblemError(f"a template cannot reach for '{name}'", *_find(text, name))
        if kind == "Filter" and node.name not in FILTERS:
            raise TemplateProblemError(f"a template has no filter '{node.name}'", *_find(text, str(node.name)))
        if kind not in ALLOWED:
            raise _refused(kind, text)


def _refused(kind: str, text: str) -> TemplateProblemError:
    token = {"Call": "(", "Pow": "**", "Mod": "%", "For": "for", "Dict": "{"}.get(kind, "")
    what = {"Call": "call anything", "Pow": "use '**'", "Mod": "use '%'", "For": "repeat"}.get(kind)
    return TemplateProblemError(f"a template cannot {what or 'do this'}", *_find(text, token, whole=True))


def _missing(name: str, text: str, variables: Mapping[str, Any]) -> TemplateProblemError:
    from vidbuild.spec.diagnostics import did_you_mean  # noqa: PLC0415 - kept beside its one use

    hint = did_you_mean(name, variables) or f"--var {name}=… or 'vars: {{{name}: …}}' defines it"
    return TemplateProblemError(f"'{name}' is not defined", *_find(text, name), hint)


def _find(text: str, token: str, *, whole: bool = False) -> tuple[int, str]:
    """The first of a text's expressions in which the token stands as a whole, and the token (or all of it)."""
    pattern = re.compile(rf"(?<!\w){re.escape(token)}(?!\w)" if token[:1].isalnum() else re.escape(token))
    for nth, match in enumerate(OPENS.finditer(text)):
        if pattern.search(match[0], 2):
            return nth, match[0] if whole or not token else token
    return 0, ""
