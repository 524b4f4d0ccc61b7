"""Warnings about characters that no face can draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import font_lab, font_packages_lab, scene_samples
from tests.support.scene_samples import SAMPLES
from tests.support.spec_lab import Project
from vidbuild.engine.graph.graph import Source
from vidbuild.plan import progress
from vidbuild.plan.drawing_steps import drawing_steps
from vidbuild.plan.variant import VideoSpec, own_variant

ICON = "\uf303"
HARD = '🎉 日本 שלום مرحبا It\'s "quoted"; a:b % \\ {x} ~ --- //'
MESSAGE = "no font can draw '🎉' (U+1F389), '日' (U+65E5), '本' (U+672C)"


def warnings(project: Project, *scenes: dict[str, Any], **top: Any) -> list[tuple[str, str, str | None]]:
    """The warnings about characters."""
    return [item for item in project.wrong(*scenes, **top) if item[1].startswith("no font can draw")]


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_text_of_each_scene_type_is_checked(project: Project, kind: str) -> None:
    """V18: characters that no face has are warned of at each field that is drawn; the others are not mentioned."""
    scene_samples.write_media(project.root)
    scene = {"type": kind, **scene_samples.with_text(kind, HARD)}
    found = warnings(project, scene)
    assert found
    assert {message for _, message, _ in found} == {MESSAGE}
    assert all(where.startswith("scenes[0].") for where, *_ in found)


def test_fields_of_several_scenes(project: Project) -> None:
    """Each field names its own characters, as long as they are drawn: narration and `alt` are not."""
    found = warnings(
        project,
        {"title": "安装", "subtitle": f"main {ICON}"},
        {"type": "list", "items": ["plain", {"text": "b", "detail": "한국"}], "alt": "日本"},
        {"type": "command", "commands": [{"run": f"echo {ICON}", "output": "1\ufe0f\u20e3"}]},
        {"type": "code", "code": "s = '日'", "highlight": []},
        {"title": "Plain", "narration": "日本"},
    )
    assert {where: message.partition("draw ")[2] for where, message, _ in found} == {
        "scenes[0].title": "'安' (U+5B89), '装' (U+88C5)",
        "scenes[0].subtitle": f"'{ICON}' (U+F303)",
        "scenes[1].items[1].detail": "'한' (U+D55C), '국' (U+AD6D)",
        "scenes[2].commands[0].run": f"'{ICON}' (U+F303)",
        "scenes[2].commands[0].output": "'1\ufe0f\u20e3' (U+0031 U+FE0F U+20E3)",
        "scenes[3].code": "'日' (U+65E5)",
    }


def test_shared_overlays_and_sections_are_checked(project: Project) -> None:
    """Overlays of several scenes are one warning where they are written; sections are drawn with the progress alone."""
    scenes = "scenes: [{type: title, title: A, duration: 1, section: 東}, {type: title, title: B, duration: 1}]"
    scenes = scenes.replace("{type", "{id: a, type", 1).replace("{type", "{id: b, type", 1)
    shared = "overlays: [{watermark: 東}]\ndefaults: {overlays: [{lower_third: {name: 東}}]}\n"
    lines = [line for line, *_ in project.problems(f"vidbuild: 1\ntitle: T\n{shared}{scenes}\n")]
    assert lines == [3, 4]
    marked = project.problems(f"vidbuild: 1\ntitle: T\nprogress: bar\n{shared}{scenes}\n")
    assert [line for line, *_ in marked] == [4, 5, 6]


def test_a_kicker_is_checked_as_it_is_drawn(project: Project) -> None:
    """A kicker is drawn in capitals; Georgian is not, since few fonts have its capitals."""
    assert warnings(project, {"title": "A", "kicker": "საქართველო ﬁ"}) == []


@pytest.mark.parametrize(
    ("theme", "hint"),
    [
        (None, "into a folder 'fonts', and set 'theme: {extends: midnight, fonts: ./fonts}'"),
        ("paper", "into a folder 'fonts', and set 'theme: {extends: paper, fonts: ./fonts}'"),
        ("./own.yaml", "into a folder 'fonts', and set 'fonts: ./fonts' in the theme"),
        ({"fonts": "./more"}, "into 'more', the theme's folder of fonts"),
    ],
)
def test_the_hint_works(project: Project, theme: Any, hint: str) -> None:
    """A font with the character, put where the hint says, ends the warning."""
    project.write("own.yaml", "accent: '#f80'\n")
    for folder in ("fonts", "more"):
        (project.root / folder).mkdir()
    font_lab.write(project.root / "more" / "more.ttf", "More")
    top = {} if theme is None else {"theme": theme}
    whole = f"put a Nerd Font, or another font that has them, {hint}"
    expected = ("scenes[0].title", f"no font can draw '{ICON}' (U+F303)", whole)
    assert warnings(project, {"title": ICON}, **top) == [expected]
    folder = "more" if "more" in hint else "fonts"
    font_lab.write(project.root / folder / "icons.ttf", "Icons", ICON)
    if "in the theme" in hint:
        project.write("own.yaml", "accent: '#f80'\nfonts: ./fonts\n")
    elif folder == "fonts":
        top = {"theme": {"extends": theme or "midnight", "fonts": "./fonts"}}
    assert project.wrong({"title": ICON}, **top) == []


def test_a_character_without_a_known_font(project: Project) -> None:
    """Of a script without a well-known font, the hint names none."""
    ((_, _, hint),) = warnings(project, {"title": "\U00012000"})
    assert str(hint).startswith("put a font that has them into a folder")


def test_extras_are_inputs_of_the_scenes_that_need_them(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P6: an extra's font is an input of the scenes with its letters alone; a section's name is on later scenes too."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    font = font_packages_lab.install(tmp_path / "site", "fonts-thai", "ไทย")
    spec = project.spec({"title": "A", "section": "ไทย"}, {"title": "B ไ"}, {"title": "C"}, progress="bar")
    video = VideoSpec.of(spec, own_variant(spec))
    drawn = [step for scene in spec.scenes for step in drawing_steps(video, scene)]
    marks = [progress.step(video, scene) for scene in spec.scenes]
    has_font = [Source(str(font)) in step.inputs.values() for step in (*drawn, *filter(None, marks))]
    assert has_font == [*(True, True, False), *(True, True, True)]
    assert font in spec.files


def test_letters_of_faces_for_code_are_replaced(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arabic, which the default faces have in widths of code alone, is drawn in a font of its own; signs are not.

    Its letters are joined: even a theme whose titles are in the face for code gets that font.
    """
    monkeypatch.syspath_prepend(tmp_path / "site")
    font = font_packages_lab.install(tmp_path / "site", "fonts-arabic", "عربي✓→")
    spec = project.spec({"title": "عربي ✓"}, {"title": "✓ →"})
    assert [scene.fonts for scene in spec.scenes] == [(font,), ()]
    mono = {"fonts": dict.fromkeys(("title", "text", "mono"), "DejaVu Sans Mono")}
    assert [scene.fonts for scene in project.spec({"title": "عربي ✓"}, theme=mono).scenes] == [(font,)]
    assert [scene.fonts for scene in project.spec({"title": "✓ →"}, theme=mono).scenes] == [()]


