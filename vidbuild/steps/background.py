"""The audio of a scene with music: mixed with what else is played, and encoded together with what is around it."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.errors import StepError
from vidbuild.frozen import dataclass, replaced
from vidbuild.media.audio import adts, envelope, music_mix
from vidbuild.media.audio.envelope import Span
from vidbuild.media.audio.loudness import Loudness, gain, parse_summary
from vidbuild.media.audio.mix import raw_input
from vidbuild.media.audio.music_file import Tape
from vidbuild.media.audio.music_layout import AFTER, BEFORE, GUARD
from vidbuild.media.audio.music_mix import Part
from vidbuild.media.ffmpeg import ffmpeg
from vidbuild.timebase import seconds_text

LEAD = BEFORE * adts.FRAME_SAMPLES
STEREO_BYTES = 8  # of floating-point samples
LEAST = 4 / 3  # of an excess: what else is played is lowered by 12 dB at most
TIMEOUT = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class Foreground:
    """What else is played: raw samples from the scene's start on.

    gain: to apply, in dB. peak: with this gain, in dBTP. span: the part that is not silent.
    """

    path: Path
    channels: int
    form: str
    gain: float
    peak: float
    span: Span

    @property
    def inputs(self) -> list[str]:
        """The arguments for ffmpeg."""
        return raw_input(self.path, self.channels, self.form)


def mixed(context: Context, args: Sequence[str], path: Path, samples: int, span: Span) -> Foreground:
    """Mix as the arguments say, and lower the sum: it can exceed the maximum peak, although no part of it does.

    path: to which the arguments write so many samples, stereo and f32le.
    """
    result = ffmpeg.capture(args, cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="mix the scene's audio")
    size, expected = path.stat().st_size if path.is_file() else 0, samples * STEREO_BYTES
    if size != expected:
        raise StepError(f"ffmpeg wrote wrong mixed audio: expected {expected} bytes, got {size}")
    measured = parse_summary(result.text)
    attenuation = gain(measured, math.inf, 0.0, context.params["peak"])
    return Foreground(path, 2, "f32le", attenuation, measured.peak + attenuation, span)


def arguments(context: Context, samples: int, foreground: Foreground | None, out: Path) -> list[str]:
    """Return the arguments that encode a scene with music: BEFORE frames, and then those of the scene."""
    bed: dict[str, Any] = json.loads(context.inputs["music"].read_text(encoding="utf-8"))
    facts: dict[str, Any] = json.loads(context.inputs["music.level"].read_text(encoding="utf-8"))
    tape = Tape(context.inputs["music.pcm"], facts["samples"], bed["loop"] and facts["complete"])
    end = bed["frames"] * adts.FRAME_SAMPLES
    length = LEAD + max((adts.frames_to_keep(samples) + 1) * adts.FRAME_SAMPLES, end + AFTER * adts.FRAME_SAMPLES)
    path = context.scratch / "music.raw"
    tape.copy(bed["position"] - LEAD, length, path)
    points = [(at + LEAD, level) for at, level in bed["points"]]
    given = zip(bed["fades"], (True, False), strict=True)
    fades = [(fade[0] + LEAD, fade[1] + LEAD, rises) for fade, rises in given if fade]
    if facts["complete"] and not tape.loop:
        fades += _natural_end(context, tape.samples - bed["position"], min(bed["fade_out"], tape.samples // 2), end)
    joined_before, joined_after = bed["joined"]
    level = _gain(context, facts, bed["highest"])
    music = Part(
        raw_input(path, 2),
        2,
        level,
        None if joined_before else LEAD,
        None if joined_after else LEAD + max(0, end - adts.FRAME_SAMPLES),
    )
    volume = music_mix.gain_over_time(points, [(start, stop) for start, stop, _ in fades], [each[2] for each in fades])
    if foreground is None:
        return music_mix.encode(None, music, volume, out)
    loudest = envelope.highest(points, *(at + LEAD for at in foreground.span))
    music_peak = -math.inf if facts["peak"] is None else facts["peak"] + level + loudest
    shifted = context.scratch / "foreground.raw"
    _shift(foreground, shifted, length)
    fade_out = LEAD + max(0, samples - adts.FRAME_SAMPLES)
    inputs = raw_input(shifted, foreground.channels, foreground.form)
    rest = Part(inputs, foreground.channels, foreground.gain, LEAD, fade_out)
    ceiling = context.params["peak"]
    if _amplitude(foreground.peak) + _amplitude(music_peak) > _amplitude(ceiling):
        args = music_mix.measure(rest, music, volume)
        done = ffmpeg.capture(args, cwd=context.scratch, env=context.env, timeout=TIMEOUT, what="measure the mix")
        rest = replaced(rest, gain=rest.gain + _make_room(parse_summary(done.text).peak, music_peak, ceiling))
    return music_mix.encode(rest, music, volume, out)


def end_of_sounds(context: Context, samples: int) -> int:
    """Return the sample at which sounds must have ended, so that they do not reach into the next scene's frames."""
    bed: dict[str, Any] = json.loads(context.inputs["music"].read_text(encoding="utf-8"))
    end: int = bed["frames"] * adts.FRAME_SAMPLES
    return max(0, min(samples, end) - (GUARD if bed["joined"][1] else 0))


def _natural_end(context: Context, end: int, fade: int, scene_end: int) -> list[tuple[int, int, bool]]:
    """Return the fade where the file ends."""
    if 0 <= end < scene_end:
        message = f"the music ends {seconds_text(end)} into this scene"
        context.warn("VB506", message, field="music", hint="set 'loop: true' to repeat it")
    return [(end - fade + LEAD, end + LEAD, False)]


def _gain(context: Context, facts: dict[str, Any], highest: float) -> float:
    """Return the gain in dB that makes music as loud as speech, as far as its peaks allow it at its highest level."""
    if facts["loudness"] is None:
        return 0.0
    measured = Loudness(facts["loudness"], facts["peak"])
    return gain(measured, context.params["loudness"], math.inf, context.params["peak"] - highest)


def _make_room(peak: float, music_peak: float, ceiling: float) -> float:
    """Return the gain in dB for what else is played, at most 0, with which a mix stays below a ceiling in dBTP.

    At the mix's peak, music has at most its own: the other part is at least the difference.
    """
    excess = max(0.0, _amplitude(peak) - _amplitude(ceiling))
    other = max(_amplitude(peak) - _amplitude(music_peak), excess * LEAST)
    return 20 * math.log10(1 - excess / other) if excess else 0.0


def _amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _shift(foreground: Foreground, out: Path, length: int) -> None:
    """Write the foreground's samples behind the frames before the scene, padded to `length` samples."""
    size = foreground.channels * (4 if foreground.form == "f32le" else 2)
    with foreground.path.open("rb") as source, out.open("wb") as target:
        target.seek(LEAD * size)
        shutil.copyfileobj(source, target)
        target.truncate(length * size)
