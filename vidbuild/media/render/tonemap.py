"""Tone mapping: convert HDR and wide-gamut video to BT.709 SDR, as a filter graph.

It uses integer lookup tables and a matrix, so that frames are the same on every machine. ffmpeg's filters for this use
vector units, which round differently from machine to machine.
"""

from __future__ import annotations

from vidbuild.media.ffmpeg.filtergraph import Stream

WHITE = 203.0  # nits of HDR reference white (ITU-R BT.2408)
PEAK = 1000.0 / WHITE  # brighter light is mapped to white
KNEE = 0.3  # share of white below which nothing changes
GAMMA = 2.4  # of an SDR display (ITU-R BT.1886)

PQ, HLG = "smpte2084", "arib-std-b67"
BT2020 = "bt2020"

# ITU-R BT.2087: BT.2020 primaries to BT.709 primaries, in linear light
MATRIX = {
    "rr": 1.6605, "rg": -0.5876, "rb": -0.0728,
    "gr": -0.1246, "gg": 1.1329, "gb": -0.0083,
    "br": -0.0182, "bg": -0.1006, "bb": 1.1187,
}  # fmt: skip


def needs_tone_mapping(transfer: str, primaries: str) -> bool:
    """Whether video with these tags, by ffmpeg's names, needs a conversion."""
    return transfer in (PQ, HLG) or primaries == BT2020


def to_bt709(stream: Stream, transfer: str, primaries: str) -> Stream:
    """Convert the RGB frames of a stream with these tags to BT.709."""
    stream = _apply_table(stream.filter("format", "gbrp16le"), _linear_light(transfer))
    if primaries == BT2020:
        stream = stream.filter("colorchannelmixer", **MATRIX)
    return _apply_table(stream, f"pow(val/maxval,1/{GAMMA})")


def _apply_table(stream: Stream, value: str) -> Stream:
    """Map each channel through a table. value: the new value, 0 to 1, as an expression of `val` of `maxval`."""
    table = f"maxval*clip({value},0,1)"
    return stream.filter("lutrgb", r=table, g=table, b=table)


def _linear_light(transfer: str) -> str:
    """Return a channel's linear light, relative to SDR white, as an expression."""
    if transfer == PQ:  # SMPTE ST 2084
        power = "st(0,pow(val/maxval,1/78.84375))"
        return f"{power};" + _compress_highlights(
            f"pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),1/0.1593017578125)*{10000 / WHITE:.6f}"
        )
    if transfer == HLG:  # ITU-R BT.2100, for a display of 1,000 nits
        scene = (
            "st(0,val/maxval);st(1,if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12))"
        )
        return f"{scene};" + _compress_highlights(f"pow(ld(1),1.2)*{PEAK:.6f}")
    return f"pow(val/maxval,{GAMMA})"


def _compress_highlights(light: str) -> str:
    """Compress highlights so that they end at white, with a Moebius curve that is smooth at the knee."""
    knee2 = KNEE * KNEE
    a = -knee2 * (PEAK - 1) / (knee2 - 2 * KNEE + PEAK)
    b = (knee2 - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
    scale = (b + KNEE) ** 2 / (b - a)
    return f"st(2,{light});if(lte(ld(2),{KNEE}),ld(2),{scale:.8f}*(ld(2){a:+.8f})/(ld(2){b:+.8f}))"
