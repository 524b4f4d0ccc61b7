"""A theme's fonts: families that exist, files that can be used, and what is said of others."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from tests.support import font_lab
from tests.support.spec_lab import Project
from vidbuild.spec import theme

USE = (
    "use 'Manrope', 'Source Sans Pro', 'DejaVu Sans Mono', 'Libertinus Serif', 'Fredoka One', or put the family's .ttf "
    "or .otf files into a folder and add 'directory: ./FOLDER'"
)


@pytest.fixture
def fonts(project: Project) -> Path:
    """A project with a folder of fonts: Brand Sans, and Brand Mono in two files."""
    folder = project.root / "fonts"
    folder.mkdir()
    font_lab.write(folder / "sans.ttf", "Brand Sans")
    font_lab.collection(folder / "mono.TTC", font_lab.font("Brand Mono"), font_lab.font("Brand Mono", weight=700))
    return folder


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", ["Brand Sans", "brand sans", "BRAND MONO", "Manrope", "libertinus serif"])
def test_known_families(project: Project, name: str) -> None:
    """A family of the theme's fonts, of the default ones or of the typesetter's can be named, in any case."""
    assert project.wrong(theme={"fonts": {"directory": "./fonts", "title": name, "text": name, "mono": name}}) == []


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Brand Sand", "did you mean 'Brand Sans' or 'Brand Mono'?"),
        ("Brand", "did you mean 'Brand Sans' or 'Brand Mono'?"),
        ("BrandMono-Bold", "did you mean 'Brand Mono'?"),
        ("Source Sans", "did you mean 'Source Sans Pro'?"),
        ("Brand Sans Condensed Variable", "did you mean 'Brand Sans'?"),
        ("Manrope, Helvetica, sans-serif", "did you mean 'Manrope'?"),
        ("Zapfino", USE.replace("use ", "use 'Brand Mono', 'Brand Sans', ")),
    ],
)
def test_unknown_families(project: Project, name: str, hint: str) -> None:
    """P42: a family that no face has is an error at its field, with the nearest names or a way out."""
    theme = {"fonts": {"directory": "./fonts", "text": name}}
    assert project.wrong(theme=theme) == [("theme.fonts.text", f"unknown font family '{name}'", hint)]


@pytest.mark.parametrize("name", ["Arial", "sans-serif", "Inter, sans-serif"])
def test_a_family_of_the_system_is_unknown(project: Project, name: str) -> None:
    """P42: fonts that are installed on the machine are not used: the hint says how to bring them."""
    assert project.wrong(theme={"fonts": {"mono": name}}) == [
        ("theme.fonts.mono", f"unknown font family '{name}'", USE)
    ]


def test_the_hint_about_an_unknown_family_works(project: Project, fonts: Path) -> None:
    """A font put into a folder that the theme names makes its family known."""
    named = {"title": "Another Face"}
    assert project.wrong(theme={"fonts": named})
    font_lab.write(fonts / "another.otf", "Another Face", opentype=True)
    assert project.wrong(theme={"fonts": {**named, "directory": "./fonts"}}) == []


def test_a_family_in_a_theme_file(project: Project, fonts: Path) -> None:
    """P42: an unknown family is located in the theme file that names it; fonts of any file of the chain count."""
    project.write("look/base.yaml", "fonts: {title: Brand Sans}\n")
    project.write("look/theme.yaml", "extends: base.yaml\nfonts: {text: Brand Sens, directory: ./own}\n")
    shutil.move(fonts, project.root / "look" / "own")
    text = "vidbuild: 1\ntitle: A\ntheme: look/theme.yaml\nscenes: [{id: a, type: title, title: A, duration: 1}]\n"
    (problem,) = project.try_load(text).diagnostics
    assert Path(problem.path).name == "theme.yaml"
    assert (problem.line, problem.column, problem.hint) == (2, 15, "did you mean 'Brand Sans' or 'Brand Mono'?")


def test_the_nearer_themes_fonts_come_first(project: Project, fonts: Path) -> None:
    """Of two files of one name, that of the theme nearer to the spec comes first, and both are kept."""
    project.write("base/base.yaml", "fonts: ./fonts\n")
    shutil.copytree(fonts, project.root / "base" / "fonts")
    found = project.spec(theme={"extends": "./base/base.yaml", "fonts": "./fonts"}).theme.fonts
    names = [file.relative_to(project.root).as_posix() for file in found]
    assert names == ["fonts/mono.TTC", "fonts/sans.ttf", "base/fonts/mono.TTC", "base/fonts/sans.ttf"]


def test_a_font_without_a_usable_face(project: Project, fonts: Path) -> None:
    """P42: a font that the typesetter cannot use is an error that names its file."""
    font_lab.write(fonts / "odd.ttf", "Odd", names={"psName": ""})
    ((where, message, hint),) = project.wrong(theme={"fonts": "./fonts"})
    assert (where, message) == ("theme.fonts", "'./fonts/odd.ttf' has no face that can be used")
    assert "PostScript name" in str(hint)


def web_font(source: Path, target: Path) -> Path:
    """Compress a font for browsers (WOFF)."""
    font = TTFont(source)
    font.flavor = "woff"
    font.save(target)
    return target


def follow(hint: str | None, folder: Path) -> None:
    """Run the command of a hint, with the Python of the tests in place of `pip install` and of what that installs."""
    command = str(hint).partition(" && ")[2]
    program, module, *args = shlex.split(command)
    assert program == "fonttools"
    subprocess.run([sys.executable, "-m", f"fontTools.{module}", *args], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("only", [True, False], ids=["alone", "beside"])
def test_a_web_font_is_named_with_a_way_out(project: Project, fonts: Path, *, only: bool) -> None:
    """A web font is an error if there is no other font, else a warning; the hint's command makes it usable."""
    web_font(fonts / "sans.ttf", fonts / "web sans.woff")
    (fonts / "sans.ttf").unlink()
    if only:
        (fonts / "mono.TTC").unlink()
    theme: dict[str, Any] = {"fonts": {"directory": "./fonts", "title": "Brand Sans" if not only else "Manrope"}}
    first, *more = project.wrong(theme=theme)
    assert first[0] == "theme.fonts.directory"
    assert "web sans.woff' is a web font" in first[1]
    assert [message for _, message, _ in more] == ([] if only else ["unknown font family 'Brand Sans'"])
    follow(first[2], project.root)
    assert project.wrong(theme={"fonts": {"directory": "./fonts", "title": "Brand Sans"}}) == []


