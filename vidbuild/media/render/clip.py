"""Build the filter graph for a clip's frames at the video's rate and the size of its box.

Frame k shows what the clip shows in the middle of it, at start + (k + 1/2) * speed / fps. At normal speed, no frame is
more than half a frame early or late, and recordings whose timestamps jitter by a few milliseconds still play evenly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from vidbuild.errors import StepError
from vidbuild.focal_point import MIDDLE
from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import ffmpeg, filtergraph
from vidbuild.media.ffmpeg.filtergraph import SCALER, Stream
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.seek import seek_point
from vidbuild.media.render import tonemap
from vidbuild.media.render.drawing import Layer
from vidbuild.media.render.motion import Motion
from vidbuild.media.render.playback import Piece, Playback

# Offset in microseconds that breaks ties: a clip's frame in the exact middle of an output frame goes to the next one,
# even if its timestamp is rounded to milliseconds. No timestamp in a usual unit is in the exact middle after adding so
# odd a number, so rounding by a microsecond decides nothing.
TIE_US = 447

# Formats whose timestamps ffmpeg counts from the first packet that it reads, if that is later than the seek position.
TIMES_FROM_FIRST_PACKET = ("mpegts", "mpeg", "ogg")

# So many seconds are decoded faster than a later seek point is found.
NEAR_SECONDS = 2

# Frames of a short pass that are kept in memory while it is repeated.
KEPT_BYTES = 128 << 20

# Pixels around an enlarged part that the scaler reads, and the most pixels that one color sample is for.
REACH = 4
SAMPLES = 4

PROBE_PACKETS = 2500  # ffmpeg's default


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip's file and the facts about it.

    seek_points: (time to show, time from which to decode it) in seconds. Everything can be decoded from 0.
    companion: the audio stream that ffmpeg must read too, "" for none.
    until: up to which time it is read, in seconds.
    """

    path: Path
    info: MediaInfo
    seek_points: tuple[tuple[float, float], ...] = ()
    companion: str = ""
    until: float = 0.0

    def seek_point(self, start: float) -> float:
        """Return from where to decode the frames from `start` on, in seconds."""
        return max((point for point in self.seek_points if point[0] <= start), default=(0.0, 0.0))[1]

    def time_origin(self, seek: float) -> float:
        """Return the time in the file that ffmpeg counts as 0 if it decodes only video from a seek point."""
        late = self.info.format in TIMES_FROM_FIRST_PACKET and not self.companion
        return max(seek, self.info.lead) if late else seek


def open_clip(path: Path, motion: Motion, env: Mapping[str, str], again: Iterable[int] = ()) -> Clip | None:
    """Probe a motion's clip; return None if the motion has none. Raise StepError if the file has no video.

    again: frames of the motion from which on another layer shows the clip too.
    """
    if motion.clip is None:
        return None
    from vidbuild.media.ffmpeg.presentation import NOT_SEEKABLE
    from vidbuild.media.ffmpeg.probe import describe

    info = describe(path, env=env, field="src")
    if not info.has_video:
        raise StepError("the clip has audio but no video", field="src")
    if info.format in NOT_SEEKABLE or not motion.clip.regular:
        return Clip(path, info, companion=motion.clip.companion, until=_end_seconds(motion.clip, motion))
    starts = {start_seconds(motion)}
    if motion.frames > NEAR_SECONDS * motion.fps:  # the last frame alone is rendered too, as the scene's thumbnail
        starts.add(start_seconds(motion.window(motion.frames - 1, 1)))
    starts.update(start_seconds(motion.window(frame, 1)) for frame in again if frame < motion.frames)
    if motion.clip.repeats:
        starts.add(motion.clip.seconds(0, motion.fps))
    if motion.clip.poster_ms is not None:
        starts.add(motion.clip.poster_ms / 1000)
    return Clip(path, info, tuple((start, seek_point(path, start, env)) for start in sorted(starts) if start > 0))


def start_seconds(motion: Motion) -> float:
    """Return the time in the clip's file at which a motion's first frame begins."""
    return 0.0 if motion.clip is None else motion.clip.seconds(motion.clip.skip, motion.fps)


