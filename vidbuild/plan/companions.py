"""What goes with a video by choice: its transcript, chapter lines and share page; and what says who speaks in it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vidbuild import inline
from vidbuild.engine.graph.graph import Input, Product, Step
from vidbuild.plan.outputs import Output
from vidbuild.plan.variant import VideoSpec

# The names in `also` -> the files that the step `transcript` writes for each, with the ends of their own names.
FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "transcript": (("transcript.md", ".transcript.md"), ("transcript.html", ".transcript.html")),
    "chapters": (("chapters.txt", ".chapters.txt"),),
    "page": (("page.html", ".html"),),
}
PAGE = "page"

# Format and codec -> the media type of a video that not every browser plays. Levels are those of 1080p at 30 fps.
MEDIA_TYPES: Mapping[tuple[str, str], str] = {
    ("webm", "vp9"): 'video/webm; codecs="vp9, opus"',
    ("webm", "av1"): 'video/webm; codecs="av01.0.08M.08, opus"',
    ("mp4", "av1"): 'video/mp4; codecs="av01.0.08M.08, mp4a.40.2"',
    ("mp4", "hevc"): 'video/mp4; codecs="hvc1.1.6.L120.90, mp4a.40.2"',
}


def written(video: VideoSpec) -> list[str]:
    """Which of these files the spec asks for."""
    return [name for name in FILES if name in video.spec.also]


def outputs(video: VideoSpec) -> tuple[Output, ...]:
    """The files that a build writes for them."""
    step = video.step_id("transcript")
    return tuple(Output(name, step, *file) for name in written(video) for file in FILES[name])


def step(
    video: VideoSpec,
    files: Sequence[str],
    name: str,
    scenes: Sequence[Mapping[str, Any]],
    timings: Mapping[str, Input],
) -> Step:
    """The step that writes these files.

    name: what the names of all outputs have in common.
    scenes: those of the step `captions`.
    """
    has_sections = bool(scenes[0].get("section"))
    listed = []
    for own, scene in zip(scenes, video.spec.scenes, strict=True):
        chapter = own.get("section", "") if has_sections else own["title"]
        item = {"id": scene.id, "chapter": chapter, "alt": scene.alt}
        listed.append({**item, "speaker": own["speaker"]} if "speaker" in own else item)
    params: dict[str, Any] = {
        "title": inline.plain(video.spec.title),
        "description": video.spec.description,
        "language": video.variant.language,
        "also": list(files),
        "scenes": listed,
    }
    if video.has_dialogue:
        params["speakers"] = True
    inputs = dict(timings)
    if PAGE in files:
        output = video.variant.output
        file, poster = (address(f"{name}.{suffix}") for suffix in (output.format, "poster.png"))
        params |= {"size": video.size, "video": file, "poster": poster}
        if media_type := MEDIA_TYPES.get((output.format, output.codec)):
            params["media_type"] = media_type
        inputs["captions"] = Product(video.step_id("captions"), "captions.vtt")
    return Step(video.step_id("transcript"), "transcript", params, inputs, video.spec.locations)


def address(file: str) -> str:
    """The relative URL of a file, from the bytes of its name: the same in every locale."""
    return quote(os.fsencode(file))


def synthetic_voices(video: VideoSpec) -> list[str]:
    """The voices that speak in the video, as ENGINE:NAME; recordings of people have none."""
    spoken = (each for scene in video.spec.scenes for each in video.utterances(scene))
    return sorted({f"{each.voice.engine}:{each.voice.name}" for each in spoken if each.narration.audio is None})
