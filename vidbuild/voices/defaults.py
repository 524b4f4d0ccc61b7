"""Default answers of a voice engine that works offline and whose code alone decides what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vidbuild.voices.protocol import VoiceProblem, without_pitch


class VoiceDefaults:
    """An engine without a network, whose voices are those of `languages`."""

    name = ""
    names_hint = ""
    network = False
    reports_times = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()

    def stat_paths(self) -> Sequence[Path]:
        """Return no files."""
        return []

    def identity(self) -> str:
        """Return nothing beside the engine's own code."""
        return ""

    def available(self) -> str | None:
        """Return that nothing is missing."""
        return None

    def languages(self) -> Mapping[str, str]:
        """Return no voices."""
        return {}

    def voices(self) -> list[str]:
        """Return the voices of `languages`."""
        return list(self.languages())

    def problem(self, name: str) -> VoiceProblem | None:
        """Refuse a voice that is not listed; accept every name if none is."""
        from vidbuild.suggest import did_you_mean

        known = self.voices()
        if not known or name in known:
            return None
        return VoiceProblem(f"{self.name} has no voice '{name}'", did_you_mean(name, known) or f"use {known[0]}")

    def unmet(self, _name: str, _rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield a pitch, which it does not take."""
        return without_pitch(pitch)

    def unreadable(self, _name: str, _text: str) -> Iterator[tuple[str, str]]:
        """Yield no words."""
        return iter(())
