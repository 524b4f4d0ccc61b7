"""Edits of a spec's text."""

from __future__ import annotations

import pytest

from vidbuild.create.editing import NotEditableError, SpecEditor

TEXT = """\
vidbuild: 1
title: A  # the title
scenes:
  # the first
  - id: one
    type: title  # kept
    title: One  # a comment
    narration: It is
      one.

    # about the pause
    pause_after: 1

  - id: two
    type: code
    code: |
      # not a comment

      x = 1
    title: Two

# the end
"""


def test_a_field_gets_another_value() -> None:
    """Only the field's lines change; the comment in its line and those around it stay."""
    editor = SpecEditor(TEXT)
    editor.set(0, "title", "Uno", [])
    editor.set(0, "narration", "It is uno.", [])
    expected = TEXT.replace("title: One", "title: Uno").replace("It is\n      one.", "It is uno.")
    assert editor.text() == expected


def test_a_text_of_several_lines_is_replaced_as_a_whole() -> None:
    """What looks like a comment inside of a literal text is part of it."""
    editor = SpecEditor(TEXT)
    editor.set(1, "code", "y = 2\nz = 3", [])
    expected = TEXT.replace(
        "    code: |\n      # not a comment\n\n      x = 1\n", "    code: |-\n      y = 2\n      z = 3\n"
    )
    assert editor.text() == expected


def test_a_field_that_is_new_comes_behind_those_before_it() -> None:
    """A new field stands where `create` would have written it."""
    editor = SpecEditor(TEXT)
    editor.set(0, "subtitle", "The first", ["id", "type", "title"])
    assert editor.text() == TEXT.replace("# a comment\n", "# a comment\n    subtitle: The first\n")


def test_a_field_is_removed() -> None:
    """A removed field leaves the comments around it."""
    editor = SpecEditor(TEXT)
    editor.remove(0, "narration")
    assert editor.text() == TEXT.replace("    narration: It is\n      one.\n", "")


def test_a_scene_is_added_and_another_removed() -> None:
    """A scene goes with the empty line behind it, and comes with one before it."""
    editor = SpecEditor(TEXT)
    editor.delete(0)
    editor.insert(1, {"id": "three", "type": "title"})
    assert editor.text() == (
        "vidbuild: 1\ntitle: A  # the title\nscenes:\n  # the first\n"
        "  - id: two\n    type: code\n    code: |\n      # not a comment\n\n      x = 1\n    title: Two\n"
        "\n  - id: three\n    type: title\n\n# the end\n"
    )


def test_a_scene_before_all_others() -> None:
    """A scene behind none is the first."""
    editor = SpecEditor("vidbuild: 1\nscenes:\n- id: one\n  type: title\n")
    editor.insert(-1, {"id": "zero", "type": "title"})
    assert editor.text() == "vidbuild: 1\nscenes:\n- id: zero\n  type: title\n\n- id: one\n  type: title\n"


def test_lines_of_fields() -> None:
    """Fields are located, and the scene if it does not have the field."""
    editor = SpecEditor(TEXT)
    assert (editor.line(0, "title"), editor.line(1, "subtitle")) == (7, 14)


@pytest.mark.parametrize("text", ["scenes: []", "scenes: [{id: a}]", "scenes:\n  - {id: a}", "- a", "", "a: 1"])
def test_scenes_in_another_form_are_refused(text: str) -> None:
    """A list that is written in one line cannot be edited line by line."""
    with pytest.raises(NotEditableError):
        SpecEditor(text)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_lines_keep_their_ends(end: str) -> None:
    """New lines end as those of the file, and separators inside of texts stay."""
    text = TEXT.replace("title: Two", 'title: "T\u2028wo"').replace("\n", end)
    editor = SpecEditor(text)
    editor.set(0, "title", "Uno", [])
    editor.insert(0, {"id": "three", "type": "title"})
    expected = text.replace("title: One", "title: Uno").replace(
        f"pause_after: 1{end}", f"pause_after: 1{end}{end}  - id: three{end}    type: title{end}"
    )
    assert editor.text() == expected


def test_a_text_without_edits_stays() -> None:
    """A text that does not end with the end of a line is not given one."""
    assert SpecEditor(TEXT.rstrip("\n")).text() == TEXT.rstrip("\n")


def test_a_scene_in_a_list_with_wide_indentation() -> None:
    """A new scene begins in the column of the list's hyphens, whatever space is behind them."""
    editor = SpecEditor("scenes:\n -   id: one\n     type: title\n")
    editor.insert(0, {"id": "two", "type": "title"})
    assert editor.text() == "scenes:\n -   id: one\n     type: title\n\n - id: two\n   type: title\n"


def test_tabs_before_comments() -> None:
    """Specs may have tabs before comments, which stay."""
    editor = SpecEditor("scenes:\t# all\n  - id: one\n    type: title\t# shown\n")
    editor.set(0, "type", "list", [])
    assert editor.text() == "scenes:\t# all\n  - id: one\n    type: list\t# shown\n"


def test_a_comment_behind_a_list_s_name_stays() -> None:
    """The comment in a field's line stays, also if the value is below it; with a text of several lines it cannot."""
    text = "scenes:\n  - id: one\n    items:  # three of them\n      - a\n"
    editor = SpecEditor(text)
    editor.set(0, "items", ["a", "b"], [])
    assert editor.text() == text + "      - b\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a: &a\n  - x\nscenes:\n  - id: one\n    items: *a\n", "items"),  # the value is in another place
        ("scenes:\n  - id: one\n    items: &a [x]\n  - id: two\n    items: *a\n", "items"),  # another scene needs it
        ("scenes:\n  - title: A\n    id: one\n", "title"),  # its line has the hyphen
    ],
)
def test_edits_that_lines_do_not_allow_are_refused(text: str, field: str) -> None:
    """A text that would not have the values that were asked for is never returned."""
    editor = SpecEditor(text)
    if field == "title":
        editor.remove(0, field)
    else:
        editor.set(0, field, ["y"], [])
    with pytest.raises(NotEditableError):
        editor.text()
