"""Slide scenes: what they accept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.drawing import changed, drawn, picture
from tests.support.scene_samples import scene
from vidbuild.scenes.protocol import DocumentPage
from vidbuild.scenes.slide import SCENE


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "a slide scene needs 'file' or 'src'"),
        ({"file": "a.pdf", "src": "a.png"}, "'file' and 'src' cannot both be given"),
        ({"src": "a.png", "page": 2}, "'page' is for a PDF: expected 'file', got 'src'"),
        ({"file": "a.pdf", "page": 2}, None),
        ({"src": "a.png"}, None),
    ],
)
def test_a_slide_has_one_source(fields: dict[str, Any], problem: str | None) -> None:
    """A slide needs a PDF or an image, and only a PDF has pages."""
    assert next((found.message for found in SCENE.check(fields)), None) == problem


def test_the_picture_is_a_page_or_an_image() -> None:
    """A page of a PDF is drawn by a step of its own, and by default it is the first; an image is read as it is."""
    page = scene("slide", file="/p/a.pdf", page=3)
    assert SCENE.pages(page) == {"image": DocumentPage(Path("/p/a.pdf"), 3)}
    assert SCENE.pages(scene("slide", file="/p/a.pdf"))["image"].number == 1
    assert SCENE.files(page) == {}
    image = scene("slide", src="/p/a.png")
    assert SCENE.pages(image) == {}
    assert SCENE.files(image) == {"image": Path("/p/a.png")}


def test_a_slide_that_fills_the_frame_is_there_at_once() -> None:
    """A sheet fades in; a page that covers the frame is visible from the first frame."""
    assert SCENE.entrances(scene("slide", src="/p/a.png")) == {"window": "fade", "picture": "fade"}
    assert SCENE.entrances(scene("slide", src="/p/a.png", fit="cover")) == {}


@pytest.mark.parametrize("kind", ["slide", "image"])
@pytest.mark.parametrize(
    ("frame", "shape", "whole"),
    [
        ((270, 480), (320, 180), True),
        ((270, 480), (180, 320), False),
        ((270, 480), (320, 300), False),
        ((270, 270), (320, 180), False),
        ((480, 270), (320, 180), False),
    ],
)
def test_a_wide_picture_has_all_of_the_width_in_a_vertical_video(
    kind: str, frame: tuple[int, int], shape: tuple[int, int], whole: bool, tmp_path: Path
) -> None:
    """A wide page or image without a frame reaches both edges of a vertical frame, between its words; others do not."""
    fields = changed(kind, **({"frame": "none"} if kind == "image" else {}))
    shown = drawn(tmp_path / "out", kind, fields, size=frame, files={"image": picture(tmp_path / "a.png", shape)})
    layer = shown["picture"]
    assert (layer.x == 0 and layer.width == frame[0]) == whole
    assert shown.ink("heading")[3] < layer.y
    assert shown.ink("caption")[1] > layer.y + layer.height
