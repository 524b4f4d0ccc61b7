"""Brings pictures with more brightness or more colours than a plain screen has to what it can show, as a filter graph.

It works with tables of whole numbers and a matrix, so that its pictures are the same on every machine: the filters
that are made for this calculate with vector units that round in ways of their own.
"""

from __future__ import annotations

from vidbuild.media.ffmpeg.filtergraph import Stream

WHITE = 203.0  # nits of a white page in a picture with highlights (ITU-R BT.2408)
PEAK = 1000.0 / WHITE  # what is brighter is white
KNEE = 0.3  # below this share of white nothing changes
GAMMA = 2.4  # of a plain screen (ITU-R BT.1886)

PQ, HLG = "smpte2084", "arib-std-b67"
WIDE = "bt2020"

# ITU-R BT.2087: BT.2020's primaries to BT.709's, in light
MATRIX = {
    "rr": 1.6605, "rg": -0.5876, "rb": -0.0728,
    "gr": -0.1246, "gg": 1.1329, "gb": -0.0083,
    "br": -0.0182, "bg": -0.1006, "bb": 1.1187,
}  # fmt: skip


def unusual(transfer: str, primaries: str) -> bool:
    """Whether a picture with these tags, as ffmpeg names them, needs anything done."""
    return transfer in (PQ, HLG) or primaries == WIDE


def plain(stream: Stream, transfer: str, primaries: str) -> Stream:
    """The RGB pictures of a stream with these tags, as BT.709."""
    stream = _mapped(stream.filter("format", "gbrp16le"), _light(transfer))
    if primaries == WIDE:
        stream = stream.filter("colorchannelmixer", **MATRIX)
    return _mapped(stream, f"pow(val/maxval,1/{GAMMA})")


def _mapped(stream: Stream, share: str) -> Stream:
    """Each channel by a table; share: the new value from 0 to 1 of the old one, `val` of `maxval`."""
    table = f"maxval*clip({share},0,1)"
    return stream.filter("lutrgb", r=table, g=table, b=table)


def _light(transfer: str) -> str:
    """A channel's light as a share of a plain screen's white."""
    if transfer == PQ:  # SMPTE ST 2084
        power = "st(0,pow(val/maxval,1/78.84375))"
        return f"{power};" + _pressed(
            f"pow(max(ld(0)-0.8359375,0)/(18.8515625-18.6875*ld(0)),1/0.1593017578125)*{10000 / WHITE:.6f}"
        )
    if transfer == HLG:  # ITU-R BT.2100, for a screen of 1,000 nits
        scene = (
            "st(0,val/maxval);st(1,if(lte(ld(0),0.5),ld(0)*ld(0)/3,(exp((ld(0)-0.55991073)/0.17883277)+0.28466892)/12))"
        )
        return f"{scene};" + _pressed(f"pow(ld(1),1.2)*{PEAK:.6f}")
    return f"pow(val/maxval,{GAMMA})"


def _pressed(light: str) -> str:
    """Highlights pressed together so that they end at white (a Moebius curve that leaves the knee without a bend)."""
    knee2 = KNEE * KNEE
    a = -knee2 * (PEAK - 1) / (knee2 - 2 * KNEE + PEAK)
    b = (knee2 - 2 * KNEE * PEAK + PEAK) / (PEAK - 1)
    scale = (b + KNEE) ** 2 / (b - a)
    return f"st(2,{light});if(lte(ld(2),{KNEE}),ld(2),{scale:.8f}*(ld(2){a:+.8f})/(ld(2){b:+.8f}))"
