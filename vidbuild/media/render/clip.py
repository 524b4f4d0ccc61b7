"""A clip's pictures, at the video's rate and in its place's size, as a filter graph; it knows nothing of other layers.

Frame k shows what is on the clip's screen in the middle of it, at start + (k + 1/2) / fps: so no picture is more than
half a frame early or late, and recordings whose times shake by a few milliseconds still play evenly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.ffmpeg.filtergraph import SCALER, Stream
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.probe import probe
from vidbuild.media.ffmpeg.seek import seek_point
from vidbuild.media.render import tonemap
from vidbuild.media.render.animation import Layer, Motion

# A picture that comes in the very middle of a frame goes to the next, though its time be rounded to milliseconds; and
# with so odd a number no time that is counted in usual units is in the very middle, where a microsecond would decide.
TIE_US = 447

# After a jump the times of an MPEG program stream are guessed, and a moving image is drawn over nothing.
UNSURE = ("mpeg", "gif", "apng", "webp_anim")

# Of these formats ffmpeg counts times from what it reads first, if that is later than where it was sent.
FROM_FIRST = ("mpegts", "mpeg", "ogg")
NEAR = 2  # seconds that are sooner decoded than it is found out how not to


@dataclass(frozen=True, slots=True)
class Clip:
    """A moving picture's file and what is known of it.

    entries: where in the file decoding may begin to show what, both in seconds: (what, where). From a file's
    beginning everything can be shown.
    """

    path: Path
    info: MediaInfo
    entries: tuple[tuple[float, float], ...] = ()

    def entry(self, start: float) -> float:
        """Where decoding begins for pictures from `start` on."""
        return max((known for known in self.entries if known[0] <= start), default=(0.0, 0.0))[1]

    def zero(self, entry: float) -> float:
        """The time in the file that ffmpeg counts from, if its pictures alone are decoded from an entry on."""
        return max(entry, self.info.lead) if self.info.format in FROM_FIRST else entry


def opened(path: Path, motion: Motion, env: Mapping[str, str]) -> Clip | None:
    """A motion's clip, looked into; None where it has none. StepError where there is nothing to be seen in it."""
    if motion.clip is None:
        return None
    info = probe(path, env=env, field="src")
    if not info.has_video:
        raise StepError("the clip has sound but no picture", field="src")
    if info.format in UNSURE:
        return Clip(path, info)
    starts = {begin(motion)}
    if motion.frames > NEAR * motion.fps:  # its last picture alone is wanted too, as the scene's thumbnail
        starts.add(begin(motion.window(motion.frames - 1, 1)))
    return Clip(path, info, tuple((start, seek_point(path, start, env)) for start in sorted(starts) if start > 0))


def begin(motion: Motion) -> float:
    """The time in the clip's file that a motion's first frame begins with, in seconds."""
    return 0.0 if motion.clip is None else motion.clip.start_ms / 1000 + motion.clip.skip / motion.fps


def pictures(clip: Clip | None, layer: Layer, motion: Motion, more: Mapping[str, Any]) -> Stream:
    """A clip's pictures from the one that is seen at its start on. more: input options.

    What is shown when the start comes is the last picture until then, which may be much older in a recording without a
    constant rate. One thread decodes: of a damaged file, several make other pictures each time.
    """
    playback, fps = motion.clip, motion.fps
    if playback is None or clip is None:
        raise StepError(f"the layer '{layer.name}' is the place of a clip, and there is none")
    at = clip.entry(begin(motion))
    passed = round((begin(motion) - clip.zero(at)) * 1_000_000)
    stream = filtergraph.source(f"file:{clip.path}", {**_input(clip, at), **more})["V:0"]
    stream = _whole_pictures(stream, clip.info, fps)
    stream = stream.filter("settb", "AVTB").filter("setpts", f"PTS{TIE_US - passed:+d}")
    stream = stream.filter("tpad", stop=-1, stop_mode="clone").filter("fps", fps=fps, start_time=0)
    stream = stream.filter("trim", end_frame=min(playback.frames, motion.frames))
    return _fitted(stream, layer, playback.fit, clip.info)


def _input(clip: Clip, at: float) -> dict[str, Any]:
    """reinit_filter: a picture of another size or range in the middle must not start the whole graph anew."""
    options: dict[str, Any] = {**ffmpeg.untrusted_input_options(), "threads": 1, "reinit_filter": 0}
    if clip.info.decoder:
        options["c:v"] = clip.info.decoder
    if at > 0:
        options |= {"ss": f"{at:.6f}", "noaccurate_seek": None}
    return options


def _whole_pictures(stream: Stream, info: MediaInfo, fps: int) -> Stream:
    """Interlaced pictures are made whole; where the video has frames enough, one from each half of them."""
    if not info.interlaced:
        return stream
    each = "send_field" if fps > 1.5 * info.fps else "send_frame"
    same_size = stream.filter("scale", info.stored[0], info.stored[1], interl=-1, flags=SCALER)
    return same_size.filter("bwdif", mode=each, deint="interlaced")


def _fitted(stream: Stream, layer: Layer, fit: str, info: MediaInfo) -> Stream:
    width, height = layer.width, layer.height
    by_height = f"gte(dar,{width}/{height})" if fit == "cover" else f"lt(dar,{width}/{height})"
    size = (f"if({by_height},ceil({height}*dar-0.001),{width})", f"if({by_height},{height},ceil({width}/dar-0.001))")
    stream = stream.filter("scale", *size, flags=SCALER, in_color_matrix=info.matrix)
    if tonemap.unusual(info.transfer, info.primaries):
        stream = tonemap.plain(stream, info.transfer, info.primaries)
    stream = stream.filter("format", "rgba").filter("setsar", 1)
    return stream.filter("crop", width, height) if fit == "cover" else stream
