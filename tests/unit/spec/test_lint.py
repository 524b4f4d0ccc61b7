"""Warnings about specs that are valid but probably not meant so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.spec.load import try_load

EXAMPLES = Path(__file__).parents[3] / "examples"
HEAD = "vidbuild: 1\ntitle: A {{ version }}\nscenes: [{id: a, type: title, title: A, duration: 1}]\n"


@pytest.mark.parametrize("spec", [*sorted(EXAMPLES.glob("*/video.yaml")), EXAMPLES / "gallery.yaml"], ids=str)
def test_examples_have_no_warning(spec: Path) -> None:
    """Users begin with an example, and `check --strict` in their CI passes."""
    assert list(try_load(spec).diagnostics) == []


def test_long_narration_lists_and_titles(project: Project) -> None:
    """A minute of speech over one picture, a list and a title that cannot be read are warnings; less is not."""
    still = {"lint": {"VB406": "off"}}
    assert project.wrong({"narration": "word " * 150, "title": "x" * 70, **still}) == []
    assert project.wrong({"type": "list", "items": ["a"] * 8}) == []
    assert [message for _, message, _ in project.wrong({"narration": "word " * 151, "title": "x" * 71, **still})] == [
        "narration of 151 words: viewers can follow up to 150 in one scene",
        "title of 71 characters: viewers can read up to 70 at a glance",
    ]
    ((where, message, _),) = project.wrong({"type": "list", "items": ["a"] * 9})
    assert (where, message) == ("scenes[0].items", "9 items in one list: viewers can read up to 8")


@pytest.mark.parametrize(("language", "short"), [("eng", "en"), ("deu-AT", "de-AT"), ("en", None), ("haw", None)])
def test_a_language_with_a_code_that_is_too_long(project: Project, language: str, short: str | None) -> None:
    """A code of three letters is a warning with that of two letters, if there is one, whatever the voice."""
    found = [(where, hint) for where, _, hint in project.wrong({"duration": 2}, language=language)]
    assert found == ([("language", f"write {short}")] if short else [])


@pytest.mark.parametrize(("mark", "most"), [("7", 32), ("a", 150)])
def test_a_word_that_is_not_spoken_to_its_end(project: Project, mark: str, most: int) -> None:
    """A word so long that the voice leaves out its end is a warning at the narration; a shorter one is not."""
    assert project.wrong({"narration": f"see {mark * most} there"}, voice="espeak:en-us", reading="verbatim") == []
    ((where, message, _),) = project.wrong(
        {"narration": f"see {mark * (most + 1)} there"}, voice="espeak:en-us", reading="verbatim"
    )
    expected = f"espeak speaks only the beginning of '{mark * 12}…': {most + 1} characters without a space"
    assert (where, message) == ("scenes[0].narration", expected)


@pytest.mark.parametrize(
    ("written", "reads"),
    [("2.10", "2.1"), ("007", "7"), ("1e3", "1000.0"), ("+5", "5"), ("2.4", None), ("3", None), ('"2.10"', None)],
)
def test_numbers_that_read_otherwise_than_written(project: Project, written: str, reads: str | None) -> None:
    """A version 2.10 that YAML takes for the number 2.1 is a warning with how to write it."""
    found = project.problems(f"{HEAD}vars: {{version: {written}}}\n")
    expected = (
        [(4, 17, f"{written} is a number, which becomes the text '{reads}'", f'write "{written}"')] if reads else []
    )
    assert found == expected


def test_variables_of_any_shape(project: Project) -> None:
    """Variables of the wrong shape are the schema's to complain about."""
    assert [message for _, _, message, _ in project.problems(HEAD + "vars: [1]\n")] == [
        "'version' is not defined",
        "'vars' must be a mapping, not a list",
    ]


@pytest.mark.parametrize(
    ("top", "hint"),
    [
        ({"language": "de"}, "write 'voice: espeak:de'"),
        ({"language": "pt-BR"}, "write 'voice: espeak:pt-br'"),
        ({"language": "de-CH"}, "write 'voice: espeak:de'"),
        ({"language": "tlh"}, None),
        ({"voice": "espeak:de+f3"}, "write 'language: de'"),
        ({"language": "en-GB"}, ...),
        ({"language": "zh", "voice": "espeak:cmn"}, ...),
        ({"language": "nb", "voice": "espeak:no"}, ...),
        ({"language": "de", "voice": "edge:de-DE-KatjaNeural"}, ...),
        ({"language": "de", "voice": {"engine": "espeak", "name": "de", "rate": 110}}, ...),
    ],
)
def test_a_voice_of_another_language(project: Project, top: dict[str, Any], hint: Any) -> None:
    """An espeak voice that reads the spec's language as another one's is a warning with the voice to take."""
    found = project.wrong({"narration": "Hallo."}, **{"voice": "espeak:en-us", **top})
    assert [item[2] for item in found] == ([] if hint is ... else [hint])
    if found:
        assert found[0][0] == ("language" if "language" in top else "voice")
        assert "speaks another one" in found[0][1]


