"""Make a segment of frames that are encoded whole: those that change, and repetitions of them in between.

A segment is an IVF file of VP9 or AV1, or an HEVC stream, with every frame of a constant rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidbuild.media.codecs import av1, hevc, ivf, vp9
from vidbuild.media.codecs.errors import CodecError
from vidbuild.media.codecs.heads import FrameHead
from vidbuild.media.codecs.profiles import AV1, HEVC, VP9
from vidbuild.media.codecs.segment import Segment
from vidbuild.media.render.bands import KeyFrames

_FOURCC = {VP9: vp9.FOURCC, AV1: av1.FOURCC}
_BT709 = {VP9: vp9.BT709, AV1: av1.BT709}


def stitch(codec: str, data: bytes, coded: Sequence[int], keys: KeyFrames, frames: int, template: bytes) -> list[bytes]:
    """Return every frame of a part of a segment.

    data: the encoder's stream of the `coded` frames.
    template: of HEVC, see there; b"" of the others.
    Raise CodecError if it has other frames, or other key frames.
    """
    if codec == HEVC:
        return hevc.stitch(data, template, coded, keys, frames)
    encoded = ivf.frames(data)
    if len(encoded) != len(coded):
        raise CodecError(f"expected {len(coded)} frames, got {len(encoded)}")
    heads = list(_heads(codec, encoded))
    found = {frame for frame, head in zip(coded, heads, strict=True) if head.key}
    if found != keys.coded:
        raise CodecError(f"expected key frames at {sorted(keys.coded)}, got {sorted(found)}")
    at = dict(zip(coded, range(len(coded)), strict=True))
    out: list[bytes] = []
    shown = 0  # index of the encoded frame that is shown
    for frame in range(frames):
        before = keys.repeats.get(frame - 1)
        if frame in at:
            shown = at[frame]
        elif frame in keys.repeats:
            shown = at[keys.repeats[frame]]
        elif before is not None and codec == AV1:
            shown = at[before + 1]
        else:
            out.append(_repeat(codec, heads[shown]))
            continue
        out.append(encoded[shown])
    return out


def part(codec: str, frames: Sequence[bytes]) -> bytes:
    """Return the bytes of some frames of a segment, which `finished` makes a file of."""
    return b"".join(frames) if codec == HEVC else b"".join(ivf.framed(frames))


def finished(codec: str, parts: bytes, size: tuple[int, int], fps: int) -> bytes:
    """Return the file of a segment. parts: those of all its frames, one after the other."""
    return parts if codec == HEVC else ivf.file(ivf.unframed(parts), _FOURCC[codec], size, fps)


def read(codec: str, data: bytes) -> Segment:
    """Return the frames of a segment's file. Raise CodecError if it is damaged, or its colors are not BT.709."""
    if codec == HEVC:
        return hevc.read(data)
    frames = ivf.frames(data)
    heads = list(_heads(codec, frames))
    if not heads or not heads[0].key:
        raise CodecError("it does not begin with a key frame")
    if any(head.key and (head.size, head.colors) != (heads[0].size, heads[0].colors) for head in heads):
        raise CodecError("its key frames differ in size or color")
    if heads[0].colors != (_BT709[codec], False):
        raise CodecError("its colors are not BT.709 of limited range")
    keys = [index for index, head in enumerate(heads) if head.key]
    if codec == VP9:
        return Segment(frames, keys, heads[0].size)
    sequence = av1.sequence_of(frames[0])
    parameters = b"" if sequence is None else av1.configuration(sequence)
    return Segment([av1.stored(frame) for frame in frames], keys, heads[0].size, parameters)


def _heads(codec: str, frames: Sequence[bytes]) -> Iterator[FrameHead]:
    """Yield the heads of frames. Every key frame of AV1 has the sequence header."""
    if codec == VP9:
        yield from map(vp9.head, frames)
        return
    sequence = None
    for frame in frames:
        sequence = av1.sequence_of(frame) or sequence
        if sequence is None:
            raise CodecError("it does not begin with a sequence header")
        yield av1.head(frame, sequence)


def _repeat(codec: str, head: FrameHead) -> bytes:
    """Return a frame that shows one again."""
    if not head.kept or (head.key and codec == AV1):
        raise CodecError("a frame that is shown again is not kept")
    slot = (head.kept & -head.kept).bit_length() - 1
    return vp9.repeat(slot) if codec == VP9 else av1.repeat(slot)
