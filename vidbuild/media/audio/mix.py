"""Arguments for ffmpeg that bring a scene's sounds together and encode them; it runs nothing.

All sounds are raw samples that begin with the scene and last as long as it, so no filter has to delay, pad or cut:
ffmpeg 5.1 gives what `apad` adds wrong times. No text of a user's is ever in a graph, only numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vidbuild.media.audio.adts import FRAME_SAMPLES
from vidbuild.media.audio.loudness import METER
from vidbuild.media.audio.pcm import SAME_EVERYWHERE
from vidbuild.media.ffmpeg.ffmpeg import untrusted_input
from vidbuild.timebase import SAMPLE_RATE

DUCKED = -15.0
"""Decibels by which a clip's sound goes down under narration: words are understood, the clip is still there."""

RAMP = SAMPLE_RATE * 3 // 10
"""How long it takes to go down and up."""

STEP = 64
"""Samples between two steps of a ramp: 1.3 ms, less than 0.1 dB each, so no step is heard."""

STEREO_RATE = "160k"

MONO_QUALITY = "1.2"
"""About 45 to 85 kbit/s: what a voice needs, and next to nothing while nobody speaks.

By the ear model of ITU-R BS.1387 less than 1 % of the frames of any voice tried are heard to differ, at 1.0 3 %. The
same bits at an even rate are heard in twice as many: what a pause does not need, a vowel would have.
"""

# The encoder's two-loop coder takes three times as long for less signal-to-noise on speech than the fast one. What the
# fast one does badly is a lone tone above -6 dBFS, which becomes 2 dB softer: nothing is levelled to be so loud.
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

# What lies in one channel must mean the same in two: temporal noise shaping is applied after the channels are told
# apart, and noise substitution draws other noise for each.
PAIRABLE = ("-aac_tns", "0", "-aac_pns", "0")


def raw(path: Path, channels: int, form: str = "s16le") -> list[str]:
    """Raw samples as an input."""
    return ["-f", form, "-ar", str(SAMPLE_RATE), "-ac", str(channels), "-i", str(path)]


def clip(source: Path, start_ms: int, samples: int, out: Path) -> list[str]:
    """At most `samples` samples of a clip's sound from `start_ms` on, in stereo; late, missing or early ones filled.

    Its pictures are read as well, and thrown away: of some formats ffmpeg counts times from the first thing it reads.
    """
    seek = ["-ss", f"{start_ms}ms"] if start_ms else []
    # Less than 40 ms between two packets is how their times were rounded; more is a gap, and closing it would part
    # the sound from the picture.
    graph = (
        f"aresample={SAMPLE_RATE}:async=1:min_hard_comp=0.04:first_pts=0,aformat=sample_fmts=s16:channel_layouts=stereo"
    )
    limit = ["-t", f"{samples * 1_000_000 // SAMPLE_RATE + 1}us"]
    stream = ["-map", "0:a:0", "-vn", "-sn", "-dn", "-af", graph, *limit]
    beside = ["-map", "0:V:0?", "-c", "copy", *limit, "-f", "null", "-"]
    return [*SAME_EVERYWHERE, *untrusted_input(source, *seek), *stream, "-f", "s16le", str(out), *beside]


def blend(
    narration: Path, narration_gain: float, sound: Path, sound_gain: float, under: tuple[int, int] | None, out: Path
) -> list[str]:
    """Narration (one channel) over a clip's sound (two), the clip lowered from `under` on to its end; also measured."""
    voice = f"[0:a]volume={narration_gain:.2f}dB,pan=stereo|c0=c0|c1=c0[voice]"
    lowered = "" if under is None else f",asetnsamples=n={STEP}:p=0,volume='{ducking(*under)}':eval=frame"
    clip_sound = f"[1:a]volume={sound_gain:.2f}dB{lowered}[clip]"
    graph = f"{voice};{clip_sound};[voice][clip]amix=inputs=2:normalize=0,{METER},aformat=sample_fmts=flt[out]"
    inputs = [*raw(narration, 1), *raw(sound, 2)]
    return [*SAME_EVERYWHERE, *inputs, "-filter_complex", graph, "-map", "[out]", "-f", "f32le", str(out)]


def ducking(start: int, end: int) -> str:
    """The factor at time t: down before `start`, up again after `end` (samples), evenly in decibels."""
    down = f"clip((t-{(start - RAMP) / SAMPLE_RATE:.6f})/{RAMP / SAMPLE_RATE:.6f},0,1)"
    up = f"clip((t-{end / SAMPLE_RATE:.6f})/{RAMP / SAMPLE_RATE:.6f},0,1)"
    return f"pow(10,{DUCKED / 20:.6f}*({down}-{up}))"


def encode(source: Sequence[str], gain: float, samples: int, *, pairable: bool, out: Path) -> list[str]:
    """A scene's sound as AAC-LC, with the gain, faded at both ends so that neighbours meet without a seam."""
    fades = (
        f"afade=t=in:ss=0:ns={FRAME_SAMPLES}:curve=hsin,"
        f"afade=t=out:ss={samples - FRAME_SAMPLES}:ns={FRAME_SAMPLES}:curve=hsin"
    )
    shape = [*PAIRABLE, "-q:a", MONO_QUALITY] if pairable else ["-b:a", STEREO_RATE]
    graph = f"volume={gain:.2f}dB,{fades}"
    return [*SAME_EVERYWHERE, *source, "-af", graph, *ENCODER, *shape, "-f", "adts", str(out)]
