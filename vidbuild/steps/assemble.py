"""The step `assemble`: the images of all scenes and transitions as one animated WebP or GIF, within a number of bytes.

No image is encoded again: the first rung of the ladder on which all of them are small enough is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import NamedTuple

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.animated import gif, images, webp
from vidbuild.media.animated.images import Shown
from vidbuild.media.animated.rungs import Rung
from vidbuild.media.animated.timed import TimedImage, timed
from vidbuild.steps import animate

CONTAINERS: Mapping[str, ModuleType] = {"webp": webp, "gif": gif}


class Part(NamedTuple):
    """A scene or a transition.

    start, frames: in the video. rungs: its images at each rung.
    """

    role: str
    start: int
    frames: int
    fps: int
    rungs: list[list[Shown]]


def run(context: Context) -> None:
    """Write animation.FORMAT, and render.json: frames of the video, and how the animation was encoded.

    Params: order: the roles of the inputs, which are products of `animate`. format, rungs: as in that step.
    loops: how often it plays; 0: for ever. max_bytes: None for no limit.
    """
    params = context.params
    parts = _parts(context, params["order"])
    rungs = [Rung(*each) for each in params["rungs"]]
    container, suffix = CONTAINERS[params["format"]], f".{params['format']}"
    sealed, limit = seal.length(suffix), params["max_bytes"] or container.MAX_BYTES
    sizes: list[int] = []
    for number in range(len(rungs)):
        shown = list(_timed(parts, number, container))
        sizes.append(container.size(shown, params["loops"], sealed))
        if sizes[-1] <= limit:
            break
    else:
        raise _too_large(min(sizes), rungs[-1], limit)
    rung = rungs[number]
    target = context.out / f"animation{suffix}"
    with target.open("wb") as file:
        writer = seal.SealedWriter(file, suffix)
        data = _data(context, parts, number, shown)
        for chunk in container.chunks((rung.width, rung.height), shown, data, params["loops"], sealed):
            writer.write(chunk)
        writer.seal()
    # A write can seem to succeed and still be short, for example on a full network disk.
    if (written := target.stat().st_size) != sizes[-1]:
        raise StepError(f"{target.name}: wrong size: expected {sizes[-1]} bytes, got {written}")
    facts = {"frames": sum(part.frames for part in parts), "images": len(shown), "rung": number, **rung._asdict()}
    (context.out / "render.json").write_text(json.dumps({**facts, "loops": params["loops"]}) + "\n", encoding="utf-8")


def _parts(context: Context, order: Sequence[str]) -> list[Part]:
    parts: list[Part] = []
    start = 0
    for role in order:
        facts = json.loads((context.inputs[role] / animate.FACTS).read_text(encoding="utf-8"))
        rungs = [images.from_data(shown) for shown in facts["rungs"]]
        parts.append(Part(role, start, facts["frames"], facts["fps"], rungs))
        start += facts["frames"]
    return parts


def _timed(parts: Sequence[Part], rung: int, container: ModuleType) -> Iterator[TimedImage]:
    """Return all images at a rung with their durations in the animation."""
    shown = [(part.start + image.start, image) for part in parts for image in part.rungs[rung]]
    starts, boxes, sizes = zip(*((start, image.box, image.size) for start, image in shown), strict=True)
    end = parts[-1].start + parts[-1].frames
    return timed(starts, boxes, sizes, end, parts[0].fps, container.TICKS, container.LIMITS)


def _data(context: Context, parts: Sequence[Part], rung: int, shown: Sequence[TimedImage]) -> Iterator[bytes]:
    """Yield the data of each image; one is in memory at a time."""
    repeats = [0] * (shown[-1].source + 1)
    for image in shown:
        repeats[image.source] += 1
    counts = iter(repeats)
    for done, part in enumerate(parts):
        context.progress(done, len(parts))
        with (context.inputs[part.role] / animate.file(rung)).open("rb") as file:
            for each in part.rungs[rung]:
                data = file.read(each.size)
                for _ in range(next(counts)):
                    yield data


def _too_large(smallest: int, rung: Rung, limit: int) -> StepError:
    message = (
        f"too large: expected at most {limit:,} bytes, got {smallest:,} at the lowest quality, with {rung.rate} images "
        f"a second of {rung.width}x{rung.height}"
    )
    return StepError(
        message, field="output.max_bytes", hint="raise 'max_bytes', or choose fewer scenes or a smaller width"
    )
