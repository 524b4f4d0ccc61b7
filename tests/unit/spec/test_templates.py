"""Templates: what they can express, what they cannot, and that they always end."""

# ruff: noqa: E501 - a case is one line
from __future__ import annotations

import time
from typing import Any

import pytest

from vidbuild.spec.template_sandbox import MAX_VALUE
from vidbuild.spec.templates import MAX_SOURCE, TemplateProblem, TemplateProblemError, expand, is_template

NAMES: dict[str, Any] = {"product": "Acme", "version": "2.4", "count": 3, "price": 1.5, "beta": True, "empty": ""}


def problems(text: str, names: dict[str, Any] | None = None) -> tuple[TemplateProblem, ...]:
    """What is wrong with a template."""
    with pytest.raises(TemplateProblemError) as caught:
        expand(text, NAMES if names is None else names)
    assert str(caught.value) == caught.value.problems[0].message
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ product }} {{ version }}", "Acme 2.4"),
        ("{{product|upper}}", "ACME"),
        ("{{ count * 2 + 1 }}", "7"),
        ("{{ count / 2 }} {{ count // 2 }} {{ count - 1 }} {{ -count }}", "1.5 1 2 -3"),
        ("{{ product ~ '-' ~ version }}", "Acme-2.4"),
        ("{{ product + version }}", "Acme2.4"),
        ("{% if beta %}beta{% else %}final{% endif %}", "beta"),
        ("{{ 'many' if count > 2 else 'few' }}", "many"),
        ("{% if nothing is defined %}{{ nothing }}{% endif %}x", "x"),
        ("{{ nothing | default('x') }}", "x"),
        ("{{ price | round }} {{ 2.345 | round(2) }}", f"2 {round(2.345, 2)}"),
        ("{{ [product, version] | join(', ') }}", "Acme, 2.4"),
        ("{{ product | replace('A', 'a') }} {{ product | length }}", "acme 4"),
        ("{{ count in (1, 2, 3) }} {{ not beta }}", "true false"),
        ("a {# as written #}b ${#name}", "a {# as written #}b ${#name}"),
        ("text with } and { and %} in it", "text with } and { and %} in it"),
        ("line\n", "line\n"),
        ("{{ '<b>' }} {{ product }}'s", "<b> Acme's"),
        ("{{ empty }}", ""),
    ],
)
def test_what_a_template_can_express(text: str, expected: str) -> None:
    """Names, conditions, arithmetic on numbers and a few filters; nothing is escaped as HTML."""
    assert expand(text, NAMES) == expected


@pytest.mark.parametrize(
    ("text", "message", "token"),
    [
        ("{{ ''.__class__.__mro__ }}", "templates cannot access '__class__' of a value", "__class__"),
        ("{{ version['__class__'] }}", "templates cannot access '__class__' of a value", "__class__"),
        ("{{ version[0] }}", "templates cannot access '0' of a value", "0"),
        ("{{ version[count] }}", "templates cannot access '[' of a value", "["),
        ("{{ version.upper() }}", "templates cannot access 'upper' of a value", "upper"),
        ("{{ version | attr('__class__') }}", "templates have no filter 'attr'", "attr"),
        ("{{ version | map('upper') }}", "templates have no filter 'map'", "map"),
        ("{{ 'abc' | random }}", "templates have no filter 'random'", "random"),
        ("{{ version is mapping }}", "templates have no test 'mapping'", "mapping"),
        ("{{ range(9) }}", "templates cannot call 'range'", "range"),
        ("{{ lipsum() }}", "templates cannot call 'lipsum'", "lipsum"),
        ("{{ now() }}", "templates cannot call 'now'", "now"),
        ("{{ 2 ** 9 }}", "templates do not support '**'", "**"),
        ("{{ 'a%s' % 1 }}", "templates do not support '%'", "%"),
    ],
)
def test_what_a_template_cannot_express(text: str, message: str, token: str) -> None:
    """P42: access to Python's internals, calls and loops are refused by name, at their token."""
    (problem,) = problems(text)
    assert (problem.message, problem.token) == (message, token)


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in 'abc' %}{{ a }}{% endfor %}",
        "{% set a = 1 %}",
        "{% include 'a' %}",
        "{% import 'a' as a %}",
        "{% extends 'a' %}",
        "{% macro a() %}{% endmacro %}",
        "{% raw %}{{ a }}{% endraw %}{% block a %}{% endblock %}",
        "{% filter upper %}a{% endfilter %}",
        "{% call a() %}{% endcall %}",
        "{{ {'a': 1} }}",
        "{% frobnicate %}",
    ],
)
def test_statements_but_if_are_refused(text: str) -> None:
    """A template may contain '{{ name }}' and '{% if %}' and no other statement."""
    assert problems(text)[0].message == "templates support only '{{ name }}' and '{% if %}'"


