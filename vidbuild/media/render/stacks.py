"""A layer that shows other images on each other from state to state, and its name as a piped input of ffmpeg.

Burned captions are such a layer: each caption is drawn once, and each of its words once more as it is lit.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vidbuild.media.render.drawing import Layer

PIXELS = "rgba"
_START = '{"stack"'


class Piled(NamedTuple):
    """Images, and for each frame those that it shows.

    stack: file and the corner of each image in the frame.
    size: width and height of the frames.
    frames: for each frame the indexes of its images, from bottom to top.
    """

    stack: tuple[tuple[str, int, int], ...]
    size: tuple[int, int]
    frames: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, layer: Layer, folder: str, states: Sequence[tuple[int, int]], frames: Sequence[int]) -> Piled:
        """Return what a layer shows at some frames. states: (frame, index) by frame."""
        stack = layer.stack
        assert stack is not None  # noqa: S101 - only layers with a stack come here
        starts = [frame for frame, _ in states]
        indexes = [states[max(0, bisect_right(starts, frame) - 1)][1] if states else 0 for frame in frames]
        images = tuple((str(Path(folder) / file), x, y) for file, x, y in stack.images)
        return cls(images, (layer.width, layer.height), tuple(stack.states[index] for index in indexes))

    @property
    def name(self) -> str:
        """The stack as one line of JSON; `from_name` is the inverse."""
        return json.dumps(self._asdict())

    @classmethod
    def from_name(cls, name: str) -> Piled:
        """Read a stack from its name."""
        data = json.loads(name)
        images = tuple((file, x, y) for file, x, y in data["stack"])
        return cls(images, (data["size"][0], data["size"][1]), tuple(map(tuple, data["frames"])))

    @staticmethod
    def is_name(name: str) -> bool:
        """Return whether a name is that of a stack."""
        return name.startswith(_START)

    def pixels(self) -> Iterator[bytes]:
        """Yield the pixels of each frame, row by row. An image is in memory from its first frame to its last."""
        from PIL import Image  # only scenes with such a layer need it

        ahead = Counter(index for shown in self.frames for index in shown)
        opened: dict[int, Image.Image] = {}
        before: tuple[int, ...] | None = None
        pixels = b""
        for shown in self.frames:
            if shown != before:
                frame = Image.new("RGBA", self.size)
                for index in shown:
                    file, x, y = self.stack[index]
                    if index not in opened:
                        with Image.open(file) as image:
                            opened[index] = image.convert("RGBA")
                    frame.alpha_composite(opened[index], (x, y))
                before, pixels = shown, frame.tobytes()
            yield pixels
            for index in shown:
                ahead[index] -= 1
                if not ahead[index]:
                    del opened[index]
