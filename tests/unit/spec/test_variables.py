"""Variables of templates: the types of those given for a build, and those that nothing uses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project

CHANNELS = (
    "vidbuild: 1\ntitle: Channels\nvars: {beta: true, count: 3, rate: 1.5, name: '7'}\nscenes:\n"
    '  - {id: a, type: title, duration: 1, title: "{% if beta %}BETA{% else %}STABLE{% endif %}",\n'
    "     subtitle: \"{{ 'many' if count > 2 else 'few' }} {{ count }} {{ rate }} {{ name }} {{ beta }}\"}\n"
)


def shown(project: Project, text: str, **given: Any) -> tuple[str, str]:
    """Title and subtitle of the first scene."""
    spec = project.try_load(text, **given).spec_or_raise()
    return spec.scenes[0].fields["title"], spec.scenes[0].fields["subtitle"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("BETA", "many 3 1.5 7 true")),
        ({"beta": "false"}, ("STABLE", "many 3 1.5 7 false")),
        ({"beta": "False"}, ("STABLE", "many 3 1.5 7 false")),
        ({"beta": " TRUE "}, ("BETA", "many 3 1.5 7 true")),
        ({"beta": False}, ("STABLE", "many 3 1.5 7 false")),
        ({"count": "10"}, ("BETA", "many 10 1.5 7 true")),
        ({"count": "1"}, ("BETA", "few 1 1.5 7 true")),
        ({"count": "-1.5"}, ("BETA", "few -1.5 1.5 7 true")),
        ({"rate": "2"}, ("BETA", "many 3 2 7 true")),
        ({"name": "2.10"}, ("BETA", "many 3 1.5 2.10 true")),
        ({"name": "false"}, ("BETA", "many 3 1.5 false true")),
    ],
)
def test_a_given_value_takes_the_declared_type(
    project: Project, given: dict[str, Any], expected: tuple[str, str]
) -> None:
    """`--var beta=false` is the same as `beta: false` in `vars`, and so for numbers; declared text stays text."""
    assert shown(project, CHANNELS, **given) == expected


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"beta": "maybe"}, "'beta' must be true or false, not 'maybe', as in 'vars'", "use --var beta=true"),
        ({"beta": "no"}, "'beta' must be true or false, not 'no', as in 'vars'", "use --var beta=false"),
        ({"beta": ""}, "'beta' must be true or false, not '', as in 'vars'", "use --var beta=true"),
        ({"beta": "1"}, "'beta' must be true or false, not '1', as in 'vars'", "use --var beta=true"),
        ({"count": "ten"}, "'count' must be a number, not 'ten', as in 'vars'", "use --var count=3"),
        ({"count": "true"}, "'count' must be a number, not 'true', as in 'vars'", "use --var count=3"),
        ({"count": "9" * 30}, "the value of 'count' is a number with too many digits", None),
    ],
)
def test_a_given_value_of_another_type(project: Project, given: dict[str, Any], message: str, hint: str | None) -> None:
    """P42: a value that is not of the declared type is an error at its declaration, and nothing follows from it."""
    ((line, _, found, expected),) = project.problems(CHANNELS, **given)
    assert (line, found, expected) == (3, message, hint)


def test_undeclared_truths_are_no_text(project: Project) -> None:
    """An undeclared `--var beta=false` is false in a condition; numbers stay as they are written."""
    text = CHANNELS.replace("vars: {beta: true, count: 3, rate: 1.5, name: '7'}", "vars: {count: 3}")
    given = {"rate": "2.10", "name": "007"}
    assert shown(project, text, beta="false", **given) == ("STABLE", "many 3 2.10 007 false")
    assert shown(project, text, beta="true", **given) == ("BETA", "many 3 2.10 007 true")


def test_a_comparison_of_text_with_a_number(project: Project) -> None:
    """P42: an undeclared number in a comparison is an error that says how to declare it."""
    text = CHANNELS.replace("count: 3, ", "")
    ((_, _, message, hint),) = project.problems(text, count="10")
    assert (message, hint) == ("'>' cannot compare text with a number", "declare it as a number: 'vars: {count: 10}'")


def test_a_given_number_that_loses_digits(project: Project) -> None:
    """P42: a version 2.10 given for a variable that is declared as a number is a warning at the declaration."""
    ((line, _, message, hint),) = project.problems(CHANNELS, rate="2.10")
    expected = ("'rate' is a number in 'vars', so 2.10 becomes the text '2.1'", 'write "1.5"')
    assert (line, message, hint) == (3, *expected)


def test_unused_variables(project: Project) -> None:
    """P42: a variable that no text uses is a warning at its name; a name in a condition uses it."""
    text = CHANNELS.replace("name: '7'", "name: '7', nmae: x")
    assert project.problems(text) == [(3, 52, "no text uses variable 'nmae'", None)]


def test_a_variable_in_code_that_is_not_expanded(project: Project) -> None:
    """P42: `{{ name }}` of a declared variable in a command is a warning, unless the scene says whether to expand."""
    text = (
        "vidbuild: 1\ntitle: A\nvars: {tag: x}\nscenes:\n"
        "  - {id: a, type: command, duration: 2, commands: [{run: 'pip install acme=={{ tag }}'}]EXPAND}\n"
    )
    (found,) = project.problems(text.replace("EXPAND", ""))
    assert found[:3] == (5, 80, "'{{ tag }}' is shown as it is written: code and commands are not expanded")
    assert project.problems(text.replace("EXPAND", ", expand: true")) == []
    assert [item[2] for item in project.problems(text.replace("EXPAND", ", expand: false"))] == [
        "no text uses variable 'tag'"
    ]
