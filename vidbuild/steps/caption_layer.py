"""The layer of burned captions during one motion, as a file: the images that it shows then, and when it shows which.

It has nothing else of the captions of its scene, so that what renders this motion does not depend on the others.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from vidbuild.frozen import replaced
from vidbuild.media.render.drawing import Layer, Layers, Stack
from vidbuild.media.render.motion import Motion, Track

NAME = "captions"


def write(file: Path, layer: Layer, motion: Motion, images: Mapping[str, bytes]) -> None:
    """Write what a layer shows during a motion. images: the PNG of each of its images, by name."""
    stack, states = layer.stack or Stack((), ((),)), motion.tracks.get(NAME, Track()).states
    used = list(dict.fromkeys(index for _, index in states))
    shown = list(dict.fromkeys(image for index in used for image in stack.states[index]))
    data = {
        "box": [layer.x, layer.y, layer.width, layer.height],
        "states": [[frame, used.index(index)] for frame, index in states],
        "stack": [[shown.index(image) for image in stack.states[index]] for index in used],
        "images": [[base64.b64encode(images[name]).decode(), x, y] for name, x, y in (stack.images[i] for i in shown)],
    }
    file.write_text(json.dumps(data if shown else {}) + "\n", encoding="utf-8")


def above(layers: Layers, motion: Motion, file: Path, folder: Path) -> tuple[Layers, Motion]:
    """Return layers and a motion with the captions of a file above them. folder: a new one, for their images."""
    data = json.loads(file.read_text(encoding="utf-8"))
    if not data:
        return layers, motion
    folder.mkdir(parents=True)
    images = []
    for number, (png, x, y) in enumerate(data["images"]):
        path = folder / f"{number}.png"
        path.write_bytes(base64.b64decode(png))
        images.append((str(path), x, y))
    stack = Stack(tuple(images), tuple(map(tuple, data["stack"])))
    x, y, width, height = data["box"]
    layer = Layer(NAME, images[0][0], x, y, width, height, stays=True, stack=stack)
    track = Track(states=tuple((frame, index) for frame, index in data["states"]))
    tracks = {**motion.tracks, NAME: track}
    return replaced(layers, layers=(*layers.layers, layer)), replaced(motion, tracks=tracks)


def changes(motion: Motion) -> tuple[int, ...]:
    """Return the frames of a motion at which other captions are shown."""
    return tuple(frame for frame, _ in motion.tracks.get(NAME, Track()).states)


def without(layers: Layers, motion: Motion) -> tuple[Layers, Motion]:
    """Return layers and a motion without captions."""
    tracks = {name: track for name, track in motion.tracks.items() if name != NAME}
    return replaced(layers, layers=tuple(each for each in layers.layers if each.name != NAME)), replaced(
        motion, tracks=tracks
    )