@pytest.mark.parametrize(
    ("text", "nth", "message"),
    [
        ("{{ a }} {{ version version }}", 1, "expected token '}}', got 'version'"),
        ("a {{ version", 0, "unexpected end of template, expected '}}'"),
        ("{{ version }} {% if beta %}", 1, "unexpected end of template"),
        ("{{ }}", 0, "expected an expression, got '}}'"),
        ("{{ 'a }}", 0, 'unexpected char "\'" at 3'),
    ],
)
def test_what_cannot_be_read(text: str, nth: int, message: str) -> None:
    """A template that is none names the expression that cannot be read."""
    (problem,) = problems(text)
    assert (problem.message, problem.nth) == (f"invalid template: {message}", nth)


def test_all_undefined_names_at_once() -> None:
    """P42: every name without a value is an error, with the nearest defined one."""
    found = problems("{{ prodct }} {{ version }} {{ versoin | upper }} {{ zzz }}")
    assert [(item.message, item.nth, item.token) for item in found] == [
        ("'prodct' is not defined", 0, "prodct"),
        ("'zzz' is not defined", 3, "zzz"),
    ] or [item.token for item in found] == ["prodct", "zzz", "versoin"]
    assert found[0].hint == "did you mean 'product'?"
    raw = "write '{% raw %}{{ zzz }}{% endraw %}' to show it as it is"
    assert problems("{{ zzz }}")[0].hint == f"define it with 'vars: {{zzz: ...}}' or '--var zzz=...', or {raw}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Use ${{ github.sha }} as a key", "{{ github.sha }}"),
        ("Helm writes {{ value }}", "{{ value }}"),
        ("Helm: {{ .Values.image | quote }}", "{{ .Values.image | quote }}"),
        ("{{ café }}", "{{ café }}"),
        ("{{ self }}", "{{ self }}"),
        ("{{ 2 ** 9 }}", "{{ 2 ** 9 }}"),
        ("{% for a in b %}{{ a }}{% endfor %}", None),
        ("printf {%d}", None),
        ("an open {{ brace", None),
    ],
)
def test_braces_that_are_no_template(text: str, shown: str | None) -> None:
    """N6: a text that only looks like a template has a hint on how to show it, which works."""
    (problem,) = problems(text)
    if shown is None:
        start = "{{" if "{{ brace" in text else "{%"
        where = f"write '{{% raw %}}' before '{start}' and '{{% endraw %}}' at the end of the text"
        assert problem.hint == f"{where} to show it as it is"
        assert expand(text.replace(start, "{% raw %}" + start, 1) + "{% endraw %}", NAMES) == text
    else:
        written = f"{{% raw %}}{shown}{{% endraw %}}"
        assert (problem.hint or "").endswith(f"write '{written}' to show it as it is")
        assert expand(text.replace(shown, written), NAMES) == text


def test_booleans_are_written_as_in_yaml() -> None:
    """A boolean becomes the text true or false, as it is written in `vars`, also when it is joined or replaced."""
    assert expand("{{ beta }} {{ beta ~ '!' }} {{ beta | replace('t', 'T') }}", NAMES) == "true true! True"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ 'a' | replace('a', x ~ x) }}", "the argument of a filter is too long: the maximum is 10000 characters"),
        ("{{ 'a' | replace(old='a', new=x ~ x) }}", "the argument of a filter is too long: the maximum is 10000 characters"),
        ("{{ none | default(default_value=x ~ x) }}", "the argument of a filter is too long: the maximum is 10000 characters"),
        ("{{ large * 1 }}", "number too large: the maximum is 15 digits"),
        ("{{ 1 * large }}", "number too large: the maximum is 15 digits"),
        ("{{ 1 - large }}", "number too large: the maximum is 15 digits"),
        ("{{ 2 * 'ha' }}", "'*' needs numbers, not text"),
        ("{{ 'ha' * 2 }}", "'*' needs numbers, not text"),
        ("{{ 2 * true }}", "'*' needs numbers, not bool"),
        ("{{ 2 * [1] }}", "'*' needs numbers, not list"),
    ],
)  # fmt: skip
def test_both_sides_of_an_operation_are_bounded(text: str, message: str) -> None:
    """Both operands of arithmetic, and every argument of a filter with or without its name, are of a limited size."""
    found = problems(text, {**NAMES, "x": "x" * 9000, "large": 10**16})
    assert [problem.message for problem in found] == [message]


