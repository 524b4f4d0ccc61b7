"""The step `mux`: concatenate the segments and the audio of all scenes in one MP4, without encoding them again."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.engine.graph.step_id import StepId
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.audio import adts
from vidbuild.media.container import ffmetadata, mp4, xmp
from vidbuild.media.container.spool import Spool
from vidbuild.media.container.timed_text import Cue
from vidbuild.media.h264 import h264
from vidbuild.media.h264.h264 import StreamInfo
from vidbuild.media.text import caption_file
from vidbuild.media.text.subtitles import unescaped
from vidbuild.steps import segments
from vidbuild.steps.segments import input_role

VIDEO = "video.mp4"


@dataclass(frozen=True, slots=True)
class Part:
    """A scene in the video.

    frames: with its halves of the transitions around it.
    start, samples: where its audio starts and how long it is, in samples.
    """

    scene: str
    frames: int
    start: int
    samples: int


def run(context: Context) -> None:
    """Write video.mp4, and render.json with the number of its frames."""
    order, fps = context.params["order"], context.params["fps"]
    parts = lay_out(order, timings(context))
    check_timings(parts, fps)
    with Spool(context.scratch / "video") as pictures, Spool(context.scratch / "audio") as sound:
        indexes = {input_role(item): _spool_segment(context, item, pictures) for item in order}
        check_parameters(indexes, fps)
        check_frame_counts(order, parts, {role: len(item.sizes) for role, item in indexes.items()})
        scene_audio = {part.scene: read_audio(context, part, aac_frame_count(part), sound) for part in parts}
        metadata = context.inputs.get("chapters")
        chapters = ffmetadata.parse(metadata.read_text(encoding="utf-8")) if metadata else ()
        for spool in (pictures, sound):
            spool.rewind()
        write(context, _video_track(list(indexes.values()), fps), parts, scene_audio, chapters, (pictures, sound))
    facts = {"frames": sum(part.frames for part in parts)}
    (context.out / "render.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def write(
    context: Context,
    video: mp4.VideoTrack,
    parts: Sequence[Part],
    scene_audio: Mapping[str, SceneAudio | None],
    chapters: Sequence[ffmetadata.Chapter],
    sources: tuple[mp4.Source, mp4.Source],
) -> None:
    """Write video.mp4. sources: the frames of the video, and those of its audio."""
    audio = audio_track(parts, scene_audio, context.params["language"])
    check_durations(video, audio)
    try:
        with (context.out / VIDEO).open("wb") as file:
            target = seal.SealedWriter(file)
            size = mp4.write(target, video, audio, sources, chapters, tags(context.params), _captions(context))
            size += target.write(xmp.box_of(context.params.get("synthetic_voices", ()))) + target.seal()
    except mp4.Mp4Error as error:
        raise StepError(f"could not mux the video: {error}") from error
    check_size(context.out / VIDEO, size)


def check_size(path: Path, size: int) -> None:
    """Raise StepError for a file that is short: a write can seem to succeed, for example on a full network disk."""
    if (written := path.stat().st_size) != size:
        raise StepError(f"{path.name}: wrong size: expected {size} bytes, got {written}")


def _captions(context: Context) -> list[Cue]:
    """Return the captions of the video, for a track of their own."""
    file = context.inputs.get("captions")
    shown = caption_file.read(file) if file else ()
    return [Cue(each.start, each.end, unescaped(each.lines)) for each in shown]


def tags(params: Mapping[str, Any]) -> dict[str, str]:
    """Return the metadata tags of the file. `comment` of the params says what the file is, if it is a draft."""
    comment = params.get("comment", params["description"])
    return {"title": params["title"], "comment": comment, "description": params["description"]}


def lay_out(order: Sequence[Mapping[str, Any]], timings: Mapping[str, Mapping[str, int]]) -> list[Part]:
    """Return the scenes of the video, in order, with their positions."""
    parts: list[Part] = []
    start = 0
    for item in order:
        if "scene" in item:
            timing = timings[item["scene"]]
            parts.append(Part(item["scene"], timing["frames"], start, timing["samples"]))
            start += timing["samples"]
    if not parts:
        raise StepError("no scene to mux")
    return parts


def check_timings(parts: Sequence[Part], fps: int) -> None:
    """Raise StepError for a scene whose samples and frames differ in duration: later scenes would be out of sync."""
    for part in parts:
        if part.samples * fps != part.frames * mp4.TIMESCALE:
            raise StepError(
                f"scene '{part.scene}': audio and video would drift apart: expected "
                f"{part.frames * mp4.TIMESCALE / fps:g} samples for {part.frames} frames, got {part.samples}"
            )


def aac_frame_count(part: Part) -> int:
    """Return how many AAC frames to mux: from the frame nearest the scene's start to the one nearest its end."""
    return adts.nearest_frame(part.start + part.samples) - adts.nearest_frame(part.start)


def check_durations(video: mp4.VideoTrack, audio: mp4.AudioTrack) -> None:
    """Raise StepError if the tracks differ by more than half an AAC frame, or are longer than an MP4 can store."""
    if abs(video.duration - audio.duration) > mp4.AAC_FRAME // 2:
        raise StepError(f"tracks of different lengths: video has {video.duration} samples, audio {audio.duration}")
    check_length(max(video.duration, audio.duration))


def check_length(duration: int) -> None:
    """Raise StepError for a duration in samples that is longer than an MP4 can store."""
    if duration > mp4.MAX_DURATION:
        hours, limit = (each / mp4.TIMESCALE / 3600 for each in (duration, mp4.MAX_DURATION))
        raise StepError(f"video too long: the maximum is {limit:.1f} hours, got {hours:.1f}")


