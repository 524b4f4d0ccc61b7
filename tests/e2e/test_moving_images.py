"""Images over which the view moves, by the frames of the built video."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: 320x180, fps: 25}\nscenes:\n"
SCENE = "  - {id: a, type: image, src: bars.png, fit: cover, duration: 2, %s}\n"


def column(space: Workspace, at: str) -> list[int]:
    """Return the columns of bars.png, each of another red, at the left, middle and right of a frame."""
    image = Image.open(space.still("a", float(at))).convert("RGB")
    found = []
    for x in (4, 160, 315):
        red = image.getpixel((x, 90))
        assert isinstance(red, tuple)
        found.append(round(red[0] / 8))
    return found


@pytest.mark.parametrize(
    ("fields", "first", "middle", "last"),
    [
        ("motion: pan, from: [0, 0, 320, 180], to: [960, 0, 320, 180]", (0, 4, 8), (12, 16, 20), (24, 28, 31)),
        (
            "motion: ken-burns, from: [0, 0, 1280, 720], to: [960, 270, 320, 180]",
            (0, 16, 31),
            (19, 25, 31),
            (24, 28, 31),
        ),
        ("motion: pan", (0, 11, 22), (4, 16, 27), (9, 20, 31)),
    ],
)
def test_the_view_moves_from_region_to_region(
    workspace: Workspace, fields: str, first: tuple[int, ...], middle: tuple[int, ...], last: tuple[int, ...]
) -> None:
    """The first frame shows the first region, the last frame the last one, and halfway the view is between them."""
    bars = Image.new("RGB", (1280, 720))
    for index in range(32):
        ImageDraw.Draw(bars).rectangle((index * 40, 0, index * 40 + 39, 720), fill=(index * 8, 0, 0))
    bars.save(workspace.root / "bars.png")
    workspace.write("video.yaml", HEAD + SCENE % fields)
    for at, expected in (("0", first), ("1", middle), ("1.99", last)):
        found = column(workspace, at)
        assert all(abs(one - other) <= 1 for one, other in zip(found, expected, strict=True)), (at, found)


def test_a_close_view_is_as_sharp_as_the_image(workspace: Workspace) -> None:
    """A region of as many pixels as the frame is shown pixel by pixel, not enlarged from a smaller picture."""
    fine = Image.new("L", (1280, 720))
    fine.putdata([255 * (x % 2) for _ in range(720) for x in range(1280)])
    fine.convert("RGB").save(workspace.root / "bars.png")
    workspace.write("video.yaml", HEAD + SCENE % "motion: pan, from: [480, 270, 320, 180], to: [480, 270, 320, 180]")
    done = workspace.run("still", "video.yaml", "a", "--at", "1")
    assert done.code == 0, done.stderr
    row = Image.open(workspace.root / "build" / "video.a.png").convert("L").crop((100, 90, 140, 91))
    assert list(row.tobytes()) == [0, 255] * 20
