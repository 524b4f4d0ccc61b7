"""Callouts and overlays of a spec as the model has them; what is wrong with some is in examples/errors."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from tests.support.spec_lab import Project
from vidbuild.marks import Callout, Overlay

SAID = "Open the menu, then [[go]] press the button."


def image(project: Project, *callouts: dict[str, Any], **fields: Any) -> tuple[Callout, ...]:
    """Return the callouts of a scene with an image of 40x20 pixels."""
    project.root.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 20)).save(project.root / "p.png")
    return project.scene(type="image", src="p.png", narration=SAID, callouts=list(callouts), **fields).callouts


def test_a_callout_with_everything(project: Project) -> None:
    """A callout has its region, note, times and side; names and percent are kept as the picture needs them."""
    found = image(
        project,
        {"arrow": "menu", "text": " Here ", "at": "go", "until": 9, "from": "left"},
        {"cursor": ["menu", [0, 0, 5, 5]], "click": True, "at": "press the button"},
        {"rect": [1, 2, "50%", "10%"]},
        regions={"menu": ["10%", 2, 3, 4]},
    )
    menu = {"box": ["10%", 2, 3, 4]}
    assert found == (
        Callout(0, "arrow", (menu,), "Here", "go", 9.0, "left"),
        Callout(1, "cursor", (menu, {"box": [0, 0, 5, 5]}), at="press the button", click=True),
        Callout(2, "rect", ({"box": [1, 2, "50%", "10%"]},)),
    )


def test_four_names_are_no_box(project: Project) -> None:
    """A cursor with four names visits four regions."""
    names = ["a", "b", "c", "d"]
    regions = {name: [index, 0, 2, 2] for index, name in enumerate(names)}
    [found] = image(project, {"cursor": names}, regions=regions)
    assert [region["box"][0] for region in found.regions] == [0, 1, 2, 3]


@pytest.mark.parametrize(("blur", "kept"), [("2", ["one", "three"]), ("1-2", ["three"]), (3, ["one", "two"])])
def test_blurred_lines_leave_the_spec(project: Project, blur: str | int, kept: list[str]) -> None:
    """The text of blurred lines is replaced as soon as the spec is read, always by as many dots."""
    scene = project.scene(type="code", code="one\ntwo\nthree\n", callouts=[{"blur": blur}], duration=3)
    lines = scene.fields["code"].strip().split("\n")
    assert [line for line in lines if line.isalpha()] == kept
    assert {line for line in lines if not line.isalpha()} == {"\u2022" * 24}


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"scroll": True, "code": "a\nb\n"}, "scroll"), ({"from": "a\n", "to": "b\n"}, "to")],
)
def test_code_that_moves_takes_no_marks(project: Project, fields: dict[str, Any], name: str) -> None:
    """Lines that scroll or change into others cannot be pointed at."""
    [problem] = project.wrong({"type": "code", "callouts": [{"rect": 1}], "duration": 3, **fields})
    assert problem[1] == f"'{name}' moves what the callout points at"
    blurred = project.wrong({"type": "code", "callouts": [{"blur": 1}], "duration": 3, **fields})
    assert [each[1] for each in blurred] == ([problem[1]] if name == "to" else [])


def test_cues_of_callouts_are_used(project: Project) -> None:
    """A cue that only a callout's `until` names is no unused one, and words in `at` are no cue."""
    project.root.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 20)).save(project.root / "p.png")
    marks = [{"rect": [0, 0, 5, 5], "at": "open the menu", "until": "go"}]
    assert project.wrong({"type": "image", "src": "p.png", "narration": SAID, "callouts": marks}) == []


def test_words_that_a_translation_lacks(project: Project) -> None:
    """Words that only the spec's own narration contains are an error of the video in the other language."""
    said = {"en": SAID, "de": "Öffne das Menü, [[go]] dann drücke den Knopf."}
    marks = [{"badge": "New", "at": "open the menu"}]
    scene = {"type": "title", "title": "A", "narration": said, "overlays": marks}
    problems = project.spec(scene).problems["de"]
    found = [each.message for each in problems if each.severity == "error"]
    assert found == ["the narration does not contain the words 'open the menu'"]


def test_overlays_of_a_scene_and_of_all(project: Project) -> None:
    """The overlays of the spec come first, then a scene's own, or those in `defaults`."""
    own = {
        "type": "title",
        "title": "A",
        "duration": 3,
        "overlays": [{"lower_third": {"name": "Ada", "role": "R"}, "at": 1}],
    }
    spec = project.spec(
        own,
        {"type": "title", "title": "B", "duration": 3},
        overlays=[{"watermark": "acme"}],
        defaults={"overlays": [{"badge": "Beta", "corner": "top-left"}]},
    )
    mark = Overlay("spec.overlays.0", "watermark", "acme", opacity=0.6)
    assert spec.scenes[0].overlays == (mark, Overlay("overlays.0", "lower_third", "Ada", "R", at=1.0))
    assert spec.scenes[1].overlays == (mark, Overlay("defaults.overlays.0", "badge", "Beta", corner="top-left"))


def test_times_of_overlays_of_all_scenes_are_compared_once(project: Project) -> None:
    """An end before the beginning is one error where all scenes share the overlay, and needs no step to be found."""
    scenes = [{"id": name, "type": "title", "title": "A", "duration": 9} for name in "ab"]
    shared = {"badge": "Beta", "at": 5, "until": 3}
    message = "'until' 3 s is before 'at' 5 s"
    assert project.wrong(scenes=scenes, overlays=[shared]) == [("overlays[0].until", message, "swap them")]
    found = project.wrong(scenes=scenes, defaults={"overlays": [shared]})
    assert found == [("defaults.overlays[0].until", message, "swap them")]
