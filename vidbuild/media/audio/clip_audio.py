"""Extract a part of a clip's audio, on the clip's clock (media/ffmpeg/presentation.py)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from vidbuild.frozen import dataclass
from vidbuild.media.audio.mix import CLIP_FORM
from vidbuild.media.audio.pcm import COUNTS, REPRODUCIBLE
from vidbuild.media.ffmpeg.ffmpeg import untrusted_input
from vidbuild.timebase import SAMPLE_RATE

# Fill gaps in a clip's audio and cut overlaps, of more than 10 ms: otherwise the audio would move away from the video.
# Less is the rounding of timestamps.
GAPS = "async=1:min_hard_comp=0.01"

# Without a maximum, ffmpeg makes floating-point samples louder as it mixes more channels to two.
MIXED = "rematrix_maxval=1"

# Seconds that decoders need before their samples are right: Opus 0.08, MP3 up to 0.25.
PREROLL = 0.5

STEPS_BACK = (0.0, 2.0, 8.0, 32.0, 128.0)  # seconds


@dataclass(frozen=True, slots=True)
class ClipAudio:
    """A clip's audio track, and how to place its samples in time.

    track: counted from 1.
    origin: the time in the file, in seconds, that is 0 on the clip's clock.
    regular: whether decoding can begin anywhere.
    """

    path: Path
    track: int
    origin: float
    regular: bool

    def extract(self, start_ms: int, samples: int, out: Path, env: Mapping[str, str], speed: float = 1.0) -> list[str]:
        """Return the arguments for ffmpeg that extract at most `samples` samples from `start_ms` on, in stereo.

        At another speed than 1, the pitch stays as it is. Gaps are filled, what exceeds full scale is not clipped, and
        the log counts what is not a number. In an irregular file, the video is read too and discarded, as ffmpeg's
        clock depends on both.
        """
        start = start_ms / 1000
        if self.regular:
            zero, video = self.origin + start, []
            seek = list(_from(self._seek_point(start, env)))
        else:
            until = f"{start + samples * speed / SAMPLE_RATE:.6f}"
            zero, seek, video = start, [], ["-map", "0:V:0?", "-c", "copy", "-t", until, "-f", "null", "-"]
        graph = (
            f"asetpts=PTS-({zero:.6f})/TB,atrim=start=0,aresample={SAMPLE_RATE}:{GAPS}:first_pts=0:{MIXED},"
            f"{_tempo(samples, speed)}atrim=end_sample={samples},aformat=sample_fmts=flt:channel_layouts=stereo,"
            f"astats=measure_overall=none:measure_perchannel={COUNTS}"
        )
        audio = ["-map", f"0:a:{self.track - 1}", "-af", graph, "-f", CLIP_FORM, str(out)]
        return [*REPRODUCIBLE, *untrusted_input(self.path, *seek), *audio, *video]

    def _seek_point(self, start: float, env: Mapping[str, str]) -> float:
        """Return the latest time from which the audio at `start` is decoded completely."""
        from vidbuild.media.ffmpeg import packets  # few scenes have a clip

        first = ("-map", f"0:a:{self.track - 1}", "-c", "copy", "-frames:a", "1")
        for back in STEPS_BACK:
            at = start - PREROLL - back
            if at <= 0:
                break
            found = packets.packets(self.path, env, *first, before=_from(at), check=False)[0].tracks.get(0)
            if found is not None and found.count and found.last - self.origin <= at:
                return at
        return 0.0


def _tempo(samples: int, speed: float) -> str:
    """Return the filters that play so many samples at another speed, at the same pitch; "" for normal speed.

    A filter that doubles the speed at most mixes all samples; one that does more leaves samples out.
    """
    if speed == 1:
        return ""
    count = max(1, math.ceil(abs(math.log2(speed)) - 1e-9))
    return f"atrim=end_sample={round(samples * speed)}," + f"atempo={speed ** (1 / count):.9f}," * count


def _from(seconds: float) -> tuple[str, ...]:
    """Return input options that keep the file's own times and begin at one; without seeking if it is 0.

    Seeking to 0 can begin later than the file, at the first key frame of the video.
    """
    return ("-copyts", "-ss", f"{seconds:.6f}", "-noaccurate_seek") if seconds > 0 else ("-copyts",)
