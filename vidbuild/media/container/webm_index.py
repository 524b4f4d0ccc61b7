"""The elements of a WebM that describe it: information, tracks, chapters and tags (RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from vidbuild.frozen import dataclass
from vidbuild.media.container import ebml
from vidbuild.media.container.ffmetadata import Chapter
from vidbuild.media.container.iso639 import iso639_2
from vidbuild.timebase import SAMPLE_RATE

NANOSECONDS = 1_000_000_000
MILLISECOND = 1_000_000  # in nanoseconds
VIDEO, AUDIO, CAPTIONS = 1, 2, 3  # numbers of the tracks
_KINDS = {VIDEO: 1, AUDIO: 2, CAPTIONS: 0x11}  # TrackType
SEEK_PREROLL = 80_000_000  # nanoseconds that a decoder of Opus needs to converge (RFC 7845, 4.6)
_WRITER = "vidbuild"
_BT709, _LIMITED, _LEFT, _CENTER = 1, 1, 1, 2
_VIDEO_OF_ONE = 50  # TargetTypeValue: the whole file


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The video. codec: the CodecID. parameters: the CodecPrivate, b"" for none."""

    codec: str
    size: tuple[int, int]
    fps: int
    parameters: bytes


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """The audio. head: the identification header of Opus. pre_skip: in samples. language: a BCP 47 tag."""

    head: bytes
    pre_skip: int
    language: str


def nanoseconds(samples: int) -> int:
    """Return a time in samples as nanoseconds, rounded."""
    return (samples * NANOSECONDS + SAMPLE_RATE // 2) // SAMPLE_RATE


def file_head() -> bytes:
    """Return the EBML header."""
    return ebml.element(
        0x1A45DFA3,
        ebml.number(0x4286, 1),  # EBMLVersion
        ebml.number(0x42F7, 1),  # EBMLReadVersion
        ebml.number(0x42F2, 4),  # EBMLMaxIDLength
        ebml.number(0x42F3, 8),  # EBMLMaxSizeLength
        ebml.text(0x4282, "webm"),  # DocType
        ebml.number(0x4287, 4),  # DocTypeVersion
        ebml.number(0x4285, 2),  # DocTypeReadVersion
    )


def information(duration: int, title: str) -> bytes:
    """Return the segment's information. duration: in samples."""
    return ebml.element(
        0x1549A966,
        ebml.number(0x2AD7B1, MILLISECOND),  # TimestampScale
        ebml.real(0x4489, nanoseconds(duration) / MILLISECOND),  # Duration
        ebml.text(0x7BA9, title) if title else b"",  # Title
        ebml.text(0x4D80, _WRITER),  # MuxingApp
        ebml.text(0x5741, _WRITER),  # WritingApp
    )


def tracks(video: VideoTrack, audio: AudioTrack, *, has_captions: bool) -> bytes:
    """Return the tracks."""
    width, height = video.size
    picture = ebml.element(
        0xE0,
        ebml.number(0x9A, 2),  # FlagInterlaced: progressive
        ebml.number(0xB0, width),
        ebml.number(0xBA, height),
        ebml.element(
            0x55B0,  # Colour
            ebml.number(0x55B1, _BT709),  # MatrixCoefficients
            ebml.number(0x55B2, 8),  # BitsPerChannel
            ebml.number(0x55B3, 1),  # ChromaSubsamplingHorz
            ebml.number(0x55B4, 1),  # ChromaSubsamplingVert
            ebml.number(0x55B7, _LEFT),  # ChromaSitingHorz
            ebml.number(0x55B8, _CENTER),  # ChromaSitingVert
            ebml.number(0x55B9, _LIMITED),  # Range
            ebml.number(0x55BA, _BT709),  # TransferCharacteristics
            ebml.number(0x55BB, _BT709),  # Primaries
        ),
    )
    sound = ebml.element(0xE1, ebml.real(0xB5, float(SAMPLE_RATE)), ebml.number(0x9F, 2))
    opus = (
        ebml.element(0x63A2, audio.head),
        ebml.number(0x56AA, nanoseconds(audio.pre_skip)),  # CodecDelay
        ebml.number(0x56BB, SEEK_PREROLL),
        sound,
    )
    private = ebml.element(0x63A2, video.parameters) if video.parameters else b""
    rate = ebml.number(0x23E383, nanoseconds(SAMPLE_RATE // video.fps))  # DefaultDuration
    language = iso639_2(audio.language)
    entries = [
        _track(VIDEO, video.codec, "und", rate, private, picture),
        _track(AUDIO, "A_OPUS", language, *opus),
    ]
    if has_captions:
        entries.append(_track(CAPTIONS, "D_WEBVTT/SUBTITLES", language, default=False))
    return ebml.element(0x1654AE6B, *entries)


def chapters(listed: Sequence[Chapter], end: int, language: str) -> bytes:
    """Return the chapters; no bytes without any. end: of the last one, in samples."""
    if not listed:
        return b""
    atoms = [
        ebml.element(
            0xB6,  # ChapterAtom
            ebml.number(0x73C4, index),  # ChapterUID
            ebml.number(0x91, nanoseconds(chapter.start)),
            ebml.number(0x92, nanoseconds(following.start)),
            ebml.element(0x80, ebml.text(0x85, chapter.title), ebml.text(0x437C, iso639_2(language))),
        )
        for index, (chapter, following) in enumerate(pairwise((*listed, Chapter(end, ""))), 1)
    ]
    return ebml.element(0x1043A770, ebml.element(0x45B9, ebml.number(0x45BC, 1), *atoms))


def tags(values: Mapping[str, str], language: str) -> bytes:
    """Return the tags of the file; no bytes without any. values: name -> text."""
    simple = list(_simple(values, iso639_2(language)))
    if not simple:
        return b""
    target = ebml.element(0x63C0, ebml.number(0x68CA, _VIDEO_OF_ONE))
    return ebml.element(0x1254C367, ebml.element(0x7373, target, *simple))


def _simple(values: Mapping[str, str], language: str) -> Iterator[bytes]:
    for name, value in values.items():
        if value:
            yield ebml.element(0x67C8, ebml.text(0x45A3, name), ebml.text(0x447A, language), ebml.text(0x4487, value))


def _track(number: int, codec: str, language: str, *parts: bytes, default: bool = True) -> bytes:
    return ebml.element(
        0xAE,
        ebml.number(0xD7, number),
        ebml.number(0x73C5, number),  # TrackUID
        ebml.number(0x83, _KINDS[number]),
        ebml.number(0x88, default),  # FlagDefault
        ebml.number(0x9C, 0),  # FlagLacing
        ebml.text(0x22B59C, language),
        ebml.text(0x86, codec),
        *parts,
    )
