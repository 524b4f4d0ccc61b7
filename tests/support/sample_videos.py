"""Small videos for tests that play them: specs with every kind of scene, and with long holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from tests.support import scene_samples
from tests.support.workspace import Workspace
from vidbuild.engine.store.store import Store
from vidbuild.engine.store.trace import Trace
from vidbuild.media.h264 import segment as segments
from vidbuild.media.h264.holds import lengthened
from vidbuild.media.h264.stitch import LONG_START
from vidbuild.media.render.changed_frames import changed_frames
from vidbuild.media.render.drawing import LAYERS_FILE, Layers
from vidbuild.media.render.hold import Hold
from vidbuild.media.render.motion import Motion

EVERY_SCENE = scene_samples.scenes(
    "Played",
    title={
        "kicker": "everywhere",
        "subtitle": "and sought",
        "narration": "Begin.",
        "transition": {"type": "fade", "duration": 0.25},
    },
    list={
        "title": "What is seen",
        "items": [{"text": "one", "at": 0.5}, {"text": "two", "at": 1}, {"text": "three", "at": 1.4}],
        "duration": 2,
        "transition": {"type": "fade", "duration": 0.25},
    },
    command={"commands": [{"run": "make test", "at": 0.2}, {"output": "all passed", "at": 1.4}], "duration": 1.8},
    code={
        "language": "python",
        "code": 'print("one")\nprint("two")\n',
        "highlight": [{"lines": 1, "at": 0.3}, {"lines": 2, "at": 0.7}],
        "duration": 1.2,
    },
    image={"motion": "zoom-in"},
    outro={"title": "The end", "links": ["example.org"], "narration": "End."},
)
LONG_HOLDS = [
    {
        "id": "long",
        "type": "list",
        "title": "Hold on",
        "items": [{"text": "one", "at": 1}, {"text": "two", "at": 12}, {"text": "three", "at": 24}],
        "duration": 25,
    },
    {"id": "short", "type": "title", "title": "One, two", "duration": 0.5},
]

VIDEOS: dict[str, tuple[list[dict[str, Any]], tuple[int, int], int]] = {
    "every-scene": (EVERY_SCENE, (160, 90), 24),
    "larger": (EVERY_SCENE, (640, 360), 30),
    "upright": (EVERY_SCENE, (90, 160), 50),
    "long-holds": (LONG_HOLDS, (160, 90), 60),
}
"""Scenes, size in pixels and frames per second, by a name."""
MARKED = {"every-scene": "bar", "upright": "dots"}  # those with a mark of progress


@dataclass(frozen=True)
class Segment:
    """A piece of a video, as a step made it: its file, how long it is, and the frames in which anything changes."""

    step: str
    path: Path
    frames: int
    moments: tuple[int, ...] | None  # None for a transition, in which every frame differs


@dataclass(frozen=True)
class Video:
    """A built video: its project, what it is made of, and how it should play."""

    space: Workspace
    fps: int
    size: tuple[int, int]
    segments: tuple[Segment, ...]

    @property
    def path(self) -> Path:
        """The MP4."""
        return self.space.root / "build" / "video.mp4"

    @property
    def frames(self) -> int:
        """How many pictures it has."""
        return sum(segment.frames for segment in self.segments)

    @property
    def starts(self) -> tuple[int, ...]:
        """The frame at which each segment starts."""
        return tuple(sum(each.frames for each in self.segments[:at]) for at in range(len(self.segments)))

    @property
    def moments(self) -> tuple[int, ...]:
        """The frames in which anything may change; in a transition all."""
        found: list[int] = []
        for start, each in zip(self.starts, self.segments, strict=True):
            found += [start + at for at in (range(each.frames) if each.moments is None else each.moments)]
        return tuple(found)

    def worth_a_look(self, keys: tuple[int, ...], most: int) -> tuple[int, ...]:
        """Return about so many frames, evenly from all that could show a seeking error, first and last included.

        They are key frames and changes, what is beside those, and the middles of holds.
        """
        ends = (*self.moments[1:], self.frames)
        middles = ((start + end) // 2 for start, end in zip(self.moments, ends, strict=True))
        beside = (at + by for at in (*keys, *self.moments) for by in (-1, 0, 1))
        telling = sorted({0, *middles, *beside} & set(range(self.frames)))
        return tuple(sorted({*telling[:: -(-len(telling) // most)], self.frames - 1}))


def built(space: Workspace, name: str) -> Video:
    """Build one of VIDEOS in a project."""
    scenes, size, fps = VIDEOS[name]
    spec = {
        "vidbuild": 1,
        "title": "A video to be played",
        "output": {"size": f"{size[0]}x{size[1]}", "fps": fps},
        "voice": "espeak:en-us",
        "defaults": {"pause_before": 0.2, "pause_after": 0.2},
        "progress": MARKED.get(name, "none"),
        "scenes": scenes,
    }
    space.write("video.yaml", yaml.safe_dump(spec, sort_keys=False))
    scene_samples.write_media(space.root, seconds=0.8, size=(320, 180), clip_size=(160, 90))
    space.build()
    return Video(space, fps, size, tuple(_segments(space)))


def _segments(space: Workspace) -> Iterator[Segment]:
    """The pieces of the last build in their order, from the traces that it left."""
    store = Store(space.root / ".vidbuild")
    traces = _traces(store)
    joined = json.loads((space.root / "build" / "video.timing.json").read_text(encoding="utf-8"))
    names = [scene["id"] for scene in joined["scenes"]]
    order = [f"render:{names[0]}"]
    for left, right in pairwise(names):
        order += [f"transition:{left}+{right}", f"render:{right}"]
    for step in order:
        if step not in traces:
            continue  # a cut
        path = _blob(store, traces[step], "segment.h264")
        if step.startswith("transition:"):
            facts = json.loads(_blob(store, traces[step], "render.json").read_text(encoding="utf-8"))
            yield Segment(step, path, facts["frames"], None)
            continue
        scene = step.partition(":")[2]
        draw, time = traces[f"draw:{scene}"], traces[f"timeline:{scene}"]
        motion = Motion.from_json(_blob(store, time, "render.json").read_text(encoding="utf-8"))
        whole = _lengthened(path, _blob(store, time, "holds.json"), space.root / f"{scene}.h264")
        yield Segment(step, whole, motion.frames, _moments(store, draw, motion))


def _lengthened(segment: Path, holds: Path, target: Path) -> Path:
    """Write a scene's segment with all frames of its holds, as the mux adds them."""
    data = segment.read_bytes()
    index = segments.read(data)
    found = [Hold(frame, frames, tuple(keys)) for frame, frames, keys in json.loads(holds.read_bytes())]
    slices, whole = lengthened(data, index, found).laid_out()
    spans = zip(whole.slices[::2], whole.slices[1::2], strict=True)
    units = (*whole.stream.sets, *(slices[start:end] for start, end in spans))
    target.write_bytes(b"".join(LONG_START + unit for unit in units))
    return target


def _moments(store: Store, draw: Trace, motion: Motion) -> tuple[int, ...]:
    drawing = store.root / "drawing"
    drawing.mkdir(exist_ok=True)
    (drawing / LAYERS_FILE).write_bytes(_blob(store, draw, LAYERS_FILE).read_bytes())
    return changed_frames(Layers.read(drawing), motion)


def _traces(store: Store) -> dict[str, Trace]:
    found = (store.trace(path.name) for path in sorted((store.home / "traces").glob("*/*")))
    return {trace.step: trace for trace in found if trace is not None}


def _blob(store: Store, trace: Trace, name: str) -> Path:
    return store.blobs.path(trace.outputs[name].digest)
