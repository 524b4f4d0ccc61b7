"""From a Spec to its Graph: which steps there are and what feeds each. It reads no file and runs nothing.

The graph depends on the spec alone. What only a voice can tell (how long a scene lasts) is found by the scene's time
step, so graph, explain and a dry run need to run nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from vidbuild.engine.graph.graph import Graph, Input, Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.media.h264.encode import PROFILES
from vidbuild.model import Scene, Spec
from vidbuild.plan.kinds import speak_kind
from vidbuild.project import name_of
from vidbuild.scenes.protocol import Clip, Reveal, SceneType
from vidbuild.scenes.registry import SCENE_TYPES
from vidbuild.timeline import timebase

SCENES = Path(__file__).resolve().parent.parent / "scenes"
LAST_FRAME = -1


def plan(spec: Spec, name: str = "") -> Graph:
    """All steps of a spec, in an order in which each comes after what feeds it.

    name: the outputs' common name, where that is not the spec's own; the report page leads to the video by it.
    """
    steps: list[Step] = []
    for index, scene in enumerate(spec.scenes):
        steps.extend(_scene_steps(spec, index, scene))
    for left, right in zip(spec.scenes, spec.scenes[1:], strict=False):
        if left.transition != "cut":
            steps.append(_blend(spec, left, right))
    steps.append(still(spec, spec.scenes[0].id, LAST_FRAME))
    steps.extend((_caption(spec), _join(spec), _report(spec, f"{name or name_of(spec.path)}.mp4")))
    return Graph.of({step.id: step for step in steps})


def targets(spec: Spec) -> tuple[str, ...]:
    """The steps whose products a build is for."""
    return ("mux", "captions", "report", step_id("still", spec.scenes[0]))


def still(spec: Spec, scene_id: str, frame: int) -> Step:
    """The step that makes one frame of a scene as a PNG; LAST_FRAME is the one with all of the scene on it."""
    scene = next(scene for scene in spec.scenes if scene.id == scene_id)
    size = [spec.width, spec.height]
    if frame == LAST_FRAME:
        params, inputs = {"size": size, "frame": 0}, _picture(scene, "last.json")
        return Step(step_id("still", scene), _shown("still", scene), params, inputs, scene.places)
    params, inputs = {"size": size, "frame": frame}, _picture(scene, "whole.json")
    return Step(str(StepId("still", f"{scene_id}@{frame}")), _shown("still", scene), params, inputs, scene.places)


def step_id(kind: str, *scenes: Scene) -> str:
    """The id of the step of a kind for a scene, for two (a transition), or for the whole video."""
    return str(StepId(kind, "+".join(scene.id for scene in scenes)))


def _scene_steps(spec: Spec, index: int, scene: Scene) -> Iterable[Step]:
    kind = SCENE_TYPES[scene.type]
    clip = kind.clip(scene)
    if scene.narration is not None:
        yield _speak(spec, scene)
    yield _time(spec, index, scene, kind, clip)
    yield _draw(spec, scene, kind)
    yield Step(
        step_id("render", scene),
        _shown("render", scene),
        {"size": [spec.width, spec.height], "profile": _profile(spec)},
        _picture(scene, "render.json"),
        scene.places,
    )
    yield _sound(spec, index, scene, clip)


def _profile(spec: Spec) -> dict[str, Any]:
    return {**PROFILES[spec.profile], "fps": spec.fps}


def _shown(kind: str, *scenes: Scene) -> str:
    """The kind of step that shows these scenes: one of its own where anything zooms."""
    return f"{kind}-zoom" if any(SCENE_TYPES[scene.type].zooms(scene) for scene in scenes) else kind


def _picture(scene: Scene, motion: str, prefix: str = "") -> dict[str, Input]:
    """The three things every picture is made of: layers, motion and, in some scenes, a clip."""
    inputs: dict[str, Input] = {
        f"{prefix}layers": Product(step_id("draw", scene)),
        f"{prefix}motion": Product(step_id("timeline", scene), motion),
    }
    clip = SCENE_TYPES[scene.type].clip(scene)
    if clip is not None:
        inputs[f"{prefix}clip"] = Source(str(clip.path))
    return inputs


def _speak(spec: Spec, scene: Scene) -> Step:
    narration, voice = scene.narration, scene.voice
    assert narration is not None  # noqa: S101 - only called for scenes that have one
    if narration.audio is not None:
        params: dict[str, Any] = {"narration": narration.spoken, "voice": {"engine": "recorded", "name": ""}}
        inputs: dict[str, Input] = {"recording": Source(str(narration.audio))}
        name = speak_kind("recorded")
    else:
        params = {"narration": narration.spoken, "voice": voice.to_data(), "language": spec.language}
        inputs = {}
        name = speak_kind(voice.engine, voice.fallback.engine if voice.fallback else None)
    return Step(step_id("speak", scene), name, params, inputs, scene.places)


def _time(spec: Spec, index: int, scene: Scene, kind: SceneType, clip: Clip | None) -> Step:
    before = spec.scenes[index - 1] if index else None
    head, tail = _ends(spec, index)
    params: dict[str, Any] = {
        "fps": spec.fps,
        "pause_before": timebase.samples(scene.pause_before),
        "pause_after": timebase.samples(scene.pause_after),
        "duration": None if scene.duration is None else timebase.samples(scene.duration),
        "min_duration": timebase.samples(scene.min_duration),
        "max_duration": None if scene.max_duration is None else timebase.samples(scene.max_duration),
        "rate": scene.voice.rate,
        "narration": scene.narration.text if scene.narration else "",
        "pronounced": _pronounced(scene),
        "cues": dict(scene.narration.cues) if scene.narration else {},
        "entrances": [[layer, effect] for layer, effect in kind.entrances(scene).items()],
        "reveals": [_reveal(item) for item in kind.reveals(scene)],
        "zooms": {layer: list(zoom) for layer, zoom in kind.zooms(scene).items()},
        "clip": None if clip is None else {"start_ms": clip.start_ms, "end_ms": clip.end_ms, "fit": clip.fit},
        "transition_before": head,
        "transition": tail,
    }
    inputs: dict[str, Input] = {}
    if scene.narration is not None:
        inputs["words"] = Product(step_id("speak", scene), "words.json")
    if clip is not None:
        inputs["clip"] = Source(str(clip.path))
    places = dict(scene.places)
    if before is not None and "transition" in before.places:
        places["transition_before"] = before.places["transition"]
    return Step(step_id("timeline", scene), "timeline", params, inputs, places)


def _pronounced(scene: Scene) -> dict[str, str]:
    """The words of a narration that are spoken otherwise than they are written, by their place in it."""
    tokens = scene.narration.tokens if scene.narration else ()
    return {str(index): spoken for index, (written, spoken) in enumerate(tokens) if written != spoken}


def _reveal(item: Reveal) -> dict[str, Any]:
    return {**asdict(item), "enter": [[layer, effect] for layer, effect in item.enter.items()]}


def _ends(spec: Spec, index: int) -> tuple[int, int]:
    """Frames that a scene gives to the transitions into it and out of it."""
    head = _half(spec, spec.scenes[index - 1]) if index else 0
    return head, _half(spec, spec.scenes[index]) if index + 1 < len(spec.scenes) else 0


def _half(spec: Spec, scene: Scene) -> int:
    """Frames a scene gives to the transition out of it."""
    return 0 if scene.transition == "cut" else timebase.even_frames(scene.transition_duration, spec.fps) // 2


def _draw(spec: Spec, scene: Scene, kind: SceneType) -> Step:
    params = {
        "size": [spec.width, spec.height],
        "theme": dict(spec.theme.values),
        "fields": kind.drawing(scene),
        "spec_fields": dict(kind.spec_fields),
        "language": spec.language,
        "background": scene.background,
        "lights": [list(light) for light in kind.lights] if scene.background is None else [],
    }
    inputs: dict[str, Input] = {
        "base": Source(str(SCENES / "base.typ")),
        "template": Source(str(SCENES / scene.type / "template.typ")),
    }
    inputs.update({role: Source(str(path)) for role, path in kind.files(scene).items()})
    if spec.theme.logo is not None:
        inputs["logo"] = Source(str(spec.theme.logo))
    for font in spec.theme.fonts:
        inputs[f"font:{font.name}"] = Source(str(font))
    return Step(step_id("draw", scene), "draw-clip" if "clip" in inputs else "draw", params, inputs, scene.places)


def _sound(spec: Spec, index: int, scene: Scene, clip: Clip | None) -> Step:
    inputs: dict[str, Input] = {"timing": Product(step_id("timeline", scene), "span.json")}
    if scene.narration is not None:
        inputs["narration"] = Product(step_id("speak", scene), "narration.wav")
    params: dict[str, Any] = {"loudness": spec.loudness, "peak": spec.peak}
    if clip is not None and clip.audio != "mute":
        inputs["clip"] = Source(str(clip.path))
        params["clip"] = {"mode": clip.audio, "start_ms": clip.start_ms, "end_ms": clip.end_ms}
        per_frame = timebase.samples_per_frame(spec.fps)
        params["fade_in"], params["fade_out"] = (frames * per_frame for frames in _ends(spec, index))
    return Step(step_id("audio", scene), "audio", params, inputs, scene.places)


def _blend(spec: Spec, left: Scene, right: Scene) -> Step:
    params = {
        "effect": left.transition,
        "frames": 2 * _half(spec, left),
        "size": [spec.width, spec.height],
        "profile": _profile(spec),
    }
    inputs = {**_picture(left, "tail.json", "a."), **_picture(right, "head.json", "b.")}
    places = {"": left.places.get("transition", left.places[""])}
    return Step(step_id("transition", left, right), _shown("transition", left, right), params, inputs, places)


def _timings(spec: Spec, file: str = "timing.json") -> dict[str, Input]:
    return {f"timing:{scene.id}": Product(step_id("timeline", scene), file) for scene in spec.scenes}


def _listed(spec: Spec) -> list[dict[str, str]]:
    return [
        {"id": scene.id, "type": scene.type, "title": str(scene.fields.get("title") or scene.id)}
        for scene in spec.scenes
    ]


def _caption(spec: Spec) -> Step:
    captioned = [{**item, "captions": scene.captions} for item, scene in zip(_listed(spec), spec.scenes, strict=True)]
    return Step("captions", "captions", {"language": spec.language, "scenes": captioned}, _timings(spec), spec.places)


def _join(spec: Spec) -> Step:
    inputs: dict[str, Input] = {**_timings(spec, "span.json"), "chapters": Product("captions", "chapters.ffmeta")}
    order: list[dict[str, Any]] = []
    for index, scene in enumerate(spec.scenes):
        for kind, file in (("render", "segment.h264"), ("audio", "sound.aac")):
            inputs[step_id(kind, scene)] = Product(step_id(kind, scene), file)
        order.append({"scene": scene.id})
        if scene.transition != "cut" and index + 1 < len(spec.scenes):
            blend = StepId("transition", f"{scene.id}+{spec.scenes[index + 1].id}")
            inputs[blend.local] = Product(str(blend), "segment.h264")
            order.append({"transition": blend.scene, "frames": 2 * _half(spec, scene)})
    params = {
        "title": spec.title,
        "description": spec.description,
        "language": spec.language,
        "fps": spec.fps,
        "order": order,
    }
    return Step("mux", "mux", params, inputs, spec.places)


def _report(spec: Spec, video: str) -> Step:
    inputs: dict[str, Input] = {**_timings(spec)}
    for scene in spec.scenes:
        inputs[f"thumb:{scene.id}"] = Product(step_id("render", scene), "thumb.jpg")
    params = {
        "title": spec.title,
        "description": spec.description,
        "language": spec.language,
        "fps": spec.fps,
        "size": [spec.width, spec.height],
        "scenes": _listed(spec),
        "video": quote(os.fsencode(video)),  # from its bytes: the same address in every locale
    }
    return Step("report", "report", params, inputs, spec.places)
