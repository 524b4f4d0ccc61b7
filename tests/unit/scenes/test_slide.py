"""Slide scenes: what they accept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
