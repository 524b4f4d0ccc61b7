"""The segments of a video as the mux reads them: with all frames of their holds, marks of progress and captions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.support import render_lab
from tests.support.render_lab import Drawing, render_context
from tests.unit.media.h264.test_burned_rows import ROWS, captions
from tests.unit.media.h264.test_strip import SIZE, STRIP, marked, scene
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.render import holds
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.motion import Motion
from vidbuild.steps import burn, render, segments, strip


@dataclass(frozen=True)
class Lab:
    """A scene that is encoded with and without its holds."""

    root: Path
    picture: Animation
    found: holds.Shortened

    @classmethod
    def of(cls, root: Path, frames: int, *, leave: bool = False) -> Lab:
        """Return one in which two items rise, at 24 frames a second."""
        picture = scene(root / "d", (40, 40), (120, 50), frames=frames, fps=24, leave=leave)
        Drawing(root / "mark", SIZE).add("progress", (0, 224, 70, 10), (250, 40, 40)).having(
            "progress", stays=True
        ).done()
        return cls(root, picture, holds.shortened(picture.motion, 240))

    def encoded(self, name: str, motion: Motion, whole: Motion, *, mark: bool, burned: bool) -> dict[str, Path]:
        """Run the steps and return what they wrote, by the roles of the mux. whole: of the captions."""
        root, params = self.root / name, {**({"strip": STRIP} if mark else {}), **({"rows": [*ROWS]} if burned else {})}
        own = render_context(root / "render", replace(self.picture, motion=motion), **params)
        render.run(own)
        found = {"render:a": own.out / render.SEGMENT}
        if mark:
            step = marked(root / "strip", replace(self.picture, motion=motion), self.root / "mark")
            strip.run(step)
            found["strip:a"] = step.out / strip.STRIP
        if burned:
            step = render_context(root / "burn", replace(self.picture, motion=whole), rows=[*ROWS])
            shown = captions(root / "captions.json", whole.frames, whole.fps)
            burn.run(replace(step, inputs={**step.inputs, "captions": shown}))
            found["burn:a"] = step.out / burn.STRIP
        return found

    def context(self, inputs: Mapping[str, Path], *, add: bool) -> Context:
        """Return the context of a mux. add: whether it adds the holds."""
        file = self.root / "holds.json"
        file.write_text(json.dumps([each.to_data() for each in self.found.holds]), encoding="utf-8")
        shown = {**inputs, **({"holds:a": file} if add else {})}
        return render_lab.context(self.root / f"mux-{add}", {}, shown)


@pytest.mark.parametrize(("mark", "burned"), [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize(("frames", "leave"), [(90, False), (620, False), (570, True)])
def test_a_scene_is_the_same_with_and_without_its_holds(
    tmp_path: Path, frames: int, *, leave: bool, mark: bool, burned: bool
) -> None:
    """P1: a scene without its holds, to which the mux adds them, is what it would be with them, byte by byte."""
    lab, item = Lab.of(tmp_path, frames, leave=leave), {"scene": "a", **({"rows": [*ROWS]} if burned else {})}
    motion, found = lab.picture.motion, lab.found
    assert found.short.frames < 60
    context = lab.context(lab.encoded("short", found.short, found.whole, mark=mark, burned=burned), add=True)
    other = lab.context(lab.encoded("whole", motion, motion, mark=mark, burned=burned), add=False)
    ours, expected = segments.read(context, item), segments.read(other, item)
    assert list(ours.sizes) == list(expected.sizes)
    assert ours.stream == expected.stream
    assert len(ours.sizes) == frames
    assert b"".join(ours.frames) == b"".join(expected.frames)


def test_holds_of_another_scene_are_refused(tmp_path: Path) -> None:
    """V9: frames that are no holds in the segment are an error that names it."""
    lab = Lab.of(tmp_path, 90)
    inputs = lab.encoded("short", lab.found.short, lab.found.whole, mark=False, burned=False)
    context = lab.context(inputs, add=True)
    context.inputs["holds:a"].write_text("[[4, 7, []]]", encoding="utf-8")
    with pytest.raises(StepError, match="'render:a': corrupt segment: frame 4 is no hold"):
        segments.read(context, {"scene": "a"})
