"""Build the arguments for ffmpeg that mix and encode a scene's audio. Every function is pure: none starts ffmpeg.

All inputs are raw samples that start and end with the scene, so no filter has to delay, pad or trim: ffmpeg 5.1 gives
wrong timestamps to what `apad` adds. Filter graphs contain only numbers, never a user's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidbuild.media.audio.adts import FRAME_SAMPLES
from vidbuild.media.audio.loudness import METER
from vidbuild.media.audio.pcm import REPRODUCIBLE
from vidbuild.timebase import SAMPLE_RATE

# Gain of a clip's audio under narration: words are intelligible, and the clip remains audible.
DUCKING_DB = -15.0

# Length of the ramps down and up: 0.3 s.
RAMP_SAMPLES = SAMPLE_RATE * 3 // 10

# Samples per step of a ramp: 1.3 ms and less than 0.1 dB, which is inaudible.
STEP_SAMPLES = 64

STEREO_RATE = "160k"

# About 45 to 85 kbit/s for a voice, and almost nothing in pauses. By the ear model of ITU-R BS.1387, less than 1 % of
# the frames of every tested voice differ audibly; at 1.0, 3 % do. At a constant rate with the same number of bits,
# twice as many differ, because the bits saved in a pause cannot go to a vowel.
MONO_QUALITY = "1.2"

# The encoder's two-loop coder takes three times as long as the fast one, with a worse signal-to-noise ratio on speech.
# The fast one attenuates a single tone above -6 dBFS by 2 dB, but normalized audio is never that loud.
ENCODER = (
    "-fflags",
    "+bitexact",
    "-flags:a",
    "+bitexact",
    "-c:a",
    "aac",
    "-profile:a",
    "aac_low",
    "-aac_coder",
    "fast",
    "-threads",
    "1",
    "-map_metadata",
    "-1",
)

# For mono that becomes a channel pair: temporal noise shaping applies after mid/side decoding, and noise substitution
# would generate different noise for each channel.
PAIRABLE = ("-aac_tns", "0", "-aac_pns", "0")


# Of a clip's samples: floating point, so that what exceeds full scale is not clipped before it is leveled.
CLIP_FORM = "f32le"


def raw_input(path: Path, channels: int, form: str = "s16le") -> list[str]:
    """Return the arguments for raw samples as an input."""
    return ["-f", form, "-ar", str(SAMPLE_RATE), "-ac", str(channels), "-i", str(path)]


def mix_narration(
    narration: Path, narration_gain: float, clip: Path, clip_gain: float, ducked: tuple[int, int] | None, out: Path
) -> list[str]:
    """Mix narration (mono) with a clip's audio (stereo), and measure the loudness of the mix.

    narration_gain, clip_gain: in dB.
    ducked: start and end, in samples, of the part in which the clip is ducked; None for no ducking.
    """
    voice = f"[0:a]volume={narration_gain:.2f}dB,pan=stereo|c0=c0|c1=c0[voice]"
    clip_audio = f"[1:a]{_clip_volume(clip_gain, ducked)}[clip]"
    graph = f"{voice};{clip_audio};[voice][clip]amix=inputs=2:normalize=0,{METER},aformat=sample_fmts=flt[out]"
    inputs = [*raw_input(narration, 1), *raw_input(clip, 2, CLIP_FORM)]
    return [*REPRODUCIBLE, *inputs, "-filter_complex", graph, "-map", "[out]", "-f", "f32le", str(out)]


def add_clip(
    rest: tuple[Sequence[str], int, float] | None,
    clip: Path,
    clip_gain: float,
    ducked: tuple[int, int] | None,
    out: Path,
) -> list[str]:
    """Mix a clip's audio (stereo, CLIP_FORM) with what else is played, like `add_sounds`; ducked: see mix_narration."""
    return _added(rest, clip, out, f"[0:a]{_clip_volume(clip_gain, ducked)}[new];", "[new]")


def add_sounds(rest: tuple[Sequence[str], int, float] | None, sounds: Path, out: Path) -> list[str]:
    """Mix sounds (stereo, CLIP_FORM) with what else is played, if anything is, and measure the loudness of the mix.

    rest: an input, its channels, and the gain to apply to it in dB.
    """
    return _added(rest, sounds, out)


def _clip_volume(gain: float, ducked: tuple[int, int] | None) -> str:
    volume = "" if ducked is None else f",asetnsamples=n={STEP_SAMPLES}:p=0,volume='{ducking(*ducked)}':eval=frame"
    return f"volume={gain:.2f}dB{volume}"


def _added(
    rest: tuple[Sequence[str], int, float] | None, new: Path, out: Path, before: str = "", name: str = "[0:a]"
) -> list[str]:
    """Return the arguments that mix new audio with the rest. before, name: filters of the new audio, and their end."""
    inputs, graph = raw_input(new, 2, CLIP_FORM), before
    if rest is not None:
        source, channels, gain = rest
        inputs += source
        stereo = ",pan=stereo|c0=c0|c1=c0" if channels == 1 else ""
        graph += f"[1:a]volume={gain:.2f}dB{stereo}[rest];[rest]{name}amix=inputs=2:normalize=0,"
    elif before:
        graph += name
    graph += f"{METER},aformat=sample_fmts=flt[out]"
    return [*REPRODUCIBLE, *inputs, "-filter_complex", graph, "-map", "[out]", "-f", "f32le", str(out)]


def ducking(start: int, end: int) -> str:
    """Return the volume at time t as an expression: a ramp down before `start` and up after `end`, in samples.

    The ramps are linear in decibels.
    """
    down = f"clip((t-{(start - RAMP_SAMPLES) / SAMPLE_RATE:.6f})/{RAMP_SAMPLES / SAMPLE_RATE:.6f},0,1)"
    up = f"clip((t-{end / SAMPLE_RATE:.6f})/{RAMP_SAMPLES / SAMPLE_RATE:.6f},0,1)"
    return f"pow(10,{DUCKING_DB / 20:.6f}*({down}-{up}))"


def encode(source: Sequence[str], gain: float, samples: int, *, pairable: bool, out: Path) -> list[str]:
    """Encode a scene's audio as AAC-LC, with a gain in dB, and fades at both ends to join it to its neighbors.

    pairable: whether it is mono that becomes a channel pair.
    """
    fades = (
        f"afade=t=in:ss=0:ns={FRAME_SAMPLES}:curve=hsin,"
        f"afade=t=out:ss={samples - FRAME_SAMPLES}:ns={FRAME_SAMPLES}:curve=hsin"
    )
    shape = [*PAIRABLE, "-q:a", MONO_QUALITY] if pairable else ["-b:a", STEREO_RATE]
    graph = f"volume={gain:.2f}dB,{fades}"
    return [*REPRODUCIBLE, *source, "-af", graph, *ENCODER, *shape, "-f", "adts", str(out)]
