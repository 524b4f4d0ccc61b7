"""The step `soundtrack`: the audio of all scenes as one M4A or MP3, with chapters, or as the Opus audio of a WebM.

An M4A has the AAC frames of the scenes as they are. For an MP3 and Opus, they are decoded and encoded again.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.container import ffmetadata, id3, mp4, ogg, xmp
from vidbuild.media.ffmpeg import ffmpeg, tool_output
from vidbuild.steps import mux
from vidbuild.steps.mux import Part, SceneAudio

BIT_RATE = 128_000
MP3 = {"c:a": "libmp3lame", "b:a": BIT_RATE, "f": "mp3", "id3v2_version": 0, "write_xing": 1, "fflags": "+bitexact"}
OPUS_BIT_RATE = 96_000
OPUS = {
    "c:a": "libopus",
    "b:a": OPUS_BIT_RATE,
    "vbr": "on",
    "compression_level": 10,
    "frame_duration": 20,
    "application": "audio",
    "ar": mp4.TIMESCALE,
    "ac": 2,
    "f": "opus",
    "fflags": "+bitexact",
    "flags:a": "+bitexact",
}
MIN_TIMEOUT = 300.0
TIMEOUT_PER_SECOND = 1.0
COPY_BYTES = 1 << 20


def run(context: Context) -> None:
    """Write soundtrack.FORMAT, and render.json with the number of frames that the video has.

    Params: format: "m4a", "mp3" or "opus". order: {"scene"} each. title, description, language, fps: as of `mux`.
    """
    params = context.params
    parts = mux.lay_out(params["order"], mux.timings(context))
    mux.check_timings(parts, params["fps"])
    audio = {part.scene: mux.read_audio(context, part, mux.aac_frame_count(part)) for part in parts}
    track = mux.audio_track(parts, audio, params["language"])
    mux.check_length(track.duration)
    if params["format"] == "opus":
        _write_opus(context, parts, track, audio)
    else:
        chapters = ffmetadata.parse(context.inputs["chapters"].read_text(encoding="utf-8"))
        if params["format"] == "m4a":
            _write_m4a(context, track, audio, chapters)
        else:
            _write_mp3(context, parts, track, audio, chapters)
    facts = {"frames": sum(part.frames for part in parts)}
    (context.out / "render.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


def _write_m4a(
    context: Context,
    track: mp4.AudioTrack,
    audio: Mapping[str, SceneAudio | None],
    chapters: Sequence[ffmetadata.Chapter],
) -> None:
    path = context.out / "soundtrack.m4a"
    try:
        with path.open("wb") as file:
            target = seal.SealedWriter(file, ".m4a")
            frames: tuple[mp4.Source, mp4.Source] = (iter(()), mux.audio_frames(context, audio))
            size = mp4.write(target, None, track, frames, chapters, mux.tags(context.params))
            size += target.write(xmp.box_of(context.params.get("synthetic_voices", ()))) + target.seal()
    except mp4.Mp4Error as error:
        raise StepError(f"could not mux the audio: {error}") from error
    mux.check_size(path, size)


def _write_mp3(
    context: Context,
    parts: Sequence[Part],
    track: mp4.AudioTrack,
    audio: Mapping[str, SceneAudio | None],
    chapters: Sequence[ffmetadata.Chapter],
) -> None:
    encoded = context.scratch / "audio.mp3"
    size = _encode(context, track, audio, MP3, BIT_RATE, encoded)
    path = context.out / "soundtrack.mp3"
    end, voices = parts[-1].start + parts[-1].samples, context.params.get("synthetic_voices", ())
    tags = id3.tag(mux.tags(context.params), chapters, end, context.params["language"], xmp.tags_of(voices))
    with path.open("wb") as file, encoded.open("rb") as data:
        target = seal.SealedWriter(file, ".mp3")
        target.write(tags)
        while piece := data.read(COPY_BYTES):
            target.write(piece)
        size += len(tags) + target.seal()
    mux.check_size(path, size)


def _write_opus(
    context: Context, parts: Sequence[Part], track: mp4.AudioTrack, audio: Mapping[str, SceneAudio | None]
) -> None:
    """Encode as many samples as the video lasts: the AAC frames end up to half of one before or after it."""
    samples = parts[-1].start + parts[-1].samples
    options = {"af": f"apad=whole_len={samples},asetpts=N/SR/TB,atrim=end_sample={samples}", **OPUS}
    path = context.out / "soundtrack.opus"
    _encode(context, track, audio, options, OPUS_BIT_RATE, path)
    try:
        opus = ogg.read(path.read_bytes())
    except ogg.OggError as error:
        raise StepError(f"ffmpeg wrote corrupt audio: {error}") from error
    expected = ogg.packets_of(samples, opus.pre_skip)
    if not expected <= len(opus.packets) <= expected + 1:
        raise StepError(f"ffmpeg wrote wrong audio: expected {expected} packets of Opus, got {len(opus.packets)}")


def _encode(
    context: Context,
    track: mp4.AudioTrack,
    audio: Mapping[str, SceneAudio | None],
    options: Mapping[str, object],
    bit_rate: int,
    encoded: Path,
) -> int:
    """Decode the AAC frames and encode them into a file; return its size."""
    source, kind = context.scratch / "audio.aac", adts.Configuration(adts.LC, mp4.TIMESCALE, track.channels)
    with source.open("wb") as file:
        file.writelines(adts.wrap(frame, kind) for frame in mux.audio_frames(context, audio))
    seconds = track.duration / mp4.TIMESCALE
    listed = itertools.chain.from_iterable((f"-{name}", str(value)) for name, value in options.items())
    ffmpeg.run(
        ["-f", "aac", "-i", f"file:{source}", "-map_metadata", "-1", *listed, f"file:{encoded}"],
        cwd=context.scratch,
        env=context.env,
        timeout=MIN_TIMEOUT + TIMEOUT_PER_SECOND * seconds,
        what="encode the audio",
    )
    return tool_output.size(encoded, int(2 * bit_rate / 8 * seconds) + COPY_BYTES, "audio")
