"""Generates specs of any number of scenes, any size and rate, no two scenes alike."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from tests.support.scene_samples import CLIP, IMAGE, SAMPLES
from vidbuild.media.ffmpeg import ffmpeg

SPEC = "video.yaml"
CAST = "demo.cast"
TYPES = tuple(SAMPLES)

TOPICS = """
amber birch canyon delta ember falcon garnet harbor island jasper kettle lantern meadow nectar orchid pepper
quartz raven saddle timber umber velvet willow yellow anchor basket candle dragon engine feather ginger hammer
iron jungle ladder magnet needle onion pebble ribbon silver ticket valley window barrel copper dollar escort
fabric gallon helmet insect jacket kitten lemon marble napkin oyster pencil rabbit salmon tunnel
""".split()  # noqa: SIM905 - words are read more easily so
ACTIONS = ("meet", "see", "show", "know", "find", "name", "take", "make", "keep", "like", "need", "sort", "read", "use")
GREETING = "Welcome to scene number"

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A spec to be generated; the targets are for its defaults.

    types: those of the scenes, over and over. seconds: how long each scene is, exactly. reveals: items of a list,
    commands of a terminal, highlights of code. transition: seconds of the fade between scenes, 0 for cuts.
    actions: scene's index -> the word of its narration that an edit changed (see `edited`). first: the index of the
    first scene, so that several cases have no scene in common. voice: that speaks all of them. fields: given to every
    scene, in place of those that it has of the same name; None leaves a field out. output: more fields of `output`.
    spec: more fields of the spec.
    """

    scenes: int = 6
    types: tuple[str, ...] = ("list",)
    size: str = "1080p"
    fps: int = 30
    seconds: float = 10.0
    reveals: int = 5
    narrated: bool = True
    transition: float = 0.0
    actions: Mapping[int, str] = field(default_factory=dict)
    first: int = 0
    voice: str = "espeak:en-us"
    fields: Fields = field(default_factory=dict)
    output: Fields = field(default_factory=dict)
    spec: Fields = field(default_factory=dict)


def edited(case: Case, scene: int, times: int = 1) -> Case:
    """The case with one word of one scene's narration changed; each number of times, up to 13, is another word."""
    before = _action(case, scene)
    after = ACTIONS[(ACTIONS.index(before) + times) % len(ACTIONS)]
    return replace(case, actions={**case.actions, scene: after})


def spec(case: Case) -> str:
    """Return the text of the spec. Narration that is too long for its scene is an error that the build reports."""
    data: Fields = {
        "vidbuild": 1,
        "title": f"{case.scenes} scenes",
        "output": {"size": case.size, "fps": case.fps, **case.output},
        "voice": case.voice,
        **case.spec,
    }
    if case.transition:
        data["defaults"] = {"transition": {"type": "fade", "duration": case.transition}}
    data["scenes"] = [scene(case, case.first + index) for index in range(case.scenes)]
    return yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, width=100)


def write(case: Case, folder: Path) -> Path:
    """Make a project of the case, with the files that its scenes show, and return the spec's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vidbuild.toml").touch()
    if {"image", "slide"} & {*case.types} or "background" in case.fields:
        _made(folder / IMAGE, "-f", "lavfi", "-i", "testsrc2=s=2560x1440", "-frames:v", "1")
    if "clip" in case.types:
        _made(
            *(folder / CLIP, "-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={case.seconds}", "-f", "lavfi"),
            *("-i", f"sine=f=330:r=48000:d={case.seconds}", "-c:v", "libx264", "-preset", "veryfast", "-c:a", "aac"),
        )
    if case.fields.get("cast") == CAST:
        (folder / CAST).write_text(recording(case.seconds), encoding="utf-8")
    (folder / SPEC).write_text(spec(case), encoding="utf-8")
    return folder / SPEC


def recording(seconds: float) -> str:
    """Return an asciicast in which three commands are typed at an even pace, each with a progress bar, and answered."""
    keys = [*"acme check --every service\r"] + [f"\r{done * '#':20}" for done in range(21)] + ["\r\nall is well\r\n$ "]
    typed = [key.replace("\r", "\r\n") if key == "\r" else key for key in keys] * 3
    events = [json.dumps([round(seconds * at / len(typed), 3), "o", text]) for at, text in enumerate(typed)]
    return "\n".join([json.dumps({"version": 2, "width": 72, "height": 16}), *events]) + "\n"


def topics(case: Case, scene: int) -> list[str]:
    """What a scene is about: as many different words as it has reveals."""
    return random.Random(f"scene {scene}").sample(TOPICS, case.reveals)


def _made(path: Path, *args: str) -> None:
    if not path.exists():
        subprocess.run([str(ffmpeg.executable()), "-v", "error", *args, str(path)], check=True)


def scene(case: Case, index: int) -> Fields:
    """Return the fields of the scene with an index."""
    kind = case.types[index % len(case.types)]
    fields: Fields = {
        "id": f"scene-{index + 1}",
        "type": kind,
        **SAMPLES[kind].numbered(index, topics(case, index), case.seconds),
        **case.fields,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    if case.narrated:
        narration = _narration(case, index)
        return fields | {"narration": narration, "min_duration": case.seconds, "max_duration": case.seconds}
    return fields | {"duration": case.seconds}


def _action(case: Case, index: int) -> str:
    return case.actions.get(index, ACTIONS[index % len(ACTIONS)])


def _narration(case: Case, index: int) -> str:
    """A dozen words and the scene's topics; seven seconds with five of them."""
    *most, last = topics(case, index) if case.reveals > 1 else ("one", "other")
    return f"{GREETING} {index + 1}. Here we {_action(case, index)} {', '.join(most)} and {last}."