def check_parameters(segments: Mapping[str, _Spooled], fps: int) -> None:
    """Raise StepError if segments differ in their parameter sets, of which an MP4 track stores only one."""
    first = next(iter(segments.values())).stream
    if first.parameters.fps != fps:
        raise StepError(f"segments: expected {fps} frames per second, got {first.parameters.fps}")
    for role, item in segments.items():
        if item.stream.sets != first.sets:
            raise StepError(f"'{role}' is encoded with different parameters than the segments before it")


def check_frame_counts(order: Sequence[Mapping[str, Any]], parts: Sequence[Part], counts: Mapping[str, int]) -> None:
    """Raise StepError for a scene that has other frames than its timing, counting its halves of its transitions.

    counts: frames of each segment, by the role of its input.
    """
    totals = {part.scene: 0 for part in parts}
    for before, item, after in zip((None, *order), order, (*order[1:], None), strict=False):
        frames = counts[input_role(item)]
        if "scene" in item:
            totals[item["scene"]] += frames
        elif before is None or after is None or frames != item["frames"] or frames % 2:
            raise StepError(f"transition '{item['transition']}': expected {item['frames']} frames, got {frames}")
        else:
            totals[before["scene"]] += frames // 2
            totals[after["scene"]] += frames // 2
    for part in parts:
        if totals[part.scene] != part.frames:
            raise StepError(
                f"scene '{part.scene}': audio and video would drift apart: expected {part.frames} frames, "
                f"got {totals[part.scene]}"
            )


@dataclass(frozen=True, slots=True)
class SceneAudio:
    """A scene's AAC frames without their bytes.

    lengths: bytes of each frame with its ADTS header.
    sizes: bytes of each frame in the MP4, without the header.
    """

    configuration: adts.Configuration
    lengths: Sequence[int]
    sizes: Sequence[int]


def timings(context: Context) -> dict[str, Mapping[str, int]]:
    """Return what is known of each scene's length."""
    scenes = [item["scene"] for item in context.params["order"] if "scene" in item]
    return {scene: json.loads(context.read(f"timing:{scene}")) for scene in scenes}


def read_audio(context: Context, part: Part, count: int, spool: Spool | None = None) -> SceneAudio | None:
    """Return the first `count` AAC frames of a scene, or None for 0; check the length of all its audio.

    spool: gets these frames.
    """
    try:
        frames = adts.split(context.read(StepId("audio", part.scene).local))
    except adts.AdtsError as error:
        raise StepError(f"scene '{part.scene}': corrupt audio: {error}") from error
    if len(frames) != adts.frames_to_keep(part.samples):
        raise StepError(
            f"scene '{part.scene}': wrong audio length: expected {adts.frames_to_keep(part.samples)} AAC frames "
            f"for {part.samples} samples, got {len(frames)}"
        )
    muxed = frames[:count]
    if not muxed:
        return None
    blocks = list(map(adts.payload, muxed))
    if spool is not None:
        spool.add(b"".join(blocks))
    return SceneAudio(adts.configuration(muxed[0]), array("H", map(len, muxed)), array("H", map(len, blocks)))


@dataclass(frozen=True, slots=True)
class _Spooled:
    """A segment whose frames are in a spool: what is known of it, and the bytes of each frame."""

    stream: StreamInfo
    sizes: array[int]


def _spool_segment(context: Context, item: Mapping[str, Any], spool: Spool) -> _Spooled:
    """Read the segment of an item of the order, and add its frames to the spool: one scene is in memory at a time."""
    whole = segments.read(context, item)
    for piece in whole.frames:
        spool.add(piece)
    return _Spooled(whole.stream, whole.sizes)


def _video_track(segments: Sequence[_Spooled], fps: int) -> mp4.VideoTrack:
    first = segments[0].stream
    sizes: list[int] = []
    keys: list[int] = []
    for item in segments:
        keys.extend(len(sizes) + frame for frame in item.stream.idrs)
        sizes.extend(item.sizes)
    return mp4.VideoTrack(
        sizes=sizes,
        keys=keys,
        fps=fps,
        width=first.parameters.width,
        height=first.parameters.height,
        sps=next(unit for unit in first.sets if h264.unit_type(unit) == h264.SPS),
        pps=[unit for unit in first.sets if h264.unit_type(unit) == h264.PPS],
    )


def audio_track(parts: Sequence[Part], scene_audio: Mapping[str, SceneAudio | None], language: str) -> mp4.AudioTrack:
    """Return the track of all scenes. Raise StepError if their audio differs in its format."""
    present = {part.scene: audio for part in parts if (audio := scene_audio[part.scene]) is not None}
    configurations = {scene: audio.configuration for scene, audio in present.items()}
    first = next(iter(configurations.values()))
    for scene, configuration in configurations.items():
        if configuration != first or configuration.rate != mp4.TIMESCALE:
            raise StepError(f"scene '{scene}': wrong audio format: expected {first}, got {configuration}")
    sizes = [size for audio in present.values() for size in audio.sizes]
    return mp4.AudioTrack(sizes, first.channels, language)


def audio_frames(context: Context, scene_audio: Mapping[str, SceneAudio | None]) -> Iterator[bytes]:
    """Yield every AAC frame in order, with one scene's audio at a time in memory."""
    for scene, audio in scene_audio.items():
        if audio is None:
            continue
        data, end = context.read(StepId("audio", scene).local), 0
        for length, size in zip(audio.lengths, audio.sizes, strict=True):
            end += length
            yield data[end - size : end]
