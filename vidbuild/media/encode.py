"""How pictures become H.264, and the arguments that say so; it knows nothing of what is in the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROFILE: Mapping[str, Any] = {
    "codec": "libx264",
    "profile": "high",
    "preset": "veryfast",
    "crf": 19,
    "pixels": "yuv420p",
    "keyint_seconds": 5,
    "threads": 1,
    "x264": "bframes=0:ref=1:weightp=0:open-gop=0:scenecut=0:force-cfr=1:cpu-independent=1:"
    "aq-mode=3:aq-strength=1.3:deadzone-intra=6:mbtree=0:qcomp=1",
}
"""The settings of every segment, all of them in a film step's key: the thread count too, since it changes the bytes.

cpu-independent: x264 otherwise decides differently on processors with other vector units.
aq-mode=3, its strength and the dead zone keep the dither of dark, smooth backgrounds, which else become visible bands.
mbtree=0, qcomp=1: a picture is as good from its first frame on as it ever gets, and those that repeat it cost little;
by default x264 spends its bits on making it better bit by bit.
keyint_seconds: how far a player has to decode from where it is sent to.
"""

COLOUR: Mapping[str, str] = {
    "color_range": "tv",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
}


def settings(profile: Mapping[str, Any], fps: int) -> dict[str, Any]:
    """The output options for one segment: closed groups of pictures, one reference, the same bytes at every run."""
    keyint = profile["keyint_seconds"] * fps
    return {
        "format": "h264",
        "c:v": profile["codec"],
        "profile:v": profile["profile"],
        "preset:v": profile["preset"],
        "crf": profile["crf"],
        "pix_fmt": profile["pixels"],
        "g": keyint,
        "keyint_min": keyint,
        "threads:v": profile["threads"],
        "x264-params": profile["x264"],
        "flags:v": "+bitexact+cgop",
        **COLOUR,
    }
