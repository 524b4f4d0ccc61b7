"""The limits of the spec language and of the files that a spec names, as rows of the reference page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from vidbuild.media.ffmpeg import limits as media
from vidbuild.spec import (
    diagnostics,
    expand,
    files,
    load,
    narration,
    node_data,
    reader,
    settings,
    template_sandbox,
    templates,
    theme,
)
from vidbuild.spec.output import LARGEST, SMALLEST

HOUR = 3600


class Limit(NamedTuple):
    """One limit: of what, how much at most, in which unit."""

    of: str
    most: float
    unit: str


def all_limits() -> Iterator[tuple[str, list[Limit]]]:
    """Yield the title and the limits of each group."""
    yield (
        "A spec",
        [
            Limit("file of a spec", load.MAX_BYTES, "bytes"),
            Limit("`vidbuild.toml`", settings.MAX_BYTES, "bytes"),
            Limit("values in a spec", reader.MAX_NODES, "values"),
            Limit("values that aliases and merge keys repeat", reader.MAX_ALIASED, "values"),
            Limit("nesting", reader.MAX_DEPTH, "levels"),
            Limit("list or mapping", node_data.MAX_ENTRIES, "entries"),
            Limit("text", reader.MAX_TEXT, "characters"),
            Limit("key", node_data.MAX_KEY, "characters"),
            Limit("narration", narration.MAX_LENGTH, "characters"),
            Limit("cues of a narration", narration.MAX_CUES, "cues"),
            Limit("side of the video, at least", SMALLEST, "pixels"),
            Limit("side of the video", LARGEST, "pixels"),
            Limit("themes that extend one another", theme.MAX_CHAIN, "files"),
            Limit("problems shown at once", diagnostics.MAX_PROBLEMS, "problems"),
        ],
    )
    yield (
        "Templates",
        [
            Limit("texts with a template", expand.MAX_TEMPLATES, "texts"),
            Limit("all templates, between their braces", expand.MAX_EXPRESSIONS, "characters"),
            Limit("text with a template", templates.MAX_SOURCE, "characters"),
            Limit("variable, or argument of a filter", template_sandbox.MAX_VALUE, "characters"),
            Limit("expanded text, or result of a filter", template_sandbox.MAX_RESULT, "characters"),
            Limit("all expanded texts", expand.MAX_EXPANDED, "characters"),
            Limit("operand of arithmetic", template_sandbox.MAX_NUMBER, ""),
        ],
    )
    yield (
        "Files",
        [
            Limit("file with code", files.MAX_TEXT, "bytes"),
            Limit("image", media.IMAGE_PIXELS, "pixels"),
            Limit("file of an image", media.IMAGE_BYTES, "bytes"),
            Limit("frame of a clip", media.CLIP_PIXELS, "pixels"),
            Limit("side of a clip's frame, as displayed", media.CLIP_SIDE, "pixels"),
            Limit("longer side of a clip's frame by the shorter one", media.CLIP_SHAPE, "times"),
            Limit("clip", media.CLIP_SECONDS / HOUR, "hours"),
            Limit("frame rate of a clip", media.CLIP_RATE, "frames a second"),
            Limit("streams of a file", media.STREAMS, "streams"),
            Limit("recording", media.RECORDING_SECONDS / HOUR, "hours"),
            Limit("channels of audio", media.CHANNELS, "channels"),
            Limit("sample rate of audio, at least", media.SAMPLE_RATES[0], "Hz"),
            Limit("sample rate of audio", media.SAMPLE_RATES[1], "Hz"),
            Limit("font file", media.FONT_BYTES, "bytes"),
            Limit("faces of a font file", media.FONT_FACES, "faces"),
            Limit("characters of a font file", media.FONT_CHARACTERS, "characters"),
            Limit("font files of a theme", media.FONT_FILES, "files"),
        ],
    )


def section() -> Iterator[str]:
    """Yield the lines of the section about limits."""
    yield "## Limits"
    yield ""
    yield "A spec or file over a limit is an error that names it. The limits of single fields are in the tables above."
    yield ""
    for title, limits in all_limits():
        yield f"### {title}"
        yield ""
        yield "| what | limit |"
        yield "|---|---|"
        for limit in limits:
            yield f"| {limit.of} | {int(limit.most):,} {limit.unit}".rstrip() + " |"
        yield ""
