"""From the theme in a spec to one with every value."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import font_lab
from tests.support.spec_lab import Project
from vidbuild.spec import files, schema
from vidbuild.spec.load import try_load
from vidbuild.spec.theme import FOLDER, built_in
from vidbuild.spec.theme_values import BEHAVIOR, normalize_color

MIDNIGHT = "#0a0f1f"


def test_built_in_themes_are_whole(project: Project) -> None:
    """All built-in themes give every value that a theme can have, and the default is midnight."""
    assert {"confetti", "contrast", "gazette", "midnight", "paper", "phosphor"} <= set(built_in())
    fields = schema.definition("theme")["properties"]
    wanted = set(fields) - {"extends", "name", "logo"}
    for name in built_in():
        theme = project.spec(theme=name).theme
        assert theme.name == name
        assert set(theme.values) == wanted - BEHAVIOR
        assert set(theme.behavior) == BEHAVIOR - {"enter", "exit"}  # those of the scene types
        assert set(theme.values["syntax"]) == set(fields["syntax"]["properties"])
        assert set(theme.values["fonts"]) == {"title", "text", "mono"}
        assert (theme.logo, theme.fonts) == (None, ())
    assert project.spec().theme == project.spec(theme="midnight").theme


def test_a_theme_written_in_the_spec(project: Project) -> None:
    """A mapping overrides the theme that it extends: colors, and parts of syntax and fonts."""
    theme = project.spec(
        theme={
            "accent": "#F80",
            "syntax": {"comment": "#ABCDEF"},
            "fonts": {"mono": "Libertinus Serif"},
            "logo": "dot.png",
        }
    ).theme
    below = project.spec().theme.values
    assert theme.values["accent"] == "#ff8800"
    assert theme.values["syntax"] == {**below["syntax"], "comment": "#abcdef"}
    assert theme.values["fonts"] == {**below["fonts"], "mono": "Libertinus Serif"}
    assert theme.values["background_from"] == MIDNIGHT
    assert theme.logo == project.root / "dot.png"


def test_theme_files_and_what_they_extend(project: Project) -> None:
    """A theme file's paths are relative to it, and what is nearer to the spec wins."""
    project.write("brand/theme.yaml", "extends: base/base.yaml\naccent: '#111111'\nfonts: ./fonts\n")
    project.write("brand/base/base.yaml", "extends: paper\naccent: '#222222'\ntext: '#333'\nlogo: ../logo.png\n")
    project.write("brand/logo.png", (project.root / "dot.png").read_bytes())
    project.write("brand/fonts/note.txt", "no font")
    font_lab.write(project.root / "brand/fonts/a.ttf")
    spec = project.spec(theme={"extends": "./brand/theme.yaml", "text": "#444"})
    theme = spec.theme
    assert (theme.values["accent"], theme.values["text"]) == ("#111111", "#444444")
    assert theme.values["line"] == project.spec(theme="paper").theme.values["line"]
    assert theme.logo == project.root / "brand" / "logo.png"
    assert theme.fonts == (project.root / "brand" / "fonts" / "a.ttf",)
    looked = {"brand/theme.yaml", "brand/base/base.yaml", "brand/logo.png", "brand/fonts", "brand/fonts/a.ttf"}
    assert {project.root / name for name in looked} | {FOLDER / "paper.yaml"} <= {file.resolve() for file in spec.files}


def test_the_name_is_no_value(project: Project) -> None:
    """What a theme is called changes no picture."""
    one = project.spec(theme={"name": "one", "accent": "#fff"}).theme
    two = project.spec(theme={"name": "two", "accent": "#FFFFFF"}).theme
    assert (one.name, two.name) == ("one", "two")
    assert one.values == two.values


