"""The subtitles that a scene has in its picture: what their pages show, and the words with which each begins."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from vidbuild.media.text import divisions, pages
from vidbuild.model import Narration, Scene
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES
from vidbuild.timeline.subtitle_params import SubtitleParams

KARAOKE = "karaoke"


def style(scene: Scene) -> str:
    """Return the style of a scene's subtitles; "" without any."""
    found = scene.fields.get("subtitles")
    return found if isinstance(found, str) and found in pages.STYLES else ""


def timed(video: VideoSpec, scene: Scene) -> SubtitleParams | None:
    """Return what the timeline needs of a scene's subtitles; None without any."""
    narration = video.narration(scene)
    if not style(scene) or narration is None:
        return None
    return SubtitleParams(tuple(_starts(video, scene, narration)), lit=style(scene) == KARAOKE)


def drawn(video: VideoSpec, scene: Scene, hyphens: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters of the drawing for a scene's subtitles, in which there are no times; none without any.

    hyphens: those of its other texts.
    """
    narration = video.narration(scene)
    if not style(scene) or narration is None:
        return {}
    tokens, shown = narration.tokens, []
    for first, last in pairwise([*_starts(video, scene, narration), len(tokens)]):
        own = tokens[first:last]
        joined = [index for index, token in enumerate(own) if index and token.joined]
        shown.append({"words": [token.text for token in own], "joined": joined})
    words = {**divisions.hyphens([token.text for token in tokens], video.variant.language), **hyphens}
    return {"subtitles": {"style": style(scene), "pages": shown}, **({"hyphens": words} if words else {})}


def files(scene: Scene) -> dict[str, Path]:
    """Return role -> file of the template that lays out a scene's subtitles; none without any."""
    return {"subtitles": SCENES / "subtitles.typ"} if style(scene) else {}


def _starts(video: VideoSpec, scene: Scene, narration: Narration) -> list[int]:
    width = pages.STYLES[style(scene)]
    return pages.pages(narration.tokens, video.variant.language, width, narration.entry_starts)
