"""A drawing: the layers of a scene and where they are on the canvas. When they are visible is a motion's part.

On disk it is a folder: `layers.json` and one PNG per layer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass, replaced, values

LAYERS_FILE = "layers.json"


@dataclass(frozen=True, slots=True)
class Rows:
    """What a layer shows instead of one image: states, each of which is a column of rows from sheets of rows.

    files: PNGs in the drawing's folder, as wide as the layer, each with `count` rows below each other, the last with
    fewer.
    height: of a row, in pixels.
    states: for each row of the layer, the index of its row in the sheets.
    """

    files: tuple[str, ...]
    count: int
    height: int
    states: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Stack:
    """What a layer shows instead of one image: states, each of which is some images on each other.

    images: the name of a PNG in the drawing's folder, or its absolute path, and its corner in the layer's box.
    states: the indexes of the images of each, from bottom to top.
    """

    images: tuple[tuple[str, int, int], ...]
    states: tuple[tuple[int, ...], ...]

    def within(self, folder: Path) -> Stack:
        """Return the stack with absolute paths of its images, which are in this folder."""
        return replaced(self, images=tuple((str(folder / file), x, y) for file, x, y in self.images))


@dataclass(frozen=True, slots=True)
class Enlarged:
    """The part of a clip that a layer shows, in a line.

    name: of the layer in its own drawing, which a transition changes.
    part: x, y, width and height, as shares of the clip's picture.
    line: its width in pixels. color: as "#rrggbb".
    """

    name: str
    part: tuple[float, float, float, float]
    line: int
    color: str


@dataclass(frozen=True, slots=True)
class Layer:
    """One image, cropped to its content, and its box on the canvas in pixels, with the origin at the top left.

    file: name of the PNG in the drawing's folder, or its absolute path; "" for the box of a clip.
    opaque: whether no pixel is transparent.
    advances: for typed text, the width in pixels of each character in reading order.
    direction: "right", "left", "down" or "up": in which it is read, drawn or slides in.
    stays: whether it belongs to the video rather than to the scene, as the background does: it takes no part in the
    scene's exit.
    stops: boxes (x, y, width, height) on the canvas, in pixels, to which a motion can move it (see motion.Key).
    pixels: width and height of its image, if they are not those of its box: such a layer is only seen at its stops.
    edges: left, top, right, bottom: pixels at its sides that keep their size if a transition stretches it; () for all.
    hidden: parts of a clip that must be unreadable: x, y, width and height in pixels of its box.
    mask: name of the PNG in the drawing's folder whose gray levels are the alpha of a clip; "" for none.
    tall: the height of its image in pixels, if it scrolls in its box, at first from the top; otherwise 0.
    rows: for a layer that changes from state to state; its file is then the first sheet, and it is opaque.
    enlarged: the part of the scene's clip that it shows; None for anything else.
    stack: for a layer that changes from state to state as `Stack` has it; its file is then one of the images.
    """

    name: str
    file: str
    x: int
    y: int
    width: int
    height: int
    opaque: bool = False
    advances: tuple[float, ...] = ()
    direction: str = "right"
    stops: tuple[tuple[float, float, float, float], ...] = ()
    hidden: tuple[tuple[int, int, int, int], ...] = ()
    tall: int = 0
    rows: Rows | None = None
    stays: bool = False
    edges: tuple[int, ...] = ()
    pixels: tuple[int, ...] = ()
    mask: str = ""
    enlarged: Enlarged | None = None
    stack: Stack | None = None

    @property
    def has_states(self) -> bool:
        """Whether it changes from state to state."""
        return self.rows is not None or self.stack is not None


@dataclass(frozen=True, slots=True)
class Layers:
    """The size of the canvas in pixels, and its layers from bottom to top."""

    width: int
    height: int
    layers: tuple[Layer, ...]

    def write(self, folder: Path) -> None:
        """Write layers.json into the drawing's folder."""
        data = {**values(self), "layers": list(map(_data, self.layers))}
        for layer in data["layers"]:
            for rare in ("hidden", "stays", "edges", "pixels", "mask", "enlarged", "stack"):
                if not layer[rare]:
                    del layer[rare]
        text = json.dumps(data, ensure_ascii=False, sort_keys=True, indent=1)
        (folder / LAYERS_FILE).write_text(text + "\n", encoding="utf-8")

    def under(self, folder: Path) -> Layers:
        """Return these layers with those of another drawing's folder above them."""
        above = [replaced(layer, file=str(folder / layer.file)) for layer in Layers.read(folder).layers]
        return replaced(self, layers=(*self.layers, *above))

    @classmethod
    def read(cls, folder: Path) -> Layers:
        """Read layers.json from a drawing's folder."""
        data = json.loads((folder / LAYERS_FILE).read_text(encoding="utf-8"))
        return cls(data["width"], data["height"], tuple(map(_layer, data["layers"])))


def _data(layer: Layer) -> dict[str, Any]:
    """Return a layer as JSON values."""
    found = values(layer)
    return {name: values(item) if isinstance(item, (Rows, Stack, Enlarged)) else item for name, item in found.items()}


def _layer(data: dict[str, Any]) -> Layer:
    stops = tuple((x, y, width, height) for x, y, width, height in data["stops"])
    edges = tuple(data.get("edges", ()))
    hidden = tuple((x, y, width, height) for x, y, width, height in data.get("hidden", ()))
    rows = data["rows"]
    if rows is not None:
        rows = Rows(tuple(rows["files"]), rows["count"], rows["height"], tuple(map(tuple, rows["states"])))
    enlarged = data.get("enlarged")
    if enlarged is not None:
        x, y, width, height = enlarged["part"]
        enlarged = Enlarged(enlarged["name"], (x, y, width, height), enlarged["line"], enlarged["color"])
    stack = data.get("stack")
    if stack is not None:
        images = tuple((file, x, y) for file, x, y in stack["images"])
        stack = Stack(images, tuple(map(tuple, stack["states"])))
    own = {
        "enlarged": enlarged,
        "stack": stack,
        "advances": tuple(data["advances"]),
        "stops": stops,
        "hidden": hidden,
        "edges": edges,
        "rows": rows,
        "pixels": tuple(data.get("pixels", ())),
    }
    return Layer(**{**data, **own})
