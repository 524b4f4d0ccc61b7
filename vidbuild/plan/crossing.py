"""Which scenes have motion through their rows, so that no rows of them can be encoded apart."""

from __future__ import annotations

from vidbuild.model import Scene
from vidbuild.plan.scene_motion import drifts
from vidbuild.plan.showings import insets
from vidbuild.scenes.registry import SCENE_TYPES, reveals_of


def moves(scene: Scene) -> bool:
    """Whether something large moves in a scene: rows through it cannot be encoded apart.

    Motion goes across their edges, but no encoder predicts pixels from rows that it does not have; and to decode or
    scale a picture once more for some rows costs as much as the whole.
    """
    scene_type = SCENE_TYPES[scene.type]
    shown = any(reveal.moves or reveal.zooms for reveal in reveals_of(scene))
    enlarged = scene.effects.exit == "scale" or any(callout.kind == "zoom" for callout in scene.callouts)
    return bool(scene_type.clip(scene) or insets(scene) or drifts(scene)) or shown or enlarged