def _end_seconds(playback: Playback, motion: Motion) -> float:
    """Return the time up to which the file is read."""
    skip = max(piece.skip for piece in playback.pieces(motion.frames))
    end = playback.seconds(skip + motion.frames + 1, motion.fps)
    return end if playback.poster_ms is None else max(end, playback.poster_ms / 1000 + 1)


def clip_frames(clip: Clip | None, layer: Layer, motion: Motion, options: Mapping[str, Any]) -> Stream:
    """Return a clip's frames from the one that is visible at its start on. options: input options.

    At its start, the last frame until then is visible, which may be much older in a recording with a variable frame
    rate. One thread decodes: several threads decode a corrupt file differently each time.
    """
    playback = motion.clip
    if playback is None or clip is None:
        raise StepError(f"layer '{layer.name}' needs a clip, but there is none")
    source = _Source(clip, layer, playback, motion.fps, options)
    stream = _repeated(source, list(playback.pieces(motion.frames)))
    if playback.freezes:
        longer = [(playback.played(freeze.frame) + 1, freeze.frames) for freeze in playback.freezes]
        stream = filtergraph.delayed(stream, longer, motion.fps)
    if playback.hold and playback.poster_ms is not None:
        poster = source.frames(playback.poster_ms / 1000, 1, -1).filter("loop", loop=playback.hold - 1, size=1)
        return _one_after_the_other([poster.filter("setpts", "N"), stream], motion.fps)
    return stream.filter("tpad", start=playback.hold, start_mode="clone") if playback.hold else stream


@dataclass(frozen=True, slots=True)
class _Source:
    """A clip's file as inputs of a filter graph."""

    clip: Clip
    layer: Layer
    playback: Playback
    fps: int
    options: Mapping[str, Any]

    def piece(self, piece: Piece, number: int) -> Stream:
        """Return the frames of a piece. number: of the input, since each of them is read separately."""
        return self.frames(self.playback.seconds(piece.skip, self.fps), piece.frames, number)

    def frames(self, start: float, count: int, number: int) -> Stream:
        """Return frames that follow each other, from a time in the file on."""
        clip, fps, speed = self.clip, self.fps, self.playback.speed
        seek = clip.seek_point(start)
        elapsed_us = round((start - clip.time_origin(seek)) * 1_000_000)
        options = {**_input_options(clip, seek), **self.options}
        if number:
            options["max_probe_packets"] = PROBE_PACKETS + number  # without effect
        stream = filtergraph.source(f"file:{clip.path}", options)["V:0"]
        stream = _deinterlace(stream, clip.info, fps / speed)
        time = f"PTS{TIE_US - elapsed_us:+d}"
        stream = stream.filter("settb", "AVTB").filter("setpts", time if speed == 1 else f"({time})/{speed!r}")
        stream = stream.filter("tpad", stop=-1, stop_mode="clone").filter("fps", fps=fps, start_time=0)
        return _fit(stream.filter("trim", end_frame=count), self.layer, self.playback, clip.info)


def _repeated(source: _Source, pieces: Sequence[Piece]) -> Stream:
    """Return the frames of pieces one after the other.

    A short pass is decoded once, and its frames are kept; a long one is decoded again each time.
    """
    if len(pieces) == 1:
        return source.piece(pieces[0], 0)
    whole = [piece for piece in pieces[1:] if piece == pieces[1]]
    streams = [source.piece(pieces[0], 0)]
    if len(whole) > 1 and whole[0].frames * source.layer.width * source.layer.height * 4 <= KEPT_BYTES:
        again = source.piece(whole[0], 1).filter("loop", loop=len(whole) - 1, size=whole[0].frames)
        streams.append(again.filter("setpts", "N"))
        streams += [source.piece(piece, 2) for piece in pieces[1 + len(whole) :]]
    else:
        streams += [source.piece(piece, number) for number, piece in enumerate(pieces[1:], 1)]
    return _one_after_the_other(streams, source.fps)


def _one_after_the_other(streams: Sequence[Stream], fps: int) -> Stream:
    return filtergraph.frame_timebase(filtergraph.concatenate(streams), fps).filter("setpts", "N")


