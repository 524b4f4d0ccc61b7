"""A project with a scene of every type that builds in a few seconds."""

from __future__ import annotations

from collections.abc import Container

import yaml

from tests.support import scene_samples
from tests.support.scene_samples import SAMPLES
from tests.support.workspace import Workspace

WORDS = ("All", "None")


def media(space: Workspace) -> None:
    """Put the image and the clip that the spec names into the project."""
    scene_samples.write_media(space.root)


def write(space: Workspace, word: str, name: str = "video.yaml", types: Container[str] = SAMPLES) -> None:
    """Write the spec, with scenes of some types; another word changes titles, narration, captions and images."""
    spec = {
        "vidbuild": 1,
        "title": f"{word} at once",
        "output": {"size": "160x90", "fps": 24},
        "voice": "espeak:en-us",
        "defaults": {"pause_before": 0.05, "pause_after": 0.05},
        "scenes": [
            scene
            for scene in scene_samples.scenes(
                word,
                title={"narration": f"{word}.", "transition": {"type": "fade", "duration": 0.16}},
                command={"commands": [{"run": "l", "at": 0}, {"output": word, "at": 0.6}], "duration": 1},
                image={"motion": "zoom-in"},
                outro={"title": "The end", "narration": "End."},
            )
            if scene["type"] in types
        ],
    }
    space.write(name, yaml.safe_dump(spec, sort_keys=False))
