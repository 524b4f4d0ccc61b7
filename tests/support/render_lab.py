"""Small drawings, step runs in folders of their own, and decoded frames, for the tests of rendering."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from tests.support.pixels import level_range
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.h264.encode import PROFILES
from vidbuild.media.render import compose, painted_frames
from vidbuild.media.render.animation import Animation
from vidbuild.media.render.drawing import Layer, Layers
from vidbuild.media.render.motion import Key, Motion, Track

SIZE = (160, 90)
ENV = {"PATH": os.environ.get("PATH", "")}
Colour = tuple[int, int, int]


@dataclass
class Drawing:
    """A drawing in the making."""

    folder: Path
    size: tuple[int, int] = SIZE
    layers: list[Layer] = field(default_factory=list)

    def add(
        self,
        name: str,
        box: tuple[int, int, int, int] | None = None,
        colour: Sequence[int] = (255, 255, 255),
        *,
        opaque: bool = True,
        advances: Sequence[float] = (),
        paint: Callable[[ImageDraw.ImageDraw], object] | None = None,
    ) -> Drawing:
        """One more layer on top: a filled box (x, y, width, height), or what `paint` makes of it."""
        x, y, width, height = box or (0, 0, *self.size)
        self.folder.mkdir(parents=True, exist_ok=True)
        image = Image.new("RGBA", (width, height), (*colour, 255) if len(colour) == 3 else tuple(colour))
        if paint:
            paint(ImageDraw.Draw(image))
        image.save(self.folder / f"{name}.png")
        self.layers.append(Layer(name, f"{name}.png", x, y, width, height, opaque, tuple(advances)))
        return self

    def place(self, name: str, box: tuple[int, int, int, int] | None = None) -> Drawing:
        """The place of a clip."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.layers.append(Layer(name, "", *(box or (0, 0, *self.size))))
        return self

    def directed(self, name: str, direction: str) -> Drawing:
        """Let a layer be drawn in a direction."""
        return self.having(name, direction=direction)

    def stopping(self, name: str, *stops: tuple[float, float, float, float]) -> Drawing:
        """Give a layer places to which a motion can move it."""
        return self.having(name, stops=stops)

    def having(self, name: str, **changes: Any) -> Drawing:
        """Change facts of a layer."""
        self.layers = [replace(layer, **changes) if layer.name == name else layer for layer in self.layers]
        return self

    def done(self) -> Layers:
        """The layers, written to the folder too."""
        layers = Layers(*self.size, tuple(self.layers))
        layers.write(self.folder)
        return layers

    def picture(self, motion: Motion, **more: Any) -> Animation:
        """The drawing with a motion."""
        return Animation(self.folder, self.done(), motion, **more)


def zooming(start: float, end: float, frames: int, **more: Any) -> Track:
    """The track of a layer that is zoomed evenly about its center, within its box."""
    places = [((1 - factor) / 2, (1 - factor) / 2, factor, factor) for factor in (start, end)]
    return Track(moves=(Key(0, places[0]), Key(frames, places[1])), clipped=True, **more)


def shown(picture: Animation) -> list[Image.Image]:
    """Every frame of a picture, in RGB, as the compositor makes it: nothing is encoded."""
    return raw(compose.hold_frames(compose.frames(picture), picture.motion), picture)


def raw(stream: filtergraph.Stream, picture: Animation) -> list[Image.Image]:
    """The frames of a stream that has the picture's size."""
    target = picture.folder / "frames.raw"
    args = filtergraph.arguments(filtergraph.output(stream, target, {"format": "rawvideo", "pix_fmt": "rgb24"}))
    ffmpeg.run(args, cwd=picture.folder, env=ENV, timeout=60, what="compose", pipe_source=painted_frames.frames_of)
    size = (picture.layers.width, picture.layers.height)
    data, each = target.read_bytes(), size[0] * size[1] * 3
    return [Image.frombytes("RGB", size, data[at : at + each]) for at in range(0, len(data), each)]


def decoded(path: Path, size: tuple[int, int] = SIZE, *options: str) -> list[Image.Image]:
    """Every frame of an encoded video, as a player would show it."""
    colours = "scale=in_color_matrix=bt709:in_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"
    args = [
        "-i",
        str(path),
        *options,
        "-map",
        "0:v:0",
        "-vf",
        colours,
        "-fps_mode",
        "passthrough",
        "-f",
        "rawvideo",
        "-",
    ]
    data = ffmpeg.capture(args, cwd=path.parent, env=ENV, timeout=60, what="decode", loglevel="error").output
    each = size[0] * size[1] * 3
    return [Image.frombytes("RGB", size, data[at : at + each]) for at in range(0, len(data), each)]


def made(target: Path, *args: str) -> Path:
    """A media file made by ffmpeg for a test."""
    target.parent.mkdir(parents=True, exist_ok=True)
    ffmpeg.run([*args, str(target)], cwd=target.parent, env=ENV, timeout=60, what="make a test file")
    return target


def turned(flat: Path, target: Path) -> Path:
    """Return the same video, to be shown turned by a quarter, in the way that this ffmpeg supports."""
    try:
        return made(target, "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    except StepError:
        return made(target, "-i", str(flat), "-c", "copy", "-metadata:s:v:0", "rotate=90")


def pixel(image: Image.Image, x: int, y: int) -> Colour:
    """Return one pixel's color."""
    value = image.getpixel((x, y))
    assert isinstance(value, tuple)
    return (value[0], value[1], value[2])


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference between two colors, or flat lists of them."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def differ(one: Image.Image, other: Image.Image) -> float:
    """The largest difference between two pictures."""
    assert (one.size, one.mode) == (other.size, other.mode)
    return max(level_range(channel)[1] for channel in ImageChops.difference(one, other).split())


def context(root: Path, params: Mapping[str, Any], inputs: Mapping[str, Path], **more: Any) -> Context:
    """A step's context in folders of its own."""
    for name in ("out", "scratch"):
        (root / name).mkdir(parents=True)
    return Context("render:test", dict(params), dict(inputs), root / "out", root / "scratch", ENV, **more)


def render_context(root: Path, picture: Animation, **params: Any) -> Context:
    """Return the context in which the render step renders this picture."""
    root.mkdir(parents=True, exist_ok=True)
    motion = root / "motion.json"
    motion.write_text(picture.motion.to_json(), encoding="utf-8")
    inputs = {"layers": picture.folder, "motion": motion}
    if picture.clip is not None:
        inputs["clip"] = picture.clip.path
    size = [picture.layers.width, picture.layers.height]
    return context(root, {"profile": dict(PROFILES["standard"]), "size": size, **params}, inputs)


def fake_ffmpeg(path: Path, body: str) -> Path:
    """A program that is started in ffmpeg's place; body is Python, in which `args` are its arguments."""
    path.write_text(
        f"#!{sys.executable}\nimport os, signal, sys, time\nargs = sys.argv[1:]\n{body}\n", encoding="utf-8"
    )
    path.chmod(0o755)
    return path
