"""The step `audio:SCENE`: narration and a clip's sound, levelled, mixed, exact to the sample, and encoded for joining.

Frame k of its AAC carries the samples from 1024 k on: the encoder's first frame, which only primes a decoder, is left
out, and one frame of silence is added, so that a join can begin and end every scene at the nearest frame.
"""

from __future__ import annotations

import array
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.media.audio import aac, adts, mix, wav
from vidbuild.media.audio.loudness import SILENCE, Loudness, gain, measure, read
from vidbuild.media.ffmpeg import ffmpeg, tool_output
from vidbuild.timebase import SAMPLE_RATE

MONO = adts.Configuration(adts.LC, SAMPLE_RATE, 1)
STEREO = adts.Configuration(adts.LC, SAMPLE_RATE, 2)

MOST_FOR_NARRATION, MOST_FOR_CLIP = 30.0, 12.0
"""Decibels a sound is raised by at most: a quiet recording is meant to be heard, a clip's room noise is not."""

NOTICED = 2.0
"""A narration that is so many LU softer than it should be is heard to be, beside the others."""

CLIP_FADE = SAMPLE_RATE // 50
"""A clip's sound that is cut off is faded over 20 ms."""

SECONDS = 600.0
STEREO_BYTES, FLOAT_BYTES = 4, 4
MORE_FRAMES = 3
"""Frames that an encoder gives beyond those that are joined: the one that primes, the last, and one if it likes."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """Raw samples that last as long as the scene, how loud they are and the gain they get."""

    path: Path
    loudness: Loudness
    gain: float

    def to_data(self) -> dict[str, Any]:
        found = (self.loudness.integrated, self.loudness.peak)
        loudness, peak = (None if self.loudness.silent else figure for figure in found)
        return {"gain_db": self.gain, "loudness_in": loudness, "peak_in": peak}


def run(context: Context) -> None:
    """Write sound.aac and sound.json.

    Params: loudness: LUFS of each sound; peak: dBTP that none goes over, which is why one may stay softer.
    fade_in, fade_out: samples over which a clip's own sound comes and goes at the scene's ends, where the
    picture fades; 0 by default. Narration is never faded so.
    """
    timing: dict[str, Any] = json.loads(context.inputs["timing"].read_text(encoding="utf-8"))
    samples: int = timing["samples"]
    narration = _narration(context, timing)
    clip = _clip(context, samples)
    if samples <= 2 * adts.FRAME_SAMPLES or not (narration or clip):
        frames = [adts.wrap(aac.silence(), STEREO)] * adts.frames_to_join(samples)
    elif clip is None and narration is not None:
        args = mix.encode(mix.raw(narration.path, 1), narration.gain, samples, pairable=True, out=_encoded(context))
        frames = _paired(_encode(context, args, samples, MONO))
    else:
        frames = _encode(context, _mixed(context, timing, narration, clip), samples, STEREO)
    (context.out / "sound.aac").write_bytes(b"".join(frames))
    facts = {
        "samples": samples,
        "aac_frames": len(frames),
        **(narration.to_data() if narration else {"gain_db": 0.0, "loudness_in": None, "peak_in": None}),
        "clip": clip.to_data() if clip else None,
    }
    text = json.dumps(facts, sort_keys=True, indent=1)
    (context.out / "sound.json").write_text(text + "\n", encoding="utf-8")


def placed(sound: array.array[int], start: int, samples: int) -> array.array[int]:
    """A sound at `start` in a scene of `samples` samples, and enough silence after it for the encoder to finish."""
    whole = array.array("h", bytes(2 * padded(samples)))
    part = sound[: max(0, samples - start)]
    whole[start : start + len(part)] = part
    return whole


def padded(samples: int) -> int:
    """The samples that are encoded: the frames to be kept, and one so that the last of them is whole."""
    return (adts.frames_to_join(samples) + 1) * adts.FRAME_SAMPLES


def _narration(context: Context, timing: Mapping[str, Any]) -> _Sound | None:
    if "narration" not in context.inputs or timing["narration"] is None:
        return None
    sound = wav.eased(wav.read(context.inputs["narration"]))
    path = context.scratch / "narration.raw"
    path.write_bytes(wav.to_bytes(sound))
    found = _measured(context, mix.raw(path, 1), len(sound))
    path.write_bytes(wav.to_bytes(placed(sound, timing["narration"]["start"], timing["samples"])))
    return _told(context, _Sound(path, found, _gain(context, found, MOST_FOR_NARRATION)))


def _told(context: Context, narration: _Sound) -> _Sound:
    """Tell the user of a narration that is not as loud as it should be."""
    found, target, peak = narration.loudness, context.params["loudness"], context.params["peak"]
    short = target - found.integrated - narration.gain
    if found.silent:
        context.warn("nothing is heard in this narration", field="narration")
    elif short >= NOTICED:
        loud = f"this narration is {short:.1f} LU softer than the {target:g} LUFS of the others"
        if narration.gain == MOST_FOR_NARRATION:
            why = f"it was recorded so softly that {narration.gain:g} dB more do not do"
        else:
            why = f"its peaks would go over {peak:g} dBTP"
        context.warn(f"{loud}: {why}", field="narration")
    return narration


def _gain(context: Context, found: Loudness, most: float) -> float:
    return gain(found, context.params["loudness"], most, context.params["peak"])


def _clip(context: Context, samples: int) -> _Sound | None:
    """The clip's sound, or None where it has none or none is wanted."""
    asked: Mapping[str, Any] | None = context.params.get("clip")
    if asked is None or asked["mode"] == "mute" or "clip" not in context.inputs:
        return None
    start_ms, end_ms = asked["start_ms"], asked.get("end_ms")
    wanted = samples if end_ms is None else min(samples, (end_ms - start_ms) * SAMPLE_RATE // 1000)
    path = context.scratch / "clip.raw"
    if not _decode(context, mix.clip(context.inputs["clip"], start_ms, wanted, path)):
        return None
    most = STEREO_BYTES * (wanted + SAMPLE_RATE)
    sound = wav.from_bytes(tool_output.read(path, most, "sound of the clip's"))[: 2 * wanted]
    found = SILENCE
    if sound:
        path.write_bytes(wav.to_bytes(sound))
        found = _measured(context, mix.raw(path, 2), len(sound) // 2)
    _fade_out(sound)
    sound.extend(array.array("h", bytes(4 * padded(samples) - 2 * len(sound))))
    _fade_with_picture(sound, samples, context.params.get("fade_in", 0), context.params.get("fade_out", 0))
    path.write_bytes(wav.to_bytes(sound))
    return _Sound(path, found, _gain(context, found, MOST_FOR_CLIP))


def _decode(context: Context, args: Sequence[str]) -> bool:
    """Whether the clip has any sound."""
    try:
        ffmpeg.run(args, cwd=context.scratch, env=context.env, timeout=SECONDS, what="read the clip's sound")
    except StepError as error:
        if any("matches no streams" in line for line in error.failure.log):
            return False
        raise
    return True


def _measured(context: Context, source: Sequence[str], samples: int) -> Loudness:
    return measure(source, samples / SAMPLE_RATE, context.scratch, context.env)


def _fade_out(sound: array.array[int]) -> None:
    """Fade the last samples of a sound of two channels."""
    length = min(CLIP_FADE, len(sound) // 2)
    for left in range(length):
        for index in (-2 * left - 1, -2 * left - 2):
            sound[index] = sound[index] * left // length


def _fade_with_picture(sound: array.array[int], samples: int, coming: int, going: int) -> None:
    """Fade a sound of two channels in over the scene's first samples, and out over its last of `samples`.

    By a quarter of a sine's wave: neighbours meet in silence, and the shorter that is, the less is it heard.
    """
    for length, first, step in ((coming, 0, 1), (going, samples - 1, -1)):
        for index in range(min(length, samples)):
            share = math.sin(math.pi / 2 * (index + 0.5) / length)
            left = 2 * (first + step * index)
            sound[left], sound[left + 1] = round(sound[left] * share), round(sound[left + 1] * share)


def _mixed(context: Context, timing: Mapping[str, Any], narration: _Sound | None, clip: _Sound | None) -> list[str]:
    """The arguments that encode a clip's sound, alone or under narration."""
    samples, out = timing["samples"], _encoded(context)
    if clip is None:
        raise AssertionError("there is a clip here")
    if narration is None:
        return mix.encode(mix.raw(clip.path, 2), clip.gain, samples, pairable=False, out=out)
    spoken = timing["narration"]
    under = (spoken["start"], spoken["start"] + spoken["samples"]) if context.params["clip"]["mode"] == "duck" else None
    path = context.scratch / "mixed.raw"
    args = mix.blend(narration.path, narration.gain, clip.path, clip.gain, under, path)
    told = ffmpeg.capture(args, cwd=context.scratch, env=context.env, timeout=SECONDS, what="mix the scene's sounds")
    _check_size(path, padded(samples) * 2 * FLOAT_BYTES)
    over = gain(read(told.text), math.inf, 0.0, context.params["peak"])
    return mix.encode(mix.raw(path, 2, "f32le"), over, samples, pairable=False, out=out)


def _encoded(context: Context) -> Path:
    return context.scratch / "encoded.aac"


def _check_size(path: Path, wanted: int) -> None:
    """Raw samples are as many as went in."""
    found = path.stat().st_size if path.is_file() else 0
    if found != wanted:
        raise StepError(f"ffmpeg wrote {found} bytes of mixed sound where {wanted} were asked for")


def _encode(context: Context, args: Sequence[str], samples: int, kind: adts.Configuration) -> list[bytes]:
    """The frames of the encoded sound, without the one that primes; of the samples that went in, no frame may lack."""
    ffmpeg.run(args, cwd=context.scratch, env=context.env, timeout=SECONDS, what="encode the scene's sound")
    wanted = adts.frames_to_join(samples)
    data = tool_output.read(_encoded(context), (wanted + MORE_FRAMES) * adts.LONGEST, "sound")
    try:
        frames = adts.frames(data)
    except adts.AdtsError as error:
        raise StepError(f"ffmpeg wrote damaged sound: {error}") from error
    if not wanted < len(frames) <= wanted + MORE_FRAMES:
        raise StepError(
            f"ffmpeg wrote {len(frames)} frames of sound where the scene's {samples} samples are {wanted + 2}"
        )
    if (found := adts.configuration(frames[0])) != kind:
        raise StepError(f"ffmpeg wrote {found} where {kind} was asked for")
    return frames[1 : wanted + 1]


def _paired(frames: Sequence[bytes]) -> list[bytes]:
    """The frames of one channel, heard from both loudspeakers."""
    try:
        return [adts.wrap(aac.paired(adts.payload(frame)), STEREO) for frame in frames]
    except (aac.AacError, adts.AdtsError) as error:
        raise StepError(f"ffmpeg wrote damaged sound: {error}") from error
