"""Write a WebM of encoded video and audio, and captions: reproducible bytes, index first, starting no process.

Elements follow RFC 9559 (Matroska) and the WebM Container Guidelines. Blocks have times in milliseconds, which are
rounded; the exact rate of the frames is in the track. Each key frame begins a cluster and is in the index.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vidbuild.media.container import ebml, ogg, webm_index
from vidbuild.media.container.boxes import Sink
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.webm_index import AUDIO, CAPTIONS, VIDEO, AudioTrack, VideoTrack, nanoseconds
from vidbuild.timebase import SAMPLE_RATE

SEGMENT, SEEK_HEAD, CUES, CLUSTER = 0x18538067, 0x114D9B74, 0x1C53BB6B, 0x1F43B675
_KEY_FRAME = 0x80
_BLOCK_HEAD = 4  # bytes
_MOST_MILLISECONDS = (1 << 15) - 1  # of a block after its cluster
_ORDER = {CAPTIONS: 0, AUDIO: 1, VIDEO: 2}  # of blocks of one time


class WebmError(ValueError):
    """The frames to write do not match their sizes."""


class Cue(NamedTuple):
    """A caption: its start and end in samples at 48 kHz, and its text as in a WebVTT file."""

    start: int
    end: int
    text: str


class Block(NamedTuple):
    """A piece of a track.

    time, duration: in milliseconds; a duration of 0 is that of the track.
    discarded: nanoseconds at its end that are not played.
    """

    time: int
    track: int
    size: int
    key: bool = True
    duration: int = 0
    discarded: int = 0


class Content(NamedTuple):
    """What a file has.

    sizes: of the video's frames. keys: indexes of the key frames, the first is 0.
    audio_sizes: of the packets of the audio.
    samples: how many are played.
    tags: name -> text.
    """

    video: VideoTrack
    audio: AudioTrack
    sizes: Sequence[int]
    keys: Sequence[int]
    audio_sizes: Sequence[int]
    samples: int
    chapters: Sequence[Chapter] = ()
    captions: Sequence[Cue] = ()
    title: str = ""
    tags: Mapping[str, str] = {}


def write(target: Sink, content: Content, frames: tuple[Iterator[bytes], Iterator[bytes]], seal: int) -> int:
    """Write a complete file but for its seal, and return its size in bytes.

    frames: the video's frames and the audio's packets. Each is read only when it is written.
    seal: bytes that follow as the last element of the segment.
    Raise WebmError if a frame is missing, left over or of another size than in the content.
    """
    clusters = list(_clusters(content))
    index = _index(content, clusters)
    bodies = [_cluster_size(cluster) for cluster in clusters]
    total = len(index) + sum(len(ebml.head(CLUSTER, size)) + size for size in bodies) + seal
    written = target.write(webm_index.file_head() + ebml.fixed(SEGMENT, total) + index)
    sources = {VIDEO: frames[0], AUDIO: frames[1], CAPTIONS: (_caption(cue) for cue in content.captions)}
    for cluster, size in zip(clusters, bodies, strict=True):
        written += target.write(ebml.head(CLUSTER, size) + _timestamp(cluster))
        for block in cluster:
            data = next(sources[block.track], b"")
            if len(data) != block.size:
                raise WebmError(f"track {block.track}: expected {block.size} bytes, got {len(data)}")
            written += target.write(_block_head(block, cluster[0].time) + data + _block_end(block))
    for number, source in sources.items():
        if next(source, None) is not None:
            raise WebmError(f"track {number}: more frames than in its index")
    return written


def _blocks(content: Content) -> Iterator[Block]:
    """Yield the blocks of all tracks, in no order."""
    fps, keys = content.video.fps, set(content.keys)
    for index, size in enumerate(content.sizes):
        yield Block(_milliseconds(index * (SAMPLE_RATE // fps)), VIDEO, size, index in keys)
    last = len(content.audio_sizes) - 1
    left = len(content.audio_sizes) * ogg.PACKET_SAMPLES - content.audio.pre_skip - content.samples
    for index, size in enumerate(content.audio_sizes):
        discarded = nanoseconds(left) if index == last else 0
        yield Block(_milliseconds(index * ogg.PACKET_SAMPLES), AUDIO, size, discarded=discarded)
    for cue in content.captions:
        start = _milliseconds(cue.start)
        yield Block(start, CAPTIONS, len(_caption(cue)), duration=max(1, _milliseconds(cue.end) - start))


def _clusters(content: Content) -> Iterator[list[Block]]:
    """Yield the blocks of each cluster, which begins with a key frame of the video, as what is played with it."""
    blocks = sorted(_blocks(content), key=lambda block: (block.time, _ORDER[block.track]))
    starts = [_milliseconds(key * (SAMPLE_RATE // content.video.fps)) for key in content.keys]
    bounds = [*starts[1:], blocks[-1].time + 1]
    at = 0
    for start, end in zip(starts, bounds, strict=True):
        first = at
        while at < len(blocks) and blocks[at].time < end:
            at += 1
        if blocks[at - 1].time - start > _MOST_MILLISECONDS:
            raise WebmError(f"the key frames are more than {_MOST_MILLISECONDS} ms apart")
        yield blocks[first:at]


def _index(content: Content, clusters: Sequence[Sequence[Block]]) -> bytes:
    """Return the elements before the clusters, the first of which says where the others are."""
    parts = {
        0x1549A966: webm_index.information(_duration(content), content.title),
        0x1654AE6B: webm_index.tracks(content.video, content.audio, has_captions=bool(content.captions)),
        0x1043A770: webm_index.chapters(content.chapters, _duration(content), content.audio.language),
        0x1254C367: webm_index.tags(content.tags, content.audio.language),
        CUES: _cues(clusters, 0),
    }
    parts = {identifier: part for identifier, part in parts.items() if part}
    start = len(_seek_head(dict.fromkeys(parts, 0)))
    positions = {}
    for identifier, part in parts.items():
        positions[identifier] = start
        start += len(part)
    parts[CUES] = _cues(clusters, start)
    return _seek_head(positions) + b"".join(parts.values())


def _seek_head(positions: Mapping[int, int]) -> bytes:
    """Return where elements are. positions: id -> bytes after the start of the segment's content."""
    return ebml.element(
        SEEK_HEAD,
        *(
            ebml.element(0x4DBB, ebml.number(0x53AB, identifier), ebml.number(0x53AC, position, 8))
            for identifier, position in positions.items()
        ),
    )


