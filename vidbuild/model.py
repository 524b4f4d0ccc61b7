"""A checked spec as plain data; it knows nothing of YAML or of how it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidbuild.frozen import dataclass
from vidbuild.location import Location


@dataclass(frozen=True, slots=True)
class Narration:
    """What is said in a scene. Where a recording is given, text is what is said in it.

    text: marks removed, pronunciation not yet applied: what captions show.
    spoken: marks removed, pronunciation applied: what the voice is given.
    tokens: text split at white space, each with the spoken words it stands for.
    cues: mark name -> index of the token before which it stands (len(tokens): at the end).
    """

    text: str
    spoken: str
    tokens: tuple[tuple[str, str], ...]
    cues: Mapping[str, int]
    audio: Path | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice with everything that decides how it sounds: rate and volume in percent of normal, pitch in Hz from it."""

    engine: str
    name: str
    rate: int = 100
    pitch: int = 0
    volume: int = 100
    fallback: Voice | None = None

    def to_data(self) -> dict[str, Any]:
        """As JSON values, for a step's parameters."""
        data: dict[str, Any] = {
            "engine": self.engine,
            "name": self.name,
            "rate": self.rate,
            "pitch": self.pitch,
            "volume": self.volume,
        }
        if self.fallback is not None:
            data["fallback"] = self.fallback.to_data()
        return data


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: the fields all types share, and the type's own in `fields`, defaults filled in. Times in seconds."""

    id: str
    type: str
    index: int
    narration: Narration | None
    voice: Voice
    duration: float | None
    pause_before: float
    pause_after: float
    min_duration: float
    max_duration: float | None
    transition: str  # into the next scene: "cut", "fade"; always "cut" on the last
    transition_duration: float
    background: str | None
    fields: Mapping[str, Any]
    places: Mapping[str, Location]
    captions: bool = True
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A resolved theme: what a template is given (all values are JSON), its logo and its own fonts' files."""

    name: str
    values: Mapping[str, Any]
    logo: Path | None = None
    fonts: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Spec:
    """One video. files: every file that was read or looked at to make this (the spec, themes, code), in order."""

    path: Path
    root: Path
    title: str
    description: str
    language: str
    width: int
    height: int
    fps: int
    theme: Theme
    loudness: float
    peak: float
    profile: str
    scenes: tuple[Scene, ...]
    files: tuple[Path, ...]
    places: Mapping[str, Location]
    data: Mapping[str, Any]
