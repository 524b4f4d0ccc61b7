"""The field `captions` of a spec: the rules of captions, and their style in the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vidbuild.caption_settings import STYLES, CaptionSettings
from vidbuild.json_types import Json
from vidbuild.spec.collector import DiagnosticCollector

RULES = ("line_length", "speed")
WITHOUT = ("webp", "gif", "png", "pdf")  # formats beside which no captions are written
FORMATS = ("mp4", "webm", "webp", "gif")  # those with moving pictures


def settings(
    captions: Mapping[str, Any], encoding: str, behavior: Mapping[str, Any], collector: DiagnosticCollector
) -> CaptionSettings:
    """Return the settings of a valid `captions` value; add an error for what has no effect.

    encoding: the video's format. behavior: of the theme, which has the style of a spec that sets none.
    """
    rules = {name: each for name, each in captions.items() if name in RULES}
    burns = bool(captions.get("burn"))
    document = collector.document
    if burns and encoding not in FORMATS:
        if document.is_own(("captions", "burn")):
            message = f"'burn' has no effect in the format '{encoding}', only in mp4, webm, webp and gif"
            collector.error(("captions", "burn"), message, "remove 'burn', or set another 'format'", key=True)
        return CaptionSettings(rules)
    if "style" in captions and "burn" not in captions and document.is_own(("captions", "style")):
        message = "'style' has no effect without 'burn': it is the style of captions in the picture"
        collector.error(("captions", "style"), message, "add 'burn: true', or remove 'style'", key=True)
    return CaptionSettings(rules, captions.get("style", behavior.get("captions", STYLES[0])) if burns else "")


def check_scenes(scenes: Sequence[Json], own: CaptionSettings, encoding: str, collector: DiagnosticCollector) -> None:
    """Add an error for each scene that sets `captions` in a video that has none: in an image, or a handout."""
    if own.burned or encoding not in WITHOUT:
        return
    for index, scene in enumerate(scenes):
        path = ("scenes", index, "captions")
        if isinstance(scene, Mapping) and "captions" in scene and collector.document.is_own(path):
            message = f"'captions' has no effect in the format '{encoding}', which has no captions"
            collector.error(path, message, "remove it", key=True)


def inherited(own: Mapping[str, Any], entry: Mapping[str, Any], encoding: str) -> dict[str, Any]:
    """Return the fields of the spec's `captions` that apply to an entry of `outputs`, and those that are wrong.

    entry: the entry's own `captions`. encoding: its format.
    """
    burns = entry.get("burn", own.get("burn")) is True and encoding in FORMATS
    unused = () if burns else (("burn", True), ("burn", False), *(("style", style) for style in STYLES))
    return {name: each for name, each in own.items() if name not in entry and (name, each) not in unused}