def _cues(clusters: Sequence[Sequence[Block]], start: int) -> bytes:
    """Return the index of the key frames. start: of the first cluster, after the start of the segment's content."""
    points = []
    for cluster in clusters:
        key = next(block for block in cluster if block.track == VIDEO)
        place = ebml.element(0xB7, ebml.number(0xF7, VIDEO), ebml.number(0xF1, start, 8))
        points.append(ebml.element(0xBB, ebml.number(0xB3, key.time), place))
        size = _cluster_size(cluster)
        start += len(ebml.head(CLUSTER, size)) + size
    return ebml.element(CUES, *points)


def _cluster_size(cluster: Sequence[Block]) -> int:
    blocks = sum(len(_block_head(each, cluster[0].time)) + each.size + len(_block_end(each)) for each in cluster)
    return len(_timestamp(cluster)) + blocks


def _timestamp(cluster: Sequence[Block]) -> bytes:
    return ebml.number(0xE7, cluster[0].time)


def _block_head(block: Block, start: int) -> bytes:
    """Return what precedes the data of a block. start: of its cluster, in milliseconds."""
    is_simple = not block.duration and not block.discarded
    flags = _KEY_FRAME if is_simple and block.key else 0
    own = ebml.size(block.track) + struct.pack(">hB", block.time - start, flags)
    if is_simple:
        return ebml.head(0xA3, _BLOCK_HEAD + block.size) + own
    inner = ebml.head(0xA1, _BLOCK_HEAD + block.size)
    return ebml.head(0xA0, len(inner) + _BLOCK_HEAD + block.size + len(_block_end(block))) + inner + own


def _block_end(block: Block) -> bytes:
    """Return what follows the data of a block in its group."""
    duration = ebml.number(0x9B, block.duration) if block.duration else b""
    return duration + (ebml.signed(0x75A2, block.discarded) if block.discarded else b"")


def _caption(cue: Cue) -> bytes:
    """Return a caption as WebM stores it: its name and settings, of which it has none, and its text."""
    return b"\n\n" + cue.text.encode()


def _duration(content: Content) -> int:
    return len(content.sizes) * (SAMPLE_RATE // content.video.fps)


def _milliseconds(samples: int) -> int:
    return (samples * 1000 + SAMPLE_RATE // 2) // SAMPLE_RATE
