"""Captions in the picture: which scenes have them, where they are, and the steps that set and encode them.

They are over the scene's own picture in rows that are encoded apart (see steps/burn.py), so that other captions render
no scene again, unless something large moves in it. Their place depends on the video and on the scene's lower thirds,
not on texts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.frozen import dataclass
from vidbuild.media.codecs import profiles
from vidbuild.media.text import regions
from vidbuild.media.text.caption_rules import COLUMNS
from vidbuild.model import Scene
from vidbuild.plan import crossing, progress, subtitles
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.layout_files import SCENES

ROW = 16  # pixels: the height of a macroblock
ROOM = 0.86  # of the frame's width: what is outside is cut off by some players
COLUMN = {"plain": 0.54, "box": 0.54, "karaoke": 0.6}  # of the size of type: the mean width of a letter
LARGEST = {"plain": 54, "box": 54, "karaoke": 64}  # units, in a wide frame
LARGEST_NARROW = 104  # units, in a square or tall one
HEIGHT = 2.32  # of the size of type: two lines
BLEED, SHADOW = 0.45, 28  # of the size of type, and units at the least: outline and shadow
PLATE = (36, 20)  # units around the lines of a box
UPRIGHT = 1.2  # height over width from which a frame is tall

# Units over the lower edge: progress marks, watermarks and badges are below. Of a tall frame, players cover a fifth.
BELOW, BELOW_TALL = 112, 0.2
# Units over the lower edge at which the lower third is, and how high it is with the space above it.
THIRD, THIRD_HEIGHT = (108, 136), 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where the captions of a scene are.

    size: of the type, in pixels.
    box: x, y, width and height of what holds two lines of text, in pixels.
    rows: the first row of macroblocks that they and their outlines can reach, and the end of these rows.
    """

    size: int
    box: tuple[int, int, int, int]
    rows: tuple[int, int]


def place(video: VideoSpec, scene: Scene) -> Place | None:
    """Return where the captions of a scene are; None if it has none in its picture."""
    style = video.spec.captions.burned
    if not style or not scene.captions or subtitles.style(scene) or video.narration(scene) is None:
        return None
    width, height = video.size
    unit = min(width / 1920, height / 1080) if width > height else math.sqrt(width * height / (1920 * 1080))
    pad_x, pad_y = (each * unit if style == "box" else 0 for each in PLATE)
    room = width * ROOM - 2 * pad_x
    columns = video.spec.captions.rules.get("line_length", COLUMNS)
    largest = LARGEST[style] if width > height else LARGEST_NARROW
    size = max(1.0, min(largest * unit, room / (columns * COLUMN[style])))
    bleed, high = max(size * BLEED, SHADOW * unit), HEIGHT * size + 2 * pad_y
    end = min(math.ceil((height - _below(video, scene, unit) + bleed) / ROW), height // ROW)
    if strip := progress.strip(video):
        end = min(end, (height - strip) // ROW)
    bottom = math.floor(end * ROW - bleed)
    top = max(0, math.floor(bottom - high))
    first = max(1, math.floor((top - bleed) / ROW))
    wide = math.floor(width * ROOM)
    return Place(round(size), ((width - wide) // 2, top, wide, bottom - top), (min(first, end - 1), end))


def _below(video: VideoSpec, scene: Scene, unit: float) -> float:
    """Return how many pixels below the captions of a scene are free of them."""
    width, height = video.size
    thirds = sum(overlay.kind == "lower_third" for overlay in scene.overlays)
    space = BELOW_TALL * height if height > UPRIGHT * width else BELOW * unit
    return max(space, (THIRD[width <= height] + thirds * THIRD_HEIGHT) * unit) if thirds else space


def drawn(video: VideoSpec, scene: Scene) -> dict[str, int]:
    """Return what a drawing needs of captions: how many pixels of the lower end of the frame they take."""
    found = place(video, scene)
    return {"captions_foot": video.size[1] - found.box[1]} if found else {}


def rows(video: VideoSpec, scene: Scene) -> tuple[int, int] | None:
    """Return the rows of a scene that are encoded apart, with its captions; None if its own step encodes them."""
    found, output = place(video, scene), video.variant.output
    whole = profiles.profile(output.codec, output.profile)["holds"] != "skipped"
    return None if found is None or whole or crossing.moves(scene) else found.rows


def speaker(video: VideoSpec, scene: Scene) -> str:
    """Return the speaker whose name the captions of a scene show, unless its narration is a list; "" for none."""
    narration = video.narration(scene)
    shown = video.has_dialogue and narration is not None and not narration.utterances
    return scene.speaker if shown else ""


def typeset(video: VideoSpec, scene: Scene, head: int, tail: int) -> Step | None:
    """Return the step that sets the captions of a scene in type; None without any.

    head, tail: how many of the scene's frames the transitions into it and out of it render.
    """
    found = place(video, scene)
    if found is None:
        return None
    spec, language = video.spec, video.variant.language
    params: dict[str, Any] = {
        "size": video.size,
        "theme": dict(spec.theme.values),
        "language": language,
        "fps": video.fps,
        "style": spec.captions.burned,
        "rules": dict(spec.captions.rules),
        "type_size": found.size,
        "box": list(found.box),
        "rows": list(found.rows),
        "head": head,
        "tail": tail,
        **regions.params(language),
    }
    if video.has_dialogue:
        params |= {"speakers": True, "speaker": speaker(video, scene)}
    inputs: dict[str, Input] = {
        "timing": Product(video.step_id("timeline", scene), "timing.json"),
        "base": Source(str(SCENES / "base.typ")),
        "subtitles": Source(str(SCENES / "subtitles.typ")),
        "template": Source(str(SCENES / "captions.typ")),
        **video.font_inputs(scene.fonts),
    }
    return Step(video.step_id("typeset", scene), "typeset", params, inputs, scene.locations)


def layer(video: VideoSpec, scene: Scene, motion: str, prefix: str = "") -> Mapping[str, Input]:
    """Return the input that has the captions of a scene during a motion, as a file of the timeline's; none without any.

    prefix: before its role.
    """
    if place(video, scene) is None:
        return {}
    return {f"{prefix}captions": Product(video.step_id("typeset", scene), motion)}
