"""The `output` field of a spec: format, codec, size, frame rate, loudness and encoder profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.model import OutputSettings
from vidbuild.sizes import parse_size
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Path

SIZES = {
    "2160p": (3840, 2160),
    "1440p": (2560, 1440),
    "1080p": (1920, 1080),
    "720p": (1280, 720),
    "vertical": (1080, 1920),
    "square": (1080, 1080),
}
SMALLEST, LARGEST = 64, 7680  # pixels
# LUFS: the level of web players and phones, and that of EBU R 128 for television.
LOUDNESS = {"web": -16.0, "broadcast": -23.0}

DEFAULT_FORMAT = "mp4"
# Format of a video -> its codecs, the default first.
CODECS: Mapping[str, tuple[str, ...]] = {"mp4": ("h264", "hevc", "av1"), "webm": ("vp9", "av1")}
VIDEOS = tuple(CODECS)
DEFAULT_CODEC = "h264"  # also that of which there are profiles
VIDEO_RATES = (30, 24, 25, 60, 50)  # frames per second, the preferred one first
MOST_GIF_RATE = 30  # images a second: a GIF counts hundredths of a second
LOOPING_RATE = 15  # images a second, by default
LOOPING = ("webp", "gif")
WIDTHS = {"webp": 800, "gif": 640, "pdf": 1600}  # pixels, by default

# Field -> the formats in which it has an effect; all others have one in every format.
APPLIES: Mapping[str, tuple[str, ...]] = {
    "size": (*VIDEOS, "webp", "gif", "png", "pdf"),
    "fps": (*VIDEOS, "webp", "gif"),
    "loudness": (*VIDEOS, "m4a", "mp3"),
    "peak": (*VIDEOS, "m4a", "mp3"),
    "profile": ("mp4",),
    "codec": VIDEOS,
    "width": ("webp", "gif", "png", "pdf"),
    "max_bytes": LOOPING,
    "loop": LOOPING,
}


def settings(output: Mapping[str, Any], collector: DiagnosticCollector) -> OutputSettings:
    """Return the settings of a valid `output` value with all defaults; add an error for each that is impossible."""
    width, height = _size(output["size"], collector)
    loudness, encoding = output["loudness"], output["format"]
    data = collector.document.data
    written = data.get("output") if isinstance(data, Mapping) else None
    given = written if isinstance(written, Mapping) else {}
    if given.get("format", encoding) == encoding:  # an unknown format is an error by itself
        _check_fields(given, encoding, ("output",), collector)
    codec = _codec(given, encoding, collector)
    rate = int(output["fps"]) if "fps" in given or encoding not in LOOPING else LOOPING_RATE
    fps = _fps(rate, encoding, collector)
    image_width = int(output.get("width", min(width, WIDTHS.get(encoding, width))))
    if encoding in APPLIES["width"] and image_width > width:
        message = f"'width' must be at most {width}, that of 'size', not {image_width}"
        collector.error(("output", "width"), message, f"set 'size' to {image_width} pixels in width or more")
    return OutputSettings(
        width=width,
        height=height,
        fps=fps,
        profile=output["profile"],
        loudness=LOUDNESS[loudness] if isinstance(loudness, str) else float(loudness),
        peak=float(output["peak"]),
        format=encoding,
        codec=codec,
        rate=rate,
        image_width=image_width,
        max_bytes=bytes_of(output.get("max_bytes", 0)),
        loops=0 if output["loop"] == "forever" else int(output["loop"]),
    )


def is_inherited(field: str, value: object, entry: Mapping[str, Any], encoding: str) -> bool:
    """Return whether an entry of `outputs` in a format takes this field from the spec's `output`.

    A frame rate of videos is none for animated images, a codec may be none of the format, and profiles are of H.264.
    """
    if field == "fps" and encoding in LOOPING:
        return False
    if field == "codec":
        return value in CODECS.get(encoding, ())
    if field == "profile" and entry.get("codec", DEFAULT_CODEC) != DEFAULT_CODEC:
        return False
    return field == "format" or encoding in APPLIES.get(field, (encoding,))


def size_of(size: str) -> tuple[int, int]:
    """Return the width and height of a valid `size`, which are perhaps impossible."""
    if size in SIZES:
        return SIZES[size]
    width, height = (int(part) for part in size.split("x"))
    return width, height


def bytes_of(size: str | float) -> int:
    """Return how many bytes a valid `max_bytes` stands for."""
    return int(size) if not isinstance(size, str) else parse_size(size) or 0


def _check_fields(given: Mapping[str, Any], encoding: str, path: Path, collector: DiagnosticCollector) -> None:
    """Add an error for each field that has no effect in the format."""
    for name in given:
        formats = APPLIES.get(name, (encoding,))
        if encoding not in formats:
            message = f"'{name}' has no effect in the format '{encoding}', only in {_listed(formats, 'and')}"
            collector.error((*path, name), message, f"remove '{name}', or set another 'format'", key=True)


def _listed(names: Sequence[str], conjunction: str) -> str:
    """Return names as a list in a sentence."""
    *others, last = names
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def _codec(given: Mapping[str, Any], encoding: str, collector: DiagnosticCollector) -> str:
    """Return the codec of a video; add an error for one that is not in the format, or has no profile."""
    known = CODECS.get(encoding)
    if known is None:
        return DEFAULT_CODEC
    codec = str(given.get("codec", known[0]))
    if codec not in known:
        others = [each for each, codecs in CODECS.items() if codec in codecs]
        if others:  # another codec is an error by itself
            message = f"'codec' of the format '{encoding}' must be {_listed(known, 'or')}, not '{codec}'"
            collector.error(("output", "codec"), message, f"set 'format: {others[0]}', or remove 'codec'")
        return known[0]
    if codec != DEFAULT_CODEC and encoding == DEFAULT_FORMAT and given.get("profile") == "compat":
        message = f"'profile: compat' is one of h264: it has no effect on the codec '{codec}'"
        collector.error(("output", "profile"), message, "remove 'profile', or remove 'codec'")
    return codec


def _fps(rate: int, encoding: str, collector: DiagnosticCollector) -> int:
    """Return the frame rate of the timeline: that of an animated image is a multiple of it if possible."""
    path: Path = ("output", "fps")
    if encoding in LOOPING:
        if encoding == "gif" and rate > MOST_GIF_RATE:
            collector.error(path, f"'fps' of a gif must be at most {MOST_GIF_RATE}, not {rate}", "set 'format: webp'")
        return next(fps for fps in VIDEO_RATES if fps % rate == 0)
    if rate not in VIDEO_RATES and encoding not in VIDEOS:
        return VIDEO_RATES[0]
    if rate not in VIDEO_RATES:
        message = f"'fps' must be 24, 25, 30, 50 or 60, not {rate}, in the format '{encoding}'"
        collector.error(path, message, "write 30")
        return VIDEO_RATES[0]
    return rate


def _size(size: str, collector: DiagnosticCollector) -> tuple[int, int]:
    width, height = size_of(size)
    path: Path = ("output", "size")
    if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
        collector.error(path, f"width and height must be even and from {SMALLEST} to {LARGEST}, not '{size}'")
    elif width % 2 or height % 2:
        even = f"{width + width % 2}x{height + height % 2}"
        collector.error(path, f"width and height must be even, not '{size}'", f"write {even}")
    return width, height