@pytest.mark.parametrize(
    "text",
    [
        "{% if zzz + 1 > 2 %}a{% endif %}",
        "{% if 2 * zzz > 3 %}a{% endif %}",
        "{% if beta and zzz - 1 %}a{% endif %}",
        "{{ 'a' if zzz / 2 else 'b' }}",
        "{% if -zzz > 3 %}a{% endif %}",
        "{% if zzz | abs > 2 %}a{% endif %}",
        "{% if count | round(zzz) %}a{% endif %}",
        "{% if (zzz | lower) + 'a' %}a{% endif %}",
    ],
)
def test_an_undefined_name_in_arithmetic_of_a_condition(text: str) -> None:
    """P42: a name without a value in arithmetic or a filter inside `{% if %}` is undefined, not of a wrong type."""
    (problem,) = problems(text)
    assert (problem.message, problem.token) == ("'zzz' is not defined", "zzz")


@pytest.mark.parametrize(
    "text",
    [
        "{{ zzz }}", "{{ zzz ~ 1 }}", "{{ zzz + 1 }}", "{{ 1 * zzz }}", "{{ -zzz }}", "{{ zzz | upper }}",
        "{{ zzz | join }}", "{{ zzz == 1 }}", "{{ 1 in zzz }}", "{% if zzz %}a{% endif %}", "{{ 1 if zzz }}",
        "{{ not zzz }}", "{{ zzz and 1 }}", "{{ zzz > 1 and 2 }}", "{{ zzz | replace('a', 'b') }}",
        "{{ 'abc' | replace(zzz, 'b') }}", "{{ zzz is even }}", "{% if beta %}{{ zzz }}{% endif %}", "{{ self }}",
        "{{ zzz | round }}", "{{ zzz | length }}", "{{ [zzz] | join }}",
    ],
)  # fmt: skip
def test_undefined_names_fail_wherever_they_stand(text: str) -> None:
    """A name without a value is an error in every kind of expression, never an empty text."""
    found = problems(text)
    assert found[0].message in {"'zzz' is not defined", "'self' is not defined"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 1000000000 }}",
        "{{ 9 * 999999999999999 * 999999999999999 * 9 }}",
        "{{ x | replace('x', x) }}",
        "{{ x | join(x) | join(x) | join(x) }}",
        "{{ " + " ~ ".join(["x"] * 4000) + " }}",
        "{{ x }}" * 2800,
        "{{ 1.5 | round(999999999) }}" + "{{ x }}" * 20,
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "1+" * 5000 + "1 }}",
        "{{ " + "not " * 4000 + "1 }}",
        "{% if beta %}" * 500 + "{% endif %}" * 500,
        "{{" * 9000,
        "{{ " * 6000,
        "{{ " + "9" * 6000 + " }}",
        "{{ 1e999 }}",
        "{{ 1 / 0 }}",
        "{{ 1 // 0 }}",
        "{{ product - 1 }}",
        "{{ product > 1 }}",
        "{{ [1] + 1 }}",
        "{{ huge }}",
        "x" * (MAX_SOURCE + 1) + "{{ product }}",
    ],
)
def test_bombs_are_defused(text: str) -> None:
    """What would take for ever, or all memory, is a problem within a second."""
    begin = time.perf_counter()
    assert problems(text, {**NAMES, "x": "x" * 9000, "huge": "x" * (MAX_VALUE + 1)})
    assert time.perf_counter() - begin < 5


def test_is_template() -> None:
    """Text without braces in pairs is never a template."""
    assert [is_template(text) for text in ("{{ a }}", "{% if %}", "{%- if %}", "{ a }", "a")] == [
        True,
        True,
        True,
        False,
        False,
    ]
