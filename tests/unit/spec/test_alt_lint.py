"""Warnings about pictures without `alt`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.spec_lab import Project

IMAGE = {"type": "image", "src": "dot.png"}
LIST = {"type": "list", "items": ["a", "b"]}


def found(project: Project, scene: dict[str, Any], **top: Any) -> list[tuple[str, str]]:
    """Return the place and the message of each warning about `alt`."""
    fields = {"id": "a", "title": "T", "duration": 1, **scene}
    result = project.try_load({"vidbuild": 1, "title": "T", **top, "scenes": [fields]})
    assert not result.errors
    return [
        (str(each.location and each.location.line), each.message) for each in result.diagnostics if each.code == "VB334"
    ]


@pytest.mark.parametrize(
    "scene",
    [
        IMAGE,
        {"type": "split", "left": IMAGE, "right": LIST},
        {"type": "cards", "cards": [{"title": "a", "image": "dot.png"}, {"title": "b"}]},
        {"type": "steps", "steps": [{"text": "a", "image": "dot.png"}, "b"]},
    ],
    ids=lambda scene: scene["type"],
)
@pytest.mark.parametrize("top", [{"also": ["page"]}, {"also": ["transcript"]}, {"output": {"format": "pdf"}}], ids=str)
def test_a_picture_without_alt(project: Project, scene: dict[str, Any], top: dict[str, Any]) -> None:
    """A scene with a picture is warned of if a file that shows the text is made, once, and not if it has one."""
    [(_, message)] = found(project, scene, **top)
    assert message.startswith("no 'alt': '")
    assert found(project, {**scene, "alt": "A dot."}, **top) == []
    assert found(project, scene) == []
    assert found(project, scene, also=["ttml", "chapters"]) == []
    assert found(project, {**scene, "lint": {"VB334": "off"}}, **top) == []


def test_scenes_of_text_need_no_alt(project: Project) -> None:
    """Texts are no pictures: the transcript has what is spoken of them."""
    assert found(project, LIST, also=["page"]) == []
    assert found(project, {"type": "split", "left": LIST, "right": LIST}, also=["page"]) == []
