"""How a scene's layers enter, move and leave: as its type has it, changed by the scene's own fields."""

from __future__ import annotations

from collections.abc import Mapping

from vidbuild.frozen import replaced
from vidbuild.media.render.motion import HOME
from vidbuild.model import Scene
from vidbuild.scenes.protocol import Place, Reveal, scaled
from vidbuild.scenes.registry import SCENE_TYPES, reveals_of

# The places of a background that drifts, at the scene's start and end: it costs as much as an image that zooms.
DRIFT = (HOME, scaled(1.06))
PAINTED = frozenset({"scale", "wipe", "type", "draw"})
ARRIVING = frozenset({"fade", "slide", "push", "wipe", "zoom", "morph"})  # transitions that bring all layers of a scene


def drifts(scene: Scene) -> dict[str, tuple[Place, Place]]:
    """Layer -> its place at the scene's start and end: those of the scene's type, and of a background that drifts."""
    behind = scene.background
    moves = isinstance(behind, Mapping) and behind.get("drift") == "slow"
    return {**({"background": DRIFT} if moves else {}), **SCENE_TYPES[scene.type].drifts(scene)}


def is_painted(scene: Scene) -> bool:
    """Whether the pixels of any layer are computed while it enters or moves."""
    found = reveals(scene)
    effects = {scene.effects.exit, *entrances(scene).values()}.union(*(reveal.enter.values() for reveal in found))
    moves = any(reveal.moves or reveal.zooms or reveal.states[0] for reveal in found)
    called = any(callout.kind in {"zoom", "cursor"} for callout in scene.callouts)
    return moves or called or bool(effects & PAINTED) or bool(drifts(scene))


def entrances(scene: Scene, before: str = "cut") -> dict[str, str]:
    """Layer -> effect at the scene's start. before: the transition into the scene; most of them are its entrance."""
    if before in ARRIVING and not (before == "fade" and scene.effects.enter):
        return {}
    own = SCENE_TYPES[scene.type].entrances(scene)
    return {layer: _entrance(scene, effect) for layer, effect in own.items()}


def reveals(scene: Scene) -> list[Reveal]:
    """The later appearances, with the scene's own entrance."""
    found = reveals_of(scene)
    if not scene.effects.enter:
        return list(found)
    return [
        replaced(reveal, enter={layer: _entrance(scene, effect) for layer, effect in reveal.enter.items()})
        for reveal in found
    ]


def _entrance(scene: Scene, effect: str) -> str:
    """The effect of a layer; a scene's `enter` replaces the one that layers have unless their type needs another."""
    enter = scene.effects.enter
    if enter == "none":
        return effect if effect == "type" else "cut"
    return enter if enter and effect == "rise" else effect
