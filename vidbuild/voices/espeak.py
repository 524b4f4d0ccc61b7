"""espeak-ng: the voice that is always there, from the library in the espeakng-loader wheel; no network."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vidbuild.voices import espeak_voices
from vidbuild.voices.protocol import Again, Speech, untold

ADAPTER = 1
"""Raised whenever how the library is asked, or how its sound is treated, changes what is heard."""


class Espeak:
    """The default engine."""

    name = "espeak"
    network = False
    concurrency: int | None = None
    env: tuple[str, ...] = ()
    summary = "espeak-ng, built in: many languages, robotic, offline"

    def identity(self) -> str:
        """The digest of the library and its data, and the version of this adapter."""
        import hashlib

        digest = hashlib.sha256()
        for path in (_library(), *sorted(map(Path, _data_files()))):
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return f"espeak-ng {digest.hexdigest()} adapter {ADAPTER}"

    def stat_paths(self) -> Sequence[Path]:
        """The library and all of its data: a dictionary can be replaced without the library."""
        return [_library(), *map(Path, sorted(_data_files()))]

    def available(self) -> str | None:
        """It comes with vidbuild; only a broken installation lacks it."""
        return None if _library().is_file() else "pip install espeakng-loader"

    def voices(self) -> list[str]:
        """Languages, such as "en-us"; each can be varied ("en-us+f3")."""
        return espeak_voices.names(_data())

    def problem(self, name: str) -> str | None:
        """What is wrong with a voice's name."""
        return espeak_voices.problem(_data(), name)

    def speak(
        self,
        text: str,
        voice: Mapping[str, Any],
        language: str,  # noqa: ARG002 - the voice's name says it
        wav_path: Path,
        scratch: Path,
        env: Mapping[str, str],
        again: Again = untold,  # noqa: ARG002 - nothing is asked for twice
    ) -> Speech:
        """Speak into a WAV file, with the times of all words of the text."""
        from vidbuild.voices import espeak_process

        known = {**voice, "name": espeak_voices.resolve(_data(), voice["name"])}
        samples, words = espeak_process.speak(_library(), _data(), text, known, wav_path, scratch, env)
        return Speech(samples, words, f"{self.name}:{voice['name']}")


@cache
def _home() -> Path:
    spec = find_spec("espeakng_loader")
    return Path(spec.origin).parent if spec and spec.origin else Path("espeakng_loader is not installed")


def _library() -> Path:
    ending = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so")
    return _home() / ending


def _data() -> Path:
    return _home() / "espeak-ng-data"


def _data_files() -> list[str]:
    return [f"{folder}/{name}" for folder, _, names in os.walk(_data()) for name in names]
