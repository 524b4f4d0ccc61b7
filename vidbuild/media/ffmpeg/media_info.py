"""The facts that probing finds in a media file."""

from __future__ import annotations

from vidbuild.frozen import dataclass


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What a media file contains. If it has several video streams, all video facts are those of the first.

    format: ffmpeg's name of the container format.
    start: the time in the file, in seconds, that ffmpeg counts as 0.
    duration: length in seconds, as presentation.py defines it.
    width, height: display size in pixels: upright and with square pixels.
    sar: sample aspect ratio, the width of a stored pixel divided by its height.
    fps: frame rate, or the rate of ticks if the file names no frame rate.
    rate: average frame rate in frames per second; 0 if the file does not name it.
    pixel_format: ffmpeg's name of the pixel format.
    matrix: YCbCr coefficients by names of ffmpeg's scaler; inferred if the file names none, or one that it lacks.
    matrix_tag: ffmpeg's name of the coefficients that the file names; "" if it names none.
    transfer, primaries: transfer function and color primaries by ffmpeg's names; "" if the file does not name them.
    full_range: whether samples use the full range.
    interlaced: whether frames are stored as two fields.
    stored: width and height in pixels as stored in the file.
    decoder: decoder to request by name, because the default one ignores transparency; "" for the default.
    videos: number of video streams.
    lead: seconds from the start of the file to the first frame.
    damaged: when the first frame or audio is missing because it cannot be decoded; None if there is no sign of damage.
    truncated: whether the file breaks off; `duration` is then the length of what is left.
    regular: whether decoding can begin anywhere in it (see presentation.py).
    restart: where `duration` ends because the times of what follows start again; None if they never do.
    has_audio: whether the selected audio track can be decoded.
    audio_tracks: number of audio tracks.
    audio_track: the selected audio track, counted from 1; 0 without any.
    audio_codec: ffmpeg's name of the selected track's codec.
    audio_empty: whether the selected track has no packets.
    channels: audio channels.
    sample_rate: audio sample rate in Hz.
    """

    format: str
    duration: float
    start: float = 0.0
    has_video: bool = False
    width: int = 0
    height: int = 0
    sar: float = 1.0
    fps: float = 0.0
    rate: float = 0.0
    pixel_format: str = ""
    matrix: str = "bt709"
    matrix_tag: str = ""
    transfer: str = ""
    primaries: str = ""
    full_range: bool = False
    interlaced: bool = False
    stored: tuple[int, int] = (0, 0)
    decoder: str = ""
    videos: int = 0
    lead: float = 0.0
    truncated: bool = False
    damaged: float | None = None
    regular: bool = True
    restart: float | None = None
    has_audio: bool = False
    audio_tracks: int = 0
    audio_track: int = 0
    audio_codec: str = ""
    audio_empty: bool = False
    channels: int = 0
    sample_rate: int = 0
