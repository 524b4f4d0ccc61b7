"""A layer that is higher than its box: what is visible of it, and where."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from vidbuild.media.render import places
from vidbuild.media.render.changed_frames import is_still
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import HOME, Key, Motion, Track
from vidbuild.media.render.painted_frames import painted_frames
from vidbuild.media.render.painting import Painting

LAYER = Layer("code", "code.png", 10, 20, 4, 8, tall=32, stops=((10, 4, 4, 32), (10, -4, 4, 32)))
SCROLLED = Track(moves=(Key(2), Key(6, 0), Key(8, 0), Key(12, 1)), clipped=True)


def rows(folder: Path, track: Track, frame: int) -> list[int]:
    """Return the red of each row that is visible in a frame; row n of the layer's image has 8 * n."""
    image = Image.new("RGBA", (LAYER.width, LAYER.tall))
    for y in range(LAYER.tall):
        image.paste((8 * y, 0, 0, 255), (0, y, LAYER.width, y + 1))
    image.save(folder / LAYER.file)
    size, [origin], looks = places.looks(LAYER, track, [frame])
    assert origin == (LAYER.x, LAYER.y)
    painting = Painting(str(folder / LAYER.file), LAYER.width, LAYER.tall, LAYER.opaque, size, tuple(looks))
    [pixels] = painted_frames(painting)
    shown = Image.frombytes("RGBA", size, pixels)
    assert shown.size == (LAYER.width, LAYER.height)
    return list(shown.getchannel("R").crop((0, 0, 1, LAYER.height)).tobytes())


def test_the_box_shows_a_part_of_the_image(tmp_path: Path) -> None:
    """At first the top of the image is in the box, then what each stop moves into it, row by row."""
    for frame, first in ((0, 0), (7, 16), (20, 24)):
        assert rows(tmp_path, SCROLLED, frame) == [8 * (first + nth) for nth in range(LAYER.height)]


def test_without_moves_the_top_is_visible(tmp_path: Path) -> None:
    """A layer that does not move is cut off at its box as well."""
    assert rows(tmp_path, Track(), 0) == [8 * nth for nth in range(LAYER.height)]
    assert places.is_painted(LAYER, Track())
    assert not is_still(LAYER, Motion(30, 10))


def test_it_reaches_no_further_than_its_box() -> None:
    """Bands of frames take its box for all that it changes."""
    box = (LAYER.x, LAYER.y, LAYER.x + LAYER.width, LAYER.y + LAYER.height)
    assert places.reach(LAYER, SCROLLED, 100) == box
    assert places.reach(LAYER, Track(moves=(Key(0, HOME), Key(5, 1))), 100) == box
