"""The step `join`: segments and sounds behind each other, as they are, in one MP4. Nothing is coded again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.engine.graph.step_id import StepId
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.container import ffmetadata, mp4
from vidbuild.media.h264 import h264, segment
from vidbuild.media.h264.segment import Segment

VIDEO = "video.mp4"


@dataclass(frozen=True, slots=True)
class Part:
    """One scene in the joined video: its frames with its halves of the transitions, and its samples from `start` on."""

    scene: str
    frames: int
    start: int
    samples: int


def run(context: Context) -> None:
    """Write video.mp4, and render.json, which tells its frames."""
    order = context.params["order"]
    parts = lay_out(order, _timings(context))
    check_lengths(parts, context.params["fps"])
    segments = {role: _segment(context, role) for role in map(role_of, order)}
    check_alike(segments, context.params["fps"])
    check_pictures(order, parts, {role: len(each.sizes) for role, each in segments.items()})
    sounds = {part.scene: _sound(context, part, sound_frames(part)) for part in parts}
    pictures = _picture_track(list(segments.values()), context.params["fps"])
    sound = _sound_track(parts, sounds, context.params["language"])
    check_ends(pictures, sound)
    titles = context.inputs.get("chapters")
    marks = ffmetadata.parse(titles.read_text(encoding="utf-8")) if titles else ()
    coded = (_all_pictures(context, segments), _all_sound(context, sounds))
    try:
        with (context.out / VIDEO).open("wb") as target:
            size = mp4.write(target, pictures, sound, coded, marks, tags(context.params))
    except mp4.Mp4Error as error:
        raise StepError(f"the video cannot be joined: {error}") from error
    if (found := (context.out / VIDEO).stat().st_size) != size:
        raise StepError(f"the video has {found} bytes where its index says {size}")
    facts = {"frames": sum(part.frames for part in parts)}
    (context.out / "render.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def role_of(item: Mapping[str, Any]) -> str:
    """The input that an item of the order is."""
    step = StepId("render", item["scene"]) if "scene" in item else StepId("transition", item["transition"])
    return step.local


def tags(params: Mapping[str, Any]) -> dict[str, str]:
    """What the file says of itself."""
    return {"title": params["title"], "comment": params["description"], "description": params["description"]}


def lay_out(order: Sequence[Mapping[str, Any]], timings: Mapping[str, Mapping[str, int]]) -> list[Part]:
    """Where each scene stands in the joined video."""
    parts: list[Part] = []
    start = 0
    for item in order:
        if "scene" in item:
            timing = timings[item["scene"]]
            parts.append(Part(item["scene"], timing["frames"], start, timing["samples"]))
            start += timing["samples"]
    if not parts:
        raise StepError("there is no scene to join")
    return parts


def check_lengths(parts: Sequence[Part], fps: int) -> None:
    """A scene's samples must be those of its frames, or all that follows would be out of step."""
    for part in parts:
        if part.samples * fps != part.frames * mp4.TIMESCALE:
            raise StepError(
                f"scene '{part.scene}' lasts {part.frames} frames, which are {part.frames * mp4.TIMESCALE / fps:g} "
                f"samples, but its timing has {part.samples}: picture and sound would drift apart"
            )


def sound_frames(part: Part) -> int:
    """How many AAC frames a scene gives: from the frame nearest its start to the one nearest the next scene's."""
    return adts.first_frame(part.start + part.samples) - adts.first_frame(part.start)


def check_ends(pictures: mp4.Pictures, sound: mp4.Sound) -> None:
    """Picture and sound last equally long, to half of an AAC frame, and no longer than an MP4 can tell."""
    if abs(pictures.duration - sound.duration) > mp4.AAC_FRAME // 2:
        raise StepError(f"the video has {pictures.duration} samples of picture, but {sound.duration} of sound")
    if max(pictures.duration, sound.duration) > mp4.LONGEST:
        raise StepError(
            f"the video lasts {pictures.duration / mp4.TIMESCALE / 3600:.1f} hours, and the limit is "
            f"{mp4.LONGEST / mp4.TIMESCALE / 3600:.1f}"
        )


def check_alike(segments: Mapping[str, Segment], fps: int) -> None:
    """A decoder is told the parameters once, so all segments must have been coded with the same."""
    first = next(iter(segments.values())).stream
    if first.parameters.fps != fps:
        raise StepError(f"the segments have {first.parameters.fps} frames per second, not {fps}")
    for role, each in segments.items():
        if each.stream.sets != first.sets:
            raise StepError(f"'{role}' was coded with other settings than the segments before it")


