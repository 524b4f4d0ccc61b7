"""Zooms into code and tables through the command, by pixels: larger, as sharp as before, and back."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.support.workspace import Workspace

HEAD = "vidbuild: 1\ntitle: T\noutput: {size: 640x360, fps: 25}\nscenes:\n"
CODE = '  - {id: a, type: code, code: "n\\nn\\nXXXX\\nn\\nn\\nn\\nn\\nn\\n", duration: 3, callouts: [{zoom: 3%s}]}\n'
TABLE = (
    "  - {id: a, type: table, columns: [a, b, c], rows: [[n, n, n], [n, XXXX, n], [n, n, n]], duration: 3, "
    "callouts: [{zoom: {row: 2, column: 2}%s}]}\n"
)
DURING = ", at: 0.8, until: 2"


def still(space: Workspace, spec: str, at: str) -> Image.Image:
    """Return a frame of the scene, in gray."""
    space.write("video.yaml", spec)
    return Image.open(space.still("a", float(at))).convert("L")


def word(image: Image.Image, letter_width: int) -> Image.Image:
    """Return the part of a frame with the longest word: its columns have no wide gaps between them."""
    bright = image.point([0] * 170 + [255] * 86)
    columns = [at for at in range(image.width) if bright.crop((at, 40, at + 1, 330)).getbbox()]
    runs: list[list[int]] = []
    for at in columns:
        if runs and at - runs[-1][-1] <= letter_width:
            runs[-1].append(at)
        else:
            runs.append([at])
    run = max(runs, key=len)
    left, right = run[0], run[-1] + 1
    box = bright.crop((left + (right - left) // 2, 40, right, 330)).getbbox()
    assert box is not None
    return image.crop((left, 40 + box[1], right, 40 + box[3]))


def between(image: Image.Image) -> float:
    """Return the share of pixels that have neither the color of letters nor that of their ground."""
    counts = image.histogram()
    seen = [level for level, count in enumerate(counts) if count]
    low, high = min(seen), max(seen)
    margin = (high - low) // 5
    return sum(counts[low + margin : high - margin]) / sum(counts)


@pytest.mark.parametrize("spec", [CODE, TABLE])
def test_what_is_enlarged_is_drawn_again(workspace: Workspace, spec: str) -> None:
    """A zoom shows lines or a cell larger, sharper than enlarged pixels are, and then the scene as it was."""
    plain = still(workspace, HEAD + spec % DURING, "0.7")
    shown = still(workspace, HEAD + spec % DURING, "1.6")
    after = still(workspace, HEAD + spec % DURING, "2.9")
    small, large = word(plain, 8), word(shown, 16)
    assert large.width > 1.5 * small.width
    assert between(large) < 0.8 * between(small.resize(large.size, Image.Resampling.LANCZOS))
    assert word(after, 8).size == small.size


def test_a_zoom_that_enlarges_nothing_is_a_warning(workspace: Workspace) -> None:
    """A region as wide as the table cannot be enlarged: a located warning names a way out."""
    workspace.write("video.yaml", HEAD + (TABLE % "").replace("{row: 2, column: 2}", "{row: 2}"))
    done = workspace.run("check", "video.yaml")
    column = (TABLE % "").index("zoom: {") + 7
    assert f"video.yaml:5:{column}: warning: 'zoom' enlarges this region only 1.0 times" in done.stderr
    assert "use 'spotlight' instead, or name a smaller region" in done.stderr
