"""What the engines have in common whose voices come from the user's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vidbuild.voices.protocol import without_pitch


class Configured:
    """The answers of an engine that knows nothing of its voices but their sources; each source is in keys by itself."""

    name = ""

    def identity(self) -> str:
        """Return the name: what decides the bytes is the identity of a source."""
        return self.name

    def stat_paths(self) -> Sequence[Path]:
        """Return no files, as the identity never changes."""
        return []

    def languages(self) -> Mapping[str, str]:
        """Return nothing: only the sources know."""
        return {}

    def unmet(self, _name: str, _rate: int, pitch: int) -> Iterator[tuple[str, str]]:
        """Yield a pitch, which none of them takes."""
        return without_pitch(pitch)

    def unreadable(self, _name: str, _text: str) -> Iterator[tuple[str, str]]:
        """Yield nothing: only the sources know what their voices can read."""
        return iter(())

    def source(self, voice: str) -> str:
        """Return the part of a voice's name that names its source."""
        return voice.partition("/")[0]

    def readable(self) -> Iterator[Path]:
        """Yield nothing outside the system's folders."""
        return iter(())