def check_pictures(order: Sequence[Mapping[str, Any]], parts: Sequence[Part], counted: Mapping[str, int]) -> None:
    """Every scene must have the frames its timing promised, counting its halves of its transitions."""
    found = {part.scene: 0 for part in parts}
    for before, item, after in zip((None, *order), order, (*order[1:], None), strict=False):
        frames = counted[role_of(item)]
        if "scene" in item:
            found[item["scene"]] += frames
        elif before is None or after is None or frames != item["frames"] or frames % 2:
            raise StepError(
                f"the transition '{item['transition']}' has {frames} frames where {item['frames']} were planned"
            )
        else:
            found[before["scene"]] += frames // 2
            found[after["scene"]] += frames // 2
    for part in parts:
        if found[part.scene] != part.frames:
            raise StepError(
                f"scene '{part.scene}' has {found[part.scene]} frames where its timing has {part.frames}: "
                "picture and sound would drift apart"
            )


@dataclass(frozen=True, slots=True)
class _Sound:
    """A scene's sound without its bytes: its frames' lengths, and the sizes of what an MP4 has of each."""

    kind: adts.Configuration
    lengths: tuple[int, ...]
    sizes: tuple[int, ...]


def _timings(context: Context) -> dict[str, Mapping[str, int]]:
    scenes = [item["scene"] for item in context.params["order"] if "scene" in item]
    return {scene: json.loads(context.inputs[f"timing:{scene}"].read_text(encoding="utf-8")) for scene in scenes}


def _segment(context: Context, role: str) -> Segment:
    try:
        return segment.read(context.inputs[role].read_bytes())
    except h264.H264Error as error:
        raise StepError(f"the segment of '{role}' is damaged: {error}") from error


def _sound(context: Context, part: Part, wanted: int) -> _Sound | None:
    """The AAC frames of a scene that go into the video; fewer or more, and it is not this scene's sound."""
    try:
        frames = adts.frames(context.inputs[StepId("audio", part.scene).local].read_bytes())
    except adts.AdtsError as error:
        raise StepError(f"the sound of scene '{part.scene}' is damaged: {error}") from error
    if len(frames) != adts.frames_to_join(part.samples):
        raise StepError(
            f"scene '{part.scene}' has {len(frames) * adts.FRAME_SAMPLES} samples of sound for {part.samples} of "
            f"picture: {len(frames)} AAC frames where there should be {adts.frames_to_join(part.samples)}"
        )
    kept = frames[:wanted]
    if not kept:
        return None
    return _Sound(adts.configuration(kept[0]), tuple(map(len, kept)), tuple(len(adts.payload(each)) for each in kept))


def _picture_track(segments: Sequence[Segment], fps: int) -> mp4.Pictures:
    first = segments[0].stream
    sizes: list[int] = []
    keys: list[int] = []
    for each in segments:
        keys.extend(len(sizes) + frame for frame in each.stream.idrs)
        sizes.extend(each.sizes)
    return mp4.Pictures(
        sizes=sizes,
        keys=keys,
        fps=fps,
        width=first.parameters.width,
        height=first.parameters.height,
        sequence=next(unit for unit in first.sets if h264.kind(unit) == h264.SPS),
        pictures=[unit for unit in first.sets if h264.kind(unit) == h264.PPS],
    )


def _sound_track(parts: Sequence[Part], sounds: Mapping[str, _Sound | None], language: str) -> mp4.Sound:
    there = {part.scene: sound for part in parts if (sound := sounds[part.scene]) is not None}
    kinds = {scene: sound.kind for scene, sound in there.items()}
    first = next(iter(kinds.values()))
    for scene, kind in kinds.items():
        if kind != first or kind.rate != mp4.TIMESCALE:
            raise StepError(f"the sound of scene '{scene}' is {kind}, but the first is {first}")
    sizes = [size for sound in there.values() for size in sound.sizes]
    return mp4.Sound(sizes, first.channels, language)


def _all_pictures(context: Context, segments: Mapping[str, Segment]) -> Iterator[bytes]:
    """Every frame in turn; one segment at a time is in memory."""
    for done, item in enumerate(context.params["order"]):
        context.progress(done, len(context.params["order"]))
        role = role_of(item)
        yield from segment.frames(context.inputs[role].read_bytes(), segments[role])


def _all_sound(context: Context, sounds: Mapping[str, _Sound | None]) -> Iterator[bytes]:
    for scene, sound in sounds.items():
        if sound is None:
            continue
        data, end = context.inputs[StepId("audio", scene).local].read_bytes(), 0
        for length, size in zip(sound.lengths, sound.sizes, strict=True):
            end += length
            yield data[end - size : end]
