"""Measure how long a media file is presented, and on which clock; no other module decides it.

The clock is that of ffmpeg's plain decoding of the video and the selected audio: 0 is when the first of them begins,
edit lists apply, packets that are only decoded for others do not count, and times that start again where files were
joined go on. The presentation lasts until the last frame and the last sample end (ISO/IEC 14496-12, 8.6.6).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from vidbuild.frozen import dataclass
from vidbuild.media.ffmpeg import damage, packets
from vidbuild.media.ffmpeg.media_info import MediaInfo
from vidbuild.media.ffmpeg.packets import Track

# Formats without seeking: after a jump, ffmpeg guesses the timestamps of an MPEG program stream, and draws an animated
# image over nothing.
NOT_SEEKABLE = ("mpeg", "gif", "apng", "webp_anim")

TRUNCATED = re.compile(r"partial file|File ended prematurely")

# ffmpeg corrects the times of packets, or those that it lists are not those that it decodes.
CORRECTED = re.compile(r"timestamp discontinuity|Non-monotonic DTS")

# What ffmpeg logs where the times of frames start again, in a format in which it does not go on: the output's stream,
# and the times before and after. To go back by less than this many seconds is the jitter of a recorder.
GOES_BACK = re.compile(r"ost#0:(\d{1,9})/.*Non-monotonic DTS; previous: (-?\d{1,18}), current: (-?\d{1,18});")
RESTART = 0.5

# Seconds of audio to decode for the exact end of it, and by how many that may differ from the end of its last packet.
TAIL, AGREEMENT = 2.0, 1.0

COPY = ("-c", "copy", "-copyinkf")
DECODE = ("-fps_mode", "passthrough", "-enc_time_base:v", "demux", "-c:v", "wrapped_avframe", "-c:a", "pcm_s16le")
ONE_THREAD = ("-threads", "1")


@dataclass(frozen=True, slots=True)
class Presentation:
    """How a media file is presented.

    duration: in seconds, from when the first of its video and its selected audio begins.
    picture_end, audio_end: when these end; 0 without them.
    regular: whether the times of all packets belong to one clock, so that decoding can begin at any of them.
    restart: the end of what is used, if what follows cannot be placed because its times start again.
    damaged: when the first frame or audio is missing because it cannot be decoded, as far as packets show it.
    """

    picture_end: float = 0.0
    audio_end: float = 0.0
    regular: bool = True
    truncated: bool = False
    encrypted: bool = False
    restart: float | None = None
    damaged: float | None = None

    @property
    def duration(self) -> float:
        """The length in seconds."""
        return max(self.picture_end, self.audio_end)


def measure(path: Path, info: MediaInfo, env: Mapping[str, str] | None = None) -> Presentation:
    """Measure a file by all of its packets; decode no more than the end of the audio, unless their times need it."""
    streams = ["-map", "0:V:0"] if info.has_video else []
    streams += ["-map", f"0:a:{info.audio_track - 1}"] if info.audio_track else []
    listing, log = packets.packets(path, env, *streams, *COPY)
    picture, audio = _tracks(listing, info)
    encrypted = any(track.encrypted for track in listing.tracks.values())
    regular = not (CORRECTED.search(log) or any(track.unset for track in listing.tracks.values()))
    restart = None
    if not regular and not encrypted:
        undecodable = info.audio_track and not info.has_audio
        decoded = streams[:2] if undecodable else streams
        listing, log_of_frames = packets.packets(path, env, *decoded, *DECODE, before=ONE_THREAD)
        picture, decoded_audio = _tracks(listing, info)
        audio = audio if undecodable else decoded_audio
        restart = _restart(log_of_frames, listing)
    picture_end, audio_end = _last_frame_end(picture, info), audio.end
    if regular and info.has_audio and audio.count:
        audio_end = _decoded_end(path, info, audio.end, env)
    truncated = TRUNCATED.search(log) is not None
    broken = None if truncated or encrypted else damage.first(path, streams, DECODE, log, env, declared=info.duration)
    return Presentation(
        picture_end=picture_end if restart is None else min(picture_end, restart),
        audio_end=audio_end if restart is None else min(audio_end, restart),
        regular=regular and info.format not in NOT_SEEKABLE,
        truncated=truncated,
        encrypted=encrypted,
        restart=restart,
        damaged=broken,
    )


def is_encrypted(path: Path, env: Mapping[str, str] | None = None) -> bool:
    """Return whether the first packets of a file say that they are encrypted."""
    streams = ("-map", "0:V:0?", "-map", "0:a:0?", *COPY, "-t", "1")
    listing, _ = packets.packets(path, env, *streams, check=False)
    return any(track.encrypted for track in listing.tracks.values())


def _restart(log: str, listing: packets.Listing) -> float | None:
    """Return when the last stream ends before the times of decoded frames start again; None if they never do."""
    ends = []
    for index, *times in GOES_BACK.findall(log):
        track = listing.tracks.get(int(index), Track())
        previous, current = (float(int(time) * track.base) for time in times)
        if previous - current > RESTART:
            ends.append(previous + track.shortest)
    return max(ends[: len(listing.tracks)], default=None)


def _tracks(listing: packets.Listing, info: MediaInfo) -> tuple[Track, Track]:
    picture = listing.tracks.get(0, Track()) if info.has_video else Track()
    audio = listing.tracks.get(1 if info.has_video else 0, Track()) if info.audio_track else Track()
    return picture, audio


def _last_frame_end(picture: Track, info: MediaInfo) -> float:
    """Return when the picture ends. If the last frame has no length, it is as long as the shortest of the others."""
    if not picture.count or picture.last_length:
        return picture.end
    return max(picture.end, picture.last + (picture.shortest or (1 / info.fps if info.fps else 0.0)))


def _decoded_end(path: Path, info: MediaInfo, end: float, env: Mapping[str, str] | None) -> float:
    """Return when the audio ends by its samples: the last packet can hold some that are not presented."""
    begin = 0.0 if info.format in NOT_SEEKABLE else max(0.0, end - TAIL)
    seek = ("-copyts", "-ss", f"{begin:.6f}", "-noaccurate_seek") if begin else ("-copyts",)
    decode = ("-map", f"0:a:{info.audio_track - 1}", "-c:a", "pcm_s16le")
    listing, _ = packets.packets(path, env, *decode, before=seek, check=False)
    audio = listing.tracks.get(0, Track())
    found = audio.end - info.start
    return found if audio.count and abs(found - end) < AGREEMENT else end
