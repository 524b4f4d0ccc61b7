"""What a scene type is; it knows no type."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vidbuild.model import Scene


@dataclass(frozen=True, slots=True)
class Reveal:
    """Something that appears in a scene, and when, as the spec says it; the timeline turns it into tracks.

    at: a cue's name, seconds from the scene's start, or None: with the narration (`words`), else spread evenly.
    words: the text that, when it is spoken, makes this appear; "" never follows the narration.
    enter: layer name -> effect with which it comes: "fade", "rise", "type", "cut" (at once), or "under": at once, as
        soon as what comes with it, and covers it, is wholly there (two that fade in together would shine through).
    leave: layers that go, with a fade, when this comes.
    until_next: layers that come with this and go again when the next reveal comes.
    characters: for "type": how many characters are typed.
    after_previous: cannot begin before the previous reveal has come in whole (a command's output).
    field: the spec field this comes from ("items.1"), for messages.
    """

    field: str
    at: str | float | None = None
    words: str = ""
    enter: Mapping[str, str] = dataclasses.field(default_factory=dict)
    leave: tuple[str, ...] = ()
    until_next: tuple[str, ...] = ()
    characters: int = 0
    after_previous: bool = False


@dataclass(frozen=True, slots=True)
class SceneProblem:
    """Something wrong with a scene's own fields: field (dotted path in the scene), what, and a way out."""

    field: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """The moving picture of a scene: a file, from start to end (None: its own end) in milliseconds of the source.

    fit: "cover" or "contain". audio: "keep", "mute" or "duck" (lowered while the narrator speaks).
    """

    path: Path
    start_ms: int
    end_ms: int | None
    fit: str
    audio: str


class SceneType(Protocol):
    """One scene type. All functions are pure: they look at the scene's fields and nothing else."""

    name: str
    summary: str

    def check(self, fields: Mapping[str, Any], cues: frozenset[str]) -> Iterator[SceneProblem]:
        """What the schema cannot say: lines that do not exist, an entry with neither `run` nor `output`."""

    def files(self, scene: Scene) -> dict[str, Path]:
        """Role -> file that the picture is drawn from ("image")."""

    def drawing(self, scene: Scene) -> dict[str, Any]:
        """What the template is given as `fields`: everything that is seen, and nothing of when (no `at`)."""

    def entrances(self, scene: Scene) -> dict[str, str]:
        """Layer -> effect with which it comes at the scene's start; layers not named are there from the first frame."""

    def reveals(self, scene: Scene) -> list[Reveal]:
        """What comes later, in the spec's order."""

    def zooms(self, scene: Scene) -> dict[str, tuple[float, float]]:
        """Layer -> its size at the scene's start and end as a factor of its size in the drawing (a slow zoom)."""

    def clip(self, scene: Scene) -> Clip | None:
        """The moving picture shown in the layer "clip", if the type has one."""