@pytest.mark.parametrize(
    ("theme", "where", "message", "hint"),
    [
        ("midnigth", "theme", "unknown theme 'midnigth'", "did you mean 'midnight'?"),
        (
            "xyz",
            "theme",
            "unknown theme 'xyz'",
            f"use {', '.join(built_in())} or the path of a theme file",
        ),
        ("ours", "theme", "unknown theme 'ours'", "did you mean './ours.yml'?"),
        ("./our.yaml", "theme", "file './our.yaml' does not exist", "did you mean './ours.yml'?"),
        ("./gone.yaml", "theme", "file './gone.yaml' does not exist", None),
        ("gone.yml", "theme", "file 'gone.yml' does not exist", None),
        (
            "../theme.yaml",
            "theme",
            "'../theme.yaml' is outside the project folder '.'",
            "put the file into the project",
        ),
        (
            "/theme.yaml",
            "theme",
            "'/theme.yaml' is not a relative path",
            "write the path relative to the file that names it",
        ),
        (
            "https://x/t.yaml",
            "theme",
            "'https://x/t.yaml' is not a path: 'https:' is a protocol",
            "put the file into the project",
        ),
        ({"extends": "papr"}, "theme.extends", "unknown theme 'papr'", "did you mean 'paper'?"),
        ({"logo": "gone.png"}, "theme.logo", "file 'gone.png' does not exist", None),
        (
            {"logo": "clip.mp4"},
            "theme.logo",
            "'clip.mp4' is not a PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image",
            None,
        ),
        (
            {"logo": "../a.png"},
            "theme.logo",
            "'../a.png' is outside the project folder '.'",
            "put the file into the project",
        ),
        ({"fonts": "gone"}, "theme.fonts", "folder 'gone' does not exist", None),
        (
            {"fonts": {"directory": "/usr/share/fonts"}},
            "theme.fonts.directory",
            "'/usr/share/fonts' is not a relative path",
            "write the path relative to the file that names it",
        ),
        (
            {"accent": "navy"},
            "theme.accent",
            "'accent' must be a color such as '#ff8800', or a name such as 'teal', not 'navy'",
            'write "#000080"',
        ),
        (
            {"transition": {"type": "slide", "color": "#f80"}},
            "theme.transition.color",
            "a transition of type 'slide' has no 'color': only dip has one",
            "remove 'color', or write 'type: dip'",
        ),
    ],
)
def test_what_is_wrong_with_a_theme(project: Project, theme: Any, where: str, message: str, hint: str | None) -> None:
    """P42: an unknown theme, a file of another kind, a path out of the project, a wrong color: each at its field."""
    project.write("ours.yml", "accent: '#f80'")
    assert project.wrong(theme=theme) == [(where, message, hint)]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("accent: navy\n", 1, 9, "'accent' must be a color such as '#ff8800', or a name such as 'teal', not 'navy'"),
        ("extends: paper\nacent: '#fff'\n", 2, 1, "unknown field 'acent'"),
        ("- a\n", 1, 3, "the top level must be a mapping of fields, not a list"),
        ("a: b: c\n", 1, 5, "invalid YAML: unexpected ':'"),
        ("# nothing\n", 1, 1, "the file is empty"),
        (b"accent: '\xff'\n", 1, 10, "the file is not UTF-8: invalid byte 0xff"),
        ("extends: nowhere.yaml\n", 1, 10, "file 'nowhere.yaml' does not exist"),
        ("logo: theme.yaml\n", 1, 7, "'theme.yaml' is not a PNG, JPEG, WebP, AVIF, GIF, TIFF, BMP or SVG image"),
        (
            "transition: {type: fade, direction: up}\n",
            *(1, 26, "a transition of type 'fade' has no 'direction': only slide, push and wipe have one"),
        ),
        ("syntax: {comment: '#1'}\n", 1, 19, "'comment' must be a color such as '#f80' or '#ff8800', not '#1'"),
    ],
)
def test_what_is_wrong_in_a_theme_file(
    project: Project, text: str | bytes, line: int, column: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P42: an error in a theme file is reported at its place in that file, named relative to the spec."""
    monkeypatch.chdir(project.root.parent)
    project.write("look/theme.yaml", text)
    spec = "vidbuild: 1\ntitle: A\ntheme: look/theme.yaml\nscenes: [{id: a, type: title, title: A, duration: 1}]\n"
    project.write("v.yaml", spec)
    examined = try_load("project/v.yaml")
    (found,) = examined.diagnostics
    assert (found.path, found.line, found.column, found.message) == ("project/look/theme.yaml", line, column, message)
    assert found.file == "project/v.yaml"
    assert examined.sources["project/look/theme.yaml"]


def test_themes_that_extend_each_other(project: Project) -> None:
    """P42: a cycle is shown in order, and an endless chain is cut."""
    project.write("a.yaml", "extends: b.yaml\n")
    project.write("b.yaml", "extends: ./c.yaml\n")
    project.write("c.yaml", "extends: a.yaml\n")
    ((_, message, _),) = project.wrong(theme="a.yaml")
    assert message == "themes extend each other: a.yaml -> b.yaml -> c.yaml -> a.yaml"
    for index in range(12):
        project.write(f"t{index}.yaml", f"extends: t{index + 1}.yaml\n")
    ((_, message, _),) = project.wrong(theme="t0.yaml")
    assert message == "too many themes extend each other: the maximum is 10"


@pytest.mark.parametrize(("value", "plain"), [("#Fa0", "#ffaa00"), ("#FFAA00", "#ffaa00"), ("Manrope", "Manrope")])
def test_colors_are_normalized(value: str, plain: str) -> None:
    """Two ways of writing one color are one value, and so one image."""
    assert normalize_color(value) == plain


def test_a_folder_where_a_theme_should_be(project: Project) -> None:
    """A folder, or an empty file, is no theme file."""
    (project.root / "t.yaml").mkdir()
    project.write("e.yaml", "")
    assert project.wrong(theme="t.yaml") == [("theme", "'t.yaml' is a folder, not a file", None)]
    assert project.wrong(theme="e.yaml") == [("theme", "file 'e.yaml' is empty", None)]


def test_fonts_that_lead_out_of_the_project(project: Project) -> None:
    """V26: a symlink among the fonts that is outside the project folder is refused like any other path."""
    (project.root / "fonts").mkdir()
    project.root.parent.joinpath("outside.ttf").write_bytes(b"x")
    (project.root / "fonts" / "a.ttf").symlink_to("../../outside.ttf")
    assert project.wrong(theme={"fonts": "fonts"}) == [
        (
            "theme.fonts",
            "'fonts/a.ttf' is a symlink to a file outside the project folder '.'",
            "put the file into the project",
        )
    ]


def test_enormous_theme_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A theme file of more bytes than any theme has is not read."""
    monkeypatch.setattr(files, "MAX_TEXT", 3_000)
    project.write("t.yaml", "#" * 4_000)
    assert project.wrong(theme="t.yaml") == [("theme", "file 't.yaml' is too large: the maximum is 3000 bytes", None)]