def test_a_web_font_under_another_name(project: Project, fonts: Path) -> None:
    """A web font that is called .ttf is an error; the hint's command puts a font in its place."""
    other = project.root / "plain.ttf"
    shutil.move(fonts / "sans.ttf", other)
    web_font(other, fonts / "sans.ttf")
    theme = {"fonts": {"directory": "./fonts", "title": "Brand Sans"}}
    ((_, message, hint),) = project.wrong(theme=theme)
    assert message == "'./fonts/sans.ttf' is a web font (WOFF), not a TrueType or OpenType font"
    follow(hint, project.root)
    assert project.wrong(theme=theme) == []


def test_a_web_font_beside_its_original(project: Project, fonts: Path) -> None:
    """A font that is there for browsers and for desktops needs no warning."""
    web_font(fonts / "sans.ttf", fonts / "sans.woff")
    assert project.wrong(theme={"fonts": "./fonts"}) == []


def test_no_font_is_read_for_known_families(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A theme that names the default families alone loads without a look at any font."""
    from vidbuild.media.text import fonts as faces

    def refuse(*_: object) -> None:
        raise AssertionError("fonts were staged")

    monkeypatch.setattr(faces, "stage", refuse)
    assert project.wrong({"title": "Plain"}, theme={"fonts": {"title": "Source Sans Pro"}}) == []


def test_at_most_three_families_are_suggested() -> None:
    """A hint names the three most similar families of many."""
    hint = theme._nearest("Brand San", [f"Brand San{letter}" for letter in "abcde"])
    assert hint is not None
    assert hint.count("Brand San") == 3
