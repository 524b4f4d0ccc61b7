"""Hints about what was probably meant if a value has the wrong shape."""

from __future__ import annotations

import pytest

from tests.support.spec_lab import Project

HEAD = "vidbuild: 1\ntitle: A\nscenes:\n"
LIST = HEAD + "  - id: a\n    type: list\n    duration: 5\n"
COMMENT = """write "#ff0000", since '#' starts a comment"""
COLON = "put quotes around text with ': ' in it"
BRACKETS = "put quotes around text that starts with '[['"


def hints(project: Project, text: str) -> list[tuple[int, int, str, str | None]]:
    """Return the diagnostics of an invalid spec."""
    found = project.problems(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("#ff0000", COMMENT),
        ("#ff0000  # our red", COMMENT),
        ("# our red", None),
        ("", None),
    ],
)
def test_a_color_that_is_a_comment(project: Project, written: str, hint: str | None) -> None:
    """P42: a value that is missing because '#' begins a comment has a hint to quote it."""
    text = f"theme:\n  accent: {written}\n{HEAD}  - {{id: a, type: title, title: A, duration: 1}}\n"
    ((line, _, message, expected),) = hints(project, text)
    assert (line, message, expected) == (
        2,
        "'accent' must be a color such as '#ff8800', or a name such as 'teal', but it is empty",
        hint,
    )


def test_an_item_that_is_a_comment(project: Project) -> None:
    """P42: an item of a list that is missing because '#' begins a comment has the same hint, at the item."""
    ((line, column, message, expected),) = hints(project, f"{LIST}    items:\n      - One\n      - #1 of all\n")
    assert (line, column) == (9, 9)
    assert message.endswith("but it is empty")
    assert expected == "write \"#1 of all\", since '#' starts a comment"


def test_a_color_that_is_a_comment_in_braces(project: Project) -> None:
    """P42: a value that YAML finds missing on a later line is reported where it was left out."""
    text = f"theme: {{\n  accent: #f00\n  }}\n{HEAD}  - {{id: a, type: title, title: A, duration: 1}}\n"
    ((line, column, _, expected),) = hints(project, text)
    assert (line, column, expected) == (2, 3, COMMENT.replace("ff0000", "f00"))


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("0b7a53", 'write "#0b7a53"'),
        ("0B7", 'write "#00bb77"'),
        ("navy", 'write "#000080"'),
        ("0b7a5", None),
        ("paint", "did you mean 'pink'?"),
        ("teel", "did you mean 'teal'?"),
    ],
)
def test_a_color_of_another_form(project: Project, written: str, hint: str | None) -> None:
    """A color without its '#', or of another usual form, has a hint with the color as it should be written."""
    text = f'theme: {{accent: "{written}"}}\n{HEAD}  - {{id: a, type: title, title: A, duration: 1}}\n'
    assert [item[3] for item in hints(project, text)] == [hint]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("360p", "write 640x360"),
        ("480P", "write 854x480"),
        ("640\u00d7360", "write 640x360"),
        ("640 x 360", "write 640x360"),
        ("641X361", "write 642x362"),
        ("1081p", "did you mean '1080p'?"),
        ("10 x 10", None),
        ("large", None),
    ],
)
def test_a_size_of_another_form(project: Project, written: str, hint: str | None) -> None:
    """A size that players offer, or with another sign between its sides, has a hint with the size in pixels."""
    text = f'output: {{size: "{written}"}}\n{HEAD}  - {{id: a, type: title, title: A, duration: 1}}\n'
    assert [item[3] for item in hints(project, text)] == [hint]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("5s", "write 5"),
        ('"5"', "write 5"),
        ("00:01:30", "write 90, since times are in seconds"),
        ("1:02:03.25", "write 3723.25, since times are in seconds"),
        ("2.5 seconds", "write 2.5"),
        ("five", None),
        ("500ms", "write 0.5"),
        ('"{{ 5 }}s"', None),
    ],
)
def test_numbers_in_words(project: Project, written: str, hint: str | None) -> None:
    """A number with a unit or in quotes has a hint with the number; other values have none."""
    ((_, _, message, expected),) = hints(project, HEAD + f"  - {{id: a, type: title, title: A, duration: {written}}}\n")
    assert message.startswith("'duration' must be a number, not ")
    assert expected == hint


@pytest.mark.parametrize(
    ("field", "hint"),
    [("title: null", 'write "null"'), ("title: ~", 'write "~"'), ("duration: null", None), ("id: null", None)],
)
def test_a_word_that_yaml_reads_as_empty(project: Project, field: str, hint: str | None) -> None:
    """A word for nothing has a hint with quotes where any text fits, and none where a number or a name must be."""
    fields = {"id": "a", "type": "title", "title": "A", "duration": "1"} | dict([field.split(": ")])
    text = ", ".join(f"{name}: {value}" for name, value in fields.items())
    assert [item[3] for item in hints(project, f"{HEAD}  - {{{text}}}\n")] == [hint]


