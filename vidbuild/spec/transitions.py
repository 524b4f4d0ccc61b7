"""Transitions and entrances of scenes: from the scene, the spec's defaults or its theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, zip_longest
from typing import Any

from vidbuild.frozen import replaced
from vidbuild.model import Scene
from vidbuild.spec import theme_values
from vidbuild.spec.collector import DiagnosticCollector
from vidbuild.spec.document import Document, Path
from vidbuild.spec.scene_context import SceneContext
from vidbuild.transitions import DIRECTED, Effects, Transition

# Field of a transition -> the types that have it.
TYPES_WITH: Mapping[str, tuple[str, ...]] = {"direction": DIRECTED, "color": ("dip",)}
ROUNDING = 1e-9


def transition(fields: Mapping[str, Any], context: SceneContext, index: int) -> Transition:
    """Return a scene's transition; a cut for the last scene, for one of 0 s, and in a video without motion."""
    default = context.spec["defaults"].get("transition", context.behavior.get("transition", "cut"))
    value = theme_values.transition(fields.get("transition", default))
    seconds = float(value["duration"])
    if index == context.last or value["type"] == "cut" or not seconds or context.spec["motion"] == "none":
        return Transition()
    color = theme_values.normalize_color(value["color"]) if "color" in value else ""
    return Transition(value["type"], seconds, value.get("direction", ""), color)


def effects(fields: Mapping[str, Any], context: SceneContext) -> Effects:
    """Return how a scene's layers enter and leave."""
    defaults, behavior = context.spec["defaults"], context.behavior
    enter, leave = (
        str(fields.get(name, defaults.get(name, behavior.get(name, default))))
        for name, default in (("enter", ""), ("exit", "none"))
    )
    still = context.spec["motion"] == "none"
    return Effects(enter, "none" if still else leave, still)


def check_fields(value: object, path: Path, collector: DiagnosticCollector) -> None:
    """Add an error for each field of a transition that its type does not have."""
    for name, types in _misplaced(value):
        has = f"only {', '.join(types[:-1])} and {types[-1]} have one" if len(types) > 1 else f"only {types[0]} has one"
        message = f"a transition of type '{_type(value)}' has no '{name}': {has}"
        collector.error((*path, name), message, f"remove '{name}', or write 'type: {types[0]}'", key=True)


def within_scenes(scenes: list[Scene], document: Document) -> list[Scene]:
    """Return the scenes; a transition that the theme chose takes at most half of a duration that the spec sets."""
    if ("defaults", "transition") in document.values:
        return scenes
    fitting = []
    for left, right in zip_longest(scenes, scenes[1:]):
        most = min((each.duration / 2 for each in (left, right) if each and each.duration is not None), default=None)
        own = ("scenes", left.index, "transition") in document.values
        short = most is not None and not own and left.transition.seconds > most
        fitted = replaced(left.transition, seconds=most) if short else left.transition
        fitting.append(replaced(left, transition=fitted))
    return fitting


def check_lengths(scenes: list[Scene], collector: DiagnosticCollector) -> None:
    """Add an error for each transition that takes more than half of a scene whose duration the spec sets.

    The timeline checks the scenes whose length depends on their narration.
    """
    for left, right in pairwise(scenes):
        if left.transition.type == "cut" or right.index != left.index + 1:
            continue
        durations = [(scene.duration, scene.id) for scene in (left, right) if scene.duration is not None]
        for duration, name in sorted(durations)[:1]:
            if left.transition.seconds * 2 > duration + ROUNDING:
                own: Path = ("scenes", left.index, "transition")
                path: Path = own if own in collector.document.values else ("defaults", "transition")
                if (*path, "duration") in collector.document.values:
                    path = (*path, "duration")
                index = left.index if name == left.id else right.index
                place = collector.document.other_place(("scenes", index, "duration"), path)
                message = (
                    f"the transition from '{left.id}' to '{right.id}' takes {left.transition.seconds:g} s: "
                    f"the maximum is half of the {duration:g} s of '{name}'{place}"
                )
                collector.error(path, message, f"set its duration to {duration / 2:g} or less")


def _misplaced(value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Mapping):
        yield from ((name, types) for name, types in TYPES_WITH.items() if name in value and value["type"] not in types)


def _type(value: object) -> str:
    return str(value["type"]) if isinstance(value, Mapping) else ""