@pytest.mark.parametrize("language", ["de", "pt-BR", "de-CH", "en"])
def test_the_default_voice_speaks_the_language(project: Project, language: str) -> None:
    """A spec without a voice has no warning about its language if there is a voice for it."""
    assert project.wrong({"narration": "Hallo."}, language=language) == []


def test_the_natural_voice_speaks_english_alone(project: Project) -> None:
    """The natural voice in a spec of another language is a warning with the voice to take."""
    ((where, message, hint),) = project.wrong({"narration": "Hallo."}, language="de", voice="natural:heart")
    assert (where, hint) == ("language", "write 'voice: espeak:de'")
    assert message == "the language is 'de', but the voice 'natural:heart' speaks another one"


def test_an_unused_voice_has_no_language_warning(project: Project) -> None:
    """If no scene uses the spec's voice, its language does not matter."""
    assert project.wrong({"duration": 1}, language="de") == []
    assert project.wrong({"narration": "Hallo.", "voice": "espeak:de"}, language="de") == []


def test_markup_that_is_drawn_as_it_is_written(project: Project) -> None:
    """Markup that is not typeset is a warning at its place in every shown text, and none in code."""
    scenes = (
        "scenes:\n"
        "  - {id: a, type: list, duration: 3, title: a _b_ c, items: [a, {text: b, detail: '*c*'}]}\n"
        '  - {id: b, type: outro, duration: 3, title: A, links: ["<b>c</b>"]}\n'
        "  - {id: c, type: code, duration: 3, code: '*a* <b>c</b>', title: '&lt;'}\n"
    )
    drawn = "is drawn as it is written"
    assert project.problems(f"vidbuild: 1\ntitle: T\n{scenes}") == [
        (4, 47, f"'_b_' {drawn}", r"write **b**, or \_b_ to keep it as it is"),
        (4, 84, f"'*c*' {drawn}", r"write **c**, or \*c* to keep it as it is"),
        (5, 58, f"'<b>c</b>' {drawn}", r"write **c**, or \\<b>c</b> to keep it as it is"),
        (6, 68, f"'&lt;' {drawn}", r"write <, or \&lt; to keep it as it is"),
    ]


@pytest.mark.parametrize(
    ("fields", "warned"),
    [
        ("type: table, columns: ['*a*', {name: b, title: '*c*'}], rows: [['*d*', 1]], reveal: [{row: 1}]", "acd"),
        ("type: chart, labels: ['*a*'], series: [{name: '*b*', values: [1]}], axis: {title: '*c*'}", "abc"),
        ("type: compare, left: {title: '*a*', items: ['*b*']}, right: {title: c, items: [{text: '*d*'}]}", "abd"),
        ("type: steps, steps: ['*a*', {text: b, detail: '*c*', code: '*d*'}]", "ac"),
        ("type: cards, cards: ['*a*', {title: '*b*', text: '*c*'}]", "abc"),
        ("type: number, value: 5, label: '*a*', change: {text: '*b*'}", "ab"),
        ("type: keys, keys: [{keys: mod+s, text: '*a*'}]", "a"),
        ("type: quote, text: q, by: '*a*', role: '*b*'", "ab"),
        ("type: tree, tree: 'x', filename: '*a*'", ""),
        ("type: split, left: {type: tree, tree: x, filename: '*a*'}, right: {type: list, items: ['*b*']}", "b"),
        ("type: code, code: x, callouts: [{label: 1, text: '*a*'}], annotations: [{line: 1, text: '*b*'}]", "ab"),
        ("type: title, title: t, overlays: [{lower_third: {name: '*a*', role: '*b*'}}, {badge: '*c*'}]", "abc"),
    ],
)  # fmt: skip
def test_markup_in_every_typeset_text(project: Project, fields: str, warned: str) -> None:
    """Each text that is typeset is examined, and none that is verbatim or names another one."""
    found = project.problems(f"vidbuild: 1\ntitle: T\nscenes: [{{id: a, duration: 3, {fields}}}]\n")
    assert sorted(message for _, _, message, _ in found) == [f"'*{each}*' is drawn as it is written" for each in warned]


def test_markup_in_shared_overlays_is_one_warning(project: Project) -> None:
    """Overlays of the spec and of `defaults` are examined once, where they are written."""
    scenes = "scenes: [{id: a, type: title, title: A, duration: 1}, {id: b, type: title, title: B, duration: 1}]"
    shared = "overlays: [{watermark: '*a*'}]\ndefaults: {overlays: [{lower_third: {name: '*b*', role: c}}]}"
    found = project.problems(f"vidbuild: 1\ntitle: T\n{shared}\n{scenes}\n")
    assert [(line, message) for line, _, message, _ in found] == [
        (3, "'*a*' is drawn as it is written"),
        (4, "'*b*' is drawn as it is written"),
    ]