def test_a_rate_in_quotes(project: Project) -> None:
    """A quoted number of an enumeration has a hint without the quotes."""
    text = f'output: {{fps: "30"}}\n{HEAD}  - {{id: a, type: title, title: A, duration: 1}}\n'
    assert [item[3] for item in hints(project, text)] == ["write 30"]


def test_a_narration_of_brackets(project: Project) -> None:
    """P42: a narration that YAML takes for a list, since it begins with a cue, needs quotes; another list does not."""
    scene = HEAD + "  - id: a\n    type: title\n    title: A\n    narration: "
    assert hints(project, scene + "[[go]]\n")[0][3] == BRACKETS
    assert project.problems(scene + "[a, b]\n") == []
    for text in ("[[go]] Hello", "[[go]]\n      Hello", "[[go]] [[on]] Hello"):
        assert hints(project, scene + text + "\n") == [
            (7, 16, "invalid YAML: text after '[[go]]', which YAML reads as a list", BRACKETS)
        ]
    ((line, column, _, expected),) = hints(project, HEAD + "  - {id: a, type: title, narration: [[go]] Hello}\n")
    assert (line, column, expected) == (4, 37, BRACKETS)


def test_items_with_a_colon(project: Project) -> None:
    """P42: an item that became a mapping because of ': ' is one problem with one way out; a real mapping is not."""
    assert hints(project, LIST + "    items:\n      - Fast: really\n") == [(8, 9, "unknown item field 'Fast'", COLON)]
    found = hints(project, LIST + "    items:\n      - {Odd: one}\n")
    assert [item[2:] for item in found] == [
        ("missing item field 'text'", None),
        ("unknown item field 'Odd': expected text, detail or at", None),
    ]
    assert [item[2:] for item in hints(project, LIST + "    items:\n      - at: 2\n")] == [
        ("missing item field 'text'", None)
    ]
    outro = HEAD + "  - id: a\n    type: outro\n    title: A\n    duration: 5\n    links:\n      - see: there\n"
    assert [item[3] for item in hints(project, outro)] == [COLON]


@pytest.mark.parametrize(
    ("scene", "message", "hint"),
    [
        ("list, items: one", "'items' must be a list, not 'one'", "write a list: [one]"),
        ('list, items: "a, b"', "'items' must be a list, not 'a, b'", "write a list: [a, b]"),
        ("list, items: ", "'items' must be a list, but it is empty", None),
        ("outro, title: A, links: www.x.org", "'links' must be a list, not 'www.x.org'", "write a list: [www.x.org]"),
        ("command, commands: [ls -la]", "entry 1 of 'commands' must be a mapping, not 'ls -la'", "write {run: ls -la}"),
        ("command, commands: [a]", "entry 1 of 'commands' must be a mapping, not 'a'", "write {run: a}"),
        ("command, commands: {run: a}", "'commands' must be a list, not a mapping", "write a list: [{run: a}]"),
        (
            "tree, tree: a.py, reveal: {path: a.py}",
            "'reveal' must be entries, levels, none or a list, not a mapping",
            "write a list: [{path: a.py}]",
        ),
    ],
)
def test_lists_and_mappings(project: Project, scene: str, message: str, hint: str | None) -> None:
    """One value where a list is wanted, or a text where a mapping is, is shown as it should be written."""
    found = hints(project, f"{HEAD}  - {{id: a, duration: 5, type: {scene}}}\n")
    assert [item[2:] for item in found] == [(message, hint)]


def test_specs_made_in_python(project: Project) -> None:
    """Without a text, hints come from the value alone."""
    assert project.wrong({"type": "list", "items": "one"}) == [
        ("scenes[0].items", "'items' must be a list, not 'one'", "write a list: [one]")
    ]
    ((_, message, hint),) = project.wrong({"type": "list", "items": None})
    assert (message, hint) == ("'items' must be a list, but it is empty", None)
    assert project.wrong({"narration": [["go"]]})[0][2] is None
    assert [item[1] for item in project.wrong({"type": "list", "items": [{"Fast": "x"}]})] == [
        "missing item field 'text'",
        "unknown item field 'Fast'",
    ]


SCENE = HEAD + "  - {id: a, type: %s, duration: 1, %s}\n"
CODE = "a\\nb\\nc\\nd\\ne\\nf\\ng"


