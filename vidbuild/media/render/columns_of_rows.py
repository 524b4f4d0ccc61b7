"""A layer of rows as it looks in each of its frames, and its name as a piped input of ffmpeg.

A terminal changes a few lines at a time, and shows the same lines again and again: each different line is drawn once,
and a frame is put together from lines.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vidbuild.media.render.drawing import Layer

PIXELS = "rgb24"
OPEN_SHEETS = 4  # kept in memory: the rows of a frame were mostly drawn one after the other


class Column(NamedTuple):
    """Sheets of rows, and for each frame the rows that it shows, from top to bottom.

    files, per_file: the sheets, and how many rows each of them has; the last can have fewer.
    size: width and height of the frames.
    row: the height of a row.
    """

    files: tuple[str, ...]
    per_file: int
    size: tuple[int, int]
    row: int
    frames: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, layer: Layer, folder: str, states: Sequence[tuple[int, int]], frames: Sequence[int]) -> Column:
        """Return what a layer shows at some frames. states: (frame, index) by frame."""
        rows = layer.rows
        assert rows is not None  # noqa: S101 - only layers of rows come here
        starts = [frame for frame, _ in states]
        indexes = [states[max(0, bisect_right(starts, frame) - 1)][1] if states else 0 for frame in frames]
        files = tuple(str(Path(folder) / file) for file in rows.files)
        shown = tuple(rows.states[index] for index in indexes)
        return cls(files, rows.count, (layer.width, layer.height), rows.height, shown)

    @property
    def name(self) -> str:
        """The column as one line of JSON; `from_name` is the inverse."""
        return json.dumps(self._asdict())

    @classmethod
    def from_name(cls, name: str) -> Column:
        """Read a column from its name."""
        data = json.loads(name)
        size = (data["size"][0], data["size"][1])
        return cls(tuple(data["files"]), data["per_file"], size, data["row"], tuple(map(tuple, data["frames"])))

    @staticmethod
    def is_name(name: str) -> bool:
        """Return whether a name is that of a column."""
        return name.startswith("{")

    def pixels(self) -> Iterator[bytes]:
        """Yield the pixels of each frame, row by row. Only rows that change are pasted."""
        from PIL import Image  # only scenes with such a layer need it

        frame = Image.new("RGB", self.size)
        sheets: dict[int, Image.Image] = {}
        before: tuple[int, ...] = ()
        for rows in self.frames:
            for at, row in enumerate(rows):
                if at < len(before) and before[at] == row:
                    continue
                index, place = divmod(row, self.per_file)
                if index not in sheets:
                    if len(sheets) == OPEN_SHEETS:
                        del sheets[next(iter(sheets))]
                    with Image.open(self.files[index]) as image:
                        sheets[index] = image.convert("RGB")
                part = sheets[index].crop((0, place * self.row, self.size[0], (place + 1) * self.row))
                frame.paste(part, (0, at * self.row))
            before = rows
            yield frame.tobytes()
