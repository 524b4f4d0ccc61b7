"""Convert HDR and wide-gamut video to BT.709 SDR, as a filter graph.

The primaries and transfer functions of usual SDR video, SD included, are near enough to BT.709's and are left alone, as
players do: conversion would cost every frame time.

It uses integer lookup tables and a matrix, so that frames are the same on every machine. ffmpeg's filters for this use
vector units, which round differently from machine to machine.
"""

from __future__ import annotations

from vidbuild.media.ffmpeg.filtergraph import Stream
from vidbuild.media.image.icc import KNEE, PEAK, WHITE_NITS
from vidbuild.media.image.primaries import BY_CODE
from vidbuild.media.image.primaries import to_bt709 as to_709

GAMMA = 2.4  # of an SDR display (ITU-R BT.1886)

PQ, HLG = "smpte2084", "arib-std-b67"
LINEAR, SRGB = "linear", "iec61966-2-1"

# ffmpeg's names of the primaries that are converted -> their code points
CONVERTED = {"bt470m": 4, "film": 8, "bt2020": 9, "smpte431": 11, "smpte432": 12}

# ffmpeg's names of what no conversion is known for
UNKNOWN_MATRICES = {
    "ycgco",
    "ycgco-re",
    "ycgco-ro",
    "ictcp",
    "ipt-c2",
    "smpte2085",
    "chroma-derived-nc",
    "chroma-derived-c",
}
UNKNOWN_TRANSFERS = {"log100", "log316", "smpte428"}
UNKNOWN_PRIMARIES = {"smpte428"}


def unknown_colors(matrix: str, transfer: str, primaries: str) -> str:
    """Return what is not converted of video with these tags, by ffmpeg's names, for a message; "" if all is."""
    tags = (
        ("color matrix", matrix, UNKNOWN_MATRICES),
        ("transfer function", transfer, UNKNOWN_TRANSFERS),
        ("primaries", primaries, UNKNOWN_PRIMARIES),
    )
    return ", ".join(f"{what} '{tag}'" for what, tag, unknown in tags if tag in unknown)


def needs_tone_mapping(transfer: str, primaries: str) -> bool:
    """Whether video with these tags, by ffmpeg's names, needs a conversion."""
    return transfer in (PQ, HLG, LINEAR) or primaries in CONVERTED


def to_bt709(stream: Stream, transfer: str, primaries: str) -> Stream:
    """Convert the RGB frames of a stream with these tags to BT.709."""
    stream = _apply_table(stream.filter("format", "gbrp16le"), _linear_light(transfer))
    if primaries in CONVERTED:
        rows = to_709(BY_CODE[CONVERTED[primaries]])
        names = ((to, source) for to in "rgb" for source in "rgb")
        shares = (round(value, 4) for row in rows for value in row)
        stream = stream.filter(
            "colorchannelmixer", **{to + source: share for (to, source), share in zip(names, shares, strict=True)}
        )
    return _apply_table(stream, _code(transfer))


def _code(transfer: str) -> str:
    """Return the code for a channel's linear light: sRGB's for what is meant for computers, else a display's."""
    if transfer in (SRGB, LINEAR):
        return "if(lte(val/maxval,0.0031308),12.92*val/maxval,1.055*pow(val/maxval,1/2.4)-0.055)"
    return f"pow(val/maxval,1/{GAMMA})"


def _apply_table(stream: Stream, value: str) -> Stream:
    """Map each channel through a table. value: the new value, 0 to 1, as an expression of `val` of `maxval`."""
    table = f"maxval*clip({value},0,1)"
    return stream.filter("lutrgb", r=table, g=table, b=table)


def _linear_light(transfer: str) -> str:
    """Return a channel's linear light, relative to SDR white, as an expression."""
    if transfer == PQ:  # SMPTE ST 2084
        power = "st(0,pow(val/maxval,1/78.84375))"
        return f"{power};" + _compress_highlights(
            f"pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),1/0.1593017578125)*{10000 / WHITE_NITS:.6f}"
        )
    if transfer == HLG:  # ITU-R BT.2100, for a display of 1,000 nits
        scene = (
            "st(0,val/maxval);st(1,if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12))"
        )
        return f"{scene};" + _compress_highlights(f"pow(ld(1),1.2)*{PEAK:.6f}")
    if transfer == LINEAR:
        return "val/maxval"
    if transfer == SRGB:
        return "if(lte(val/maxval,0.04045),val/maxval/12.92,pow((val/maxval+0.055)/1.055,2.4))"
    return f"pow(val/maxval,{GAMMA})"


def _compress_highlights(light: str) -> str:
    """Compress highlights so that they end at white, with a Moebius curve that is smooth at the knee."""
    knee2 = KNEE * KNEE
    a = -knee2 * (PEAK - 1) / (knee2 - 2 * KNEE + PEAK)
    b = (knee2 - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
    scale = (b + KNEE) ** 2 / (b - a)
    return f"st(2,{light});if(lte(ld(2),{KNEE}),ld(2),{scale:.8f}*(ld(2){a:+.8f})/(ld(2){b:+.8f}))"