@pytest.mark.parametrize(
    ("text", "family", "extra"),
    [("ქართული", "DejaVu Sans Mono", "world"), ("हिन्दी", "New Computer Modern Math", "devanagari")],
)
def test_letters_of_an_unfitting_face_are_warned_of(project: Project, text: str, family: str, extra: str) -> None:
    """Letters that only a face for code or mathematics has are named with it and the extra; in code they are right."""
    shown = {"type": "code", "title": text, "code": text}
    found = project.wrong(shown)
    assert [where for where, *_ in found] == ["scenes[0].title"]
    ((_, message, hint),) = found
    assert message.startswith(f"no font for titles and text can draw '{text[0]}' (U+")
    assert message.endswith(f"so they are drawn in '{family}'")
    assert str(hint).startswith(f"pip install 'vidbuild[fonts-{extra}]', or put Noto Sans ")


@pytest.mark.parametrize("theme", ["confetti", "contrast", "gazette", "midnight", "paper", "phosphor"])
@pytest.mark.parametrize("text", ["إدارة پگچ ٹڈڑں", "שָׁלוֹם", "Йогурт қазақ", "Ωμέγα ἀῆ", "Ếặỡ", "ÅŐŁșțə"])
def test_scripts_that_every_theme_has(project: Project, text: str, theme: str) -> None:
    """Arabic with Persian and Urdu, Hebrew, Cyrillic, Greek and Vietnamese need no extra in any theme."""
    assert project.wrong({"title": text, "subtitle": text}, theme=theme) == []


def test_a_mono_theme_has_its_letters(project: Project) -> None:
    """A theme in the face for code draws Georgian in it without a warning."""
    assert project.wrong({"title": "ქართული"}, theme="phosphor") == []
