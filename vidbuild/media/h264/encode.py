"""The encoder's settings for H.264, and the output options of ffmpeg for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

_STANDARD = {
    "codec": "libx264",
    "profile": "high",
    "preset": "veryfast",
    "preset_layout": "superfast",
    "crf": 19,
    "pixels": "yuv420p",
    "keyint_seconds": 10,
    "threads": 1,
    "x264": "bframes=0:ref=1:weightp=0:open-gop=0:scenecut=0:force-cfr=1:stitchable=1:cpu-independent=1:rc-lookahead=0:"
    "aq-mode=1:aq-strength=1.2:deadzone-intra=6:mbtree=0:qcomp=1",
    "x264_layout": "subme=0",
    "holds": "skipped",
}
# The settings of every segment. All of them are in the key of a render step, also the thread count, which changes the
# bytes.
#
# preset_layout: the preset for bands, and for whole frames in which nothing large moves. What is typeset or fades
# changes so simply that a slower preset takes a quarter more time and saves no bytes. Of moving pictures, it saves 4 %.
# x264_layout: more settings for frames in which nothing large moves. Layers move by whole pixels, so a search for
# fractions of one takes a twentieth of the time for nothing.
# holds: whether frames that repeat the one before are "skipped" (written without any encoding) or "encoded".
# stitchable: the parameter sets do not depend on the frames, so all bands and segments have the same ones.
# cpu-independent: otherwise x264 decides differently on processors with other vector units.
# aq-mode=1, its strength and the dead zone preserve the dither of dark smooth backgrounds, which would otherwise turn
# into visible banding. In this mode, the quality of a block depends on that block alone, not on its frame or band.
# mbtree=0, qcomp=1: the first frame has its final quality, and its repetitions cost little. By default, x264 improves
# it over several frames. Lookahead has no use then.
# keyint_seconds: how far a player must decode after a seek; decoding skipped frames is very fast.
PROFILES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "standard": MappingProxyType(_STANDARD),
        "compat": MappingProxyType({**_STANDARD, "keyint_seconds": 5, "holds": "encoded"}),
    }
)

COLOR_TAGS: Mapping[str, str] = {
    "color_range": "tv",
    "colorspace": "bt709",
    "color_primaries": "bt709",
    "color_trc": "bt709",
}


def settings(
    profile: Mapping[str, Any],
    fps: int,
    level: int,
    keys: Collection[int] = (),
    slices: int = 0,
    *,
    moving: bool = True,
) -> dict[str, Any]:
    """Return the output options for one stream: one reference frame, and the same bytes at every run.

    level: the level_idc of the whole video, which cannot be derived from a band.
    keys: the only key frames; if empty, there is one every keyint_seconds.
    slices: macroblocks per slice; slices are then independent of each other. 0: one slice per frame.
    moving: whether something large moves in the frames, or a clip plays.
    """
    keyint = profile["keyint_seconds"] * fps
    x264 = profile["x264"] + ("" if moving else f":{profile['x264_layout']}") + f":level={level}"
    options: dict[str, Any] = {"g": keyint, "keyint_min": keyint}
    if keys:
        x264 += ":keyint=infinite" + (f":slice-max-mbs={slices}:no-deblock=1" if slices else "")
        # A quarter of a frame early: ffmpeg picks the first frame at or after a time, and times are rounded.
        times = ",".join(f"{max(0, key - 0.25) / fps:.6f}" for key in sorted(keys))
        options = {"force_key_frames": times, "forced-idr": 1}
    return {
        "format": "h264",
        "c:v": profile["codec"],
        "profile:v": profile["profile"],
        "preset:v": profile["preset_layout" if slices or not moving else "preset"],
        "crf": profile["crf"],
        "pix_fmt": profile["pixels"],
        "r": fps,
        **options,
        "threads:v": profile["threads"],
        "x264-params": x264,
        "flags:v": "+bitexact+cgop",
        **COLOR_TAGS,
    }
