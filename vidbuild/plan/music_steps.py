"""The steps of music: one decodes each file, and one places the music under all scenes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any

from vidbuild import timebase
from vidbuild.engine.graph.graph import Input, Product, Source, Step
from vidbuild.engine.graph.step_id import StepId
from vidbuild.location import Location
from vidbuild.model import Music, Scene, Sound
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.protocol import Clip
from vidbuild.scenes.registry import SCENE_TYPES

DEFAULT_PERCENT = 20.0  # of the loudness of speech
ALONE_PERCENT = 100.0  # in a video in which nothing else is played


def music_steps(video: VideoSpec) -> Iterator[Step]:
    """Yield the steps `music` and `decode:FILE` of a video with music; none of others."""
    files = _files(video)
    if not files:
        return
    yield _music(video, files)
    for number, file in enumerate(files):
        inputs: dict[str, Input] = {
            "file": Source(str(file)),
            "needed": Product(video.step_id("music"), f"needed.{number}.json"),
        }
        locations = _locations(video, file)
        yield Step(_decode(video, files, file), "decode", {}, inputs, locations)


def music_inputs(video: VideoSpec, scene: Scene) -> dict[str, Input]:
    """Return the inputs of a scene's audio step that its music adds."""
    if scene.music is None:
        return {}
    decode = _decode(video, _files(video), scene.music.file)
    return {
        "music": Product(video.step_id("music"), f"{scene.id}.json"),
        "music.pcm": Product(decode, "music.pcm"),
        "music.level": Product(decode, "music.json"),
    }


def shown(video: VideoSpec) -> list[str]:
    """Return the names of the music's files, for the report page."""
    return [file.name for file in _files(video)]


def sound_params(sound: Sound) -> dict[str, Any]:
    """Return a sound effect as parameters: when it starts, as a cue or a sample, and its level in dB."""
    at = sound.at if isinstance(sound.at, str) else timebase.samples(sound.at)
    return {"at": at, "level": _level(sound.volume)}


def _files(video: VideoSpec) -> list[Path]:
    """Return the files of all music, each once, in order."""
    return list(dict.fromkeys(scene.music.file for scene in video.spec.scenes if scene.music is not None))


def _decode(video: VideoSpec, files: list[Path], file: Path) -> str:
    """Return the id of the step that decodes a file: its name without suffix, with a number if another has it too."""
    names: dict[str, Path] = {}
    for each in files:
        plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in each.stem)
        numbered = (f"{plain}-{number}" for number in count(2))
        names[next(name for name in chain([plain], numbered) if name not in names)] = each
    name = next(name for name, each in names.items() if each == file)
    return str(StepId("decode", name, video.variant.name))


def _locations(video: VideoSpec, file: Path) -> dict[str, Location]:
    """Return where the spec names a file: in the first scene with it, or for all scenes."""
    scene = next(scene for scene in video.spec.scenes if scene.music is not None and scene.music.file == file)
    own = scene.locations
    location = own.get("music.file") or own.get("music") or own[""]
    return {"": location, "file": location}


def _music(video: VideoSpec, files: list[Path]) -> Step:
    spec = video.spec
    clips = {scene.id: SCENE_TYPES[scene.type].clip(scene) for scene in spec.scenes}
    alone = all(video.narration(scene) is None for scene in spec.scenes) and not any(map(_audible, clips.values()))
    default = ALONE_PERCENT if alone else DEFAULT_PERCENT
    inputs: dict[str, Input] = {}
    scenes: list[dict[str, Any]] = []
    for scene in spec.scenes:
        inputs[f"timing:{scene.id}"] = Product(video.step_id("timeline", scene), "timing.json")
        clip = _audible(clips[scene.id])
        if clip is not None:
            inputs[f"span:{scene.id}"] = Product(video.step_id("timeline", scene), "span.json")
        music = None if scene.music is None else _setting(scene.music, files, default)
        sounds = [sound_params(sound)["at"] for sound in scene.sounds]
        scenes.append({"id": scene.id, "music": music, "clip": clip, "sounds": sounds})
    params = {"scenes": scenes, "loudness": video.variant.output.loudness}
    first = next(scene for scene in spec.scenes if scene.music is not None)
    return Step(
        video.step_id("music"), "music", params, inputs, {"": first.locations.get("music", first.locations[""])}
    )


def _audible(clip: Clip | None) -> str | None:
    """Return how a clip's audio is used: "keep" or "duck"; None without any."""
    return clip.audio if clip is not None and clip.audio != "mute" else None


def _setting(music: Music, files: list[Path], default: float) -> dict[str, Any]:
    return {
        "file": files.index(music.file),
        "level": _level(default if music.volume is None else music.volume),
        "fade_in": timebase.samples(music.fade_in),
        "fade_out": timebase.samples(music.fade_out),
        "start": timebase.samples(music.start),
        "loop": music.loop,
    }


def _level(percent: float) -> float:
    """Return a volume in percent of the loudness of speech as a level in dB."""
    return round(20 * math.log10(percent / 100), 3)
