"""How pictures become H.264, and the arguments that say so; it knows nothing of what is in the pictures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

_PLAIN = {
    "codec": "libx264",
    "profile": "high",
    "preset": "veryfast",
    "preset_bands": "superfast",
    "crf": 19,
    "pixels": "yuv420p",
    "keyint_seconds": 10,
    "threads": 1,
    "x264": "bframes=0:ref=1:weightp=0:open-gop=0:scenecut=0:force-cfr=1:stitchable=1:cpu-independent=1:rc-lookahead=0:"
    "aq-mode=1:aq-strength=1.2:deadzone-intra=6:mbtree=0:qcomp=1",
    "holds": "skipped",
}
PROFILES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "standard": MappingProxyType(_PLAIN),
        "compat": MappingProxyType({**_PLAIN, "keyint_seconds": 5, "holds": "encoded"}),
    }
)
"""The settings of every segment, all of them in a film step's key: the thread count too, since it changes the bytes.

preset_bands: of pictures that are divided into bands: what is typeset moves so simply that looking for more than that
costs a quarter more time and makes no fewer bytes.
holds: frames that look as the one before are "skipped" (written without coding anything) or "encoded" as any other.
stitchable: what is in a picture decides nothing in the parameter sets, so that all bands and segments have the same.
cpu-independent: x264 otherwise decides differently on processors with other vector units.
aq-mode=1, its strength and the dead zone keep the dither of dark, smooth backgrounds, which else become visible bands;
it is the mode in which a block's quality depends on that block alone, not on what else is in its picture or band.
mbtree=0, qcomp=1: a picture is as good from its first frame on as it ever gets, and those that repeat it cost little;
by default x264 spends its bits on making it better bit by bit. Nothing is left for which it would have to look ahead.
keyint_seconds: how far a player has to decode from where it is sent to; skipped frames are decoded in no time.
"""

COLOUR: Mapping[str, str] = {
    "color_range": "tv",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
}


def settings(
    profile: Mapping[str, Any], fps: int, level: int, keys: Collection[int] = (), slices: int = 0
) -> dict[str, Any]:
    """The output options for one stream: one reference, key frames only at these frames, the same bytes at every run.

    level: the video's level_idc, which a band alone does not tell. No keys: one every keyint_seconds. slices: of how
    many macroblocks, which then have nothing to do with each other; none: a picture is one slice.
    """
    keyint = profile["keyint_seconds"] * fps
    x264 = profile["x264"] + f":level={level}"
    options: dict[str, Any] = {"g": keyint, "keyint_min": keyint}
    if keys:
        x264 += ":keyint=infinite" + (f":slice-max-mbs={slices}:no-deblock=1" if slices else "")
        # A quarter of a frame early: the times are rounded, and a frame is taken for the first one that is not before.
        times = ",".join(f"{max(0, key - 0.25) / fps:.6f}" for key in sorted(keys))
        options = {"force_key_frames": times, "forced-idr": 1}
    return {
        "format": "h264",
        "c:v": profile["codec"],
        "profile:v": profile["profile"],
        "preset:v": profile["preset_bands" if slices else "preset"],
        "crf": profile["crf"],
        "pix_fmt": profile["pixels"],
        "r": fps,
        **options,
        "threads:v": profile["threads"],
        "x264-params": x264,
        "flags:v": "+bitexact+cgop",
        **COLOUR,
    }
