"""The field `captions`: of a spec, of one of its outputs, of its brand, and the style of its theme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.spec_lab import Project
from vidbuild.caption_settings import CaptionSettings
from vidbuild.model import Spec
from vidbuild.spec.diagnostics import SpecError
from vidbuild.spec.load import parse

SCENES = [{"id": "a", "type": "title", "title": "A", "narration": "One."}]


def spec(folder: Path, **fields: Any) -> Spec:
    """The spec with these fields."""
    return parse({"vidbuild": 1, "title": "Captions", "scenes": SCENES, **fields}, folder / "video.yaml")


def errors(folder: Path, **fields: Any) -> list[str]:
    """The errors of the spec with these fields."""
    with pytest.raises(SpecError) as caught:
        spec(folder, **fields)
    return [each.message for each in caught.value.diagnostics]


def test_rules_and_style(tmp_path: Path) -> None:
    """Rules are kept apart from the style in the picture; without `burn: true`, there is none."""
    assert spec(tmp_path).captions == CaptionSettings()
    assert spec(tmp_path, captions={"line_length": 30}).captions == CaptionSettings({"line_length": 30})
    assert spec(tmp_path, captions={"burn": False, "style": "box"}).captions == CaptionSettings()
    burned = spec(tmp_path, captions={"burn": True, "style": "box", "speed": 15}).captions
    assert burned == CaptionSettings({"speed": 15}, "box")


@pytest.mark.parametrize(
    ("theme", "style"),
    [("midnight", "plain"), ("confetti", "karaoke"), ({"extends": "paper", "captions": "box"}, "box")],
)
def test_style_of_theme(tmp_path: Path, theme: object, style: str) -> None:
    """The theme's style is that of a spec that sets none."""
    assert spec(tmp_path, theme=theme, captions={"burn": True}).captions.burned == style
    assert spec(tmp_path, theme=theme, captions={"burn": True, "style": "plain"}).captions.burned == "plain"
    assert spec(tmp_path, theme=theme).captions.burned == ""


def test_outputs_have_their_own(tmp_path: Path) -> None:
    """`captions` of an output is merged with that of the spec field by field; its `also` replaces that of the spec."""
    outputs = [
        {"name": "wide"},
        {"name": "short", "captions": {"style": "karaoke", "line_length": 22}, "also": ["chapters"]},
        {"name": "plain", "captions": {"burn": False}, "also": []},
    ]
    found = spec(tmp_path, captions={"burn": True, "line_length": 37}, also=["page"], outputs=outputs).videos
    assert [(each.captions, each.also) for each in found] == [
        (CaptionSettings({"line_length": 37}, "plain"), ("page",)),
        (CaptionSettings({"line_length": 22}, "karaoke"), ("chapters",)),
        (CaptionSettings({"line_length": 37}), ()),
    ]


def test_outputs_alone_have_them(tmp_path: Path) -> None:
    """An output can have `captions` in a spec without."""
    outputs = [{"name": "wide"}, {"name": "short", "captions": {"burn": True, "style": "box"}}]
    assert [each.captions.burned for each in spec(tmp_path, outputs=outputs).videos] == ["", "box"]


def test_outputs_without_pictures_inherit_rules_alone(tmp_path: Path) -> None:
    """What the spec says of the picture has no effect in an output without one, and is no error there."""
    outputs = [
        {"name": "loop", "format": "webp"},
        {"name": "sound", "format": "m4a"},
        {"name": "page", "format": "pdf"},
    ]
    found = spec(tmp_path, captions={"burn": True, "style": "box", "speed": 15}, outputs=outputs).videos
    assert [each.captions for each in found] == [
        CaptionSettings({"speed": 15}, "box"),
        CaptionSettings({"speed": 15}),
        CaptionSettings({"speed": 15}),
    ]


def test_style_for_those_outputs_that_burn(tmp_path: Path) -> None:
    """A spec can set the style that its outputs with `burn` have."""
    outputs = [{"name": "wide"}, {"name": "short", "captions": {"burn": True}}]
    found = spec(tmp_path, captions={"style": "karaoke"}, outputs=outputs).videos
    assert [each.captions.burned for each in found] == ["", "karaoke"]


def test_brand(tmp_path: Path) -> None:
    """A brand has both fields; the spec's own win, those of `captions` one by one. A handout of the brand has none."""
    (tmp_path / "brands").mkdir()
    (tmp_path / "brands" / "acme.yaml").write_text("captions: {burn: true, style: box, speed: 15}\nalso: [page]\n")
    found = spec(tmp_path, brand="acme", captions={"speed": 17})
    assert (found.captions, found.also) == (CaptionSettings({"speed": 17}, "box"), ("page",))
    off = spec(tmp_path, brand="acme", captions={"burn": False}, also=[])
    assert (off.captions, off.also) == (CaptionSettings({"speed": 15}), ())
    assert spec(tmp_path, brand={"name": "acme", "captions": "none"}).captions == CaptionSettings()
    assert spec(tmp_path, brand="acme", output={"format": "pdf"}).captions == CaptionSettings({"speed": 15})


@pytest.mark.parametrize("encoding", ["m4a", "mp3", "png", "pdf"])
def test_no_moving_picture(tmp_path: Path, encoding: str) -> None:
    """`burn` in a format without moving pictures is an error."""
    output = {"format": encoding}
    expected = f"'burn' has no effect in the format '{encoding}', only in mp4, webm, webp and gif"
    assert errors(tmp_path, output=output, captions={"burn": True}) == [expected]
    assert spec(tmp_path, output=output, captions={"burn": False}).captions.burned == ""


def test_style_without_burn(tmp_path: Path) -> None:
    """A style that nothing has is an error."""
    assert errors(tmp_path, captions={"style": "box"}) == [
        "'style' has no effect without 'burn': it is the style of captions in the picture"
    ]


@pytest.mark.parametrize("encoding", ["webp", "gif", "png", "pdf"])
def test_captions_of_a_scene_in_a_video_without_any(project: Project, encoding: str) -> None:
    """`captions` of a scene is an error where there are none, unless they are burned or another output has them."""
    scene = {"id": "a", "type": "title", "title": "T", "duration": 1, "captions": False}
    spec: dict[str, Any] = {"vidbuild": 1, "title": "T", "output": {"format": encoding}, "scenes": [scene]}
    [error] = project.try_load(spec).errors
    assert error.message == f"'captions' has no effect in the format '{encoding}', which has no captions"
    assert error.location is not None
    both = {**spec, "outputs": [{"name": "a"}, {"name": "b", "format": "mp4"}]}
    assert project.try_load(both).errors == ()
    if encoding in {"webp", "gif"}:
        assert project.try_load({**spec, "captions": {"burn": True}}).errors == ()
    assert project.try_load({**spec, "output": {"format": "mp3"}}).errors == ()
