"""The step `music`: where in its music each scene begins, and how loud the music is when.

It is the one step that depends on the lengths of all scenes. It writes a small file for each scene, so that a scene's
audio is encoded again only if its own part changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from vidbuild.engine.graph.context import Context
from vidbuild.media.audio import envelope, music_layout
from vidbuild.media.audio.music_layout import SceneSound, Setting
from vidbuild.timebase import SAMPLE_RATE

# A file is decoded for 1 minute, 2, 4, 8 and so on: an edit that makes the video longer seldom decodes it again.
UNIT = 60 * SAMPLE_RATE

SOFT = -1.0  # LU: a video this much softer than the target is audibly softer than others


def run(context: Context) -> None:
    """Write SCENE.json for each scene with music, and needed.N.json for each file: samples to decode.

    Params: scenes: for each its id, "music" (a Setting's fields, or null), "clip" (null, "keep" or "duck"),
    "sounds" (a cue or a sample each), and "insets": layer -> "keep" or "duck" of each clip in a corner with audio.
    """
    scenes = context.params["scenes"]
    sounds = [_sound(context, scene) for scene in scenes]
    for scene, bed in zip(scenes, music_layout.beds(sounds), strict=True):
        if bed is not None:
            _write(context, f"{scene['id']}.json", bed)
    for number, samples in music_layout.needed(sounds).items():
        units = UNIT
        while units < samples:
            units *= 2
        _write(context, f"needed.{number}.json", {"samples": units})
    _warn_of_soft(context, sounds)


def _write(context: Context, name: str, data: Mapping[str, Any]) -> None:
    text = json.dumps(data, sort_keys=True, indent=1)
    (context.out / name).write_text(text + "\n", encoding="utf-8")


def _sound(context: Context, scene: Mapping[str, Any]) -> SceneSound:
    timing: dict[str, Any] = json.loads(context.inputs[f"timing:{scene['id']}"].read_text(encoding="utf-8"))
    samples, clip = timing["samples"], scene["clip"]
    words = [(word["start"], word["end"]) for word in timing["words"]]
    spans = [*_narration(timing), *_sounds(scene, timing)]
    insets = scene.get("insets", {})
    if clip is not None or insets:
        span: dict[str, Any] = json.loads(context.inputs[f"span:{scene['id']}"].read_text(encoding="utf-8"))
        if clip is not None and span["clip"]["track"]:
            spans.append((0, samples))
            words += [(0, samples)] if clip == "keep" else []
        for layer, mode in insets.items():
            played = span["insets"][layer]
            if played["track"]:
                spans.append((played["at"], played["at"] + played["samples"]))
                words += spans[-1:] if mode == "keep" else []
    foreground = (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None
    music = scene["music"]
    setting = None if music is None else Setting(**music)
    return SceneSound(samples, setting, tuple(envelope.merged(words or _narration(timing))), foreground)


def _narration(timing: Mapping[str, Any]) -> list[tuple[int, int]]:
    narration = timing["narration"]
    return [(narration["start"], narration["start"] + narration["samples"])] if narration else []


def _sounds(scene: Mapping[str, Any], timing: Mapping[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield where sounds start: the audio step lets them end before the border."""
    for at in scene["sounds"]:
        start = timing["cues"][at] if isinstance(at, str) else at
        yield start, start


def _warn_of_soft(context: Context, sounds: list[SceneSound]) -> None:
    expected = music_layout.expected_loudness(sounds)
    if expected < SOFT:
        target = context.params["loudness"]
        context.warn(
            "VB505",
            f"the video will be about {-expected:.0f} LU softer than the target of {target:g} LUFS: "
            "for most of it there is only music",
            hint="set a higher 'volume', for all music or for that of the scenes without narration",
        )
