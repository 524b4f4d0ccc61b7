"""The step `audio:SCENE`: normalize, mix and encode narration, a clip's audio, sounds and music, exact to the sample.

AAC frame k holds the samples from 1024 k on: the step drops the encoder's first frame, which only primes a decoder,
and appends one frame of silence, so that the mux step can start and end every scene at the nearest frame.
"""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import aac, adts, mix, pcm
from vidbuild.media.audio.clip_audio import ClipAudio
from vidbuild.media.audio.loudness import SILENCE, Loudness, gain, measure
from vidbuild.media.audio.music_layout import AFTER, BEFORE
from vidbuild.media.ffmpeg import ffmpeg, tool_output
from vidbuild.steps import background, sounds
from vidbuild.steps.background import Foreground
from vidbuild.steps.narration_audio import LeveledAudio, narration_audio, padded_length
from vidbuild.timebase import SAMPLE_RATE

MONO = adts.Configuration(adts.LC, SAMPLE_RATE, 1)
STEREO = adts.Configuration(adts.LC, SAMPLE_RATE, 2)

# Maximum gain in dB: a clip's room noise must not become audible.
MAX_CLIP_GAIN = 12.0

# Samples over which a clip's audio fades out where it is cut off: 20 ms.
CLIP_FADE = SAMPLE_RATE // 50

# The same, and over which it fades in, at each end of a part of a clip that pauses or is repeated: 5 ms.
SEAM_FADE = SAMPLE_RATE // 200

COPY_BYTES = 1 << 20

TIMEOUT = 600.0  # seconds
FLOAT_BYTES = 4
STEREO_BYTES = 2 * FLOAT_BYTES

# Frames that an encoder may write beyond those to mux: the priming frame, the last one, and one of its choice.
MAX_EXTRA_FRAMES = 3


def run(context: Context) -> None:
    """Write sound.aac and sound.json.

    Params: loudness: target in LUFS, for narration and clip each.
    peak: maximum true peak in dBTP, which takes precedence over `loudness`.
    volume, volume:1 and on: of the narration or its utterances, in percent of the target's amplitude; 100 by default.
    fade_in, fade_out: samples over which a clip's audio fades at the scene's ends, where the video
    fades; 0 by default. Narration does not fade with the video.
    """
    timing: dict[str, Any] = json.loads(context.inputs["timing"].read_text(encoding="utf-8"))
    samples: int = timing["samples"]
    narration = narration_audio(context, timing)
    clip = _clip(context, samples, timing.get("clip"))
    too_short = samples <= 2 * adts.FRAME_SAMPLES
    foreground = None
    if not too_short:
        foreground = _with_insets(context, timing, _foreground(context, timing, narration, clip))
        foreground = _with_sounds(context, timing, foreground)
    if "music" in context.inputs:
        args = background.arguments(context, samples, foreground, _aac_path(context))
        frames = _encode(context, args, samples, STEREO, BEFORE, AFTER)
    elif foreground is None:
        frames = [adts.wrap(aac.silent_block(), STEREO)] * adts.frames_to_keep(samples)
    else:
        pairable, kind = foreground.channels == 1, MONO if foreground.channels == 1 else STEREO
        args = mix.encode(foreground.inputs, foreground.gain, samples, pairable=pairable, out=_aac_path(context))
        frames = _encode(context, args, samples, kind)
        frames = _mono_to_stereo(frames) if pairable else frames
    (context.out / "sound.aac").write_bytes(b"".join(frames))
    facts = {
        "samples": samples,
        "aac_frames": len(frames),
        **(narration.to_data() if narration else {"gain_db": 0.0, "loudness_in": None, "peak_in": None}),
        "clip": clip.to_data() if clip else None,
    }
    text = json.dumps(facts, sort_keys=True, indent=1)
    (context.out / "sound.json").write_text(text + "\n", encoding="utf-8")


def _gain(context: Context, loudness: Loudness, max_gain: float) -> float:
    return gain(loudness, context.params["loudness"], max_gain, context.params["peak"])


