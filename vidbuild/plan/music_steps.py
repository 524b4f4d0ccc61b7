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
from vidbuild.plan.showings import insets
from vidbuild.plan.variant import VideoSpec
from vidbuild.scenes.protocol import Clip
from vidbuild.scenes.registry import SCENE_TYPES

DEFAULT_PERCENT = 20.0  # of the loudness of speech
Piece = tuple[Path, int]  # a file, and how many samples of it are left out at its start

ALONE_PERCENT = 100.0  # in a video in which nothing else is played


def music_steps(video: VideoSpec) -> Iterator[Step]:
    """Yield the steps `music` and `decode:FILE` of a video with music; none of others, and none of a draft."""
    pieces = _pieces(video)
    if not pieces or video.variant.draft:
        return
    yield _music(video, pieces)
    for number, piece in enumerate(pieces):
        inputs: dict[str, Input] = {
            "file": Source(str(piece[0])),
            "needed": Product(video.step_id("music"), f"needed.{number}.json"),
        }
        params = {"start": piece[1]}
        yield Step(_decode(video, pieces, piece), "decode", params, inputs, _locations(video, piece))


def music_inputs(video: VideoSpec, scene: Scene) -> dict[str, Input]:
    """Return the inputs of a scene's audio step that its music adds."""
    if scene.music is None:
        return {}
    decode = _decode(video, _pieces(video), _piece(scene.music))
    return {
        "music": Product(video.step_id("music"), f"{scene.id}.json"),
        "music.pcm": Product(decode, "music.pcm"),
        "music.level": Product(decode, "music.json"),
    }


def shown(video: VideoSpec) -> list[str]:
    """Return the names of the music's files, for the report page."""
    return list(dict.fromkeys(file.name for file, _ in _pieces(video)))


def sound_params(sound: Sound) -> dict[str, Any]:
    """Return a sound effect as parameters: when it starts, as a cue or a sample, and its level in dB."""
    at = sound.at if isinstance(sound.at, str) else timebase.samples(sound.at)
    return {"at": at, "level": _level(sound.volume)}


def _piece(music: Music) -> Piece:
    return music.file, timebase.samples(music.start)


def _pieces(video: VideoSpec) -> list[Piece]:
    """Return all music, each file from each of its starts on once, in order."""
    return list(dict.fromkeys(_piece(scene.music) for scene in video.spec.scenes if scene.music is not None))


def _decode(video: VideoSpec, pieces: list[Piece], piece: Piece) -> str:
    """Return the id of the step that decodes music: its file's name without suffix, with a number if that is taken."""
    names: dict[str, Piece] = {}
    for each in pieces:
        plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in each[0].stem)
        numbered = (f"{plain}-{number}" for number in count(2))
        names[next(name for name in chain([plain], numbered) if name not in names)] = each
    name = next(name for name, each in names.items() if each == piece)
    return str(StepId("decode", name, video.variant.name))


def _locations(video: VideoSpec, piece: Piece) -> dict[str, Location]:
    """Return where the spec names a file and its start: in the first scene with them, or for all scenes."""
    music = (scene for scene in video.spec.scenes if scene.music is not None and _piece(scene.music) == piece)
    own = next(music).locations
    location = own.get("music.file") or own.get("music") or own[""]
    return {"": location, "file": location, "start": own.get("music.start", location)}


def _music(video: VideoSpec, pieces: list[Piece]) -> Step:
    spec = video.spec
    clips = {scene.id: SCENE_TYPES[scene.type].clip(scene) for scene in spec.scenes}
    audible = {
        scene.id: {layer: clip.audio for layer, clip in insets(scene).items() if _audible(clip)}
        for scene in spec.scenes
    }
    silent = not any(map(_audible, clips.values())) and not any(audible.values())
    alone = all(video.narration(scene) is None for scene in spec.scenes) and silent
    default = ALONE_PERCENT if alone else DEFAULT_PERCENT
    inputs: dict[str, Input] = {}
    scenes: list[dict[str, Any]] = []
    for scene in spec.scenes:
        inputs[f"timing:{scene.id}"] = Product(video.step_id("timeline", scene), "timing.json")
        clip = _audible(clips[scene.id])
        if clip is not None or audible[scene.id]:
            inputs[f"span:{scene.id}"] = Product(video.step_id("timeline", scene), "span.json")
        music = None if scene.music is None else _setting(scene.music, pieces, default)
        sounds = [sound_params(sound)["at"] for sound in scene.sounds]
        corners = {"insets": audible[scene.id]} if audible[scene.id] else {}
        scenes.append({"id": scene.id, "music": music, "clip": clip, "sounds": sounds, **corners})
    params = {"scenes": scenes, "loudness": video.variant.output.loudness}
    first = next(scene for scene in spec.scenes if scene.music is not None)
    return Step(
        video.step_id("music"), "music", params, inputs, {"": first.locations.get("music", first.locations[""])}
    )


def _audible(clip: Clip | None) -> str | None:
    """Return how a clip's audio is used: "keep" or "duck"; None without any."""
    return clip.audio if clip is not None and clip.audio != "mute" else None


def _setting(music: Music, pieces: list[Piece], default: float) -> dict[str, Any]:
    return {
        "file": pieces.index(_piece(music)),
        "level": _level(default if music.volume is None else music.volume),
        "fade_in": timebase.samples(music.fade_in),
        "fade_out": timebase.samples(music.fade_out),
        "loop": music.loop,
    }


def _level(percent: float) -> float:
    """Return a volume in percent of the loudness of speech as a level in dB."""
    return round(20 * math.log10(percent / 100), 3)
