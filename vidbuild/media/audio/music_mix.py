"""Build the arguments for ffmpeg that mix a scene's audio with music and encode it. No function starts ffmpeg."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from vidbuild.frozen import dataclass
from vidbuild.media.audio.adts import FRAME_SAMPLES
from vidbuild.media.audio.envelope import Point, Span
from vidbuild.media.audio.loudness import METER
from vidbuild.media.audio.mix import ENCODER
from vidbuild.media.audio.pcm import REPRODUCIBLE
from vidbuild.timebase import SAMPLE_RATE

# A constant quality, about 100 kbit/s for speech with music. At a constant bit rate, the encoder's choices would depend
# on everything before, and encoding takes half as long again. Without noise substitution, for which decoders go on with
# random numbers of their own, decoded samples depend on nothing but the frames around them.
SHAPE = ("-q:a", "1.2", "-aac_pns", "0", "-aac_tns", "0")

# Samples per step of a ramp: 2.7 ms, and 0.1 dB of the steepest one.
STEP_SAMPLES = 128


@dataclass(frozen=True, slots=True)
class Part:
    """An input of the mix: raw samples that start where encoding does.

    inputs: arguments for ffmpeg. gain: in dB. fades: spans of a frame each in which it begins and ends, if it must.
    """

    inputs: Sequence[str]
    channels: int
    gain: float
    fade_in: int | None = None
    fade_out: int | None = None


def gain_over_time(points: Sequence[Point], fades: Sequence[Span], rising: Sequence[bool]) -> str:
    """Return the factor at time t as an expression.

    points: levels in dB, in samples from the start of encoding.
    fades: from silence or, if not rising, to silence.
    """
    terms = f"{points[0][1]:.3f}"
    for (left, low), (right, high) in pairwise(points):
        if high != low:
            terms += f"{high - low:+.3f}*{_progress(left, right)}"
    factors = [f"pow(10,({terms})/20)"]
    for (start, end), rises in zip(fades, rising, strict=True):
        progress = _progress(start, end)
        factors.append(f"sin(PI/2*{progress})" if rises else f"cos(PI/2*{progress})")
    return "*".join(factors)


def _progress(start: int, end: int) -> str:
    length = max(1, end - start)
    return f"clip((t-({start / SAMPLE_RATE:.6f}))/{length / SAMPLE_RATE:.6f},0,1)"


def encode(foreground: Part | None, music: Part, volume: str, out: Path) -> list[str]:
    """Encode music as AAC-LC in stereo, mixed with what else is played. volume: from gain_over_time."""
    return [*_mixed(foreground, music, volume, ""), *ENCODER, *SHAPE, "-f", "adts", str(out)]


def measure(foreground: Part, music: Part, volume: str) -> list[str]:
    """Measure the loudness of what `encode` encodes."""
    return [*_mixed(foreground, music, volume, f",{METER}"), "-f", "null", "-"]


def _mixed(foreground: Part | None, music: Part, volume: str, after: str) -> list[str]:
    stepped = f"asetnsamples=n={STEP_SAMPLES}:p=0,volume='{volume}':eval=frame,asetnsamples=n={FRAME_SAMPLES}:p=0"
    graph = f"[0:a]volume={music.gain:.2f}dB:precision=float,{stepped}{_fades(music)}"
    inputs = [*music.inputs]
    if foreground is not None:
        inputs += foreground.inputs
        stereo = ",pan=stereo|c0=c0|c1=c0" if foreground.channels == 1 else ""
        graph += f"[music];[1:a]volume={foreground.gain:.2f}dB:precision=float{stereo}{_fades(foreground)}[rest]"
        graph += ";[rest][music]amix=inputs=2:normalize=0"
    return [*REPRODUCIBLE, *inputs, "-filter_complex", f"{graph}{after}[out]", "-map", "[out]"]


def _fades(part: Part) -> str:
    text = ""
    if part.fade_in is not None:
        text += f",afade=t=in:ss={part.fade_in}:ns={FRAME_SAMPLES}:curve=hsin"
    if part.fade_out is not None:
        text += f",afade=t=out:ss={part.fade_out}:ns={FRAME_SAMPLES}:curve=hsin"
    return text
