"""The mark of progress on each scene: its own step, so that a scene's drawing does not depend on its place."""

from __future__ import annotations

import math
from typing import Any

from vidbuild.engine.graph.graph import Input, Source, Step
from vidbuild.media.codecs import profiles
from vidbuild.media.text import regions
from vidbuild.model import Scene, Spec
from vidbuild.plan import crossing
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES

MAX_DOTS = 12  # more look like a line

# How high the marks reach over the lower edge, in units of progress.typ: a bar alone, and dots or a section's name.
BAR_HEIGHT, HIGHEST = 10, 64
MIN_BAR = 2  # pixels


def step(video: VideoSpec, scene: Scene) -> Step | None:
    """The step that draws a scene's mark of progress; None if the scene shows none."""
    fields = mark(video.spec, scene)
    if fields is None:
        return None
    theme = video.spec.theme
    language = video.variant.language if fields["section"] else video.reading_language
    params = {
        "size": video.size,
        "theme": dict(theme.values),
        "fields": fields,
        "language": language,
        **regions.params(language),
    }
    inputs: dict[str, Input] = {
        "base": Source(str(SCENES / "base.typ")),
        "template": Source(str(SCENES / "progress.typ")),
    }
    begun = _section_scene(video.spec, scene)
    inputs |= video.font_inputs(begun.fonts if begun else ())
    return Step(video.step_id("progress", scene), "progress", params, inputs, scene.locations)


def mark(spec: Spec, scene: Scene) -> dict[str, Any] | None:
    """What a scene shows: {"share"} of a bar, or {"dot", "dots"}, and {"section"}: a name or None.

    The intro and outro of a brand show nothing and are not counted, so that they are the same in every video.
    `dots` are the scenes, or the sections if there are more than MAX_DOTS scenes; if there are too many of both, or no
    sections, the mark is a bar.
    """
    if not _has_mark(spec, scene):
        return None
    own = [each for each in spec.scenes if not each.part]
    total, index = len(own), [each.id for each in own].index(scene.id)
    starts = [position for position, each in enumerate(own) if each.section]
    begun = [start for start in starts if start <= index]
    named = _section_scene(spec, scene)
    section = named.section if named else None
    bar = {"share": round((index + 1) / total, 4), "section": section}
    if spec.progress == "bar":
        return bar
    if total <= MAX_DOTS:
        return {"dot": index, "dots": total, "section": section}
    if not 1 < len(starts) <= MAX_DOTS:
        return bar
    return {"dot": max(0, len(begun) - 1), "dots": len(starts), "section": section}


def _section_scene(spec: Spec, scene: Scene) -> Scene | None:
    """The scene that begins the section in which a scene is; None before the first."""
    own = [each for each in spec.scenes if not each.part]
    until = own[: [each.id for each in own].index(scene.id) + 1]
    return next((each for each in reversed(until) if each.section), None)


def strip(video: VideoSpec) -> int:
    """How many pixels at the lower edge are encoded apart for the marks of scenes; 0: the scenes have them.

    This depends on no number of scenes: whatever their marks are, they leave the scenes' own steps alone.
    """
    spec = video.spec
    output = video.variant.output
    if spec.progress == "none" or profiles.profile(output.codec, output.profile)["holds"] != "skipped":
        return 0
    width, height = video.size
    unit = min(width / 1920, height / 1080) if width > height else math.sqrt(width * height / (1920 * 1080))
    alone = spec.progress == "bar" and not any(scene.section for scene in spec.scenes if not scene.part)
    return max(MIN_BAR, math.ceil((BAR_HEIGHT if alone else HIGHEST) * unit) + 1)


def own_strip(video: VideoSpec, scene: Scene) -> int:
    """How many of these pixels are encoded apart for one scene: none of one in which something large moves."""
    return 0 if crossing.moves(scene) else strip(video)


def layers(video: VideoSpec, scene: Scene) -> str | None:
    """The id of the step that draws a scene's mark of progress, if it has one."""
    return video.step_id("progress", scene) if _has_mark(video.spec, scene) else None


def _has_mark(spec: Spec, scene: Scene) -> bool:
    return spec.progress != "none" and not scene.part
