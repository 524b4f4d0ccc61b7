"""What is beside steps, in the pixels of a video while one picture takes the place of another."""

from __future__ import annotations

from PIL import Image

from tests.support.pixels import pixel
from tests.support.workspace import Workspace

SPEC = """vidbuild: 1
title: T
output: {size: 320x180, fps: 25}
scenes:
  - id: a
    type: steps
    duration: 4
    steps: [{text: One, image: red.png, at: 0.5}, {text: Two, image: blue.png, at: 2}]
"""


def test_no_picture_shines_through_another(workspace: Workspace) -> None:
    """At any time of the change there is red or blue over the background, and never both."""
    for name, color in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        Image.new("RGB", (320, 200), color).save(workspace.root / f"{name}.png")
    workspace.write("video.yaml", SPEC)
    shown = []
    for at in ("1.9", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.5"):
        done = workspace.run("still", "video.yaml", "a", "--at", at)
        assert done.code == 0, done.stderr
        with Image.open(workspace.root / "build" / "video.a.png") as frame:
            red, _, blue = pixel(frame.convert("RGB"), (230, 60))[:3]
        shown.append((red > 60, blue > 100))
    assert shown[0] == (True, False)
    assert shown[-1] == (False, True)
    assert (True, True) not in shown
