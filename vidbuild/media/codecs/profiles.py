"""The settings of the encoders for VP9, AV1 and HEVC, and the output options of ffmpeg for them.

All settings are in the key of a render step. Each encoder runs in one thread: by itself, none of them makes the same
bytes with another number of threads. A scene's frames are independent of what is encoded beside them, so the steps of
several scenes use several processors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vidbuild.media.h264 import encode
from vidbuild.media.h264.encode import COLOR_TAGS

H264, VP9, AV1, HEVC = "h264", "vp9", "av1", "hevc"
ENCODERS: Mapping[str, str] = {H264: "libx264", VP9: "libvpx-vp9", AV1: "libsvtav1", HEVC: "libx265"}
SUFFIXES: Mapping[str, str] = {H264: ".h264", VP9: ".ivf", AV1: ".ivf", HEVC: ".hevc"}
DEMUXERS: Mapping[str, str] = {H264: "h264", VP9: "ivf", AV1: "ivf", HEVC: "hevc"}  # in ffmpeg, of segments
_NAMES = {encoder: codec for codec, encoder in ENCODERS.items()}

# g: a distance that is never reached, since the key frames are chosen (see bands.py).
_NO_KEYS = 1 << 20
_COMMON: Mapping[str, Any] = {"pixels": "yuv420p", "keyint_seconds": 10, "holds": "repeated", "threads": 1}

# Of each encoder, frames are shown in the order in which they are encoded, and each is kept by the decoder, so that
# those that change can be encoded one after the other, and shown again as long as nothing does.
#
# As for H.264, the settings preserve the dither of dark smooth backgrounds, which otherwise turns into visible banding.
# VP9: the realtime mode takes a tenth of the time, more bytes, and has no dither left. Speed 4 has less than 5.
# AV1: a preset over 8 has no tools for screen content, and takes half as many bytes again.
# HEVC: no temporal candidates and no filters across frames, so that a frame of skipped blocks repeats the one before.
_PROFILES: Mapping[str, Mapping[str, Any]] = {
    VP9: {
        "codec": ENCODERS[VP9],
        "options": {
            "crf": 21,
            "b:v": 0,
            "deadline": "good",
            "cpu-used": 5,
            "lag-in-frames": 0,
            "auto-alt-ref": 0,
            "row-mt": 0,
            "tile-columns": 0,
            "tune-content": "screen",
            "g": _NO_KEYS,
        },
    },
    AV1: {
        "codec": ENCODERS[AV1],
        "after_keys": True,
        "options": {
            "crf": 22,
            "preset": 8,
            "g": -1,
            "svtav1-params": "lp=1:pred-struct=1:hierarchical-levels=0:scm=1:keyint=-1:"
            "enable-variance-boost=1:variance-boost-strength=3",
        },
    },
    HEVC: {
        "codec": ENCODERS[HEVC],
        "options": {
            "crf": 23,
            "preset": "superfast",
            "g": _NO_KEYS,
            "x265-params": "pools=none:frame-threads=1:wpp=0:bframes=0:ref=1:weightp=0:scenecut=0:rc-lookahead=0:"
            "open-gop=0:keyint=-1:min-keyint=1:sao=0:temporal-mvp=0:max-merge=1:info=0:repeat-headers=1:aud=0:"
            "cutree=0:aq-mode=3:aq-strength=0.8:log-level=error",
        },
    },
}


def profile(codec: str, name: str) -> dict[str, Any]:
    """Return the settings of a codec. name: of an H.264 profile (see encode.py)."""
    if codec == H264:
        return dict(encode.PROFILES[name])
    return {**_COMMON, **_PROFILES[codec]}


def codec_of(settings: Mapping[str, Any]) -> str:
    """Return the codec that a profile is of."""
    return _NAMES[settings["codec"]]


def segment(codec: str) -> str:
    """Return the name of the file of a segment."""
    return f"segment{SUFFIXES[codec]}"


def options(settings: Mapping[str, Any], fps: int, keys: Collection[int]) -> dict[str, Any]:
    """Return the output options for one stream. keys: the only key frames, as positions in it."""
    # A quarter of a frame early: ffmpeg picks the first frame at or after a time, and times are rounded.
    times = ",".join(f"{max(0, key - 0.25) / fps:.6f}" for key in sorted(keys))
    codec = codec_of(settings)
    return {
        "format": "hevc" if codec == HEVC else "ivf",
        "c:v": settings["codec"],
        "pix_fmt": settings["pixels"],
        "r": fps,
        "force_key_frames": times,
        **({"forced-idr": 1} if codec == HEVC else {}),
        "threads:v": settings["threads"],
        "flags:v": "+bitexact+cgop",
        **settings["options"],
        **COLOR_TAGS,
    }