def _clip(context: Context, samples: int, facts: Mapping[str, Any] | None) -> LeveledAudio | None:
    """Return the clip's audio, or None if it has none or is muted.

    facts: "track", "origin" and "regular" as in ClipAudio; a track of 0 is none. "runs": of a clip that does not simply
    play from the scene's start on: [from the scene's start, from the clip's start, how many samples].
    """
    params: Mapping[str, Any] | None = context.params.get("clip")
    if params is None or params["mode"] == "mute" or not facts or not facts["track"]:
        return None
    start_ms, end_ms, speed = params["start_ms"], params.get("end_ms"), params.get("speed", 1.0)
    runs = facts.get("runs", [[0, 0, samples]])
    length = max((skip + count for _, skip, count in runs), default=0)
    if end_ms is not None:
        length = min(length, int((end_ms - start_ms) * SAMPLE_RATE / speed) // 1000)
    path = context.scratch / "clip.raw"
    source = ClipAudio(context.inputs["clip"], facts["track"], facts["origin"], facts["regular"])
    extracted = source.extract(start_ms, length, path, context.env, speed)
    if not length or not _decode(context, extracted, "clip", "src"):
        return None
    return _leveled(context, path, length, runs, samples)


def _leveled(context: Context, path: Path, length: int, runs: Sequence[Sequence[int]], samples: int) -> LeveledAudio:
    """Return the audio of a clip after it is made as long as the scene, which has so many samples.

    path: its samples alone, of which there are `length` at the most. runs: when they are played, as in `_clip`.
    """
    size = tool_output.size(path, STEREO_BYTES * (length + SAMPLE_RATE), "audio of the clip")
    frames = min(length, size // STEREO_BYTES)
    os.truncate(path, frames * STEREO_BYTES)
    loudness = _measure(context, mix.raw_input(path, 2, mix.CLIP_FORM), frames) if frames else SILENCE
    cut = min(CLIP_FADE, frames)
    _scale(path, frames - cut, [(cut - 1 - index) / cut for index in range(cut)])
    if len(runs) > 1 or runs[0][:2] != [0, 0]:
        path = _arranged(path, frames, runs)
    os.truncate(path, padded_length(samples) * STEREO_BYTES)  # fills with silence
    fade_in, fade_out = (_rise(context.params.get(name, 0))[:samples] for name in ("fade_in", "fade_out"))
    _scale(path, 0, fade_in)
    _scale(path, samples - len(fade_out), fade_out[::-1])
    return LeveledAudio(path, loudness, _gain(context, loudness, MAX_CLIP_GAIN))


def _arranged(source: Path, length: int, runs: Sequence[Sequence[int]]) -> Path:
    """Write the runs of a clip's audio that has so many samples to a file, with silence between them, and return it."""
    target = source.with_suffix(".runs")
    with source.open("rb") as audio, target.open("wb") as out:
        for start, skip, count in runs:
            audio.seek(skip * STEREO_BYTES)
            out.seek(start * STEREO_BYTES)
            rest = min(count, length - skip) * STEREO_BYTES
            while rest > 0:
                rest -= out.write(audio.read(min(rest, COPY_BYTES)))
    for start, skip, count in runs:
        if (size := min(count, length - skip)) > 0:
            fade = min(SEAM_FADE, size // 2)
            rise = [(index + 1) / fade for index in range(fade)]
            _scale(target, start, rise if skip or start else [])
            _scale(target, start + size - fade, rise[::-1])
    return target


def _decode(context: Context, args: Sequence[str], role: str, field: str) -> bool:
    """Decode a clip's audio; return False if it has none. role: of the clip's file. field: the spec's, for messages."""
    try:
        done = ffmpeg.capture(args, cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="read the clip's audio")
    except StepError as error:
        if any("matches no streams" in line for line in error.failure.log):
            return False
        raise
    pcm.refuse_not_numbers(done.text, context.inputs[role].name, field)
    return True


def _measure(context: Context, source: Sequence[str], samples: int) -> Loudness:
    return measure(source, samples / SAMPLE_RATE, context.scratch, context.env)


def _rise(length: int) -> list[float]:
    """Return the factors that fade in: a quarter of a sine wave.

    Adjacent scenes meet in silence, which is short and so hardly audible.
    """
    return [math.sin(math.pi / 2 * (index + 0.5) / length) for index in range(length)]


def _scale(path: Path, start: int, factors: Sequence[float]) -> None:
    """Multiply stereo samples from `start` on by these factors, in the file: a long clip does not fit into memory."""
    with path.open("r+b") as file:
        file.seek(start * STEREO_BYTES)
        audio = struct.unpack(f"<{2 * len(factors)}f", file.read(len(factors) * STEREO_BYTES))
        scaled = [sample * factors[index // 2] for index, sample in enumerate(audio)]
        file.seek(start * STEREO_BYTES)
        file.write(struct.pack(f"<{len(scaled)}f", *scaled))


def _foreground(
    context: Context, timing: Mapping[str, Any], narration: LeveledAudio | None, clip: LeveledAudio | None
) -> Foreground | None:
    """Return the narration, the clip's audio, or their mix."""
    samples = timing["samples"]
    if narration is not None:
        start, loudness = timing["narration"]["start"], narration.loudness
        span = (start, start + timing["narration"]["samples"])
        if clip is None:
            peak = loudness.peak + narration.gain
            return Foreground(narration.path, 1, "s16le", narration.remaining_gain, peak, span)
        ducked = span if context.params["clip"]["mode"] == "duck" else None
        path = context.scratch / "mixed.raw"
        args = mix.mix_narration(narration.path, narration.remaining_gain, clip.path, clip.gain, ducked, path)
        return background.mixed(context, args, path, padded_length(samples), (0, samples))
    if clip is not None:
        return Foreground(clip.path, 2, mix.CLIP_FORM, clip.gain, clip.loudness.peak + clip.gain, (0, samples))
    return None


def _with_insets(context: Context, timing: Mapping[str, Any], foreground: Foreground | None) -> Foreground | None:
    """Add the audio of the scene's clips in corners, if any has some, to what else is played."""
    samples, narration = timing["samples"], timing["narration"]
    for layer, params in context.params.get("insets", {}).items():
        facts = dict(timing["insets"][layer])
        runs = facts.pop("runs", None) or [[facts.pop("at"), 0, min(facts.pop("samples"), samples)]]
        at, length = runs[0][0], max(skip + count for _, skip, count in runs)
        until = max(start + count for start, _, count in runs)
        if not facts["track"] or not length:
            continue
        role, path, out = f"clip:{layer}", context.scratch / f"{layer}.raw", context.scratch / f"{layer}-mixed.raw"
        source = ClipAudio(context.inputs[role], **facts)
        speed = params.get("speed", 1.0)
        extracted = source.extract(params["start_ms"], length, path, context.env, speed)
        if not _decode(context, extracted, role, params["field"]):
            continue
        clip = _leveled(context, path, length, runs, samples)
        ducked = None
        if params["mode"] == "duck" and narration:
            ducked = (narration["start"], narration["start"] + narration["samples"])
        rest, span = None, (at, until)
        if foreground is not None:
            rest = (foreground.inputs, foreground.channels, foreground.gain)
            span = (min(span[0], foreground.span[0]), max(span[1], foreground.span[1]))
        args = mix.add_clip(rest, clip.path, clip.gain, ducked, out)
        foreground = background.mixed(context, args, out, padded_length(samples), span)
    return foreground


def _with_sounds(context: Context, timing: Mapping[str, Any], foreground: Foreground | None) -> Foreground | None:
    """Add the scene's sound effects, if it has any, to what else is played."""
    samples = timing["samples"]
    path = context.scratch / "sounds.raw"
    end = background.end_of_sounds(context, samples) if "music" in context.inputs else samples
    span = sounds.write(context, timing, end, path)
    if span is None:
        return foreground
    os.truncate(path, padded_length(samples) * STEREO_BYTES)  # fills with silence
    out, rest = context.scratch / "all.raw", None
    if foreground is not None:
        rest = (foreground.inputs, foreground.channels, foreground.gain)
        span = (min(span[0], foreground.span[0]), max(span[1], foreground.span[1]))
    return background.mixed(context, mix.add_sounds(rest, path, out), out, padded_length(samples), span)


def _aac_path(context: Context) -> Path:
    return context.scratch / "encoded.aac"


def _encode(
    context: Context, args: Sequence[str], samples: int, expected: adts.Configuration, before: int = 0, after: int = 0
) -> list[bytes]:
    """Encode a scene's audio and return its frames without the priming frame. Raise StepError if one is missing.

    before, after: frames that are encoded before and after those of the scene, and dropped.
    """
    ffmpeg.run(args, cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="encode the scene's audio")
    count = adts.frames_to_keep(samples)
    most = before + count + after + MAX_EXTRA_FRAMES
    data = tool_output.read(_aac_path(context), most * adts.MAX_FRAME_BYTES, "audio")
    try:
        frames = adts.split(data)
    except adts.AdtsError as error:
        raise StepError(f"ffmpeg wrote corrupt audio: {error}") from error
    if not before + count < len(frames) <= most:
        raise StepError(
            f"ffmpeg wrote wrong audio: expected {before + count + 2} frames for {samples} samples, got {len(frames)}"
        )
    if (configuration := adts.configuration(frames[0])) != expected:
        raise StepError(f"ffmpeg wrote wrong audio: expected {expected}, got {configuration}")
    return frames[before + 1 : before + count + 1]


def _mono_to_stereo(frames: Sequence[bytes]) -> list[bytes]:
    """Return stereo frames with the one channel of mono frames on both sides."""
    try:
        return [adts.wrap(aac.to_channel_pair(adts.payload(frame)), STEREO) for frame in frames]
    except (aac.AacError, adts.AdtsError) as error:
        raise StepError(f"ffmpeg wrote corrupt audio: {error}") from error
