"""The step `mux` for VP9, AV1 and HEVC: all scenes in one WebM or MP4, without encoding them again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass
from vidbuild.media.codecs import profiles, whole
from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.codecs.segment import Segment
from vidbuild.media.container import ffmetadata, mp4, ogg, sample_entries, webm, xmp
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.webm_index import AudioTrack, VideoTrack
from vidbuild.media.text import caption_file
from vidbuild.media.text.subtitles import vtt_text
from vidbuild.steps import mux
from vidbuild.steps.mux import Part
from vidbuild.steps.segments import input_role

CODEC_IDS = {profiles.VP9: "V_VP9", profiles.AV1: "V_AV1"}


@dataclass(frozen=True, slots=True)
class _Video:
    """The frames of all segments without their bytes."""

    sizes: Sequence[int]
    keys: Sequence[int]
    size: tuple[int, int]
    parameters: bytes


def run(context: Context) -> None:
    """Write video.FORMAT, and render.json with the number of its frames.

    Params: codec: "vp9", "av1" or "hevc". format: "webm"; default: an MP4. The others as of an H.264 video.
    """
    params = context.params
    order, parts = params["order"], mux.lay_out(params["order"], mux.timings(context))
    mux.check_timings(parts, params["fps"])
    video, counts = _read(context)
    mux.check_frame_counts(order, parts, counts)
    metadata = context.inputs.get("chapters")
    chapters = ffmetadata.parse(metadata.read_text(encoding="utf-8")) if metadata else ()
    if params.get("format") == "webm":
        _write_webm(context, video, parts, chapters)
    else:
        _write_mp4(context, video, parts, chapters)
    facts = {"frames": sum(part.frames for part in parts)}
    (context.out / "render.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def _read(context: Context) -> tuple[_Video, Mapping[str, int]]:
    """Return the index of all segments, and how many frames each has, by the role of its input."""
    sizes: list[int] = []
    keys: list[int] = []
    counts: dict[str, int] = {}
    first = None
    for role in map(input_role, context.params["order"]):
        found = _segment(context, role)
        first = first or found
        if (found.size, found.parameters) != (first.size, first.parameters):
            raise StepError(f"'{role}' is encoded with different parameters than the segments before it")
        counts[role] = len(found.frames)
        keys += [len(sizes) + key for key in found.keys]
        sizes += map(len, found.frames)
    if first is None:
        raise StepError("no scene to mux")
    return _Video(sizes, keys, first.size, first.parameters), counts


def _segment(context: Context, role: str) -> Segment:
    try:
        return whole.read(context.params["codec"], context.read(role))
    except CodecError as error:
        raise StepError(f"'{role}': corrupt segment: {error}") from error


def _frames(context: Context) -> Iterator[bytes]:
    """Yield every frame in order, with one segment at a time in memory."""
    order = context.params["order"]
    for done, item in enumerate(order):
        context.progress(done, len(order))
        yield from _segment(context, input_role(item)).frames


def _write_webm(context: Context, video: _Video, parts: Sequence[Part], chapters: Sequence[Chapter]) -> None:
    params, samples = context.params, parts[-1].start + parts[-1].samples
    try:
        opus = ogg.read(context.inputs["soundtrack"].read_bytes())
    except ogg.OggError as error:
        raise StepError(f"corrupt audio: {error}") from error
    packets = opus.packets[: ogg.packets_of(samples, opus.pre_skip)]
    if len(packets) < ogg.packets_of(samples, opus.pre_skip):
        raise StepError(f"wrong audio length: {len(packets)} packets of Opus are too few for {samples} samples")
    shown = caption_file.read(context.inputs["captions"])
    content = webm.Content(
        VideoTrack(CODEC_IDS[params["codec"]], video.size, params["fps"], video.parameters),
        AudioTrack(opus.head, opus.pre_skip, params["language"]),
        video.sizes,
        video.keys,
        [len(packet) for packet in packets],
        samples,
        chapters,
        [webm.Cue(each.start, each.end, vtt_text(each)) for each in shown],
        params["title"],
        _tags(params),
    )
    path = context.out / "video.webm"
    try:
        with path.open("wb") as file:
            target = seal.SealedWriter(file, path.suffix)
            size = webm.write(target, content, (_frames(context), iter(packets)), seal.length(path.suffix))
            size += target.seal()
    except webm.WebmError as error:
        raise StepError(f"could not mux the video: {error}") from error
    mux.check_size(path, size)


def _tags(params: Mapping[str, str]) -> dict[str, str]:
    """Return the metadata of a Matroska file, by the names that are usual in it."""
    own = {"TITLE": params["title"], "DESCRIPTION": params["description"]}
    return {**own, **xmp.tags_of(params.get("synthetic_voices", ()))}


def _write_mp4(context: Context, video: _Video, parts: Sequence[Part], chapters: Sequence[Chapter]) -> None:
    params = context.params
    entry = sample_entries.ENTRIES[params["codec"]](video.size, video.parameters)
    track = mp4.VideoTrack(video.sizes, video.keys, params["fps"], *video.size, b"", (), entry)
    scene_audio = {part.scene: mux.read_audio(context, part, mux.aac_frame_count(part)) for part in parts}
    mux.write(context, track, parts, scene_audio, chapters, (_frames(context), mux.audio_frames(context, scene_audio)))