OTHERS = ": expected file, lines, language, highlight, focus, reveal, scroll, annotations, from, to, at or filename"


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        (f'code: "{CODE}", highlight: [{{lines: 1,2}}]', "a key must be text, not a number", 'write "1,2"'),
        (f'code: "{CODE}", highlight: [{{lines: 1,3,5-7}}]', "a key must be text, not a number", 'write "1,3,5-7"'),
        (f'code: "{CODE}", highlight: [{{lines: 1-2, 4-5}}]', "unknown highlight field '4-5'", 'write "1-2, 4-5"'),
        ("code: a, title: Red, green, and blue", "unknown scene field 'green'", 'write "Red, green, and blue"'),
        ("code: a, title: In 2024, 2025", "a key must be text, not a number", 'write "In 2024, 2025"'),
        ("code: a, title: Yes, no", "unknown scene field 'no'", 'write "Yes, no"'),
        ("code: a, title: T, 5: x", "a key must be text, not a number", 'write "5"'),
        ("code: a, title: T, foo: x", f"unknown scene field 'foo'{OTHERS}", None),
        ('code: a, title: "T", green', f"unknown scene field 'green'{OTHERS}", None),
    ],
)
def test_a_text_in_braces_that_a_comma_cuts(project: Project, fields: str, message: str, hint: str | None) -> None:
    """P42: a text that YAML cuts at a comma in braces is one error, whose hint is the whole text in quotes."""
    ((_, _, found, way_out),) = hints(project, SCENE % ("code", fields))
    assert (found, way_out) == (message, hint)


def test_a_followed_hint_for_a_comma(project: Project) -> None:
    """P42: the text in quotes checks."""
    text = SCENE % ("code", f'code: "{CODE}", highlight: [{{lines: 1, 4}}]')
    ((_, _, _, hint),) = hints(project, text)
    assert hint == 'write "1, 4"'
    mended = text.replace("lines: 1, 4", f"lines: {hint.removeprefix('write ')}")
    assert [row for row in project.problems(mended) if "lines" not in row[2]] == []


@pytest.mark.parametrize(
    ("rate", "hint"),
    [
        ("1.1", "write 110, since 'rate' is in percent"),
        ("0.85", "write 85, since 'rate' is in percent"),
        ("2", "write 200, since 'rate' is in percent"),
        ('"+10%"', "write 110, since 'rate' is in percent"),
        ('"-20%"', "write 80, since 'rate' is in percent"),
        ("1.25x", "write 125, since 'rate' is in percent"),
        ("110%", "write 110, since 'rate' is in percent"),
        ("9.5", None),
        ("fast", None),
    ],
)
def test_a_rate_that_is_a_factor(project: Project, rate: str, hint: str | None) -> None:
    """P42: a speaking rate as other tools write it is one error, with the percentage as its hint."""
    text = f"voice: {{engine: espeak, name: en-us, rate: {rate}}}\n" + SCENE % ("title", "title: A")
    ((_, _, message, found),) = hints(project, text)
    assert message.startswith("'rate' must be ")
    assert found == hint


@pytest.mark.parametrize(
    ("top", "fields", "field"),
    [
        ("output: {languages: [de, en]}\n", "title: A", "languages"),
        ("output: {theme: paper}\n", "title: A", "theme"),
        ("", "title: A, output: {fps: 30}", "output"),
        ("", "title: A, pronounce: {a: b}", "pronounce"),
        (
            "theme: {accent: '#ff0000', voice: x}\n",
            "title: A",
            "voice",
        ),
        ("output: {scenes: []}\n", "title: A", None),
    ],
)
def test_a_field_of_the_top_level_elsewhere(project: Project, top: str, fields: str, field: str | None) -> None:
    """P42: a field of the whole video in a scene or another mapping has a hint with its place."""
    ((_, _, message, found),) = hints(project, top + SCENE % ("title", fields))
    assert message.startswith("unknown ")
    assert found == (f"'{field}' is a field of the top level, for the whole video" if field else None)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Intro", "write intro"),
        ("my_scene", "write my-scene"),
        ("Scene 1: Über uns", "write scene-1-uber-uns"),
        ("-a-", "write a"),
        ("日本", None),
    ],
)
def test_an_id_in_another_form(project: Project, name: str, hint: str | None) -> None:
    """P42: the id of a scene with capitals, spaces or other signs has a hint with one that is valid."""
    text = f'{HEAD}  - {{id: "{name}", type: title, title: A, duration: 1}}\n'
    ((_, _, message, found),) = hints(project, text)
    assert message.startswith("'id' must be ")
    assert found == hint
    if hint:
        assert project.problems(text.replace(f'"{name}"', hint.removeprefix("write "))) == []


def test_a_recording_under_another_name(project: Project) -> None:
    """P42: the file of a recording under a name that other tools use is one error, with the field's name."""
    project.write("r.wav", b"RIFF")
    ((_, _, message, hint),) = hints(
        project, HEAD + "  - {id: a, type: title, title: A, narration: {file: r.wav, text: A.}}\n"
    )
    assert (message, hint) == ("unknown recorded narration field 'file'", "did you mean 'audio'?")
