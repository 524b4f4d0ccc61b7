"""The step `soundtrack`: the audio of all scenes as one M4A or MP3, with chapters.

An M4A has the AAC frames of the scenes as they are. For an MP3, they are decoded and encoded again.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence

from vidbuild import seal
from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import adts
from vidbuild.media.container import ffmetadata, id3, mp4, xmp
from vidbuild.media.ffmpeg import ffmpeg, tool_output
from vidbuild.steps import mux
from vidbuild.steps.mux import Part, SceneAudio

BIT_RATE = 128_000
MP3 = {"c:a": "libmp3lame", "b:a": BIT_RATE, "f": "mp3", "id3v2_version": 0, "write_xing": 1, "fflags": "+bitexact"}
MIN_TIMEOUT = 300.0
TIMEOUT_PER_SECOND = 1.0
COPY_BYTES = 1 << 20


def run(context: Context) -> None:
    """Write soundtrack.FORMAT, and render.json with the number of frames that the video would have.

    Params: format: "m4a" or "mp3". order: {"scene"} each. title, description, language, fps: as of `mux`.
    """
    params = context.params
    parts = mux.lay_out(params["order"], mux.timings(context))
    mux.check_timings(parts, params["fps"])
    audio = {part.scene: mux.read_audio(context, part, mux.aac_frame_count(part)) for part in parts}
    track = mux.audio_track(parts, audio, params["language"])
    mux.check_length(track.duration)
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
            frames: tuple[Iterator[bytes], Iterator[bytes]] = (iter(()), mux.audio_frames(context, audio))
            size = mp4.write(target, None, track, frames, chapters, mux.tags(context.params))
            size += target.write(xmp.box_of(context.params.get("synthetic_voices", ()))) + target.seal()
    except mp4.Mp4Error as error:
        raise StepError(f"could not mux the audio: {error}") from error
    _check_size(path.name, size, path.stat().st_size)


def _write_mp3(
    context: Context,
    parts: Sequence[Part],
    track: mp4.AudioTrack,
    audio: Mapping[str, SceneAudio | None],
    chapters: Sequence[ffmetadata.Chapter],
) -> None:
    source, encoded = context.scratch / "audio.aac", context.scratch / "audio.mp3"
    kind = adts.Configuration(adts.LC, mp4.TIMESCALE, track.channels)
    with source.open("wb") as file:
        file.writelines(adts.wrap(frame, kind) for frame in mux.audio_frames(context, audio))
    seconds = track.duration / mp4.TIMESCALE
    options = itertools.chain.from_iterable((f"-{name}", str(value)) for name, value in MP3.items())
    ffmpeg.run(
        ["-f", "aac", "-i", f"file:{source}", "-map_metadata", "-1", *options, f"file:{encoded}"],
        cwd=context.scratch,
        env=context.env,
        timeout=MIN_TIMEOUT + TIMEOUT_PER_SECOND * seconds,
        what="encode the audio",
    )
    limit = int(2 * BIT_RATE / 8 * seconds) + COPY_BYTES
    size = tool_output.size(encoded, limit, "audio")
    path = context.out / "soundtrack.mp3"
    tags = id3.tag(mux.tags(context.params), chapters, parts[-1].start + parts[-1].samples, context.params["language"])
    with path.open("wb") as file, encoded.open("rb") as data:
        target = seal.SealedWriter(file, ".mp3")
        target.write(tags)
        while piece := data.read(COPY_BYTES):
            target.write(piece)
        size += len(tags) + target.seal()
    _check_size(path.name, size, path.stat().st_size)


def _check_size(name: str, size: int, written: int) -> None:
    """Raise StepError for a file that is short: a write can seem to succeed, for example on a full network disk."""
    if written != size:
        raise StepError(f"{name}: wrong size: expected {size} bytes, got {written}")
