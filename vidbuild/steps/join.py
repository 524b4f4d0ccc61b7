"""The step `join`: segments and sounds put behind each other as they are, and into one MP4. Nothing is coded again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.context import Context
from vidbuild.errors import StepError
from vidbuild.media import adts, ffmpeg, h264
from vidbuild.media.mp4 import mux_arguments

VIDEO = "video.mp4"
AAC_FRAME = 1024
TIMEOUT = 3600.0


@dataclass(frozen=True, slots=True)
class Part:
    """One scene in the joined video: its frames with its halves of the transitions, and where its sound starts."""

    scene: str
    frames: int
    start: int
    samples: int


def run(context: Context) -> None:
    """Write video.mp4 and film.json, which tells its frames."""
    parts = lay_out(context.params["order"], _timings(context))
    fps = context.params["fps"]
    video, audio = context.scratch / "video.h264", context.scratch / "audio.aac"
    counted = _join_pictures(context, video, fps)
    check_pictures(context.params["order"], parts, counted)
    _join_sound(context, audio, parts)
    args = mux_arguments(
        video,
        audio,
        context.inputs.get("chapters"),
        fps=fps,
        metadata=metadata(context.params),
        language=context.params["language"],
        name=str(context.out / VIDEO),
    )
    ffmpeg.run(args, cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="put the video together")
    facts = {"frames": sum(part.frames for part in parts)}
    (context.out / "film.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def metadata(params: Mapping[str, Any]) -> dict[str, str]:
    """What the file says of itself."""
    return {"title": params["title"], "description": params["description"], "comment": params["description"]}


def lay_out(order: Sequence[Mapping[str, Any]], timings: Mapping[str, Mapping[str, int]]) -> list[Part]:
    """Where each scene stands in the joined video."""
    parts, start = [], 0
    for item in order:
        if "scene" in item:
            timing = timings[item["scene"]]
            parts.append(Part(item["scene"], timing["frames"], start, timing["samples"]))
            start += timing["samples"]
    return parts


def check_pictures(order: Sequence[Mapping[str, Any]], parts: Sequence[Part], counted: Mapping[str, int]) -> None:
    """Every scene must have the frames its timing promised, counting its halves of its transitions."""
    found = {part.scene: 0 for part in parts}
    for before, item, after in zip((None, *order), order, (*order[1:], None), strict=False):
        if "scene" in item:
            found[item["scene"]] += counted[f"film:{item['scene']}"]
            continue
        frames = counted[f"blend:{item['blend']}"]
        if before is None or after is None or frames != item["frames"] or frames % 2:
            raise StepError(f"the transition '{item['blend']}' has {frames} frames where {item['frames']} were planned")
        found[before["scene"]] += frames // 2
        found[after["scene"]] += frames // 2
    for part in parts:
        if found[part.scene] != part.frames:
            raise StepError(
                f"scene '{part.scene}' has {found[part.scene]} frames where its timing has {part.frames}: "
                "picture and sound would drift apart"
            )


def sound_frames(parts: Sequence[Part], index: int) -> int:
    """How many AAC frames a scene's sound gives: from the frame nearest its start to that nearest the next one's."""
    start = parts[index].start
    return adts.first_frame(start + parts[index].samples) - adts.first_frame(start)


def _timings(context: Context) -> dict[str, Mapping[str, int]]:
    scenes = [item["scene"] for item in context.params["order"] if "scene" in item]
    return {scene: json.loads(context.inputs[f"timing:{scene}"].read_text(encoding="utf-8")) for scene in scenes}


def _join_pictures(context: Context, target: Path, fps: int) -> dict[str, int]:
    """Join the segments; all must have the same parameter sets, which are kept once."""
    counted: dict[str, int] = {}
    first: h264.Stream | None = None
    with target.open("wb") as joined:
        for item in context.params["order"]:
            role = f"film:{item['scene']}" if "scene" in item else f"blend:{item['blend']}"
            data = context.inputs[role].read_bytes()
            try:
                stream = h264.scan(data)
            except h264.H264Error as error:
                raise StepError(f"the segment of '{role}' is damaged: {error}") from error
            if first is None:
                first = stream
                if stream.parameters.fps != fps:
                    raise StepError(f"the segment of '{role}' has {stream.parameters.fps} frames per second, not {fps}")
            if stream.sets != first.sets:
                raise StepError(f"the segment of '{role}' was coded with other settings than the ones before it")
            joined.write(data if first is stream else h264.pictures(data))
            counted[role] = stream.frames
    return counted


def _join_sound(context: Context, target: Path, parts: Sequence[Part]) -> None:
    written = 0
    with target.open("wb") as joined:
        for index, part in enumerate(parts):
            frames = adts.frames(context.inputs[f"sound:{part.scene}"].read_bytes())
            wanted = sound_frames(parts, index)
            if abs(written * AAC_FRAME - part.start) > AAC_FRAME // 2:
                raise StepError(
                    f"the sound of scene '{part.scene}' would start {written * AAC_FRAME - part.start} samples off"
                )
            if len(frames) < wanted or len(frames) * AAC_FRAME > part.samples + 2 * AAC_FRAME:
                raise StepError(
                    f"the sound of scene '{part.scene}' has {len(frames)} AAC frames for {part.samples} samples"
                )
            joined.writelines(frames[:wanted])
            written += wanted
