"""Where captions in the picture are, and which steps make them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vidbuild.model import Spec
from vidbuild.plan import burned, progress
from vidbuild.plan.compile import compile_graph
from vidbuild.plan.variant import VideoSpec, own_variant
from vidbuild.spec.load import parse

SIZES = ["1080p", "720p", "vertical", "square", "2160p", "160x90", "64x64", "1080x1350"]
SCENE = {"type": "title", "title": "A", "narration": "One."}
THIRD = [{"lower_third": {"name": "Ada", "role": "Author"}}]


def spec(folder: Path, *scenes: dict[str, Any], style: str = "plain", **fields: Any) -> Spec:
    """A spec with captions in the picture."""
    shown = [
        {name: value for name, value in {**SCENE, "id": f"s{index}", **each}.items() if value is not None}
        for index, each in enumerate(scenes or ({},))
    ]
    captions = {"burn": True, "style": style, **fields.pop("captions", {})}
    return parse({"vidbuild": 1, "title": "T", "scenes": shown, "captions": captions, **fields}, folder / "video.yaml")


def place(of: Spec, scene: int = 0) -> burned.Place:
    """Where the captions of a scene are."""
    found = burned.place(VideoSpec(of, own_variant(of)), of.scenes[scene])
    assert found is not None
    return found


@pytest.mark.parametrize("style", ["plain", "box", "karaoke"])
@pytest.mark.parametrize("size", SIZES)
def test_inside_the_frame_and_above_the_marks(tmp_path: Path, size: str, style: str) -> None:
    """Captions have room for outlines in their rows, which are above those of progress marks and inside the frame."""
    of = spec(tmp_path, style=style, output={"size": size}, progress="dots")
    found, video = place(of), VideoSpec(of, own_variant(of))
    width, height = video.size
    x, y, wide, high = found.box
    first, end = found.rows
    assert 0 < first < end <= (height - progress.strip(video)) // 16
    assert first * 16 <= y or first == 1
    assert y + high <= end * 16 <= height
    assert x >= 0.05 * width
    assert x + wide <= 0.95 * width


def test_drawings_know_what_captions_cover(tmp_path: Path) -> None:
    """The content ends above them, in scenes that have them; their text changes no drawing."""
    of = spec(tmp_path, {}, {"captions": False}, {"narration": "Another text."}, {"narration": None, "duration": 2})
    graph = compile_graph(of, own_variant(of)).steps
    found = [graph[f"draw:s{index}"].params.get("captions_foot") for index in range(4)]
    assert found == [1080 - place(of).box[1], None, found[0], None]


def test_tall_frames_leave_the_lower_fifth(tmp_path: Path) -> None:
    """In a vertical video, players cover the lower fifth."""
    _, y, _, high = place(spec(tmp_path, output={"size": "vertical"})).box
    assert 0.7 * 1920 < y + high <= 0.81 * 1920


@pytest.mark.parametrize("size", ["1080p", "square"])
def test_above_lower_thirds(tmp_path: Path, size: str) -> None:
    """A scene with lower thirds has its captions above them; a watermark is below in any case."""
    of = spec(tmp_path, {}, {"overlays": THIRD}, {"overlays": [*THIRD, *THIRD]}, output={"size": size})
    bottoms = [place(of, index).box[1] + place(of, index).box[3] for index in range(3)]
    assert bottoms[0] - bottoms[1] > 100
    assert bottoms[1] - bottoms[2] > 100


def test_shorter_lines_are_larger(tmp_path: Path) -> None:
    """The type is as large as the length of lines lets it be."""
    long, short = (
        place(spec(tmp_path, output={"size": "vertical"}, captions={"line_length": length})).size for length in (42, 20)
    )
    assert short > 1.8 * long


def test_scenes_that_have_none(tmp_path: Path) -> None:
    """Silent scenes, those with `captions: false` and those with subtitles have no captions over the picture."""
    (tmp_path / "a.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42")
    clip = {"type": "clip", "src": "a.mp4"}
    of = spec(
        tmp_path,
        {"narration": None, "duration": 2},
        {"captions": False},
        {},
        {**clip, "title": None},
        {**clip, "title": None, "subtitles": "lower"},
    )
    assert "typeset:s2" in compile_graph(of, own_variant(of)).steps
    video = VideoSpec(of, own_variant(of))
    assert [burned.place(video, scene) is not None for scene in of.scenes] == [False, False, True, True, False]
    assert [burned.rows(video, scene) is not None for scene in of.scenes] == [False, False, True, False, False]


def test_what_moves_is_rendered_with_its_captions(tmp_path: Path) -> None:
    """Scenes in which something large moves have no rows apart, nor has any in the profile `compat`."""
    moving = {"background": {"image": "a.png", "drift": "slow"}}
    (tmp_path / "a.png").write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fe"
            "a72d2fc50000000049454e44ae426082"
        )
    )
    of = spec(tmp_path, {}, moving)
    steps = compile_graph(of, own_variant(of)).steps
    assert "burn:s0" in steps
    assert "captions" not in steps["render:s0"].inputs
    assert "burn:s1" not in steps
    assert "captions" in steps["render:s1"].inputs
    whole = spec(tmp_path, output={"profile": "compat"})
    steps = compile_graph(whole, own_variant(whole)).steps
    assert "burn:s0" not in steps
    assert "captions" in steps["render:s0"].inputs


def test_the_render_step_does_not_depend_on_captions(tmp_path: Path) -> None:
    """Other captions, and another style with the same rows, leave a scene's own step as it is."""
    one, other = spec(tmp_path), spec(tmp_path, {"narration": "Two."})
    first, second = (compile_graph(of, own_variant(of)).steps["render:s0"] for of in (one, other))
    assert first == second
    off = spec(tmp_path, captions={"burn": False})
    assert not [step for step in compile_graph(off, own_variant(off)).steps if step.startswith(("burn", "typeset"))]