def read_companions(arguments: list[str], *clips: Clip | None) -> list[str]:
    """Return ffmpeg's arguments, with the companion of each clip that needs one read and discarded.

    Where the times of a file start again, ffmpeg goes on from the last packet of any stream that it reads.
    """
    found = {f"file:{clip.path}": clip for clip in clips if clip is not None and clip.companion}
    inputs = [name for option, name in pairwise(arguments) if option == "-i"]
    read = [(index, found[name]) for index, name in enumerate(inputs) if name in found]
    outputs = [
        ("-map", f"{index}:{clip.companion}", "-c", "copy", "-t", f"{clip.until:.6f}", "-f", "null", "-")
        for index, clip in read
    ]
    return [*arguments, *chain.from_iterable(outputs)]


def _input_options(clip: Clip, seek: float) -> dict[str, Any]:
    # reinit_filter: a frame of another size or range must not restart the whole graph
    options: dict[str, Any] = {**ffmpeg.untrusted_input_options(), "threads": 1, "reinit_filter": 0}
    if clip.info.decoder:
        options["c:v"] = clip.info.decoder
    if seek > 0:
        options |= {"ss": f"{seek:.6f}", "noaccurate_seek": None}
    return options


def _deinterlace(stream: Stream, info: MediaInfo, fps: float) -> Stream:
    """Deinterlace interlaced video: to one frame per field if the output's frame rate is high enough."""
    if not info.interlaced:
        return stream
    mode = "send_field" if fps > 1.5 * info.fps else "send_frame"
    same_size = stream.filter("scale", info.stored[0], info.stored[1], interl=-1, flags=SCALER)
    return same_size.filter("bwdif", mode=mode, deint="interlaced")


def _fit(stream: Stream, layer: Layer, playback: Playback, info: MediaInfo) -> Stream:
    """Scale frames to the layer's box and convert them to BT.709 RGB."""
    if layer.enlarged is not None:
        return _enlarge(stream, layer, layer.enlarged.part, info)
    width, height = layer.width, layer.height
    covers = playback.fit == "cover"
    by_height = f"gte(dar,{width}/{height})" if covers else f"lt(dar,{width}/{height})"
    size = (f"if({by_height},ceil({height}*dar-0.001),{width})", f"if({by_height},{height},ceil({width}/dar-0.001))")
    stream = _to_rgb(stream, *size, info)
    if not covers:
        return stream
    if playback.focus == MIDDLE:
        return stream.filter("crop", width, height)
    x, y = (
        f"clip({share!r}*i{side}-o{side}/2,0,i{side}-o{side})" for share, side in zip(playback.focus, "wh", strict=True)
    )
    return stream.filter("crop", width, height, x, y)


def _enlarge(stream: Stream, layer: Layer, part: tuple[float, float, float, float], info: MediaInfo) -> Stream:
    """Scale a part of the frames, with what the scaler reads around it, and cut it to the layer's box."""
    size = info.width, info.height
    stream = stream.filter("scale", *size, flags=SCALER)  # without effect on upright frames with square pixels
    corner: list[int] = []
    length: list[int] = []
    target: list[int] = []
    inside: list[int] = []
    for axis, own in enumerate((layer.width, layer.height)):
        begin, extent = part[axis] * size[axis], part[axis + 2] * size[axis]
        factor = own / extent
        reach = REACH * max(1.0, 1 / factor)
        start = max(0, math.floor((begin - reach) / SAMPLES) * SAMPLES)
        end = min(size[axis], math.ceil((begin + extent + reach) / SAMPLES) * SAMPLES)
        scaled = max(own, round((end - start) * factor))
        corner.append(start)
        length.append(end - start)
        target.append(scaled)
        inside.append(min(round((begin - start) * factor), scaled - own))
    cropped = stream.filter("crop", *length, *corner)
    return _to_rgb(cropped, target[0], target[1], info).filter("crop", layer.width, layer.height, *inside)


def _to_rgb(stream: Stream, width: int | str, height: int | str, info: MediaInfo) -> Stream:
    """Scale frames to a size and convert them to BT.709 RGB."""
    stream = stream.filter("scale", width, height, flags=SCALER, in_color_matrix=info.matrix)
    if tonemap.needs_tone_mapping(info.transfer, info.primaries):
        stream = tonemap.to_bt709(stream, info.transfer, info.primaries)
    return stream.filter("format", "rgba").filter("setsar", 1)
