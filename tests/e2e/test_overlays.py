"""Overlays through the command, by the pixels of what is built."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from PIL import Image, ImageChops

from tests.support.pixels import level_range
from tests.support.scene_samples import write_media
from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: %s, fps: 25}\n%sscenes:\n"
TITLED = "  - {id: %s, type: list, title: A heading, items: [One], duration: 3%s}\n"
Box = tuple[int, int, int, int]


def still(space: Workspace, spec: str, scene: str = "a", at: str = "2.5") -> Image.Image:
    """Return a frame of a scene."""
    space.write("video.yaml", spec)
    return Image.open(space.still(scene, float(at))).convert("RGB")


def changed(before: Image.Image, after: Image.Image) -> Box:
    """Return the box of what differs between two frames."""
    box = ImageChops.difference(before, after).convert("L").point([0] * 8 + [255] * 248).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("size", ["640x360", "360x640", "400x400"])
@pytest.mark.parametrize(
    ("overlay", "left", "top"),
    [
        ("badge: New", False, True),
        ("badge: New, corner: bottom-left", True, False),
        ("watermark: acme.example", False, False),
        ("watermark: {image: logo.png}, corner: top-left", True, True),
        ("lower_third: {name: Ada Lovelace, role: Mathematician}", True, False),
    ],
)
def test_an_overlay_is_in_its_corner(workspace: Workspace, size: str, overlay: str, left: bool, top: bool) -> None:
    """An overlay is in its corner of the frame, inside of it, and does not touch the heading."""
    Image.new("RGB", (120, 60), (250, 120, 0)).save(workspace.root / "logo.png")
    plain = still(workspace, (HEAD % (size, "")) + TITLED % ("a", f", overlays: [{{{overlay}, at: 2.9}}]"))
    shown = still(workspace, (HEAD % (size, "")) + TITLED % ("a", f", overlays: [{{{overlay}}}]"))
    x0, y0, x1, y1 = changed(plain, shown)
    width, height = plain.size
    assert (x0 + x1 < width) == left
    assert (y0 + y1 < height) == top
    assert x0 > 0
    assert y0 > 0
    assert x1 < width
    assert y1 < height
    heading = plain.crop((0, round(height * 0.1), width, round(height * 0.2)))
    assert shown.crop((0, round(height * 0.1), width, round(height * 0.2))).tobytes() == heading.tobytes()


@pytest.mark.parametrize(
    ("overlay", "left", "top"),
    [
        ("badge: New", True, True),
        ("badge: New, corner: top-right", False, True),
        ("watermark: acme.example", True, False),
        ("lower_third: {name: Ada Lovelace}", False, False),
    ],
)
def test_overlays_are_mirrored_in_languages_from_right_to_left(
    workspace: Workspace, overlay: str, left: bool, top: bool
) -> None:
    """Without a corner, a badge and a watermark are on the left in Hebrew, and a lower third on the right."""
    head = HEAD % ("640x360", "language: he\n")
    plain = still(workspace, head + TITLED % ("a", f", overlays: [{{{overlay}, at: 2.9}}]"))
    x0, y0, x1, y1 = changed(plain, still(workspace, head + TITLED % ("a", f", overlays: [{{{overlay}}}]")))
    assert (x0 + x1 < plain.width) == left
    assert (y0 + y1 < plain.height) == top


def test_a_badge_above_a_long_heading_stays_in_the_frame(workspace: Workspace) -> None:
    """A badge is not moved out of the frame by letters that reach far above their line."""
    head = HEAD % ("400x400", "language: ar\ntheme: confetti\n")
    scene = "  - {id: a, type: list, title: كيف نمت الخدمة خلال هذا العام كله, items: [One], duration: 3%s}\n"
    plain = still(workspace, head + scene % "")
    x0, y0, x1, _ = changed(plain, still(workspace, head + scene % ", overlays: [{badge: 'A badge of many words'}]"))
    assert x0 > 8
    assert x1 - x0 > 100
    assert y0 < 40


def test_a_lower_third_is_beside_a_clip(workspace: Workspace) -> None:
    """A lower third is narrower beside a clip in the other corner, instead of above it."""
    write_media(workspace.root)
    third = "lower_third: {name: A name of a person, role: What she does all day long}"
    clip = "clip: clip.mp4, size: 0.3"
    alone = (HEAD % ("400x400", "")) + TITLED % ("a", f", overlays: [{{{clip}, at: 2.9}}, {{{third}, at: 2.9}}]")
    plain = still(workspace, alone)
    shown = still(workspace, alone.replace("{" + third + ", at: 2.9}", "{" + third + "}"))
    _, y0, x1, y1 = changed(plain, shown)
    assert x1 < 400 - 400 * 0.3
    assert y0 > 300
    assert y1 < 400


def test_overlays_of_all_scenes_and_by_default(workspace: Workspace) -> None:
    """Those of the spec are in every scene; those in `defaults` only in scenes without their own."""
    top = "overlays: [{watermark: acme.example}]\ndefaults: {overlays: [{badge: Beta}]}\n"
    scenes = TITLED % ("a", "") + TITLED % ("b", ", overlays: []")
    plain = still(workspace, (HEAD % ("640x360", "")) + scenes)
    both, own = (still(workspace, (HEAD % ("640x360", top)) + scenes, scene) for scene in ("a", "b"))
    assert changed(plain, both)[1] < 40
    assert changed(plain, own)[1] > 300
    assert changed(both, own)[3] < 40


def test_a_lower_third_comes_and_goes(workspace: Workspace) -> None:
    """A lower third is visible from `at` to `until` alone."""
    later = ", overlays: [{lower_third: {name: Ada}, at: 2.9}]"
    overlay = ", overlays: [{lower_third: {name: Ada}, at: 1, until: 2}]"
    looks = {}
    for at in ("0.9", "1.8", "2.6"):
        plain = still(workspace, (HEAD % ("640x360", "")) + TITLED % ("a", later), at=at)
        shown = still(workspace, (HEAD % ("640x360", "")) + TITLED % ("a", overlay), at=at)
        looks[at] = plain.tobytes() == shown.tobytes()
    assert looks == {"0.9": True, "1.8": False, "2.6": True}


FULL: dict[str, dict[str, Any]] = {
    "typst": {"body": "#for n in range(60) [line number #n of a layout that fills its page \\n]\n"},
    "table": {"columns": ["a", "b"], "rows": [[f"row {n}", n] for n in range(12)]},
    "chart": {"values": list(range(1, 9)), "caption": "A caption below the chart"},
    "list": {"items": [f"Item number {n} of a long list" for n in range(9)]},
}


@pytest.mark.parametrize("size", ["640x360", "360x640"])
@pytest.mark.parametrize(("kind", "language"), [*((kind, "en") for kind in FULL), ("chart", "ar")])
def test_the_content_ends_above_a_lower_third(workspace: Workspace, kind: str, language: str, size: str) -> None:
    """A scene that fills the frame leaves free what a lower third covers, before and after it is there too."""
    third = {"lower_third": {"name": "Ada Lovelace", "role": "Mathematician and writer"}}

    def spec(**times: float) -> str:
        fields = {**FULL[kind], "duration": 3, "background": "#000000", "overlays": [{**third, **times}]}
        whole = {"vidbuild": 1, "title": "T", "language": language, "output": {"size": size, "fps": 25}}
        return yaml.safe_dump({**whole, "scenes": [{"id": "a", "type": kind, **fields}]})

    before = still(workspace, spec(at=2.9))
    covered = changed(before, still(workspace, spec()))
    assert level_range(before.crop(covered).convert("L"))[1] < 24
    assert level_range(before.crop((0, 0, before.width, covered[1])).convert("L"))[1] > 128


def test_the_content_ends_above_a_clip_in_a_tall_frame(workspace: Workspace) -> None:
    """In a vertical video, a clip in a lower corner has room of its own; one at the top has not."""
    write_media(workspace.root)
    scene = {"id": "a", "type": "list", "duration": 3, **FULL["list"], "background": "#000000"}
    lowest = {}
    for corner in ("bottom-right", "top-right"):
        overlays = [{"clip": "clip.mp4", "at": 2.8, "corner": corner}]
        whole = {"vidbuild": 1, "title": "T", "output": {"size": "360x640", "fps": 25}}
        frame = still(workspace, yaml.safe_dump({**whole, "scenes": [{**scene, "overlays": overlays}]}))
        box = frame.convert("L").point([0] * 64 + [255] * 192).getbbox()
        assert box is not None
        lowest[corner] = box[3]
    assert lowest["top-right"] > 640 * 0.8
    assert lowest["bottom-right"] < 640 - 360 * 0.33 * 0.7
